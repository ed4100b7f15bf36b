/*
 * routing.yaml: from libcyaml's object to struct routing. Every word is checked here, so that each
 * message has its line and the words there are.
 */
#include "services/notification/notification_tables.h"

#include "services/notification/notice_mail.h"
#include "services/notification/notification_routing_file.h"
#include "services/notification/routing_check.h"

#include <stdio.h>
#include <string.h>

/* ---- the file ---- */

#define TEXT_BYTES_MAX 4095u /* longer texts are refused where they are read */

#define NEEDED CYAML_FLAG_POINTER
#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, flags, type, member) \
    CYAML_FIELD_STRING_PTR(key, flags, type, member, 0, TEXT_BYTES_MAX)

static const cyaml_schema_value_t text_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, TEXT_BYTES_MAX),
};

static const cyaml_schema_field_t source_fields[] = {
    TEXT("source", NEEDED, struct file_source, source),
    TEXT("address", NEEDED, struct file_source, address),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t source_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_source, source_fields),
};

static const cyaml_schema_field_t region_fields[] = {
    TEXT("region", NEEDED, struct file_region, region),
    TEXT("name", NEEDED, struct file_region, name),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t region_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_region, region_fields),
};

static const cyaml_schema_field_t kind_fields[] = {
    TEXT("kind", NEEDED, struct file_kind, kind),
    TEXT("instead", OPTIONAL, struct file_kind, instead),
    CYAML_FIELD_BOOL("climbs", CYAML_FLAG_OPTIONAL, struct file_kind, climbs),
    CYAML_FIELD_SEQUENCE("conflicts", OPTIONAL, struct file_kind, conflicts, &text_value, 0, 16),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t kind_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_kind, kind_fields),
};

static const cyaml_schema_field_t office_fields[] = {
    TEXT("office", NEEDED, struct file_office, office),
    TEXT("kind", NEEDED, struct file_office, kind),
    TEXT("region", OPTIONAL, struct file_office, region),
    TEXT("name", NEEDED, struct file_office, name),
    TEXT("channel", NEEDED, struct file_office, channel),
    TEXT("address", NEEDED, struct file_office, address),
    TEXT("from", OPTIONAL, struct file_office, from),
    TEXT("until", OPTIONAL, struct file_office, until),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t office_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_office, office_fields),
};

static const cyaml_schema_field_t tell_fields[] = {
    TEXT("kind", NEEDED, struct file_tell, kind),
    TEXT("role", OPTIONAL, struct file_tell, role),
    TEXT("notice", NEEDED, struct file_tell, notice),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t tell_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_tell, tell_fields),
};

static const cyaml_schema_field_t row_fields[] = {
    TEXT("row", NEEDED, struct file_row, row),
    TEXT("key", OPTIONAL, struct file_row, key),
    CYAML_FIELD_SEQUENCE("regions", NEEDED, struct file_row, regions, &text_value, 1, 64),
    CYAML_FIELD_SEQUENCE("actors", NEEDED, struct file_row, actors, &text_value, 1, 16),
    CYAML_FIELD_SEQUENCE("outcomes", NEEDED, struct file_row, outcomes, &text_value, 1, 8),
    CYAML_FIELD_SEQUENCE("dispositions", NEEDED, struct file_row, dispositions, &text_value, 1, 8),
    CYAML_FIELD_SEQUENCE("codes", OPTIONAL, struct file_row, codes, &text_value, 1,
                         ROUTING_CODES_MAX),
    TEXT("by", OPTIONAL, struct file_row, by),
    TEXT("from", OPTIONAL, struct file_row, from),
    TEXT("until", OPTIONAL, struct file_row, until),
    CYAML_FIELD_SEQUENCE("tells", NEEDED, struct file_row, tells, &tell_value, 1,
                         ROUTING_TELLS_MAX),
    TEXT("source", NEEDED, struct file_row, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t row_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_row, row_fields),
};

static const cyaml_schema_field_t file_fields[] = {
    TEXT("routing", NEEDED, struct file_routing, routing),
    TEXT("version", NEEDED, struct file_routing, version),
    CYAML_FIELD_SEQUENCE("sources", NEEDED, struct file_routing, sources, &source_value, 0, 256),
    CYAML_FIELD_SEQUENCE("regions", NEEDED, struct file_routing, regions, &region_value, 1,
                         ROUTING_REGIONS_MAX),
    CYAML_FIELD_SEQUENCE("kinds", NEEDED, struct file_routing, kinds, &kind_value, 1,
                         ROUTING_KINDS_MAX),
    CYAML_FIELD_SEQUENCE("offices", NEEDED, struct file_routing, offices, &office_value, 1,
                         ROUTING_OFFICES_MAX),
    CYAML_FIELD_SEQUENCE("routes", NEEDED, struct file_routing, routes, &row_value, 1,
                         ROUTING_ROWS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_routing, file_fields),
};

void notification_routing_free(void *object)
{
    table_free(&file_schema, object);
}

/* ---- reading ---- */

/* What reading works with. */
struct reader {
    const struct table_source *source;
    const struct file_routing *file;
    struct arena *arena;
    struct diag *diag;
    char path[64];
};

/* "offices[3].name"; valid until the next. */
static const char *at(struct reader *reader, const char *section, unsigned index, const char *key)
{
    (void)snprintf(reader->path, sizeof reader->path, "%s[%u].%s", section, index, key);
    return reader->path;
}

static enum status check_line(struct reader *reader, const char *path, const char *text,
                              size_t bytes_max, bool is_id)
{
    return notification_line_check(reader->source, path, text, bytes_max, is_id, reader->diag);
}

static enum status read_regions(struct reader *reader, struct routing *routing)
{
    const struct file_routing *file = reader->file;
    struct routing_region *regions =
        arena_take(reader->arena, file->regions_count * sizeof *regions);
    if (regions == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < file->regions_count; i++) {
        const struct file_region *row = &file->regions[i];
        const char *path = at(reader, "regions", i, "region");
        if (row->region[0] == '\0' || row->region[strspn(row->region, "0123456789.")] != '\0' ||
            strlen(row->region) > DECISION_REGION_BYTES)
            return table_refuse(reader->source, reader->diag, path,
                                "\"%.20s\" is no Kemendagri code; expected one such as 36.04",
                                row->region);
        TRY(check_line(reader, at(reader, "regions", i, "name"), row->name, ROUTING_NAME_BYTES,
                       false));
        regions[i] = (struct routing_region){.region = row->region, .name = row->name};
    }
    routing->regions = regions;
    routing->region_count = file->regions_count;
    return STATUS_OK;
}

static enum status read_kinds(struct reader *reader, struct routing *routing)
{
    const struct file_routing *file = reader->file;
    struct routing_kind *kinds = arena_take(reader->arena, file->kinds_count * sizeof *kinds);
    if (kinds == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < file->kinds_count; i++) {
        const struct file_kind *row = &file->kinds[i];
        TRY(check_line(reader, at(reader, "kinds", i, "kind"), row->kind, ROUTING_ROLE_BYTES,
                       true));
        const char **own = arena_take(reader->arena, sizeof *own);
        if (own == NULL)
            return STATUS_NO_MEMORY;
        *own = row->kind;
        kinds[i] = (struct routing_kind){
            .kind = row->kind,
            .instead = row->instead,
            .climbs = row->climbs,
            .conflicts = row->conflicts == NULL ? own : row->conflicts,
            .conflict_count = row->conflicts == NULL ? 1 : row->conflicts_count,
        };
    }
    routing->kinds = kinds;
    routing->kind_count = file->kinds_count;
    return STATUS_OK;
}

static enum status read_office(struct reader *reader, unsigned index,
                               struct routing_office *ret_office)
{
    const struct file_office *row = &reader->file->offices[index];
    int channel = 0;
    *ret_office = (struct routing_office){
        .office = row->office,
        .kind = row->kind,
        .region = row->region == NULL ? "" : row->region,
        .name = row->name,
        .address = row->address,
    };
    TRY(check_line(reader, at(reader, "offices", index, "office"), row->office,
                   ROUTING_OFFICE_BYTES, true));
    TRY(check_line(reader, at(reader, "offices", index, "name"), row->name, ROUTING_NAME_BYTES,
                   false));
    TRY(notification_word_read(reader->source, at(reader, "offices", index, "channel"),
                               notification_channels, row->channel, &channel, reader->diag));
    ret_office->channel = (enum notice_channel)channel;
    TRY(notification_day_read(reader->source, at(reader, "offices", index, "from"), row->from,
                              &ret_office->from, reader->diag));
    TRY(notification_day_read(reader->source, at(reader, "offices", index, "until"), row->until,
                              &ret_office->until, reader->diag));
    if (notice_address_is_valid(row->address))
        return STATUS_OK;
    return table_refuse(reader->source, reader->diag, at(reader, "offices", index, "address"),
                        "expected one mail address such as bkpsdm@kabserang.invalid");
}

static enum status read_offices(struct reader *reader, struct routing *routing)
{
    unsigned count = reader->file->offices_count;
    struct routing_office *offices = arena_take(reader->arena, count * sizeof *offices);
    if (offices == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < count; i++)
        TRY(read_office(reader, i, &offices[i]));
    routing->offices = offices;
    routing->office_count = count;
    return STATUS_OK;
}

static enum status read_tells(struct reader *reader, unsigned index, struct routing_row *row)
{
    const struct file_row *file = &reader->file->routes[index];
    for (unsigned i = 0; i < file->tells_count; i++) {
        const struct file_tell *tell = &file->tells[i];
        int notice = 0;
        char key[32];
        (void)snprintf(key, sizeof key, "tells[%u].notice", i);
        TRY(notification_word_read(reader->source, at(reader, "routes", index, key),
                                   notification_tidings, tell->notice, &notice, reader->diag));
        const char *role = tell->role == NULL ? tell->kind : tell->role;
        (void)snprintf(key, sizeof key, "tells[%u].role", i);
        TRY(check_line(reader, at(reader, "routes", index, key), role, ROUTING_ROLE_BYTES, true));
        row->tells[i] = (struct routing_tell){
            .kind = tell->kind, .role = role, .notice = (enum notice_kind)notice};
    }
    row->tell_count = file->tells_count;
    return STATUS_OK;
}

static enum status read_scope(struct reader *reader, unsigned index, struct routing_row *row)
{
    const struct file_row *file = &reader->file->routes[index];
    TRY(notification_words_read(reader->source, at(reader, "routes", index, "actors"),
                                notification_actors, file->actors, file->actors_count,
                                &row->actors, reader->diag));
    TRY(notification_words_read(reader->source, at(reader, "routes", index, "outcomes"),
                                notification_outcomes, file->outcomes, file->outcomes_count,
                                &row->outcomes, reader->diag));
    return notification_words_read(reader->source, at(reader, "routes", index, "dispositions"),
                                   notification_dispositions, file->dispositions,
                                   file->dispositions_count, &row->dispositions, reader->diag);
}

static enum status read_codes(struct reader *reader, unsigned index, struct routing_row *row)
{
    const struct file_row *file = &reader->file->routes[index];
    for (unsigned i = 0; i < file->codes_count; i++) {
        char key[32];
        if (decision_code_is_valid(file->codes[i]))
            continue;
        (void)snprintf(key, sizeof key, "codes[%u]", i);
        return table_refuse(reader->source, reader->diag, at(reader, "routes", index, key),
                            "\"%.40s\" is no code; expected one of the ruleset such as "
                            "NON-ASN-KADES",
                            file->codes[i]);
    }
    row->codes = file->codes;
    row->code_count = file->codes_count;
    return STATUS_OK;
}

static bool has_source(const struct file_routing *file, const char *source)
{
    for (unsigned i = 0; i < file->sources_count; i++)
        if (strcmp(file->sources[i].source, source) == 0)
            return true;
    return false;
}

static enum status read_row(struct reader *reader, unsigned index, struct routing_row *ret_row)
{
    const struct file_row *file = &reader->file->routes[index];
    int by = 0;
    *ret_row = (struct routing_row){
        .row = file->row,
        .key = file->key == NULL ? file->row : file->key,
        .regions = file->regions,
        .region_count = file->regions_count,
        .source = file->source,
    };
    TRY(check_line(reader, at(reader, "routes", index, "row"), file->row, ROUTING_ROW_BYTES,
                   true));
    TRY(read_scope(reader, index, ret_row));
    TRY(read_codes(reader, index, ret_row));
    if (file->by != NULL)
        TRY(notification_word_read(reader->source, at(reader, "routes", index, "by"),
                                   notification_days_of, file->by, &by, reader->diag));
    ret_row->is_by_act = by == 1;
    TRY(notification_day_read(reader->source, at(reader, "routes", index, "from"), file->from,
                              &ret_row->from, reader->diag));
    TRY(notification_day_read(reader->source, at(reader, "routes", index, "until"), file->until,
                              &ret_row->until, reader->diag));
    if (!has_source(reader->file, file->source))
        return table_refuse(reader->source, reader->diag, at(reader, "routes", index, "source"),
                            "there is no source %.20s; add it to sources", file->source);
    return read_tells(reader, index, ret_row);
}

static enum status read_rows(struct reader *reader, struct routing *routing)
{
    unsigned count = reader->file->routes_count;
    struct routing_row *rows = arena_take(reader->arena, count * sizeof *rows);
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < count; i++)
        TRY(read_row(reader, i, &rows[i]));
    routing->rows = rows;
    routing->row_count = count;
    return STATUS_OK;
}

enum status notification_routing_read(const struct table_source *source,
                                      struct notification_tables *tables, struct diag *diag)
{
    struct routing *routing = &tables->routing;
    struct routing_problem problem;
    TRY(table_load(source, &file_schema, &tables->routing_object, diag));
    const struct file_routing *file = tables->routing_object;
    struct reader reader = {.source = source, .file = file, .arena = &tables->arena, .diag = diag};
    routing->name = file->routing;
    routing->version = file->version;
    TRY(check_line(&reader, "routing", file->routing, ROUTING_NAME_BYTES, false));
    TRY(check_line(&reader, "version", file->version, ROUTING_NAME_BYTES, false));
    TRY(read_regions(&reader, routing));
    TRY(read_kinds(&reader, routing));
    TRY(read_offices(&reader, routing));
    TRY(read_rows(&reader, routing));
    if (routing_check(routing, &problem))
        return STATUS_OK;
    return table_refuse(source, diag, problem.path, "%s", problem.text);
}
