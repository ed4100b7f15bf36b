/*
 * What a turn may apply: the ready entries at the head of each input's queue, or one suspect alone
 * (protocol.md 5, 14).
 */
#include "common/service/service_state.h"

#include "common/base/mutant.h"

#include <string.h>

/* Whether the entry's cause is applied here, or will be earlier in this very turn (protocol.md 5).
 * Entries that wait are held: docs/decisions/0002. */
static bool cause_is_here(struct service *service, const struct plan *plan,
                          const struct event_header *header)
{
    const uint8_t *cause = header->cause_stream_id;
    if (view_is_zero(view_of(cause, STREAM_ID_SIZE)) || MUTANT(effect_before_cause))
        return true;
    for (unsigned i = 0; i < service->peer_count; i++)
        if (memcmp(plan->through[i].stream_id, cause, STREAM_ID_SIZE) == 0)
            return header->cause_seq <= plan->through[i].seq;
    bool is_closed = false;
    if (MUTANT(closed_cause_awaited))
        return false;
    return delivery_closed_has(&service->delivery, cause, &is_closed) == STATUS_OK && is_closed;
}

static bool entry_is_ready(struct service *service, const struct plan *plan,
                           const struct peer *peer, const struct queued_entry *entry)
{
    if (entry->is_gap || entry->condemned != STATUS_OK)
        return true;
    if (entry->key_state == ENTRY_KEY_MISSING || entry->key_state == ENTRY_KEY_ASKED)
        return false;
    if (!cause_is_here(service, plan, &entry->header))
        return false;
    struct event_in event;
    event_in_of(peer, entry, &event);
    return service->spec->is_ready == NULL || service->spec->is_ready(service->app, &event);
}

/* The one suspect at the head of this peer's queue, if it can be tried now. */
static void plan_suspect(struct service *service, struct plan *plan, unsigned index)
{
    struct peer *peer = &service->peers[index];
    struct queued_entry *entry = entry_queue_at(&peer->inbox.queue, 0);
    if (entry == NULL || peer->inbox.state == INBOX_FORKED ||
        service->now_ms < peer->stalled_until_ms || !entry_is_ready(service, plan, peer, entry))
        return;
    plan->entries[index] = 1;
    plan->count = 1;
    plan->is_alone = true;
}

static void plan_peer(struct service *service, struct plan *plan, unsigned index)
{
    struct peer *peer = &service->peers[index];
    while (plan->count < service->entries_max) {
        struct queued_entry *entry = entry_queue_at(&peer->inbox.queue, plan->entries[index]);
        if (entry == NULL || !entry_is_ready(service, plan, peer, entry))
            return;
        plan->through[index] = entry->through;
        plan->entries[index]++;
        plan->count++;
        plan->events += entry->is_gap ? 0 : 1;
    }
}

void plan_turn(struct service *service, struct plan *plan)
{
    *plan = (struct plan){0};
    for (unsigned i = 0; i < service->peer_count; i++)
        plan->through[i] = service->peers[i].inbox.applied;
    /* What a full disk still has is for draining: entries wait unacknowledged. */
    if (service->phase != SERVICE_READY || service->disk.level == DISK_REFUSE)
        return;
    for (unsigned i = 0; i < service->peer_count && plan->count == 0; i++)
        if (service->peers[i].input != NULL && service->peers[i].suspects_left > 0)
            plan_suspect(service, plan, i);
    if (plan->is_alone)
        return;
    for (unsigned i = 0; i < service->peer_count; i++)
        if (service->peers[i].input != NULL && service->peers[i].suspects_left == 0 &&
            service->peers[i].inbox.state != INBOX_FORKED &&
            service->now_ms >= service->peers[i].stalled_until_ms)
            plan_peer(service, plan, i);
}
