/*
 * SHA-256 (FIPS 180-4) through OpenSSL's EVP with a context that is made once and reused, which
 * uses SHA-NI where the processor has it; and the same through libsodium as a second opinion
 * before something is signed.
 *
 * Owns: one EVP context per process, made at first use. Not for several threads.
 */
#ifndef NETRA_BASE_SHA256_H
#define NETRA_BASE_SHA256_H

#include "common/base/view.h"

#include <stdint.h>

#define SHA256_SIZE 32u

/* The digest of `count` views one after the other. */
void sha256_of_parts(const struct view *parts, size_t count, uint8_t digest[SHA256_SIZE]);

/* The digest of one view. */
void sha256_of(struct view bytes, uint8_t digest[SHA256_SIZE]);

/* The same as sha256_of_parts, by libsodium: slower, and an independent implementation. */
void sha256_second_opinion(const struct view *parts, size_t count, uint8_t digest[SHA256_SIZE]);

#endif
