/*
 * The bytes of the cases that wait for a worker or are with one: a bounded slab of fixed blocks,
 * each case in one run of them, wiped when it is given back. Pure.
 *
 * Why: facts are personal data in the clear. They rest in one place that can be locked, kept out
 * of dumps and wiped, and a flood of large cases can't take more than the slab.
 * Owns: its bytes; views of them are valid until their run is wiped.
 * Limits: FACTS_SLAB_BYTES in all. What doesn't fit is refused, never cut.
 */
#ifndef NETRA_CLASSIFICATION_FACTS_SLAB_H
#define NETRA_CLASSIFICATION_FACTS_SLAB_H

#include "common/base/view.h"

#include <stdbool.h>
#include <stdint.h>

#define FACTS_SLAB_BYTES 2097152u /* a credit window of ordinary cases: 1024 of 2 KiB */
#define FACTS_BLOCK_BYTES 512u
#define FACTS_BLOCKS (FACTS_SLAB_BYTES / FACTS_BLOCK_BYTES)

/* Where a case's facts lie. */
struct facts_run {
    uint32_t block; /* the first one */
    uint32_t size;  /* bytes; 0: nothing is held */
};

/* All zero: empty. */
struct facts_slab {
    bool is_used[FACTS_BLOCKS];
    uint32_t next;        /* where the search for room begins */
    uint32_t blocks_used;
    uint8_t bytes[FACTS_SLAB_BYTES];
};

/* Copies the facts in. False, and nothing changed, when they are empty or there is no room. */
bool facts_slab_put(struct facts_slab *slab, struct view facts, struct facts_run *ret_run);

/* The facts of a run; empty when it holds nothing. */
struct view facts_slab_view(const struct facts_slab *slab, struct facts_run run);

/* Wipes the run's bytes, makes its blocks free, and leaves a run that holds nothing. */
void facts_slab_wipe(struct facts_slab *slab, struct facts_run *run);

#endif
