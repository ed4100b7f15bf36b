/*
 * The rulesets that a worker holds, the one it fetches, and the lease that waits for it.
 *
 * Why the lease is held: given back it can't be, and cases whose lease runs out are taken for
 * killers.
 * Owns: rulesets, and an arena with the held lease's facts, wiped when they are given up.
 */
#ifndef NETRA_WORKER_WORKER_RULESETS_H
#define NETRA_WORKER_WORKER_RULESETS_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/service/door_wire.h"
#include "services/worker/ruleset_fetch.h"
#include "services/worker/worker.h"
#include "services/worker/worker_wire.h"

#include <stdbool.h>
#include <stdint.h>

/* The ruleset in force and the one before: around a change leases name either. */
#define WORKER_RULESETS 2u

struct worker_rulesets {
    struct arena held_arena;
    struct worker_lease held; /* no cases: none waits */
    struct ruleset_fetch fetch;
    struct ruleset *rulesets[WORKER_RULESETS]; /* the one that came last first; NULL: none */
};

/* `lease_bytes`: what a lease takes once it is unpacked. STATUS_SYSTEM_FAILED. */
enum status worker_rulesets_open(struct worker_rulesets *rulesets, size_t lease_bytes) MUST_USE;
void worker_rulesets_close(struct worker_rulesets *rulesets);

/* The ruleset with that digest; NULL: it isn't here. */
const struct ruleset *worker_rulesets_find(const struct worker_rulesets *rulesets,
                                           const uint8_t digest[SHA256_SIZE]);

/* Keeps the lease, in place of the one before, and begins to fetch its ruleset. The lease lies in
 * `arena`, of the same size as the held one: the two change places. */
void worker_rulesets_hold(struct worker_rulesets *rulesets, const struct worker_lease *lease,
                          struct arena *arena);

/* Wipes the held lease. */
void worker_rulesets_give_up_held(struct worker_rulesets *rulesets);

/* Takes the answer to a request for a part, unpacked in the arena. False: it changes nothing. Else
 * what follows for the table: PART, LOADED, or UNLOADABLE with how long to rest. */
bool worker_rulesets_take(struct worker_rulesets *rulesets, const struct door_answer_parts *answer,
                          struct arena *arena, enum worker_event *ret_event, int64_t *ret_rest_ms);

#endif
