/*
 * Whether the table leaves anything out, tried on each day on which a row begins, and on the first
 * day there is: between those days nothing changes.
 */
#include "services/notification/routing_parts.h"

#include "common/case/day.h"

#include <stdio.h>
#include <string.h>

#define DAY_FIRST 19000101u
#define DAYS_MAX 512u

struct days {
    uint32_t days[DAYS_MAX];
    unsigned count;
    bool is_full;
};

static void add_day(struct days *days, uint32_t day)
{
    for (unsigned i = 0; i < days->count; i++)
        if (days->days[i] == day)
            return;
    if (days->count == DAYS_MAX)
        days->is_full = true;
    else
        days->days[days->count++] = day;
}

static void add_range(struct days *days, uint32_t from, uint32_t until)
{
    if (from != 0)
        add_day(days, from);
    if (until != 0)
        add_day(days, day_add(until, 1));
}

static bool collect_days(const struct routing *routing, struct days *days,
                         struct routing_problem *problem)
{
    days->count = 0;
    days->is_full = false;
    add_day(days, DAY_FIRST);
    for (unsigned i = 0; i < routing->row_count; i++)
        add_range(days, routing->rows[i].from, routing->rows[i].until);
    for (unsigned i = 0; i < routing->office_count; i++)
        add_range(days, routing->offices[i].from, routing->offices[i].until);
    if (days->is_full)
        return routing_refuse(problem, "routes", 0, "", "more than %u days on which rows begin",
                              DAYS_MAX);
    return true;
}

/* One decision to try. */
struct trial {
    const struct routing *routing;
    struct decision decision;
    struct route route;
    struct routing_problem *problem;
};

static void set_place(struct trial *trial, const char *region, uint32_t day)
{
    (void)snprintf(trial->decision.region, sizeof trial->decision.region, "%s", region);
    trial->decision.received = day;
    trial->decision.incident_date = day;
}

static void set_primary(struct trial *trial, const char *code)
{
    (void)snprintf(trial->decision.primary, sizeof trial->decision.primary, "%s", code);
}

/* The lowest value whose bit is set. */
static unsigned lowest(uint32_t set)
{
    return set == 0 ? 0 : (unsigned)__builtin_ctz(set);
}

/* ---- each row can be served ---- */

static bool serve_row(struct trial *trial, unsigned index)
{
    const struct routing_row *row = &trial->routing->rows[index];
    struct routing alone = *trial->routing;
    char day[DAY_TEXT_SIZE];
    alone.rows = row;
    alone.row_count = 1;
    trial->decision.actor = (enum decision_actor)lowest(row->actors);
    trial->decision.outcome = (enum decision_outcome)lowest(row->outcomes);
    trial->decision.disposition = (enum decision_disposition)lowest(row->dispositions);
    set_primary(trial, row->code_count == 0 ? "" : row->codes[0]);
    routing_evaluate(&alone, &trial->decision, &trial->route);
    if (!trial->route.is_left_to_reviewers)
        return true;
    day_to_text(trial->decision.received, day);
    return routing_refuse(
        trial->problem, "routes", index, "tells",
        "no office can serve %s in %s on %s; add the office, or `instead` to its "
        "kind",
        row->row, trial->decision.region, day);
}

static bool is_of_row(const struct routing_row *row, const char *region, uint32_t day)
{
    if (!routing_day_within(day, row->from, row->until))
        return false;
    for (unsigned i = 0; i < row->region_count; i++)
        if (routing_region_covers(row->regions[i], region))
            return true;
    return false;
}

static bool check_row_served(struct trial *trial, const struct days *days, unsigned index)
{
    const struct routing *routing = trial->routing;
    for (unsigned i = 0; i < routing->region_count; i++) {
        for (unsigned j = 0; j < days->count; j++) {
            const char *region = routing->regions[i].region;
            if (!is_of_row(&routing->rows[index], region, days->days[j]))
                continue;
            set_place(trial, region, days->days[j]);
            if (!serve_row(trial, index))
                return false;
        }
    }
    return true;
}

/* ---- somebody is told ---- */

/* What is tried. All of it must reach somebody, but for what is no violation and needs no
 * reviewer. */
static const struct {
    enum decision_outcome outcome;
    enum decision_disposition disposition;
} tried[] = {
    {DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO},
    {DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_CONFIRMED},
    {DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_OVERRIDDEN},
    {DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_REVIEW},
    {DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_AUTO},
    {DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_CONFIRMED},
    {DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_OVERRIDDEN},
    {DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_REVIEW},
    {DECISION_OUTCOME_NEEDS_INFORMATION, DECISION_DISPOSITION_REVIEW},
    {DECISION_OUTCOME_NEEDS_INFORMATION, DECISION_DISPOSITION_CONFIRMED},
    {DECISION_OUTCOME_NEEDS_INFORMATION, DECISION_DISPOSITION_OVERRIDDEN},
    {DECISION_OUTCOME_UNDECIDED, DECISION_DISPOSITION_REVIEW},
};

static bool try_all(struct trial *trial)
{
    char day[DAY_TEXT_SIZE];
    const struct decision *decision = &trial->decision;
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        trial->decision.outcome = tried[i].outcome;
        trial->decision.disposition = tried[i].disposition;
        routing_evaluate(trial->routing, decision, &trial->route);
        day_to_text(decision->received, day);
        if (trial->route.is_left_to_reviewers)
            return routing_refuse(trial->problem, "routes", 0, "",
                                  "nobody is told of %s (%s, actor %s) in %s received on %s; add "
                                  "a row",
                                  decision_outcome_name(decision->outcome),
                                  decision_disposition_name(decision->disposition),
                                  decision_actor_name(decision->actor), decision->region, day);
        if (trial->route.count > ROUTE_STEPS_MAX / 4)
            return routing_refuse(trial->problem, "routes", 0, "",
                                  "more than %u offices are told of %s by %s in %s on %s",
                                  ROUTE_STEPS_MAX / 4, decision_outcome_name(decision->outcome),
                                  decision_actor_name(decision->actor), decision->region, day);
    }
    return true;
}

static bool check_actors(struct trial *trial)
{
    for (unsigned actor = DECISION_ACTOR_UNKNOWN; actor < DECISION_ACTOR_COUNT; actor++) {
        trial->decision.actor = (enum decision_actor)actor;
        if (!try_all(trial))
            return false;
    }
    return true;
}

/* A primary that no row names needs rows without codes; one that is named has both. */
static bool check_codes(struct trial *trial)
{
    const struct routing *routing = trial->routing;
    set_primary(trial, "");
    if (!check_actors(trial))
        return false;
    for (unsigned i = 0; i < routing->row_count; i++) {
        for (unsigned j = 0; j < routing->rows[i].code_count; j++) {
            set_primary(trial, routing->rows[i].codes[j]);
            if (!check_actors(trial))
                return false;
        }
    }
    return true;
}

static bool check_reached(struct trial *trial, const struct days *days)
{
    for (unsigned i = 0; i < trial->routing->region_count; i++) {
        for (unsigned j = 0; j < days->count; j++) {
            set_place(trial, trial->routing->regions[i].region, days->days[j]);
            if (!check_codes(trial))
                return false;
        }
    }
    return true;
}

bool routing_check_cover(const struct routing *routing, struct routing_problem *ret_problem)
{
    struct trial trial = {.routing = routing, .decision = {.revision = 1}, .problem = ret_problem};
    struct days days;
    if (!collect_days(routing, &days, ret_problem))
        return false;
    for (unsigned i = 0; i < routing->row_count; i++)
        if (!check_row_served(&trial, &days, i))
            return false;
    return check_reached(&trial, &days);
}
