/*
 * The levels of a disk, pure: a comparison each, from the worst to the best.
 */
#include "common/service/disk.h"

#define SLACK_PARTS 8u

/* Marks are a configuration's: whoever writes one near 2^64 means "never enough". */
static uint64_t sum(uint64_t a, uint64_t b)
{
    uint64_t total = 0;
    return __builtin_add_overflow(a, b, &total) ? UINT64_MAX : total;
}

/* How much more there must be for a level to be left than for it to be entered. */
static uint64_t slack(const struct disk_marks *marks, enum disk_level level)
{
    return sum(marks->free[level], marks->reserve) / SLACK_PARTS;
}

static uint64_t free_to_use(const struct disk_reading *reading)
{
    return reading->free > reading->owed ? reading->free - reading->owed : 0;
}

static uint64_t missing(const struct disk_marks *marks, const struct disk_reading *reading)
{
    return reading->is_reserve_held ? 0 : marks->reserve;
}

/* Whether the level holds, or a worse one would. */
static bool is_at(const struct disk_marks *marks, enum disk_level level, enum disk_level now,
                  const struct disk_reading *reading)
{
    uint64_t wanted = sum(marks->free[level], missing(marks, reading));
    /* A mark of 0 is none; but what a given-up reserve freed is for draining, never for work. */
    if (marks->free[level] == 0 && (level != DISK_REFUSE || wanted == 0))
        return false;
    if (now >= level)
        wanted = sum(wanted, slack(marks, level));
    return sum(free_to_use(reading), reading->reusable) < wanted;
}

enum disk_level disk_level_next(const struct disk_marks *marks, enum disk_level now,
                                const struct disk_reading *reading)
{
    if (reading->has_met_full || reading->free < reading->owed)
        return DISK_REFUSE;
    for (enum disk_level level = DISK_REFUSE; level > DISK_WELL; level--)
        if (is_at(marks, level, now, reading))
            return level;
    return missing(marks, reading) > 0 ? DISK_WARN : DISK_WELL;
}

bool disk_has_reserve(const struct disk_marks *marks, const struct disk_reading *reading)
{
    uint64_t wanted = sum(marks->reserve, marks->free[DISK_REFUSE]);
    return free_to_use(reading) >= sum(wanted, slack(marks, DISK_REFUSE));
}

const char *disk_level_name(enum disk_level level)
{
    static const char *const names[DISK_LEVEL_COUNT] = {"well", "warn", "no_evidence", "refuse"};
    return names[level];
}
