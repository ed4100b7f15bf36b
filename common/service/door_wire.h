/*
 * The envelope of doors: DoorRequest and DoorAnswer to and from bytes, for services, workers and
 * the command alike.
 */
#ifndef NETRA_SERVICE_DOOR_WIRE_H
#define NETRA_SERVICE_DOOR_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdint.h>

struct door_request_parts {
    uint64_t request_id;
    uint32_t kind; /* RequestKind */
    struct view body;
};

struct door_answer_parts {
    uint64_t request_id;
    enum status status; /* STATUS_FAILED where the name is none of ours (a newer peer) */
    const char *detail; /* never NULL; in the arena */
    uint32_t retry_after_ms;
    struct view body;
};

/* Encoding: STATUS_NO_MEMORY. Decoding: wire_unpack's statuses. Views lie in the arena. */
enum status door_request_encode(const struct door_request_parts *parts, struct arena *arena,
                                struct view *ret_bytes) MUST_USE;
enum status door_request_decode(struct view bytes, struct arena *arena,
                                struct door_request_parts *ret_parts, struct diag *diag) MUST_USE;
enum status door_answer_encode(const struct door_answer_parts *parts, struct arena *arena,
                               struct view *ret_bytes) MUST_USE;
enum status door_answer_decode(struct view bytes, struct arena *arena,
                               struct door_answer_parts *ret_parts, struct diag *diag) MUST_USE;

#endif
