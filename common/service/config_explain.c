/* From libcyaml's complaint to one message that names file, line, key and what was expected. */
#include "common/service/config_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_PATH_BYTES 160u

/* ---- what libcyaml says ---- */

/* The text after `start`, up to `end` (NULL: all); false when the line doesn't begin so. */
static bool part_after(const char *line, const char *start, const char *end, char *part,
                       size_t size)
{
    size_t skip = strlen(start);
    if (strncmp(line, start, skip) != 0)
        return false;
    const char *stop = end == NULL ? NULL : strstr(line + skip, end);
    size_t length = stop == NULL ? strlen(line + skip) : (size_t)(stop - (line + skip));
    (void)snprintf(part, size, "%.*s", (int)length, line + skip);
    part[strcspn(part, "\n")] = '\0';
    return true;
}

/* The backtrace comes innermost first. */
static void path_prepend(struct config_complaint *complaint, const char *part)
{
    char rest[CONFIG_PATH_BYTES];
    memcpy(rest, complaint->path, sizeof(rest));
    bool is_joined = rest[0] == '\0' || rest[0] == '[';
    (void)snprintf(complaint->path, sizeof(complaint->path), "%.98s%s%.100s", part,
                   is_joined ? "" : ".", rest);
}

void config_complaint_take(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    struct config_complaint *complaint = context;
    char line[2 * CONFIG_PATH_BYTES];
    char part[CONFIG_PATH_BYTES];
    (void)level;
    (void)vsnprintf(line, sizeof(line), format, arguments);
    if (part_after(line, "Load: Unexpected key: ", NULL, part, sizeof(part)) ||
        part_after(line, "Load: Missing required mapping field: ", NULL, part, sizeof(part)))
        memcpy(complaint->key, part, sizeof(part));
    else if (part_after(line, "Load: Mapping field already seen: ", NULL, part, sizeof(part)))
        complaint->is_repeated = true;
    else if (part_after(line, "  in mapping field '", "'", part, sizeof(part)))
        path_prepend(complaint, part);
    else if (part_after(line, "  in mapping (", NULL, part, sizeof(part)))
        complaint->is_unnamed = true;
    else if (part_after(line, "  in sequence entry '", "'", part, sizeof(part))) {
        char entry[16];
        unsigned long number = strtoul(part, NULL, 10); /* libcyaml counts from 1 */
        (void)snprintf(entry, sizeof(entry), "[%u]", (unsigned)number - 1);
        path_prepend(complaint, entry);
    }
}

/* ---- what we say ---- */

const char *config_path_end(const char *path)
{
    size_t size = strlen(path);
    return size <= MESSAGE_PATH_BYTES ? path : path + (size - MESSAGE_PATH_BYTES);
}

const char *config_override(const char *path, char name[CONFIG_OVERRIDE_BYTES])
{
    (void)snprintf(name, CONFIG_OVERRIDE_BYTES, "NETRA_%s", path);
    for (char *at = name; *at != '\0'; at++)
        *at = isalnum((unsigned char)*at) ? (char)toupper((unsigned char)*at) : '_';
    return getenv(name);
}

/* "file: line 7: " or, without a line, "file: ". */
static void prefix_place(const struct config_source *source, unsigned line, struct diag *diag)
{
    if (line == 0)
        diag_prefix(diag, "%s", config_path_end(source->path));
    else
        diag_prefix(diag, "%s: line %u", config_path_end(source->path), line);
}

static struct config_place place_of(const struct config_source *source, const char *path)
{
    struct config_place place = {.is_found = false};
    /* The text was read once without a complaint, and it is the same text. */
    enum status status = config_yaml_find(source->text, path, &place, NULL);
    (void)status;
    return place;
}

bool config_is_given(const struct config_source *source, const char *path)
{
    char name[CONFIG_OVERRIDE_BYTES];
    return config_override(path, name) != NULL || place_of(source, path).is_found;
}

enum status config_refuse(const struct config_source *source, struct diag *diag, const char *path,
                          const char *format, ...)
{
    char rule[256];
    char name[CONFIG_OVERRIDE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule, sizeof(rule), format, arguments);
    va_end(arguments);
    if (config_override(path, name) != NULL) {
        diag_set(diag, "environment variable %s: %s", name, rule);
        return STATUS_CONFIG_INVALID;
    }
    diag_set(diag, "\"%s\": %s", path, rule);
    prefix_place(source, place_of(source, path).line, diag);
    return STATUS_CONFIG_INVALID;
}

/* The path without its last part ("listen.door" becomes "listen"). */
static void path_drop_last(char *path)
{
    char *dot = strrchr(path, '.');
    *(dot == NULL ? path : dot) = '\0';
}

static enum status explain_value(const struct config_source *source,
                                 const cyaml_schema_value_t *schema, cyaml_err_t error, char *path,
                                 struct diag *diag)
{
    char expectation[128];
    size_t size = strlen(path);
    bool is_about_entries =
        error == CYAML_ERR_SEQUENCE_ENTRIES_MAX || error == CYAML_ERR_SEQUENCE_ENTRIES_MIN;
    if (is_about_entries && size > 0 && path[size - 1] == ']')
        *strrchr(path, '[') = '\0';
    const cyaml_schema_value_t *value = config_schema_find(schema, path);
    if (value == NULL) {
        diag_set(diag, "%s", cyaml_strerror(error));
    } else {
        config_schema_expectation(value, expectation, sizeof(expectation));
        diag_set(diag, "\"%s\": expected %s", path, expectation);
    }
    prefix_place(source, place_of(source, path).line, diag);
    return STATUS_CONFIG_INVALID;
}

enum status config_explain(const struct config_source *source, const cyaml_schema_value_t *schema,
                           cyaml_err_t error, const struct config_complaint *complaint,
                           struct diag *diag)
{
    char path[2 * CONFIG_PATH_BYTES + 2];
    char nearest[CONFIG_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s", complaint->path);
    if (complaint->is_repeated) {
        diag_set(diag, "key \"%s\" is there a second time", path);
        prefix_place(source, place_of(source, path).line_last, diag);
        return STATUS_CONFIG_INVALID;
    }
    if (error != CYAML_ERR_INVALID_KEY && error != CYAML_ERR_MAPPING_FIELD_MISSING)
        return explain_value(source, schema, error, path, diag);
    /* Between two keys libcyaml may still name the key before. */
    if (!complaint->is_unnamed)
        path_drop_last(path);
    config_schema_nearest(schema, path, complaint->key, nearest, sizeof(nearest));
    struct config_place parent = place_of(source, path);
    (void)snprintf(path + strlen(path), sizeof(path) - strlen(path), "%s%s",
                   path[0] == '\0' ? "" : ".", complaint->key);
    if (error == CYAML_ERR_MAPPING_FIELD_MISSING) {
        diag_set(diag, "missing key \"%s\"", path);
        prefix_place(source, parent.line, diag);
        return STATUS_CONFIG_INVALID;
    }
    diag_set(diag, "unknown key \"%.64s\"; did you mean \"%s\"?", complaint->key, nearest);
    prefix_place(source, place_of(source, path).line, diag);
    return STATUS_CONFIG_INVALID;
}
