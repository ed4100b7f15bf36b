/* The workers that came to the door, and what time does to them. */
#include "services/classification/lease_pool.h"

#include "common/base/invariant.h"
#include "common/base/mutant.h"

#include <string.h>

static bool is_there(const struct lease_worker *worker, int64_t now_ms)
{
    if (!worker->is_known || worker->is_gone)
        return false;
    return worker->is_asking || worker->held > 0 || now_ms < worker->there_until_ms;
}

bool lease_pool_has_workers(const struct lease_pool *pool, int64_t now_ms)
{
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++) {
        if (is_there(&pool->workers[i], now_ms))
            return true;
    }
    return false;
}

/* The worker with that key; LEASE_NO_WORKER when unknown. */
static unsigned find_worker(const struct lease_pool *pool,
                            const uint8_t key[LEASE_WORKER_KEY_SIZE])
{
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++) {
        const struct lease_worker *worker = &pool->workers[i];
        if (worker->is_known && memcmp(worker->key, key, LEASE_WORKER_KEY_SIZE) == 0)
            return i;
    }
    return LEASE_NO_WORKER;
}

/* A place for a new worker: an empty one, or that of one who left; LEASE_NO_WORKER when all are
 * here. */
static unsigned find_place(const struct lease_pool *pool, int64_t now_ms)
{
    unsigned left = LEASE_NO_WORKER;
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++) {
        const struct lease_worker *worker = &pool->workers[i];
        if (!worker->is_known)
            return i;
        /* A gone worker's leases still point here until their own deadlines. */
        if (!is_there(worker, now_ms) && worker->held == 0 && !worker->is_turned_away)
            left = i;
    }
    return left;
}

static void end_lease(struct lease_pool *pool, struct lease_entry *entry)
{
    (void)lease_pool_step(pool, entry, LEASE_EVENT_ENDED, NULL);
    pool->counters.suspects++;
}

static void end_leases_of(struct lease_pool *pool, unsigned worker)
{
    for (unsigned i = 0; i < pool->count && pool->workers[worker].held > 0; i++) {
        struct lease_entry *entry = &pool->entries[i];
        if (LEASE_STATE_IS_HELD(entry->state) && entry->worker == worker)
            end_lease(pool, entry);
    }
    INVARIANT(pool->workers[worker].held == 0);
}

enum status lease_pool_ask(struct lease_pool *pool, const struct lease_ask *ask, int64_t now_ms,
                           unsigned *ret_worker)
{
    INVARIANT(ask->cases_max > 0 && ask->cases_max <= LEASE_CASES_MAX);
    unsigned place = find_worker(pool, ask->key);
    if (place == LEASE_NO_WORKER) {
        place = find_place(pool, now_ms);
        if (place == LEASE_NO_WORKER)
            return STATUS_TRY_AGAIN_LATER;
        pool->workers[place] = (struct lease_worker){.is_known = true};
        memcpy(pool->workers[place].key, ask->key, LEASE_WORKER_KEY_SIZE);
        memcpy(pool->workers[place].start, ask->start, LEASE_START_SIZE);
    }
    struct lease_worker *worker = &pool->workers[place];
    if (memcmp(worker->start, ask->start, LEASE_START_SIZE) != 0) {
        end_leases_of(pool, place);
        memcpy(worker->start, ask->start, LEASE_START_SIZE);
    }
    worker->is_gone = false;
    worker->is_turned_away = false;
    worker->is_asking = true;
    worker->cases_max = ask->cases_max;
    worker->asked_number = ++pool->asked_number;
    worker->there_until_ms = now_ms + LEASE_WORKER_GRACE_MS;
    *ret_worker = place;
    return STATUS_OK;
}

void lease_pool_withdraw(struct lease_pool *pool, const uint8_t key[LEASE_WORKER_KEY_SIZE],
                         int64_t now_ms)
{
    unsigned place = find_worker(pool, key);
    if (place == LEASE_NO_WORKER)
        return;
    struct lease_worker *worker = &pool->workers[place];
    worker->is_asking = false;
    worker->is_turned_away = false;
    worker->there_until_ms = now_ms;
    pool->changes++;
}

void lease_worker_heard(struct lease_pool *pool, const uint8_t key[LEASE_WORKER_KEY_SIZE],
                        int64_t now_ms)
{
    unsigned place = find_worker(pool, key);
    if (place != LEASE_NO_WORKER)
        pool->workers[place].there_until_ms = now_ms + LEASE_WORKER_GRACE_MS;
}

void lease_pool_end_overdue(struct lease_pool *pool, int64_t now_ms)
{
    /* Asked for each entry of a turn: a lease's deadline is never at the moment it is given. */
    if (now_ms == pool->overdue_ended_ms ||
        pool->state_counts[LEASE_STATE_LEASED] + pool->state_counts[LEASE_STATE_LEASED_ALONE] == 0)
        return;
    pool->overdue_ended_ms = now_ms;
    for (unsigned i = 0; i < pool->count; i++) {
        struct lease_entry *entry = &pool->entries[i];
        if (!LEASE_STATE_IS_HELD(entry->state) || now_ms < entry->deadline_ms ||
            MUTANT(lease_never_ends))
            continue;
        struct lease_worker *worker = &pool->workers[entry->worker];
        end_lease(pool, entry);
        worker->is_gone = true;
        worker->is_turned_away = worker->is_turned_away || worker->is_asking;
        worker->is_asking = false;
    }
}

bool lease_pool_turned_away(struct lease_pool *pool, unsigned *ret_worker)
{
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++) {
        if (!pool->workers[i].is_turned_away)
            continue;
        pool->workers[i].is_turned_away = false;
        *ret_worker = i;
        return true;
    }
    return false;
}

int64_t lease_pool_next_ms(const struct lease_pool *pool, int64_t now_ms)
{
    int64_t next_ms = INT64_MAX;
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++) {
        const struct lease_worker *worker = &pool->workers[i];
        /* When the moment after a worker's last word is over, cases may be decided in-process. */
        if (worker->is_known && !worker->is_gone && now_ms < worker->there_until_ms &&
            worker->there_until_ms < next_ms)
            next_ms = worker->there_until_ms;
    }
    if (pool->state_counts[LEASE_STATE_LEASED] + pool->state_counts[LEASE_STATE_LEASED_ALONE] == 0)
        return next_ms;
    for (unsigned i = 0; i < pool->count; i++) {
        const struct lease_entry *entry = &pool->entries[i];
        if (LEASE_STATE_IS_HELD(entry->state) && entry->deadline_ms < next_ms)
            next_ms = entry->deadline_ms;
    }
    return next_ms;
}
