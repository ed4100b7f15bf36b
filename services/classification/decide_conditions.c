/* Conditions against facts and findings. */
#include "common/base/invariant.h"
#include "services/classification/decide_parts.h"

#include <string.h>

static bool has_fact(const struct facts *facts, enum condition_has has)
{
    switch (has) {
    case HAS_DATE:
        return facts->incident.date != 0;
    case HAS_DATE_KNOWN:
        return facts->incident.date_known != 0;
    case HAS_NIP:
        return facts->subject.nip[0] != '\0';
    case HAS_NAME:
        return facts->subject.name[0] != '\0';
    case HAS_POSITION:
        return facts->subject.position[0] != '\0';
    case HAS_UNIT:
        return facts->subject.unit[0] != '\0';
    case HAS_PLACE:
        return facts->incident.place[0] != '\0';
    }
    INVARIANT(false && "a fact the loader doesn't make");
}

/* Not said and not known are the same to a rule. */
static bool is_answer(enum answer answer, uint32_t wanted)
{
    if (answer == ANSWER_UNSPECIFIED)
        answer = ANSWER_UNKNOWN;
    return (uint32_t)answer == wanted;
}

/* The first occurrence of the concept in one of the fields. */
static const struct occurrence *find_affirmed(const struct inquiry *inquiry,
                                              const struct alternative *alternative,
                                              enum text_field *ret_field)
{
    for (uint32_t field = TEXT_FIELD_DESCRIPTION; field < TEXT_FIELDS; field++) {
        const struct occurrences *list = &inquiry->findings.affirmed[field][alternative->value];
        if ((alternative->fields & FIELD_BIT(field)) == 0 || list->head == NULL)
            continue;
        *ret_field = (enum text_field)field;
        return list->head;
    }
    return NULL;
}

static bool is_named(const char *name, const char *wanted)
{
    return strcmp(name, wanted) == 0;
}

static bool alternative_holds(const struct inquiry *inquiry, const struct alternative *alternative,
                              const struct verdict *verdict)
{
    enum text_field field;
    switch (alternative->kind) {
    case CONDITION_CONCEPT:
        return find_affirmed(inquiry, alternative, &field) != NULL;
    case CONDITION_NO_CONCEPT:
        return inquiry->findings.negated[alternative->value].head != NULL;
    case CONDITION_EMPLOYMENT:
        return (uint32_t)inquiry->facts->subject.employment == alternative->value;
    case CONDITION_ACTOR:
        return (uint32_t)inquiry->actor == alternative->value;
    case CONDITION_STAGE:
        return (uint32_t)inquiry->stage == alternative->value;
    case CONDITION_OFFICE:
        return is_named(inquiry->office, alternative->name);
    case CONDITION_ELECTION:
        return is_named(inquiry->election == NULL ? "" : inquiry->election->name,
                        alternative->name);
    case CONDITION_SPOUSE:
        return is_answer(inquiry->facts->subject.is_spouse_of_candidate, alternative->value);
    case CONDITION_CLTN:
        return is_answer(inquiry->cltn, alternative->value);
    case CONDITION_LATE:
        return is_answer(inquiry->late, alternative->value);
    case CONDITION_HAS:
        return has_fact(inquiry->facts, (enum condition_has)alternative->value);
    case CONDITION_CODE:
        return verdict != NULL &&
               verdict_has_code(verdict, inquiry->ruleset->codes[alternative->value].code);
    case CONDITION_OUTCOME:
        return verdict != NULL && (uint32_t)verdict->outcome == alternative->value;
    }
    INVARIANT(false && "a condition the loader doesn't make");
}

static bool condition_holds(const struct inquiry *inquiry, const struct condition *condition,
                            const struct verdict *verdict)
{
    for (uint32_t i = 0; i < condition->count; i++) {
        if (alternative_holds(inquiry, &condition->alternatives[i], verdict))
            return true;
    }
    return false;
}

/* ---- within ---- */

static bool is_in_description(const struct alternative *alternative)
{
    return alternative->kind == CONDITION_CONCEPT &&
           (alternative->fields & FIELD_BIT(TEXT_FIELD_DESCRIPTION)) != 0;
}

/* Whether the condition holds only by words of the description, so that the window binds it. */
static bool is_bound(const struct inquiry *inquiry, const struct condition *condition,
                     const struct verdict *verdict)
{
    for (uint32_t i = 0; i < condition->count; i++) {
        struct alternative other = condition->alternatives[i];
        if (is_in_description(&other))
            other.fields &= ~FIELD_BIT(TEXT_FIELD_DESCRIPTION);
        if (alternative_holds(inquiry, &other, verdict))
            return false;
    }
    return true;
}

/* The first occurrence of one of its concepts in the description, from that token on. */
static const struct occurrence *occurrence_from(const struct inquiry *inquiry,
                                                const struct condition *condition, uint32_t from)
{
    const struct occurrence *best = NULL;
    for (uint32_t i = 0; i < condition->count; i++) {
        if (!is_in_description(&condition->alternatives[i]))
            continue;
        const struct occurrence *at =
            inquiry->findings.affirmed[TEXT_FIELD_DESCRIPTION][condition->alternatives[i].value]
                .head;
        while (at != NULL && at->first < from)
            at = at->next;
        if (at != NULL && (best == NULL || at->first < best->first))
            best = at;
    }
    return best;
}

/* The first window in which every bound condition has an occurrence: where it may begin. */
static bool window_find(const struct inquiry *inquiry, const struct premise *premise,
                        const struct verdict *verdict, uint32_t *ret_from)
{
    uint32_t from = 0;
    for (;;) {
        uint32_t least = UINT32_MAX;
        uint32_t most = 0;
        for (uint32_t i = 0; i < premise->when_count; i++) {
            if (!is_bound(inquiry, &premise->when[i], verdict))
                continue;
            const struct occurrence *at = occurrence_from(inquiry, &premise->when[i], from);
            if (at == NULL)
                return false;
            least = at->first < least ? at->first : least;
            most = at->first > most ? at->first : most;
        }
        *ret_from = from;
        if (least == UINT32_MAX || most - least < premise->within)
            return true;
        /* Whatever comes later lies behind `most`, so nothing before this can be near it. */
        from = most - premise->within + 1;
    }
}

bool premise_holds(const struct inquiry *inquiry, const struct premise *premise,
                   const struct verdict *verdict)
{
    for (uint32_t i = 0; i < premise->when_count; i++) {
        if (!condition_holds(inquiry, &premise->when[i], verdict))
            return false;
    }
    for (uint32_t i = 0; i < premise->unless_count; i++) {
        if (condition_holds(inquiry, &premise->unless[i], verdict))
            return false;
    }
    uint32_t from = 0;
    return premise->within == 0 || window_find(inquiry, premise, verdict, &from);
}

/* ---- spans ---- */

static void add_span(const struct inquiry *inquiry, enum text_field field,
                     const struct occurrence *occurrence, struct reason *reason)
{
    const struct token *tokens = inquiry->findings.tokens[field].tokens;
    struct span span = {
        .field = field,
        .begin = tokens[occurrence->first].begin,
        .end = tokens[occurrence->last].end,
    };
    for (uint32_t i = 0; i < reason->span_count; i++) {
        const struct span *other = &reason->spans[i];
        if (other->field == span.field && other->begin == span.begin && other->end == span.end)
            return;
    }
    if (reason->span_count < VERDICT_SPANS_MAX)
        reason->spans[reason->span_count++] = span;
}

/* The words of the first alternative that holds by words. */
static void condition_spans(const struct inquiry *inquiry, const struct condition *condition,
                            struct reason *reason)
{
    for (uint32_t i = 0; i < condition->count; i++) {
        const struct alternative *alternative = &condition->alternatives[i];
        enum text_field field = TEXT_FIELD_DESCRIPTION;
        const struct occurrence *at = NULL;
        if (alternative->kind == CONDITION_CONCEPT)
            at = find_affirmed(inquiry, alternative, &field);
        if (alternative->kind == CONDITION_NO_CONCEPT)
            at = inquiry->findings.negated[alternative->value].head;
        if (at == NULL)
            continue;
        add_span(inquiry, field, at, reason);
        return;
    }
}

void premise_spans(const struct inquiry *inquiry, const struct premise *premise,
                   struct reason *reason)
{
    uint32_t from = 0;
    bool is_windowed = premise->within > 0 && window_find(inquiry, premise, NULL, &from);
    for (uint32_t i = 0; i < premise->when_count; i++) {
        const struct condition *condition = &premise->when[i];
        const struct occurrence *at = NULL;
        if (is_windowed && is_bound(inquiry, condition, NULL))
            at = occurrence_from(inquiry, condition, from);
        if (at != NULL)
            add_span(inquiry, TEXT_FIELD_DESCRIPTION, at, reason);
        else
            condition_spans(inquiry, condition, reason);
    }
}

bool premise_asks(const struct premise *premise, enum condition_kind kind)
{
    for (uint32_t i = 0; i < premise->when_count; i++) {
        for (uint32_t k = 0; k < premise->when[i].count; k++) {
            if (premise->when[i].alternatives[k].kind == kind)
                return true;
        }
    }
    return false;
}
