/*
 * YAML tables that are data, not configuration: rules, calendars, routes.
 *
 * Why beside config.h: the same reading and the same kind of message (file, line, what was
 * expected, the nearest known key), but no overrides and no common fields, and from bytes as well
 * as from a file, because a ruleset travels.
 * Owns: table_load's object until table_free.
 * Errors: STATUS_CONFIG_MISSING (can't be read), STATUS_CONFIG_INVALID; `diag` has one message.
 * Limits: TABLE_BYTES_MAX, 8 levels, one document, no aliases. Whole numbers are texts in the
 * schema: the loader reads them with table_number.
 */
#ifndef NETRA_SERVICE_TABLE_FILE_H
#define NETRA_SERVICE_TABLE_FILE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdint.h>

#define TABLE_BYTES_MAX 1048576u

/* A table's text and what messages call it. */
struct table_source {
    const char *name; /* the file's path */
    struct view text;
};

/* Reads a whole file into the arena. */
enum status table_read(const char *path, struct arena *arena, struct table_source *ret_source,
                       struct diag *diag) MUST_USE;

/* Loads the text by its schema. */
enum status table_load(const struct table_source *source, const cyaml_schema_value_t *schema,
                       void **ret_object, struct diag *diag) MUST_USE;

/* Releases it; NULL is fine. */
void table_free(const cyaml_schema_value_t *schema, void *object);

/* The message about the value at a path such as "rules[3].code": names file and line. Returns
 * STATUS_CONFIG_INVALID. */
__attribute__((format(printf, 4, 5))) enum status table_refuse(const struct table_source *source,
                                                               struct diag *diag, const char *path,
                                                               const char *format, ...) MUST_USE;

/* Reads a whole number in plain decimal, without sign or leading zeros. False: it is none, or
 * above `max`. */
bool table_number(const char *text, uint64_t max, uint64_t *ret_number);

#endif
