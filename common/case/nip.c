/*
 * Each rule in the order in which the digits stand; the first that breaks is told.
 */
#include "common/case/nip.h"

#include "common/case/day.h"

#include <stddef.h>

#define AGE_MONTHS_MIN (17u * 12u)
#define AGE_MONTHS_MAX (60u * 12u)
#define PPPK_YEAR_MIN 2019u /* the first contracts under PP 49/2018 */

/* The number at the digits [from, from + count). */
static uint32_t number_at(const char *nip, size_t from, size_t count)
{
    uint32_t number = 0;
    for (size_t place = from; place < from + count; place++)
        number = number * 10 + (uint32_t)(nip[place] - '0');
    return number;
}

/* Copies the digits. False: another sign, or not 18 of them. */
static bool copy_digits(const char *text, char nip[NIP_TEXT_SIZE])
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        if (*text == ' ' || *text == '.')
            continue;
        if (*text < '0' || *text > '9' || count == NIP_DIGITS)
            return false;
        nip[count++] = *text;
    }
    nip[count] = '\0';
    return count == NIP_DIGITS;
}

static const char *check_appointment(uint32_t birth, uint32_t year, uint32_t month, uint32_t today)
{
    uint32_t birth_months = birth / 10000 * 12 + birth / 100 % 100;
    uint32_t months = year * 12 + month;
    if (year * 100 + month > today / 100)
        return "digits 9 to 14 are a month of appointment in the future";
    if (months < birth_months + AGE_MONTHS_MIN || months > birth_months + AGE_MONTHS_MAX)
        return "the age at the appointment (digits 9 to 14) is not between 17 and 60";
    return NULL;
}

static const char *check_contract(uint32_t year, uint32_t today)
{
    if (year < PPPK_YEAR_MIN)
        return "digits 13 and 14 are no month, and a PPPK's contract year (digits 9 to 12) is "
               "2019 or later";
    if (year > today / 10000)
        return "digits 9 to 12 are a contract year in the future";
    return NULL;
}

const char *nip_read(const char *text, uint32_t today, char nip[NIP_TEXT_SIZE])
{
    if (!copy_digits(text, nip))
        return "expected 18 digits; blanks and dots between them don't matter";
    uint32_t birth = number_at(nip, 0, 8);
    uint32_t year = number_at(nip, 8, 4);
    uint32_t month = number_at(nip, 12, 2);
    if (!day_is_valid(birth))
        return "digits 1 to 8 are no day of birth";
    if (birth > today)
        return "digits 1 to 8 are a day of birth in the future";
    const char *broken = month >= 1 && month <= 12 ? check_appointment(birth, year, month, today)
                                                   : check_contract(year, today);
    if (broken != NULL)
        return broken;
    if (nip[14] != '1' && nip[14] != '2')
        return "digit 15 is 1 or 2";
    if (number_at(nip, 15, 3) == 0)
        return "digits 16 to 18 are a serial number, which begins at 001";
    return NULL;
}
