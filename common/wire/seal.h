/*
 * Payloads as they travel and rest: committed to by the header, encrypted when they belong to a
 * case.
 *
 *   clear    0x00 | r[32] | payload            an event of no case: holds no personal data
 *   sealed   0x01 | nonce[24] | XChaCha20-Poly1305(r[32] | payload)[32 + payload + 16]
 *            key: the case's subkey, crypto_kdf's "payload_" 1 of the case key
 *            associated data: the header's 232 bytes as chained
 *
 * Why: the associated data keeps a payload from being moved to another event; r hides the payload
 * behind C when the key is gone (reference/audit.md 4.5).
 * Owns: nothing; results lie in the arena given. sodium_init must have succeeded.
 */
#ifndef NETRA_WIRE_SEAL_H
#define NETRA_WIRE_SEAL_H

#include "common/base/arena.h"
#include "common/base/random.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"

#define CASE_KEY_SIZE 32u
#define COMMITMENT_SALT_SIZE 32u
#define SEAL_CLEAR_OVERHEAD (1u + COMMITMENT_SALT_SIZE)
#define SEAL_SEALED_OVERHEAD (1u + 24u + COMMITMENT_SALT_SIZE + 16u)

/* C = SHA-256("netra-commit/v1\n" | r | payload). */
void seal_commit(const uint8_t r[COMMITMENT_SALT_SIZE], struct view payload,
                 uint8_t commitment[SHA256_SIZE]);

/* The clear form, in the arena. STATUS_NO_MEMORY. */
enum status seal_clear(struct arena *arena, const uint8_t r[COMMITMENT_SALT_SIZE],
                       struct view payload, struct view *ret_bytes) MUST_USE;

/* The sealed form, in the arena; `header` is the encoded header, its commitment already over (r,
 * payload). The nonce is drawn from `random`. STATUS_NO_MEMORY. */
enum status seal_close(struct arena *arena, const struct random_source *random,
                       const uint8_t case_key[CASE_KEY_SIZE], const uint8_t header[HEADER_SIZE],
                       const uint8_t r[COMMITMENT_SALT_SIZE], struct view payload,
                       struct view *ret_bytes) MUST_USE;

/*
 * Opens either form into the arena and checks the commitment against the header's. `case_key` may
 * be NULL for the clear form. STATUS_SEAL_BROKEN (wrong key or altered bytes), STATUS_MALFORMED
 * (neither form, clear for an event of a case, or sealed for an event of none),
 * STATUS_COMMITMENT_MISMATCH, STATUS_KEY_NOT_AT_HAND (sealed and no key), STATUS_NO_MEMORY.
 * `header` is the header as chained: whoever holds a leaf zeroes audit-log's three fields first.
 */
enum status seal_open(struct arena *arena, const uint8_t *case_key,
                      const uint8_t header[HEADER_SIZE], struct view bytes,
                      struct view *ret_payload) MUST_USE;

/* Wraps a case key for rest under the key-encryption key: epoch[4] | nonce[24] | ciphertext[48];
 * ad = "netra-wrap/v1\n" | case handle | epoch (reference/audit.md 4.5). */
#define WRAPPED_KEY_SIZE 76u
void seal_wrap_key(const struct random_source *random,
                   const uint8_t key_encryption_key[CASE_KEY_SIZE], uint32_t epoch,
                   const uint8_t case_handle[CASE_HANDLE_SIZE],
                   const uint8_t case_key[CASE_KEY_SIZE], uint8_t wrapped[WRAPPED_KEY_SIZE]);

/* Undoes it. STATUS_SEAL_BROKEN when the key, handle or epoch is another; STATUS_MALFORMED on a
 * wrong size. */
enum status seal_unwrap_key(const uint8_t key_encryption_key[CASE_KEY_SIZE], uint32_t epoch,
                            const uint8_t case_handle[CASE_HANDLE_SIZE], struct view wrapped,
                            uint8_t case_key[CASE_KEY_SIZE]) MUST_USE;

#endif
