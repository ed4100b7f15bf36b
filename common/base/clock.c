/*
 * The machine's clocks behind the clock parameter.
 */
#include "common/base/clock.h"

#include "common/base/invariant.h"

#include <time.h>

static int64_t system_boot_ms(void *self)
{
    (void)self;
    struct timespec now = {.tv_sec = 0};
    int result = clock_gettime(CLOCK_BOOTTIME, &now);
    INVARIANT(result == 0);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000;
}

int64_t clock_system_utc_ms(void)
{
    struct timespec now = {.tv_sec = 0};
    int result = clock_gettime(CLOCK_REALTIME, &now);
    INVARIANT(result == 0);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000;
}

static int64_t system_utc_s(void *self)
{
    (void)self;
    return clock_system_utc_ms() / 1000;
}

struct clock clock_of_system(void)
{
    return (struct clock){.boot_ms = system_boot_ms, .utc_s = system_utc_s};
}

int64_t clock_boot_ms(const struct clock *clock)
{
    return clock->boot_ms(clock->self);
}

int64_t clock_utc_s(const struct clock *clock)
{
    return clock->utc_s(clock->self);
}
