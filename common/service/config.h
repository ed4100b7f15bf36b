/*
 * A program's configuration: one YAML file, checked against a schema, with overrides from the
 * environment.
 *
 * Why: an unknown key is an error that names file, line and the nearest known key, because a
 * setting that is silently ignored is found on election night.
 * Owns: what libcyaml allocated; config_free releases it.
 * Errors: STATUS_CONFIG_MISSING (can't be read), STATUS_CONFIG_INVALID (anything else); `diag`
 * names file, line, key and what was expected.
 * Overrides: NETRA_<PATH>, the path of a text or whole number in upper case joined by underscores
 * (NETRA_LISTEN_DOOR, NETRA_LIMITS_BACKLOG_ENTRIES_MAX); entries of lists have none, and a
 * required key must be in the file too. Secrets are never values here, only paths of files.
 * Paths: texts named `store`, `key`, or ending in `_file` or `_folder`, at any level, are paths,
 * relative to the file's folder. Own texts are CYAML_FLAG_POINTER strings, own whole numbers
 * uint32_t or uint64_t.
 * Limits: 1 MiB, 8 levels, one document, no aliases; whole numbers in plain decimal.
 */
#ifndef NETRA_SERVICE_CONFIG_H
#define NETRA_SERVICE_CONFIG_H

#include "common/base/diag.h"
#include "common/base/status.h"

#include <cyaml/cyaml.h>
#include <stdint.h>

struct config_listen {
    char *inlet; /* tcp://IP:PORT; NULL where the program binds none */
    char *door;
    char *http; /* IP:PORT for /livez, /readyz, /metrics; NULL: none */
};

struct config_peer {
    char *name;
    char *inlet;      /* tcp://IP:PORT; NULL: no pipeline to it */
    char *door;       /* tcp://IP:PORT; NULL: this program asks nothing there */
    char *public_key; /* 64 hex digits: its CURVE key */
};

/* The operator who may recover this service while its register knows none: a store that is new or
 * was emptied (protocol.md 11). */
struct config_operator {
    char *curve_public; /* 64 hex digits */
    char *sign_public;  /* 64 hex digits */
};

struct config_limits {
    /* Unacknowledged entries of our own log at which we take nothing more in (protocol.md 18). */
    uint64_t backlog_entries_max;
    /* Free bytes under the store below which we warn, take no evidence, take nothing in (disk.h);
     * 0: no such mark. Absent: four times, and twice, the last one. */
    uint64_t disk_free_bytes_warn;
    uint64_t disk_free_bytes_evidence;
    uint64_t disk_free_bytes_refuse;
    /* Newest events of our own log that are kept although everybody acknowledged them: from how
     * far back a restored or emptied destination can be served again (protocol.md 11, 17). */
    uint64_t retained_events_min;
    /* Disk space set aside beside the store, given up when the disk is full; 0: none. */
    uint64_t reserve_bytes;
};

struct config_log {
    char *level;  /* debug, info, warn, error */
    char *format; /* logfmt, json */
};

/* What every program's file has. A program embeds it as the first member, named `common`. */
struct config {
    char *service; /* must be the program's own name */
    char *origin;  /* the installation's log origin */
    char *store;   /* path of the store; relative paths are relative to the file's folder */
    char *key;     /* path of the secret key file (key_file.h) */
    struct config_listen listen;
    struct config_peer *peers;
    unsigned peers_count;
    struct config_operator operator;
    struct config_limits limits;
    struct config_log log;
};

/* The schema fields of the common part, for a struct whose first member is `struct config common`.
 * Own fields follow, then CYAML_FIELD_END. */
extern const cyaml_schema_field_t config_listen_fields[];
extern const cyaml_schema_value_t config_peer_value;
extern const cyaml_schema_field_t config_operator_fields[];
extern const cyaml_schema_field_t config_limits_fields[];
extern const cyaml_schema_field_t config_log_fields[];

#define CONFIG_COMMON_FIELDS(type)                                                         \
    CYAML_FIELD_STRING_PTR("service", CYAML_FLAG_POINTER, type, common.service, 1, 64),    \
        CYAML_FIELD_STRING_PTR("origin", CYAML_FLAG_POINTER, type, common.origin, 1, 255), \
        CYAML_FIELD_STRING_PTR("store", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type,    \
                               common.store, 1, 4095),                                     \
        CYAML_FIELD_STRING_PTR("key", CYAML_FLAG_POINTER, type, common.key, 1, 4095),      \
        CYAML_FIELD_MAPPING("listen", CYAML_FLAG_OPTIONAL, type, common.listen,            \
                            config_listen_fields),                                         \
        CYAML_FIELD_SEQUENCE("peers", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type,      \
                             common.peers, &config_peer_value, 0, 8),                      \
        CYAML_FIELD_MAPPING("operator", CYAML_FLAG_OPTIONAL, type, common.operator,        \
                            config_operator_fields),                                       \
        CYAML_FIELD_MAPPING("limits", CYAML_FLAG_OPTIONAL, type, common.limits,            \
                            config_limits_fields),                                         \
        CYAML_FIELD_MAPPING("log", CYAML_FLAG_OPTIONAL, type, common.log, config_log_fields)

/*
 * Loads and checks `path` into a new object of the schema's type; relative paths in it are made
 * absolute; absent limits get their defaults (backlog 100,000 entries; marks at 64, 128, 256 MiB
 * free; 10,000 retained; 32 MiB of reserve), absent log settings "info" and "logfmt". `service` is
 * the name the file must carry.
 */
enum status config_load(const char *path, const char *service, const cyaml_schema_value_t *schema,
                        struct config **ret_config, struct diag *diag) MUST_USE;

/* Releases what config_load made. NULL is fine. */
void config_free(const cyaml_schema_value_t *schema, struct config *config);

#endif
