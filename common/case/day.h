/*
 * Calendar days in the province's zone, which legal dates are.
 *
 * Units: a day is YYYYMMDD as one number (20241015); 0 is "not said". Ranges of days include both
 * ends. Instants are Unix seconds.
 * Limits: years 1900 to 2199.
 */
#ifndef NETRA_CASE_DAY_H
#define NETRA_CASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_TEXT_SIZE 11u /* "2024-10-15" and a NUL */

/* Whether the number is a day of the calendar within the limits. */
bool day_is_valid(uint32_t day);

/* Days since 1970-01-01 of a valid day, and back. */
int32_t day_to_number(uint32_t day);
uint32_t day_of_number(int32_t number);

/* The day `count` days later (earlier when negative); `day` is valid. */
uint32_t day_add(uint32_t day, int32_t count);

/* 0 Monday to 6 Sunday. */
unsigned day_weekday(uint32_t day);

/* The day on which an instant falls, `zone_seconds` east of UTC (Asia/Jakarta: 25200, all year).
 */
#define DAY_ZONE_JAKARTA_SECONDS 25200
uint32_t day_of_instant(int64_t utc_s, int32_t zone_seconds);

/* Reads "2024-10-15", nothing before or behind it. False: not of this form, or no such day. */
bool day_from_text(const char *text, uint32_t *ret_day);

/* Writes it; "" for 0. */
void day_to_text(uint32_t day, char text[DAY_TEXT_SIZE]);

#endif
