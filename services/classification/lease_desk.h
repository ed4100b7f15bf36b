/*
 * The edge of lease_pool.h: opens the cases that come, answers the workers that wait at the door,
 * and counts the deaths of suspects, so that the pool stays pure.
 *
 * Why requests always wait: an answer is given between turns only, so no lease goes out with a
 * turn that is abandoned after all, and a suspect's death can be counted in a transaction of its
 * own before it is leased.
 * Owns: the pool, the workers' tickets, and two arenas that hold a case or a lease in the clear
 * for the length of one call: all of it wiped, and locked as far as the system lets us, but for
 * the scratch that deciding takes, which is larger than what most systems lock.
 */
#ifndef NETRA_CLASSIFICATION_LEASE_DESK_H
#define NETRA_CLASSIFICATION_LEASE_DESK_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/service/service.h"
#include "services/classification/lease_pool.h"

#include <stdbool.h>
#include <stdint.h>

struct lease_desk {
    struct service *service;
    struct lease_pool pool;
    struct door_ticket tickets[LEASE_WORKERS_MAX]; /* of the workers that ask */
    const struct ruleset *ruleset;                 /* in force; borrowed */
    struct arena arena;
    struct arena scratch;   /* of deciding; only what is touched takes memory */
    struct arena verdicts;  /* the pool's room for them */
    int64_t count_again_ms; /* no death is counted before: the store could not just now */
    uint64_t changes_seen;  /* of the pool, when the loop was told last */
};

/* Prepares a desk that is all zero. STATUS_SYSTEM_FAILED. */
enum status lease_desk_open(struct lease_desk *desk, struct service *service,
                            const struct ruleset *ruleset, int64_t lease_ms) MUST_USE;

/* Wipes everything. A desk that was never opened is fine. */
void lease_desk_close(struct lease_desk *desk);

/* Another ruleset is in force: nothing that was decided with the old one counts any more. */
void lease_desk_repin(struct lease_desk *desk, const struct ruleset *ruleset);

/* Decides facts in this process. classification_wire_decide_read's statuses. */
enum status lease_desk_decide(struct lease_desk *desk, const struct facts *facts,
                              struct verdict *ret_verdict) MUST_USE;

/* A case came: it may be leased from now on, if a worker is there and it opens. */
void lease_desk_offer(struct lease_desk *desk, const struct event_in *event);

/* Whether the entry may be applied now. Counts and decides a suspect that no worker is left
 * for. */
bool lease_desk_is_ready(struct lease_desk *desk, const struct entry_point *point);

/* A worker asks: the ticket waits for work. STATUS_TRY_AGAIN_LATER: too many workers. */
enum status lease_desk_ask(struct lease_desk *desk, const struct lease_ask *ask,
                           const struct door_ticket *ticket) MUST_USE;

/* Ends overdue leases and gives out what there is to give; yields when it should be called next:
 * at once when an entry may have become ready since the last turn was planned. */
int64_t lease_desk_tick(struct lease_desk *desk, int64_t now_boot_ms);

#endif
