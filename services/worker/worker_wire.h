/*
 * Between the contract's messages and the worker's own structs; worker_wire.c alone sees the
 * generated code. Whatever is encoded or decoded lies in the arena given.
 */
#ifndef NETRA_WORKER_WORKER_WIRE_H
#define NETRA_WORKER_WORKER_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "services/worker/worker.h"

#include <stddef.h>
#include <stdint.h>

/* The contract's numbers; worker_wire.c asserts that they are. */
enum worker_request_kind {
    WORKER_KIND_WORK = 32,
    WORKER_KIND_RESULT = 33,
    WORKER_KIND_RULESET = 34
};

/* A case to decide. */
struct worker_case {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t seq;
    struct view facts;
};

struct worker_lease {
    uint64_t lease_id;
    struct ruleset_pin pin;
    const struct worker_case *cases;
    size_t count;
};

/* A WorkRequest; cases_max 0 withdraws the one before. STATUS_NO_MEMORY. */
enum status worker_wire_request(const uint8_t start[WORKER_START_SIZE], uint32_t cases_max,
                                struct arena *arena, struct view *ret_bytes) MUST_USE;

/* A Lease. wire_unpack's statuses; STATUS_OUT_OF_RANGE: more than WORKER_CASES_MAX cases, or a
 * field of another size. */
enum status worker_wire_read_lease(struct view bytes, struct arena *arena,
                                   struct worker_lease *ret_lease, struct diag *diag) MUST_USE;

/* WorkResults. STATUS_NO_MEMORY. */
enum status worker_wire_results(const struct worker_results *results, struct arena *arena,
                                struct view *ret_bytes) MUST_USE;

/* A RulesetRequest for the part that begins at `offset`. STATUS_NO_MEMORY. */
enum status worker_wire_ruleset_request(const uint8_t digest[SHA256_SIZE], uint32_t offset,
                                        struct arena *arena, struct view *ret_bytes) MUST_USE;

/* A RulesetPart: the whole's size, and the part. wire_unpack's statuses. */
enum status worker_wire_read_part(struct view bytes, struct arena *arena, uint32_t *ret_size,
                                  struct view *ret_part, struct diag *diag) MUST_USE;

#endif
