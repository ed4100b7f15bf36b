/*
 * The plan of a seed: everything is drawn the same way, within the bounds of its class.
 */
#include "tests/simulation/sim_plan.h"

#include "common/base/invariant.h"
#include "tests/simulation/sim_plan_classes.h"

#include <stdlib.h>

#define PURPOSE_PLAN 0x706c616eu /* "plan" */

#define FIRST_SUBMISSION_MS 1000 /* the services have found each other, mostly */
#define SETTLING_MS 180000       /* after the last fault; three hand-overs' longest back-off fit */
#define CLASSES_OF_EVERYTHING_MAX 9u
#define CUT_SYNCS_MAX 6u /* a checkpoint is in it */

/* ---- drawing ---- */

/* What the making of one plan works with. */
struct maker {
    struct sim_random random;
    struct sim_plan *plan;
    int64_t span_ms; /* submissions are made, and faults begin, within it */
};

static unsigned below(struct maker *maker, unsigned count)
{
    return (unsigned)sim_random_below(&maker->random, count);
}

static int64_t between(struct maker *maker, struct sim_bounds bounds)
{
    return bounds.least == bounds.most
               ? bounds.least
               : sim_random_between(&maker->random, bounds.least, bounds.most);
}

/* ---- whom ---- */

/* Who passes a point, and so may die at it. */
static unsigned who_passes(struct maker *maker, enum fault_point point)
{
    unsigned passer = sim_point_passer(point);
    if (passer == SIM_EVERYBODY)
        return below(maker, SIM_SERVICE_COUNT);
    if (passer == SIM_WORKER_FIRST)
        return SIM_WORKER_FIRST + below(maker, SIM_WORKERS_MAX);
    return passer;
}

static void draw_point(struct maker *maker, struct sim_planned_fault *fault)
{
    do
        fault->point = (enum fault_point)below(maker, FAULT_COUNT);
    while (!sim_point_is_passed(fault->point));
    fault->process = who_passes(maker, fault->point);
}

/* Who speaks with whom: services with each other, workers with classification, clients and people
 * with the doors. Sometimes everybody with one. */
static void draw_link(struct maker *maker, struct sim_planned_fault *fault)
{
    unsigned service = below(maker, SIM_SERVICE_COUNT);
    unsigned other = below(maker, SIM_PROCESS_COUNT);
    /* Most links are silent most of the time. */
    if (other == service || sim_random_chance(&maker->random, 400))
        other = SIM_EVERYBODY;
    if (other >= SIM_WORKER_FIRST && other < SIM_NODE_FIRST)
        service = SIM_CLASSIFICATION;
    if (other >= SIM_NODE_FIRST && other < SIM_REVIEWER)
        service = SIM_INTAKE;
    bool is_outward = sim_random_chance(&maker->random, 500);
    fault->process = is_outward ? service : other;
    fault->to = is_outward ? other : service;
}

static unsigned draw_client(struct maker *maker)
{
    bool is_node = maker->plan->nodes > 1 && sim_random_chance(&maker->random, 500);
    return is_node ? SIM_NODE_FIRST + below(maker, maker->plan->nodes)
                   : SIM_WORKER_FIRST + below(maker, SIM_WORKERS_MAX);
}

static void draw_whom(struct maker *maker, enum sim_whom whom, struct sim_planned_fault *fault)
{
    unsigned workers = maker->plan->workers;
    switch (whom) {
    case SIM_WHOM_LINK:
        draw_link(maker, fault);
        return;
    case SIM_WHOM_SERVICE:
        fault->process = below(maker, SIM_SERVICE_COUNT);
        return;
    case SIM_WHOM_APPLIER:
        fault->process = SIM_CLASSIFICATION + below(maker, 2);
        return;
    case SIM_WHOM_POINT:
        draw_point(maker, fault);
        return;
    case SIM_WHOM_WORKER:
        fault->process = SIM_WORKER_FIRST + below(maker, workers > 0 ? workers : 1);
        return;
    case SIM_WHOM_NEW_WORKER:
        fault->process = SIM_WORKER_FIRST + workers + below(maker, SIM_WORKERS_MAX - workers);
        return;
    case SIM_WHOM_CLIENT:
        fault->process = draw_client(maker);
        return;
    }
}

/* ---- one fault ---- */

static enum sim_disk_failure draw_failure(struct maker *maker, enum sim_fault_class what)
{
    bool is_other = sim_random_chance(&maker->random, 500);
    if (what == SIM_FAULT_SYNC_FAILS)
        return is_other ? SIM_DISK_SYNC_LOSES : SIM_DISK_EIO;
    if (what == SIM_FAULT_READ_FAILS)
        return is_other ? SIM_DISK_SHORT_READ : SIM_DISK_EIO;
    return SIM_DISK_EIO;
}

static struct sim_planned_fault *add_fault(struct maker *maker, enum sim_fault_class what)
{
    struct sim_plan *plan = maker->plan;
    const struct sim_class *row = sim_class(what);
    if (plan->fault_count == SIM_FAULTS_MAX)
        return NULL;
    struct sim_planned_fault *fault = &plan->faults[plan->fault_count++];
    *fault = (struct sim_planned_fault){
        .what = what,
        .at_ms = sim_random_between(&maker->random, 0, maker->span_ms),
        .length_ms = between(maker, row->length),
        .nth = (uint64_t)between(maker, row->nth),
        .times = (uint64_t)between(maker, row->times),
        .per_mille = (unsigned)between(maker, row->per_mille),
        .failure = draw_failure(maker, what),
    };
    fault->until_ms = fault->at_ms + between(maker, row->lasts);
    draw_whom(maker, row->whom, fault);
    return fault;
}

/* An entry that kills is of a submission that is made; whether its dead letter is tried again,
 * before it is cured or after, is drawn with it. */
static void add_poison(struct maker *maker)
{
    struct sim_planned_fault *poison = add_fault(maker, SIM_FAULT_POISON);
    if (poison == NULL)
        return;
    poison->at_ms = 0;
    poison->nth = sim_random_below(&maker->random, maker->plan->submission_count);
    poison->until_ms = maker->span_ms + between(maker, sim_class(SIM_FAULT_POISON)->lasts);
    unsigned process = poison->process;
    int64_t cured_ms = poison->until_ms;
    struct sim_planned_fault *redrive =
        sim_random_chance(&maker->random, 700) ? add_fault(maker, SIM_FAULT_REDRIVE) : NULL;
    if (redrive == NULL)
        return;
    redrive->process = process;
    redrive->at_ms = cured_ms + sim_random_between(&maker->random, -10000, 20000);
    redrive->until_ms = redrive->at_ms;
}

static void add_class(struct maker *maker, enum sim_fault_class what)
{
    unsigned count = 1 + below(maker, sim_class(what)->count_max);
    for (unsigned i = 0; i < count; i++) {
        /* A dead letter is there to be tried again only where something died of it. */
        if (what == SIM_FAULT_POISON || what == SIM_FAULT_REDRIVE)
            add_poison(maker);
        else
            (void)add_fault(maker, what);
    }
}

/* ---- the faults of a mode ---- */

static enum sim_fault_class draw_class(struct maker *maker)
{
    const struct sim_plan *plan = maker->plan;
    enum sim_fault_class what = plan->only_class;
    do {
        if (plan->mode != SIM_MODE_ONE_CLASS)
            what = (enum sim_fault_class)below(maker, SIM_FAULT_CLASS_COUNT);
    } while (plan->mode == SIM_MODE_ONE_KIND && sim_class(what)->kind != plan->only_kind);
    return what;
}

static void add_faults(struct maker *maker)
{
    struct sim_plan *plan = maker->plan;
    bool is_added[SIM_FAULT_CLASS_COUNT] = {false};
    unsigned classes = 0;
    if (plan->mode == SIM_MODE_ONE_CLASS)
        classes = 1;
    else if (plan->mode == SIM_MODE_ONE_KIND)
        classes = 1 + below(maker, 4);
    else if (plan->mode == SIM_MODE_EVERYTHING)
        classes = 3 + below(maker, CLASSES_OF_EVERYTHING_MAX - 2);
    for (unsigned i = 0; i < classes; i++) {
        enum sim_fault_class what = draw_class(maker);
        if (!is_added[what])
            add_class(maker, what);
        is_added[what] = true;
    }
}

static int by_time(const void *left, const void *right)
{
    const struct sim_planned_fault *a = left;
    const struct sim_planned_fault *b = right;
    return (a->at_ms > b->at_ms) - (a->at_ms < b->at_ms);
}

/* In order, and when the last of them is over. */
static void end_faults(struct maker *maker)
{
    struct sim_plan *plan = maker->plan;
    plan->quiet_ms = maker->span_ms;
    for (unsigned i = 0; i < plan->submission_count; i++)
        if (plan->submissions[i].at_ms > plan->quiet_ms)
            plan->quiet_ms = plan->submissions[i].at_ms;
    for (unsigned i = 0; i < plan->fault_count; i++) {
        const struct sim_planned_fault *fault = &plan->faults[i];
        if (fault->until_ms > plan->quiet_ms)
            plan->quiet_ms = fault->until_ms;
    }
    if (plan->fault_count > 0)
        qsort(plan->faults, plan->fault_count, sizeof plan->faults[0], by_time);
    plan->settled_ms_max = plan->quiet_ms + SETTLING_MS;
}

unsigned sim_cut_at_sync(uint64_t nth)
{
    return nth % 2 == 0 ? 0 : 1 + (unsigned)(nth / 2 % CUT_SYNCS_MAX);
}

/* ---- the shape ---- */

static void draw_mode(struct maker *maker)
{
    struct sim_plan *plan = maker->plan;
    unsigned part = below(maker, 100);
    plan->only_class = (enum sim_fault_class)below(maker, SIM_FAULT_CLASS_COUNT);
    plan->only_kind = (enum sim_fault_kind)below(maker, SIM_FAULT_KIND_COUNT);
    if (part < 5)
        plan->mode = SIM_MODE_CALM;
    else if (part < 45)
        plan->mode = SIM_MODE_ONE_CLASS;
    else if (part < 65)
        plan->mode = SIM_MODE_ONE_KIND;
    else
        plan->mode = SIM_MODE_EVERYTHING;
}

static void draw_shape(struct maker *maker)
{
    struct sim_plan *plan = maker->plan;
    plan->nodes = 1 + below(maker, SIM_NODES_MAX);
    plan->workers = below(maker, SIM_WORKERS_MAX); /* one at least is left to join */
    if (plan->mode == SIM_MODE_ONE_CLASS && sim_class(plan->only_class)->kind == SIM_KIND_WORKER)
        plan->workers = 1 + below(maker, SIM_WORKERS_MAX - 1);
    plan->submission_count = 1 + below(maker, sim_random_chance(&maker->random, 200) ? 40 : 16);
    plan->reviews = below(maker, 6);
    plan->links = below(maker, 3);
    plan->retained_events_min = sim_random_chance(&maker->random, 500) ? 0 : 1 + below(maker, 64);
    maker->span_ms = sim_random_between(&maker->random, 3000, 30000);
}

static void draw_submission(struct maker *maker, unsigned index)
{
    struct sim_plan *plan = maker->plan;
    struct sim_planned_submission *row = &plan->submissions[index];
    *row = (struct sim_planned_submission){
        .at_ms = sim_random_between(&maker->random, FIRST_SUBMISSION_MS, maker->span_ms),
        .node = below(maker, plan->nodes),
        .is_said_again = sim_random_chance(&maker->random, 150),
        .is_said_otherwise = sim_random_chance(&maker->random, 80),
    };
    if (index == 0 || !sim_random_chance(&maker->random, 200))
        return;
    unsigned corrects = below(maker, index);
    if (plan->submissions[corrects].is_correction)
        corrects = plan->submissions[corrects].corrects;
    row->is_correction = true;
    row->corrects = corrects;
    row->node = plan->submissions[corrects].node; /* its own case */
    if (row->at_ms <= plan->submissions[corrects].at_ms)
        row->at_ms = plan->submissions[corrects].at_ms + 1;
    /* A reviewer may have decided by then. */
    if (sim_random_chance(&maker->random, 400))
        row->at_ms += sim_random_between(&maker->random, 3000, 30000);
}

/* What an operator's recovery sends again must still be there. */
static void keep_enough(struct sim_plan *plan)
{
    for (unsigned i = 0; i < plan->fault_count; i++)
        if (plan->faults[i].what == SIM_FAULT_STORE_RESTORED)
            plan->retained_events_min = 100000;
}

void sim_plan_make(uint64_t seed, struct sim_plan *ret_plan)
{
    *ret_plan = (struct sim_plan){.seed = seed};
    struct maker maker = {.random = sim_random_of(seed, PURPOSE_PLAN), .plan = ret_plan};
    draw_mode(&maker);
    draw_shape(&maker);
    INVARIANT(ret_plan->submission_count <= SIM_PLANNED_MAX);
    for (unsigned i = 0; i < ret_plan->submission_count; i++)
        draw_submission(&maker, i);
    add_faults(&maker);
    end_faults(&maker);
    keep_enough(ret_plan);
}
