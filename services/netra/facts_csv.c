/* Columns are paths, so a mistake in a cell is told by the same path as one in a file. */
#include "services/netra/facts_csv.h"

#include "services/netra/facts_json.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define LIST_PARTS ";"

/* Cuts blanks off both ends, in place. */
static char *trim(char *text, size_t size)
{
    text += strspn(text, BLANKS);
    size = strlen(text);
    while (size > 0 && strchr(BLANKS, text[size - 1]) != NULL)
        text[--size] = '\0';
    return text;
}

static enum status put_column(const char *name, struct facts_columns *columns, struct diag *diag)
{
    for (unsigned i = 0; i < columns->count; i++) {
        if (strcmp(columns->paths[i], name) == 0) {
            diag_set(diag, "the header has the column %s twice", name);
            return STATUS_FACTS_INVALID;
        }
    }
    if (!facts_json_is_field(name)) {
        diag_set(diag, "the header's column %u is no field of a submission; did you mean %s?",
                 columns->count + 1, facts_json_nearest(name));
        return STATUS_FACTS_INVALID;
    }
    (void)snprintf(columns->paths[columns->count++], FACTS_PATH_BYTES, "%s", name);
    return STATUS_OK;
}

enum status facts_csv_header(const struct csv_record *record, struct facts_columns *ret_columns,
                             struct diag *diag)
{
    ret_columns->count = 0;
    if (!record->is_there)
        return STATUS_BODY_EMPTY;
    for (unsigned i = 0; i < record->field_count; i++)
        TRY(put_column(trim(record->fields[i], record->sizes[i]), ret_columns, diag));
    return STATUS_OK;
}

/* The inner object of that name, made when absent. */
static json_t *inner(json_t *object, const char *name)
{
    json_t *found = json_object_get(object, name);

    if (found != NULL)
        return found;
    found = json_object();
    (void)json_object_set_new(object, name, found);
    return found;
}

/* An empty part, as behind a last ';', is none. */
static json_t *list_value(const char *path, char *value)
{
    json_t *list = json_array();

    while (*value != '\0') {
        const size_t size = strcspn(value, LIST_PARTS);
        char *next = value + size + (value[size] == '\0' ? 0u : 1u);

        value[size] = '\0';
        const char *part = trim(value, size);

        value = next;
        if (part[0] == '\0')
            continue;
        json_t *text = json_string(part);

        (void)json_array_append_new(
            list, strcmp(path, "evidence") == 0 ? json_pack("{s:o}", "path", text) : text);
    }
    return list;
}

static json_t *value_of(const char *path, char *value)
{
    if (strcmp(path, "evidence") == 0 || strcmp(path, "reported_conduct") == 0)
        return list_value(path, value);
    return json_string(value);
}

static void put_value(json_t *object, const char *path, char *value,
                      struct facts_problems *problems)
{
    char names[FACTS_PATH_BYTES];
    char *name = names;
    char *dot = NULL;
    json_t *check = json_string(value);

    if (check == NULL) { /* jansson takes UTF-8 only */
        facts_problem_add(problems, path, "the text is not UTF-8");
        return;
    }
    json_decref(check);
    (void)snprintf(names, sizeof names, "%s", path);
    for (dot = strchr(name, '.'); dot != NULL; dot = strchr(name, '.')) {
        *dot = '\0';
        object = inner(object, name);
        name = dot + 1;
    }
    (void)json_object_set_new(object, name, value_of(path, value));
}

json_t *facts_csv_row(const struct facts_columns *columns, const struct csv_record *record,
                      struct facts_problems *problems)
{
    json_t *object = json_object();

    if (record->field_count != columns->count)
        facts_problem_add(problems, "(row)", "%u fields where the header has %u",
                          record->field_count, columns->count);
    for (unsigned i = 0; i < record->field_count && i < columns->count; i++) {
        if (strlen(record->fields[i]) != record->sizes[i]) {
            facts_problem_add(problems, columns->paths[i], "the text has a NUL in it");
            continue;
        }
        char *value = trim(record->fields[i], record->sizes[i]);

        if (value[0] != '\0')
            put_value(object, columns->paths[i], value, problems);
    }
    return object;
}
