/*
 * Which case is with which worker: the cases that came and are not decided for good yet, in the
 * order of their stream, and the workers that ask for them. A pure state machine; lease_desk.h is
 * its edge.
 *
 * Why: workers are stateless and die, hang and come twice; this is the one place that remembers
 * whom a case was given to, so that each is decided once and none kills worker after worker
 * (protocol.md 21). It is lost with the process: the stream brings the cases again.
 * Owns: the facts of its cases while they may still be leased (facts_slab.h), wiped after. The
 * verdicts lie outside, in room that is lent to it: they hold no text and need no locked memory.
 * Units: _ms is boot time, given by the caller.
 * Limits: LEASE_POOL_ENTRIES cases, FACTS_SLAB_BYTES of facts, LEASE_WORKERS_MAX workers. A case
 * that finds no room isn't in the pool and is decided in-process at its turn.
 */
#ifndef NETRA_CLASSIFICATION_LEASE_POOL_H
#define NETRA_CLASSIFICATION_LEASE_POOL_H

#include "common/base/status.h"
#include "common/case/facts.h"
#include "common/wire/header.h"
#include "common/wire/limits.h"
#include "services/classification/classification.h"
#include "services/classification/facts_slab.h"
#include "services/classification/lease_state.h"

#include <stdbool.h>
#include <stdint.h>

#define LEASE_POOL_ENTRIES 1152u /* above the credit window of 1024 entries */
#define LEASE_WORKERS_MAX 64u
#define LEASE_CASES_MAX 48u       /* of one lease: the contract's bound on cases and results */
#define LEASE_FACTS_BYTES 131072u /* of one lease: it fits a frame, and the largest case fits it */
#define LEASE_WORKER_KEY_SIZE 32u
#define LEASE_START_SIZE 8u

/* How long a worker counts as there after it asked or answered, though nothing of it is under way:
 * it decided a lease and its next request is a moment behind its last result. */
#define LEASE_WORKER_GRACE_MS 1000

#define LEASE_NO_WORKER LEASE_WORKERS_MAX
#define LEASE_NO_VERDICT LEASE_POOL_ENTRIES

/* An entry of intake's stream. */
struct entry_point {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
};

/* What its turn records of a case beside the verdict: one that a worker decided isn't opened and
 * read a second time. */
struct case_brief {
    char case_number[LIMIT_NAME_BYTES + 1];
    char region[FACTS_REGION_BYTES_MAX + 1];
    uint32_t incident_date;
    uint32_t received;
    uint32_t facts_revision;
};

struct lease_entry {
    struct entry_point point;
    enum lease_state state;
    struct facts_run facts;
    struct case_brief brief;
    unsigned worker;     /* who has it, or had it last; LEASE_NO_WORKER: nobody yet */
    uint64_t lease_id;   /* of its last lease */
    int64_t deadline_ms; /* of its lease, while a worker has it */
    unsigned verdict;    /* in DECIDED: which of the pool's verdicts; else LEASE_NO_VERDICT */
};

struct lease_worker {
    bool is_known;
    bool is_gone;        /* a lease of it passed its deadline, and it has not asked since */
    bool is_asking;      /* a request of it is unanswered */
    bool is_turned_away; /* its request is to be answered without work (lease_pool_turned_away) */
    uint8_t key[LEASE_WORKER_KEY_SIZE];
    uint8_t start[LEASE_START_SIZE];
    unsigned cases_max;
    unsigned held;         /* entries it has now */
    uint64_t asked_number; /* the order in which workers asked */
    int64_t there_until_ms;
};

/* What is counted for the metrics; only ever rises. */
struct lease_counters {
    uint64_t leases;       /* given */
    uint64_t results;      /* that counted */
    uint64_t results_late; /* dropped: another was first, or nobody waits for it */
    uint64_t refused;      /* results with another ruleset or engine */
    uint64_t suspects;     /* entries whose lease ended unanswered */
    uint64_t condemned;
    uint64_t no_room; /* entries that found no room */
};

struct lease_pool {
    struct ruleset_pin pin;
    int64_t lease_ms;
    unsigned count;
    unsigned state_counts[LEASE_STATE_COUNT];
    struct lease_entry entries[LEASE_POOL_ENTRIES]; /* in the stream's order */
    struct verdict *verdicts;                       /* LEASE_POOL_ENTRIES of them, lent */
    uint16_t verdicts_free[LEASE_POOL_ENTRIES];     /* a stack: those that are no entry's */
    unsigned verdicts_free_count;
    struct lease_worker workers[LEASE_WORKERS_MAX];
    uint64_t asked_number;
    uint64_t lease_id;
    int64_t overdue_ended_ms; /* when overdue leases were ended last */
    uint64_t changes;         /* rises whenever an entry may have become ready */
    struct lease_counters counters;
    struct facts_slab slab;
};

/* Prepares a pool that is all zero. Leases last `lease_ms` (above 0) and results must carry
 * `pin`. `verdicts` is room for LEASE_POOL_ENTRIES of them, kept by the caller until the end. */
void lease_pool_start(struct lease_pool *pool, const struct ruleset_pin *pin, int64_t lease_ms,
                      struct verdict *verdicts);

/* Wipes everything but the verdicts' room. */
void lease_pool_end(struct lease_pool *pool);

/* Another ruleset is in force: results made with the old one count no more, what is leased is
 * leased again, and what was decided is forgotten, to be decided in-process at its turn: its facts
 * are wiped already. */
void lease_pool_repin(struct lease_pool *pool, const struct ruleset_pin *pin);

/* ---- cases ---- */

/* Takes a case in. One that is known already stays as it is. False: there is no room. */
bool lease_pool_offer(struct lease_pool *pool, const struct entry_point *point, struct view facts,
                      const struct case_brief *brief);

enum lease_readiness {
    LEASE_READY,       /* apply it: the verdict is at hand, or it is to be decided in-process */
    LEASE_NOT_YET,     /* a worker has it or will get it */
    LEASE_COUNT_FIRST, /* a suspect and no worker: count its death durably, then
                          lease_pool_decide_here or lease_pool_condemn */
    LEASE_CONDEMNED    /* dead-letter it instead */
};

/* Whether the entry may be applied. One that isn't in the pool may. */
enum lease_readiness lease_pool_readiness(const struct lease_pool *pool,
                                          const struct entry_point *point, int64_t now_ms);

/* The verdict at hand; NULL: none. Valid until the pool changes. */
const struct verdict *lease_pool_verdict(const struct lease_pool *pool,
                                         const struct entry_point *point);

/* The brief of a case that is in the pool. Valid until the pool changes. */
const struct case_brief *lease_pool_brief(const struct lease_pool *pool,
                                          const struct entry_point *point);

/* A suspect's facts; empty when the entry is in another state. Valid until the pool changes. */
struct view lease_pool_suspect_facts(const struct lease_pool *pool,
                                     const struct entry_point *point);

/* A counted suspect was decided in this process. */
void lease_pool_decide_here(struct lease_pool *pool, const struct entry_point *point,
                            const struct verdict *verdict);

/* A suspect died alone too often. */
void lease_pool_condemn(struct lease_pool *pool, const struct entry_point *point);

/* The entry was committed, and so was everything before it: wiped and forgotten. */
void lease_pool_forget_through(struct lease_pool *pool, const struct entry_point *point);

/* ---- workers (lease_worker.c) ---- */

/* A worker's request. */
struct lease_ask {
    uint8_t key[LEASE_WORKER_KEY_SIZE];
    uint8_t start[LEASE_START_SIZE];
    unsigned cases_max; /* 1 to LEASE_CASES_MAX */
};

/* A worker asks for work: *ret_worker is its place in the table. A request replaces the one
 * before it; a new `start` ends the leases of the old process. STATUS_TRY_AGAIN_LATER: the
 * table is full of workers that are there. */
enum status lease_pool_ask(struct lease_pool *pool, const struct lease_ask *ask, int64_t now_ms,
                           unsigned *ret_worker) MUST_USE;

/* The worker with that key wants no more work: its request is gone, its leases stand. */
void lease_pool_withdraw(struct lease_pool *pool, const uint8_t key[LEASE_WORKER_KEY_SIZE],
                         int64_t now_ms);

/* Whether any worker is there: has a lease, an unanswered request, or was heard a moment ago. */
bool lease_pool_has_workers(const struct lease_pool *pool, int64_t now_ms);

/* Ends the leases whose deadline has come; their workers are gone until they ask again. */
void lease_pool_end_overdue(struct lease_pool *pool, int64_t now_ms);

/* Whether a gone worker's request is still to be answered without work, and whose: a worker
 * that is alive after all then asks again at once. Each is yielded once. */
bool lease_pool_turned_away(struct lease_pool *pool, unsigned *ret_worker);

/* When time alone changes something next; INT64_MAX: never. */
int64_t lease_pool_next_ms(const struct lease_pool *pool, int64_t now_ms);

/* ---- leases ---- */

enum lease_next {
    LEASE_NEXT_NONE,
    LEASE_NEXT_SEVERAL, /* lease_pool_grant */
    LEASE_NEXT_ALONE    /* count the entry's death durably, then lease_pool_grant_alone or
                           lease_pool_condemn */
};

/* What to lease next, by the stream's order, and to whom: the worker that has waited longest; a
 * suspect goes to another worker than its last if another asks. */
enum lease_next lease_pool_next(const struct lease_pool *pool, unsigned *ret_worker,
                                struct entry_point *ret_point);

/* A lease as given. Positions are valid until the pool changes. */
struct lease_grant {
    uint64_t lease_id;
    unsigned count;
    unsigned positions[LEASE_CASES_MAX];
};

/* Leases waiting entries to the asking worker, as many as it takes and a lease may hold; the
 * request is answered with that. */
void lease_pool_grant(struct lease_pool *pool, unsigned worker, int64_t now_ms,
                      struct lease_grant *ret_grant);

/* The same for one counted suspect. */
void lease_pool_grant_alone(struct lease_pool *pool, unsigned worker,
                            const struct entry_point *point, int64_t now_ms,
                            struct lease_grant *ret_grant);

/* The point and facts of a granted entry. */
void lease_pool_granted(const struct lease_pool *pool, unsigned position,
                        struct entry_point *ret_point, struct view *ret_facts);

/* What a worker found in a case. */
struct lease_result {
    struct entry_point point;
    struct verdict verdict;
};

/* A worker's results, all made with the same ruleset and engine. */
struct lease_results {
    uint8_t key[LEASE_WORKER_KEY_SIZE];
    struct ruleset_pin pin;
    size_t count;
    const struct lease_result *rows;
};

/* The first result for an entry wins, from whichever lease; a late twin changes nothing and is
 * fine. STATUS_OUT_OF_RANGE: the ruleset or engine is not the pinned one; none of them counts. */
enum status lease_pool_results(struct lease_pool *pool, const struct lease_results *results,
                               int64_t now_ms) MUST_USE;

/* ---- for lease_pool.c and lease_worker.c alone ---- */

/* Moves an entry by the table; yields the cell that applied. `verdict` is for RECORD. */
struct lease_cell lease_pool_step(struct lease_pool *pool, struct lease_entry *entry,
                                  enum lease_event event, const struct verdict *verdict);

/* The worker with that key was heard. */
void lease_worker_heard(struct lease_pool *pool, const uint8_t key[LEASE_WORKER_KEY_SIZE],
                        int64_t now_ms);

#endif
