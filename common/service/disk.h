/*
 * How full the disk under a store is, as one of four levels, pure: a reading and the level before
 * give the level now, and disk_watch.c acts on it (protocol.md 18).
 *
 *   WELL         nothing is said
 *   WARN         a log line, a metric, a line of `netra doctor`; nothing is refused
 *   NO_EVIDENCE  nearly full; for requests that bring evidence, of which there are none yet
 *   REFUSE       nothing is taken in, no credit is granted; what goes out never stops
 *
 * Why: a level that followed the free bytes alone would flap while a disk hovers about a mark, so
 * one is left only when there is an eighth more than what it was entered at.
 * What counts as room is the disk's free bytes, less what the store's file will grow by when its
 * WAL is checkpointed, which has to fit whatever else comes; and what the store has of the disk
 * and can use again: its WAL, and the pages of its file that trimming has emptied. SQLite never
 * gives those back, so a store that has drained could otherwise never take work again. A reserve
 * that was given up is missing from the room: what it freed is there to drain with.
 * Units: bytes.
 */
#ifndef NETRA_SERVICE_DISK_H
#define NETRA_SERVICE_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* From the best to the worst. */
enum disk_level { DISK_WELL, DISK_WARN, DISK_NO_EVIDENCE, DISK_REFUSE, DISK_LEVEL_COUNT };

/* What a service is configured with. */
struct disk_marks {
    uint64_t free[DISK_LEVEL_COUNT]; /* below it the level begins; 0: no such mark. WELL's: 0 */
    uint64_t reserve;                /* the reserve's size; 0: none is wanted */
};

/* What is found. */
struct disk_reading {
    uint64_t free;     /* of the disk, for us */
    uint64_t owed;     /* of them, to the store's file at the next checkpoint */
    uint64_t reusable; /* the WAL, and emptied pages within the store's file */
    bool is_reserve_held;
    bool has_met_full; /* a moment ago */
};

/* The level that follows `now`. */
enum disk_level disk_level_next(const struct disk_marks *marks, enum disk_level now,
                                const struct disk_reading *reading);

/* Whether the disk has the reserve's size to give, and is well above the REFUSE mark then. */
bool disk_has_reserve(const struct disk_marks *marks, const struct disk_reading *reading);

/* "well", "warn", "no_evidence", "refuse". */
const char *disk_level_name(enum disk_level level);

#endif
