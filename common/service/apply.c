/*
 * One transaction: the planned entries, then the requests, cursors and the app's last word
 * (protocol.md 12, 13).
 *
 * Each entry and request is a savepoint's worth: what it wrote before it was rejected is taken
 * back, and nothing else. SQLite copies every page that changes within a savepoint, for each
 * savepoint anew, and nearly nothing is ever rejected. So a turn is tried without savepoints
 * first; only when something is rejected that has written already, the transaction is rolled back
 * and done again with them (docs/decisions/0011).
 */
#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"
#include "netra/v1/event.pb-c.h"

#include <string.h>

#define STALL_MS 1000 /* how long a stream is left alone whose next entry can't be applied now */

/* What abandons the whole turn, whoever met it. */
bool apply_is_trouble(enum status status)
{
    return status == STATUS_STORE_FULL || status == STATUS_STORE_BUSY ||
           status == STATUS_STORE_IO || status == STATUS_NO_MEMORY ||
           status_class_of(status) == STATUS_CLASS_FATAL;
}

/* ---- what an entry or a request wrote ---- */

/* Where the store and the log stood before it. */
struct before {
    uint64_t changes;
    uint64_t position;
};

enum status service_save(struct service *service)
{
    TRY(event_log_saved(&service->log));
    if (service->spec->saved != NULL)
        TRY(service->spec->saved(service->app));
    return store_savepoint(&service->store);
}

enum status service_restore(struct service *service)
{
    TRY(store_savepoint_rollback(&service->store));
    event_log_restored(&service->log);
    if (service->spec->restored != NULL)
        service->spec->restored(service->app);
    return STATUS_OK;
}

static enum status begin_entry(struct service *service, struct before *ret_before)
{
    ret_before->changes = store_changes(&service->store);
    ret_before->position = service->log.tip.position;
    return service->is_careful ? service_save(service) : STATUS_OK;
}

static enum status keep_entry(struct service *service)
{
    return service->is_careful ? store_savepoint_release(&service->store) : STATUS_OK;
}

/* STATUS_TRY_AGAIN_LATER with is_care_needed: without savepoints it can't be taken back alone. */
static enum status take_back_entry(struct service *service, const struct before *before)
{
    if (MUTANT(savepoint_kept))
        return keep_entry(service);
    if (service->is_careful)
        return service_restore(service);
    if (store_changes(&service->store) == before->changes &&
        service->log.tip.position == before->position)
        return STATUS_OK;
    service->is_care_needed = true;
    return STATUS_TRY_AGAIN_LATER;
}

/* ---- entries ---- */

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

/* A new stream's first event says which ones it follows; together with the one the store knows of,
 * those are closed now: a cause in them counts as applied (protocol.md 5). */
static enum status note_opening(struct service *service, struct turn *turn, const char *producer,
                                const struct event_in *event, struct diag *diag)
{
    if (event->header.seq != 1)
        return STATUS_OK;
    struct position stored;
    ProtobufCMessage *unpacked = NULL;
    TRY(delivery_inbox_get(&service->delivery, producer, &stored));
    bool is_left = !view_is_zero(view_of(stored.stream_id, STREAM_ID_SIZE)) &&
                   memcmp(stored.stream_id, event->header.stream_id, STREAM_ID_SIZE) != 0;
    if (is_left)
        TRY(delivery_closed_put(&service->delivery, stored.stream_id));
    TRY(turn_open_event(turn, event, &netra__v1__stream_opened__descriptor, &unpacked, diag));
    const Netra__V1__StreamOpened *opened = (const Netra__V1__StreamOpened *)unpacked;
    if (opened->own_stream.len == STREAM_ID_SIZE)
        TRY(delivery_closed_put(&service->delivery, opened->own_stream.data));
    if (opened->closed_stream.len != STREAM_ID_SIZE)
        return STATUS_OK;
    return delivery_closed_put(&service->delivery, opened->closed_stream.data);
}

/* A rejected entry: its own effects go, and it is set aside; where nothing is ever set aside, it
 * takes the whole turn back and its stream waits. */
static enum status reject_event(struct service *service, struct turn *turn, struct peer *peer,
                                const struct event_in *event, const struct before *before,
                                enum status why, struct diag *diag)
{
    if (service->spec->never_sets_aside)
        peer->stalled_until_ms = service->now_ms + STALL_MS;
    else
        TRY(take_back_entry(service, before));
    log_line(LOG_LEVEL_WARN, "entry_rejected", LOG_TEXT("producer", peer->name),
             LOG_NUMBER("seq", event->header.seq), LOG_TEXT("status", status_name(why)),
             LOG_TEXT("detail", diag->text));
    if (service->spec->never_sets_aside)
        return STATUS_TRY_AGAIN_LATER;
    return set_aside(service, turn, event, why, diag);
}

static enum status apply_event(struct service *service, struct turn *turn, struct peer *peer,
                               struct queued_entry *entry)
{
    struct diag diag = {0};
    struct event_in event;
    struct before before;
    event_in_of(peer, entry, &event);
    if (event.is_erased) /* wanted after an erasure; an alarm after intake lost its keys */
        log_line(LOG_LEVEL_WARN, "content_erased", LOG_TEXT("producer", peer->name),
                 LOG_NUMBER("seq", event.header.seq));
    if (entry->condemned != STATUS_OK)
        return set_aside(service, turn, &event, entry->condemned, &diag);
    TRY(begin_entry(service, &before));
    enum status status = note_opening(service, turn, peer->name, &event, &diag);
    if (status == STATUS_OK)
        status = turn_handle(service, turn, peer->input, &event, &diag);
    switch (status_class_of(status)) {
    case STATUS_CLASS_OK:
        TRY(keep_entry(service));
        break;
    case STATUS_CLASS_REJECT:
        TRY(reject_event(service, turn, peer, &event, &before, status, &diag));
        break;
    case STATUS_CLASS_RETRY:
        /* The store's trouble is everybody's; any other holds this one stream up. */
        if (!apply_is_trouble(status))
            peer->stalled_until_ms = service->now_ms + STALL_MS;
        return status;
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
        if (service->has_deaths && !MUTANT(innocent_death_kept))
            TRY(delivery_deaths_delete(&service->delivery, entry->through.stream_id,
                                       entry->through.seq));
    }
    if (MUTANT(position_not_stored))
        return STATUS_OK;
    return delivery_inbox_put(&service->delivery, peer->name,
                              MUTANT(position_ahead) ? &peer->inbox.received : &through);
}

/* A request's refusal is its answer; only what the store can't do abandons the turn. One that asks
 * for more than the turn's memory is refused alone. */
static enum status apply_request(struct service *service, struct turn *turn,
                                 struct pending_request *pending)
{
    size_t mark = arena_mark(turn->arena);
    struct before before;
    pending->request.answer = (struct view){0}; /* an earlier try's */
    pending->request.retry_after_ms = 0;
    pending->request.is_deferred = false;
    pending->status = door_admit_again(service, pending);
    if (pending->status != STATUS_OK)
        return STATUS_OK;
    TRY(begin_entry(service, &before));
    pending->status =
        pending->entry->handle(service->app, turn, &pending->request, &pending->diag);
    if (pending->status == STATUS_OK)
        return keep_entry(service);
    if (apply_is_trouble(pending->status) && pending->status != STATUS_NO_MEMORY)
        return pending->status;
    arena_rewind(turn->arena, mark);
    return take_back_entry(service, &before);
}

/* Requests wait for the next turn once this one changed the register: who asks is looked up in
 * what is committed. */
static enum status apply_requests(struct service *service, struct turn *turn)
{
    service->requests_done = 0;
    while (service->requests_done < service->request_count &&
           service->requests_done < service->entries_max && !service->register_keys.is_stale) {
        TRY(apply_request(service, turn, &service->requests[service->requests_done]));
        service->requests_done++;
    }
    return STATUS_OK;
}

enum status apply_plan(struct service *service, const struct plan *plan)
{
    struct turn turn = service_turn_of(service);
    struct diag diag = {0};
    TRY(store_begin(&service->store));
    FAULT_POINT(turn_began);
    /* First: the pages that trimming frees are the ones that this turn's events are written to. */
    TRY(housekeeping_cursors(service, false));
    for (unsigned i = 0; i < service->peer_count; i++)
        if (plan->entries[i] > 0)
            TRY(apply_peer(service, &turn, &service->peers[i], plan->entries[i]));
    if (!plan->is_alone)
        TRY(apply_requests(service, &turn));
    enum status status = STATUS_OK;
    if (service->spec->before_commit != NULL)
        status = service->spec->before_commit(service->app, &turn, &diag);
    if (status != STATUS_OK)
        log_line(LOG_LEVEL_ERROR, "not_committed", LOG_TEXT("status", status_name(status)),
                 LOG_TEXT("detail", diag.text));
    TRY(status);
    TRY(event_log_flush(&service->log));
    if (MUTANT(answer_before_commit))
        door_answer_done(service, STATUS_OK);
    FAULT_POINT(turn_before_commit);
    return store_commit(&service->store);
}
