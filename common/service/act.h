/*
 * A person's act (protocol.md 26): what is signed, and checking it. Pure.
 */
#ifndef NETRA_SERVICE_ACT_H
#define NETRA_SERVICE_ACT_H

#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"
#include "common/wire/seal.h"

#include <stdint.h>

struct act {
    uint16_t type;
    uint16_t schema;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint16_t role;
    uint8_t key_id[KEY_ID_SIZE];
    uint8_t r[COMMITMENT_SALT_SIZE];
    struct view payload;
    uint8_t signature[SIGNATURE_SIZE];
};

/* Signs: fills `signature` over everything else with the Ed25519 secret key (libsodium's 64
 * bytes). */
void act_sign(struct act *act, const char *origin, const uint8_t sign_secret[64]);

/* STATUS_SIGNATURE_INVALID unless the signature is that key's over exactly this act and origin. */
enum status act_verify(const struct act *act, const char *origin,
                       const uint8_t sign_public[32]) MUST_USE;

/* The same check from a leaf alone: works after erasure, when r and payload are gone. */
enum status act_verify_header(const struct event_header *header, const char *origin,
                              const uint8_t sign_public[32]) MUST_USE;

#endif
