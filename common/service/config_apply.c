/* Overrides from the environment, and paths made absolute: the loaded object is changed here. */
#include "common/base/invariant.h"
#include "common/service/config_parts.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct pass {
    const struct config_source *source;
    struct diag *diag;
    char folder[PATH_MAX]; /* config_apply_paths: of the file */
};

/* Reads a whole number as people write it: no sign, no leading zeros, no other base. */
static bool number_read(const char *text, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*at - '0'), &number))
            return false;
    }
    *ret_number = number;
    return true;
}

static enum status check_number(void *context, const struct config_item *item)
{
    struct pass *pass = context;
    struct config_place place;
    uint64_t number = 0;
    if (item->field->value.type != CYAML_UINT)
        return STATUS_OK;
    TRY(config_yaml_find(pass->source->text, item->path, &place, pass->diag));
    if (!place.is_found || number_read(place.text, &number))
        return STATUS_OK;
    diag_set(pass->diag, "%s: line %u: \"%s\": expected a whole number",
             config_path_end(pass->source->path), place.line, item->path);
    return STATUS_CONFIG_INVALID;
}

enum status config_check_numbers(const struct config_source *source,
                                 const cyaml_schema_value_t *schema, void *object,
                                 struct diag *diag)
{
    struct pass pass = {.source = source, .diag = diag};
    return config_schema_walk(schema, object, check_number, &pass);
}

/* ---- changing the object ---- */

bool config_text_set(char **text, const char *value)
{
    size_t size = strlen(value) + 1;
    /* libcyaml's allocator: cyaml_free releases it with the rest. */
    char *copy = cyaml_mem(NULL, NULL, size);
    if (copy == NULL)
        return false;
    memcpy(copy, value, size);
    (void)cyaml_mem(NULL, *text, 0);
    *text = copy;
    return true;
}

static enum status text_put(struct pass *pass, const struct config_item *item, const char *value)
{
    const cyaml_schema_value_t *schema = &item->field->value;
    size_t size = strlen(value);
    INVARIANT((schema->flags & CYAML_FLAG_POINTER) != 0);
    if (size < schema->string.min || size > schema->string.max)
        return config_refuse(pass->source, pass->diag, item->path,
                             "expected a text of %u to %u bytes", (unsigned)schema->string.min,
                             (unsigned)schema->string.max);
    if (!config_text_set(item->address, value))
        return config_refuse(pass->source, pass->diag, item->path, "no memory for it");
    return STATUS_OK;
}

static enum status number_put(struct pass *pass, const struct config_item *item, const char *value)
{
    const cyaml_schema_value_t *schema = &item->field->value;
    uint64_t number = 0;
    INVARIANT((schema->flags & CYAML_FLAG_POINTER) == 0);
    INVARIANT(schema->data_size == sizeof(uint32_t) || schema->data_size == sizeof(uint64_t));
    bool is_small = schema->data_size == sizeof(uint32_t);
    if (!number_read(value, &number) || (is_small && number > UINT32_MAX))
        return config_refuse(pass->source, pass->diag, item->path, "expected a whole number");
    if (is_small)
        *(uint32_t *)item->address = (uint32_t)number;
    else
        *(uint64_t *)item->address = number;
    return STATUS_OK;
}

static enum status override(void *context, const struct config_item *item)
{
    struct pass *pass = context;
    char name[CONFIG_OVERRIDE_BYTES];
    const char *value = config_override(item->path, name);
    if (value == NULL || item->is_in_sequence)
        return STATUS_OK;
    if (item->field->value.type == CYAML_STRING)
        return text_put(pass, item, value);
    if (item->field->value.type == CYAML_UINT)
        return number_put(pass, item, value);
    return STATUS_OK;
}

enum status config_apply_overrides(const struct config_source *source,
                                   const cyaml_schema_value_t *schema, void *object,
                                   struct diag *diag)
{
    struct pass pass = {.source = source, .diag = diag};
    return config_schema_walk(schema, object, override, &pass);
}

static bool ends_with(const char *text, const char *ending)
{
    size_t size = strlen(text);
    size_t ending_size = strlen(ending);
    return size >= ending_size && strcmp(text + size - ending_size, ending) == 0;
}

/* The rule of config.h: texts named `store` or `key`, or ending in `_file` or `_folder`, are
 * paths. */
static bool is_path(const cyaml_schema_field_t *field)
{
    if (field->value.type != CYAML_STRING)
        return false;
    return strcmp(field->key, "store") == 0 || strcmp(field->key, "key") == 0 ||
           ends_with(field->key, "_file") || ends_with(field->key, "_folder");
}

static enum status make_absolute(void *context, const struct config_item *item)
{
    struct pass *pass = context;
    char path[PATH_MAX];
    if (!is_path(item->field))
        return STATUS_OK;
    INVARIANT((item->field->value.flags & CYAML_FLAG_POINTER) != 0);
    char *const *text = item->address;
    if (*text == NULL || **text == '/')
        return STATUS_OK;
    int size = snprintf(path, sizeof(path), "%s/%s", pass->folder, *text);
    if (size < 0 || (size_t)size >= sizeof(path))
        return config_refuse(
            pass->source, pass->diag, item->path,
            "expected a path of at most %d bytes with the file's folder before it", PATH_MAX - 1);
    return text_put(pass, item, path);
}

/* The file's folder, absolute. Symbolic links stay as they are: a mounted configuration is often a
 * link into a folder that is replaced at the next change. */
static bool folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t used = 0;
    folder[0] = '\0';
    if (path[0] != '/') {
        if (getcwd(folder, PATH_MAX) == NULL)
            return false;
        used = strlen(folder);
    }
    const char *separator = used > 0 && slash != NULL ? "/" : "";
    int length = slash == NULL ? 0 : (int)(slash - path);
    int size = snprintf(folder + used, PATH_MAX - used, "%s%.*s", separator, length, path);
    return size >= 0 && used + (size_t)size < PATH_MAX;
}

enum status config_apply_paths(const struct config_source *source,
                               const cyaml_schema_value_t *schema, void *object, struct diag *diag)
{
    struct pass pass = {.source = source, .diag = diag};
    if (!folder_of(source->path, pass.folder)) {
        diag_set(diag, "%s: its folder can't be named", config_path_end(source->path));
        return STATUS_CONFIG_MISSING;
    }
    return config_schema_walk(schema, object, make_absolute, &pass);
}
