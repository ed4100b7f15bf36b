/*
 * Loads a configuration in one order: libcyaml's reading and checking, then numbers, overrides,
 * paths, the common rules, and defaults last, so that a default is never mistaken for a setting.
 * Each step has a file of its own (config_*.c); here are the common fields and the order.
 */
#include "common/service/config.h"

#include "common/base/arena.h"
#include "common/base/cleanup.h"
#include "common/base/invariant.h"
#include "common/service/config_parts.h"
#include "common/wire/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX 1048576u /* a configuration is a few KiB: more is another kind of file */
#define BACKLOG_ENTRIES_MAX_DEFAULT 100000u
#define RETAINED_EVENTS_MIN_DEFAULT 10000u
#define RESERVE_BYTES_DEFAULT 16777216u /* what the WAL may need to be checkpointed */
#define DISK_FREE_BYTES_MIN_DEFAULT (64u * 1048576u)

#define OPTIONAL_TEXT (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

const cyaml_schema_field_t config_listen_fields[] = {
    CYAML_FIELD_STRING_PTR("inlet", OPTIONAL_TEXT, struct config_listen, inlet, 1, 255),
    CYAML_FIELD_STRING_PTR("door", OPTIONAL_TEXT, struct config_listen, door, 1, 255),
    CYAML_FIELD_STRING_PTR("http", OPTIONAL_TEXT, struct config_listen, http, 1, 255),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t peer_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct config_peer, name, 1,
                           LIMIT_NAME_BYTES),
    CYAML_FIELD_STRING_PTR("inlet", OPTIONAL_TEXT, struct config_peer, inlet, 1, 255),
    CYAML_FIELD_STRING_PTR("door", OPTIONAL_TEXT, struct config_peer, door, 1, 255),
    CYAML_FIELD_STRING_PTR("public_key", CYAML_FLAG_POINTER, struct config_peer, public_key, 1,
                           255),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t config_peer_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct config_peer, peer_fields),
};

const cyaml_schema_field_t config_operator_fields[] = {
    CYAML_FIELD_STRING_PTR("curve_public", CYAML_FLAG_POINTER, struct config_operator,
                           curve_public, 1, 255),
    CYAML_FIELD_STRING_PTR("sign_public", CYAML_FLAG_POINTER, struct config_operator, sign_public,
                           1, 255),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_limits_fields[] = {
    CYAML_FIELD_UINT("reserve_bytes", CYAML_FLAG_OPTIONAL, struct config_limits, reserve_bytes),
    CYAML_FIELD_UINT("backlog_entries_max", CYAML_FLAG_OPTIONAL, struct config_limits,
                     backlog_entries_max),
    CYAML_FIELD_UINT("retained_events_min", CYAML_FLAG_OPTIONAL, struct config_limits,
                     retained_events_min),
    CYAML_FIELD_UINT("disk_free_bytes_min", CYAML_FLAG_OPTIONAL, struct config_limits,
                     disk_free_bytes_min),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_log_fields[] = {
    CYAML_FIELD_STRING_PTR("level", OPTIONAL_TEXT, struct config_log, level, 1, 16),
    CYAML_FIELD_STRING_PTR("format", OPTIONAL_TEXT, struct config_log, format, 1, 16),
    CYAML_FIELD_END,
};

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

static enum status refuse_file(const struct config_source *source, enum status status,
                               const char *why, struct diag *diag)
{
    diag_set(diag, "%s: %s", config_path_end(source->path), why);
    return status;
}

/* Reads the whole file into the arena. */
static enum status read_file(struct config_source *source, struct arena *arena, struct diag *diag)
{
    /* Not blocking: a FIFO in the file's place must not hang the start. */
    CLEANUP(close_descriptor)
    int descriptor = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return refuse_file(source, STATUS_CONFIG_MISSING, strerror(errno), diag);
    if (S_ISDIR(about.st_mode))
        return refuse_file(source, STATUS_CONFIG_MISSING, "a directory; expected a file", diag);
    if (!S_ISREG(about.st_mode))
        return refuse_file(source, STATUS_CONFIG_MISSING, "not a regular file", diag);
    uint8_t *bytes = arena_take(arena, FILE_BYTES_MAX + 1);
    if (bytes == NULL)
        return refuse_file(source, STATUS_CONFIG_MISSING, "no memory to read it", diag);
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size <= FILE_BYTES_MAX; size += (size_t)got) {
        got = read(descriptor, bytes + size, FILE_BYTES_MAX + 1 - size);
        if (got < 0)
            return refuse_file(source, STATUS_CONFIG_MISSING, strerror(errno), diag);
    }
    if (size == 0)
        return refuse_file(source, STATUS_CONFIG_INVALID, "empty", diag);
    if (size > FILE_BYTES_MAX)
        return refuse_file(source, STATUS_CONFIG_INVALID, "larger than 1 MiB", diag);
    source->text = view_of(bytes, size);
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

void config_free(const cyaml_schema_value_t *schema, struct config *config)
{
    cyaml_config_t reader = reader_of(NULL);
    if (config != NULL)
        (void)cyaml_free(&reader, schema, config, 0);
}

static enum status apply_defaults(const struct config_source *source, struct config *config,
                                  struct diag *diag)
{
    struct config_limits *limits = &config->limits;
    if (!config_is_given(source, "limits.backlog_entries_max"))
        limits->backlog_entries_max = BACKLOG_ENTRIES_MAX_DEFAULT;
    if (!config_is_given(source, "limits.retained_events_min"))
        limits->retained_events_min = RETAINED_EVENTS_MIN_DEFAULT;
    if (!config_is_given(source, "limits.reserve_bytes"))
        limits->reserve_bytes = RESERVE_BYTES_DEFAULT;
    if (!config_is_given(source, "limits.disk_free_bytes_min"))
        limits->disk_free_bytes_min = DISK_FREE_BYTES_MIN_DEFAULT;
    bool is_level_set = config->log.level != NULL || config_text_set(&config->log.level, "info");
    bool is_format_set =
        config->log.format != NULL || config_text_set(&config->log.format, "logfmt");
    if (!is_level_set || !is_format_set)
        return refuse_file(source, STATUS_CONFIG_INVALID, "no memory for the defaults", diag);
    return STATUS_OK;
}

/* Everything between libcyaml and the caller: `object` stays the caller's on failure. */
static enum status finish(const struct config_source *source, const char *service,
                          const cyaml_schema_value_t *schema, void *object, struct diag *diag)
{
    struct config *config = object; /* the schema's type begins with it */
    TRY(config_check_numbers(source, schema, object, diag));
    TRY(config_apply_overrides(source, schema, object, diag));
    TRY(config_apply_paths(source, schema, object, diag));
    TRY(config_check_common(source, service, config, diag));
    return apply_defaults(source, config, diag);
}

enum status config_load(const char *path, const char *service, const cyaml_schema_value_t *schema,
                        struct config **ret_config, struct diag *diag)
{
    CLEANUP(arena_close) struct arena arena = {.size = 0};
    struct config_source source = {.path = path};
    struct config_complaint complaint = {.is_repeated = false};
    struct config_place root;
    *ret_config = NULL;
    if (arena_open(&arena, FILE_BYTES_MAX + 4096) != STATUS_OK)
        return refuse_file(&source, STATUS_CONFIG_MISSING, "no memory to read it", diag);
    TRY(read_file(&source, &arena, diag));
    if (config_yaml_find(source.text, "", &root, diag) != STATUS_OK) {
        diag_prefix(diag, "%s", config_path_end(path));
        return STATUS_CONFIG_INVALID;
    }
    cyaml_config_t reader = reader_of(&complaint);
    cyaml_data_t *object = NULL;
    cyaml_err_t error =
        cyaml_load_data(source.text.bytes, source.text.size, &reader, schema, &object, NULL);
    if (error != CYAML_OK)
        return config_explain(&source, schema, error, &complaint, diag);
    /* libcyaml yields nothing only for a document without a key, which lacks required ones. */
    INVARIANT(object != NULL);
    enum status status = finish(&source, service, schema, object, diag);
    if (status != STATUS_OK) {
        config_free(schema, object);
        return status;
    }
    *ret_config = object;
    return STATUS_OK;
}
