/* Entries and leases. */
#include "services/classification/lease_pool.h"

#include "common/base/invariant.h"
#include "common/base/mutant.h"
#include "common/wire/limits.h"

#include <sodium.h>
#include <string.h>

_Static_assert(LEASE_FACTS_BYTES >= LIMIT_EVENT_PAYLOAD_BYTES, "the largest case fits a lease");
_Static_assert(LEASE_FACTS_BYTES + LEASE_CASES_MAX * 64u + 4096u <= LIMIT_FRAME_BYTES,
               "the largest lease fits a frame with its envelope");

void lease_pool_start(struct lease_pool *pool, const struct ruleset_pin *pin, int64_t lease_ms,
                      struct verdict *verdicts)
{
    INVARIANT(lease_ms > 0);
    pool->pin = *pin;
    pool->lease_ms = lease_ms;
    pool->verdicts = verdicts;
    for (unsigned i = 0; i < LEASE_POOL_ENTRIES; i++)
        pool->verdicts_free[i] = (uint16_t)i;
    pool->verdicts_free_count = LEASE_POOL_ENTRIES;
}

void lease_pool_end(struct lease_pool *pool)
{
    sodium_memzero(pool, sizeof(*pool));
}

/* ---- finding ---- */

static bool is_of_stream(const struct lease_entry *entry, const struct entry_point *point)
{
    return memcmp(entry->point.stream_id, point->stream_id, STREAM_ID_SIZE) == 0;
}

/*
 * Where the entry stands, or would: true when it is there. Entries of one stream stand together in
 * the order of seq; those of a closed stream before those of the one that follows it.
 */
static bool find(const struct lease_pool *pool, const struct entry_point *point,
                 unsigned *ret_position)
{
    unsigned begin = 0;
    unsigned end = pool->count;
    while (begin < end && !is_of_stream(&pool->entries[begin], point))
        begin++;
    if (begin < end) {
        while (!is_of_stream(&pool->entries[end - 1], point))
            end--;
    }
    while (begin < end) {
        unsigned middle = begin + (end - begin) / 2;
        if (pool->entries[middle].point.seq < point->seq)
            begin = middle + 1;
        else
            end = middle;
    }
    *ret_position = begin;
    return begin < pool->count && is_of_stream(&pool->entries[begin], point) &&
           pool->entries[begin].point.seq == point->seq;
}

static const struct lease_entry *entry_at(const struct lease_pool *pool,
                                          const struct entry_point *point)
{
    unsigned position = 0;
    return find(pool, point, &position) ? &pool->entries[position] : NULL;
}

static struct lease_entry *entry_to_change(struct lease_pool *pool,
                                           const struct entry_point *point)
{
    unsigned position = 0;
    return find(pool, point, &position) ? &pool->entries[position] : NULL;
}

/* ---- moving ---- */

/* Keeps the count of a worker's entries: a change of state is the only thing that moves it. */
static void let_go(struct lease_pool *pool, const struct lease_entry *entry)
{
    if (!LEASE_STATE_IS_HELD(entry->state))
        return;
    struct lease_worker *worker = &pool->workers[entry->worker];
    INVARIANT(worker->held > 0);
    worker->held--;
}

struct lease_cell lease_pool_step(struct lease_pool *pool, struct lease_entry *entry,
                                  enum lease_event event, const struct verdict *verdict)
{
    struct lease_cell cell = lease_state_step(entry->state, event);
    INVARIANT(cell.move != LEASE_MOVE_NEVER);
    if (cell.move != LEASE_MOVE_GO)
        return cell;
    let_go(pool, entry);
    pool->changes += !LEASE_STATE_IS_HELD(cell.next);
    pool->state_counts[entry->state]--;
    pool->state_counts[cell.next]++;
    entry->state = cell.next;
    switch (cell.effect) {
    case LEASE_EFFECT_NONE:
        break;
    case LEASE_EFFECT_RECORD:
        INVARIANT(verdict != NULL && pool->verdicts_free_count > 0);
        entry->verdict = pool->verdicts_free[--pool->verdicts_free_count];
        pool->verdicts[entry->verdict] = *verdict;
        facts_slab_wipe(&pool->slab, &entry->facts);
        break;
    case LEASE_EFFECT_WIPE:
        facts_slab_wipe(&pool->slab, &entry->facts);
        break;
    }
    return cell;
}

/* ---- cases ---- */

bool lease_pool_offer(struct lease_pool *pool, const struct entry_point *point, struct view facts,
                      const struct case_brief *brief)
{
    unsigned position = 0;
    if (find(pool, point, &position))
        return true;
    struct facts_run run = {.size = 0};
    if (pool->count == LEASE_POOL_ENTRIES || facts.size > LEASE_FACTS_BYTES ||
        !facts_slab_put(&pool->slab, facts, &run)) {
        pool->counters.no_room++;
        return false;
    }
    memmove(&pool->entries[position + 1], &pool->entries[position],
            (pool->count - position) * sizeof(pool->entries[0]));
    pool->entries[position] = (struct lease_entry){
        .point = *point,
        .state = LEASE_STATE_WAITING,
        .facts = run,
        .brief = *brief,
        .worker = LEASE_NO_WORKER,
        .verdict = LEASE_NO_VERDICT,
    };
    pool->count++;
    pool->state_counts[LEASE_STATE_WAITING]++;
    return true;
}

enum lease_readiness lease_pool_readiness(const struct lease_pool *pool,
                                          const struct entry_point *point, int64_t now_ms)
{
    const struct lease_entry *entry = entry_at(pool, point);
    if (entry == NULL)
        return LEASE_READY;
    switch (entry->state) {
    case LEASE_STATE_WAITING:
        return lease_pool_has_workers(pool, now_ms) ? LEASE_NOT_YET : LEASE_READY;
    case LEASE_STATE_LEASED:
    case LEASE_STATE_LEASED_ALONE:
        return LEASE_NOT_YET;
    case LEASE_STATE_SUSPECT:
        return lease_pool_has_workers(pool, now_ms) ? LEASE_NOT_YET : LEASE_COUNT_FIRST;
    case LEASE_STATE_CONDEMNED:
        return LEASE_CONDEMNED;
    case LEASE_STATE_DECIDED:
    case LEASE_STATE_COUNT:
        break;
    }
    return LEASE_READY;
}

const struct verdict *lease_pool_verdict(const struct lease_pool *pool,
                                         const struct entry_point *point)
{
    const struct lease_entry *entry = entry_at(pool, point);
    if (entry == NULL || entry->state != LEASE_STATE_DECIDED)
        return NULL;
    return &pool->verdicts[entry->verdict];
}

const struct case_brief *lease_pool_brief(const struct lease_pool *pool,
                                          const struct entry_point *point)
{
    const struct lease_entry *entry = entry_at(pool, point);
    INVARIANT(entry != NULL);
    return &entry->brief;
}

struct view lease_pool_suspect_facts(const struct lease_pool *pool,
                                     const struct entry_point *point)
{
    const struct lease_entry *entry = entry_at(pool, point);
    if (entry == NULL || entry->state != LEASE_STATE_SUSPECT)
        return (struct view){.size = 0};
    return facts_slab_view(&pool->slab, entry->facts);
}

void lease_pool_decide_here(struct lease_pool *pool, const struct entry_point *point,
                            const struct verdict *verdict)
{
    struct lease_entry *entry = entry_to_change(pool, point);
    INVARIANT(entry != NULL);
    (void)lease_pool_step(pool, entry, LEASE_EVENT_DECIDED_HERE, verdict);
}

void lease_pool_condemn(struct lease_pool *pool, const struct entry_point *point)
{
    struct lease_entry *entry = entry_to_change(pool, point);
    INVARIANT(entry != NULL);
    (void)lease_pool_step(pool, entry, LEASE_EVENT_CONDEMNED, NULL);
    pool->counters.condemned++;
}

/* The entry's place is about to be taken by another. */
static void drop(struct lease_pool *pool, struct lease_entry *entry)
{
    let_go(pool, entry);
    pool->state_counts[entry->state]--;
    facts_slab_wipe(&pool->slab, &entry->facts);
    if (entry->verdict != LEASE_NO_VERDICT)
        pool->verdicts_free[pool->verdicts_free_count++] = (uint16_t)entry->verdict;
}

void lease_pool_forget_through(struct lease_pool *pool, const struct entry_point *point)
{
    unsigned position = 0;
    bool is_here = find(pool, point, &position);
    /* One that found no room, or a dead letter that is long forgotten, has no place of its own:
     * then nothing of another stream goes. */
    if (!is_here && (position == 0 || !is_of_stream(&pool->entries[position - 1], point)))
        return;
    unsigned count = is_here ? position + 1 : position;
    for (unsigned i = 0; i < count; i++)
        drop(pool, &pool->entries[i]);
    memmove(pool->entries, &pool->entries[count],
            (pool->count - count) * sizeof(pool->entries[0]));
    pool->count -= count;
}

void lease_pool_repin(struct lease_pool *pool, const struct ruleset_pin *pin)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < pool->count; i++) {
        struct lease_entry *entry = &pool->entries[i];
        if (entry->state == LEASE_STATE_DECIDED) {
            drop(pool, entry);
            continue;
        }
        (void)lease_pool_step(pool, entry, LEASE_EVENT_REPINNED, NULL);
        pool->entries[kept++] = *entry;
    }
    pool->count = kept;
    pool->pin = *pin;
    pool->changes++;
}

/* ---- leases ---- */

/* The worker that has asked longest, other than `not_this`; LEASE_NO_WORKER when none. */
static unsigned longest_asking(const struct lease_pool *pool, unsigned not_this)
{
    unsigned found = LEASE_NO_WORKER;
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++) {
        const struct lease_worker *worker = &pool->workers[i];
        if (!worker->is_asking || i == not_this)
            continue;
        if (found == LEASE_NO_WORKER || worker->asked_number < pool->workers[found].asked_number)
            found = i;
    }
    return found;
}

enum lease_next lease_pool_next(const struct lease_pool *pool, unsigned *ret_worker,
                                struct entry_point *ret_point)
{
    *ret_worker = LEASE_NO_WORKER;
    *ret_point = (struct entry_point){.seq = 0};
    if (pool->state_counts[LEASE_STATE_WAITING] + pool->state_counts[LEASE_STATE_SUSPECT] == 0)
        return LEASE_NEXT_NONE;
    unsigned worker = longest_asking(pool, LEASE_NO_WORKER);
    if (worker == LEASE_NO_WORKER)
        return LEASE_NEXT_NONE;
    unsigned position = 0;
    while (pool->entries[position].state != LEASE_STATE_WAITING &&
           pool->entries[position].state != LEASE_STATE_SUSPECT)
        position++;
    const struct lease_entry *entry = &pool->entries[position];
    *ret_worker = worker;
    *ret_point = entry->point;
    if (entry->state == LEASE_STATE_WAITING)
        return LEASE_NEXT_SEVERAL;
    unsigned other = longest_asking(pool, entry->worker);
    if (other != LEASE_NO_WORKER)
        *ret_worker = other;
    return LEASE_NEXT_ALONE;
}

/* Gives one entry to the worker as part of the grant. */
static void give(struct lease_pool *pool, unsigned worker, unsigned position, int64_t now_ms,
                 enum lease_event event, struct lease_grant *grant)
{
    struct lease_entry *entry = &pool->entries[position];
    (void)lease_pool_step(pool, entry, event, NULL);
    entry->worker = worker;
    entry->lease_id = grant->lease_id;
    entry->deadline_ms = now_ms + pool->lease_ms;
    pool->workers[worker].held++;
    grant->positions[grant->count++] = position;
}

/* Begins a grant: the worker's request is answered with it. */
static struct lease_grant grant_begin(struct lease_pool *pool, unsigned worker)
{
    INVARIANT(worker < LEASE_WORKERS_MAX && pool->workers[worker].is_asking);
    pool->workers[worker].is_asking = false;
    pool->counters.leases++;
    return (struct lease_grant){.lease_id = ++pool->lease_id};
}

void lease_pool_grant(struct lease_pool *pool, unsigned worker, int64_t now_ms,
                      struct lease_grant *ret_grant)
{
    *ret_grant = grant_begin(pool, worker);
    unsigned cases_max = pool->workers[worker].cases_max;
    size_t bytes = 0;
    for (unsigned i = 0; i < pool->count && ret_grant->count < cases_max; i++) {
        const struct lease_entry *entry = &pool->entries[i];
        if (entry->state != LEASE_STATE_WAITING)
            continue;
        if (bytes + entry->facts.size > LEASE_FACTS_BYTES)
            break;
        bytes += entry->facts.size;
        give(pool, worker, i, now_ms, LEASE_EVENT_LEASED, ret_grant);
    }
    INVARIANT(ret_grant->count > 0);
}

void lease_pool_grant_alone(struct lease_pool *pool, unsigned worker,
                            const struct entry_point *point, int64_t now_ms,
                            struct lease_grant *ret_grant)
{
    unsigned position = 0;
    bool is_here = find(pool, point, &position);
    INVARIANT(is_here);
    *ret_grant = grant_begin(pool, worker);
    give(pool, worker, position, now_ms, LEASE_EVENT_LEASED_ALONE, ret_grant);
}

void lease_pool_granted(const struct lease_pool *pool, unsigned position,
                        struct entry_point *ret_point, struct view *ret_facts)
{
    INVARIANT(position < pool->count);
    const struct lease_entry *entry = &pool->entries[position];
    *ret_point = entry->point;
    *ret_facts = facts_slab_view(&pool->slab, entry->facts);
}

static void take_result(struct lease_pool *pool, const struct lease_result *result)
{
    unsigned position = 0;
    bool is_here = find(pool, &result->point, &position);
    if (is_here && pool->entries[position].state == LEASE_STATE_DECIDED && MUTANT(late_twin_wins))
        pool->verdicts[pool->entries[position].verdict] = result->verdict;
    if (is_here &&
        lease_pool_step(pool, &pool->entries[position], LEASE_EVENT_RESULT, &result->verdict)
                .move == LEASE_MOVE_GO)
        pool->counters.results++;
    else
        pool->counters.results_late++;
}

enum status lease_pool_results(struct lease_pool *pool, const struct lease_results *results,
                               int64_t now_ms)
{
    lease_worker_heard(pool, results->key, now_ms);
    if (!ruleset_pin_equals(&results->pin, &pool->pin) && !MUTANT(other_pin_accepted)) {
        pool->counters.refused += results->count;
        return STATUS_OUT_OF_RANGE;
    }
    for (size_t i = 0; i < results->count; i++)
        take_result(pool, &results->rows[i]);
    return STATUS_OK;
}
