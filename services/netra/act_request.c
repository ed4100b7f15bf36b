/*
 * The whole way of an act, in one place, so that no verb can leave out a step: packed, salted,
 * signed, asked, and its place in the log told.
 */
#include "services/netra/act_request.h"

#include "common/service/act.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/pages.h"

#include <sodium.h>
#include <string.h>

static enum status ask(struct command *command, enum door door, struct act *act,
                       ProtobufCMessage **ret_message)
{
    Netra__V1__PersonAct message = NETRA__V1__PERSON_ACT__INIT;

    message.type = act->type;
    message.schema = act->schema;
    message.case_handle = wire_bytes(view_of(act->case_handle, CASE_HANDLE_SIZE));
    message.role = act->role;
    message.key_id = wire_bytes(view_of(act->key_id, KEY_ID_SIZE));
    message.r = wire_bytes(view_of(act->r, COMMITMENT_SALT_SIZE));
    message.payload = wire_bytes(act->payload);
    message.signature = wire_bytes(view_of(act->signature, SIGNATURE_SIZE));
    return page_ask_message(command, door, NETRA__V1__REQUEST_KIND__REQUEST_KIND_ACT,
                            &message.base, &netra__v1__act_done__descriptor, ret_message);
}

enum status act_request(struct command *command, enum door door, uint16_t type,
                        const ProtobufCMessage *payload, struct act_done *ret_done)
{
    const struct act_order order = {
        .door = door, .type = type, .role = NETRA__V1__ROLE__ROLE_OPERATOR, .payload = payload};

    return act_request_order(command, &order, ret_done);
}

enum status act_request_order(struct command *command, const struct act_order *order,
                              struct act_done *ret_done)
{
    struct act act = {.type = order->type, .schema = 1, .role = order->role};
    const size_t mark = arena_mark(&command->arena);
    ProtobufCMessage *unpacked = NULL;

    if (order->case_handle != NULL)
        memcpy(act.case_handle, order->case_handle, CASE_HANDLE_SIZE);
    TRY(wire_pack(order->payload, &command->arena, &act.payload));
    key_id_of(command->key.sign_public, command->key.curve_public, act.key_id);
    randombytes_buf(act.r, sizeof act.r);
    act_sign(&act, command->config->common.origin, command->key.sign_secret);
    const enum status status = ask(command, order->door, &act, &unpacked);

    arena_rewind(&command->arena, mark);
    TRY(status);
    const Netra__V1__ActDone *done = (const Netra__V1__ActDone *)unpacked;

    ret_done->seq = done->seq;
    ret_done->answer = wire_view(done->answer);
    return wire_exact(done->stream_id, ret_done->stream_id, sizeof ret_done->stream_id,
                      "stream_id", &command->diag);
}

void act_print(struct command *command, enum door door, const struct act_done *done)
{
    json_t *object = json_object();

    json_put_text(object, "service", door_name(door));
    json_put_hex(object, "stream_id", view_of(done->stream_id, sizeof done->stream_id));
    json_put_number(object, "seq", done->seq);
    output_object(&command->output, object);
}
