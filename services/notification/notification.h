/*
 * Who is told of a decision, and of what. Pure.
 *
 * Why: whom a case concerns is the whole sense of this service, so the rule stands apart from
 * channels, tables and messages. A decision that a person must still look at concerns reviewers
 * only, whatever the machine made of it.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_H
#define NETRA_NOTIFICATION_NOTIFICATION_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/wire/header.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The contract's numbers (proto/netra/v1); notification_wire.c asserts that. */
enum decision_outcome {
    DECISION_OUTCOME_UNSPECIFIED = 0,
    DECISION_OUTCOME_VIOLATION = 1,
    DECISION_OUTCOME_NOT_A_VIOLATION = 2,
    DECISION_OUTCOME_NEEDS_INFORMATION = 3,
    DECISION_OUTCOME_UNDECIDED = 4
};

enum decision_disposition {
    DECISION_DISPOSITION_UNSPECIFIED = 0,
    DECISION_DISPOSITION_AUTO = 1,
    DECISION_DISPOSITION_REVIEW = 2
};

enum notice_kind { NOTICE_DECISION = 1, NOTICE_REVIEW = 2 };

/* What notification needs of a DecisionMade. */
struct decision {
    uint32_t revision;
    enum decision_outcome outcome;
    enum decision_disposition disposition;
};

/* Somebody to tell: a role or office, never a person. Static text. */
struct recipient {
    const char *name;
    enum notice_kind kind;
};

#define RECIPIENTS_MAX 4u

/* A row of the list of notices (NoticeRow). */
struct notice_row {
    uint64_t id;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t revision;
    uint32_t kind;
    const char *recipient;
    const char *state;
};

/* Checks what the contract leaves open. STATUS_FIELD_MISSING: no revision, outcome or disposition;
 * `diag` names it. */
enum status decision_check(const struct decision *decision, struct diag *diag) MUST_USE;

/* Writes who is told of the checked decision; returns how many. */
size_t decision_recipients(const struct decision *decision,
                           struct recipient recipients[RECIPIENTS_MAX]);

#endif
