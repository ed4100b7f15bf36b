/* Election × office × region × day → stage (SKB 2022, Lampiran II; the calendar's rows). */
#include "common/case/day.h"
#include "services/classification/decide_parts.h"

#include <string.h>

bool day_range_has(struct day_range range, uint32_t day)
{
    return (range.from == 0 || day >= range.from) && (range.until == 0 || day <= range.until);
}

/* "36" covers "36" and "36.04", not "361". */
static bool is_covered(const char *const *regions, uint32_t count, const char *region)
{
    for (uint32_t i = 0; i < count; i++) {
        size_t size = strlen(regions[i]);
        if (strncmp(regions[i], region, size) == 0 &&
            (region[size] == '\0' || region[size] == '.'))
            return true;
    }
    return false;
}

bool election_stage(const struct election *election, uint32_t office, const char *region,
                    uint32_t day, enum stage *ret_stage)
{
    for (uint32_t i = 0; i < election->stage_count; i++) {
        const struct stage_row *row = &election->stages[i];
        if ((row->offices >> office & 1) == 0 || !day_range_has(row->days, day) ||
            !is_covered(row->regions, row->region_count, region))
            continue;
        *ret_stage = row->stage;
        return true;
    }
    return false;
}

const struct election *calendar_find(const struct calendar *calendar, const char *name)
{
    for (uint32_t i = 0; i < calendar->election_count; i++) {
        if (strcmp(calendar->elections[i].name, name) == 0)
            return &calendar->elections[i];
    }
    return NULL;
}

static bool has_window(const struct election *election, const char *region, uint32_t day)
{
    for (uint32_t i = 0; i < election->window_count; i++) {
        const struct window_row *row = &election->windows[i];
        if (day_range_has(row->days, day) &&
            (row->region_count == 0 || is_covered(row->regions, row->region_count, region)))
            return true;
    }
    return false;
}

const struct election *calendar_window(const struct calendar *calendar, const char *region,
                                       uint32_t day)
{
    const struct election *found = NULL;
    for (uint32_t i = 0; i < calendar->election_count; i++) {
        if (!has_window(&calendar->elections[i], region, day))
            continue;
        if (found != NULL)
            return NULL;
        found = &calendar->elections[i];
    }
    return found;
}

/* The stage that all offices share which have one there on that day. */
static bool shared_stage(struct inquiry *inquiry, uint32_t day)
{
    enum stage shared = STAGE_NONE;
    for (uint32_t office = 0; office < inquiry->election->office_count; office++) {
        enum stage stage = STAGE_NONE;
        if (!election_stage(inquiry->election, office, inquiry->region, day, &stage))
            continue;
        if (shared != STAGE_NONE && shared != stage) {
            inquiry->is_stage_by_office = true;
            return false;
        }
        shared = stage;
    }
    inquiry->stage = shared;
    return shared != STAGE_NONE;
}

static bool find_stage(struct inquiry *inquiry)
{
    const struct election *election = inquiry->election;
    uint32_t day = inquiry->facts->incident.date;
    if (election == NULL || day == 0)
        return false;
    /* A stated office that the election hasn't is a question for people. */
    if (inquiry->is_office_unheard_of)
        return false;
    for (uint32_t office = 0; office < election->office_count; office++) {
        if (strcmp(election->offices[office], inquiry->office) == 0 &&
            election_stage(election, office, inquiry->region, day, &inquiry->stage))
            return true;
    }
    return shared_stage(inquiry, day);
}

/* ---- late ---- */

static bool is_working_day(const struct calendar *calendar, uint32_t day)
{
    if (day_weekday(day) >= 5)
        return false;
    for (uint32_t i = 0; i < calendar->holiday_count; i++) {
        if (calendar->holidays[i] == day)
            return false;
    }
    return true;
}

/* The days from the one after `known` to `received`, counted as the election does, up to one more
 * than its limit. */
static uint32_t days_taken(const struct inquiry *inquiry, uint32_t known, uint32_t received)
{
    const struct election *election = inquiry->election;
    uint32_t count = 0;
    while (known < received && count <= election->report_limit_days) {
        known = day_add(known, 1);
        if (!election->is_report_limit_in_working_days ||
            is_working_day(&inquiry->ruleset->calendar, known))
            count++;
    }
    return count;
}

static enum answer lateness(const struct inquiry *inquiry)
{
    uint32_t known = inquiry->facts->incident.date_known;
    if (inquiry->election == NULL || known == 0)
        return ANSWER_UNKNOWN;
    uint32_t taken = days_taken(inquiry, known, inquiry->facts->received);
    return taken > inquiry->election->report_limit_days ? ANSWER_YES : ANSWER_NO;
}

void inquiry_stage(struct inquiry *inquiry)
{
    inquiry->stage = STAGE_NONE;
    inquiry->is_stage_resolved = find_stage(inquiry);
    if (!inquiry->is_stage_resolved)
        inquiry->stage = STAGE_NONE;
    inquiry->late = lateness(inquiry);
}
