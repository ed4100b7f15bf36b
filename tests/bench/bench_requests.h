/*
 * What the benchmark's clients ask at the first door: opaque bytes, or whole reports of which
 * each says something else; and how many requests and answers travel in one frame.
 *
 * Owns: an arena that holds the frame made last.
 * Limits: NARRATIVES_MAX lines of NARRATIVE_BYTES_MAX, cut to a whole report of 1 KiB already.
 */
#ifndef NETRA_TESTS_BENCH_BENCH_REQUESTS_H
#define NETRA_TESTS_BENCH_BENCH_REQUESTS_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/service/door_wire.h"
#include "tests/bench/bench.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#define NARRATIVES_BYTES_MAX 1048576u
#define NARRATIVES_MAX 1024u

/* How many requests one frame may hold: half of what most measurements have in hand, so that a
 * frame is on its way while another is worked on. */
#define BENCH_GROUP_MAX 32u

struct bench_requests {
    struct arena arena;
    char narratives[NARRATIVES_BYTES_MAX];
    char *lines[NARRATIVES_MAX];
    unsigned line_count; /* 0: opaque requests */
    uint8_t content[BENCH_PAYLOAD_BYTES];
};

/* `narratives_path` NULL: opaque. STATUS_USAGE: the file can't be read, is too long or has no
 * line. STATUS_SYSTEM_FAILED. */
enum status bench_requests_open(struct bench_requests *requests,
                                const char *narratives_path) MUST_USE;

/* A frame with `count` requests (at most BENCH_GROUP_MAX) whose numbers follow `first_id`, in the
 * arena until the next frame. STATUS_NO_MEMORY. */
enum status bench_requests_frame(struct bench_requests *requests, uint64_t first_id,
                                 unsigned count, struct view *ret_frame) MUST_USE;

/* A frame with one request of any kind, in the arena until the next frame. STATUS_NO_MEMORY. */
enum status bench_requests_one(struct bench_requests *requests, uint64_t id, uint32_t kind,
                               const ProtobufCMessage *message, struct view *ret_frame) MUST_USE;

/* Reads a frame of answers and yields how many requests it answers. The body of the first is in
 * the arena. STATUS_FAILED: one of them is not OK; `diag` says what it is. wire_unpack's. */
enum status bench_requests_answered(struct bench_requests *requests, struct view frame,
                                    unsigned *ret_count, struct door_answer_parts *ret_first,
                                    struct diag *diag) MUST_USE;

void bench_requests_close(struct bench_requests *requests);

#endif
