/*
 * The reporter's identity, sealed on the client so that no service can open it.
 *
 * Format: crypto_box_seal(second officer, crypto_box_seal(first officer, plain)), the officers in
 * the order of netra.yaml's protection_officers; plain is REPORTER_PLAIN_SIZE bytes:
 *   "netra-reporter/v1\n" | size[2] | name | size[2] | contact | zeros to the end
 * sizes big-endian.
 * Why of one size: the length of what is sealed tells nothing about who reported.
 * Limits: lines of FACTS_LINE_BYTES_MAX.
 */
#ifndef NETRA_NETRA_REPORTER_SEAL_H
#define NETRA_NETRA_REPORTER_SEAL_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/case/facts.h"

#include <stdint.h>

#define REPORTER_PLAIN_SIZE 1024u
#define REPORTER_LAYER_BYTES 48u /* crypto_box_SEALBYTES */
#define REPORTER_SEALED_SIZE (REPORTER_PLAIN_SIZE + 2u * REPORTER_LAYER_BYTES)
#define REPORTER_KEY_SIZE 32u

/* Who reported; NUL-terminated, "": not said. */
struct reporter {
    char name[FACTS_LINE_BYTES_MAX + 1];
    char contact[FACTS_LINE_BYTES_MAX + 1];
};

/* Seals for both; sodium_init must have succeeded. STATUS_OUT_OF_RANGE: a key that is no point of
 * the curve. */
enum status reporter_seal(const struct reporter *reporter,
                          const uint8_t first_public[REPORTER_KEY_SIZE],
                          const uint8_t second_public[REPORTER_KEY_SIZE],
                          uint8_t sealed[REPORTER_SEALED_SIZE]) MUST_USE;

/* One officer's pair of Curve25519 keys. */
struct reporter_key {
    const uint8_t *public_key; /* REPORTER_KEY_SIZE bytes each */
    const uint8_t *secret_key;
};

/* Opens both layers. STATUS_SEAL_BROKEN: it was not sealed for these two in this order, or was
 * changed; `diag` says at which layer. STATUS_MALFORMED: of another form within. */
enum status reporter_unseal(struct view sealed, const struct reporter_key *first,
                            const struct reporter_key *second, struct reporter *ret_reporter,
                            struct diag *diag) MUST_USE;

#endif
