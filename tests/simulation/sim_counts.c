/*
 * A plan in words, and the counts of what really happened.
 */
#include "tests/simulation/sim_plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct sim_counts counted;

/* ---- a plan in words ---- */

static const char *name_of(unsigned process)
{
    return process == SIM_EVERYBODY ? "everybody" : sim_process_name(process);
}

static void print_fault(const struct sim_planned_fault *fault, FILE *to)
{
    static const char *const points[FAULT_COUNT] = {
#define X(name, where) #name,
        FAULT_POINT_LIST(X)
#undef X
    };
    fprintf(to, "%8" PRId64 "  %-15s %s", fault->at_ms, sim_fault_name(fault->what),
            name_of(fault->process));
    if (fault->process != fault->to && fault->what <= SIM_FAULT_CONNECTION_LOST)
        fprintf(to, " to %s", name_of(fault->to));
    if (fault->what == SIM_FAULT_CRASH_AT_POINT)
        fprintf(to, ", %s", points[fault->point]);
    if (fault->nth > 0)
        fprintf(to, ", nth %" PRIu64, fault->nth);
    if (fault->times > 1)
        fprintf(to, ", %" PRIu64 " times", fault->times);
    if (fault->per_mille > 0)
        fprintf(to, ", %u per mille", fault->per_mille);
    if (fault->length_ms != 0)
        fprintf(to, ", %" PRId64 " ms", fault->length_ms);
    if (fault->until_ms > fault->at_ms)
        fprintf(to, ", until %" PRId64, fault->until_ms);
    fputc('\n', to);
}

static void print_submission(const struct sim_planned_submission *row, unsigned index, FILE *to)
{
    fprintf(to, "%8" PRId64 "  submission %-4u node-%u", row->at_ms, index, row->node + 1);
    if (row->is_correction)
        fprintf(to, ", corrects %u", row->corrects);
    if (row->is_said_again)
        fprintf(to, ", said again");
    if (row->is_said_otherwise)
        fprintf(to, ", said otherwise");
    fputc('\n', to);
}

void sim_plan_print(const struct sim_plan *plan, FILE *to)
{
    fprintf(to, "seed %" PRIu64 ": %s; %u nodes, %u workers, %u submissions, %u faults; ",
            plan->seed, sim_mode_name(plan->mode), plan->nodes, plan->workers,
            plan->submission_count, plan->fault_count);
    fprintf(to, "%u reviews, %u links, keeps %" PRIu64 " events; quiet at %" PRId64 " ms\n",
            plan->reviews, plan->links, plan->retained_events_min, plan->quiet_ms);
    for (unsigned i = 0; i < plan->submission_count; i++)
        print_submission(&plan->submissions[i], i, to);
    for (unsigned i = 0; i < plan->fault_count; i++)
        print_fault(&plan->faults[i], to);
}

/* ---- what really happened ---- */

void sim_happened(enum sim_fault_class what)
{
    counted.happened[what]++;
}

bool sim_cut_happened(const struct sim_disk_counts *before, const struct sim_disk_counts *after)
{
    const uint64_t more[SIM_CUT_EFFECT_COUNT] = {
        [SIM_CUT_WRITES_LOST] = after->writes_lost - before->writes_lost,
        [SIM_CUT_WRITES_TORN] = after->writes_torn - before->writes_torn,
        [SIM_CUT_WRITES_REORDERED] = after->writes_reordered - before->writes_reordered,
        [SIM_CUT_NAMES_LOST] = after->names_lost - before->names_lost,
    };
    bool is_any = false;
    for (unsigned effect = 0; effect < SIM_CUT_EFFECT_COUNT; effect++) {
        counted.cut[effect] += more[effect];
        is_any = is_any || more[effect] > 0;
    }
    return is_any;
}

void sim_counts_planned(const struct sim_plan *plan)
{
    counted.runs[plan->mode]++;
    for (unsigned i = 0; i < plan->fault_count; i++)
        counted.planned[plan->faults[i].what]++;
}

const struct sim_counts *sim_counted(void)
{
    return &counted;
}

/* False: none of it ever happened. */
static bool print_cut(const struct sim_counts *counts, FILE *to)
{
    static const struct {
        const char *name;
        const char *what;
    } rows[SIM_CUT_EFFECT_COUNT] = {
#define X(name, label, what) {label, what},
        SIM_CUT_EFFECT_LIST(X)
#undef X
    };
    bool is_complete = true;
    fprintf(to, "what power cuts did to what was not synced\n");
    for (unsigned effect = 0; effect < SIM_CUT_EFFECT_COUNT; effect++) {
        fprintf(to, "%-20s %23" PRIu64 "  %s\n", rows[effect].name, counts->cut[effect],
                rows[effect].what);
        is_complete = is_complete && counts->cut[effect] > 0;
    }
    for (unsigned effect = 0; effect < SIM_CUT_EFFECT_COUNT; effect++)
        if (counts->cut[effect] == 0)
            fprintf(to, "never happened: %s\n", rows[effect].name);
    return is_complete;
}

bool sim_counts_print(const struct sim_counts *counts, FILE *to)
{
    bool is_complete = true;
    for (unsigned mode = 0; mode < SIM_MODE_COUNT; mode++)
        fprintf(to, "%s%s: %" PRIu64, mode == 0 ? "runs: " : ", ",
                sim_mode_name((enum sim_mode)mode), counts->runs[mode]);
    fprintf(to, "\n%-20s %8s %14s\n", "fault", "planned", "happened");
    for (unsigned what = 0; what < SIM_FAULT_CLASS_COUNT; what++) {
        fprintf(to, "%-20s %8" PRIu64 " %14" PRIu64 "\n",
                sim_fault_name((enum sim_fault_class)what), counts->planned[what],
                counts->happened[what]);
        is_complete = is_complete && counts->happened[what] > 0;
    }
    is_complete = print_cut(counts, to) && is_complete;
    for (unsigned what = 0; what < SIM_FAULT_CLASS_COUNT; what++)
        if (counts->happened[what] == 0)
            fprintf(to, "never happened: %s\n", sim_fault_name((enum sim_fault_class)what));
    return is_complete;
}

/* The numbers of a line, in this order. */
#define NUMBERS (2u * SIM_FAULT_CLASS_COUNT + SIM_MODE_COUNT + SIM_CUT_EFFECT_COUNT)

static uint64_t *number_at(struct sim_counts *counts, unsigned index)
{
    if (index < SIM_FAULT_CLASS_COUNT)
        return &counts->planned[index];
    if (index < 2u * SIM_FAULT_CLASS_COUNT)
        return &counts->happened[index - SIM_FAULT_CLASS_COUNT];
    index -= 2u * SIM_FAULT_CLASS_COUNT;
    return index < SIM_MODE_COUNT ? &counts->runs[index] : &counts->cut[index - SIM_MODE_COUNT];
}

void sim_counts_write(const struct sim_counts *counts, FILE *to)
{
    struct sim_counts copy = *counts;
    fputs("counts", to);
    for (unsigned i = 0; i < NUMBERS; i++)
        fprintf(to, " %" PRIu64, *number_at(&copy, i));
    fputc('\n', to);
}

bool sim_counts_read(const char *line, struct sim_counts *sum)
{
    static const char word[] = "counts";
    struct sim_counts added = *sum;
    if (strncmp(line, word, sizeof word - 1) != 0)
        return false;
    const char *at = line + sizeof word - 1;
    for (unsigned i = 0; i < NUMBERS; i++) {
        char *end = NULL;
        unsigned long long number = strtoull(at, &end, 10);
        if (end == at)
            return false;
        *number_at(&added, i) += number;
        at = end;
    }
    *sum = added;
    return true;
}
