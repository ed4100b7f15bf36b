/*
 * Between the contract's messages and classification's own structs; classification_wire.c alone
 * sees the generated code. Whatever is encoded lies in the arena given.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_WIRE_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "services/classification/classification.h"
#include "services/classification/decision.h"
#include "services/classification/lease_pool.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The contract's numbers that the spec table names; classification_wire.c asserts that they are
 * the contract's. */
enum classification_request_kind {
    CLASSIFICATION_REQUEST_WORK = 32,
    CLASSIFICATION_REQUEST_RESULT = 33,
    CLASSIFICATION_REQUEST_DECISIONS = 81
};

enum classification_event_type {
    CLASSIFICATION_EVENT_KEY_AUTHORISED = 16,
    CLASSIFICATION_EVENT_KEY_REVOKED = 17,
    CLASSIFICATION_EVENT_CASE_ACCEPTED = 32,
    CLASSIFICATION_EVENT_DECISION_MADE = 48
};

enum classification_role {
    CLASSIFICATION_ROLE_WORKER = 2,
    CLASSIFICATION_ROLE_REVIEWER = 4,
    CLASSIFICATION_ROLE_OPERATOR = 7,
    CLASSIFICATION_ROLE_AUDITOR = 8
};

/* The schema of every payload that classification writes. */
#define CLASSIFICATION_SCHEMA 1u

/* The bodies of the door's requests, as generated. */
extern const ProtobufCMessageDescriptor netra__v1__work_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__work_result__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__list_request__descriptor;

/* Whether the opened facts are a CaseAccepted: wire_scan's statuses. */
enum status classification_wire_check_facts(struct view facts, struct diag *diag) MUST_USE;

/* A WorkRequest, without the key it came with; cases_max 0: the worker withdraws its request.
 * STATUS_OUT_OF_RANGE: the start has another size, cases_max is above LEASE_CASES_MAX, or the
 * engine is not this program's: its results would never count. */
enum status classification_wire_read_ask(const ProtobufCMessage *message,
                                         struct lease_ask *ret_ask, struct diag *diag) MUST_USE;

/* A WorkResult, without the key it came with. STATUS_FIELD_MISSING (no verdict),
 * STATUS_OUT_OF_RANGE (a size, the seq, or verdict_check). */
enum status classification_wire_read_result(const ProtobufCMessage *message,
                                            struct lease_result *ret_result,
                                            struct diag *diag) MUST_USE;

/* A ListRequest. STATUS_OUT_OF_RANGE: rows_max is not 1 to LIMIT_LIST_ROWS, or `after` is no
 * key that a row can have. */
enum status classification_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                          uint32_t *ret_rows_max, struct diag *diag) MUST_USE;

/* A Lease. The bytes hold facts: they lie in an arena that is wiped. STATUS_NO_MEMORY, as all
 * below. */
enum status classification_wire_lease(const struct lease_pool *pool,
                                      const struct lease_grant *grant, struct arena *arena,
                                      struct view *ret_bytes) MUST_USE;

/* A DecisionMade, with the ruleset and engine of `pin`. */
enum status classification_wire_decision(const struct decision *decision,
                                         const struct ruleset_pin *pin, struct arena *arena,
                                         struct view *ret_bytes) MUST_USE;

/* DecisionRows. */
enum status classification_wire_decision_rows(const struct decision *rows, size_t count,
                                              struct arena *arena,
                                              struct view *ret_bytes) MUST_USE;

#endif
