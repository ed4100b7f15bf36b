/*
 * Ids go through hex text, so that the dashes' places are one table for writing and for reading.
 */
#include "services/netra/uuid7.h"

#include "common/base/bytes.h"

#include <string.h>

/* Digits of the five groups of the text. */
static const unsigned groups[] = {8, 4, 4, 4, 12};
#define GROUP_COUNT (sizeof groups / sizeof groups[0])

void uuid7_make(uint64_t unix_ms, const uint8_t random[UUID7_RANDOM_BYTES], uint8_t id[UUID_SIZE])
{
    uint8_t instant[8];

    bytes_put_u64(instant, unix_ms);
    memcpy(id, instant + 2, 6);
    memcpy(id + 6, random, UUID7_RANDOM_BYTES);
    id[6] = (uint8_t)(0x70u | (id[6] & 0x0fu)); /* version 7 */
    id[8] = (uint8_t)(0x80u | (id[8] & 0x3fu)); /* variant 10 */
}

void uuid_to_text(const uint8_t id[UUID_SIZE], char text[UUID_TEXT_SIZE])
{
    char hex[2 * UUID_SIZE + 1];
    const char *from = hex;

    bytes_to_hex(view_of(id, UUID_SIZE), hex);
    for (unsigned group = 0; group < GROUP_COUNT; group++) {
        if (group > 0)
            *text++ = '-';
        memcpy(text, from, groups[group]);
        text += groups[group];
        from += groups[group];
    }
    *text = '\0';
}

bool uuid_from_text(const char *text, uint8_t id[UUID_SIZE])
{
    char hex[2 * UUID_SIZE + 1];
    char *to = hex;

    if (strnlen(text, UUID_TEXT_SIZE) != UUID_TEXT_SIZE - 1)
        return false;
    for (unsigned group = 0; group < GROUP_COUNT; group++) {
        if (group > 0 && *text++ != '-')
            return false;
        memcpy(to, text, groups[group]);
        to += groups[group];
        text += groups[group];
    }
    *to = '\0';
    return bytes_from_hex(hex, id, UUID_SIZE);
}
