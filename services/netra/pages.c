/*
 * A page is unpacked into an arena of its own, which is emptied before the next question; the
 * question lies in the other one.
 */
#include "services/netra/pages.h"

#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"

#include <string.h>

enum status page_ask_message(struct command *command, enum door door, uint32_t kind,
                             const ProtobufCMessage *question,
                             const ProtobufCMessageDescriptor *descriptor,
                             ProtobufCMessage **ret_message)
{
    const size_t mark = arena_mark(&command->arena);
    struct view body;
    struct view answer;

    /* Not in the page: that is reset before the question leaves. */
    TRY(wire_pack(question, &command->arena, &body));
    const enum status status = command_ask(command, door, kind, body, &answer);

    arena_rewind(&command->arena, mark);
    TRY(status);
    return wire_unpack(descriptor, answer, &command->page, ret_message, &command->diag);
}

enum status page_ask(struct command *command, enum door door, uint32_t kind, uint64_t after,
                     const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **ret_message)
{
    Netra__V1__ListRequest question = NETRA__V1__LIST_REQUEST__INIT;

    question.after = after;
    question.rows_max = LIMIT_LIST_ROWS;
    return page_ask_message(command, door, kind, &question.base, descriptor, ret_message);
}

enum status page_ask_statuses(struct command *command, struct statuses *ret_statuses)
{
    struct door_ask *asks = ret_statuses->asks;

    *ret_statuses = (struct statuses){.services = {NULL}};
    for (unsigned door = 0; door < DOOR_COUNT; door++)
        asks[door] = (struct door_ask){
            .door = (enum door)door, .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_SERVICE_STATUS};
    TRY(door_client_ask_many(&command->doors, asks, DOOR_COUNT, command->timeout_ms,
                             &command->arena));
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        ProtobufCMessage *unpacked = NULL;

        if (asks[door].status != STATUS_OK)
            continue;
        TRY(wire_unpack(&netra__v1__service_status__descriptor, asks[door].answer, &command->arena,
                        &unpacked, &command->diag));
        ret_statuses->services[door] = (const Netra__V1__ServiceStatus *)unpacked;
    }
    return STATUS_OK;
}

const Netra__V1__StreamState *stream_of_peer(Netra__V1__StreamState *const *streams, size_t count,
                                             const char *peer)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(streams[i]->peer, peer) == 0)
            return streams[i];
    }
    return NULL;
}
