/*
 * SQLite's allocator wrapped, and a listener to every arena.
 */
#include "tests/faults/faults_memory.h"

#include "tests/simulation/sim_world.h"

#include <sqlite3.h>

#define OWN_BYTES_MIN 1024u
#define RING_BYTES_MIN 65536u /* an inbox's */

static struct {
    unsigned running;
    const struct arena *spared;
    bool has_failed;
    uint64_t counts[SIM_PROCESS_COUNT][FAULTS_MEMORY_COUNT];
    uint64_t fails_in[SIM_PROCESS_COUNT][FAULTS_MEMORY_COUNT]; /* 0: none */
    sqlite3_mem_methods system;
} memory = {.running = SIM_PROCESS_COUNT};

static bool is_refused(enum faults_memory kind)
{
    if (memory.running == SIM_PROCESS_COUNT)
        return false;
    memory.counts[memory.running][kind]++;
    uint64_t *fails_in = &memory.fails_in[memory.running][kind];
    bool fails = *fails_in > 0 && --*fails_in == 0;
    memory.has_failed = memory.has_failed || fails;
    return fails;
}

static bool is_arena_refused(void *self, const struct arena *arena, size_t size)
{
    (void)self;
    /* What an arena was made for, in the size that it was made with, can't fail: its owners say so
     * by an INVARIANT. */
    bool is_made_for_it = (arena->used == 0 && size >= OWN_BYTES_MIN) || size >= RING_BYTES_MIN;
    return arena != memory.spared && !is_made_for_it && is_refused(FAULTS_ARENA);
}

static void *sqlite_take(int size)
{
    return is_refused(FAULTS_SQLITE) ? NULL : memory.system.xMalloc(size);
}

static void *sqlite_resize(void *old, int size)
{
    return is_refused(FAULTS_SQLITE) ? NULL : memory.system.xRealloc(old, size);
}

bool faults_memory_begin(void)
{
    static const struct arena_listener listener = {.is_refused = is_arena_refused};
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.system) != SQLITE_OK)
        return false;
    sqlite3_mem_methods wrapped = memory.system;
    wrapped.xMalloc = sqlite_take;
    wrapped.xRealloc = sqlite_resize;
    arena_listen(&listener);
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &wrapped) == SQLITE_OK;
}

void faults_memory_of(unsigned process, const struct arena *spared)
{
    memory.running = process;
    memory.spared = spared;
}

bool faults_memory_has_failed(void)
{
    return memory.has_failed;
}

uint64_t faults_memory_count(unsigned process, enum faults_memory kind)
{
    return memory.counts[process][kind];
}

void faults_memory_fail(unsigned process, enum faults_memory kind, uint64_t nth)
{
    memory.fails_in[process][kind] = nth;
}
