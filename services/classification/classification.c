/* The fixed rule set that stands in until the rules exist. */
#include "services/classification/classification.h"

#include "common/base/invariant.h"

#include <string.h>

/* The rule set is named by the digest of its text, so another text is another rule set. */
static const char ruleset_text[] = "netra-ruleset/v1\n"
                                   "PERLU-INFO: NEEDS_INFORMATION, REVIEW\n";

static const char reason_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

void classification_pin(struct ruleset_pin *ret_pin)
{
    *ret_pin = (struct ruleset_pin){.engine = CLASSIFICATION_ENGINE};
    sha256_of(view_of_text(ruleset_text), ret_pin->ruleset_digest);
}

bool ruleset_pin_equals(const struct ruleset_pin *a, const struct ruleset_pin *b)
{
    return a->engine == b->engine &&
           memcmp(a->ruleset_digest, b->ruleset_digest, SHA256_SIZE) == 0;
}

void classification_decide(struct view facts, struct verdict *ret_verdict)
{
    (void)facts; /* the fixed rule set reads nothing */
    *ret_verdict = (struct verdict){
        .outcome = OUTCOME_NEEDS_INFORMATION,
        .disposition = DISPOSITION_REVIEW,
        .reason = "PERLU-INFO",
    };
}

void classification_undecided(const char *why, struct verdict *ret_verdict)
{
    enum status status =
        verdict_check(OUTCOME_UNDECIDED, DISPOSITION_REVIEW, why, ret_verdict, NULL);
    INVARIANT(status == STATUS_OK);
}

enum status verdict_check(uint32_t outcome, uint32_t disposition, const char *reason,
                          struct verdict *ret_verdict, struct diag *diag)
{
    if (outcome < OUTCOME_VIOLATION || outcome > OUTCOME_UNDECIDED) {
        diag_set(diag, "outcome: expected 1 to 4");
        return STATUS_OUT_OF_RANGE;
    }
    if (disposition < DISPOSITION_AUTO || disposition > DISPOSITION_REVIEW) {
        diag_set(diag, "disposition: expected 1 or 2");
        return STATUS_OUT_OF_RANGE;
    }
    size_t size = strlen(reason);
    if (size == 0 || size > VERDICT_REASON_BYTES || strspn(reason, reason_characters) != size) {
        diag_set(diag, "reason: expected 1 to %u characters of A-Z, 0-9, '-' and '_'",
                 VERDICT_REASON_BYTES);
        return STATUS_OUT_OF_RANGE;
    }
    *ret_verdict = (struct verdict){
        .outcome = (enum outcome)outcome,
        .disposition = (enum disposition)disposition,
    };
    memcpy(ret_verdict->reason, reason, size);
    return STATUS_OK;
}
