/*
 * The envelope of doors; the only file of common/ that sees door.pb-c.h beside the turn.
 */
#include "common/service/door_wire.h"

#include "common/base/invariant.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"

#include <string.h>

/* Whether a frame's count of requests or answers may be. */
static enum status check_group(size_t more, size_t nested, struct diag *diag)
{
    if (more < DOOR_GROUP_MAX && nested == 0)
        return STATUS_OK;
    diag_set(diag, "more: expected at most %u, and none within them", DOOR_GROUP_MAX - 1);
    return STATUS_OUT_OF_RANGE;
}

/* ---- requests ---- */

static void fill_request(const struct door_request_parts *parts, Netra__V1__DoorRequest *message)
{
    netra__v1__door_request__init(message);
    message->request_id = parts->request_id;
    message->kind = parts->kind;
    message->body = wire_bytes(parts->body);
}

static struct door_request_parts take_request(const Netra__V1__DoorRequest *message)
{
    return (struct door_request_parts){
        .request_id = message->request_id,
        .kind = message->kind,
        .body = wire_view(message->body),
    };
}

enum status door_requests_encode(const struct door_request_parts *rows, unsigned count,
                                 struct arena *arena, struct view *ret_bytes)
{
    INVARIANT(count >= 1 && count <= DOOR_GROUP_MAX);
    Netra__V1__DoorRequest *messages = arena_take(arena, count * sizeof *messages);
    Netra__V1__DoorRequest **more = arena_take(arena, count * sizeof *more);
    if (messages == NULL || more == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < count; i++) {
        fill_request(&rows[i], &messages[i]);
        more[i] = &messages[i];
    }
    messages[0].n_more = count - 1;
    messages[0].more = more + 1;
    return wire_pack(&messages[0].base, arena, ret_bytes);
}

enum status door_requests_decode(struct view bytes, struct arena *arena,
                                 struct door_request_parts **ret_rows, unsigned *ret_count,
                                 struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__door_request__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__DoorRequest *message = (const Netra__V1__DoorRequest *)unpacked;
    TRY(check_group(message->n_more, 0, diag));
    struct door_request_parts *rows = arena_take(arena, (message->n_more + 1) * sizeof *rows);
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    rows[0] = take_request(message);
    for (size_t i = 0; i < message->n_more; i++) {
        TRY(check_group(0, message->more[i]->n_more, diag));
        rows[i + 1] = take_request(message->more[i]);
    }
    *ret_rows = rows;
    *ret_count = (unsigned)message->n_more + 1;
    return STATUS_OK;
}

enum status door_request_encode(const struct door_request_parts *parts, struct arena *arena,
                                struct view *ret_bytes)
{
    return door_requests_encode(parts, 1, arena, ret_bytes);
}

enum status door_request_decode(struct view bytes, struct arena *arena,
                                struct door_request_parts *ret_parts, struct diag *diag)
{
    struct door_request_parts *rows = NULL;
    unsigned count = 0;
    TRY(door_requests_decode(bytes, arena, &rows, &count, diag));
    *ret_parts = rows[0];
    return STATUS_OK;
}

/* ---- answers ---- */

/* protobuf-c's string fields are char *, though packing never writes through them. */
static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void fill_answer(const struct door_answer_parts *parts, Netra__V1__DoorAnswer *message)
{
    netra__v1__door_answer__init(message);
    message->request_id = parts->request_id;
    message->status = text_of(status_name(parts->status));
    message->detail = text_of(parts->detail != NULL ? parts->detail : "");
    message->retry_after_ms = parts->retry_after_ms;
    message->body = wire_bytes(parts->body);
}

static struct door_answer_parts take_answer(const Netra__V1__DoorAnswer *message)
{
    enum status status = status_from_name(message->status);
    return (struct door_answer_parts){
        .request_id = message->request_id,
        .status = status == STATUS_COUNT ? STATUS_FAILED : status,
        .detail = message->detail,
        .retry_after_ms = message->retry_after_ms,
        .body = wire_view(message->body),
    };
}

enum status door_answers_encode(const struct door_answer_parts *rows, unsigned count,
                                struct arena *arena, struct view *ret_bytes)
{
    INVARIANT(count >= 1 && count <= DOOR_GROUP_MAX);
    Netra__V1__DoorAnswer *messages = arena_take(arena, count * sizeof *messages);
    Netra__V1__DoorAnswer **more = arena_take(arena, count * sizeof *more);
    if (messages == NULL || more == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < count; i++) {
        fill_answer(&rows[i], &messages[i]);
        more[i] = &messages[i];
    }
    messages[0].n_more = count - 1;
    messages[0].more = more + 1;
    return wire_pack(&messages[0].base, arena, ret_bytes);
}

enum status door_answers_decode(struct view bytes, struct arena *arena,
                                struct door_answer_parts **ret_rows, unsigned *ret_count,
                                struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__door_answer__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__DoorAnswer *message = (const Netra__V1__DoorAnswer *)unpacked;
    TRY(check_group(message->n_more, 0, diag));
    struct door_answer_parts *rows = arena_take(arena, (message->n_more + 1) * sizeof *rows);
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    rows[0] = take_answer(message);
    for (size_t i = 0; i < message->n_more; i++) {
        TRY(check_group(0, message->more[i]->n_more, diag));
        rows[i + 1] = take_answer(message->more[i]);
    }
    *ret_rows = rows;
    *ret_count = (unsigned)message->n_more + 1;
    return STATUS_OK;
}

enum status door_answer_encode(const struct door_answer_parts *parts, struct arena *arena,
                               struct view *ret_bytes)
{
    return door_answers_encode(parts, 1, arena, ret_bytes);
}

enum status door_answer_decode(struct view bytes, struct arena *arena,
                               struct door_answer_parts *ret_parts, struct diag *diag)
{
    struct door_answer_parts *rows = NULL;
    unsigned count = 0;
    TRY(door_answers_decode(bytes, arena, &rows, &count, diag));
    *ret_parts = rows[0];
    return STATUS_OK;
}
