/*
 * Deaths of entries applied alone (protocol.md 14, 21), as a witness outside counts them: only
 * three of them allow an entry to be set aside.
 *
 * An entry is alone from when its death begins to be counted until what becomes of it is
 * committed; which ones those are is read from its memory at its death, as what it has written
 * of its count need not have survived. A process that ends by itself, of a store that fails, dies
 * too. A case that was counted, leased and decided, and isn't committed yet, is alone as well:
 * its count stands. An orderly stop is nobody's death, but it ends the leases: one alone that
 * nobody has answered by then has ended unanswered, and its worker may have died of it.
 */
#include "common/base/invariant.h"
#include "common/service/service_state.h"
#include "services/classification/classification_app.h"
#include "tests/simulation/sim_world_state.h"

#include <string.h>

static void died_alone(struct sim_process *process, const uint8_t *stream_id, uint64_t seq)
{
    struct sim_witness *witness = &process->world->witness;
    for (unsigned i = 0; i < witness->alone_count; i++) {
        struct sim_alone *row = &witness->alone[i];
        if (row->service != process->number || row->seq != seq ||
            memcmp(row->stream_id, stream_id, STREAM_ID_SIZE) != 0)
            continue;
        row->deaths++;
        return;
    }
    INVARIANT(witness->alone_count < SIM_ALONE_MAX);
    struct sim_alone *row = &witness->alone[witness->alone_count++];
    *row = (struct sim_alone){.service = process->number, .seq = seq, .deaths = 1};
    memcpy(row->stream_id, stream_id, STREAM_ID_SIZE);
}

/* ---- leases ---- */

static const struct lease_pool *pool_of(const struct sim_process *process)
{
    const struct service *service = process->body;
    if (process->number != SIM_CLASSIFICATION || service == NULL || service->app == NULL)
        return NULL;
    return &((const struct classification *)service->app)->desk.pool;
}

static const struct lease_entry *entry_of(const struct lease_pool *pool,
                                          const struct entry_point *point)
{
    for (unsigned i = 0; i < pool->count; i++)
        if (pool->entries[i].point.seq == point->seq &&
            memcmp(pool->entries[i].point.stream_id, point->stream_id, STREAM_ID_SIZE) == 0)
            return &pool->entries[i];
    return NULL;
}

static const struct lease_entry *entry_of_lease(const struct lease_pool *pool,
                                                const struct sim_lone_lease *lease)
{
    struct entry_point point = {.seq = lease->seq};
    memcpy(point.stream_id, lease->stream_id, STREAM_ID_SIZE);
    return entry_of(pool, &point);
}

/* The suspect with that seq was counted: a lease of it alone before has ended unanswered. */
static void lease_counted(struct sim_process *process, const struct lease_pool *pool, uint64_t seq)
{
    unsigned count = 0;
    for (unsigned i = 0; i < process->lone_count; i++) {
        const struct sim_lone_lease lease = process->lone[i];
        if (lease.seq == seq)
            died_alone(process, lease.stream_id, lease.seq);
        else if (entry_of_lease(pool, &lease) != NULL)
            process->lone[count++] = lease;
    }
    process->lone_count = count;
    for (unsigned i = 0; i < pool->count; i++) {
        const struct lease_entry *entry = &pool->entries[i];
        if (entry->point.seq != seq || entry->state != LEASE_STATE_SUSPECT)
            continue;
        INVARIANT(process->lone_count < SIM_LONE_LEASES_MAX);
        struct sim_lone_lease *lease = &process->lone[process->lone_count++];
        lease->seq = seq;
        memcpy(lease->stream_id, entry->point.stream_id, STREAM_ID_SIZE);
    }
}

/* ---- a service's death ---- */

static bool has_lone_lease(const struct sim_process *process, const struct position *point)
{
    for (unsigned i = 0; i < process->lone_count; i++)
        if (process->lone[i].seq == point->seq &&
            memcmp(process->lone[i].stream_id, point->stream_id, STREAM_ID_SIZE) == 0)
            return true;
    return false;
}

/* One that was leased alone is counted as a lease. */
static void note_suspects(struct sim_process *process, struct service *service)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        const struct queued_entry *entry =
            peer->input == NULL || peer->suspects_left == 0 || peer->inbox.queue.count == 0
                ? NULL
                : entry_queue_at(&peer->inbox.queue, 0);
        if (entry != NULL && !entry->is_gap && entry->condemned == STATUS_OK &&
            !has_lone_lease(process, &entry->through) &&
            (entry->is_counted || process->is_counting))
            died_alone(process, entry->through.stream_id, entry->through.seq);
    }
}

/* What was counted and isn't committed; a count that is just being committed is of a suspect. */
static void note_leases(struct sim_process *process, const struct lease_pool *pool)
{
    for (unsigned i = 0; i < process->lone_count; i++)
        if (entry_of_lease(pool, &process->lone[i]) != NULL)
            died_alone(process, process->lone[i].stream_id, process->lone[i].seq);
    for (unsigned i = 0; i < pool->count && process->is_counting; i++)
        if (pool->entries[i].state == LEASE_STATE_SUSPECT)
            died_alone(process, pool->entries[i].point.stream_id, pool->entries[i].point.seq);
}

void sim_alone_died(struct sim_process *process)
{
    struct service *service = process->body;
    if (process->number >= SIM_SERVICE_COUNT || service == NULL || process->is_alone_noted)
        return;
    process->is_alone_noted = true;
    note_suspects(process, service);
    if (pool_of(process) != NULL)
        note_leases(process, pool_of(process));
}

void sim_alone_stopped(struct sim_process *process)
{
    const struct lease_pool *pool = pool_of(process);
    if (process->is_alone_noted)
        return;
    process->is_alone_noted = true;
    for (unsigned i = 0; i < process->lone_count && pool != NULL; i++) {
        const struct lease_entry *entry = entry_of_lease(pool, &process->lone[i]);
        bool is_unanswered = entry != NULL && (entry->state == LEASE_STATE_LEASED_ALONE ||
                                               entry->state == LEASE_STATE_SUSPECT);
        if (is_unanswered)
            died_alone(process, process->lone[i].stream_id, process->lone[i].seq);
    }
}

void sim_alone_begun(struct sim_process *process)
{
    process->is_alone_noted = false;
    process->lone_count = 0;
    process->is_counting = false;
    process->passed = FAULT_COUNT;
}

void sim_alone_passed(struct sim_process *process, enum fault_point point, uint64_t key)
{
    /* The commit of a count: any other has its own point before. */
    if (point == FAULT_store_commit)
        process->is_counting = process->passed != FAULT_turn_before_commit &&
                               process->passed != FAULT_alone_before_commit;
    else if (point == FAULT_turn_entry_counted || point == FAULT_lease_counted)
        process->is_counting = false;
    process->passed = point;
    if (point == FAULT_lease_counted && pool_of(process) != NULL)
        lease_counted(process, pool_of(process), key);
}

void sim_alone_round(struct sim_process *process)
{
    process->passed = FAULT_COUNT;
}
