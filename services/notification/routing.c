/*
 * The rows that apply, and for each office they name the walk from it to whoever may be told.
 */
#include "services/notification/routing.h"

#include <stdio.h>
#include <string.h>

bool routing_region_covers(const char *wide, const char *narrow)
{
    size_t size = strlen(wide);
    if (size == 0)
        return true;
    return strncmp(wide, narrow, size) == 0 && (narrow[size] == '\0' || narrow[size] == '.');
}

bool routing_day_within(uint32_t day, uint32_t from, uint32_t until)
{
    return (from == 0 || from <= day) && (until == 0 || day <= until);
}

const struct routing_kind *routing_find_kind(const struct routing *routing, const char *kind)
{
    for (unsigned i = 0; i < routing->kind_count; i++)
        if (strcmp(routing->kinds[i].kind, kind) == 0)
            return &routing->kinds[i];
    return NULL;
}

const struct routing_office *routing_find_office(const struct routing *routing, const char *office,
                                                 uint32_t day)
{
    const struct routing_office *found = NULL;
    for (unsigned i = 0; i < routing->office_count; i++) {
        const struct routing_office *row = &routing->offices[i];
        if (strcmp(row->office, office) != 0)
            continue;
        if (routing_day_within(day, row->from, row->until))
            return row;
        if (found == NULL || row->from > found->from)
            found = row;
    }
    return found;
}

const char *routing_region_name(const struct routing *routing, const char *region)
{
    for (unsigned i = 0; i < routing->region_count; i++)
        if (strcmp(routing->regions[i].region, region) == 0)
            return routing->regions[i].name;
    return region;
}

static const struct routing_office *find_serving(const struct routing *routing, const char *kind,
                                                 const char *region, uint32_t day)
{
    for (unsigned i = 0; i < routing->office_count; i++) {
        const struct routing_office *office = &routing->offices[i];
        if (strcmp(office->kind, kind) == 0 && strcmp(office->region, region) == 0 &&
            routing_day_within(day, office->from, office->until))
            return office;
    }
    return NULL;
}

/* ---- the wall ---- */

/* The region whose administration the case is about: the smallest of the table that covers it. */
static const char *home_region(const struct routing *routing, const char *region)
{
    const char *home = "";
    for (unsigned i = 0; i < routing->region_count; i++) {
        const char *candidate = routing->regions[i].region;
        if (routing_region_covers(candidate, region) && strlen(candidate) > strlen(home))
            home = candidate;
    }
    return home;
}

const char *routing_wall(const struct routing *routing, const struct routing_office *office,
                         const struct decision *decision)
{
    const struct routing_kind *kind = routing_find_kind(routing, office->kind);
    const char *home = home_region(routing, decision->region);
    if (kind == NULL || office->region[0] == '\0' || strcmp(office->region, home) != 0)
        return NULL;
    for (unsigned i = 0; i < decision->conflict_count; i++)
        for (unsigned j = 0; j < kind->conflict_count; j++)
            if (strcmp(decision->conflicts[i], kind->conflicts[j]) == 0)
                return kind->conflicts[j];
    return NULL;
}

/* ---- steps ---- */

static bool has_step(const struct route *route, const struct route_step *step)
{
    for (unsigned i = 0; i < route->count; i++)
        if (strcmp(route->steps[i].office->office, step->office->office) == 0 &&
            route->steps[i].notice == step->notice)
            return true;
    return false;
}

static void add_step(struct route *route, const struct route_step *step)
{
    if (has_step(route, step))
        return;
    if (route->count == ROUTE_STEPS_MAX) {
        /* The loader refuses tables that could come here. */
        route->is_left_to_reviewers = true;
        return;
    }
    route->steps[route->count++] = *step;
}

/* What one `tell` of a row asks for. */
struct errand {
    const struct routing *routing;
    const struct decision *decision;
    uint32_t day;
    struct route *route;
    struct route_step step; /* role, notice, rule, source; office and the rest as it goes on */
};

/* "36.04" becomes "36", and "36" becomes "". False: it was "" already. */
static bool go_up(char region[DECISION_REGION_BYTES + 1])
{
    char *dot = strrchr(region, '.');
    if (region[0] == '\0')
        return false;
    if (dot == NULL)
        dot = region;
    *dot = '\0';
    return true;
}

/* Tells the nearest office of the kind that is not walled, naming those passed over. False: there
 * is none. */
static bool tell_kind(struct errand *errand, const struct routing_kind *kind)
{
    char region[DECISION_REGION_BYTES + 1];
    (void)snprintf(region, sizeof region, "%s", errand->decision->region);
    do {
        const struct routing_office *office =
            find_serving(errand->routing, kind->kind, region, errand->day);
        if (office == NULL)
            continue;
        struct route_step step = errand->step;
        step.office = office;
        step.blocked_why = routing_wall(errand->routing, office, errand->decision);
        if (step.blocked_why != NULL)
            step.instead_of = NULL;
        add_step(errand->route, &step);
        if (step.blocked_why == NULL)
            return true;
        if (errand->step.instead_of == NULL)
            errand->step.instead_of = office;
        if (!kind->climbs)
            return false;
    } while (go_up(region));
    return false;
}

static const struct routing_office *any_reviewers(const struct errand *errand)
{
    const struct routing *routing = errand->routing;
    char region[DECISION_REGION_BYTES + 1];
    (void)snprintf(region, sizeof region, "%s", errand->decision->region);
    do {
        const struct routing_office *office =
            find_serving(routing, ROUTING_REVIEWER, region, errand->day);
        if (office != NULL)
            return office;
    } while (go_up(region));
    for (unsigned i = 0; i < routing->office_count; i++)
        if (strcmp(routing->offices[i].kind, ROUTING_REVIEWER) == 0)
            return &routing->offices[i];
    return NULL;
}

static void leave_to_reviewers(struct errand *errand)
{
    struct route_step step = errand->step;
    errand->route->is_left_to_reviewers = true;
    step.office = any_reviewers(errand);
    step.role = ROUTING_REVIEWER;
    step.notice = NOTICE_REVIEW;
    if (step.office != NULL)
        add_step(errand->route, &step);
}

static void run_errand(struct errand *errand, const char *kind_name)
{
    const struct routing_kind *kind = routing_find_kind(errand->routing, kind_name);
    /* As many kinds as there are: the loader refuses a circle, and this one would end too. */
    for (unsigned hops = 0; kind != NULL && hops < errand->routing->kind_count; hops++) {
        if (tell_kind(errand, kind))
            return;
        kind = kind->instead == NULL ? NULL : routing_find_kind(errand->routing, kind->instead);
    }
    leave_to_reviewers(errand);
}

/* ---- rows ---- */

static uint32_t day_of_row(const struct routing_row *row, const struct decision *decision)
{
    bool is_act = row->is_by_act && decision->incident_date != 0;
    return is_act ? decision->incident_date : decision->received;
}

static enum decision_actor actor_of(const struct decision *decision)
{
    return decision->actor == DECISION_ACTOR_UNSPECIFIED ? DECISION_ACTOR_UNKNOWN
                                                         : decision->actor;
}

static bool has_code(const struct routing_row *row, const char *primary)
{
    for (unsigned i = 0; i < row->code_count; i++)
        if (strcmp(row->codes[i], primary) == 0)
            return true;
    return row->code_count == 0;
}

static bool applies(const struct routing_row *row, const struct decision *decision)
{
    bool is_in_region = false;
    for (unsigned i = 0; i < row->region_count && !is_in_region; i++)
        is_in_region = routing_region_covers(row->regions[i], decision->region);
    return is_in_region && (row->actors & (1u << (unsigned)actor_of(decision))) != 0 &&
           (row->outcomes & (1u << (unsigned)decision->outcome)) != 0 &&
           (row->dispositions & (1u << (unsigned)decision->disposition)) != 0 &&
           has_code(row, decision->primary) &&
           routing_day_within(day_of_row(row, decision), row->from, row->until);
}

static void follow_row(const struct routing *routing, const struct routing_row *row,
                       const struct decision *decision, struct route *route)
{
    for (unsigned i = 0; i < row->tell_count; i++) {
        struct errand errand = {
            .routing = routing,
            .decision = decision,
            .day = day_of_row(row, decision),
            .route = route,
            .step = {.role = row->tells[i].role,
                     .notice = row->tells[i].notice,
                     .rule = row->row,
                     .source = row->source},
        };
        run_errand(&errand, row->tells[i].kind);
    }
}

void routing_evaluate(const struct routing *routing, const struct decision *decision,
                      struct route *ret_route)
{
    *ret_route = (struct route){.count = 0};
    bool is_reviewers_only = decision_waits_for_review(decision);
    for (unsigned i = 0; i < routing->row_count; i++)
        if (applies(&routing->rows[i], decision))
            follow_row(routing, &routing->rows[i], decision, ret_route);
    if (ret_route->count > 0 ||
        (!is_reviewers_only && decision->outcome == DECISION_OUTCOME_NOT_A_VIOLATION))
        return;
    /* No row at all: a region or an actor that the table forgot must not fall silent. */
    struct errand errand = {
        .routing = routing,
        .decision = decision,
        .day = decision->received,
        .route = ret_route,
        .step = {.rule = "NONE", .source = ""},
    };
    leave_to_reviewers(&errand);
}
