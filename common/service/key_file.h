/*
 * Key files: one kind of text file for every secret, mode 0600.
 *
 * Format, one `name value` pair a line, lower-case hex, the first line exactly "netra-key/v1":
 *   netra-key/v1
 *   curve-secret 64 hex digits     absent in a file that holds a plain secret
 *   curve-public 64 hex digits
 *   sign-seed    64 hex digits     Ed25519 seed; absent in a plain secret's file
 *   sign-public  64 hex digits
 *   secret       64 hex digits     a plain 32-byte secret (key-encryption key, index key)
 *   epoch        decimal           of a key-encryption key
 * Errors: STATUS_KEY_FILE_INVALID with `diag` naming file, line and what was expected, never the
 * line itself; a file that others may read (mode & 077) is refused.
 */
#ifndef NETRA_SERVICE_KEY_FILE_H
#define NETRA_SERVICE_KEY_FILE_H

#include "common/base/diag.h"
#include "common/base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct key_pair {
    uint8_t curve_secret[32];
    uint8_t curve_public[32];
    uint8_t sign_seed[32];
    uint8_t sign_secret[64]; /* libsodium's expanded form of the seed */
    uint8_t sign_public[32];
};

struct key_secret {
    uint8_t secret[32];
    uint32_t epoch; /* 0 where the file has none */
};

/* Draws both pairs. sodium_init must have succeeded. */
void key_pair_draw(struct key_pair *ret_pair);

/* The key id in leaves: the first 4 bytes of SHA-256("netra-key-id/v1\n" | sign_public |
 * curve_public). */
void key_id_of(const uint8_t sign_public[32], const uint8_t curve_public[32], uint8_t key_id[4]);

/* Writes a new file, mode 0600, synced, its folder too; the name appears only when the file is
 * whole. STATUS_NAME_TAKEN when it exists already, STATUS_SYSTEM_FAILED when the system refuses.
 * */
enum status key_pair_write(const char *path, const struct key_pair *pair,
                           struct diag *diag) MUST_USE;
enum status key_secret_write(const char *path, const struct key_secret *secret,
                             struct diag *diag) MUST_USE;

/* Reads and checks (publics must belong to their secrets). Callers keep the struct in memory that
 * is locked and kept out of dumps (process_harden), and wipe it. */
enum status key_pair_read(const char *path, struct key_pair *ret_pair, struct diag *diag) MUST_USE;
enum status key_secret_read(const char *path, struct key_secret *ret_secret,
                            struct diag *diag) MUST_USE;

#endif
