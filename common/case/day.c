/*
 * Days by arithmetic alone: libc's time knows no days without a zone and a clock.
 */
#include "common/case/day.h"

#include <stddef.h>
#include <stdio.h>

#define YEAR_MIN 1900u
#define YEAR_MAX 2199u
#define DAY_SECONDS 86400
#define ERA_DAYS 146097      /* the Gregorian calendar repeats every 400 years */
#define EPOCH_NUMBER 719468  /* 1970-01-01 counted from 0000-03-01 */
#define TEXT_LENGTH 10u      /* "2024-10-15" */
#define EPOCH_WEEKDAY 3      /* 1970-01-01 was a Thursday */
#define MARCH_YEAR_DAYS 365u /* of a year that begins in March, its leap day left out */

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool day_is_valid(uint32_t day)
{
    static const uint8_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint32_t year = day / 10000;
    uint32_t month = day / 100 % 100;
    uint32_t day_of_month = day % 100;
    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day_of_month < 1)
        return false;
    return day_of_month <= month_days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

/*
 * Years are counted from March, so that the leap day is a year's last and the lengths of the
 * months before it follow (153 m + 2) / 5: the usual arithmetic of the proleptic Gregorian
 * calendar.
 */
int32_t day_to_number(uint32_t day)
{
    uint32_t month = day / 100 % 100;
    uint32_t year = day / 10000 - (month <= 2 ? 1u : 0u);
    uint32_t month_from_march = (month + 9) % 12;
    uint32_t day_of_year = (153 * month_from_march + 2) / 5 + day % 100 - 1;
    uint32_t days = year * MARCH_YEAR_DAYS + year / 4 - year / 100 + year / 400 + day_of_year;
    return (int32_t)days - EPOCH_NUMBER;
}

uint32_t day_of_number(int32_t number)
{
    uint32_t days = (uint32_t)(number + EPOCH_NUMBER);
    uint32_t era = days / ERA_DAYS;
    uint32_t day_of_era = days % ERA_DAYS;
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year =
        day_of_era - (MARCH_YEAR_DAYS * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month_from_march = (5 * day_of_year + 2) / 153;
    uint32_t day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    uint32_t year = era * 400 + year_of_era + (month <= 2 ? 1u : 0u);
    return year * 10000 + month * 100 + day_of_month;
}

uint32_t day_add(uint32_t day, int32_t count)
{
    return day_of_number(day_to_number(day) + count);
}

unsigned day_weekday(uint32_t day)
{
    int32_t weekday = (day_to_number(day) + EPOCH_WEEKDAY) % 7;
    return (unsigned)(weekday < 0 ? weekday + 7 : weekday);
}

uint32_t day_of_instant(int64_t utc_s, int32_t zone_seconds)
{
    int64_t local_s = utc_s + zone_seconds;
    int64_t number = local_s / DAY_SECONDS - (local_s % DAY_SECONDS < 0 ? 1 : 0);
    return day_of_number((int32_t)number);
}

bool day_from_text(const char *text, uint32_t *ret_day)
{
    uint32_t day = 0;
    for (size_t place = 0; place < TEXT_LENGTH; place++) {
        char letter = text[place];
        bool is_dash = place == 4 || place == 7;
        if (is_dash ? letter != '-' : letter < '0' || letter > '9')
            return false;
        if (!is_dash)
            day = day * 10 + (uint32_t)(letter - '0');
    }
    if (text[TEXT_LENGTH] != '\0' || !day_is_valid(day))
        return false;
    *ret_day = day;
    return true;
}

void day_to_text(uint32_t day, char text[DAY_TEXT_SIZE])
{
    text[0] = '\0';
    if (day != 0)
        (void)snprintf(text, DAY_TEXT_SIZE, "%04u-%02u-%02u", day / 10000 % 10000, day / 100 % 100,
                       day % 100);
}
