/*
 * Signed notes (https://c2sp.org/signed-note v1.0.0) and, within them, the log's checkpoints
 * (https://c2sp.org/tlog-checkpoint v1.0.0).
 *
 *   note        text | "\n" | one or more signature lines; the text ends in "\n"
 *   line        "— " | name | " " | base64(key id[4] | signature) | "\n"       (— is E2 80 94)
 *   signed      the text with its last newline, without the blank line
 *   key id      the first four bytes of SHA-256(name | "\n" | type | public key[32])
 *   vkey        name | "+" | key id in 8 lower-case hex digits | "+" | base64(type | public key)
 *   type 1      Ed25519: signature[64]
 *   type 4      a witness's cosignature (https://c2sp.org/tlog-cosignature): time[8, big-endian] |
 *               Ed25519 over "cosignature/v1\n" | "time " | seconds | "\n" | text
 *   checkpoint  origin | "\n" | size in decimal | "\n" | base64(root[32]) | "\n" | extension lines
 *
 * Why: these bytes are verified by programs that we didn't write, so nothing is added to them.
 * base64 is RFC 4648 section 4, with padding, canonical: of all texts that decode to the same
 * bytes only one is taken, so a note can't be altered without being refused.
 * Owns: nothing; what is parsed borrows from its text. sodium_init must have succeeded.
 */
#ifndef NETRA_AUDIT_LOG_NOTE_H
#define NETRA_AUDIT_LOG_NOTE_H

#include "common/base/arena.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdint.h>

#define NOTE_BYTES_MAX 65536u    /* a note of 16 large signatures is far smaller */
#define NOTE_SIGNATURES_MAX 16u  /* what the specification asks every reader to take */
#define NOTE_NAME_BYTES_MAX 255u /* a host name's limit (RFC 1035 2.3.4); names are its kind */
#define NOTE_KEY_ID_SIZE 4u
#define NOTE_PUBLIC_KEY_SIZE 32u
#define NOTE_SECRET_KEY_SIZE 64u /* libsodium's form: seed | public key */

enum note_key_type { NOTE_KEY_ED25519 = 1, NOTE_KEY_COSIGNATURE = 4 };

/* Whose signature a reader looks for. */
struct note_key {
    struct view name; /* borrowed */
    enum note_key_type type;
    uint8_t key_id[NOTE_KEY_ID_SIZE];
    uint8_t public_key[NOTE_PUBLIC_KEY_SIZE];
};

struct note_checkpoint {
    struct view origin; /* borrowed; the log's name */
    uint64_t size;      /* leaves; below 2^63 */
    uint8_t root[SHA256_SIZE];
};

/* A key with its id. STATUS_MALFORMED: the name is empty, longer than NOTE_NAME_BYTES_MAX, not
 * UTF-8, or has a plus, a space or a control character. */
enum status note_key_make(struct view name, enum note_key_type type,
                          const uint8_t public_key[NOTE_PUBLIC_KEY_SIZE],
                          struct note_key *ret_key) MUST_USE;

/* Reads a vkey. STATUS_MALFORMED: not one, of an unknown type, or its id isn't its key's. */
enum status note_key_parse(struct view text, struct note_key *ret_key) MUST_USE;

/* Writes the vkey into the arena. STATUS_NO_MEMORY. */
enum status note_key_write(const struct note_key *key, struct arena *arena,
                           struct view *ret_text) MUST_USE;

/* Signs a text as `key`, which must be of type Ed25519 and belong to `secret_key`, and writes the
 * note into the arena. STATUS_MALFORMED: the text is empty, doesn't end in a newline, is not UTF-8
 * or has other control characters. STATUS_NO_MEMORY. */
enum status note_sign(struct view text, const struct note_key *key,
                      const uint8_t secret_key[NOTE_SECRET_KEY_SIZE], struct arena *arena,
                      struct view *ret_note) MUST_USE;

/*
 * Checks a note's form and every signature line of that key; lines of other keys are passed over
 * once their form is checked. Yields the text and, for a cosignature, its time (else 0).
 * STATUS_MALFORMED: not a note. STATUS_FRAME_TOO_LARGE: over NOTE_BYTES_MAX or
 * NOTE_SIGNATURES_MAX. STATUS_SIGNATURE_INVALID: a line of that key doesn't verify.
 * STATUS_NOT_FOUND: no line is of that key. A reader of several keys calls once for each.
 */
enum status note_verify(struct view note, const struct note_key *key, struct view *ret_text,
                        uint64_t *ret_time) MUST_USE;

/* Reads a checkpoint from a note's text; extension lines are passed over. STATUS_MALFORMED. */
enum status note_checkpoint_parse(struct view text,
                                  struct note_checkpoint *ret_checkpoint) MUST_USE;

/* Writes and signs a checkpoint whose origin is the key's name. STATUS_OUT_OF_RANGE: the size is
 * 2^63 or more. STATUS_NO_MEMORY. */
enum status note_checkpoint_sign(uint64_t size, const uint8_t root[SHA256_SIZE],
                                 const struct note_key *key,
                                 const uint8_t secret_key[NOTE_SECRET_KEY_SIZE],
                                 struct arena *arena, struct view *ret_note) MUST_USE;

/* note_verify and note_checkpoint_parse with the log's own key, whose name must be the origin:
 * their statuses, and STATUS_VERIFICATION_FAILED for another origin. */
enum status note_checkpoint_verify(struct view note, const struct note_key *key,
                                   struct note_checkpoint *ret_checkpoint) MUST_USE;

#endif
