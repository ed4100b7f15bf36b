/*
 * The bounded region of a turn. Everything beyond `used` is zero at all times: a fresh mapping is,
 * and whatever is given back is wiped at once, so that arena_take has nothing left to clear.
 */
#include "common/base/arena.h"

#include "common/base/invariant.h"

#include <sodium.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES_ASKED 256u

static const struct arena_listener *listener;

void arena_listen(const struct arena_listener *new_listener)
{
    listener = new_listener;
}

static bool is_refused(const struct arena *arena, size_t size)
{
#ifdef NETRA_FAULT_POINTS
    return listener != NULL && listener->is_refused(listener->self, arena, size);
#else
    (void)arena;
    (void)size;
    return false;
#endif
}

/* The next multiple of the strictest alignment; false when there is none. */
static bool align_up(size_t size, size_t *ret_aligned)
{
    const size_t mask = alignof(max_align_t) - 1;
    size_t sum = 0;
    if (__builtin_add_overflow(size, mask, &sum))
        return false;
    *ret_aligned = sum & ~mask;
    return true;
}

enum status arena_open(struct arena *arena, size_t size)
{
    *arena = (struct arena){.base = NULL};
    size_t mapped = 0;
    if (size == 0 || !align_up(size, &mapped))
        return STATUS_SYSTEM_FAILED;
    void *base = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED)
        return STATUS_SYSTEM_FAILED;
    /* What is decrypted here must not reach a core file. */
    if (madvise(base, mapped, MADV_DONTDUMP) != 0) {
        (void)munmap(base, mapped);
        return STATUS_SYSTEM_FAILED;
    }
    *arena = (struct arena){.base = base, .size = mapped};
    return STATUS_OK;
}

/* Wipes what was handed out, but for pages that nobody ever touched: an inbox's ring is handed out
 * whole and mostly stays so, and to wipe a page is to make it. */
static void wipe(struct arena *arena)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char is_there[PAGES_ASKED];
    for (size_t start = 0; start < arena->used; start += page * PAGES_ASKED) {
        size_t left = arena->size - start;
        size_t asked = left < page * PAGES_ASKED ? left : page * PAGES_ASKED;
        if (mincore(arena->base + start, asked, is_there) != 0)
            memset(is_there, 1, sizeof is_there);
        for (size_t done = 0; done < asked; done += page)
            if ((is_there[done / page] & 1u) != 0)
                sodium_memzero(arena->base + start + done,
                               asked - done < page ? asked - done : page);
    }
}

void arena_close(struct arena *arena)
{
    if (arena->base == NULL)
        return;
    wipe(arena);
    int result = munmap(arena->base, arena->size);
    INVARIANT(result == 0);
    *arena = (struct arena){.base = NULL};
}

/* Hands out what lies from `start` on. */
static bool hand_out(struct arena *arena, size_t start, size_t size)
{
    size_t end = 0;
    if (__builtin_add_overflow(start, size, &end) || end > arena->size ||
        is_refused(arena, size)) {
        arena->is_exhausted = true;
        return false;
    }
    arena->used = end;
    if (end > arena->used_max)
        arena->used_max = end;
    return true;
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t start = 0;
    /* Never more than `size`, which is aligned. */
    INVARIANT(align_up(arena->used, &start));
    return hand_out(arena, start, size) ? arena->base + start : NULL;
}

bool arena_extend(struct arena *arena, size_t size)
{
    return hand_out(arena, arena->used, size);
}

uint8_t *arena_copy(struct arena *arena, struct view bytes)
{
    uint8_t *copy = arena_take(arena, bytes.size);
    if (copy != NULL && bytes.size > 0)
        memcpy(copy, bytes.bytes, bytes.size);
    return copy;
}

void arena_reset(struct arena *arena)
{
    arena_rewind(arena, 0);
    arena->used_max = 0;
    arena->is_exhausted = false;
}

size_t arena_mark(const struct arena *arena)
{
    return arena->used;
}

void arena_rewind(struct arena *arena, size_t mark)
{
    INVARIANT(mark <= arena->used);
    if (mark < arena->used)
        sodium_memzero(arena->base + mark, arena->used - mark);
    arena->used = mark;
}
