/*
 * Translation, and the checks that belong to the contract: sizes, ranges, the engine's number;
 * never what a case means.
 */
#include "services/classification/classification_wire.h"

#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "netra/v1/worker_to_classification.pb-c.h"

#include <string.h>

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(CLASSIFICATION_REQUEST_WORK, NETRA__V1__REQUEST_KIND__REQUEST_KIND_WORK);
SAME(CLASSIFICATION_REQUEST_RESULT, NETRA__V1__REQUEST_KIND__REQUEST_KIND_RESULT);
SAME(CLASSIFICATION_REQUEST_RULESET, NETRA__V1__REQUEST_KIND__REQUEST_KIND_RULESET);
SAME(CLASSIFICATION_REQUEST_DECISIONS, NETRA__V1__REQUEST_KIND__REQUEST_KIND_DECISIONS);
SAME(CLASSIFICATION_REQUEST_CASE_DECISIONS, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_DECISIONS);
SAME(CLASSIFICATION_REQUEST_REVIEWS, NETRA__V1__REQUEST_KIND__REQUEST_KIND_REVIEWS);
SAME(CLASSIFICATION_EVENT_TABLES_LOADED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_TABLES_LOADED);
SAME(CLASSIFICATION_EVENT_KEY_AUTHORISED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED);
SAME(CLASSIFICATION_EVENT_KEY_REVOKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED);
SAME(CLASSIFICATION_EVENT_CASE_ACCEPTED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_ACCEPTED);
SAME(CLASSIFICATION_EVENT_CASE_CORRECTED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_CORRECTED);
SAME(CLASSIFICATION_EVENT_DECISION_MADE, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_MADE);
SAME(CLASSIFICATION_EVENT_DECISION_CONFIRMED,
     NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_CONFIRMED);
SAME(CLASSIFICATION_EVENT_DECISION_OVERRIDDEN,
     NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_OVERRIDDEN);
SAME(CLASSIFICATION_ROLE_NODE, NETRA__V1__ROLE__ROLE_NODE);
SAME(CLASSIFICATION_ROLE_WORKER, NETRA__V1__ROLE__ROLE_WORKER);
SAME(CLASSIFICATION_ROLE_OFFICER, NETRA__V1__ROLE__ROLE_OFFICER);
SAME(CLASSIFICATION_ROLE_REVIEWER, NETRA__V1__ROLE__ROLE_REVIEWER);
SAME(CLASSIFICATION_ROLE_OPERATOR, NETRA__V1__ROLE__ROLE_OPERATOR);
SAME(CLASSIFICATION_ROLE_AUDITOR, NETRA__V1__ROLE__ROLE_AUDITOR);

/* protobuf-c's text fields are char *, though packing never writes through them. */
static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* ---- requests ---- */

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

static enum status read_result(const Netra__V1__WorkResult *message, struct lease_result *result,
                               struct diag *diag)
{
    result->point.seq = message->seq;
    if (message->seq == 0) {
        diag_set(diag, "seq: expected at least 1");
        return STATUS_OUT_OF_RANGE;
    }
    TRY(wire_exact(message->stream_id, result->point.stream_id, STREAM_ID_SIZE, "stream_id",
                   diag));
    TRY(classification_wire_read_verdict(wire_view(message->verdict), &result->verdict, diag));
    if (result->verdict.disposition > DISPOSITION_REVIEW) {
        diag_set(diag, "verdict.disposition: only a person confirms or overrides");
        return STATUS_OUT_OF_RANGE;
    }
    return STATUS_OK;
}

enum status classification_wire_read_results(const ProtobufCMessage *message, struct arena *arena,
                                             struct lease_results *ret_results, struct diag *diag)
{
    const Netra__V1__WorkResults *several = (const Netra__V1__WorkResults *)message;
    if (several->n_results == 0 || several->n_results > LEASE_CASES_MAX) {
        diag_set(diag, "results: expected 1 to %u", LEASE_CASES_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    struct lease_result *rows = arena_take(arena, several->n_results * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    *ret_results = (struct lease_results){
        .pin.engine = several->engine,
        .count = several->n_results,
        .rows = rows,
    };
    TRY(wire_exact(several->ruleset_digest, ret_results->pin.digest, SHA256_SIZE, "ruleset_digest",
                   diag));
    for (size_t i = 0; i < several->n_results; i++)
        TRY(read_result(several->results[i], &rows[i], diag));
    return STATUS_OK;
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

enum status classification_wire_read_case_request(const ProtobufCMessage *message,
                                                  uint8_t case_handle[CASE_HANDLE_SIZE],
                                                  struct diag *diag)
{
    const Netra__V1__CaseRequest *request = (const Netra__V1__CaseRequest *)message;
    return wire_exact(request->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle", diag);
}

enum status classification_wire_read_ruleset_request(const ProtobufCMessage *message,
                                                     uint8_t digest[SHA256_SIZE],
                                                     uint32_t *ret_offset, struct diag *diag)
{
    const Netra__V1__RulesetRequest *request = (const Netra__V1__RulesetRequest *)message;
    *ret_offset = request->offset;
    return wire_exact(request->digest, digest, SHA256_SIZE, "digest", diag);
}

/* ---- answers ---- */

enum status classification_wire_ruleset_part(struct view ruleset, uint32_t offset,
                                             struct arena *arena, struct view *ret_bytes,
                                             struct diag *diag)
{
    if (offset >= ruleset.size) {
        diag_set(diag, "offset: %u; the ruleset has %zu bytes", offset, ruleset.size);
        return STATUS_OUT_OF_RANGE;
    }
    size_t size = ruleset.size - offset;
    if (size > CLASSIFICATION_RULESET_PART_BYTES)
        size = CLASSIFICATION_RULESET_PART_BYTES;
    Netra__V1__RulesetPart message = NETRA__V1__RULESET_PART__INIT;
    message.size = (uint32_t)ruleset.size;
    message.part = wire_bytes(view_of(ruleset.bytes + offset, size));
    return wire_pack(&message.base, arena, ret_bytes);
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
    message.ruleset_digest = wire_bytes(view_of(pool->pin.digest, SHA256_SIZE));
    message.engine = pool->pin.engine;
    message.n_cases = grant->count;
    message.cases = list;
    return wire_pack(&message.base, arena, ret_bytes);
}

/* ---- acts ---- */

enum status classification_wire_read_confirm(struct view payload, struct arena *arena,
                                             uint32_t *ret_revision, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__confirm_decision__descriptor, payload, arena, &unpacked, diag));
    *ret_revision = ((const Netra__V1__ConfirmDecision *)unpacked)->revision;
    return STATUS_OK;
}

enum status classification_wire_read_override(struct view payload, struct arena *arena,
                                              uint32_t *ret_revision, const char **ret_code,
                                              struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__override_decision__descriptor, payload, arena, &unpacked, diag));
    const Netra__V1__OverrideDecision *message = (const Netra__V1__OverrideDecision *)unpacked;
    if (message->reason[strspn(message->reason, " \t\r\n")] == '\0') {
        diag_set(diag, "reason: expected why the decision is replaced");
        return STATUS_FIELD_MISSING;
    }
    if (strlen(message->reason) > DECISION_WHY_BYTES_MAX) {
        diag_set(diag, "reason: expected at most %u bytes", DECISION_WHY_BYTES_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    *ret_revision = message->revision;
    *ret_code = message->code;
    return STATUS_OK;
}

enum status classification_wire_read_tables(struct view payload, struct arena *arena,
                                            const char **ret_service, uint8_t digest[SHA256_SIZE],
                                            struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__tables_loaded__descriptor, payload, arena, &unpacked, diag));
    const Netra__V1__TablesLoaded *message = (const Netra__V1__TablesLoaded *)unpacked;
    *ret_service = message->service;
    return wire_exact(message->digest, digest, SHA256_SIZE, "digest", diag);
}

enum status classification_wire_tables(const char *service, const struct ruleset *ruleset,
                                       struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__TablesLoaded message;
    netra__v1__tables_loaded__init(&message);
    message.service = text_of(service);
    message.digest = wire_bytes(view_of(ruleset_digest(ruleset), SHA256_SIZE));
    message.version = text_of(ruleset_version(ruleset));
    return wire_pack(&message.base, arena, ret_bytes);
}
