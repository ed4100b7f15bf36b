/* Files and joined bytes become a ruleset. */
#include "services/classification/classification_tables.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "services/classification/classification_tables_parts.h"

#include <string.h>

static const char magic[] = "netra-ruleset/v2\n";
#define MAGIC_SIZE (sizeof magic - 1)
_Static_assert(RULESET_BYTES_MAX == 2 * TABLE_BYTES_MAX + MAGIC_SIZE + 8, "both, and their sizes");
/* The bytes, twice while files are joined, and what is made of them. */
#define RULESET_ARENA_BYTES (48u * 1048576u)

static void close_ruleset(struct ruleset **ruleset)
{
    ruleset_free(*ruleset);
}

static enum status open_ruleset(struct ruleset **ret_ruleset, struct diag *diag)
{
    struct arena arena = {.base = NULL};
    if (arena_open(&arena, RULESET_ARENA_BYTES) != STATUS_OK) {
        diag_set(diag, "no memory for a ruleset");
        return STATUS_CONFIG_INVALID;
    }
    struct ruleset *ruleset = arena_take(&arena, sizeof *ruleset);
    if (ruleset == NULL) {
        arena_close(&arena);
        return STATUS_NO_MEMORY;
    }
    ruleset->arena = arena;
    *ret_ruleset = ruleset;
    return STATUS_OK;
}

/* Reads one size and what it counts. */
static bool take_part(struct view *rest, struct view *ret_part)
{
    if (rest->size < 4)
        return false;
    uint32_t size = bytes_get_u32(rest->bytes);
    if (size > rest->size - 4 || size > TABLE_BYTES_MAX)
        return false;
    *ret_part = view_of(rest->bytes + 4, size);
    *rest = view_of(rest->bytes + 4 + size, rest->size - 4 - size);
    return true;
}

/* ---- what libcyaml loaded is released whatever comes ---- */

struct documents {
    void *rules;
    void *calendar;
};

static void free_documents(struct documents *documents)
{
    table_free(&rules_schema, documents->rules);
    table_free(&calendar_schema, documents->calendar);
}

static enum status make_ruleset(struct table_load *load)
{
    CLEANUP(free_documents) struct documents documents = {.rules = NULL};
    TRY(table_load(&load->rules_source, &rules_schema, &documents.rules, load->diag));
    TRY(table_load(&load->calendar_source, &calendar_schema, &documents.calendar, load->diag));
    load->rules = documents.rules;
    load->calendar = documents.calendar;
    TRY(load_codes(load));
    TRY(load_words(load));
    TRY(load_calendar(load));
    return load_rules(load);
}

/* Makes the ruleset of bytes that lie in its arena. */
static enum status load_joined(struct ruleset *ruleset, struct view bytes, const char *rules_name,
                               const char *calendar_name, struct diag *diag)
{
    struct table_load load = {
        .ruleset = ruleset,
        .rules_source = {.name = rules_name},
        .calendar_source = {.name = calendar_name},
        .diag = diag,
    };
    bool is_ours = bytes.size >= MAGIC_SIZE && memcmp(bytes.bytes, magic, MAGIC_SIZE) == 0;
    struct view rest = view_of(bytes.bytes, bytes.size);
    if (is_ours)
        rest = view_of(bytes.bytes + MAGIC_SIZE, bytes.size - MAGIC_SIZE);
    if (!is_ours || !take_part(&rest, &load.rules_source.text) ||
        !take_part(&rest, &load.calendar_source.text) || rest.size != 0) {
        diag_set(diag, "no joined tables");
        return STATUS_MALFORMED;
    }
    sha256_of(bytes, ruleset->digest);
    ruleset->bytes = bytes;
    return make_ruleset(&load);
}

enum status tables_load_bytes(struct view bytes, struct ruleset **ret_ruleset, struct diag *diag)
{
    CLEANUP(close_ruleset) struct ruleset *ruleset = NULL;
    if (bytes.size > RULESET_BYTES_MAX) {
        diag_set(diag, "larger than joined tables may be");
        return STATUS_MALFORMED;
    }
    TRY(open_ruleset(&ruleset, diag));
    uint8_t *copy = arena_copy(&ruleset->arena, bytes);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    TRY(load_joined(ruleset, view_of(copy, bytes.size), "rules", "calendar", diag));
    *ret_ruleset = TAKE(ruleset);
    return STATUS_OK;
}

static uint8_t *put_part(uint8_t *to, struct view part)
{
    bytes_put_u32(to, (uint32_t)part.size);
    memcpy(to + 4, part.bytes, part.size);
    return to + 4 + part.size;
}

enum status tables_load_files(const char *rules_path, const char *calendar_path,
                              struct ruleset **ret_ruleset, struct diag *diag)
{
    CLEANUP(close_ruleset) struct ruleset *ruleset = NULL;
    struct table_source rules, calendar;
    TRY(open_ruleset(&ruleset, diag));
    TRY(table_read(rules_path, &ruleset->arena, &rules, diag));
    TRY(table_read(calendar_path, &ruleset->arena, &calendar, diag));
    size_t size = MAGIC_SIZE + 8 + rules.text.size + calendar.text.size;
    uint8_t *bytes = arena_take(&ruleset->arena, size);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    memcpy(bytes, magic, MAGIC_SIZE);
    (void)put_part(put_part(bytes + MAGIC_SIZE, rules.text), calendar.text);
    TRY(load_joined(ruleset, view_of(bytes, size), rules_path, calendar_path, diag));
    *ret_ruleset = TAKE(ruleset);
    return STATUS_OK;
}
