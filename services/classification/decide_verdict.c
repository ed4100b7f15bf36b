/* What stands beside the codes: flags, what is missing, how sure, and who must look. */
#include "common/base/invariant.h"
#include "services/classification/decide_parts.h"

#include <string.h>

/* Confidence, per mille: strength and lead weigh this much, each missing thing costs that. */
#define STRENGTH_WEIGHT 400u
#define LEAD_WEIGHT 600u
#define MISSING_COST 150u
#define STRENGTH_FULL 3u /* times the threshold `decide`: stronger is not surer */

const char *actor_word(enum actor actor)
{
    switch (actor) {
    case ACTOR_UNKNOWN:
        return "UNKNOWN";
    case ACTOR_ASN:
        return "ASN";
    case ACTOR_ASN_VERTICAL:
        return "ASN_VERTICAL";
    case ACTOR_PJ_KEPALA_DAERAH:
        return "PJ_KEPALA_DAERAH";
    case ACTOR_KADES:
        return "KADES";
    case ACTOR_TNI_POLRI:
        return "TNI_POLRI";
    case ACTOR_HONORER:
        return "HONORER";
    case ACTOR_ELECTED:
        return "ELECTED";
    case ACTOR_ORGANISER:
        return "ORGANISER";
    }
    return "";
}

bool verdict_has_code(const struct verdict *verdict, const char *code)
{
    if (code_is(&verdict->primary, code))
        return true;
    for (uint32_t i = 0; i < verdict->code_count; i++) {
        if (code_is(&verdict->codes[i], code))
            return true;
    }
    return false;
}

/* Adds a code to an ascending list, once. The loader counts that they fit. */
static void add_ascending(struct code *list, uint32_t *count, uint32_t max, const char *text)
{
    uint32_t at = 0;
    while (at < *count && strcmp(list[at].text, text) < 0)
        at++;
    if (at < *count && code_is(&list[at], text))
        return;
    INVARIANT(*count < max);
    memmove(&list[at + 1], &list[at], (*count - at) * sizeof *list);
    (void)code_set(&list[at], text);
    (*count)++;
}

/* Fires the rules of one gift into its list. */
static void fire(struct inquiry *inquiry, enum gift gift, struct verdict *verdict,
                 struct code *list, uint32_t *count, uint32_t max)
{
    const struct ruleset *ruleset = inquiry->ruleset;
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        if (rule->gift != gift || !premise_holds(inquiry, &rule->premise, verdict))
            continue;
        inquiry->has_fired[i] = true;
        add_ascending(list, count, max, rule->target);
    }
}

static void add_missing(struct verdict *verdict, const char *what)
{
    add_ascending(verdict->missing, &verdict->missing_count, VERDICT_MISSING_MAX, what);
}

/* What the engine itself lacks to say more. */
static void find_missing(const struct inquiry *inquiry, struct verdict *verdict)
{
    bool is_information_needed = verdict->outcome == OUTCOME_NEEDS_INFORMATION;
    if (inquiry->facts->incident.date == 0)
        add_missing(verdict, "DATE");
    if (inquiry->actor == ACTOR_UNKNOWN)
        add_missing(verdict, "ACTOR");
    if (is_information_needed && inquiry->lead_points < inquiry->ruleset->thresholds.decide)
        add_missing(verdict, "ACT");
    if (inquiry->is_election_unheard_of)
        add_missing(verdict, "ELECTION");
    if (inquiry->is_office_unheard_of || inquiry->is_stage_by_office)
        add_missing(verdict, "OFFICE");
    bool is_stage_lacking = is_information_needed && !inquiry->is_stage_resolved &&
                            !inquiry->is_office_unheard_of && !inquiry->is_stage_by_office;
    bool is_day_outside = inquiry->facts->incident.date != 0 || inquiry->election == NULL;
    if (is_stage_lacking && is_day_outside)
        add_missing(verdict, "ELECTION");
}

static uint32_t confidence_of(const struct inquiry *inquiry, const struct verdict *verdict)
{
    uint64_t points = inquiry->lead_points;
    uint64_t rival = inquiry->rival_points < points ? inquiry->rival_points : points;
    uint64_t full = (uint64_t)inquiry->ruleset->thresholds.decide * STRENGTH_FULL;
    if (points == 0)
        return 0;
    uint64_t strength = points > full ? 1000 : points * 1000 / full;
    uint64_t lead = (points - rival) * 1000 / points;
    uint64_t sure = (strength * STRENGTH_WEIGHT + lead * LEAD_WEIGHT) / 1000;
    uint64_t cost = (uint64_t)verdict->missing_count * MISSING_COST;
    return cost >= sure ? 0 : (uint32_t)(sure - cost);
}

/* Why a person must look; NULL: nobody must. */
static const char *review_reason(const struct inquiry *inquiry, const struct verdict *verdict)
{
    if (verdict->outcome == OUTCOME_NEEDS_INFORMATION)
        return "NEEDS_INFORMATION";
    if (verdict->missing_count > 0)
        return "MISSING";
    if (verdict->confidence_permille >= inquiry->ruleset->thresholds.auto_permille)
        return NULL;
    bool is_close = (uint64_t)inquiry->rival_points * 4 >= (uint64_t)inquiry->lead_points * 3;
    return is_close ? "CLOSE_CALL" : "LOW_CONFIDENCE";
}

static void set_resolved(const struct inquiry *inquiry, struct verdict *verdict)
{
    bool is_violation = verdict->outcome == OUTCOME_VIOLATION;
    bool is_without_stage = verdict->outcome == OUTCOME_NOT_A_VIOLATION;
    verdict->stage = is_without_stage ? STAGE_NONE : inquiry->stage;
    verdict->actor = inquiry->actor;
    if (inquiry->election != NULL)
        (void)code_set(&verdict->election, inquiry->election->name);
    if (inquiry->office[0] != '\0')
        (void)code_set(&verdict->office, inquiry->office);
    (void)code_set(&verdict->authority,
                   is_violation ? ruleset_authority(inquiry->ruleset, inquiry->facts->received)
                                : "NONE");
}

void verdict_set_rest(struct inquiry *inquiry, struct verdict *verdict)
{
    set_resolved(inquiry, verdict);
    fire(inquiry, GIFT_FLAG, verdict, verdict->flags, &verdict->flag_count, VERDICT_FLAGS_MAX);
    if (verdict->outcome != OUTCOME_NOT_A_VIOLATION) {
        fire(inquiry, GIFT_MISSING, verdict, verdict->missing, &verdict->missing_count,
             VERDICT_MISSING_MAX);
        find_missing(inquiry, verdict);
    }
    fire(inquiry, GIFT_CONFLICT, verdict, verdict->conflicts, &verdict->conflict_count,
         VERDICT_CONFLICTS_MAX);
    verdict->confidence_permille = confidence_of(inquiry, verdict);
    const char *why = review_reason(inquiry, verdict);
    verdict->disposition = why == NULL ? DISPOSITION_AUTO : DISPOSITION_REVIEW;
    if (why != NULL)
        (void)code_set(&verdict->review_reason, why);
}
