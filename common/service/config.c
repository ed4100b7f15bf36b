/*
 * Loads a configuration in one order: libcyaml's reading and checking, then numbers, overrides,
 * paths, the common rules, and defaults last, so that a default is never mistaken for a setting;
 * then the marks, which must fit each other wherever they come from.
 * Each step has a file of its own (config_*.c); here are the common fields and the order.
 */
#include "common/service/config.h"

#include "common/base/arena.h"
#include "common/base/cleanup.h"
#include "common/service/config_parts.h"
#include "common/service/table_file.h"
#include "common/wire/limits.h"

#define BACKLOG_ENTRIES_MAX_DEFAULT 100000u
#define RETAINED_EVENTS_MIN_DEFAULT 10000u
#define RESERVE_BYTES_DEFAULT (32u * 1048576u) /* twice what the WAL may hold (service_open.c) */
#define DISK_FREE_BYTES_REFUSE_DEFAULT (64u * 1048576u)
#define EVIDENCE_TIMES_REFUSE 2u
#define WARN_TIMES_REFUSE 4u /* CONFIG_MARK_BYTES_MAX allows for it */

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
    CYAML_FIELD_UINT("disk_free_bytes_warn", CYAML_FLAG_OPTIONAL, struct config_limits,
                     disk_free_bytes_warn),
    CYAML_FIELD_UINT("disk_free_bytes_evidence", CYAML_FLAG_OPTIONAL, struct config_limits,
                     disk_free_bytes_evidence),
    CYAML_FIELD_UINT("disk_free_bytes_refuse", CYAML_FLAG_OPTIONAL, struct config_limits,
                     disk_free_bytes_refuse),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_log_fields[] = {
    CYAML_FIELD_STRING_PTR("level", OPTIONAL_TEXT, struct config_log, level, 1, 16),
    CYAML_FIELD_STRING_PTR("format", OPTIONAL_TEXT, struct config_log, format, 1, 16),
    CYAML_FIELD_END,
};

static enum status refuse_file(const struct config_source *source, enum status status,
                               const char *why, struct diag *diag)
{
    diag_set(diag, "%s: %s", config_path_end(source->path), why);
    return status;
}

void config_free(const cyaml_schema_value_t *schema, struct config *config)
{
    table_free(schema, config);
}

/* The first two follow the last, so that one key is enough to move all three. */
static void apply_default_marks(const struct config_source *source, struct config_limits *limits)
{
    if (!config_is_given(source, CONFIG_MARK_REFUSE))
        limits->disk_free_bytes_refuse = DISK_FREE_BYTES_REFUSE_DEFAULT;
    if (!config_is_given(source, CONFIG_MARK_EVIDENCE))
        limits->disk_free_bytes_evidence = limits->disk_free_bytes_refuse * EVIDENCE_TIMES_REFUSE;
    if (!config_is_given(source, CONFIG_MARK_WARN))
        limits->disk_free_bytes_warn = limits->disk_free_bytes_refuse * WARN_TIMES_REFUSE;
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
    apply_default_marks(source, limits);
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
    TRY(apply_defaults(source, config, diag));
    return config_check_marks(source, &config->limits, diag);
}

enum status config_load(const char *path, const char *service, const cyaml_schema_value_t *schema,
                        struct config **ret_config, struct diag *diag)
{
    CLEANUP(arena_close) struct arena arena = {.size = 0};
    struct table_source table;
    void *object = NULL;
    *ret_config = NULL;
    if (arena_open(&arena, TABLE_BYTES_MAX + 4096) != STATUS_OK) {
        diag_set(diag, "%s: no memory to read it", config_path_end(path));
        return STATUS_CONFIG_MISSING;
    }
    TRY(table_read(path, &arena, &table, diag));
    TRY(table_load(&table, schema, &object, diag));
    struct config_source source = {.path = path, .text = table.text};
    enum status status = finish(&source, service, schema, object, diag);
    if (status != STATUS_OK) {
        table_free(schema, object);
        return status;
    }
    *ret_config = object;
    return STATUS_OK;
}
