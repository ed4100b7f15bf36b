/*
 * A file is tried as a key file first; else the names that `key show` prints are looked for, in
 * its JSON and in its lines alike.
 */
#include "services/netra/public_key.h"

#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "services/netra/file.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PUBLIC_FILE_BYTES_MAX 4096u

json_t *public_key_to_json(const struct key_pair *pair)
{
    json_t *object = json_object();
    uint8_t key_id[4];

    key_id_of(pair->sign_public, pair->curve_public, key_id);
    json_put_hex(object, "curve_public", view_of(pair->curve_public, 32));
    json_put_hex(object, "sign_public", view_of(pair->sign_public, 32));
    json_put_hex(object, "key_id", view_of(key_id, sizeof key_id));
    return object;
}

/* Finds `name` in "name value" lines or in JSON, and reads the 64 hex digits behind it. */
static bool find_hex(const char *text, const char *name, uint8_t key[32])
{
    const char *at = strstr(text, name);
    char hex[65];

    if (at == NULL)
        return false;
    at += strlen(name);
    at += strspn(at, " \t\":");
    if (strlen(at) < 64)
        return false;
    memcpy(hex, at, 64);
    hex[64] = '\0';
    return bytes_from_hex(hex, key, 32);
}

enum status public_key_read(struct command *command, const char *path, struct public_key *ret_key)
{
    static const char key_file_start[] = "netra-key/v1\n";
    struct view text;

    TRY(file_read(path, PUBLIC_FILE_BYTES_MAX, &command->page, &text, &command->diag));
    if (strncmp((const char *)text.bytes, key_file_start, sizeof key_file_start - 1) == 0) {
        struct key_pair pair = {.curve_public = {0}};
        const enum status status = key_pair_read(path, &pair, &command->diag);

        memcpy(ret_key->curve_public, pair.curve_public, 32);
        memcpy(ret_key->sign_public, pair.sign_public, 32);
        sodium_memzero(&pair, sizeof pair);
        return status;
    }
    if (find_hex((const char *)text.bytes, "curve_public", ret_key->curve_public) &&
        find_hex((const char *)text.bytes, "sign_public", ret_key->sign_public))
        return STATUS_OK;
    diag_set(&command->diag, "%s: expected a key file, or what `netra key show` prints of one",
             path);
    return STATUS_KEY_FILE_INVALID;
}
