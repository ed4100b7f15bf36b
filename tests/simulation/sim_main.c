/*
 * The simulation's program: runs seeds one after the other.
 *
 *   netra-simulation --tables DIR [--trace] [--plan] FIRST LAST
 *   netra-simulation --counts <LINES
 *
 * Says which seed it begins, so that one that ends the process is known. Prints each failing seed
 * with the promise it broke, then the counts of faults as one line that tests/simulation/run adds
 * up, and how many passed. Exit status 1 when any failed.
 */
#include "tests/simulation/sim_plan.h"
#include "tests/simulation/sim_world.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAME_EVERY 50u /* of so many seeds one is run twice, to see that it is the same run */

struct options {
    const char *tables;
    bool is_traced;
    bool is_plan_only;
    uint64_t first;
    uint64_t last;
};

static bool read_number(const char *text, uint64_t *ret_number)
{
    char *end = NULL;
    *ret_number = strtoull(text, &end, 10);
    return end != text && *end == '\0';
}

static bool read_options(int argc, char **argv, struct options *options)
{
    int at = 1;
    *options = (struct options){.tables = NULL};
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (strcmp(argv[at], "--trace") == 0)
            options->is_traced = true;
        else if (strcmp(argv[at], "--plan") == 0)
            options->is_plan_only = true;
        else if (strcmp(argv[at], "--tables") == 0 && at + 1 < argc)
            options->tables = argv[++at];
        else
            return false;
    }
    return argc - at == 2 && options->tables != NULL && read_number(argv[at], &options->first) &&
           read_number(argv[at + 1], &options->last);
}

/* Runs one seed; true when it held. */
static bool run_seed(uint64_t seed, const struct options *options)
{
    struct sim_outcome outcome;
    struct sim_outcome again;
    (void)printf("begins %" PRIu64 "\n", seed);
    (void)fflush(stdout);
    sim_world_run(seed, options->is_traced, &outcome);
    if (!outcome.is_failed && !options->is_traced && seed % SAME_EVERY == 0) {
        sim_world_run(seed, false, &again);
        if (again.trace_hash != outcome.trace_hash) {
            (void)printf("seed %" PRIu64 ": two runs of it differ\n", seed);
            return false;
        }
    }
    if (outcome.is_failed)
        (void)printf("seed %" PRIu64 ": %s\n", seed, outcome.broken);
    (void)fflush(stdout);
    return !outcome.is_failed;
}

static void print_plans(const struct options *options)
{
    static struct sim_plan plan;
    for (uint64_t seed = options->first; seed <= options->last; seed++) {
        sim_plan_make(seed, &plan);
        sim_plan_print(&plan, stdout);
    }
}

/* Adds up the counts of several processes, a line each on stdin, and prints them as a table. */
static int print_counts(void)
{
    static char line[4096];
    struct sim_counts sum = {.planned = {0}};
    while (fgets(line, sizeof line, stdin) != NULL)
        (void)sim_counts_read(line, &sum);
    return sim_counts_print(&sum, stdout) ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options;
    uint64_t passed = 0;
    uint64_t failed = 0;
    if (argc == 2 && strcmp(argv[1], "--counts") == 0)
        return print_counts();
    if (!read_options(argc, argv, &options)) {
        (void)fprintf(stderr, "usage: netra-simulation --tables DIR [--trace] [--plan] "
                              "FIRST LAST\n");
        return 2;
    }
    if (options.is_plan_only) {
        print_plans(&options);
        return 0;
    }
    /* Runs take and give the same memory again and again: it is not given back in between. */
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 30);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
    if (!sim_world_prepare(options.tables))
        return 2;
    for (uint64_t seed = options.first; seed <= options.last; seed++) {
        if (run_seed(seed, &options))
            passed++;
        else
            failed++;
    }
    sim_world_release();
    sim_counts_write(sim_counted(), stdout);
    (void)printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
