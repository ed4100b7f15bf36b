/*
 * SHA-256 twice: OpenSSL's for everything, libsodium's as a second opinion.
 */
#include "common/base/sha256.h"

#include "common/base/invariant.h"

#include <openssl/evp.h>
#include <sodium.h>

/* Fetched and made once: OpenSSL 3 looks an algorithm up by name at every EVP_sha256(), which
 * costs more than hashing a leaf. */
static EVP_MD *algorithm;
static EVP_MD_CTX *context;

void sha256_of_parts(const struct view *parts, size_t count, uint8_t digest[SHA256_SIZE])
{
    if (context == NULL) {
        algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
        context = EVP_MD_CTX_new();
        /* Without SHA-256 no promise of ours can be kept, so nothing may go on. */
        INVARIANT(algorithm != NULL && context != NULL);
    }
    int result = EVP_DigestInit_ex2(context, algorithm, NULL);
    INVARIANT(result == 1);
    for (size_t index = 0; index < count; index++) {
        result = EVP_DigestUpdate(context, parts[index].bytes, parts[index].size);
        INVARIANT(result == 1);
    }
    unsigned size = 0;
    result = EVP_DigestFinal_ex(context, digest, &size);
    INVARIANT(result == 1 && size == SHA256_SIZE);
}

void sha256_of(struct view bytes, uint8_t digest[SHA256_SIZE])
{
    sha256_of_parts(&bytes, 1, digest);
}

void sha256_second_opinion(const struct view *parts, size_t count, uint8_t digest[SHA256_SIZE])
{
    crypto_hash_sha256_state state;
    int result = crypto_hash_sha256_init(&state);
    INVARIANT(result == 0);
    for (size_t index = 0; index < count; index++) {
        /* libsodium's parameter may not be NULL, an empty view's pointer may. */
        if (parts[index].size == 0)
            continue;
        result = crypto_hash_sha256_update(&state, parts[index].bytes, parts[index].size);
        INVARIANT(result == 0);
    }
    result = crypto_hash_sha256_final(&state, digest);
    INVARIANT(result == 0);
    sodium_memzero(&state, sizeof state);
}
