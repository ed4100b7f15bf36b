/*
 * What notification must know of a decision, and what a notice is. Pure.
 *
 * Why: whom a case concerns is the whole sense of this service, so what that depends on stands
 * apart from channels, tables and messages. None of it is personal.
 * Units: days as in common/case/day.h.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_H
#define NETRA_NOTIFICATION_NOTIFICATION_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
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
    DECISION_OUTCOME_UNDECIDED = 4,
    DECISION_OUTCOME_COUNT = 5
};

enum decision_disposition {
    DECISION_DISPOSITION_UNSPECIFIED = 0,
    DECISION_DISPOSITION_AUTO = 1,
    DECISION_DISPOSITION_REVIEW = 2,
    DECISION_DISPOSITION_CONFIRMED = 3,
    DECISION_DISPOSITION_OVERRIDDEN = 4,
    DECISION_DISPOSITION_COUNT = 5
};

enum decision_actor {
    DECISION_ACTOR_UNSPECIFIED = 0,
    DECISION_ACTOR_UNKNOWN = 1,
    DECISION_ACTOR_ASN = 2,
    DECISION_ACTOR_ASN_VERTICAL = 3,
    DECISION_ACTOR_PJ_KEPALA_DAERAH = 4,
    DECISION_ACTOR_KADES = 5,
    DECISION_ACTOR_TNI_POLRI = 6,
    DECISION_ACTOR_HONORER = 7,
    DECISION_ACTOR_ELECTED = 8,
    DECISION_ACTOR_ORGANISER = 9,
    DECISION_ACTOR_COUNT = 10
};

enum notice_kind {
    NOTICE_DECISION = 1,    /* a decision is there */
    NOTICE_REVIEW = 2,      /* a reviewer is needed */
    NOTICE_INFORMATION = 3, /* the submitting office must complete the report */
    NOTICE_WITHDRAWN = 4    /* it was told of a decision that doesn't concern it any more */
};
#define NOTICE_KIND_COUNT 5

/* How a notice leaves. */
enum notice_channel { NOTICE_CHANNEL_MAILDIR = 1, NOTICE_CHANNEL_SMTP = 2 };

#define DECISION_CONFLICTS_MAX 8u
#define DECISION_CASE_NUMBER_BYTES 31u
#define DECISION_REGION_BYTES 13u
#define DECISION_CONFLICT_BYTES 39u
#define DECISION_CODE_BYTES 39u

/* What the routes depend on. */
struct decision {
    uint32_t revision;
    enum decision_outcome outcome;
    enum decision_disposition disposition;
    enum decision_actor actor;
    uint32_t incident_date; /* 0: not said */
    uint32_t received;
    char case_number[DECISION_CASE_NUMBER_BYTES + 1];
    char region[DECISION_REGION_BYTES + 1];
    char primary[DECISION_CODE_BYTES + 1]; /* the code that fits best; "": none */
    /* kinds of office that the accused belongs to */
    char conflicts[DECISION_CONFLICTS_MAX][DECISION_CONFLICT_BYTES + 1];
    unsigned conflict_count;
};

/*
 * Checks what the contract leaves open; `diag` names the field. STATUS_FIELD_MISSING: no revision,
 * outcome, disposition, case number, region or day of receipt. STATUS_OUT_OF_RANGE: a case number,
 * region or primary code with other bytes than such have, or a day that the calendar hasn't.
 */
enum status decision_check(const struct decision *decision, struct diag *diag) MUST_USE;

/* Whether the text can be a code of a ruleset: 1 to DECISION_CODE_BYTES of A-Z, 0-9, '-', '_'. */
bool decision_code_is_valid(const char *text);

/* Whether a person must still look at it: then nobody but reviewers may be told. */
bool decision_waits_for_review(const struct decision *decision);

/* Copies of the text what fits `size` bytes with a NUL behind it. */
void notice_put_text(char *to, size_t size, struct view text);

/* The words of the enums as tables have them ("not_violation"); "" for what is none. Static. */
const char *decision_outcome_name(enum decision_outcome outcome);
const char *decision_disposition_name(enum decision_disposition disposition);
const char *decision_actor_name(enum decision_actor actor);
const char *notice_kind_name(enum notice_kind kind);
const char *notice_channel_name(enum notice_channel channel);

#endif
