/*
 * What every service's door answers by itself: its state, points of its log, its dead letters, its
 * view of the register, and persons' acts.
 */
#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"

#include <string.h>

#define PERSONS                                                                           \
    (ROLE_BIT(NETRA__V1__ROLE__ROLE_OPERATOR) | ROLE_BIT(NETRA__V1__ROLE__ROLE_AUDITOR) | \
     ROLE_BIT(NETRA__V1__ROLE__ROLE_REVIEWER) | ROLE_BIT(NETRA__V1__ROLE__ROLE_OFFICER) | \
     ROLE_BIT(NETRA__V1__ROLE__ROLE_APPROVER) |                                           \
     ROLE_BIT(NETRA__V1__ROLE__ROLE_PROTECTION_OFFICER))

static const char *phase_name(enum service_phase phase)
{
    switch (phase) {
    case SERVICE_ASKING:
        return "asking";
    case SERVICE_READY:
        return "ready";
    case SERVICE_DRAINING:
        return "draining";
    case SERVICE_FORKED:
        return "forked";
    }
    return "unknown";
}

static const char *window_name(enum window_state state)
{
    switch (state) {
    case WINDOW_DOWN:
        return "down";
    case WINDOW_GREETING:
        return "greeting";
    case WINDOW_OPEN:
        return "open";
    case WINDOW_STOPPED:
        return "stopped";
    case WINDOW_STATE_COUNT:
        break;
    }
    return "unknown";
}

/* protobuf-c's string fields are char *, though packing never writes through them. */
static char *text_of(struct arena *arena, const char *text)
{
    return (char *)arena_copy(arena, view_of(text, strlen(text) + 1));
}

static Netra__V1__StreamState *stream_state(struct arena *arena, const char *peer,
                                            const char *state, const struct position *position,
                                            uint64_t waiting)
{
    Netra__V1__StreamState *message = arena_take(arena, sizeof *message);
    if (message == NULL)
        return NULL;
    netra__v1__stream_state__init(message);
    message->peer = text_of(arena, peer);
    message->state = text_of(arena, state);
    const uint8_t *id = arena_copy(arena, view_of(position->stream_id, STREAM_ID_SIZE));
    const uint8_t *digest = arena_copy(arena, view_of(position->digest, SHA256_SIZE));
    if (message->peer == NULL || message->state == NULL || id == NULL || digest == NULL)
        return NULL;
    message->stream_id = wire_bytes(view_of(id, STREAM_ID_SIZE));
    message->digest = wire_bytes(view_of(digest, SHA256_SIZE));
    message->seq = position->seq;
    message->waiting = waiting;
    return message;
}

/* Where a destination's cursor stands, as stream, seq and digest. */
static struct position cursor_point(struct service *service, const struct peer *peer)
{
    struct position point = {0};
    uint64_t bytes_through = 0;
    if (peer->window.acked == 0)
        return point;
    const struct event_log_stream *stream =
        event_log_stream_of(&service->log, peer->window.acked, &point.seq);
    memcpy(point.stream_id, stream->stream_id, STREAM_ID_SIZE);
    if (event_log_at(&service->log, peer->window.acked, point.digest, &bytes_through) != STATUS_OK)
        memset(point.digest, 0, SHA256_SIZE);
    return point;
}

static enum status add_streams(struct service *service, struct arena *arena,
                               Netra__V1__ServiceStatus *message)
{
    message->consumes = arena_take(arena, sizeof(void *) * TRANSPORT_PEERS_MAX);
    message->produces = arena_take(arena, sizeof(void *) * TRANSPORT_PEERS_MAX);
    if (message->consumes == NULL || message->produces == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        if (peer->input != NULL) {
            const char *state = peer->inbox.state == INBOX_FORKED ? "stopped" : "open";
            Netra__V1__StreamState *row = stream_state(
                arena, peer->name, state, &peer->inbox.applied, peer->inbox.queue.count);
            message->consumes[message->n_consumes++] = row;
            if (row == NULL)
                return STATUS_NO_MEMORY;
        }
        if (peer->output != NULL) {
            struct position point = cursor_point(service, peer);
            Netra__V1__StreamState *row =
                stream_state(arena, peer->name, window_name(peer->window.state), &point,
                             service->log.committed.position - peer->window.acked);
            message->produces[message->n_produces++] = row;
            if (row == NULL)
                return STATUS_NO_MEMORY;
        }
    }
    return STATUS_OK;
}

static enum status tell_status(void *app, struct turn *turn, struct door_request *request,
                               struct diag *diag)
{
    (void)app;
    (void)diag;
    struct service *service = turn->service;
    struct position end = event_log_committed_end(&service->log);
    Netra__V1__ServiceStatus message;
    netra__v1__service_status__init(&message);
    message.service = text_of(turn->arena, service->spec->name);
    message.state = text_of(turn->arena, phase_name(service->phase));
    message.detail = text_of(turn->arena, service->detail);
    message.disk = text_of(turn->arena, disk_level_name(service->disk.level));
    if (message.service == NULL || message.state == NULL || message.detail == NULL ||
        message.disk == NULL)
        return STATUS_NO_MEMORY;
    message.stream_id = wire_bytes(view_of(end.stream_id, STREAM_ID_SIZE));
    message.digest = wire_bytes(view_of(end.digest, SHA256_SIZE));
    message.seq = end.seq;
    message.start = wire_bytes(view_of(service->start, PROCESS_START_SIZE));
    message.store_bytes = store_size_bytes(&service->store);
    message.disk_free_bytes = service->disk.free_bytes;
    message.reserve_missing_bytes = service->reserve.is_held ? 0 : service->reserve.size;
    TRY(delivery_letter_count(&service->delivery, &message.dead_letters));
    TRY(add_streams(service, turn->arena, &message));
    return wire_pack(&message.base, turn->arena, &request->answer);
}

/* A point of the newest stream, for an operator who sets a destination's cursor. */
static enum status tell_stream_point(void *app, struct turn *turn, struct door_request *request,
                                     struct diag *diag)
{
    (void)app;
    struct service *service = turn->service;
    const Netra__V1__StreamPointRequest *asked =
        (const Netra__V1__StreamPointRequest *)request->message;
    struct position point = event_log_committed_end(&service->log);
    const struct event_log_stream *stream =
        &service->log.streams[service->log.committed.stream_count - 1];
    uint64_t first = 0;
    uint64_t bytes_through = 0;
    TRY(event_log_first(&service->log, &first));
    if (asked->seq != 0) {
        enum status status = asked->seq > point.seq
                                 ? STATUS_NOT_FOUND
                                 : event_log_at(&service->log, stream->base + asked->seq,
                                                point.digest, &bytes_through);
        if (status == STATUS_NOT_FOUND)
            diag_set(diag, "seq %llu is not held; the log holds %llu to %llu",
                     (unsigned long long)asked->seq,
                     (unsigned long long)(first > stream->base ? first - stream->base : 1),
                     (unsigned long long)point.seq);
        TRY(status);
        point.seq = asked->seq;
    }
    Netra__V1__StreamPoint message = NETRA__V1__STREAM_POINT__INIT;
    message.n_closed_streams = service->log.committed.stream_count - 1;
    message.closed_streams =
        arena_take(turn->arena, sizeof *message.closed_streams * EVENT_LOG_STREAMS_MAX);
    if (message.closed_streams == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < message.n_closed_streams; i++)
        message.closed_streams[i] =
            wire_bytes(view_of(service->log.streams[i].stream_id, STREAM_ID_SIZE));
    message.stream_id = wire_bytes(view_of(point.stream_id, STREAM_ID_SIZE));
    message.digest = wire_bytes(view_of(point.digest, SHA256_SIZE));
    message.seq = point.seq;
    message.seq_first = first > stream->base ? first - stream->base : 1;
    return wire_pack(&message.base, turn->arena, &request->answer);
}

static unsigned rows_asked(const struct door_request *request, uint64_t *ret_after)
{
    const Netra__V1__ListRequest *asked = (const Netra__V1__ListRequest *)request->message;
    *ret_after = asked->after;
    return asked->rows_max == 0 || asked->rows_max > LIMIT_LIST_ROWS ? LIMIT_LIST_ROWS
                                                                     : asked->rows_max;
}

static enum status letter_row(struct turn *turn, uint64_t id, Netra__V1__DeadLetter **ret_row)
{
    struct dead_letter letter;
    struct event_header header;
    TRY(delivery_letter_get(&turn->service->delivery, id, NULL, &letter));
    TRY(header_decode(view_of(letter.header_bytes, HEADER_SIZE), &header));
    Netra__V1__DeadLetter *row = arena_take(turn->arena, sizeof *row);
    const uint8_t *stream = arena_copy(turn->arena, view_of(header.stream_id, STREAM_ID_SIZE));
    const uint8_t *handle = arena_copy(turn->arena, view_of(header.case_handle, CASE_HANDLE_SIZE));
    if (row == NULL || stream == NULL || handle == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__dead_letter__init(row);
    row->id = id;
    row->stream_id = wire_bytes(view_of(stream, STREAM_ID_SIZE));
    row->seq = header.seq;
    row->type = header.type;
    row->case_handle = wire_bytes(view_of(handle, CASE_HANDLE_SIZE));
    row->status = text_of(turn->arena, status_name(letter.why));
    row->at = (uint64_t)letter.at_utc_s;
    *ret_row = row;
    return row->status == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status list_dead_letters(void *app, struct turn *turn, struct door_request *request,
                                     struct diag *diag)
{
    (void)app;
    (void)diag;
    uint64_t after = 0;
    uint64_t ids[LIMIT_LIST_ROWS];
    unsigned count = 0;
    unsigned rows_max = rows_asked(request, &after);
    TRY(delivery_letter_list(&turn->service->delivery, after, rows_max, ids, &count));
    Netra__V1__DeadLetters message = NETRA__V1__DEAD_LETTERS__INIT;
    message.letters = arena_take(turn->arena, sizeof(void *) * LIMIT_LIST_ROWS);
    if (message.letters == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < count; i++)
        TRY(letter_row(turn, ids[i], &message.letters[message.n_letters++]));
    return wire_pack(&message.base, turn->arena, &request->answer);
}

static enum status register_row(struct turn *turn, const struct principal *who, uint64_t id,
                                Netra__V1__RegisterKey **ret_row)
{
    Netra__V1__RegisterKey *row = arena_take(turn->arena, sizeof *row);
    char **regions = arena_take(turn->arena, sizeof *regions);
    if (row == NULL || regions == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__register_key__init(row);
    row->id = id;
    row->name = text_of(turn->arena, who->name);
    row->role = who->role;
    row->curve_public = wire_bytes(view_of(who->curve_public, CURVE_KEY_SIZE));
    bool can_sign = !view_is_zero(view_of(who->sign_public, sizeof who->sign_public));
    if (can_sign)
        row->sign_public = wire_bytes(view_of(who->sign_public, sizeof who->sign_public));
    row->key_id = wire_bytes(view_of(who->key_id, KEY_ID_SIZE));
    row->is_revoked = who->is_revoked;
    if (who->regions[0] != '\0') {
        regions[0] = text_of(turn->arena, who->regions);
        row->regions = regions;
        row->n_regions = 1;
    }
    *ret_row = row;
    return row->name == NULL || (row->n_regions == 1 && regions[0] == NULL) ? STATUS_NO_MEMORY
                                                                            : STATUS_OK;
}

static enum status list_register(void *app, struct turn *turn, struct door_request *request,
                                 struct diag *diag)
{
    (void)app;
    (void)diag;
    uint64_t after = 0;
    unsigned rows_max = rows_asked(request, &after);
    const struct register_keys *keys = &turn->service->register_keys;
    Netra__V1__RegisterKeys message = NETRA__V1__REGISTER_KEYS__INIT;
    message.keys = arena_take(turn->arena, sizeof(void *) * LIMIT_LIST_ROWS);
    if (message.keys == NULL)
        return STATUS_NO_MEMORY;
    for (uint64_t i = after; i < keys->count && message.n_keys < rows_max; i++)
        TRY(register_row(turn, &keys->principals[i], i + 1, &message.keys[message.n_keys++]));
    return wire_pack(&message.base, turn->arena, &request->answer);
}

const struct door_entry door_own_entries[] = {
    {
        .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_SERVICE_STATUS,
        .roles = PERSONS,
        .body = &netra__v1__empty__descriptor,
        .handle = tell_status,
    },
    {
        .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_STREAM_POINT,
        .roles = ROLE_BIT(NETRA__V1__ROLE__ROLE_OPERATOR),
        .body = &netra__v1__stream_point_request__descriptor,
        .handle = tell_stream_point,
    },
    {
        .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_ACT,
        .roles = PERSONS,
        .body = &netra__v1__person_act__descriptor,
        .handle = act_carry_out,
    },
    {
        .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_DEAD_LETTERS,
        .roles =
            ROLE_BIT(NETRA__V1__ROLE__ROLE_OPERATOR) | ROLE_BIT(NETRA__V1__ROLE__ROLE_AUDITOR),
        .body = &netra__v1__list_request__descriptor,
        .handle = list_dead_letters,
    },
    {
        .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_REGISTER,
        .roles =
            ROLE_BIT(NETRA__V1__ROLE__ROLE_OPERATOR) | ROLE_BIT(NETRA__V1__ROLE__ROLE_AUDITOR),
        .body = &netra__v1__list_request__descriptor,
        .handle = list_register,
    },
};

const unsigned door_own_count = sizeof door_own_entries / sizeof door_own_entries[0];
