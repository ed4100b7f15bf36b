/*
 * Reading and libcyaml's checking, which configuration and tables share; the messages are made in
 * config_explain.c.
 */
#include "common/service/table_file.h"

#include "common/base/cleanup.h"
#include "common/service/config_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

static enum status refuse_file(const char *path, enum status status, const char *why,
                               struct diag *diag)
{
    diag_set(diag, "%s: %s", config_path_end(path), why);
    return status;
}

enum status table_read(const char *path, struct arena *arena, struct table_source *ret_source,
                       struct diag *diag)
{
    /* Not blocking: a FIFO in the file's place must not hang the start. */
    CLEANUP(close_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return refuse_file(path, STATUS_CONFIG_MISSING, strerror(errno), diag);
    if (S_ISDIR(about.st_mode))
        return refuse_file(path, STATUS_CONFIG_MISSING, "a directory; expected a file", diag);
    if (!S_ISREG(about.st_mode))
        return refuse_file(path, STATUS_CONFIG_MISSING, "not a regular file", diag);
    if (about.st_size > (off_t)TABLE_BYTES_MAX)
        return refuse_file(path, STATUS_CONFIG_INVALID, "larger than 1 MiB", diag);
    /* One byte more than it had: a file that grows meanwhile is noticed. */
    size_t room = (size_t)about.st_size + 1;
    uint8_t *bytes = arena_take(arena, room);
    if (bytes == NULL)
        return refuse_file(path, STATUS_CONFIG_MISSING, "no memory to read it", diag);
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < room; size += (size_t)got) {
        got = read(descriptor, bytes + size, room - size);
        if (got < 0)
            return refuse_file(path, STATUS_CONFIG_MISSING, strerror(errno), diag);
    }
    if (size == 0)
        return refuse_file(path, STATUS_CONFIG_INVALID, "empty", diag);
    if (size == room)
        return refuse_file(path, STATUS_CONFIG_INVALID, "written while it was read", diag);
    *ret_source = (struct table_source){.name = path, .text = view_of(bytes, size)};
    return STATUS_OK;
}

static cyaml_config_t reader_of(struct config_complaint *complaint)
{
    return (cyaml_config_t){
        .log_fn = complaint == NULL ? NULL : config_complaint_take,
        .log_ctx = complaint,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_WARNING,
        .flags = CYAML_CFG_NO_ALIAS,
    };
}

void table_free(const cyaml_schema_value_t *schema, void *object)
{
    cyaml_config_t reader = reader_of(NULL);
    if (object != NULL)
        (void)cyaml_free(&reader, schema, object, 0);
}

enum status table_load(const struct table_source *source, const cyaml_schema_value_t *schema,
                       void **ret_object, struct diag *diag)
{
    struct config_source text = {.path = source->name, .text = source->text};
    struct config_complaint complaint = {.is_repeated = false};
    struct config_place root;
    *ret_object = NULL;
    if (config_yaml_find(source->text, "", &root, diag) != STATUS_OK) {
        diag_prefix(diag, "%s", config_path_end(source->name));
        return STATUS_CONFIG_INVALID;
    }
    cyaml_config_t reader = reader_of(&complaint);
    cyaml_data_t *object = NULL;
    cyaml_err_t error =
        cyaml_load_data(source->text.bytes, source->text.size, &reader, schema, &object, NULL);
    if (error != CYAML_OK)
        return config_explain(&text, schema, error, &complaint, diag);
    if (object == NULL)
        return refuse_file(source->name, STATUS_CONFIG_INVALID, "empty", diag);
    *ret_object = object;
    return STATUS_OK;
}

enum status table_refuse(const struct table_source *source, struct diag *diag, const char *path,
                         const char *format, ...)
{
    char rule[512];
    struct config_place place = {.is_found = false};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule, sizeof rule, format, arguments);
    va_end(arguments);
    diag_set(diag, "\"%s\": %s", path, rule);
    /* The text was read once without a complaint, and it is the same text. */
    if (config_yaml_find(source->text, path, &place, NULL) == STATUS_OK && place.is_found)
        diag_prefix(diag, "%s: line %u", config_path_end(source->name), place.line);
    else
        diag_prefix(diag, "%s", config_path_end(source->name));
    return STATUS_CONFIG_INVALID;
}

bool table_number(const char *text, uint64_t max, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (text[0] == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*at - '0'), &number))
            return false;
    }
    *ret_number = number;
    return number <= max;
}
