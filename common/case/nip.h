/*
 * NIP and NI PPPK: 18 digits (reference domain.md 5.2, 5.3; Perka BKN 22/2007).
 *
 * Why: there is no check digit, so a valid form proves nothing; an impossible one is a slip of the
 * pen that is told at once.
 */
#ifndef NETRA_CASE_NIP_H
#define NETRA_CASE_NIP_H

#include <stdbool.h>
#include <stdint.h>

#define NIP_DIGITS 18u
#define NIP_TEXT_SIZE (NIP_DIGITS + 1u)

/*
 * Writes the digits without blanks and dots. NULL: it can exist; else one sentence saying which
 * rule it breaks, static text, without the number itself. `today` bounds the dates within.
 */
const char *nip_read(const char *text, uint32_t today, char nip[NIP_TEXT_SIZE]);

#endif
