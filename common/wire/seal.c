/* Commitments, sealed payloads and wrapped keys; the formats stand in seal.h. */
#include "common/wire/seal.h"

#include "common/base/bytes.h"
#include "common/base/mutant.h"

#include <sodium.h>
#include <string.h>

#define NONCE_SIZE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_SIZE crypto_aead_xchacha20poly1305_ietf_ABYTES
#define EPOCH_SIZE 4u

enum form { FORM_CLEAR = 0, FORM_SEALED = 1 };

static const char commit_magic[] = "netra-commit/v1\n";
static const char wrap_magic[] = "netra-wrap/v1\n";

#define WRAP_MAGIC_SIZE (sizeof(wrap_magic) - 1)
#define WRAP_AD_SIZE (WRAP_MAGIC_SIZE + CASE_HANDLE_SIZE + EPOCH_SIZE)

_Static_assert(SEAL_SEALED_OVERHEAD == 1 + NONCE_SIZE + COMMITMENT_SALT_SIZE + TAG_SIZE,
               "the sealed form of seal.h is libsodium's");
_Static_assert(WRAPPED_KEY_SIZE == EPOCH_SIZE + NONCE_SIZE + CASE_KEY_SIZE + TAG_SIZE,
               "the wrapped key of seal.h is libsodium's");

void seal_commit(const uint8_t r[COMMITMENT_SALT_SIZE], struct view payload,
                 uint8_t commitment[SHA256_SIZE])
{
    const struct view parts[] = {
        view_of_text(commit_magic),
        view_of(r, COMMITMENT_SALT_SIZE),
        payload,
    };

    sha256_of_parts(parts, 3, commitment);
}

/* memcpy's pointers must not be NULL even for no bytes (C17 7.24.1); an empty view's may be. */
static void put(uint8_t *to, struct view bytes)
{
    if (bytes.size > 0)
        memcpy(to, bytes.bytes, bytes.size);
}

enum status seal_clear(struct arena *arena, const uint8_t r[COMMITMENT_SALT_SIZE],
                       struct view payload, struct view *ret_bytes)
{
    size_t size;
    uint8_t *bytes;

    if (__builtin_add_overflow(payload.size, SEAL_CLEAR_OVERHEAD, &size))
        return STATUS_NO_MEMORY;
    bytes = arena_take(arena, size);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    bytes[0] = FORM_CLEAR;
    memcpy(bytes + 1, r, COMMITMENT_SALT_SIZE);
    put(bytes + SEAL_CLEAR_OVERHEAD, payload);
    *ret_bytes = view_of(bytes, size);
    return STATUS_OK;
}

static void derive_subkey(const uint8_t *case_key, uint8_t subkey[CASE_KEY_SIZE])
{
    /* Fails only on a subkey size it doesn't support, and 32 is supported. */
    (void)crypto_kdf_derive_from_key(subkey, CASE_KEY_SIZE, 1, "payload_", case_key);
}

enum status seal_close(struct arena *arena, const struct random_source *random,
                       const uint8_t case_key[CASE_KEY_SIZE], const uint8_t header[HEADER_SIZE],
                       const uint8_t r[COMMITMENT_SALT_SIZE], struct view payload,
                       struct view *ret_bytes)
{
    uint8_t subkey[CASE_KEY_SIZE];
    uint8_t *bytes;
    uint8_t *nonce;
    uint8_t *text;
    size_t size;

    if (__builtin_add_overflow(payload.size, SEAL_SEALED_OVERHEAD, &size))
        return STATUS_NO_MEMORY;
    bytes = arena_take(arena, size);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    bytes[0] = FORM_SEALED;
    nonce = bytes + 1;
    text = nonce + NONCE_SIZE;
    random_fill(random, nonce, NONCE_SIZE);
    memcpy(text, r, COMMITMENT_SALT_SIZE);
    put(text + COMMITMENT_SALT_SIZE, payload);

    /* In place, which libsodium allows: no second copy of the text to wipe. */
    derive_subkey(case_key, subkey);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL, text,
                                                     COMMITMENT_SALT_SIZE + payload.size, header,
                                                     HEADER_SIZE, NULL, nonce, subkey);
    sodium_memzero(subkey, sizeof(subkey));
    *ret_bytes = view_of(bytes, size);
    return STATUS_OK;
}

/* The sealed form's r | payload, in the arena. */
static enum status decrypt(struct arena *arena, const uint8_t *case_key,
                           const uint8_t header[HEADER_SIZE], struct view bytes,
                           struct view *ret_text)
{
    uint8_t subkey[CASE_KEY_SIZE];
    const uint8_t *nonce = bytes.bytes + 1;
    const uint8_t *sealed = nonce + NONCE_SIZE;
    size_t sealed_size = bytes.size - 1 - NONCE_SIZE;
    size_t mark = arena_mark(arena);
    uint8_t *text = arena_take(arena, sealed_size - TAG_SIZE);
    int refused;

    if (text == NULL)
        return STATUS_NO_MEMORY;
    derive_subkey(case_key, subkey);
    refused = crypto_aead_xchacha20poly1305_ietf_decrypt(text, NULL, NULL, sealed, sealed_size,
                                                         header, HEADER_SIZE, nonce, subkey);
    sodium_memzero(subkey, sizeof(subkey));
    if (refused != 0) {
        arena_rewind(arena, mark);
        return STATUS_SEAL_BROKEN;
    }
    *ret_text = view_of(text, sealed_size - TAG_SIZE);
    return STATUS_OK;
}

/* r | payload of either form, in the arena. */
static enum status open_form(struct arena *arena, const uint8_t *case_key,
                             const uint8_t header[HEADER_SIZE], bool is_of_case, struct view bytes,
                             struct view *ret_text)
{
    if (bytes.size >= SEAL_CLEAR_OVERHEAD && bytes.bytes[0] == FORM_CLEAR && !is_of_case) {
        uint8_t *text = arena_copy(arena, view_of(bytes.bytes + 1, bytes.size - 1));

        if (text == NULL)
            return STATUS_NO_MEMORY;
        *ret_text = view_of(text, bytes.size - 1);
        return STATUS_OK;
    }
    if (bytes.size >= SEAL_SEALED_OVERHEAD && bytes.bytes[0] == FORM_SEALED && is_of_case) {
        if (case_key == NULL)
            return STATUS_KEY_NOT_AT_HAND;
        return decrypt(arena, case_key, header, bytes, ret_text);
    }
    return STATUS_MALFORMED;
}

enum status seal_open(struct arena *arena, const uint8_t *case_key,
                      const uint8_t header[HEADER_SIZE], struct view bytes,
                      struct view *ret_payload)
{
    struct event_header decoded;
    uint8_t commitment[SHA256_SIZE];
    struct view text;
    struct view payload;
    bool is_of_case;

    TRY(header_decode(view_of(header, HEADER_SIZE), &decoded));
    is_of_case = !view_is_zero(view_of(decoded.case_handle, CASE_HANDLE_SIZE));
    TRY(open_form(arena, case_key, header, is_of_case, bytes, &text));

    payload = view_of(text.bytes + COMMITMENT_SALT_SIZE, text.size - COMMITMENT_SALT_SIZE);
    seal_commit(text.bytes, payload, commitment);
    if (memcmp(commitment, decoded.commitment, SHA256_SIZE) != 0 && !MUTANT(commitment_unchecked))
        return STATUS_COMMITMENT_MISMATCH;
    *ret_payload = payload;
    return STATUS_OK;
}

/* What a wrapped key is bound to: a row can't be moved to another case or epoch. */
static void wrap_ad(const uint8_t *case_handle, uint32_t epoch, uint8_t ad[WRAP_AD_SIZE])
{
    memcpy(ad, wrap_magic, WRAP_MAGIC_SIZE);
    memcpy(ad + WRAP_MAGIC_SIZE, case_handle, CASE_HANDLE_SIZE);
    bytes_put_u32(ad + WRAP_MAGIC_SIZE + CASE_HANDLE_SIZE, epoch);
}

void seal_wrap_key(const struct random_source *random,
                   const uint8_t key_encryption_key[CASE_KEY_SIZE], uint32_t epoch,
                   const uint8_t case_handle[CASE_HANDLE_SIZE],
                   const uint8_t case_key[CASE_KEY_SIZE], uint8_t wrapped[WRAPPED_KEY_SIZE])
{
    uint8_t ad[WRAP_AD_SIZE];
    uint8_t *nonce = wrapped + EPOCH_SIZE;

    wrap_ad(case_handle, epoch, ad);
    bytes_put_u32(wrapped, epoch);
    random_fill(random, nonce, NONCE_SIZE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_SIZE, NULL, case_key,
                                                     CASE_KEY_SIZE, ad, sizeof(ad), NULL, nonce,
                                                     key_encryption_key);
}

enum status seal_unwrap_key(const uint8_t key_encryption_key[CASE_KEY_SIZE], uint32_t epoch,
                            const uint8_t case_handle[CASE_HANDLE_SIZE], struct view wrapped,
                            uint8_t case_key[CASE_KEY_SIZE])
{
    uint8_t ad[WRAP_AD_SIZE];
    const uint8_t *nonce;

    if (wrapped.size != WRAPPED_KEY_SIZE)
        return STATUS_MALFORMED;
    if (bytes_get_u32(wrapped.bytes) != epoch)
        return STATUS_SEAL_BROKEN;
    wrap_ad(case_handle, epoch, ad);
    nonce = wrapped.bytes + EPOCH_SIZE;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(case_key, NULL, NULL, nonce + NONCE_SIZE,
                                                   CASE_KEY_SIZE + TAG_SIZE, ad, sizeof(ad), nonce,
                                                   key_encryption_key) != 0)
        return STATUS_SEAL_BROKEN;
    return STATUS_OK;
}
