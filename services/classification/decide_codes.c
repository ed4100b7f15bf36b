/* Rules give points to codes; stage and actor replace codes; the outcome follows from the points.
 */
#include "services/classification/decide_parts.h"

#include <string.h>

static bool is_of_stage(enum code_stage wanted, enum stage stage)
{
    switch (wanted) {
    case CODE_STAGE_ANY:
        return true;
    case CODE_STAGE_BAKAL_CALON:
        return stage == STAGE_BAKAL_CALON;
    case CODE_STAGE_CALON:
        return stage == STAGE_CALON;
    }
    return false;
}

/* The code that takes an actor's violations; NO_CODE: the actor is bound by them. */
static uint32_t code_of_actor(const struct ruleset *ruleset, enum actor actor)
{
    for (uint32_t i = 0; i < ruleset->code_count; i++) {
        if (ruleset->codes[i].actor == actor)
            return i;
    }
    return NO_CODE;
}

/* Where the points of a code go. */
static uint32_t replacement_of(const struct inquiry *inquiry, uint32_t code, uint32_t actor_code)
{
    const struct code_row *row = &inquiry->ruleset->codes[code];
    if (row->outcome != OUTCOME_VIOLATION)
        return code;
    if (actor_code != NO_CODE)
        return actor_code;
    if (row->stage == CODE_STAGE_ANY || !inquiry->is_stage_resolved ||
        is_of_stage(row->stage, inquiry->stage))
        return code;
    return row->pair;
}

static void fire_rules(const struct inquiry *inquiry, uint32_t *raw)
{
    const struct ruleset *ruleset = inquiry->ruleset;
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        if (rule->gift != GIFT_CODE || !premise_holds(inquiry, &rule->premise, NULL))
            continue;
        inquiry->has_fired[i] = true;
        raw[rule->code] += rule->points;
    }
}

enum status inquiry_codes(struct inquiry *inquiry)
{
    const struct ruleset *ruleset = inquiry->ruleset;
    size_t size = ruleset->code_count * sizeof(uint32_t);
    uint32_t *raw = arena_take(inquiry->arena, size);
    inquiry->points = arena_take(inquiry->arena, size);
    inquiry->held = arena_take(inquiry->arena, size);
    inquiry->replacement = arena_take(inquiry->arena, size);
    inquiry->has_fired = arena_take(inquiry->arena, ruleset->rule_count * sizeof(bool));
    if (inquiry->arena->is_exhausted)
        return STATUS_NO_MEMORY;
    fire_rules(inquiry, raw);
    uint32_t actor_code = code_of_actor(ruleset, inquiry->actor);
    uint32_t most = 0; /* of one violation: several acts make no one less of an ASN */
    for (uint32_t i = 0; i < ruleset->code_count; i++) {
        const struct code_row *row = &ruleset->codes[i];
        uint32_t to = replacement_of(inquiry, i, actor_code);
        inquiry->replacement[i] = to;
        if (to == NO_CODE)
            continue;
        bool waits = row->outcome == OUTCOME_VIOLATION && actor_code == NO_CODE &&
                     row->stage != CODE_STAGE_ANY && !inquiry->is_stage_resolved;
        if (row->outcome == OUTCOME_VIOLATION && actor_code != NO_CODE)
            most = raw[i] > most ? raw[i] : most;
        else if (!waits)
            inquiry->points[to] += raw[i];
        if (!waits)
            continue;
        inquiry->held[i] += raw[i];
        if (row->pair != NO_CODE)
            inquiry->held[row->pair] += raw[i];
    }
    if (actor_code != NO_CODE)
        inquiry->points[actor_code] += most;
    return STATUS_OK;
}

/* ---- the outcome ---- */

/* The code with most points, held ones included; between equals the table's first. */
static uint32_t strongest(const struct inquiry *inquiry, uint32_t *ret_points)
{
    uint32_t best = NO_CODE;
    *ret_points = 0;
    for (uint32_t i = 0; i < inquiry->ruleset->code_count; i++) {
        uint32_t points = inquiry->points[i] + inquiry->held[i];
        if (points <= *ret_points)
            continue;
        best = i;
        *ret_points = points;
    }
    return best;
}

static uint32_t code_of_outcome(const struct ruleset *ruleset, enum outcome outcome)
{
    for (uint32_t i = 0; i < ruleset->code_count; i++) {
        if (ruleset->codes[i].outcome == outcome)
            return i;
    }
    return NO_CODE;
}

static bool has_code_already(const struct verdict *verdict, const char *code)
{
    for (uint32_t i = 0; i < verdict->code_count; i++) {
        if (code_is(&verdict->codes[i], code))
            return true;
    }
    return false;
}

static uint32_t points_of(const struct inquiry *inquiry, uint32_t code, bool is_with_held)
{
    return inquiry->points[code] + (is_with_held ? inquiry->held[code] : 0);
}

/* The violations with at least so many points, strongest first. */
static void add_violations(const struct inquiry *inquiry, uint32_t least, bool is_with_held,
                           struct verdict *verdict)
{
    const struct ruleset *ruleset = inquiry->ruleset;
    while (verdict->code_count < VERDICT_CODES_MAX) {
        uint32_t best = NO_CODE;
        uint32_t most = least - 1;
        for (uint32_t i = 0; i < ruleset->code_count; i++) {
            uint32_t points = points_of(inquiry, i, is_with_held);
            if (ruleset->codes[i].outcome != OUTCOME_VIOLATION || points <= most ||
                has_code_already(verdict, ruleset->codes[i].code))
                continue;
            best = i;
            most = points;
        }
        if (best == NO_CODE)
            return;
        (void)code_set(&verdict->codes[verdict->code_count++], ruleset->codes[best].code);
    }
}

/* The most points of a code whose outcome is another. */
static uint32_t rival_of(const struct inquiry *inquiry, enum outcome outcome)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < inquiry->ruleset->code_count; i++) {
        uint32_t points = points_of(inquiry, i, true);
        if (inquiry->ruleset->codes[i].outcome != outcome && points > most)
            most = points;
    }
    return most;
}

static void set_needs_information(struct inquiry *inquiry, uint32_t code, struct verdict *verdict)
{
    const struct ruleset *ruleset = inquiry->ruleset;
    bool is_by_rules =
        code != NO_CODE && ruleset->codes[code].outcome == OUTCOME_NEEDS_INFORMATION;
    inquiry->primary = code;
    if (!is_by_rules)
        inquiry->primary = code_of_outcome(ruleset, OUTCOME_NEEDS_INFORMATION);
    verdict->outcome = OUTCOME_NEEDS_INFORMATION;
    add_violations(inquiry, 1, true, verdict);
}

void verdict_set_codes(struct inquiry *inquiry, struct verdict *verdict)
{
    const struct ruleset *ruleset = inquiry->ruleset;
    uint32_t decide = ruleset->thresholds.decide;
    uint32_t points = 0;
    uint32_t best = strongest(inquiry, &points);
    inquiry->lead_points = points;
    if (best == NO_CODE || points < decide || inquiry->held[best] > 0 ||
        ruleset->codes[best].outcome == OUTCOME_NEEDS_INFORMATION) {
        set_needs_information(inquiry, points < decide ? NO_CODE : best, verdict);
    } else {
        verdict->outcome = ruleset->codes[best].outcome;
        inquiry->primary = best;
    }
    inquiry->rival_points = rival_of(inquiry, verdict->outcome);
    (void)code_set(&verdict->primary, ruleset->codes[inquiry->primary].code);
    if (verdict->outcome != OUTCOME_VIOLATION)
        return;
    uint32_t least = points * ruleset->thresholds.further / 100;
    verdict->codes[verdict->code_count++] = verdict->primary;
    add_violations(inquiry, least > decide ? least : decide, false, verdict);
}
