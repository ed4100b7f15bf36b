/*
 * What classification decides: from a case's facts to a verdict, and how verdicts are numbered.
 * Pure.
 *
 * Why: classification and every worker link this one library, so the same facts, ruleset and
 * engine give the same bytes wherever they are decided (protocol.md 21).
 * Limits: reasons are codes of at most VERDICT_REASON_BYTES characters.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_H

#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stdint.h>

/* Moves whenever the same facts and ruleset would give other bytes than before. */
#define CLASSIFICATION_ENGINE 1u

#define VERDICT_REASON_BYTES 63u

/* The numbers are the contract's (proto/netra/v1/classification_to_notification.proto). */
enum outcome {
    OUTCOME_VIOLATION = 1,
    OUTCOME_NOT_A_VIOLATION = 2,
    OUTCOME_NEEDS_INFORMATION = 3,
    OUTCOME_UNDECIDED = 4
};

enum disposition { DISPOSITION_AUTO = 1, DISPOSITION_REVIEW = 2 };

/* What was found in a case. Codes only, no text of the case. */
struct verdict {
    enum outcome outcome;
    enum disposition disposition;
    char reason[VERDICT_REASON_BYTES + 1]; /* NUL-terminated, zero behind it */
};

/* What a verdict must have been made with to count. */
struct ruleset_pin {
    uint8_t ruleset_digest[SHA256_SIZE];
    uint32_t engine;
};

/* The ruleset and engine of this program. */
void classification_pin(struct ruleset_pin *ret_pin);

bool ruleset_pin_equals(const struct ruleset_pin *a, const struct ruleset_pin *b);

/* Decides a case; `facts` is an encoded CaseAccepted. Until the rules exist every report is
 * held to be incomplete and goes to a reviewer. */
void classification_decide(struct view facts, struct verdict *ret_verdict);

/* The verdict on a case that no program could decide: a person must. `why` is the code that
 * says so, at most VERDICT_REASON_BYTES characters. */
void classification_undecided(const char *why, struct verdict *ret_verdict);

/*
 * Checks a verdict that came from elsewhere and copies it. STATUS_OUT_OF_RANGE: the outcome or
 * disposition is none of ours, or the reason is not 1 to VERDICT_REASON_BYTES characters of A-Z,
 * 0-9, '-' and '_'. `diag` names the field.
 */
enum status verdict_check(uint32_t outcome, uint32_t disposition, const char *reason,
                          struct verdict *ret_verdict, struct diag *diag) MUST_USE;

#endif
