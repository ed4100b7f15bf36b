/*
 * Between the contract's messages and classification's own structs; the files that implement it
 * (classification_*_wire.c) alone see the generated code. Whatever is encoded or read lies in the
 * arena given. Workers link it too: cases are read and verdicts written in one place.
 *
 * Errors: besides those named, wire_unpack's where bytes are read, STATUS_NO_MEMORY where they are
 * made.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_WIRE_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/case/facts.h"
#include "common/wire/limits.h"
#include "services/classification/classification.h"
#include "services/classification/decision.h"
#include "services/classification/lease_pool.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Netra__V1__Verdict;

/* The contract's numbers that the spec table names; classification_wire.c asserts that they are
 * the contract's. */
enum classification_request_kind {
    CLASSIFICATION_REQUEST_WORK = 32,
    CLASSIFICATION_REQUEST_RESULT = 33,
    CLASSIFICATION_REQUEST_RULESET = 34,
    CLASSIFICATION_REQUEST_DECISIONS = 81,
    CLASSIFICATION_REQUEST_CASE_DECISIONS = 85,
    CLASSIFICATION_REQUEST_REVIEWS = 86
};

enum classification_event_type {
    CLASSIFICATION_EVENT_TABLES_LOADED = 7,
    CLASSIFICATION_EVENT_KEY_AUTHORISED = 16,
    CLASSIFICATION_EVENT_KEY_REVOKED = 17,
    CLASSIFICATION_EVENT_CASE_ACCEPTED = 32,
    CLASSIFICATION_EVENT_CASE_CORRECTED = 33,
    CLASSIFICATION_EVENT_DECISION_MADE = 48,
    CLASSIFICATION_EVENT_DECISION_CONFIRMED = 49,
    CLASSIFICATION_EVENT_DECISION_OVERRIDDEN = 50
};

enum classification_role {
    CLASSIFICATION_ROLE_NODE = 1,
    CLASSIFICATION_ROLE_WORKER = 2,
    CLASSIFICATION_ROLE_OFFICER = 3,
    CLASSIFICATION_ROLE_REVIEWER = 4,
    CLASSIFICATION_ROLE_OPERATOR = 7,
    CLASSIFICATION_ROLE_AUDITOR = 8
};

/* The schema of every payload that classification writes. */
#define CLASSIFICATION_SCHEMA 1u

/* A part of a ruleset's bytes: it fits a frame with its envelope. */
#define CLASSIFICATION_RULESET_PART_BYTES 131072u

/* What the rows of one answer may take: a frame without its envelope. */
#define CLASSIFICATION_ANSWER_BYTES (LIMIT_FRAME_BYTES - 8192u)

/* The bodies of the door's requests, as generated. */
extern const ProtobufCMessageDescriptor netra__v1__work_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__work_results__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__list_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__case_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__ruleset_request__descriptor;

/* ---- cases and verdicts (classification_case_wire.c, classification_verdict_wire.c) ---- */

/* A case as intake sends it. Texts lie in the arena. */
struct case_read {
    const char *case_number;
    const char *region;
    uint32_t facts_revision;
    struct facts facts;
};

/* What deciding a case takes at most, the message it is read from included. */
#define CLASSIFICATION_SCRATCH_BYTES (RULESET_SCRATCH_BYTES + LIMIT_UNPACKED_BYTES)

/* Reads an encoded CaseAccepted. facts_wire_read's statuses; STATUS_FIELD_MISSING (the case's
 * number, its region, the day of receipt); STATUS_OUT_OF_RANGE (no facts revision, or a text that
 * is longer than facts may have it). */
enum status classification_wire_read_case(struct view bytes, struct arena *arena,
                                          struct case_read *ret_case, struct diag *diag) MUST_USE;

/* The brief of a case that was read. */
struct case_brief classification_wire_brief(const struct case_read *read);

/* Decides facts that were read, with RULESET_SCRATCH_BYTES of scratch memory. A case that takes
 * more is undecided: it can't be decided anywhere. */
enum status classification_wire_decide_read(const struct ruleset *ruleset,
                                            const struct facts *facts, struct arena *scratch,
                                            struct verdict *ret_verdict) MUST_USE;

/* Decides an encoded CaseAccepted, with CLASSIFICATION_SCRATCH_BYTES of scratch memory. A case
 * that takes more is undecided: it can't be decided anywhere. The statuses of
 * classification_wire_read_case. */
enum status classification_wire_decide(const struct ruleset *ruleset, struct view bytes,
                                       struct arena *scratch, struct verdict *ret_verdict,
                                       struct diag *diag) MUST_USE;

/* ---- verdicts (classification_verdict_wire.c) ---- */

/* A Verdict with as much of everything as there may be. */
#define VERDICT_WIRE_BYTES_MAX 5120u

/* Encodes a Verdict; returns its size. */
size_t classification_wire_verdict(const struct verdict *verdict,
                                   uint8_t bytes[VERDICT_WIRE_BYTES_MAX]);

/* Reads a Verdict and checks it. STATUS_MALFORMED (it is none), STATUS_OUT_OF_RANGE (a list too
 * long, a text that is no code, verdict_check). */
enum status classification_wire_read_verdict(struct view bytes, struct verdict *ret_verdict,
                                             struct diag *diag) MUST_USE;

/* ---- decisions (classification_decision_wire.c) ---- */

/* A DecisionMade. */
enum status classification_wire_made(const struct decision_made *made, struct arena *arena,
                                     struct view *ret_bytes) MUST_USE;

/* Reads one as it stands in the store; texts and basis rows lie in the arena. */
enum status classification_wire_read_made(struct view bytes, struct arena *arena,
                                          struct decision_made *ret_made,
                                          struct diag *diag) MUST_USE;

/* DecisionRows: as many of the rows, from the first on, as an answer holds. */
enum status classification_wire_decision_rows(const struct decision *rows, size_t count,
                                              struct arena *arena,
                                              struct view *ret_bytes) MUST_USE;

/* CaseDecisions: as many of the rows as an answer holds, the newest in any case. */
enum status classification_wire_case_decisions(const struct decision *rows, size_t count,
                                               struct arena *arena,
                                               struct view *ret_bytes) MUST_USE;

/* ---- the door and acts (classification_wire.c) ---- */

/* A WorkRequest, without the key it came with; cases_max 0: the worker withdraws its request.
 * STATUS_OUT_OF_RANGE: the start has another size, cases_max is above LEASE_CASES_MAX, or the
 * engine is not this program's: its results would never count. */
enum status classification_wire_read_ask(const ProtobufCMessage *message,
                                         struct lease_ask *ret_ask, struct diag *diag) MUST_USE;

/* WorkResults, into the arena, without the key they came with. wire_unpack's statuses;
 * STATUS_OUT_OF_RANGE also for none and for more than LEASE_CASES_MAX, for a size, a seq and a
 * verdict. */
enum status classification_wire_read_results(const ProtobufCMessage *message, struct arena *arena,
                                             struct lease_results *ret_results,
                                             struct diag *diag) MUST_USE;

/* A ListRequest. STATUS_OUT_OF_RANGE: rows_max is not 1 to LIMIT_LIST_ROWS, or `after` is no
 * key that a row can have. */
enum status classification_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                          uint32_t *ret_rows_max, struct diag *diag) MUST_USE;

/* A CaseRequest, which here names the case by its handle. STATUS_OUT_OF_RANGE. */
enum status classification_wire_read_case_request(const ProtobufCMessage *message,
                                                  uint8_t case_handle[CASE_HANDLE_SIZE],
                                                  struct diag *diag) MUST_USE;

/* A RulesetRequest. STATUS_OUT_OF_RANGE: the digest has another size. */
enum status classification_wire_read_ruleset_request(const ProtobufCMessage *message,
                                                     uint8_t digest[SHA256_SIZE],
                                                     uint32_t *ret_offset,
                                                     struct diag *diag) MUST_USE;

/* The RulesetPart from `offset` on. STATUS_OUT_OF_RANGE: nothing lies there. */
enum status classification_wire_ruleset_part(struct view ruleset, uint32_t offset,
                                             struct arena *arena, struct view *ret_bytes,
                                             struct diag *diag) MUST_USE;

/* A Lease. The bytes hold facts: they lie in an arena that is wiped. */
enum status classification_wire_lease(const struct lease_pool *pool,
                                      const struct lease_grant *grant, struct arena *arena,
                                      struct view *ret_bytes) MUST_USE;

/* A ConfirmDecision: the revision it names. */
enum status classification_wire_read_confirm(struct view payload, struct arena *arena,
                                             uint32_t *ret_revision, struct diag *diag) MUST_USE;

/* An OverrideDecision, its reason checked: STATUS_FIELD_MISSING (none was given),
 * STATUS_OUT_OF_RANGE (over DECISION_WHY_BYTES_MAX). The code is the ruleset's business. */
enum status classification_wire_read_override(struct view payload, struct arena *arena,
                                              uint32_t *ret_revision, const char **ret_code,
                                              struct diag *diag) MUST_USE;

/* A TablesLoaded, and back. STATUS_OUT_OF_RANGE: the digest has another size. */
enum status classification_wire_read_tables(struct view payload, struct arena *arena,
                                            const char **ret_service, uint8_t digest[SHA256_SIZE],
                                            struct diag *diag) MUST_USE;
enum status classification_wire_tables(const char *service, const struct ruleset *ruleset,
                                       struct arena *arena, struct view *ret_bytes) MUST_USE;

#endif
