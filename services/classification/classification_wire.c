/*
 * Translation, and the checks that belong to the contract: sizes, ranges, the engine's number;
 * never what a case means.
 */
#include "services/classification/classification_wire.h"

#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/intake_to_classification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "netra/v1/worker_to_classification.pb-c.h"

#include <string.h>

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(CLASSIFICATION_REQUEST_WORK, NETRA__V1__REQUEST_KIND__REQUEST_KIND_WORK);
SAME(CLASSIFICATION_REQUEST_RESULT, NETRA__V1__REQUEST_KIND__REQUEST_KIND_RESULT);
SAME(CLASSIFICATION_REQUEST_DECISIONS, NETRA__V1__REQUEST_KIND__REQUEST_KIND_DECISIONS);
SAME(CLASSIFICATION_EVENT_KEY_AUTHORISED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED);
SAME(CLASSIFICATION_EVENT_KEY_REVOKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED);
SAME(CLASSIFICATION_EVENT_CASE_ACCEPTED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_ACCEPTED);
SAME(CLASSIFICATION_EVENT_DECISION_MADE, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_MADE);
SAME(CLASSIFICATION_ROLE_WORKER, NETRA__V1__ROLE__ROLE_WORKER);
SAME(CLASSIFICATION_ROLE_REVIEWER, NETRA__V1__ROLE__ROLE_REVIEWER);
SAME(CLASSIFICATION_ROLE_OPERATOR, NETRA__V1__ROLE__ROLE_OPERATOR);
SAME(CLASSIFICATION_ROLE_AUDITOR, NETRA__V1__ROLE__ROLE_AUDITOR);
SAME(OUTCOME_VIOLATION, NETRA__V1__OUTCOME__OUTCOME_VIOLATION);
SAME(OUTCOME_NOT_A_VIOLATION, NETRA__V1__OUTCOME__OUTCOME_NOT_A_VIOLATION);
SAME(OUTCOME_NEEDS_INFORMATION, NETRA__V1__OUTCOME__OUTCOME_NEEDS_INFORMATION);
SAME(OUTCOME_UNDECIDED, NETRA__V1__OUTCOME__OUTCOME_UNDECIDED);
SAME(DISPOSITION_AUTO, NETRA__V1__DISPOSITION__DISPOSITION_AUTO);
SAME(DISPOSITION_REVIEW, NETRA__V1__DISPOSITION__DISPOSITION_REVIEW);

enum status classification_wire_check_facts(struct view facts, struct diag *diag)
{
    return wire_scan(&netra__v1__case_accepted__descriptor, facts, diag);
}

enum status classification_wire_read_ask(const ProtobufCMessage *message,
                                         struct lease_ask *ret_ask, struct diag *diag)
{
    const Netra__V1__WorkRequest *request = (const Netra__V1__WorkRequest *)message;
    *ret_ask = (struct lease_ask){.cases_max = request->cases_max};
    TRY(wire_exact(request->start, ret_ask->start, LEASE_START_SIZE, "start", diag));
    if (request->cases_max > LEASE_CASES_MAX) {
        diag_set(diag, "cases_max: expected at most %u", LEASE_CASES_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    if (request->engine != CLASSIFICATION_ENGINE) {
        diag_set(diag, "engine: %u; here decisions are made with %u", request->engine,
                 CLASSIFICATION_ENGINE);
        return STATUS_OUT_OF_RANGE;
    }
    return STATUS_OK;
}

enum status classification_wire_read_result(const ProtobufCMessage *message,
                                            struct lease_result *ret_result, struct diag *diag)
{
    const Netra__V1__WorkResult *result = (const Netra__V1__WorkResult *)message;
    *ret_result = (struct lease_result){
        .point.seq = result->seq,
        .pin.engine = result->engine,
    };
    if (result->verdict == NULL) {
        diag_set(diag, "verdict: missing");
        return STATUS_FIELD_MISSING;
    }
    if (result->seq == 0) {
        diag_set(diag, "seq: expected at least 1");
        return STATUS_OUT_OF_RANGE;
    }
    TRY(wire_exact(result->stream_id, ret_result->point.stream_id, STREAM_ID_SIZE, "stream_id",
                   diag));
    TRY(wire_exact(result->ruleset_digest, ret_result->pin.ruleset_digest, SHA256_SIZE,
                   "ruleset_digest", diag));
    return verdict_check((uint32_t)result->verdict->outcome,
                         (uint32_t)result->verdict->disposition, result->verdict->reason,
                         &ret_result->verdict, diag);
}

enum status classification_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                          uint32_t *ret_rows_max, struct diag *diag)
{
    const Netra__V1__ListRequest *request = (const Netra__V1__ListRequest *)message;
    if (request->rows_max == 0 || request->rows_max > LIMIT_LIST_ROWS) {
        diag_set(diag, "rows_max: expected 1 to %u", LIMIT_LIST_ROWS);
        return STATUS_OUT_OF_RANGE;
    }
    if (request->after > INT64_MAX) {
        diag_set(diag, "after: no row has this key");
        return STATUS_OUT_OF_RANGE;
    }
    *ret_after = request->after;
    *ret_rows_max = request->rows_max;
    return STATUS_OK;
}

/* A case of a lease as the contract has it, with room for its point beside it. */
struct leased_case {
    Netra__V1__LeasedCase message;
    struct entry_point point;
};

enum status classification_wire_lease(const struct lease_pool *pool,
                                      const struct lease_grant *grant, struct arena *arena,
                                      struct view *ret_bytes)
{
    struct leased_case *cases = arena_take(arena, grant->count * sizeof(*cases));
    Netra__V1__LeasedCase **list = arena_take(arena, grant->count * sizeof(*list));
    if (cases == NULL || list == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < grant->count; i++) {
        struct leased_case *leased = &cases[i];
        struct view facts;
        lease_pool_granted(pool, grant->positions[i], &leased->point, &facts);
        leased->message = (Netra__V1__LeasedCase)NETRA__V1__LEASED_CASE__INIT;
        leased->message.stream_id = wire_bytes(view_of(leased->point.stream_id, STREAM_ID_SIZE));
        leased->message.seq = leased->point.seq;
        leased->message.facts = wire_bytes(facts);
        list[i] = &leased->message;
    }
    Netra__V1__Lease message = NETRA__V1__LEASE__INIT;
    message.lease_id = grant->lease_id;
    message.deadline_ms = (uint32_t)pool->lease_ms;
    message.ruleset_digest = wire_bytes(view_of(pool->pin.ruleset_digest, SHA256_SIZE));
    message.engine = pool->pin.engine;
    message.n_cases = grant->count;
    message.cases = list;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status classification_wire_decision(const struct decision *decision,
                                         const struct ruleset_pin *pin, struct arena *arena,
                                         struct view *ret_bytes)
{
    Netra__V1__Verdict verdict;
    netra__v1__verdict__init(&verdict);
    verdict.outcome = (Netra__V1__Outcome)decision->verdict.outcome;
    verdict.disposition = (Netra__V1__Disposition)decision->verdict.disposition;
    /* protobuf-c's text fields are char *, though packing never writes through them: a copy keeps
     * const honest. */
    verdict.reason = (char *)arena_copy(
        arena, view_of(decision->verdict.reason, strlen(decision->verdict.reason) + 1));
    if (verdict.reason == NULL)
        return STATUS_NO_MEMORY;
    Netra__V1__DecisionMade message = NETRA__V1__DECISION_MADE__INIT;
    message.revision = decision->revision;
    message.verdict = &verdict;
    message.facts_stream = wire_bytes(view_of(decision->facts_stream, STREAM_ID_SIZE));
    message.facts_seq = decision->facts_seq;
    message.ruleset_digest = wire_bytes(view_of(pin->ruleset_digest, SHA256_SIZE));
    message.engine = pin->engine;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status classification_wire_decision_rows(const struct decision *rows, size_t count,
                                              struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__DecisionRow *messages = arena_take(arena, count * sizeof(*messages));
    Netra__V1__DecisionRow **list = arena_take(arena, count * sizeof(*list));
    if (messages == NULL || list == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct decision *row = &rows[i];
        messages[i] = (Netra__V1__DecisionRow)NETRA__V1__DECISION_ROW__INIT;
        messages[i].id = row->id;
        messages[i].case_handle = wire_bytes(view_of(row->case_handle, CASE_HANDLE_SIZE));
        messages[i].revision = row->revision;
        messages[i].outcome = (uint32_t)row->verdict.outcome;
        messages[i].disposition = (uint32_t)row->verdict.disposition;
        messages[i].seq = row->seq;
        list[i] = &messages[i];
    }
    Netra__V1__DecisionRows message = NETRA__V1__DECISION_ROWS__INIT;
    message.n_decisions = count;
    message.decisions = list;
    return wire_pack(&message.base, arena, ret_bytes);
}
