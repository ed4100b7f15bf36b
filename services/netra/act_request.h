/*
 * A person's act from the command line: built, signed with the key of the command, asked at a
 * service's door (protocol.md 26).
 */
#ifndef NETRA_NETRA_ACT_REQUEST_H
#define NETRA_NETRA_ACT_REQUEST_H

#include "common/wire/header.h"
#include "services/netra/command.h"

#include <protobuf-c/protobuf-c.h>

struct act_done {
    uint8_t stream_id[16];
    uint64_t seq;
    struct view answer; /* in command->page */
};

/* What is done where, in which role, and to which case. */
struct act_order {
    enum door door;
    uint16_t type;              /* EventType */
    uint16_t role;              /* Role */
    const uint8_t *case_handle; /* CASE_HANDLE_SIZE bytes; NULL: no case */
    const ProtobufCMessage *payload;
};

/*
 * Packs the payload, draws r, signs with the command's key, asks the service, and tells where the
 * act stands. The statuses of command_ask: what the service answered, its name in the diag.
 */
enum status act_request_order(struct command *command, const struct act_order *order,
                              struct act_done *ret_done) MUST_USE;

/* The same as operator, and of no case. */
enum status act_request(struct command *command, enum door door, uint16_t type,
                        const ProtobufCMessage *payload, struct act_done *ret_done) MUST_USE;

/* Prints the act as done: where it stands in the service's log. */
void act_print(struct command *command, enum door door, const struct act_done *done);

#endif
