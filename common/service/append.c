/*
 * Appending to the own log and opening what others appended: the one place where headers,
 * commitments and seals are made.
 */
#include "common/service/service_state.h"

#include "common/base/mutant.h"
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"

#include <sodium.h>
#include <string.h>

struct turn service_turn_of(struct service *service)
{
    return (struct turn){
        .service = service,
        .arena = &service->arena,
        .store = &service->store,
        .random = &service->edges.random,
        .now_utc_s = clock_utc_s(&service->edges.clock),
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

void turn_next_point(const struct turn *turn, uint8_t stream_id[STREAM_ID_SIZE], uint64_t *ret_seq)
{
    struct position end = event_log_end(&turn->service->log);
    memcpy(stream_id, end.stream_id, STREAM_ID_SIZE);
    *ret_seq = end.seq + 1;
}

static void fill_header(const struct turn *turn, const struct event_draft *draft,
                        const uint8_t r[COMMITMENT_SALT_SIZE], struct event_header *header)
{
    *header = (struct event_header){.type = draft->type, .schema = draft->schema};
    turn_next_point(turn, header->stream_id, &header->seq);
    if (draft->case_handle != NULL)
        memcpy(header->case_handle, draft->case_handle, CASE_HANDLE_SIZE);
    if (draft->cause_stream_id != NULL) {
        memcpy(header->cause_stream_id, draft->cause_stream_id, STREAM_ID_SIZE);
        header->cause_seq = draft->cause_seq;
    }
    if (draft->act != NULL) {
        header->actor_role = draft->act->role;
        memcpy(header->actor_key_id, draft->act->key_id, KEY_ID_SIZE);
        memcpy(header->signature, draft->act->signature, SIGNATURE_SIZE);
    }
    seal_commit(r, draft->payload, header->commitment);
}

enum status turn_append(struct turn *turn, const struct event_draft *draft,
                        struct event_made *ret_made)
{
    struct service *service = turn->service;
    uint8_t r[COMMITMENT_SALT_SIZE];
    uint8_t bytes[HEADER_SIZE];
    struct event_header header;
    struct view sealed;
    struct diag diag;
    if (draft->act != NULL)
        memcpy(r, draft->act->r, sizeof r);
    else
        random_fill(turn->random, r, sizeof r);
    fill_header(turn, draft, r, &header);
    header_encode(&header, bytes);
    enum status status = draft->case_handle == NULL
                             ? seal_clear(turn->arena, r, draft->payload, &sealed)
                             : seal_close(turn->arena, turn->random, draft->case_key, bytes, r,
                                          draft->payload, &sealed);
    sodium_memzero(r, sizeof r);
    TRY(status);
    TRY(header_check(&header, sealed, &diag));
    TRY(event_log_append(&service->log, &header, bytes, sealed));
    if (draft->act != NULL) {
        memcpy(service->acted_stream, header.stream_id, STREAM_ID_SIZE);
        service->acted_seq = header.seq;
    }
    if (ret_made != NULL) {
        *ret_made = (struct event_made){.header = header, .sealed = sealed};
        memcpy(ret_made->header_bytes, bytes, sizeof bytes);
    }
    if (service->spec->appended != NULL)
        return service->spec->appended(service->app, turn, bytes, sealed);
    return STATUS_OK;
}

enum status turn_open_event(struct turn *turn, const struct event_in *event,
                            const ProtobufCMessageDescriptor *descriptor,
                            ProtobufCMessage **ret_message, struct diag *diag)
{
    struct view payload;
    enum status status =
        seal_open(turn->arena, event->case_key, event->header_bytes, event->sealed, &payload);
    if (status != STATUS_OK)
        diag_set(diag, "payload of seq %llu", (unsigned long long)event->header.seq);
    TRY(status);
    return wire_unpack(descriptor, payload, turn->arena, ret_message, diag);
}

enum status turn_apply_key_event(void *app, struct turn *turn, const struct event_in *event,
                                 struct diag *diag)
{
    (void)app;
    struct view payload;
    TRY(seal_open(turn->arena, NULL, event->header_bytes, event->sealed, &payload));
    return register_apply(&turn->service->register_keys, event->header.type, payload, turn->arena,
                          diag);
}

/* ---- the beginning of a stream ---- */

/* The store's own stream before the newest, where that one was adopted: none other is without its
 * first event (docs/decisions/0007). */
static void find_own(const struct event_log *log, const struct position *closed,
                     struct position *ret_own)
{
    *ret_own = (struct position){.seq = 0};
    if (closed->seq > 0 || log->tip.stream_count < 2)
        return;
    const struct event_log_stream *own = &log->streams[log->tip.stream_count - 2];
    ret_own->seq = own->closed_seq;
    memcpy(ret_own->stream_id, own->stream_id, STREAM_ID_SIZE);
    memcpy(ret_own->digest, own->closed_digest, SHA256_SIZE);
}

static enum status append_opened(struct turn *turn, const struct position *closed,
                                 const struct position *own)
{
    Netra__V1__StreamOpened message;
    netra__v1__stream_opened__init(&message);
    message.service = (char *)(uintptr_t)turn->service->spec->name;
    if (!view_is_zero(view_of(closed->stream_id, STREAM_ID_SIZE))) {
        message.closed_stream = wire_bytes(view_of(closed->stream_id, STREAM_ID_SIZE));
        message.closed_digest = wire_bytes(view_of(closed->digest, SHA256_SIZE));
        message.closed_seq = closed->seq;
    }
    if (!view_is_zero(view_of(own->stream_id, STREAM_ID_SIZE))) {
        message.own_stream = wire_bytes(view_of(own->stream_id, STREAM_ID_SIZE));
        message.own_digest = wire_bytes(view_of(own->digest, SHA256_SIZE));
        message.own_seq = own->seq;
    }
    struct event_draft draft = {
        .type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_STREAM_OPENED,
        .schema = 1,
    };
    TRY(wire_pack(&message.base, turn->arena, &draft.payload));
    return turn_append(turn, &draft, NULL);
}

/* Begins a stream that follows the newest one. */
enum status append_begin_stream(struct turn *turn)
{
    struct position closed = event_log_end(&turn->service->log);
    struct position own;
    uint8_t stream_id[STREAM_ID_SIZE];
    find_own(&turn->service->log, &closed, &own);
    random_fill(turn->random, stream_id, sizeof stream_id);
    if (MUTANT(stream_id_reused) && closed.seq > 0)
        memcpy(stream_id, closed.stream_id, sizeof stream_id);
    TRY(event_log_begin_stream(&turn->service->log, stream_id));
    return append_opened(turn, &closed, &own);
}
