/*
 * The newest segments, in a ring of rows beside a ring of bytes.
 */
#include "common/delivery/segment_ring.h"

#include "common/base/invariant.h"

#include <string.h>

enum status segment_ring_open(struct segment_ring *ring)
{
    *ring = (struct segment_ring){.count = 0};
    size_t rows = SEGMENT_RING_ROWS * sizeof *ring->rows;
    TRY(arena_open(&ring->memory, rows + SEGMENT_RING_BYTES + 64));
    ring->rows = arena_take(&ring->memory, rows);
    ring->bytes = arena_take(&ring->memory, SEGMENT_RING_BYTES);
    INVARIANT(ring->rows != NULL && ring->bytes != NULL);
    return STATUS_OK;
}

void segment_ring_close(struct segment_ring *ring)
{
    arena_close(&ring->memory);
    *ring = (struct segment_ring){.count = 0};
}

static struct segment *row_at(const struct segment_ring *ring, unsigned index)
{
    return &ring->rows[(ring->first + index) % SEGMENT_RING_ROWS];
}

static void drop_oldest(struct segment_ring *ring)
{
    ring->first = (ring->first + 1) % SEGMENT_RING_ROWS;
    ring->count--;
}

/* Whether the oldest segment lies where `size` bytes are to be put. */
static bool is_in_the_way(const struct segment_ring *ring, size_t size)
{
    if (ring->count == 0)
        return false;
    const struct segment *oldest = row_at(ring, 0);
    size_t begin = (size_t)(oldest->events.bytes - ring->bytes);
    return begin < ring->used + size && ring->used < begin + oldest->events.size;
}

void segment_ring_put(struct segment_ring *ring, const struct segment *segment)
{
    size_t size = segment->events.size;
    if (size > SEGMENT_RING_BYTES) {
        ring->count = 0;
        return;
    }
    if (size > SEGMENT_RING_BYTES - ring->used) {
        /* The end is left: what lies there is older than all at the beginning. */
        while (ring->count > 0 &&
               (size_t)(row_at(ring, 0)->events.bytes - ring->bytes) >= ring->used)
            drop_oldest(ring);
        ring->used = 0;
    }
    while (ring->count == SEGMENT_RING_ROWS || is_in_the_way(ring, size))
        drop_oldest(ring);
    struct segment *row = row_at(ring, ring->count);
    ring->count++;
    *row = *segment;
    memcpy(ring->bytes + ring->used, segment->events.bytes, size);
    row->events = view_of(ring->bytes + ring->used, size);
    ring->used += size;
}

void segment_ring_cut(struct segment_ring *ring, uint64_t last)
{
    while (ring->count > 0 && row_at(ring, ring->count - 1)->last > last) {
        ring->count--;
        ring->used = (size_t)(row_at(ring, ring->count)->events.bytes - ring->bytes);
    }
}

const struct segment *segment_ring_find(const struct segment_ring *ring, uint64_t position)
{
    for (unsigned index = ring->count; index > 0; index--) {
        const struct segment *row = row_at(ring, index - 1);
        if (position > row->last)
            return NULL;
        if (position >= row->first)
            return row;
    }
    return NULL;
}
