/*
 * Carries out what the pool says. A suspect's death is counted in the store before the suspect is
 * leased or decided, because whoever takes it may not live to count.
 */
#include "services/classification/lease_desk.h"

#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/process.h"
#include "services/classification/classification_wire.h"

#include <string.h>

_Static_assert(LEASE_WORKER_KEY_SIZE == CURVE_KEY_SIZE, "workers are known by their CURVE keys");

/* One case opened, or one lease encoded beside its list. */
#define ARENA_BYTES 524288u

#define VERDICTS_BYTES (LEASE_POOL_ENTRIES * sizeof(struct verdict))

/* How long after the store refused to count a death it is asked again. */
#define COUNT_AGAIN_MS 1000

enum status lease_desk_open(struct lease_desk *desk, struct service *service,
                            const struct ruleset *ruleset, int64_t lease_ms)
{
    TRY(arena_open(&desk->arena, ARENA_BYTES));
    TRY(arena_open(&desk->scratch, CLASSIFICATION_SCRATCH_BYTES));
    TRY(arena_open(&desk->verdicts, VERDICTS_BYTES));
    bool is_locked = process_lock_memory(&desk->pool, sizeof(desk->pool));
    is_locked = process_lock_memory(desk->arena.base, desk->arena.size) && is_locked;
    if (!is_locked)
        log_line(LOG_LEVEL_WARN, "memory_not_locked", LOG_TEXT("what", "facts"));
    desk->service = service;
    desk->ruleset = ruleset;
    struct ruleset_pin pin = pin_of_ruleset(ruleset);
    lease_pool_start(&desk->pool, &pin, lease_ms, arena_take(&desk->verdicts, VERDICTS_BYTES));
    return STATUS_OK;
}

void lease_desk_close(struct lease_desk *desk)
{
    lease_pool_end(&desk->pool);
    arena_close(&desk->arena);
    arena_close(&desk->scratch);
    arena_close(&desk->verdicts);
}

void lease_desk_repin(struct lease_desk *desk, const struct ruleset *ruleset)
{
    struct ruleset_pin pin = pin_of_ruleset(ruleset);
    desk->ruleset = ruleset;
    lease_pool_repin(&desk->pool, &pin);
}

enum status lease_desk_decide(struct lease_desk *desk, const struct facts *facts,
                              struct verdict *ret_verdict)
{
    enum status status =
        classification_wire_decide_read(desk->ruleset, facts, &desk->scratch, ret_verdict);
    arena_reset(&desk->scratch);
    return status;
}

/* ---- cases ---- */

void lease_desk_offer(struct lease_desk *desk, const struct event_in *event)
{
    /* Without a worker the case is decided in its turn, which opens it then. */
    if (event->is_erased ||
        !lease_pool_has_workers(&desk->pool, service_now_boot_ms(desk->service)))
        return;
    struct entry_point point = {.seq = event->header.seq};
    memcpy(point.stream_id, event->header.stream_id, sizeof(point.stream_id));
    struct view facts;
    struct case_read read;
    /* What can't be read is no worker's business: its turn meets the same and rejects it. */
    if (seal_open(&desk->arena, event->case_key, event->header_bytes, event->sealed, &facts) ==
            STATUS_OK &&
        classification_wire_read_case(facts, &desk->scratch, &read, NULL) == STATUS_OK) {
        struct case_brief brief = classification_wire_brief(&read);
        (void)lease_pool_offer(&desk->pool, &point, facts, &brief);
    }
    arena_reset(&desk->scratch);
    arena_reset(&desk->arena);
}

/* Counts a suspect's death durably. False: it can't be now. */
static bool count_death(struct lease_desk *desk, const struct entry_point *point,
                        unsigned *ret_deaths)
{
    int64_t now_ms = service_now_boot_ms(desk->service);
    if (now_ms < desk->count_again_ms)
        return false;
    enum status status =
        service_count_death(desk->service, point->stream_id, point->seq, ret_deaths);
    if (status != STATUS_OK) {
        desk->count_again_ms = now_ms + COUNT_AGAIN_MS;
        log_line(LOG_LEVEL_ERROR, "death_not_counted", LOG_NUMBER("seq", point->seq),
                 LOG_TEXT("status", status_name(status)));
        return false;
    }
    FAULT_POINT_KEYED(lease_counted, point->seq);
    return true;
}

static void condemn(struct lease_desk *desk, const struct entry_point *point)
{
    log_line(LOG_LEVEL_ERROR, "case_condemned", LOG_NUMBER("seq", point->seq),
             LOG_TEXT("status", status_name(STATUS_DIED_ALONE)));
    lease_pool_condemn(&desk->pool, point);
}

/* The only one that could decide a suspect is this process: counted like a lease, because it
 * may die of it too. */
static void decide_suspect(struct lease_desk *desk, const struct entry_point *point)
{
    unsigned deaths = 0;
    if (!count_death(desk, point, &deaths))
        return;
    if (deaths > DEATHS_MAX) {
        condemn(desk, point);
        return;
    }
    struct verdict verdict;
    enum status status =
        classification_wire_decide(desk->ruleset, lease_pool_suspect_facts(&desk->pool, point),
                                   &desk->scratch, &verdict, NULL);
    arena_reset(&desk->scratch);
    /* It could be read when it came, so this is our own trouble: a person must look. */
    if (status != STATUS_OK)
        verdict_undecided(status_name(status), &verdict);
    lease_pool_decide_here(&desk->pool, point, &verdict);
}

bool lease_desk_is_ready(struct lease_desk *desk, const struct entry_point *point)
{
    int64_t now_ms = service_now_boot_ms(desk->service);
    lease_pool_end_overdue(&desk->pool, now_ms);
    enum lease_readiness readiness = lease_pool_readiness(&desk->pool, point, now_ms);
    if (readiness == LEASE_COUNT_FIRST) {
        decide_suspect(desk, point);
        readiness = lease_pool_readiness(&desk->pool, point, now_ms);
    }
    switch (readiness) {
    case LEASE_READY:
        return true;
    case LEASE_CONDEMNED:
        /* Said again each time: an entry that was dropped and came again carries no mark. */
        service_condemn(desk->service, point->stream_id, point->seq, STATUS_DIED_ALONE);
        return true;
    case LEASE_NOT_YET:
    case LEASE_COUNT_FIRST:
        break;
    }
    return false;
}

/* ---- workers ---- */

enum status lease_desk_ask(struct lease_desk *desk, const struct lease_ask *ask,
                           const struct door_ticket *ticket)
{
    unsigned worker = 0;
    TRY(lease_pool_ask(&desk->pool, ask, service_now_boot_ms(desk->service), &worker));
    desk->tickets[worker] = *ticket;
    return STATUS_OK;
}

static void answer_without_work(struct lease_desk *desk, unsigned worker, enum status status)
{
    service_answer(desk->service, &desk->tickets[worker], status, (struct view){.size = 0}, "");
}

/* Workers whose leases ran out: one that is alive after all asks again at once, one that is
 * stopped does not. */
static void turn_away(struct lease_desk *desk)
{
    unsigned worker = 0;
    while (lease_pool_turned_away(&desk->pool, &worker))
        answer_without_work(desk, worker, STATUS_TRY_AGAIN_LATER);
}

/* A key may have been revoked since its worker asked. */
static bool may_work(const struct lease_desk *desk, unsigned worker)
{
    const struct principal *who =
        register_find(service_register(desk->service), desk->pool.workers[worker].key);
    return who != NULL && !who->is_revoked && who->role == CLASSIFICATION_ROLE_WORKER;
}

static void send_lease(struct lease_desk *desk, unsigned worker, const struct lease_grant *grant)
{
    struct view body;
    enum status status = classification_wire_lease(&desk->pool, grant, &desk->arena, &body);
    /* A lease that could not be sent ends at its deadline like one that was lost on the way. */
    if (status == STATUS_OK)
        service_answer(desk->service, &desk->tickets[worker], STATUS_OK, body, "");
    else
        log_line(LOG_LEVEL_ERROR, "lease_not_sent", LOG_TEXT("status", status_name(status)));
    arena_reset(&desk->arena);
}

/* Tries a suspect alone at the worker. False: it can't be counted now. */
static bool lease_suspect(struct lease_desk *desk, unsigned worker,
                          const struct entry_point *point)
{
    unsigned deaths = 0;
    if (!count_death(desk, point, &deaths))
        return false;
    if (deaths > DEATHS_MAX && !MUTANT(killer_leased_for_ever)) {
        condemn(desk, point);
        return true;
    }
    struct lease_grant grant;
    lease_pool_grant_alone(&desk->pool, worker, point, service_now_boot_ms(desk->service), &grant);
    send_lease(desk, worker, &grant);
    return true;
}

/* Gives out one lease. False: there is nothing more to give now. */
static bool hand_out_one(struct lease_desk *desk)
{
    unsigned worker = 0;
    struct entry_point point;
    enum lease_next next = lease_pool_next(&desk->pool, &worker, &point);
    if (next == LEASE_NEXT_NONE)
        return false;
    if (!may_work(desk, worker)) {
        answer_without_work(desk, worker, STATUS_REVOKED);
        lease_pool_withdraw(&desk->pool, desk->pool.workers[worker].key,
                            service_now_boot_ms(desk->service));
        return true;
    }
    if (next == LEASE_NEXT_ALONE)
        return lease_suspect(desk, worker, &point);
    struct lease_grant grant;
    lease_pool_grant(&desk->pool, worker, service_now_boot_ms(desk->service), &grant);
    send_lease(desk, worker, &grant);
    return true;
}

int64_t lease_desk_tick(struct lease_desk *desk, int64_t now_boot_ms)
{
    lease_pool_end_overdue(&desk->pool, now_boot_ms);
    turn_away(desk);
    bool has_more = true;
    while (has_more)
        has_more = hand_out_one(desk);
    bool has_changed = desk->changes_seen != desk->pool.changes;
    desk->changes_seen = desk->pool.changes;
    if (has_changed)
        return now_boot_ms;
    int64_t next_ms = lease_pool_next_ms(&desk->pool, now_boot_ms);
    bool has_suspects = desk->pool.state_counts[LEASE_STATE_SUSPECT] > 0;
    if (has_suspects && now_boot_ms < desk->count_again_ms && desk->count_again_ms < next_ms)
        next_ms = desk->count_again_ms;
    return next_ms;
}
