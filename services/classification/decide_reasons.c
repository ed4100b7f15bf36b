/* Which rules led there: those that speak for what stands in the verdict, strongest first. */
#include "services/classification/decide_parts.h"

#include <stdio.h>
#include <string.h>

#define PRIMARY_FIRST 6u /* reasons of the primary before anything else is told */

enum rank {
    RANK_PRIMARY,
    RANK_RESOLVED,
    RANK_FURTHER,
    RANK_FLAG,
    RANK_MISSING,
    RANK_CONFLICT,
    RANK_PRIMARY_REST,
    RANK_COUNT
};

/* A rule that speaks for something that stands in the verdict. */
struct speaker {
    const struct rule *rule;
    const char *target;
    enum rank rank;
    bool is_told;
};

struct speakers {
    struct speaker *list; /* in the table's order */
    uint32_t count;
};

/* What a fired rule speaks for, after codes were replaced; NULL: for nothing that stands. */
static const char *target_of(const struct inquiry *inquiry, const struct rule *rule,
                             const struct verdict *verdict)
{
    if (rule->gift != GIFT_CODE)
        return rule->target;
    uint32_t code = inquiry->replacement[rule->code];
    if (code == NO_CODE)
        return NULL;
    const char *text = inquiry->ruleset->codes[code].code;
    return verdict_has_code(verdict, text) ? text : NULL;
}

static enum rank rank_of(const struct rule *rule, const char *target,
                         const struct verdict *verdict)
{
    switch (rule->gift) {
    case GIFT_CODE:
        return code_is(&verdict->primary, target) ? RANK_PRIMARY : RANK_FURTHER;
    case GIFT_FLAG:
        return RANK_FLAG;
    case GIFT_MISSING:
        return RANK_MISSING;
    case GIFT_CONFLICT:
        return RANK_CONFLICT;
    }
    return RANK_CONFLICT;
}

static void find_speakers(const struct inquiry *inquiry, const struct verdict *verdict,
                          struct speakers *speakers)
{
    const struct ruleset *ruleset = inquiry->ruleset;
    for (uint32_t i = 0; i < ruleset->rule_count; i++) {
        const struct rule *rule = &ruleset->rules[i];
        const char *target = inquiry->has_fired[i] ? target_of(inquiry, rule, verdict) : NULL;
        if (target == NULL)
            continue;
        speakers->list[speakers->count++] = (struct speaker){
            .rule = rule,
            .target = target,
            .rank = rank_of(rule, target, verdict),
        };
    }
}

/* The day that a rule's target depended on. */
static uint32_t date_of(const struct inquiry *inquiry, const struct rule *rule)
{
    bool is_staged = rule->gift == GIFT_CODE &&
                     inquiry->ruleset->codes[rule->code].outcome == OUTCOME_VIOLATION &&
                     inquiry->ruleset->codes[rule->code].stage != CODE_STAGE_ANY;
    if (premise_asks(&rule->premise, CONDITION_LATE))
        return inquiry->facts->received;
    if (is_staged || premise_asks(&rule->premise, CONDITION_STAGE) ||
        premise_asks(&rule->premise, CONDITION_CLTN))
        return inquiry->facts->incident.date;
    return 0;
}

static struct reason *next_reason(struct verdict *verdict, const char *rule, const char *code,
                                  uint32_t date)
{
    if (verdict->reason_count == VERDICT_REASONS_MAX)
        return NULL;
    struct reason *reason = &verdict->reasons[verdict->reason_count++];
    (void)code_set(&reason->rule, rule);
    (void)code_set(&reason->code, code);
    reason->date = date;
    return reason;
}

/* Adds the rules of one rank, most points first, at most `max`. */
static void add_rules(const struct inquiry *inquiry, enum rank rank, uint32_t max,
                      struct speakers *speakers, struct verdict *verdict)
{
    for (uint32_t told = 0; told < max; told++) {
        struct speaker *best = NULL;
        for (uint32_t i = 0; i < speakers->count; i++) {
            struct speaker *speaker = &speakers->list[i];
            if (speaker->is_told || speaker->rank != rank)
                continue;
            if (best == NULL || speaker->rule->points > best->rule->points)
                best = speaker;
        }
        if (best == NULL)
            return;
        best->is_told = true;
        struct reason *reason =
            next_reason(verdict, best->rule->name, best->target, date_of(inquiry, best->rule));
        if (reason == NULL)
            return;
        premise_spans(inquiry, &best->rule->premise, reason);
    }
}

static void add_resolution(const struct inquiry *inquiry, const struct resolution *by,
                           const char *code, struct verdict *verdict)
{
    if (by->rule == NULL || code[0] == '\0')
        return;
    struct reason *reason = next_reason(verdict, by->rule, code, by->date);
    if (reason != NULL && by->premise != NULL)
        premise_spans(inquiry, by->premise, reason);
}

static const char *stage_word(enum stage stage)
{
    switch (stage) {
    case STAGE_NONE:
        return "";
    case STAGE_BAKAL_CALON:
        return "BAKAL_CALON";
    case STAGE_CALON:
        return "CALON";
    }
    return "";
}

static void add_resolved(const struct inquiry *inquiry, struct verdict *verdict)
{
    char stage_rule[CODE_BYTES + 1];
    const char *election = verdict->election.text;
    (void)snprintf(stage_rule, sizeof stage_rule, "STAGE-%.33s", election);
    struct resolution by_calendar = {.rule = stage_rule, .date = inquiry->facts->incident.date};
    struct resolution by_receipt = {.rule = "AUTHORITY", .date = inquiry->facts->received};
    add_resolution(inquiry, &inquiry->actor_by, actor_word(inquiry->actor), verdict);
    add_resolution(inquiry, &inquiry->election_by, election, verdict);
    add_resolution(inquiry, &inquiry->office_by, verdict->office.text, verdict);
    add_resolution(inquiry, &by_calendar, stage_word(verdict->stage), verdict);
    if (verdict->outcome == OUTCOME_VIOLATION)
        add_resolution(inquiry, &by_receipt, verdict->authority.text, verdict);
}

enum status verdict_set_reasons(struct inquiry *inquiry, struct verdict *verdict)
{
    size_t size = inquiry->ruleset->rule_count * sizeof(struct speaker);
    struct speakers speakers = {.list = arena_take(inquiry->arena, size)};
    if (speakers.list == NULL)
        return STATUS_NO_MEMORY;
    find_speakers(inquiry, verdict, &speakers);
    for (enum rank rank = RANK_PRIMARY; rank < RANK_COUNT; rank++) {
        if (rank == RANK_RESOLVED)
            add_resolved(inquiry, verdict);
        else if (rank == RANK_PRIMARY)
            add_rules(inquiry, RANK_PRIMARY, PRIMARY_FIRST, &speakers, verdict);
        else if (rank == RANK_PRIMARY_REST)
            add_rules(inquiry, RANK_PRIMARY, VERDICT_REASONS_MAX, &speakers, verdict);
        else
            add_rules(inquiry, rank, VERDICT_REASONS_MAX, &speakers, verdict);
    }
    return STATUS_OK;
}
