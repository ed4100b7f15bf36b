/*
 * jansson, with what scopes and house rules need around it.
 */
#ifndef NETRA_NETRA_JSON_H
#define NETRA_NETRA_JSON_H

#include "common/base/view.h"

#include <jansson.h>
#include <stdint.h>

/* For CLEANUP: gives the reference back. */
void json_release(json_t **json);

/* Sets a key of an object to a text, to lower-case hex, to a number, to an instant (Unix seconds,
 * as "2026-01-31T12:00:00Z"; null for 0), or to null. A failed allocation leaves the key out. */
void json_put_text(json_t *object, const char *key, const char *text);
void json_put_hex(json_t *object, const char *key, struct view bytes);
void json_put_number(json_t *object, const char *key, uint64_t number);
void json_put_instant(json_t *object, const char *key, uint64_t unix_s);
void json_put_null(json_t *object, const char *key);
void json_put_bool(json_t *object, const char *key, int is_true);

#endif
