/* First fit from where the last search ended: cases come and go in nearly the same order. */
#include "services/classification/facts_slab.h"

#include "common/base/invariant.h"

#include <sodium.h>
#include <string.h>

static uint32_t blocks_of(size_t size)
{
    return (uint32_t)((size + FACTS_BLOCK_BYTES - 1) / FACTS_BLOCK_BYTES);
}

/* The first run of `count` free blocks that begins within [begin, end); FACTS_BLOCKS when none. */
static uint32_t find_room(const struct facts_slab *slab, uint32_t begin, uint32_t end,
                          uint32_t count)
{
    uint32_t free_count = 0;
    for (uint32_t block = begin; block < FACTS_BLOCKS; block++) {
        if (free_count == 0 && block >= end)
            break;
        free_count = slab->is_used[block] ? 0 : free_count + 1;
        if (free_count == count)
            return block + 1 - count;
    }
    return FACTS_BLOCKS;
}

bool facts_slab_put(struct facts_slab *slab, struct view facts, struct facts_run *ret_run)
{
    if (facts.size == 0 || facts.size > FACTS_SLAB_BYTES)
        return false;
    uint32_t count = blocks_of(facts.size);
    if (count > FACTS_BLOCKS - slab->blocks_used)
        return false;
    uint32_t block = find_room(slab, slab->next, FACTS_BLOCKS, count);
    if (block == FACTS_BLOCKS)
        block = find_room(slab, 0, slab->next, count);
    if (block == FACTS_BLOCKS)
        return false;
    memset(slab->is_used + block, true, count);
    memcpy(slab->bytes + (size_t)block * FACTS_BLOCK_BYTES, facts.bytes, facts.size);
    slab->blocks_used += count;
    slab->next = (block + count) % FACTS_BLOCKS;
    *ret_run = (struct facts_run){.block = block, .size = (uint32_t)facts.size};
    return true;
}

struct view facts_slab_view(const struct facts_slab *slab, struct facts_run run)
{
    if (run.size == 0)
        return (struct view){.size = 0};
    return view_of(slab->bytes + (size_t)run.block * FACTS_BLOCK_BYTES, run.size);
}

void facts_slab_wipe(struct facts_slab *slab, struct facts_run *run)
{
    if (run->size == 0)
        return;
    uint32_t count = blocks_of(run->size);
    INVARIANT(count <= slab->blocks_used && run->block + count <= FACTS_BLOCKS);
    sodium_memzero(slab->bytes + (size_t)run->block * FACTS_BLOCK_BYTES, run->size);
    memset(slab->is_used + run->block, false, count);
    slab->blocks_used -= count;
    *run = (struct facts_run){.size = 0};
}
