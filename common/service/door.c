/*
 * The door: whose key asks, whether its role may, and what the answer is. The table key → role →
 * request decides for every message (design.md "Two sockets").
 */
#include "common/base/log.h"
#include "common/service/door_wire.h"
#include "common/service/service_state.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"

#include <string.h>

#define RETRY_LATER_MS 1000u
#define KEY_AGAIN_MS 20u /* intake answers within a turn */

/* The highest kind this program has heard of, whether or not it is asked here. */
#define REQUEST_KIND_NEWEST NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_CASE

/* ---- answering ---- */

static struct door_answer_parts answer_of(const struct door_ticket *ticket, enum status status,
                                          struct view body, const char *detail,
                                          uint32_t retry_after_ms)
{
    struct door_answer_parts parts = {
        .request_id = ticket->request_id,
        .status = status,
        .detail = detail,
        .retry_after_ms = retry_after_ms,
        .body = status == STATUS_OK ? body : (struct view){0},
    };
    bool is_later = status_class_of(status) == STATUS_CLASS_RETRY;
    if (is_later && parts.retry_after_ms == 0)
        parts.retry_after_ms = status == STATUS_KEY_NOT_AT_HAND ? KEY_AGAIN_MS : RETRY_LATER_MS;
    return parts;
}

/* One frame with those answers. */
static void send_answers(struct service *service, const struct door_route *route,
                         const struct door_answer_parts *rows, unsigned count)
{
    struct view frame;
    size_t mark = arena_mark(&service->arena);
    if (door_answers_encode(rows, count, &service->arena, &frame) == STATUS_OK)
        (void)!service->transport.answer(service->transport.self, route, frame);
    arena_rewind(&service->arena, mark);
    for (unsigned i = 0; i < count; i++)
        if (rows[i].status != STATUS_OK)
            service->counters.requests_refused++;
}

void service_answer(struct service *service, const struct door_ticket *ticket, enum status status,
                    struct view body, const char *detail)
{
    struct door_answer_parts parts = answer_of(ticket, status, body, detail, 0);
    send_answers(service, &ticket->route, &parts, 1);
}

/* Answers on their way into one frame. */
struct answer_group {
    struct door_answer_parts rows[DOOR_GROUP_MAX];
    unsigned count;
    size_t bytes;
    const struct door_route *route;
};

static void group_send(struct service *service, struct answer_group *group)
{
    if (group->count > 0)
        send_answers(service, group->route, group->rows, group->count);
    group->count = 0;
    group->bytes = 0;
}

/* Answers share a frame when their requests may have: same client, who groups. */
static void group_add(struct service *service, struct answer_group *group,
                      const struct pending_request *pending)
{
    const struct door_request *request = &pending->request;
    struct door_answer_parts parts = answer_of(&request->ticket, pending->status, request->answer,
                                               pending->diag.text, request->retry_after_ms);
    size_t bytes = DOOR_ANSWER_OVERHEAD + strlen(pending->diag.text) + parts.body.size;
    const struct door_route *route = &request->ticket.route;
    bool is_together = group->count > 0 && group->count < DOOR_GROUP_MAX && pending->is_grouped &&
                       group->bytes + bytes <= LIMIT_FRAME_BYTES &&
                       route->size == group->route->size &&
                       memcmp(route->bytes, group->route->bytes, route->size) == 0;
    if (!is_together)
        group_send(service, group);
    group->rows[group->count++] = parts;
    group->bytes += bytes;
    group->route = route;
}

/* Answers the first `requests_done` requests; those behind them wait for the next turn. */
void door_answer_done(struct service *service, enum status turn_status)
{
    unsigned done = service->requests_done;
    struct answer_group group = {.count = 0};
    for (unsigned i = 0; i < done; i++) {
        struct pending_request *pending = &service->requests[i];
        if (turn_status != STATUS_OK) {
            pending->status = turn_status;
            pending->request.is_deferred = false;
        }
        if (!pending->request.is_deferred)
            group_add(service, &group, pending);
    }
    group_send(service, &group);
    service->request_count -= done;
    service->requests_done = 0;
    memmove(service->requests, service->requests + done,
            service->request_count * sizeof *service->requests);
    for (unsigned i = 0; i < service->request_count; i++)
        service->requests[i].request.who = &service->requests[i].who;
}

/* ---- who asks ---- */

/* A revoked key is told once, then ignored (design.md "Two sockets"). */
static bool is_told(struct service *service, const uint8_t key[CURVE_KEY_SIZE])
{
    for (unsigned i = 0; i < service->told_count; i++)
        if (memcmp(service->told[i], key, CURVE_KEY_SIZE) == 0)
            return true;
    unsigned row = service->told_count < TOLD_KEYS_MAX ? service->told_count++ : 0;
    memcpy(service->told[row], key, CURVE_KEY_SIZE);
    return false;
}

static bool find_principal(const struct service *service, const uint8_t key[CURVE_KEY_SIZE],
                           struct principal *ret_who)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        if (memcmp(peer->public_key, key, CURVE_KEY_SIZE) != 0)
            continue;
        *ret_who = (struct principal){.role = NETRA__V1__ROLE__ROLE_SERVICE};
        memcpy(ret_who->curve_public, key, CURVE_KEY_SIZE);
        memcpy(ret_who->name, peer->name, strlen(peer->name) + 1);
        return true;
    }
    const struct principal *known = register_find(&service->register_keys, key);
    if (known == NULL)
        known = service_lone_operator(service, key);
    if (known != NULL)
        *ret_who = *known;
    return known != NULL;
}

/* ---- what is asked ---- */

static const struct door_entry *find_entry(const struct service *service, uint32_t kind)
{
    for (unsigned i = 0; i < service->spec->door_count; i++)
        if (service->spec->door[i].kind == kind)
            return &service->spec->door[i];
    for (unsigned i = 0; i < door_own_count; i++)
        if (door_own_entries[i].kind == kind)
            return &door_own_entries[i];
    return NULL;
}

/* What may be asked whatever the phase: what an operator needs to find out and to recover. An
 * act's own type is looked at when it is carried out. */
static bool is_always_answered(uint32_t kind)
{
    return kind == NETRA__V1__REQUEST_KIND__REQUEST_KIND_SERVICE_STATUS ||
           kind == NETRA__V1__REQUEST_KIND__REQUEST_KIND_STREAM_POINT ||
           kind == NETRA__V1__REQUEST_KIND__REQUEST_KIND_ACT;
}

static enum status admit(const struct service *service, const struct door_entry *entry,
                         struct diag *diag)
{
    if (is_always_answered(entry->kind))
        return STATUS_OK;
    switch (service->phase) {
    case SERVICE_FORKED:
        diag_set(diag, "%s", service->detail);
        return STATUS_STREAM_FORKED;
    case SERVICE_ASKING:
        diag_set(diag, "%s", service->detail);
        return STATUS_TRY_AGAIN_LATER;
    case SERVICE_DRAINING:
        return entry->takes_in ? STATUS_TRY_AGAIN_LATER : STATUS_OK;
    case SERVICE_READY:
        break;
    }
    if (entry->takes_in && service->disk.level == DISK_REFUSE)
        return STATUS_STORE_FULL;
    return entry->takes_in && service->is_pressed ? STATUS_BACKLOG : STATUS_OK;
}

/* What was admitted when it came is looked at again when its turn has come: meanwhile the service
 * may have forked, or its key been revoked. */
enum status door_admit_again(struct service *service, struct pending_request *pending)
{
    uint8_t key[CURVE_KEY_SIZE];
    memcpy(key, pending->who.curve_public, CURVE_KEY_SIZE);
    if (!find_principal(service, key, &pending->who))
        return STATUS_NOT_AUTHORISED;
    if (pending->who.is_revoked)
        return STATUS_REVOKED;
    return admit(service, pending->entry, &pending->diag);
}

static enum status unpack_body(struct service *service, const struct door_entry *entry,
                               struct pending_request *pending)
{
    ProtobufCMessage *message = NULL;
    TRY(wire_unpack(entry->body, pending->request.body, &service->arena, &message,
                    &pending->diag));
    pending->request.message = message;
    return STATUS_OK;
}

static enum status examine(struct service *service, const struct door_request_parts *parts,
                           struct pending_request *pending)
{
    pending->request.ticket.request_id = parts->request_id;
    pending->request.body = parts->body;
    if (pending->who.is_revoked)
        return STATUS_REVOKED;
    pending->entry = find_entry(service, parts->kind);
    if (pending->entry == NULL && parts->kind > REQUEST_KIND_NEWEST)
        return STATUS_CONTRACT_NEWER;
    if (pending->entry == NULL || (pending->entry->roles & ROLE_BIT(pending->who.role)) == 0)
        return STATUS_NOT_AUTHORISED;
    TRY(admit(service, pending->entry, &pending->diag));
    return unpack_body(service, pending->entry, pending);
}

static void refuse(struct service *service, const struct pending_request *pending)
{
    bool is_logged = (service->door_refused & (1ull << pending->status)) != 0;
    service->door_refused |= 1ull << pending->status;
    if (!is_logged && status_class_of(pending->status) == STATUS_CLASS_REJECT)
        log_line(LOG_LEVEL_WARN, "request_refused", LOG_TEXT("who", pending->who.name),
                 LOG_TEXT("status", status_name(pending->status)),
                 LOG_TEXT("detail", pending->diag.text));
    service_answer(service, &pending->request.ticket, pending->status, (struct view){0},
                   pending->diag.text);
}

/* Who sent the frame, and where answers go; false: nobody who is answered. */
static bool begin_request(struct service *service, const struct received *received,
                          struct pending_request *pending)
{
    pending->request = (struct door_request){.ticket.route = received->route};
    pending->diag.text[0] = '\0';
    pending->is_grouped = false;
    /* Its key may have left the register between handshake and message. */
    if (!find_principal(service, received->key, &pending->who))
        return false;
    pending->request.who = &pending->who;
    return !pending->who.is_revoked || !is_told(service, received->key);
}

void door_receive(struct service *service, const struct received *received)
{
    struct door_request_parts *rows = NULL;
    unsigned count = 0;
    struct pending_request *pending = &service->requests[service->request_count];
    if (!begin_request(service, received, pending))
        return;
    pending->status =
        door_requests_decode(received->bytes, &service->arena, &rows, &count, &pending->diag);
    if (pending->status != STATUS_OK) {
        service->counters.requests++;
        refuse(service, pending);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        pending = &service->requests[service->request_count];
        if (i > 0 && !begin_request(service, received, pending))
            return;
        pending->is_grouped = count > 1;
        service->counters.requests++;
        pending->status = examine(service, &rows[i], pending);
        if (pending->status == STATUS_OK)
            service->request_count++;
        else
            refuse(service, pending);
    }
}
