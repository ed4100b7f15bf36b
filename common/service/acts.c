/*
 * Persons' acts (protocol.md 26): verified against the register, carried out once, committed
 * unchanged as events; and the acts that every service carries out itself: recover, reset a
 * destination, retry a dead letter, drain (protocol.md 11, 14, 19).
 */
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "common/service/service_state.h"
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"

#include <string.h>

#define OPERATOR ROLE_BIT(NETRA__V1__ROLE__ROLE_OPERATOR)

static enum status append_act(struct turn *turn, const struct act *act)
{
    struct event_draft draft = {
        .type = act->type,
        .schema = act->schema,
        .payload = act->payload,
        .act = act,
    };
    return turn_append(turn, &draft, NULL);
}

static enum status unpack_act(struct turn *turn, const struct act *act,
                              const ProtobufCMessageDescriptor *descriptor,
                              ProtobufCMessage **ret_message, struct diag *diag)
{
    return wire_unpack(descriptor, act->payload, turn->arena, ret_message, diag);
}

/* An act names the service it is for: signed once, it can't be carried to another door. */
static enum status check_service(const struct service *service, const char *named,
                                 struct diag *diag)
{
    if (strcmp(named, service->spec->name) == 0)
        return STATUS_OK;
    diag_set(diag, "the act is for another service than %s", service->spec->name);
    return STATUS_NOT_AUTHORISED;
}

/* ---- recover ---- */

static enum status say_anew(void *app, struct turn *turn, struct diag *diag)
{
    const struct service_spec *spec = turn->service->spec;
    return spec->say_anew == NULL ? STATUS_OK : spec->say_anew(app, turn, diag);
}

/* A stream that peers hold and this store never had (it was emptied): entered as closed before its
 * first event, so that whatever they hold of it is past its closing. */
static enum status adopt_held_stream(struct turn *turn, ProtobufCBinaryData held,
                                     bool *ret_is_adopted)
{
    struct event_log *log = &turn->service->log;
    uint64_t position = 0;
    *ret_is_adopted = false;
    if (held.len != STREAM_ID_SIZE || view_is_zero(wire_view(held)))
        return STATUS_OK;
    if (event_log_locate(log, held.data, 0, &position) == STATUS_OK)
        return STATUS_OK;
    *ret_is_adopted = true;
    return event_log_begin_stream(log, held.data);
}

/* What an operator chose fits the store that was there when he chose: asked again, his act may
 * meet one that was emptied, put back or recovered meanwhile, and would say there what nobody ever
 * takes (protocol.md 11). Where the log ends can't tell: a copy from just before the act was first
 * carried out ends where he saw it, and peers hold the stream that the lost store began then. But
 * a process has one store. */
static enum status check_seen(const struct service *service,
                              const Netra__V1__ServiceRecovered *message, struct diag *diag)
{
    uint8_t seen[PROCESS_START_SIZE];
    TRY(wire_exact(message->seen_start, seen, PROCESS_START_SIZE, "seen_start", diag));
    bool is_seen =
        memcmp(seen, service->start, PROCESS_START_SIZE) == 0 && !service->is_restart_due;
    if (is_seen || MUTANT(act_of_lost_store_done))
        return STATUS_OK;
    diag_set(diag,
             "it has begun anew since, maybe on another store: look again before it is recovered");
    return STATUS_STORE_MOVED;
}

/* Going back in a stream this store has applied would do everything in it a second time. */
static enum status check_start(const struct peer *peer, const struct position *start,
                               struct diag *diag)
{
    const struct position *applied = &peer->inbox.applied;
    bool is_known = !view_is_zero(view_of(applied->stream_id, STREAM_ID_SIZE));
    bool is_same = memcmp(applied->stream_id, start->stream_id, STREAM_ID_SIZE) == 0;
    if (!is_known || applied->seq == 0 || (is_same && start->seq >= applied->seq))
        return STATUS_OK;
    if (!is_same && !view_is_zero(view_of(start->stream_id, STREAM_ID_SIZE)))
        return STATUS_OK;
    diag_set(diag, "starts: this store has applied %s's stream through seq %llu; it can't go back",
             peer->name, (unsigned long long)applied->seq);
    return STATUS_OUT_OF_RANGE;
}

/* One input goes on after the start; what its producer had before that stream counts as closed. */
static enum status set_start(struct turn *turn, const Netra__V1__StreamStart *start,
                             struct diag *diag)
{
    struct delivery_store *delivery = &turn->service->delivery;
    const struct peer *peer = link_peer_named(turn->service, start->producer);
    struct position position = {.seq = start->seq};
    if (peer == NULL || peer->input == NULL) {
        diag_set(diag, "starts.producer: expected a service whose stream is taken");
        return STATUS_NOT_FOUND;
    }
    if (start->stream_id.len > 0) {
        TRY(wire_exact(start->stream_id, position.stream_id, STREAM_ID_SIZE, "starts.stream_id",
                       diag));
        TRY(wire_exact(start->digest, position.digest, SHA256_SIZE, "starts.digest", diag));
    }
    TRY(check_start(peer, &position, diag));
    for (size_t i = 0; i < start->n_closed_streams; i++)
        if (start->closed_streams[i].len == STREAM_ID_SIZE)
            TRY(delivery_closed_put(delivery, start->closed_streams[i].data));
    return delivery_inbox_put(delivery, peer->name, &position);
}

static enum status set_starts(struct turn *turn, const Netra__V1__ServiceRecovered *message,
                              struct diag *diag)
{
    for (size_t i = 0; i < message->n_starts; i++)
        TRY(set_start(turn, message->starts[i], diag));
    return STATUS_OK;
}

static enum status recover(void *app, struct turn *turn, const struct act *act,
                           const struct principal *who, struct view *ret_answer, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    bool is_adopted = false;
    TRY(unpack_act(turn, act, &netra__v1__service_recovered__descriptor, &unpacked, diag));
    const Netra__V1__ServiceRecovered *message = (const Netra__V1__ServiceRecovered *)unpacked;
    TRY(check_service(turn->service, message->service, diag));
    TRY(check_seen(turn->service, message, diag));
    TRY(adopt_held_stream(turn, message->held_stream, &is_adopted));
    TRY(append_begin_stream(turn));
    TRY(append_act(turn, act));
    if (is_adopted)
        TRY(say_anew(app, turn, diag));
    TRY(set_starts(turn, message, diag));
    struct position end = event_log_end(&turn->service->log);
    const uint8_t *stream_id = arena_copy(turn->arena, view_of(end.stream_id, STREAM_ID_SIZE));
    if (stream_id == NULL)
        return STATUS_NO_MEMORY;
    *ret_answer = view_of(stream_id, STREAM_ID_SIZE);
    turn->service->is_restart_due = true;
    log_line(LOG_LEVEL_WARN, "recovered", LOG_TEXT("who", who->name));
    return STATUS_OK;
}

/* ---- reset a destination ---- */

static enum status move_cursor(struct service *service, const struct peer *peer,
                               const Netra__V1__DestinationReset *message, struct cursor *cursor,
                               struct diag *diag)
{
    uint8_t stream_id[STREAM_ID_SIZE];
    uint8_t digest[SHA256_SIZE];
    uint64_t first = 0;
    if (message->stream_id.len == 0)
        return STATUS_OK;
    TRY(wire_exact(message->stream_id, stream_id, STREAM_ID_SIZE, "stream_id", diag));
    TRY(event_log_locate(&service->log, stream_id, message->seq, &cursor->position));
    TRY(event_log_first(&service->log, &first));
    /* The row at the position carries the digest that a batch after it begins with; a stream's
     * beginning needs none. */
    uint64_t seq = 0;
    (void)event_log_stream_of(&service->log, cursor->position + 1, &seq);
    bool is_beginning = seq == 1;
    if (cursor->position + (is_beginning ? 1 : 0) < first) {
        diag_set(diag, "what %s lacks after seq %llu is not held any more", peer->name,
                 (unsigned long long)message->seq);
        return STATUS_NOT_FOUND;
    }
    cursor->bytes_through = 0;
    enum status status =
        event_log_at(&service->log, cursor->position, digest, &cursor->bytes_through);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* Moves the cursor of a peer that takes from us; what it can't read any more is said anew. */
static enum status reset_cursor(void *app, struct turn *turn, const struct peer *peer,
                                const Netra__V1__DestinationReset *message, struct diag *diag)
{
    struct service *service = turn->service;
    struct cursor cursor = {
        .position = peer->window.acked,
        .bytes_through = peer->window.acked_bytes,
    };
    TRY(wire_exact(message->store_id, cursor.store_id, STREAM_ID_SIZE, "store_id", diag));
    TRY(move_cursor(service, peer, message, &cursor, diag));
    TRY(delivery_cursor_put(&service->delivery, peer->name, &cursor));
    return message->stream_id.len == 0 ? STATUS_OK : say_anew(app, turn, diag);
}

/* Until every destination has answered this start, the store may be an old copy, and what it
 * appends another branch of a stream that they hold already: a recovery closes the stream where it
 * ends, and couldn't bring the two together any more. */
static enum status check_may_append(const struct service *service, struct diag *diag)
{
    bool is_asked = asking_is_answered(service) || MUTANT(act_before_all_answered);
    if (service->phase == SERVICE_READY || service->phase == SERVICE_DRAINING ||
        (service->phase == SERVICE_ASKING && is_asked))
        return STATUS_OK;
    diag_set(diag, "%s", service->detail);
    return service->phase == SERVICE_FORKED ? STATUS_STREAM_FORKED : STATUS_TRY_AGAIN_LATER;
}

static enum status reset_destination(void *app, struct turn *turn, const struct act *act,
                                     const struct principal *who, struct view *ret_answer,
                                     struct diag *diag)
{
    (void)who;
    (void)ret_answer;
    ProtobufCMessage *unpacked = NULL;
    struct service *service = turn->service;
    TRY(unpack_act(turn, act, &netra__v1__destination_reset__descriptor, &unpacked, diag));
    const Netra__V1__DestinationReset *message = (const Netra__V1__DestinationReset *)unpacked;
    TRY(check_service(service, message->service, diag));
    struct peer *peer = link_peer_named(service, message->destination);
    if (peer == NULL) {
        diag_set(diag, "destination: expected one of this service's peers");
        return STATUS_NOT_FOUND;
    }
    TRY(check_may_append(service, diag));
    if (peer->output != NULL)
        TRY(reset_cursor(app, turn, peer, message, diag));
    TRY(append_act(turn, act));
    peer->is_reset_due = true;
    return STATUS_OK;
}

/* ---- dead letters and draining ---- */

static enum status retry_dead_letter(void *app, struct turn *turn, const struct act *act,
                                     const struct principal *who, struct view *ret_answer,
                                     struct diag *diag)
{
    (void)app;
    (void)who;
    (void)ret_answer;
    ProtobufCMessage *unpacked = NULL;
    struct service *service = turn->service;
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t id = 0;
    struct dead_letter letter;
    TRY(unpack_act(turn, act, &netra__v1__dead_letter_retried__descriptor, &unpacked, diag));
    const Netra__V1__DeadLetterRetried *message = (const Netra__V1__DeadLetterRetried *)unpacked;
    TRY(check_service(service, message->service, diag));
    TRY(wire_exact(message->stream_id, stream_id, STREAM_ID_SIZE, "stream_id", diag));
    TRY(delivery_letter_find(&service->delivery, stream_id, message->seq, &id));
    TRY(delivery_letter_get(&service->delivery, id, turn->arena, &letter));
    TRY(delivery_letter_state(&service->delivery, id, true, letter.why));
    TRY(delivery_deaths_delete(&service->delivery, stream_id, message->seq));
    TRY(append_act(turn, act));
    service->redrive.is_due = true;
    return STATUS_OK;
}

static enum status drain(void *app, struct turn *turn, const struct act *act,
                         const struct principal *who, struct view *ret_answer, struct diag *diag)
{
    (void)app;
    (void)who;
    (void)ret_answer;
    ProtobufCMessage *unpacked = NULL;
    TRY(unpack_act(turn, act, &netra__v1__service_drained__descriptor, &unpacked, diag));
    const Netra__V1__ServiceDrained *message = (const Netra__V1__ServiceDrained *)unpacked;
    TRY(check_service(turn->service, message->service, diag));
    TRY(append_act(turn, act));
    turn->service->is_drain_asked = true;
    return STATUS_OK;
}

/* ---- carrying out ---- */

static const struct act_entry own_acts[] = {
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_RECOVERED, OPERATOR, recover},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_DESTINATION_RESET, OPERATOR, reset_destination},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_DEAD_LETTER_RETRIED, OPERATOR, retry_dead_letter},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_DRAINED, OPERATOR, drain},
    {0},
};

static const struct act_entry *find_act(const struct act_entry *table, uint16_t type)
{
    for (; table != NULL && table->type != 0; table++)
        if (table->type == type)
            return table;
    return NULL;
}

static enum status read_act(const Netra__V1__PersonAct *message, struct act *act,
                            struct diag *diag)
{
    *act = (struct act){.payload = wire_view(message->payload)};
    if (message->type > UINT16_MAX || message->schema > UINT16_MAX || message->role > UINT16_MAX) {
        diag_set(diag, "act: type, schema and role are 16-bit numbers");
        return STATUS_OUT_OF_RANGE;
    }
    act->type = (uint16_t)message->type;
    act->schema = (uint16_t)message->schema;
    act->role = (uint16_t)message->role;
    TRY(wire_exact(message->case_handle, act->case_handle, CASE_HANDLE_SIZE, "case_handle", diag));
    TRY(wire_exact(message->key_id, act->key_id, KEY_ID_SIZE, "key_id", diag));
    TRY(wire_exact(message->r, act->r, COMMITMENT_SALT_SIZE, "r", diag));
    return wire_exact(message->signature, act->signature, SIGNATURE_SIZE, "signature", diag);
}

/* Nothing but an operator's way out of a fork or an unanswered start is carried out before ready.
 */
static enum status admit_act(const struct service *service, uint16_t type,
                             const struct principal *who, struct diag *diag)
{
    bool is_way_out = type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_RECOVERED ||
                      type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_DESTINATION_RESET;
    bool is_lone = service_lone_operator(service, who->curve_public) != NULL;
    if (is_way_out || (service->phase == SERVICE_READY && !is_lone))
        return STATUS_OK;
    diag_set(diag, "%s", service->detail);
    return service->phase == SERVICE_FORKED ? STATUS_STREAM_FORKED : STATUS_TRY_AGAIN_LATER;
}

/* The skeleton's acts are of no case and of schema 1: what is signed must be what is committed. */
static enum status check_own_form(const struct act *act, struct diag *diag)
{
    if (act->schema == 1 && view_is_zero(view_of(act->case_handle, CASE_HANDLE_SIZE)))
        return STATUS_OK;
    diag_set(diag, "act: expected schema 1 and no case handle");
    return STATUS_OUT_OF_RANGE;
}

static enum status check_signer(const struct service *service, const struct act *act,
                                const struct principal *who, struct diag *diag)
{
    bool can_sign = !view_is_zero(view_of(who->sign_public, sizeof who->sign_public));
    if (!can_sign || act->role != who->role ||
        memcmp(act->key_id, who->key_id, KEY_ID_SIZE) != 0) {
        diag_set(diag, "the act is not signed in the role and with the key it came with");
        return STATUS_NOT_AUTHORISED;
    }
    return act_verify(act, service_origin(service), who->sign_public);
}

static enum status pack_done(struct turn *turn, struct view answer, struct view *ret_bytes)
{
    struct service *service = turn->service;
    Netra__V1__ActDone message = NETRA__V1__ACT_DONE__INIT;
    message.stream_id = wire_bytes(view_of(service->acted_stream, STREAM_ID_SIZE));
    message.seq = service->acted_seq;
    message.answer = wire_bytes(answer);
    return wire_pack(&message.base, turn->arena, ret_bytes);
}

enum status act_carry_out(void *app, struct turn *turn, struct door_request *request,
                          struct diag *diag)
{
    struct service *service = turn->service;
    struct act act;
    struct view answer = {0};
    TRY(read_act((const Netra__V1__PersonAct *)request->message, &act, diag));
    TRY(check_signer(service, &act, request->who, diag));
    enum status status =
        delivery_act_get(&service->delivery, act.signature, turn->arena, &request->answer);
    if (status != STATUS_NOT_FOUND)
        return status;
    TRY(admit_act(service, act.type, request->who, diag));
    const struct act_entry *entry = find_act(own_acts, act.type);
    if (entry != NULL)
        TRY(check_own_form(&act, diag));
    if (entry == NULL)
        entry = find_act(service->spec->acts, act.type);
    if (entry == NULL || (entry->roles & ROLE_BIT(request->who->role)) == 0)
        return STATUS_NOT_AUTHORISED;
    TRY(entry->handle(app, turn, &act, request->who, &answer, diag));
    TRY(pack_done(turn, answer, &request->answer));
    if (MUTANT(act_not_remembered))
        return STATUS_OK;
    return delivery_act_put(&service->delivery, act.signature, request->answer);
}
