/*
 * Lists at the doors, page by page.
 */
#ifndef NETRA_NETRA_PAGES_H
#define NETRA_NETRA_PAGES_H

#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/command.h"

#include <protobuf-c/protobuf-c.h>

/* Asks for the rows after `after` (0: from the start), at most LIMIT_LIST_ROWS; the message lies
 * in command->page. The statuses of command_ask and the scan's. */
enum status page_ask(struct command *command, enum door door, uint32_t kind, uint64_t after,
                     const ProtobufCMessageDescriptor *descriptor,
                     ProtobufCMessage **ret_message) MUST_USE;

/* Asks a question without content, or with the packed message, and unpacks the answer there. */
enum status page_ask_message(struct command *command, enum door door, uint32_t kind,
                             const ProtobufCMessage *question,
                             const ProtobufCMessageDescriptor *descriptor,
                             ProtobufCMessage **ret_message) MUST_USE;

/* Every service's state, by door. */
struct statuses {
    struct door_ask asks[DOOR_COUNT];                    /* who gave no answer, and why */
    const Netra__V1__ServiceStatus *services[DOOR_COUNT]; /* NULL: it gave none */
};

/* Asks every service's state at once; the answers lie in command->arena. A silent service is no
 * error. */
enum status page_ask_statuses(struct command *command, struct statuses *ret_statuses) MUST_USE;

/* The state of that peer among streams, or NULL. */
const Netra__V1__StreamState *stream_of_peer(Netra__V1__StreamState *const *streams, size_t count,
                                             const char *peer);

#endif
