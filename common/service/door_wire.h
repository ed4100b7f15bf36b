/*
 * The envelope of doors: DoorRequest and DoorAnswer to and from bytes, for services, workers and
 * the command alike. A frame holds one of them, or several where a client has several in hand
 * (docs/decisions/0012).
 *
 * Limits: DOOR_GROUP_MAX in one frame.
 * Errors: encoding: STATUS_NO_MEMORY. Decoding: wire_unpack's statuses; STATUS_OUT_OF_RANGE when
 * there are too many, or some within others.
 */
#ifndef NETRA_SERVICE_DOOR_WIRE_H
#define NETRA_SERVICE_DOOR_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdint.h>

#define DOOR_GROUP_MAX 256u
/* What an answer takes in a frame beside its body and detail, at most. */
#define DOOR_ANSWER_OVERHEAD 96u

struct door_request_parts {
    uint64_t request_id;
    uint32_t kind; /* RequestKind */
    struct view body;
};

struct door_answer_parts {
    uint64_t request_id;
    enum status status; /* STATUS_FAILED where the name is none of ours (a newer peer) */
    const char *detail; /* decoded: never NULL; in the arena */
    uint32_t retry_after_ms;
    struct view body;
};

/* One request or answer; decoding takes a frame's first. Views lie in the arena. */
enum status door_request_encode(const struct door_request_parts *parts, struct arena *arena,
                                struct view *ret_bytes) MUST_USE;
enum status door_request_decode(struct view bytes, struct arena *arena,
                                struct door_request_parts *ret_parts, struct diag *diag) MUST_USE;
enum status door_answer_encode(const struct door_answer_parts *parts, struct arena *arena,
                               struct view *ret_bytes) MUST_USE;
enum status door_answer_decode(struct view bytes, struct arena *arena,
                               struct door_answer_parts *ret_parts, struct diag *diag) MUST_USE;

/* All of a frame's, from 1 to DOOR_GROUP_MAX; decoded, the rows and their views lie in the arena.
 */
enum status door_requests_encode(const struct door_request_parts *rows, unsigned count,
                                 struct arena *arena, struct view *ret_bytes) MUST_USE;
enum status door_requests_decode(struct view bytes, struct arena *arena,
                                 struct door_request_parts **ret_rows, unsigned *ret_count,
                                 struct diag *diag) MUST_USE;
enum status door_answers_encode(const struct door_answer_parts *rows, unsigned count,
                                struct arena *arena, struct view *ret_bytes) MUST_USE;
enum status door_answers_decode(struct view bytes, struct arena *arena,
                                struct door_answer_parts **ret_rows, unsigned *ret_count,
                                struct diag *diag) MUST_USE;

#endif
