/*
 * The turn (style.md "One turn"; protocol.md 12, 13, 16): take what is ready up to the bound,
 * apply it in one transaction, confirm after the commit.
 */
#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"

#include <string.h>

/* ---- receiving ---- */

static void log_refusal(struct service *service, const struct received *received)
{
    uint64_t seen = service->counters.refusals[received->refusal]++;
    if (seen == 0)
        log_line(LOG_LEVEL_WARN, "refused", LOG_TEXT("refusal", refusal_name(received->refusal)));
}

static void take_received(struct service *service, const struct received *received)
{
    switch (received->kind) {
    case RECEIVED_NOTHING:
        return;
    case RECEIVED_FRAME:
        link_receive(service, received);
        return;
    case RECEIVED_REQUEST:
        door_receive(service, received);
        return;
    case RECEIVED_ANSWER:
        case_keys_answered(service, received);
        return;
    case RECEIVED_CONNECTED:
        link_connected(service, &service->peers[received->peer]);
        return;
    case RECEIVED_DISCONNECTED:
        link_disconnected(service, &service->peers[received->peer]);
        return;
    case RECEIVED_CLIENT_UP:
        service->peers[received->peer].is_client_up = true;
        return;
    case RECEIVED_CLIENT_DOWN:
        service->peers[received->peer].is_client_up = false;
        case_keys_not_answered(service, &service->peers[received->peer]);
        return;
    case RECEIVED_REFUSED:
        log_refusal(service, received);
        return;
    }
}

static void receive_all(struct service *service)
{
    for (unsigned i = 0; i < TURN_FRAMES_MAX; i++) {
        struct received received;
        if (service->arena.used > TURN_RECEIVE_BYTES ||
            service->request_count >= TURN_REQUESTS_MAX)
            return;
        service->transport.receive(service->transport.self, service->now_ms, &received);
        if (received.kind == RECEIVED_NOTHING)
            return;
        take_received(service, &received);
    }
}

/* ---- confirming ---- */

static void confirm(struct service *service, const struct plan *plan)
{
    if (service->has_deaths &&
        delivery_deaths_any(&service->delivery, &service->has_deaths) != STATUS_OK)
        service->has_deaths = true; /* not known: look each entry up */
    FAULT_POINT(turn_after_commit);
    event_log_committed(&service->log);
    register_committed(&service->register_keys);
    service->counters.turns++;
    service->abandoned = STATUS_OK;
    service->counters.entries_applied += plan->count;
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        unsigned count = plan->entries[i];
        if (count == 0)
            continue;
        inbox_applied(&peer->inbox, count);
        peer->offered -= count < peer->offered ? count : peer->offered;
        peer->suspects_left -= count < peer->suspects_left ? count : peer->suspects_left;
        peer->is_ack_due = true;
    }
    if (service->spec->committed != NULL)
        service->spec->committed(service->app, service);
    service->has_more = service->has_more || plan->is_alone ||
                        plan->count == service->entries_max ||
                        service->requests_done < service->request_count;
    housekeeping_cursors_written(service, true);
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        if (peer->is_reset_due && link_reset(service, peer) != STATUS_OK)
            service_fork(service, "the cursor for %s can't be read back", peer->name);
        peer->is_reset_due = false;
    }
    asking_settle(service);
    if (service->entries_max < TURN_ENTRIES_MAX)
        service->entries_max = service->entries_max * 2 > TURN_ENTRIES_MAX
                                   ? TURN_ENTRIES_MAX
                                   : service->entries_max * 2;
}

void service_follow_rollback(struct service *service)
{
    store_rollback(&service->store);
    event_log_rolled_back(&service->log);
    register_rolled_back(&service->register_keys);
    if (service->spec->abandoned != NULL)
        service->spec->abandoned(service->app, service);
}

/* Nothing of this turn's transaction has been. */
static void take_back(struct service *service)
{
    service_follow_rollback(service);
    housekeeping_cursors_written(service, false);
    for (unsigned i = 0; i < service->peer_count; i++)
        service->peers[i].is_reset_due = false;
    service->is_restart_due = false;
    service->is_drain_asked = false;
}

static void abandon(struct service *service, enum status status)
{
    struct diag diag;
    diag_set(&diag, "%s", store_error_text(&service->store)); /* before the roll-back's own */
    take_back(service);
    service->counters.turns_abandoned++;
    service_meets_trouble(service, status);
    if (status == STATUS_NO_MEMORY || status == STATUS_STORE_FULL)
        service->entries_max = 1; /* less may fit */
    if (service->abandoned == status)
        return;
    service->abandoned = status;
    log_line(LOG_LEVEL_ERROR, "turn_abandoned", LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", diag.text));
}

/* ---- the turn ---- */

/* Tells the app of entries that are complete, in order. */
static void offer_all(struct service *service)
{
    if (service->spec->offered == NULL || service->phase != SERVICE_READY)
        return;
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct peer *peer = &service->peers[i];
        while (peer->input != NULL && peer->offered < peer->inbox.queue.count) {
            struct queued_entry *entry = entry_queue_at(&peer->inbox.queue, peer->offered);
            struct event_in event;
            if (entry->key_state == ENTRY_KEY_MISSING || entry->key_state == ENTRY_KEY_ASKED)
                break;
            event_in_of(peer, entry, &event);
            if (!entry->is_gap && !entry->is_offered)
                service->spec->offered(service->app, service, &event);
            entry->is_offered = true;
            peer->offered++;
        }
    }
}

/* A suspect's death is counted on disk before it is tried; at three it is set aside instead. */
static enum status count_suspect(struct service *service, const struct plan *plan)
{
    bool is_counting = plan->is_alone || MUTANT(innocent_death_counted);
    for (unsigned i = 0; i < service->peer_count && is_counting; i++) {
        struct queued_entry *entry = entry_queue_at(&service->peers[i].inbox.queue, 0);
        if (plan->entries[i] > 0 && !entry->is_gap && entry->condemned == STATUS_OK)
            return suspect_count(service, entry);
    }
    return STATUS_OK;
}

/* Without savepoints, and again with them when something has to be taken back alone. */
static enum status apply(struct service *service, const struct plan *plan)
{
    size_t mark = arena_mark(&service->arena);
    service->is_care_needed = false;
    service->is_careful = plan->is_alone;
    enum status status = apply_plan(service, plan);
    if (!service->is_care_needed)
        return status;
    take_back(service);
    arena_rewind(&service->arena, mark);
    service->is_careful = true;
    return apply_plan(service, plan);
}

/* One transaction. Requests are answered with it, unless a stalled stream took it back: then they
 * are tried again without that stream. */
static enum status run_plan(struct service *service, const struct plan *plan)
{
    service->requests_done = 0;
    enum status status = count_suspect(service, plan);
    if (status == STATUS_OK)
        status = apply(service, plan);
    if (status == STATUS_OK)
        confirm(service, plan);
    else
        abandon(service, status);
    bool is_of_store = status != STATUS_OK && apply_is_trouble(status);
    if (is_of_store)
        service->requests_done = service->request_count;
    if (is_of_store || (status == STATUS_OK && !plan->is_alone))
        door_answer_done(service, status);
    return status;
}

/* Whether gap markers that are all there is have waited long enough. */
static bool gaps_are_due(struct service *service, const struct plan *plan)
{
    if (service->gaps_since_ms == 0)
        service->gaps_since_ms = service->now_ms;
    return plan->count >= GAPS_WAIT_MAX ||
           service->now_ms - service->gaps_since_ms >= GAPS_WAIT_MS;
}

static bool has_work(struct service *service, const struct plan *plan)
{
    bool is_due = plan->events > 0 || service->request_count > 0 ||
                  housekeeping_cursors_are_due(service) ||
                  (plan->count > 0 && gaps_are_due(service, plan));
    if (is_due || plan->count == 0)
        service->gaps_since_ms = 0;
    return is_due;
}

/* What is ready now: a suspect by itself, then everything else; again without a stream that
 * stalled. */
static enum status work(struct service *service)
{
    enum status status = STATUS_OK;
    struct plan plan;
    for (unsigned tries = 0; tries <= service->peer_count; tries++) {
        plan_turn(service, &plan);
        TRY(service->fatal); /* counting a death may have met it */
        if (plan.is_alone)
            status = run_plan(service, &plan);
        if (plan.is_alone)
            plan = (struct plan){0};
        if (status == STATUS_OK && has_work(service, &plan))
            status = run_plan(service, &plan);
        if (status == STATUS_OK || apply_is_trouble(status))
            break;
        status = STATUS_OK;
    }
    return status_class_of(status) == STATUS_CLASS_FATAL ? status : service->fatal;
}

enum status service_turn(struct service *service)
{
    TRY(service->fatal);
    service->now_ms = clock_boot_ms(&service->edges.clock);
    service->has_more = false;
    housekeeping_look(service);
    receive_all(service);
    case_keys_ask(service);
    offer_all(service);
    enum status status = STATUS_OK;
    if (service->now_ms >= service->retry_at_ms) {
        status = work(service);
        if (status == STATUS_OK && service->phase == SERVICE_READY)
            redrive_work(service);
    } else if (service->request_count > 0) {
        service->requests_done = service->request_count;
        door_answer_done(service, service->abandoned == STATUS_OK ? STATUS_TRY_AGAIN_LATER
                                                                  : service->abandoned);
    }
    pump_all(service);
    FAULT_POINT(turn_after_confirm);
    return status;
}
