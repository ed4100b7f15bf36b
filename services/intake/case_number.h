/*
 * Case numbers: short, checksummed, not guessable. Pure.
 *
 * Format: nine symbols and a check symbol of Crockford's base 32 (no I, L, O, U), shown in groups:
 * K7QF-9M2X-4T. The first two are drawn once for a stretch of cases, the other seven for each.
 *
 * The check symbol is over GF(32), the polynomials over GF(2) modulo x^5 + x^2 + 1: with the root
 * a = x, the ten symbols c0 … c9 satisfy c0 a^9 + c1 a^8 + … + c8 a + c9 = 0.
 *
 * Why: every weight is non-zero, so one wrong symbol is always noticed; all ten weights differ (a
 * has order 31), so two exchanged symbols are always noticed, neighbours or not. Numbers are read
 * over the telephone and copied from paper.
 * Numbers of a stretch lie side by side in their index (docs/decisions/0017). Who knows a number
 * hits another of its stretch with one guess in 2^27.
 * Limits: 35 bits within a stretch, so two may meet by chance: whoever stores them draws again.
 */
#ifndef NETRA_INTAKE_CASE_NUMBER_H
#define NETRA_INTAKE_CASE_NUMBER_H

#include "common/base/random.h"
#include "common/base/status.h"

#include <stdint.h>

#define CASE_NUMBER_SYMBOLS 10u
#define CASE_NUMBER_TEXT_SIZE 13u   /* ten symbols, two dashes, NUL */
#define CASE_NUMBER_STRETCH 256u    /* cases */
#define CASE_NUMBER_SHARED_BYTES 2u /* 10 of the 16 bits are used */
#define CASE_NUMBER_RANDOM_BYTES 5u /* 35 of the 40 bits are used */

/* The number that these random bytes give, the stretch's and its own. */
void case_number_of_random(const uint8_t shared[CASE_NUMBER_SHARED_BYTES],
                           const uint8_t random[CASE_NUMBER_RANDOM_BYTES],
                           char number[CASE_NUMBER_TEXT_SIZE]);

/* The cases whose numbers begin alike; all zero: the first number begins one. */
struct case_number_stretch {
    uint8_t shared[CASE_NUMBER_SHARED_BYTES];
    unsigned left; /* how many numbers more; 0: the next one begins another */
};

/* Draws the next number of the stretch, or the first of another. */
void case_number_draw(struct case_number_stretch *stretch, const struct random_source *random,
                      char number[CASE_NUMBER_TEXT_SIZE]);

/*
 * Reads what a person typed into the form above: lower case, missing or misplaced dashes, spaces,
 * O for 0, and I or L for 1 are forgiven. STATUS_MALFORMED (not ten symbols of the alphabet),
 * STATUS_OUT_OF_RANGE (the check symbol doesn't fit: mistyped); `number` is then undefined.
 */
enum status case_number_parse(const char *text, char number[CASE_NUMBER_TEXT_SIZE]) MUST_USE;

#endif
