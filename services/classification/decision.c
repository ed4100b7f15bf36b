/* Order among a case's decisions, and what persons do to them. */
#include "services/classification/decision.h"

#include "common/base/invariant.h"
#include "common/base/mutant.h"

#include <string.h>

/* A person's decision is no machine's estimate. */
#define CONFIDENCE_OF_PERSON 1000u

bool decision_is_overtaken(const struct decision_history *history, uint32_t facts_revision)
{
    return facts_revision != 0 && facts_revision < history->facts_revision &&
           !MUTANT(older_facts_decided);
}

static void set_code(struct code *code, const char *text)
{
    bool is_set = code_set(code, text);
    INVARIANT(is_set);
}

void decision_rank(const struct decision_history *history, struct verdict *verdict)
{
    /* What could not be decided goes to review anyway, and says why. */
    if (!history->has_person || verdict->outcome == OUTCOME_UNDECIDED ||
        MUTANT(machine_above_person))
        return;
    verdict->disposition = DISPOSITION_REVIEW;
    set_code(&verdict->review_reason, DECISION_STANDS_ABOVE_PERSON);
}

unsigned decision_basis(const struct ruleset *ruleset, const struct decision_made *made,
                        struct code_basis rows[DECISION_BASIS_MAX])
{
    const struct verdict *verdict = &made->verdict;
    uint32_t day = made->incident_date != 0 ? made->incident_date : made->received;
    bool is_primary_listed = verdict->primary.text[0] == '\0';
    unsigned count = 0;
    for (uint32_t i = 0; i < verdict->code_count; i++) {
        count += ruleset_basis(ruleset, verdict->codes[i].text, day, &rows[count]);
        is_primary_listed =
            is_primary_listed || code_is(&verdict->codes[i], verdict->primary.text);
    }
    if (!is_primary_listed)
        count += ruleset_basis(ruleset, verdict->primary.text, day, &rows[count]);
    return count;
}

static enum status check_revision(const struct decision_made *made, uint32_t revision,
                                  struct diag *diag)
{
    if (revision == made->revision || MUTANT(confirmed_unseen))
        return STATUS_OK;
    diag_set(diag, "revision: %u is not the newest, %u is", revision, made->revision);
    return STATUS_REVISION_MOVED;
}

/* The next revision, whoever makes it. */
static void settle(struct decision_made *made, enum disposition disposition)
{
    made->revision++;
    made->verdict.disposition = disposition;
    made->verdict.review_reason = (struct code){.text = ""};
}

enum status decision_confirm(struct decision_made *made, uint32_t revision, struct diag *diag)
{
    TRY(check_revision(made, revision, diag));
    if (made->verdict.disposition != DISPOSITION_REVIEW) {
        diag_set(diag, "revision: %u is not in review; it can be overridden only", revision);
        return STATUS_OUT_OF_RANGE;
    }
    if (made->verdict.outcome == OUTCOME_UNDECIDED) {
        diag_set(diag, "revision: %u is undecided; it can be overridden only", revision);
        return STATUS_OUT_OF_RANGE;
    }
    settle(made, DISPOSITION_CONFIRMED);
    return STATUS_OK;
}

/* A verdict's own rule (decide_verdict.c): no violation has a stage or a supervisor; and a code
 * that belongs to a stage says which it was. Without a day of receipt nothing was read. */
static void follow_code(const struct ruleset *ruleset, uint32_t received, struct verdict *verdict)
{
    enum stage stage = STAGE_NONE;
    bool is_violation = verdict->outcome == OUTCOME_VIOLATION;
    bool has_stage = ruleset_stage(ruleset, verdict->primary.text, &stage) && stage != STAGE_NONE;
    if (!is_violation || has_stage)
        verdict->stage = stage;
    set_code(&verdict->authority,
             is_violation && received != 0 ? ruleset_authority(ruleset, received) : "NONE");
}

enum status decision_override(struct decision_made *made, uint32_t revision,
                              const struct ruleset *ruleset, const char *code, struct diag *diag)
{
    TRY(check_revision(made, revision, diag));
    struct verdict *verdict = &made->verdict;
    enum outcome outcome = OUTCOME_UNDECIDED;
    struct code primary;
    if (!code_set(&primary, code) || !ruleset_outcome(ruleset, code, &outcome) ||
        (outcome != OUTCOME_VIOLATION && outcome != OUTCOME_NOT_A_VIOLATION)) {
        diag_set(diag, "code: expected a code of the ruleset that is a violation or none "
                       "(`netra rules list` shows them)");
        return STATUS_OUT_OF_RANGE;
    }
    settle(made, DISPOSITION_OVERRIDDEN);
    verdict->outcome = outcome;
    verdict->primary = primary;
    verdict->confidence_permille = CONFIDENCE_OF_PERSON;
    memset(verdict->codes, 0, sizeof(verdict->codes));
    verdict->code_count = outcome == OUTCOME_VIOLATION;
    if (outcome == OUTCOME_VIOLATION)
        verdict->codes[0] = primary;
    memset(verdict->missing, 0, sizeof(verdict->missing));
    verdict->missing_count = 0;
    follow_code(ruleset, made->received, verdict);
    made->pin = pin_of_ruleset(ruleset);
    return STATUS_OK;
}
