/*
 * The public parts of a key, as `key show` prints them and `authorise --key-file` reads them.
 *
 * Why: who enters a key in the register needs its public parts only; the secret ones stay where
 * they were made.
 */
#ifndef NETRA_NETRA_PUBLIC_KEY_H
#define NETRA_NETRA_PUBLIC_KEY_H

#include "services/netra/command.h"

struct public_key {
    uint8_t curve_public[32];
    uint8_t sign_public[32];
};

/* curve_public, sign_public, key_id, in hex. */
json_t *public_key_to_json(const struct key_pair *pair);

/* Reads a key file, or what `key show` printed of it (either form). STATUS_KEY_FILE_INVALID: it is
 * neither. STATUS_NOT_FOUND: it can't be opened. */
enum status public_key_read(struct command *command, const char *path,
                            struct public_key *ret_key) MUST_USE;

#endif
