/*
 * `netra service recover`, second half: where to go on, and the acts (protocol.md 11).
 *
 * Safe to run again: every run begins one more stream, which closes the one before, and sets the
 * same cursors.
 */
#include "services/netra/recover.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "services/netra/act_request.h"

#include <inttypes.h>
#include <string.h>

#define READY_POLL_MS 100

/* Nothing is begun that can't be finished: each peer is told in the end. */
static enum status check_all_answer(struct recovery *recovery)
{
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        const struct door_ask *ask = &recovery->statuses.asks[door];

        if (recovery->statuses.services[door] != NULL)
            continue;
        diag_set(&recovery->command->diag, "%s: %s; every service must answer for this",
                 door_name(ask->door), ask->detail);
        return ask->status;
    }
    return STATUS_OK;
}

/* ---- where to go on ---- */

enum status recover_ask_point(struct recovery *recovery, enum door producer, uint64_t seq,
                              struct recover_start *start)
{
    Netra__V1__StreamPointRequest question = NETRA__V1__STREAM_POINT_REQUEST__INIT;
    struct diag *diag = &recovery->command->diag;
    ProtobufCMessage *unpacked = NULL;

    question.seq = seq;
    TRY(page_ask_message(recovery->command, producer,
                         NETRA__V1__REQUEST_KIND__REQUEST_KIND_STREAM_POINT, &question.base,
                         &netra__v1__stream_point__descriptor, &unpacked));
    const Netra__V1__StreamPoint *point = (const Netra__V1__StreamPoint *)unpacked;

    start->seq = point->seq;
    start->closed_count = 0;
    for (size_t i = 0; i < point->n_closed_streams && i < RECOVER_CLOSED_MAX; i++)
        TRY(wire_exact(point->closed_streams[i], start->closed_streams[start->closed_count++],
                       STREAM_ID_SIZE, "closed_streams", diag));
    TRY(wire_exact(point->stream_id, start->stream_id, STREAM_ID_SIZE, "stream_id", diag));
    return wire_exact(point->digest, start->digest, SHA256_SIZE, "digest", diag);
}

/* `kept` is where the service's own store stands, in whichever of the producer's streams: before
 * its first, where it stands nowhere. */
static enum status keep_start(struct recovery *recovery, enum door producer,
                              const Netra__V1__StreamState *applied, struct recover_start *start)
{
    start->is_kept = true;
    if (applied != NULL && !view_is_zero(wire_view(applied->stream_id))) {
        start->seq = applied->seq;
        return wire_exact(applied->stream_id, start->stream_id, STREAM_ID_SIZE, "stream_id",
                          &recovery->command->diag);
    }
    TRY(recover_ask_point(recovery, producer, 0, start));
    if (start->closed_count > 0)
        memcpy(start->stream_id, start->closed_streams[0], STREAM_ID_SIZE);
    start->seq = 0;
    return STATUS_OK;
}

/* `end` is the producer's end; a number is the first to be taken, so that the one before it is the
 * last that counts. */
static enum status choose_start(struct recovery *recovery, enum door producer, const char *from)
{
    const Netra__V1__ServiceStatus *service = recovery->statuses.services[recovery->door];
    struct recover_start *start = &recovery->starts[producer];
    uint64_t seq = 0;

    if (strcmp(from, "kept") == 0)
        return keep_start(
            recovery, producer,
            stream_of_peer(service->consumes, service->n_consumes, door_name(producer)), start);
    if (strcmp(from, "end") == 0)
        return recover_ask_point(recovery, producer, 0, start);
    if (!number_from_text(from, 1, INT64_MAX, &seq)) {
        diag_set(&recovery->command->diag, "--from: expected `kept`, `end`, or a seq, 1 or more");
        return STATUS_USAGE;
    }
    TRY(recover_ask_point(recovery, producer, seq - 1, start));
    start->seq = seq - 1;
    if (start->seq == 0) /* the question's 0 is the end */
        chain_start(start->stream_id, start->digest);
    return STATUS_OK;
}

static enum status refuse_without_from(struct recovery *recovery, enum door producer)
{
    diag_set(&recovery->command->diag,
             "%s has forgotten what it acknowledged of %s's stream; say where it goes on: "
             "--from kept has everything sent again that its store lacks, --from end takes "
             "nothing of it",
             door_name(recovery->door), door_name(producer));
    return STATUS_USAGE;
}

/* While entries flow the two answers are of different moments: only a stopped stream, or a service
 * that takes nothing now, can be compared. */
static bool is_start_needed(const struct recovery *recovery, enum door producer)
{
    const Netra__V1__ServiceStatus *service = recovery->statuses.services[recovery->door];
    const Netra__V1__ServiceStatus *status = recovery->statuses.services[producer];
    const Netra__V1__StreamState *applied =
        stream_of_peer(service->consumes, service->n_consumes, door_name(producer));
    const Netra__V1__StreamState *cursor =
        stream_of_peer(status->produces, status->n_produces, door_name(recovery->door));
    bool is_flowing = strcmp(service->state, "ready") == 0 && cursor != NULL &&
                      strcmp(cursor->state, "stopped") != 0;

    return recover_produces_for(producer, recovery->door) && !is_flowing &&
           recover_differs(applied, cursor, status->stream_id);
}

static enum status choose_starts(struct recovery *recovery)
{
    const char *from = recovery->command->arguments->values[OPTION_from];
    unsigned needed = 0;

    for (unsigned peer = 0; peer < DOOR_COUNT; peer++) {
        recovery->starts[peer].is_needed = is_start_needed(recovery, (enum door)peer);
        needed += recovery->starts[peer].is_needed ? 1u : 0u;
    }
    for (unsigned peer = 0; peer < DOOR_COUNT; peer++) {
        if (!recovery->starts[peer].is_needed)
            continue;
        if (from == NULL)
            return refuse_without_from(recovery, (enum door)peer);
        TRY(choose_start(recovery, (enum door)peer, from));
        if (needed > 1 && strcmp(from, "kept") != 0 && strcmp(from, "end") != 0) {
            diag_set(
                &recovery->command->diag,
                "--from %s: %u streams have to go on, and a seq is of one; say `kept` or `end`",
                from, needed);
            return STATUS_USAGE;
        }
    }
    if (from != NULL && needed == 0)
        command_note("--from was not needed: the service and its producers agree");
    return STATUS_OK;
}

/* ---- the acts ---- */

static enum status recover(struct recovery *recovery, uint8_t new_stream[STREAM_ID_SIZE])
{
    Netra__V1__ServiceRecovered payload;
    Netra__V1__StreamStart starts[DOOR_COUNT];
    Netra__V1__StreamStart *pointers[DOOR_COUNT];
    ProtobufCBinaryData closed[DOOR_COUNT][RECOVER_CLOSED_MAX];
    char producers[DOOR_COUNT][DOOR_NAME_SIZE];
    char service[DOOR_NAME_SIZE];
    struct act_done done;

    netra__v1__service_recovered__init(&payload);
    payload.service = door_name_to(recovery->door, service);
    payload.seen_start = recovery->statuses.services[recovery->door]->start;
    payload.starts = pointers;
    if (!view_is_zero(view_of(recovery->held_stream, STREAM_ID_SIZE)))
        payload.held_stream = wire_bytes(view_of(recovery->held_stream, STREAM_ID_SIZE));
    for (unsigned peer = 0; peer < DOOR_COUNT; peer++) {
        const struct recover_start *start = &recovery->starts[peer];
        Netra__V1__StreamStart *message = &starts[peer];

        if (!start->is_needed || start->is_kept)
            continue;
        netra__v1__stream_start__init(message);
        message->producer = door_name_to((enum door)peer, producers[peer]);
        message->stream_id = wire_bytes(view_of(start->stream_id, STREAM_ID_SIZE));
        message->seq = start->seq;
        message->digest = wire_bytes(view_of(start->digest, SHA256_SIZE));
        message->closed_streams = closed[peer];
        message->n_closed_streams = start->closed_count;
        for (size_t i = 0; i < start->closed_count; i++)
            closed[peer][i] = wire_bytes(view_of(start->closed_streams[i], STREAM_ID_SIZE));
        pointers[payload.n_starts++] = message;
    }
    TRY(act_request(recovery->command, recovery->door,
                    NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_RECOVERED, &payload.base, &done));
    if (done.answer.size != STREAM_ID_SIZE) {
        diag_set(&recovery->command->diag, "%s: the answer has no stream id", service);
        return STATUS_MALFORMED;
    }
    memcpy(new_stream, done.answer.bytes, STREAM_ID_SIZE);
    return STATUS_OK;
}

/* Tells `at` that the destination's store is now that one; with a start its cursor moves too. */
static enum status reset_destination(struct recovery *recovery, enum door at, enum door to,
                                     struct view store_id, const struct recover_start *start)
{
    Netra__V1__DestinationReset payload;
    char service[DOOR_NAME_SIZE];
    char destination[DOOR_NAME_SIZE];
    struct act_done done;

    netra__v1__destination_reset__init(&payload);
    payload.service = door_name_to(at, service);
    payload.destination = door_name_to(to, destination);
    payload.store_id = wire_bytes(store_id);
    if (start != NULL && start->is_needed) {
        payload.stream_id = wire_bytes(view_of(start->stream_id, STREAM_ID_SIZE));
        payload.seq = start->seq;
    }
    return act_request(recovery->command, at, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DESTINATION_RESET,
                       &payload.base, &done);
}

/* A start that asks can be told when all have answered it, the one that was recovered too, whose
 * process begins anew just now. */
static enum status reset_in_time(struct recovery *recovery, enum door at, struct view new_stream,
                                 int64_t until_ms)
{
    struct door_client *doors = &recovery->command->doors;

    for (;;) {
        const enum status status =
            reset_destination(recovery, at, recovery->door, new_stream, &recovery->starts[at]);

        if (status != STATUS_TRY_AGAIN_LATER || door_client_now_ms(doors) >= until_ms)
            return status;
        TRY(door_client_wait(doors, READY_POLL_MS));
    }
}

/* Tells every peer that can be told in time; yields the first refusal. A peer that is forked
 * itself has to be recovered before it can be told. */
static enum status reset_peers(struct recovery *recovery, struct view new_stream)
{
    const int64_t until_ms =
        door_client_now_ms(&recovery->command->doors) + recovery->command->timeout_ms;
    json_t *list = json_array();
    struct diag first_diag = {.text = ""};
    enum status first = STATUS_OK;

    (void)json_object_set_new(recovery->told, "told_peers", list);
    for (unsigned peer = 0; peer < DOOR_COUNT; peer++) {
        if (peer == (unsigned)recovery->door)
            continue;
        const enum status status = reset_in_time(recovery, (enum door)peer, new_stream, until_ms);

        if (status == STATUS_OK)
            (void)json_array_append_new(list, json_string(door_name((enum door)peer)));
        if (status == STATUS_OK || first != STATUS_OK)
            continue;
        first = status;
        first_diag = recovery->command->diag;
    }
    if (first == STATUS_OK)
        return STATUS_OK;
    recovery->command->diag = first_diag;
    diag_prefix(&recovery->command->diag,
                "%s is recovered, but not every peer knows it yet; run the same again",
                door_name(recovery->door));
    return first;
}

/* ---- until it is ready ---- */

/* A store that is older than a peer's own recovery takes that peer for one that has forgotten: it
 * is told the peer's store, once, as soon as all who take its stream have answered it. A peer that
 * really lacks something stays stopped. *ret_is_told: one was. */
static enum status accept_peers(struct recovery *recovery, const Netra__V1__ServiceStatus *status,
                                bool is_told[DOOR_COUNT], bool *ret_is_told)
{
    *ret_is_told = false;
    for (size_t i = 0; i < status->n_produces; i++) {
        const enum door peer = door_of_name(status->produces[i]->peer);

        if (peer == DOOR_COUNT || is_told[peer] ||
            strcmp(status->produces[i]->state, "stopped") != 0)
            continue;
        const enum status told =
            reset_destination(recovery, recovery->door, peer,
                              wire_view(recovery->statuses.services[peer]->stream_id), NULL);
        is_told[peer] = told == STATUS_OK;
        *ret_is_told = is_told[peer];
        /* The message lay in the page that this act has used. */
        return told == STATUS_TRY_AGAIN_LATER ? STATUS_OK : told;
    }
    return STATUS_OK;
}

static enum status wait_until_ready(struct recovery *recovery)
{
    struct command *command = recovery->command;
    const Netra__V1__Empty question = NETRA__V1__EMPTY__INIT;
    const int64_t until_ms = door_client_now_ms(&command->doors) + command->timeout_ms;
    bool is_told[DOOR_COUNT] = {false};
    ProtobufCMessage *unpacked = NULL;
    bool is_ready = false;
    bool goes_on = true;

    while (goes_on && door_client_now_ms(&command->doors) < until_ms) {
        TRY(page_ask_message(command, recovery->door,
                             NETRA__V1__REQUEST_KIND__REQUEST_KIND_SERVICE_STATUS, &question.base,
                             &netra__v1__service_status__descriptor, &unpacked));
        const Netra__V1__ServiceStatus *status = (const Netra__V1__ServiceStatus *)unpacked;
        bool is_one_told = false;

        is_ready = strcmp(status->state, "ready") == 0;
        json_put_text(recovery->told, "state", status->state);
        TRY(accept_peers(recovery, status, is_told, &is_one_told));
        goes_on = !is_ready || is_one_told;
        if (!is_ready)
            TRY(door_client_wait(&command->doors, READY_POLL_MS));
    }
    if (!is_ready)
        command_note("%s is not ready yet; `netra doctor` says why", door_name(recovery->door));
    return STATUS_OK;
}

static enum status run(struct recovery *recovery)
{
    uint8_t new_stream[STREAM_ID_SIZE];

    TRY(recover_tell_held(recovery));
    TRY(choose_starts(recovery));
    TRY(recover(recovery, new_stream));
    json_put_hex(recovery->told, "new_stream_id", view_of(new_stream, STREAM_ID_SIZE));
    TRY(reset_peers(recovery, view_of(new_stream, STREAM_ID_SIZE)));
    return wait_until_ready(recovery);
}

enum status service_recover(struct command *command)
{
    struct recovery recovery = {.command = command};

    TRY(command_door(command, command->arguments->words[0], &recovery.door));
    TRY(page_ask_statuses(command, &recovery.statuses));
    TRY(check_all_answer(&recovery));
    recovery.told = json_object();
    json_put_text(recovery.told, "service", door_name(recovery.door));
    const enum status status = run(&recovery);

    output_object(&command->output, recovery.told);
    return status;
}
