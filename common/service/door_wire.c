/*
 * The envelope of doors; the only file of common/ that sees door.pb-c.h beside the turn.
 */
#include "common/service/door_wire.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"

#include <string.h>

enum status door_request_encode(const struct door_request_parts *parts, struct arena *arena,
                                struct view *ret_bytes)
{
    Netra__V1__DoorRequest message = NETRA__V1__DOOR_REQUEST__INIT;
    message.request_id = parts->request_id;
    message.kind = parts->kind;
    message.body = wire_bytes(parts->body);
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status door_request_decode(struct view bytes, struct arena *arena,
                                struct door_request_parts *ret_parts, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__door_request__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__DoorRequest *message = (const Netra__V1__DoorRequest *)unpacked;
    *ret_parts = (struct door_request_parts){
        .request_id = message->request_id,
        .kind = message->kind,
        .body = wire_view(message->body),
    };
    return STATUS_OK;
}

enum status door_answer_encode(const struct door_answer_parts *parts, struct arena *arena,
                               struct view *ret_bytes)
{
    /* protobuf-c's string fields are char *, though packing never writes through them. */
    uint8_t *status = arena_copy(
        arena, view_of(status_name(parts->status), strlen(status_name(parts->status)) + 1));
    const char *text = parts->detail != NULL ? parts->detail : "";
    uint8_t *detail = arena_copy(arena, view_of(text, strlen(text) + 1));
    if (status == NULL || detail == NULL)
        return STATUS_NO_MEMORY;
    Netra__V1__DoorAnswer message;
    netra__v1__door_answer__init(&message);
    message.request_id = parts->request_id;
    message.status = (char *)status;
    message.detail = (char *)detail;
    message.retry_after_ms = parts->retry_after_ms;
    message.body = wire_bytes(parts->body);
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status door_answer_decode(struct view bytes, struct arena *arena,
                               struct door_answer_parts *ret_parts, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__door_answer__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__DoorAnswer *message = (const Netra__V1__DoorAnswer *)unpacked;
    enum status status = status_from_name(message->status);
    *ret_parts = (struct door_answer_parts){
        .request_id = message->request_id,
        .status = status == STATUS_COUNT ? STATUS_FAILED : status,
        .detail = message->detail,
        .retry_after_ms = message->retry_after_ms,
        .body = wire_view(message->body),
    };
    return STATUS_OK;
}
