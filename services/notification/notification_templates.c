/*
 * templates.yaml: from libcyaml's object to struct notice_templates.
 */
#include "services/notification/notification_tables.h"

#include <stdio.h>
#include <string.h>

#define TEXT_BYTES_MAX 65535u /* longer texts are refused where they are read */

struct file_template {
    char *notice;
    const char **roles;
    unsigned roles_count;
    char *subject;
    char *body;
};

struct file_action {
    char *notice;
    const char **roles;
    unsigned roles_count;
    char *text;
};

struct file_templates {
    char *templates;
    char *version;
    struct file_template *notices;
    unsigned notices_count;
    struct file_action *actions;
    unsigned actions_count;
};

#define NEEDED CYAML_FLAG_POINTER
#define OPTIONAL (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, type, member) \
    CYAML_FIELD_STRING_PTR(key, NEEDED, type, member, 0, TEXT_BYTES_MAX)

static const cyaml_schema_value_t text_value = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, TEXT_BYTES_MAX),
};

static const cyaml_schema_field_t template_fields[] = {
    TEXT("notice", struct file_template, notice),
    CYAML_FIELD_SEQUENCE("roles", OPTIONAL, struct file_template, roles, &text_value, 1, 32),
    TEXT("subject", struct file_template, subject),
    TEXT("body", struct file_template, body),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t template_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_template, template_fields),
};

static const cyaml_schema_field_t action_fields[] = {
    TEXT("notice", struct file_action, notice),
    CYAML_FIELD_SEQUENCE("roles", OPTIONAL, struct file_action, roles, &text_value, 1, 32),
    TEXT("text", struct file_action, text),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t action_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_action, action_fields),
};

static const cyaml_schema_field_t file_fields[] = {
    TEXT("templates", struct file_templates, templates),
    TEXT("version", struct file_templates, version),
    CYAML_FIELD_SEQUENCE("notices", NEEDED, struct file_templates, notices, &template_value, 1,
                         NOTICE_TEMPLATES_MAX),
    CYAML_FIELD_SEQUENCE("actions", NEEDED, struct file_templates, actions, &action_value, 1,
                         NOTICE_ACTIONS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_templates, file_fields),
};

void notification_templates_free(void *object)
{
    table_free(&file_schema, object);
}

/* What reading works with. */
struct reader {
    const struct table_source *source;
    const struct file_templates *file;
    const struct routing *routing;
    struct diag *diag;
    char path[64];
};

static const char *at(struct reader *reader, const char *section, unsigned index, const char *key)
{
    (void)snprintf(reader->path, sizeof reader->path, "%s[%u].%s", section, index, key);
    return reader->path;
}

/* A text that is filled in: its size, its line ends, and what stands in braces. */
static enum status check_text(struct reader *reader, const char *path, const char *text,
                              size_t bytes_max, bool is_action)
{
    char wrong[48];
    size_t size = strlen(text);
    if (size == 0 || size > bytes_max)
        return table_refuse(reader->source, reader->diag, path,
                            "expected 1 to %zu bytes, found %zu", bytes_max, size);
    for (const char *byte = text; *byte != '\0'; byte++)
        if (((unsigned char)*byte < ' ' && *byte != '\n') || *byte == 0x7f)
            return table_refuse(reader->source, reader->diag, path,
                                "expected text without control characters");
    if (notice_text_check(text, is_action, wrong, sizeof wrong))
        return STATUS_OK;
    return table_refuse(reader->source, reader->diag, path,
                        "%s may not stand in a notice; what may: %s", wrong, notice_text_list());
}

static bool has_role(const struct routing *routing, const char *role)
{
    if (strcmp(role, ROUTING_REVIEWER) == 0)
        return true;
    for (unsigned i = 0; i < routing->row_count; i++)
        for (unsigned j = 0; j < routing->rows[i].tell_count; j++)
            if (strcmp(routing->rows[i].tells[j].role, role) == 0)
                return true;
    return false;
}

static enum status check_roles(struct reader *reader, const char *path, const char *const *roles,
                               unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!has_role(reader->routing, roles[i]))
            return table_refuse(reader->source, reader->diag, path,
                                "no route tells anybody in the role %.40s", roles[i]);
    return STATUS_OK;
}

static enum status read_template(struct reader *reader, unsigned index,
                                 struct notice_template *ret_template)
{
    const struct file_template *row = &reader->file->notices[index];
    int notice = 0;
    TRY(notification_word_read(reader->source, at(reader, "notices", index, "notice"),
                               notification_notices, row->notice, &notice, reader->diag));
    TRY(check_roles(reader, at(reader, "notices", index, "roles"), row->roles, row->roles_count));
    const char *subject = at(reader, "notices", index, "subject");
    TRY(check_text(reader, subject, row->subject, NOTICE_SUBJECT_BYTES_MAX, true));
    TRY(notification_line_check(reader->source, subject, row->subject, NOTICE_SUBJECT_BYTES_MAX,
                                false, reader->diag));
    TRY(check_text(reader, at(reader, "notices", index, "body"), row->body, NOTICE_BODY_BYTES_MAX,
                   false));
    *ret_template = (struct notice_template){
        .notice = (enum notice_kind)notice,
        .roles = row->roles,
        .role_count = row->roles_count,
        .subject = row->subject,
        .body = row->body,
    };
    return STATUS_OK;
}

static enum status read_action(struct reader *reader, unsigned index,
                               struct notice_action *ret_action)
{
    const struct file_action *row = &reader->file->actions[index];
    int notice = 0;
    TRY(notification_word_read(reader->source, at(reader, "actions", index, "notice"),
                               notification_notices, row->notice, &notice, reader->diag));
    TRY(check_roles(reader, at(reader, "actions", index, "roles"), row->roles, row->roles_count));
    TRY(check_text(reader, at(reader, "actions", index, "text"), row->text,
                   NOTICE_ACTION_BYTES_MAX, true));
    *ret_action = (struct notice_action){
        .notice = (enum notice_kind)notice,
        .roles = row->roles,
        .role_count = row->roles_count,
        .text = row->text,
    };
    return STATUS_OK;
}

/* Every kind of notice has words for whoever is told, in whatever role. */
static enum status check_all_kinds(struct reader *reader, const struct notice_templates *templates)
{
    for (const struct notification_word *word = notification_notices; word->word != NULL; word++) {
        enum notice_kind kind = (enum notice_kind)word->value;
        if (notice_template_find(templates, kind, "") == NULL)
            return table_refuse(reader->source, reader->diag, "notices",
                                "no row for notice %s without roles; add one for all others",
                                word->word);
        if (notice_action_find(templates, kind, "") == NULL)
            return table_refuse(reader->source, reader->diag, "actions",
                                "no row for notice %s without roles; add one for all others",
                                word->word);
    }
    return STATUS_OK;
}

enum status notification_templates_read(const struct table_source *source,
                                        struct notification_tables *tables, struct diag *diag)
{
    TRY(table_load(source, &file_schema, &tables->templates_object, diag));
    const struct file_templates *file = tables->templates_object;
    struct reader reader = {
        .source = source, .file = file, .routing = &tables->routing, .diag = diag};
    struct notice_template *notices =
        arena_take(&tables->arena, file->notices_count * sizeof *notices);
    struct notice_action *actions =
        arena_take(&tables->arena, file->actions_count * sizeof *actions);
    if (notices == NULL || actions == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < file->notices_count; i++)
        TRY(read_template(&reader, i, &notices[i]));
    for (unsigned i = 0; i < file->actions_count; i++)
        TRY(read_action(&reader, i, &actions[i]));
    tables->templates = (struct notice_templates){
        .name = file->templates,
        .version = file->version,
        .templates = notices,
        .template_count = file->notices_count,
        .actions = actions,
        .action_count = file->actions_count,
    };
    return check_all_kinds(&reader, &tables->templates);
}
