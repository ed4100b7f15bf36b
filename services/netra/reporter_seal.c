/*
 * Two sealed boxes of libsodium, one in the other. What was opened on the way is wiped.
 */
#include "services/netra/reporter_seal.h"

#include <sodium.h>
#include <string.h>

#define INNER_SIZE (REPORTER_PLAIN_SIZE + REPORTER_LAYER_BYTES)

static const char prefix[] = "netra-reporter/v1\n";
#define PREFIX_SIZE (sizeof prefix - 1)

_Static_assert(REPORTER_LAYER_BYTES == crypto_box_SEALBYTES, "a layer's bytes");
_Static_assert(REPORTER_KEY_SIZE == crypto_box_PUBLICKEYBYTES, "a key's bytes");
_Static_assert(PREFIX_SIZE + 2 * (2 + FACTS_LINE_BYTES_MAX) <= REPORTER_PLAIN_SIZE,
               "both lines fit");

static uint8_t *put_line(uint8_t *at, const char *text)
{
    const size_t size = strnlen(text, FACTS_LINE_BYTES_MAX);

    at[0] = (uint8_t)(size >> 8);
    at[1] = (uint8_t)size;
    memcpy(at + 2, text, size);
    return at + 2 + size;
}

enum status reporter_seal(const struct reporter *reporter,
                          const uint8_t first_public[REPORTER_KEY_SIZE],
                          const uint8_t second_public[REPORTER_KEY_SIZE],
                          uint8_t sealed[REPORTER_SEALED_SIZE])
{
    uint8_t plain[REPORTER_PLAIN_SIZE] = {0};
    uint8_t inner[INNER_SIZE];

    memcpy(plain, prefix, PREFIX_SIZE);
    (void)put_line(put_line(plain + PREFIX_SIZE, reporter->name), reporter->contact);
    const bool is_sealed = crypto_box_seal(inner, plain, sizeof plain, first_public) == 0 &&
                           crypto_box_seal(sealed, inner, sizeof inner, second_public) == 0;

    sodium_memzero(plain, sizeof plain);
    return is_sealed ? STATUS_OK : STATUS_OUT_OF_RANGE;
}

/* Reads a line and moves on; false: it can't be one. */
static bool take_line(const uint8_t *plain, size_t *at, char line[FACTS_LINE_BYTES_MAX + 1])
{
    const size_t size = (size_t)plain[*at] << 8 | plain[*at + 1];

    if (size > FACTS_LINE_BYTES_MAX)
        return false;
    memcpy(line, plain + *at + 2, size);
    line[size] = '\0';
    *at += 2 + size;
    return true;
}

static enum status take_plain(const uint8_t *plain, struct reporter *reporter, struct diag *diag)
{
    size_t at = PREFIX_SIZE;

    if (memcmp(plain, prefix, PREFIX_SIZE) == 0 && take_line(plain, &at, reporter->name) &&
        take_line(plain, &at, reporter->contact))
        return STATUS_OK;
    diag_set(diag, "what was sealed is no reporter of this version");
    return STATUS_MALFORMED;
}

enum status reporter_unseal(struct view sealed, const struct reporter_key *first,
                            const struct reporter_key *second, struct reporter *ret_reporter,
                            struct diag *diag)
{
    uint8_t inner[INNER_SIZE];
    uint8_t plain[REPORTER_PLAIN_SIZE];

    if (sealed.size != REPORTER_SEALED_SIZE ||
        crypto_box_seal_open(inner, sealed.bytes, sealed.size, second->public_key,
                             second->secret_key) != 0) {
        diag_set(diag, "the outer layer was not sealed for the second key");
        return STATUS_SEAL_BROKEN;
    }
    if (crypto_box_seal_open(plain, inner, sizeof inner, first->public_key, first->secret_key) !=
        0) {
        diag_set(diag, "the inner layer was not sealed for the first key");
        return STATUS_SEAL_BROKEN;
    }
    const enum status status = take_plain(plain, ret_reporter, diag);

    sodium_memzero(plain, sizeof plain);
    return status;
}
