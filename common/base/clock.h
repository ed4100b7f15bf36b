/*
 * Time as a parameter: domain and delivery never read a clock, the edge passes one of these down.
 *
 * Units: boot_ms is milliseconds of CLOCK_BOOTTIME (monotonic, counts suspension: every timer),
 * utc_s is Unix seconds (every instant that is stored).
 */
#ifndef NETRA_BASE_CLOCK_H
#define NETRA_BASE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*boot_ms)(void *self);
    int64_t (*utc_s)(void *self);
    void *self;
};

/* The machine's own clocks. */
struct clock clock_of_system(void);

int64_t clock_boot_ms(const struct clock *clock);
int64_t clock_utc_s(const struct clock *clock);

/* The machine's own wall clock in Unix milliseconds: only for ids that sort by when they were
 * drawn (UUIDv7), never for an instant that is stored or a timer. */
int64_t clock_system_utc_ms(void);

#endif
