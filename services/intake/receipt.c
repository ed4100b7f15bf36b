/*
 * Signing and verifying over prefix and body as they are sent, so that the verifier needs no
 * encoder.
 */
#include "services/intake/receipt.h"

#include <sodium.h>
#include <string.h>

static const char prefix[] = "netra-receipt/v1\n";

#define PREFIX_SIZE (sizeof(prefix) - 1)

enum status receipt_sign(struct view body, const uint8_t sign_secret[64], struct arena *arena,
                         struct signed_receipt *ret_receipt)
{
    size_t size = 0;
    if (__builtin_add_overflow(PREFIX_SIZE, body.size, &size))
        return STATUS_NO_MEMORY;
    uint8_t *bytes = arena_take(arena, size);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    memcpy(bytes, prefix, PREFIX_SIZE);
    if (body.size > 0)
        memcpy(bytes + PREFIX_SIZE, body.bytes, body.size);
    ret_receipt->signed_bytes = view_of(bytes, size);
    /* Ed25519 by libsodium can't fail with a key of the right size. */
    (void)crypto_sign_detached(ret_receipt->signature, NULL, bytes, size, sign_secret);
    return STATUS_OK;
}

enum status receipt_verify(const struct signed_receipt *receipt, const uint8_t sign_public[32],
                           struct view *ret_body)
{
    struct view bytes = receipt->signed_bytes;
    if (crypto_sign_verify_detached(receipt->signature, bytes.bytes, bytes.size, sign_public) != 0)
        return STATUS_SIGNATURE_INVALID;
    if (bytes.size < PREFIX_SIZE || memcmp(bytes.bytes, prefix, PREFIX_SIZE) != 0)
        return STATUS_MALFORMED;
    *ret_body = view_of(bytes.bytes + PREFIX_SIZE, bytes.size - PREFIX_SIZE);
    return STATUS_OK;
}
