/* Digits are leaves, everything else is an instant. */
#include "services/netra/replay_until.h"

#include "common/case/day.h"
#include "services/netra/arguments.h"

#include <string.h>

#define DAY_S 86400u
#define TIME_TEXT_MAX 10u /* "T12:00:30Z" */

static bool two_digits(const char *text, unsigned below, unsigned *ret_number)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *ret_number = (unsigned)(text[0] - '0') * 10u + (unsigned)(text[1] - '0');
    return *ret_number < below;
}

/* "", "T12:00Z" or "T12:00:30Z" as seconds of the day. */
static bool time_from_text(const char *text, uint64_t *ret_seconds)
{
    const size_t size = strlen(text);
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;

    *ret_seconds = 0;
    if (size == 0)
        return true;
    if ((size != 7 && size != TIME_TEXT_MAX) || text[0] != 'T' || text[3] != ':' ||
        text[size - 1] != 'Z' || !two_digits(text + 1, 24, &hour) ||
        !two_digits(text + 4, 60, &minute))
        return false;
    if (size == TIME_TEXT_MAX && (text[6] != ':' || !two_digits(text + 7, 60, &second)))
        return false;
    *ret_seconds = (uint64_t)hour * 3600u + minute * 60u + second;
    return true;
}

static bool instant_from_text(const char *text, uint64_t *ret_utc_s)
{
    char day_text[DAY_TEXT_SIZE] = "";
    uint32_t day = 0;
    uint64_t seconds = 0;

    if (strlen(text) < DAY_TEXT_SIZE - 1)
        return false;
    memcpy(day_text, text, DAY_TEXT_SIZE - 1);
    if (!day_from_text(day_text, &day) || day_to_number(day) < 0 ||
        !time_from_text(text + DAY_TEXT_SIZE - 1, &seconds))
        return false;
    *ret_utc_s = (uint64_t)day_to_number(day) * DAY_S + seconds;
    return true;
}

enum status replay_until_parse(const char *text, struct replay_until *ret_until)
{
    *ret_until =
        (struct replay_until){.is_given = text != NULL, .leaves = UINT64_MAX, .utc_s = UINT64_MAX};
    if (text == NULL || number_from_text(text, 0, INT64_MAX, &ret_until->leaves) ||
        instant_from_text(text, &ret_until->utc_s))
        return STATUS_OK;
    return STATUS_USAGE;
}

bool replay_until_covers(const struct replay_until *until, uint64_t index, uint64_t append_time)
{
    return index < until->leaves && append_time <= until->utc_s;
}
