/*
 * The turn (style.md "One turn"; protocol.md 12, 13, 16): take what is ready up to the bound,
 * apply it in one transaction, confirm after the commit.
 */
#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/service/service_state.h"

#include <string.h>

struct turn service_turn_of(struct service *service)
{
    return (struct turn){
        .service = service,
        .arena = &service->arena,
        .store = &service->store,
        .random = &service->random,
        .now_utc_s = clock_utc_s(&service->clock),
        .now_boot_ms = service->now_ms,
    };
}

void event_in_of(const struct peer *peer, const struct queued_entry *entry,
                 struct event_in *ret_event)
{
    *ret_event = (struct event_in){
        .producer = peer->name,
        .header_bytes = entry->header_bytes,
        .header = entry->header,
        .sealed = entry->payload,
        .case_key = entry->key_state == ENTRY_KEY_HERE ? entry->case_key : NULL,
        .is_erased = entry->key_state == ENTRY_KEY_ERASED,
    };
}

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
        case_keys_lost(service);
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
            service->request_count == TURN_REQUESTS_MAX)
            return;
        service->transport.receive(service->transport.self, service->now_ms, &received);
        if (received.kind == RECEIVED_NOTHING)
            return;
        take_received(service, &received);
    }
}

/* ---- applying ---- */

static enum status begin_entry(struct service *service)
{
    TRY(store_savepoint(&service->store));
    event_log_saved(&service->log);
    return STATUS_OK;
}

static enum status take_back_entry(struct service *service)
{
    TRY(store_savepoint_rollback(&service->store));
    event_log_restored(&service->log);
    return STATUS_OK;
}

/* The app's handlers for one event, inside its savepoint. */
enum status turn_handle(struct service *service, struct turn *turn,
                        const struct service_input *input, const struct event_in *event,
                        struct diag *diag)
{
    FAULT_POINT_KEYED(turn_entry_applying, event->header.seq);
    if (input->every != NULL)
        TRY(input->every(service->app, turn, event, diag));
    for (unsigned i = 0; i < SERVICE_EVENTS_MAX && input->events[i].type != 0; i++)
        if (input->events[i].type == event->header.type)
            return input->events[i].handle(service->app, turn, event, diag);
    return STATUS_OK;
}

/* The new stream's first event says which one it follows: a cause in that one counts as applied.
 */
static enum status note_opening(struct service *service, const struct peer *peer,
                                const struct event_in *event)
{
    if (event->header.seq != 1)
        return STATUS_OK;
    const uint8_t *left = peer->inbox.applied.stream_id;
    bool is_following = !view_is_zero(view_of(left, STREAM_ID_SIZE)) &&
                        memcmp(left, event->header.stream_id, STREAM_ID_SIZE) != 0;
    return is_following ? delivery_closed_put(&service->delivery, left) : STATUS_OK;
}

static enum status apply_event(struct service *service, struct turn *turn, struct peer *peer,
                               struct queued_entry *entry)
{
    struct diag diag = {0};
    struct event_in event;
    event_in_of(peer, entry, &event);
    if (entry->condemned != STATUS_OK)
        return set_aside(service, turn, &event, entry->condemned, &diag);
    /* Where nothing is ever set aside, a rejected entry takes the whole turn back: no savepoint.
     */
    bool has_savepoint = !service->spec->never_sets_aside;
    if (has_savepoint)
        TRY(begin_entry(service));
    enum status status = note_opening(service, peer, &event);
    if (status == STATUS_OK)
        status = turn_handle(service, turn, peer->input, &event, &diag);
    switch (status_class_of(status)) {
    case STATUS_CLASS_OK:
        if (has_savepoint)
            TRY(store_savepoint_release(&service->store));
        break;
    case STATUS_CLASS_REJECT:
        log_line(LOG_LEVEL_WARN, "entry_rejected", LOG_TEXT("producer", peer->name),
                 LOG_NUMBER("seq", event.header.seq), LOG_TEXT("status", status_name(status)),
                 LOG_TEXT("detail", diag.text));
        if (!has_savepoint)
            return STATUS_TRY_AGAIN_LATER;
        TRY(take_back_entry(service));
        TRY(set_aside(service, turn, &event, status, &diag));
        break;
    case STATUS_CLASS_RETRY:
    case STATUS_CLASS_FATAL:
        return status;
    }
    FAULT_POINT_KEYED(turn_entry_applied, event.header.seq);
    return STATUS_OK;
}

static enum status apply_peer(struct service *service, struct turn *turn, struct peer *peer,
                              unsigned count)
{
    struct position through = peer->inbox.applied;
    for (unsigned i = 0; i < count; i++) {
        struct queued_entry *entry = entry_queue_at(&peer->inbox.queue, i);
        through = entry->through;
        if (entry->is_gap)
            continue;
        size_t mark = arena_mark(turn->arena);
        TRY(apply_event(service, turn, peer, entry));
        arena_rewind(turn->arena, mark);
        if (service->has_deaths)
            TRY(delivery_deaths_delete(&service->delivery, entry->through.stream_id,
                                       entry->through.seq));
    }
    return delivery_inbox_put(&service->delivery, peer->name, &through);
}

/* A request's refusal is its answer; only what the store can't do now abandons the turn. */
static bool abandons_turn(enum status status)
{
    return status == STATUS_STORE_FULL || status == STATUS_STORE_BUSY ||
           status == STATUS_STORE_IO || status == STATUS_NO_MEMORY ||
           status_class_of(status) == STATUS_CLASS_FATAL;
}

static enum status apply_request(struct service *service, struct turn *turn,
                                 struct pending_request *pending)
{
    if (pending->status != STATUS_OK)
        return STATUS_OK; /* refused before anything was tried */
    TRY(begin_entry(service));
    pending->status =
        pending->entry->handle(service->app, turn, &pending->request, &pending->diag);
    if (pending->status == STATUS_OK)
        return store_savepoint_release(&service->store);
    if (abandons_turn(pending->status))
        return pending->status;
    return take_back_entry(service);
}

static enum status apply_all(struct service *service, const struct plan *plan)
{
    struct turn turn = service_turn_of(service);
    struct diag diag = {0};
    TRY(store_begin(&service->store));
    FAULT_POINT(turn_began);
    for (unsigned i = 0; i < service->peer_count; i++)
        if (plan->entries[i] > 0)
            TRY(apply_peer(service, &turn, &service->peers[i], plan->entries[i]));
    for (unsigned i = 0; i < service->request_count && !plan->is_alone; i++)
        TRY(apply_request(service, &turn, &service->requests[i]));
    TRY(housekeeping_cursors(service));
    enum status status = STATUS_OK;
    if (service->spec->before_commit != NULL)
        status = service->spec->before_commit(service->app, &turn, &diag);
    if (status != STATUS_OK)
        log_line(LOG_LEVEL_ERROR, "not_committed", LOG_TEXT("status", status_name(status)),
                 LOG_TEXT("detail", diag.text));
    TRY(status);
    FAULT_POINT(turn_before_commit);
    return store_commit(&service->store);
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
    service->has_more = plan->is_alone || plan->count == service->entries_max;
    if (service->reset_peer != NULL &&
        link_reset_output(service, service->reset_peer) != STATUS_OK)
        service_fork(service, "the cursor for %s can't be read back", service->reset_peer->name);
    service->reset_peer = NULL;
    if (service->entries_max < TURN_ENTRIES_MAX)
        service->entries_max = service->entries_max * 2 > TURN_ENTRIES_MAX
                                   ? TURN_ENTRIES_MAX
                                   : service->entries_max * 2;
}

static void abandon(struct service *service, enum status status)
{
    store_rollback(&service->store);
    event_log_rolled_back(&service->log);
    register_rolled_back(&service->register_keys);
    if (service->spec->abandoned != NULL)
        service->spec->abandoned(service->app, service);
    service->reset_peer = NULL;
    service->is_restart_due = false;
    service->is_drain_asked = false;
    service->counters.turns_abandoned++;
    service->retry_at_ms = service->now_ms + RETRY_AFTER_MS;
    if (status == STATUS_NO_MEMORY)
        service->entries_max = 1;
    if (status == STATUS_STORE_FULL) {
        reserve_release(&service->reserve);
        service->disk_looked_ms = 0;
    }
    if (service->abandoned == status)
        return;
    service->abandoned = status;
    log_line(LOG_LEVEL_ERROR, "turn_abandoned", LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", store_error_text(&service->store)));
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
    for (unsigned i = 0; i < service->peer_count && plan->is_alone; i++) {
        struct queued_entry *entry = entry_queue_at(&service->peers[i].inbox.queue, 0);
        if (plan->entries[i] > 0 && !entry->is_gap && entry->condemned == STATUS_OK)
            return suspect_count(service, entry);
    }
    return STATUS_OK;
}

static enum status run_plan(struct service *service, const struct plan *plan)
{
    enum status status = count_suspect(service, plan);
    if (status == STATUS_OK)
        status = apply_all(service, plan);
    if (status == STATUS_OK)
        confirm(service, plan);
    else
        abandon(service, status);
    if (!plan->is_alone)
        door_answer_all(service, status);
    return status;
}

static enum status work(struct service *service)
{
    struct plan plan;
    plan_turn(service, &plan);
    enum status status = STATUS_OK;
    if (plan.is_alone)
        status = run_plan(service, &plan);
    bool has_rest = service->request_count > 0 || housekeeping_cursors_are_due(service);
    if (status == STATUS_OK && plan.is_alone && has_rest) {
        plan = (struct plan){0};
        status = run_plan(service, &plan);
    } else if (status == STATUS_OK && !plan.is_alone && (plan.count > 0 || has_rest)) {
        status = run_plan(service, &plan);
    }
    return status_class_of(status) == STATUS_CLASS_FATAL ? status : service->fatal;
}

enum status service_turn(struct service *service)
{
    service->now_ms = clock_boot_ms(&service->clock);
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
    }
    pump_all(service);
    FAULT_POINT(turn_after_confirm);
    return status;
}
