/*
 * A bounded region from which a turn takes all its memory, wiped when it is reset.
 *
 * Why: a message's memory has one owner and one end; a hostile message can't take more than the
 * region; what was decrypted in it doesn't outlive the turn.
 * Owns: one mapping, made at open and kept out of core dumps (MADV_DONTDUMP).
 * Limits: the size given at open. A request that doesn't fit yields NULL and sets `is_exhausted`
 * until the next reset.
 * Errors: none but NULL.
 */
#ifndef NETRA_BASE_ARENA_H
#define NETRA_BASE_ARENA_H

#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
    uint8_t *base;     /* the mapping; owned */
    size_t size;       /* bytes mapped */
    size_t used;       /* bytes handed out */
    size_t used_max;   /* the most bytes handed out at once since the last reset */
    bool is_exhausted; /* a request did not fit since the last reset */
};

/* Maps `size` bytes. STATUS_SYSTEM_FAILED when the mapping is refused; then `arena` is all
 * zero. */
enum status arena_open(struct arena *arena, size_t size) MUST_USE;

/* Wipes and unmaps. An arena that was never opened (all zero) is fine. */
void arena_close(struct arena *arena);

/* `size` bytes, zeroed, aligned for any type; NULL when they don't fit. Size 0 yields a valid
 * pointer. */
void *arena_take(struct arena *arena, size_t size);

/* Makes the piece that was taken last longer by `size` bytes, zeroed, where it stands; false when
 * they don't fit. */
bool arena_extend(struct arena *arena, size_t size);

/* A copy of the bytes; NULL when it doesn't fit. */
uint8_t *arena_copy(struct arena *arena, struct view bytes);

/* Wipes everything handed out and makes the whole region free again. */
void arena_reset(struct arena *arena);

/* Where the arena stands; arena_rewind wipes and frees what was taken after it. */
size_t arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, size_t mark);

/* Who says of each request whether it is refused as if it did not fit: tests of what happens then.
 * Asked only in builds with NETRA_FAULT_POINTS. */
struct arena_listener {
    bool (*is_refused)(void *self, const struct arena *arena, size_t size);
    void *self;
};

/* Sets it; NULL: nobody. It must live until then. */
void arena_listen(const struct arena_listener *listener);

#endif
