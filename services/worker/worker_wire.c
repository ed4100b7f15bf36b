/*
 * Translation only: leases in, results out; the numbers of the contract are asserted here.
 */
#include "services/worker/worker_wire.h"

#include "common/base/invariant.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/worker_to_classification.pb-c.h"
#include "services/classification/classification_wire.h"

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(WORKER_KIND_WORK, NETRA__V1__REQUEST_KIND__REQUEST_KIND_WORK);
SAME(WORKER_KIND_RESULT, NETRA__V1__REQUEST_KIND__REQUEST_KIND_RESULT);
SAME(WORKER_KIND_RULESET, NETRA__V1__REQUEST_KIND__REQUEST_KIND_RULESET);

enum status worker_wire_request(const uint8_t start[WORKER_START_SIZE], uint32_t cases_max,
                                struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__WorkRequest message = NETRA__V1__WORK_REQUEST__INIT;
    message.start = wire_bytes(view_of(start, WORKER_START_SIZE));
    message.cases_max = cases_max;
    message.engine = CLASSIFICATION_ENGINE;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status worker_wire_read_lease(struct view bytes, struct arena *arena,
                                   struct worker_lease *ret_lease, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__lease__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__Lease *message = (const Netra__V1__Lease *)unpacked;
    *ret_lease = (struct worker_lease){
        .lease_id = message->lease_id,
        .pin.engine = message->engine,
        .count = message->n_cases,
    };
    TRY(wire_exact(message->ruleset_digest, ret_lease->pin.digest, SHA256_SIZE, "ruleset_digest",
                   diag));
    if (message->n_cases > WORKER_CASES_MAX) {
        diag_set(diag, "cases: %zu; at most %u were asked for", message->n_cases,
                 WORKER_CASES_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    struct worker_case *cases = arena_take(arena, message->n_cases * sizeof(*cases));
    if (cases == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < message->n_cases; i++) {
        const Netra__V1__LeasedCase *leased = message->cases[i];
        TRY(wire_exact(leased->stream_id, cases[i].stream_id, STREAM_ID_SIZE, "cases.stream_id",
                       diag));
        cases[i].seq = leased->seq;
        cases[i].facts = wire_view(leased->facts);
    }
    ret_lease->cases = cases;
    return STATUS_OK;
}

static enum status make_result(const struct worker_result *result, struct arena *arena,
                               Netra__V1__WorkResult *message)
{
    uint8_t verdict[VERDICT_WIRE_BYTES_MAX];
    size_t size = classification_wire_verdict(&result->verdict, verdict);
    netra__v1__work_result__init(message);
    message->stream_id = wire_bytes(view_of(result->stream_id, STREAM_ID_SIZE));
    message->seq = result->seq;
    message->verdict.data = arena_copy(arena, view_of(verdict, size));
    message->verdict.len = size;
    return message->verdict.data == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status worker_wire_results(const struct worker_results *results, struct arena *arena,
                                struct view *ret_bytes)
{
    INVARIANT(results->count <= WORKER_CASES_MAX);
    Netra__V1__WorkResult rows[WORKER_CASES_MAX];
    Netra__V1__WorkResult *list[WORKER_CASES_MAX];
    Netra__V1__WorkResults message = NETRA__V1__WORK_RESULTS__INIT;
    message.lease_id = results->lease_id;
    message.ruleset_digest = wire_bytes(view_of(results->pin.digest, SHA256_SIZE));
    message.engine = results->pin.engine;
    for (unsigned i = 0; i < results->count; i++) {
        TRY(make_result(&results->rows[i], arena, &rows[i]));
        list[i] = &rows[i];
    }
    message.n_results = results->count;
    message.results = list;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status worker_wire_ruleset_request(const uint8_t digest[SHA256_SIZE], uint32_t offset,
                                        struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__RulesetRequest message = NETRA__V1__RULESET_REQUEST__INIT;
    message.digest = wire_bytes(view_of(digest, SHA256_SIZE));
    message.offset = offset;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status worker_wire_read_part(struct view bytes, struct arena *arena, uint32_t *ret_size,
                                  struct view *ret_part, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__ruleset_part__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__RulesetPart *message = (const Netra__V1__RulesetPart *)unpacked;
    *ret_size = message->size;
    *ret_part = wire_view(message->part);
    return STATUS_OK;
}
