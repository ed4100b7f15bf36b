/*
 * The newest segments of the event log, in memory as they were written: what was just committed is
 * what is sent next, and reading it back from the store would cost as much as writing it.
 *
 * Owns: copies of the segments, in memory of fixed size; the oldest give way to new ones.
 * Limits: SEGMENT_RING_ROWS segments and SEGMENT_RING_BYTES of them.
 */
#ifndef NETRA_DELIVERY_SEGMENT_RING_H
#define NETRA_DELIVERY_SEGMENT_RING_H

#include "common/base/arena.h"
#include "common/delivery/segment.h"

#include <stdbool.h>

#define SEGMENT_RING_ROWS 256u
#define SEGMENT_RING_BYTES 2097152u /* what a destination may be behind within its credit */

/* A segment and where it lies in the log. */
struct segment {
    uint64_t first;        /* position of its first event */
    uint64_t last;         /* and of its last */
    uint64_t bytes_before; /* bytes_through of the event before it */
    uint8_t digest_before[SHA256_SIZE];
    struct view events;
};

struct segment_ring {
    struct arena memory;
    uint8_t *bytes;       /* SEGMENT_RING_BYTES */
    size_t used;          /* where the next one is put */
    struct segment *rows; /* SEGMENT_RING_ROWS, a ring */
    unsigned first;
    unsigned count;
};

/* STATUS_SYSTEM_FAILED: no memory. */
enum status segment_ring_open(struct segment_ring *ring) MUST_USE;
void segment_ring_close(struct segment_ring *ring);

/* Copies the segment, which follows the newest one. One that is longer than the ring empties it.
 */
void segment_ring_put(struct segment_ring *ring, const struct segment *segment);

/* Forgets segments that go beyond `last`: their transaction was taken back. */
void segment_ring_cut(struct segment_ring *ring, uint64_t last);

/* The segment that holds the position; NULL when it isn't here. Valid until the next put. */
const struct segment *segment_ring_find(const struct segment_ring *ring, uint64_t position);

#endif
