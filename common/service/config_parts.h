/*
 * What config.c is made of; nobody else includes this.
 *
 * Why: libcyaml checks the file against the schema, but says where only roughly (the line of the
 * value before) and in English prose through its log. So the place comes from a second reading by
 * libyaml, libcyaml's own parser, and the message is made here.
 *
 * A path names a place in the file: "listen.door", "peers[1].name" (from 0), "" for the whole.
 */
#ifndef NETRA_SERVICE_CONFIG_PARTS_H
#define NETRA_SERVICE_CONFIG_PARTS_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#define CONFIG_PATH_BYTES 200u  /* a path; longer ones are cut, and then simply not found */
#define CONFIG_NESTING_MAX 8u   /* mappings and sequences in each other */
#define CONFIG_SCALAR_BYTES 32u /* as much of a scalar as a whole number can have */

/* The file as read. */
struct config_source {
    const char *path;
    struct view text;
};

/* Where a path stands in the file. */
struct config_place {
    bool is_found;
    unsigned line;      /* of its first occurrence, from 1 */
    unsigned line_last; /* of its last occurrence: differs only when a key is repeated */
    char text[CONFIG_SCALAR_BYTES]; /* its scalar as written, cut; empty when it is none */
};

/* A field of the schema, with its value where the configuration is loaded already. */
struct config_item {
    const cyaml_schema_field_t *field;
    void *address;    /* of the member; NULL without an object */
    const char *path; /* with "[]" for "any entry" where there is no object */
    bool is_in_sequence;
};

typedef enum status (*config_visit)(void *context, const struct config_item *item);

/* ---- config_yaml.c: the text ---- */

/*
 * Reads the whole text and finds `path` in it. STATUS_CONFIG_INVALID with line and rule in `diag`
 * when the text is not one YAML document in UTF-8 that is a mapping, nested at most
 * CONFIG_NESTING_MAX deep, without anchors' aliases, complex keys, or NUL in a text.
 */
enum status config_yaml_find(struct view text, const char *path, struct config_place *ret_place,
                             struct diag *diag) MUST_USE;

/* ---- config_schema.c: the schema ---- */

/* Calls `visit` for every field at every level, parents before children; with `object` the fields
 * of that object, entries of sequences included. Stops at the first status that isn't OK. */
enum status config_schema_walk(const cyaml_schema_value_t *schema, void *object,
                               config_visit visit, void *context) MUST_USE;

/* The schema of the field at the path; NULL when there is none. */
const cyaml_schema_value_t *config_schema_find(const cyaml_schema_value_t *schema,
                                               const char *path);

/* Writes what the field takes, e.g. "a whole number". */
void config_schema_expectation(const cyaml_schema_value_t *value, char *text, size_t size);

/* Writes the path of the known key nearest to `key` to `nearest`: just the key when it belongs to
 * the level `parent` ("listen", "peers[1]"), the full path when it belongs elsewhere. */
void config_schema_nearest(const cyaml_schema_value_t *schema, const char *parent, const char *key,
                           char *nearest, size_t size);

/* ---- config_explain.c: the messages ---- */

/* What libcyaml said on its log while it loaded. */
struct config_complaint {
    char key[CONFIG_PATH_BYTES];  /* the unexpected, missing or repeated key */
    char path[CONFIG_PATH_BYTES]; /* where it was reading */
    bool is_repeated;             /* the key had been there before */
    bool is_unnamed;              /* the innermost mapping was between two keys */
};

/* libcyaml's log function; `context` is a struct config_complaint. */
__attribute__((format(printf, 3, 0))) void config_complaint_take(cyaml_log_t level, void *context,
                                                                 const char *format,
                                                                 va_list arguments);

/* Makes the one message of a load that failed with `error`. Returns STATUS_CONFIG_INVALID. */
enum status config_explain(const struct config_source *source, const cyaml_schema_value_t *schema,
                           cyaml_err_t error, const struct config_complaint *complaint,
                           struct diag *diag) MUST_USE;

/* The message about a value: names file and line, or the environment variable it came from.
 * Returns STATUS_CONFIG_INVALID. */
__attribute__((format(printf, 4, 5))) enum status config_refuse(const struct config_source *source,
                                                                struct diag *diag,
                                                                const char *path,
                                                                const char *format, ...) MUST_USE;

/* The environment's value for the path, and the name of its variable; NULL when it has none. */
#define CONFIG_OVERRIDE_BYTES (CONFIG_PATH_BYTES + 8u)
const char *config_override(const char *path, char name[CONFIG_OVERRIDE_BYTES]);

/* As much of the file's own path as a message has room for: its end. */
const char *config_path_end(const char *path);

/* ---- config_apply.c: what libcyaml's object is changed to ---- */

/* STATUS_CONFIG_INVALID for whole numbers that aren't written in plain decimal: libcyaml takes
 * "-1" for 2^64 - 1 and "010" for 8. */
enum status config_check_numbers(const struct config_source *source,
                                 const cyaml_schema_value_t *schema, void *object,
                                 struct diag *diag) MUST_USE;

/* Puts the environment's values in. */
enum status config_apply_overrides(const struct config_source *source,
                                   const cyaml_schema_value_t *schema, void *object,
                                   struct diag *diag) MUST_USE;

/* Makes relative paths absolute. */
enum status config_apply_paths(const struct config_source *source,
                               const cyaml_schema_value_t *schema, void *object,
                               struct diag *diag) MUST_USE;

/* Replaces a text of the object. False without memory. */
bool config_text_set(char **text, const char *value);

/* ---- config_check.c: what the schema can't say ---- */

#define CONFIG_MARK_WARN "limits.disk_free_bytes_warn"
#define CONFIG_MARK_EVIDENCE "limits.disk_free_bytes_evidence"
#define CONFIG_MARK_REFUSE "limits.disk_free_bytes_refuse"
#define CONFIG_MARK_BYTES_MAX (1ull << 60)

/* Whether the file or the environment gives the path a value. */
bool config_is_given(const struct config_source *source, const char *path);

struct config;
struct config_limits;

/* The rules of the common part: names, addresses, keys, levels. */
enum status config_check_common(const struct config_source *source, const char *service,
                                const struct config *config, struct diag *diag) MUST_USE;

/* The marks of the disk, defaults included: each above the next worse one, where there are both.
 * The message is about the one that was given. */
enum status config_check_marks(const struct config_source *source,
                               const struct config_limits *limits, struct diag *diag) MUST_USE;

#endif
