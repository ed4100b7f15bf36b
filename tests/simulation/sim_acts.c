/*
 * What people sign, noted as it leaves and as it is answered: a transport around the network's.
 */
#include "common/base/invariant.h"
#include "common/service/door_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "tests/simulation/sim_world_state.h"

#include <stdlib.h>
#include <string.h>

/* What is under way of one person's command. */
struct noting {
    struct transport inner;
    struct sim_world *world;
    struct arena arena;
    uint64_t request_id; /* of the last act that left; 0: none */
    struct sim_act *act;
};

static struct sim_act *find_act(struct sim_ledger *ledger, const uint8_t *signature)
{
    for (unsigned i = 0; i < ledger->act_count; i++)
        if (memcmp(ledger->acts[i].signature, signature, SIGNATURE_SIZE) == 0)
            return &ledger->acts[i];
    INVARIANT(ledger->act_count < SIM_ACTS_MAX);
    return &ledger->acts[ledger->act_count++];
}

static void note_act(struct noting *noting, unsigned peer, struct view frame)
{
    struct door_request_parts parts;
    struct diag diag = {.text = ""};
    ProtobufCMessage *message = NULL;
    arena_reset(&noting->arena);
    if (door_request_decode(frame, &noting->arena, &parts, &diag) != STATUS_OK ||
        parts.kind != NETRA__V1__REQUEST_KIND__REQUEST_KIND_ACT ||
        wire_unpack(&netra__v1__person_act__descriptor, parts.body, &noting->arena, &message,
                    &diag) != STATUS_OK)
        return;
    const Netra__V1__PersonAct *act = (const Netra__V1__PersonAct *)message;
    INVARIANT(act->signature.len == SIGNATURE_SIZE);
    struct sim_act *row = find_act(&noting->world->ledger, act->signature.data);
    row->service = peer;
    row->type = (uint16_t)act->type;
    row->asked_ms = noting->world->now_ms;
    memcpy(row->signature, act->signature.data, SIGNATURE_SIZE);
    if (act->case_handle.len == CASE_HANDLE_SIZE)
        memcpy(row->case_handle, act->case_handle.data, CASE_HANDLE_SIZE);
    noting->request_id = parts.request_id;
    noting->act = row;
}

static void note_answer(struct noting *noting, struct view frame)
{
    struct door_answer_parts answer;
    struct diag diag = {.text = ""};
    ProtobufCMessage *message = NULL;
    arena_reset(&noting->arena);
    if (noting->act == NULL ||
        door_answer_decode(frame, &noting->arena, &answer, &diag) != STATUS_OK ||
        answer.request_id != noting->request_id)
        return;
    noting->act->is_refused = status_class_of(answer.status) == STATUS_CLASS_REJECT;
    noting->act->refused = answer.status;
    if (answer.status != STATUS_OK || wire_unpack(&netra__v1__act_done__descriptor, answer.body,
                                                  &noting->arena, &message, &diag) != STATUS_OK)
        return;
    const Netra__V1__ActDone *done = (const Netra__V1__ActDone *)message;
    noting->act->is_done = true;
    noting->act->answered_ms = noting->world->now_ms;
    noting->act->is_refused = false;
    noting->act->seq = done->seq;
    if (done->stream_id.len == STREAM_ID_SIZE)
        memcpy(noting->act->stream_id, done->stream_id.data, STREAM_ID_SIZE);
}

static void receive(void *self, int64_t now_ms, struct received *ret_received)
{
    struct noting *noting = self;
    noting->inner.receive(noting->inner.self, now_ms, ret_received);
    if (ret_received->kind == RECEIVED_ANSWER)
        note_answer(noting, ret_received->bytes);
}

static enum status ask(void *self, unsigned peer, struct view frame)
{
    struct noting *noting = self;
    note_act(noting, peer, frame);
    return noting->inner.ask(noting->inner.self, peer, frame);
}

static enum status wait(void *self, int64_t timeout_ms)
{
    struct noting *noting = self;
    return noting->inner.wait(noting->inner.self, timeout_ms);
}

static void close_noting(void *self)
{
    struct noting *noting = self;
    noting->inner.close(noting->inner.self);
    arena_close(&noting->arena);
    free(noting);
}

struct transport sim_acts_noted(struct sim_world *world, struct transport inner)
{
    struct noting *noting = calloc(1, sizeof *noting);
    INVARIANT(noting != NULL);
    noting->inner = inner;
    noting->world = world;
    enum status status = arena_open(&noting->arena, 4u << 20);
    INVARIANT(status == STATUS_OK);
    return (struct transport){
        .self = noting, .receive = receive, .wait = wait, .ask = ask, .close = close_noting};
}
