/*
 * Two rules: which decisions are whole enough to act on, and whom each of them concerns.
 */
#include "services/notification/notification.h"

#include "common/base/invariant.h"

enum status decision_check(const struct decision *decision, struct diag *diag)
{
    const char *missing = NULL;
    if (decision->revision == 0)
        missing = "revision";
    else if (decision->outcome == DECISION_OUTCOME_UNSPECIFIED)
        missing = "verdict.outcome";
    else if (decision->disposition == DECISION_DISPOSITION_UNSPECIFIED)
        missing = "verdict.disposition";
    if (missing == NULL)
        return STATUS_OK;
    diag_set(diag, "%s: a decision must have one", missing);
    return STATUS_FIELD_MISSING;
}

static bool is_for_review(const struct decision *decision)
{
    INVARIANT(decision->outcome != DECISION_OUTCOME_UNSPECIFIED);
    switch (decision->outcome) {
    case DECISION_OUTCOME_UNSPECIFIED:
    case DECISION_OUTCOME_UNDECIDED:
        break;
    case DECISION_OUTCOME_VIOLATION:
    case DECISION_OUTCOME_NOT_A_VIOLATION:
    case DECISION_OUTCOME_NEEDS_INFORMATION:
        return decision->disposition == DECISION_DISPOSITION_REVIEW;
    }
    return true;
}

size_t decision_recipients(const struct decision *decision,
                           struct recipient recipients[RECIPIENTS_MAX])
{
    recipients[0] = is_for_review(decision)
                        ? (struct recipient){.name = "reviewers", .kind = NOTICE_REVIEW}
                        : (struct recipient){.name = "bkd", .kind = NOTICE_DECISION};
    return 1;
}
