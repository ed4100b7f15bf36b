/*
 * jansson answers a failed allocation by a NULL that its other functions take: nothing is checked
 * here, and a key that is missing shows.
 */
#include "services/netra/json.h"

#include "common/base/bytes.h"

#include <time.h>

/* Longest byte string shown: a signed note or a receipt's signed bytes. */
#define HEX_BYTES_MAX 2048u

void json_release(json_t **json)
{
    json_decref(*json);
    *json = NULL;
}

void json_put_text(json_t *object, const char *key, const char *text)
{
    (void)json_object_set_new(object, key, json_string(text));
}

void json_put_hex(json_t *object, const char *key, struct view bytes)
{
    char hex[2 * HEX_BYTES_MAX + 1];

    if (bytes.size > HEX_BYTES_MAX) {
        json_put_null(object, key);
        return;
    }
    bytes_to_hex(bytes, hex);
    json_put_text(object, key, hex);
}

void json_put_number(json_t *object, const char *key, uint64_t number)
{
    (void)json_object_set_new(object, key, json_integer((json_int_t)number));
}

void json_put_instant(json_t *object, const char *key, uint64_t unix_s)
{
    char text[32];
    const time_t instant = (time_t)unix_s;
    struct tm parts;

    if (unix_s == 0 || gmtime_r(&instant, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        json_put_null(object, key);
        return;
    }
    json_put_text(object, key, text);
}

void json_put_null(json_t *object, const char *key)
{
    (void)json_object_set_new(object, key, json_null());
}

void json_put_bool(json_t *object, const char *key, int is_true)
{
    (void)json_object_set_new(object, key, json_boolean(is_true));
}
