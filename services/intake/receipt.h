/*
 * The receipt's signature: what a node may show, and anybody can verify with intake's public key
 * alone. Pure.
 *
 * Format: the signed bytes are "netra-receipt/v1\n" | an encoded ReceiptBody
 * (proto/netra/v1/node_to_intake.proto); the signature is Ed25519 over exactly them.
 *
 * Why: the prefix keeps a receipt's signature from ever standing under anything else; the body is
 * signed as bytes, so nobody has to encode it again to verify it.
 */
#ifndef NETRA_INTAKE_RECEIPT_H
#define NETRA_INTAKE_RECEIPT_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdint.h>

#define RECEIPT_SIGNATURE_SIZE 64u

struct signed_receipt {
    struct view signed_bytes;
    uint8_t signature[RECEIPT_SIGNATURE_SIZE];
};

/* Signs the encoded body with libsodium's 64-byte Ed25519 secret key; the signed bytes lie in the
 * arena. sodium_init must have succeeded. STATUS_NO_MEMORY. */
enum status receipt_sign(struct view body, const uint8_t sign_secret[64], struct arena *arena,
                         struct signed_receipt *ret_receipt) MUST_USE;

/* STATUS_SIGNATURE_INVALID unless the signature is that key's over exactly these bytes;
 * STATUS_MALFORMED when they are signed but no receipt. On success *ret_body is the encoded
 * ReceiptBody within them. */
enum status receipt_verify(const struct signed_receipt *receipt, const uint8_t sign_public[32],
                           struct view *ret_body) MUST_USE;

#endif
