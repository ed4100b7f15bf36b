/* Who acted, in which election, for a candidate for which office. */
#include "services/classification/decide_parts.h"

#include <string.h>

/* On leave on the day of the act, as far as its days are said. */
static enum answer cltn_on_day(const struct facts *facts)
{
    const struct facts_cltn *cltn = &facts->subject.cltn;
    struct day_range days = {.from = cltn->from, .until = cltn->to};
    if (cltn->status == ANSWER_YES && facts->incident.date != 0 &&
        !day_range_has(days, facts->incident.date))
        return ANSWER_NO;
    return cltn->status;
}

static void resolve_actor(struct inquiry *inquiry)
{
    const struct resolvers *rows = &inquiry->ruleset->actors;
    inquiry->actor = ACTOR_UNKNOWN;
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct resolver *row = &rows->rows[i];
        if (!premise_holds(inquiry, &row->premise, NULL))
            continue;
        inquiry->actor = row->actor;
        inquiry->actor_by = (struct resolution){.rule = row->name, .premise = &row->premise};
        return;
    }
}

static void resolve_election(struct inquiry *inquiry)
{
    const struct facts_incident *incident = &inquiry->facts->incident;
    const struct calendar *calendar = &inquiry->ruleset->calendar;
    const struct resolvers *rows = &inquiry->ruleset->elections;
    if (incident->election[0] != '\0') {
        inquiry->election = calendar_find(calendar, incident->election);
        inquiry->is_election_unheard_of = inquiry->election == NULL;
        inquiry->election_by = (struct resolution){.rule = "ELECTION-STATED"};
        return;
    }
    if (incident->date != 0)
        inquiry->election = calendar_window(calendar, inquiry->region, incident->date);
    if (inquiry->election != NULL) {
        inquiry->election_by =
            (struct resolution){.rule = "ELECTION-WINDOW", .date = incident->date};
        return;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct resolver *row = &rows->rows[i];
        if (!premise_holds(inquiry, &row->premise, NULL))
            continue;
        inquiry->election = calendar_find(calendar, row->target);
        inquiry->election_by = (struct resolution){.rule = row->name, .premise = &row->premise};
        return;
    }
}

/* Whether the resolved election elects it; without an election, whether any does. */
static bool is_office(const struct inquiry *inquiry, const char *office)
{
    const struct calendar *calendar = &inquiry->ruleset->calendar;
    for (uint32_t i = 0; i < calendar->election_count; i++) {
        const struct election *election = &calendar->elections[i];
        if (inquiry->election != NULL && inquiry->election != election)
            continue;
        for (uint32_t k = 0; k < election->office_count; k++) {
            if (strcmp(election->offices[k], office) == 0)
                return true;
        }
    }
    return false;
}

static void resolve_office(struct inquiry *inquiry)
{
    const char *stated = inquiry->facts->incident.office;
    const struct resolvers *rows = &inquiry->ruleset->offices;
    if (stated[0] != '\0') {
        inquiry->is_office_unheard_of = !is_office(inquiry, stated);
        if (!inquiry->is_office_unheard_of)
            inquiry->office = stated;
        inquiry->office_by = (struct resolution){.rule = "OFFICE-STATED"};
        return;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct resolver *row = &rows->rows[i];
        if (!is_office(inquiry, row->target) || !premise_holds(inquiry, &row->premise, NULL))
            continue;
        inquiry->office = row->target;
        inquiry->office_by = (struct resolution){.rule = row->name, .premise = &row->premise};
        return;
    }
}

void inquiry_resolve(struct inquiry *inquiry)
{
    inquiry->cltn = cltn_on_day(inquiry->facts);
    resolve_actor(inquiry);
    resolve_election(inquiry);
    resolve_office(inquiry);
}
