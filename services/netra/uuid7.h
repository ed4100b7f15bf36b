/*
 * Submission ids: UUIDv7 (RFC 9562, 5.7) as text, so that ids sort by the time they were drawn.
 *
 * Units: unix_ms is milliseconds since 1970, UTC.
 */
#ifndef NETRA_NETRA_UUID7_H
#define NETRA_NETRA_UUID7_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_SIZE 16u
#define UUID7_RANDOM_BYTES 10u
#define UUID_TEXT_SIZE 37u /* 36 characters and a NUL */

/* Makes the id of that instant; of the 80 random bits 74 are used. */
void uuid7_make(uint64_t unix_ms, const uint8_t random[UUID7_RANDOM_BYTES],
                uint8_t id[UUID_SIZE]);

/* Writes the id as 36 lower-case characters and a NUL. */
void uuid_to_text(const uint8_t id[UUID_SIZE], char text[UUID_TEXT_SIZE]);

/* Reads exactly 36 characters, hex digits in either case. False, and `id` undefined, when the text
 * is anything else. Any version is taken: the id may have been drawn elsewhere. */
bool uuid_from_text(const char *text, uint8_t id[UUID_SIZE]);

#endif
