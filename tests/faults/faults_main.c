/*
 * tests/faults: one fault at a time, at the first call of its kind, the second, the third …
 *
 * How: the life is lived once without a fault, and its calls are counted. Then, part by part,
 * a child is forked for each call that there was: in it that call fails, the life is lived to its
 * end without further faults, and has to come to the same content. A child that crashes, leaks
 * (LeakSanitizer) or breaks a promise is a failure with a name. SHARDS processes share the calls,
 * each with an installation of its own.
 *
 *   faults [--all] [--row NAME] [--part NAME] [--process NAME] [--call N]
 *
 * CALLS_MAX calls of a kind, process and part are tried, evenly apart; with --all each of them,
 * but of SQLite's memory CALLS_SQLITE_MAX. The last line is `N passed, 0 failed`.
 */
#include "common/base/log.h"
#include "tests/faults/faults_content.h"
#include "tests/faults/faults_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS_MAX 2u
#define CALLS_SQLITE_MAX 300u /* with --all: it takes memory 56,000 times */
#define SHARDS 2u
#define ROWS_MAX 64u
#define FAILURES_TOLD_MAX 20u /* of a shard */

/* What a shard's life without a fault found, for those with one; and what those came to. Shared
 * between the shard, its children and the first process. */
struct found {
    struct faults_tally tallies[FAULTS_PART_COUNT + 1];
    struct faults_content content;
    bool is_whole;
    uint64_t tried;
    uint64_t calls[ROWS_MAX]; /* that there are */
    uint64_t passed[ROWS_MAX];
    uint64_t failed;
};

/* One life with a fault. */
struct child {
    const struct faults_row *row;
    enum faults_part part;
    unsigned process;
    uint64_t nth;
};

static struct {
    bool is_all;
    const char *row;
    const char *part;
    const char *process;
    uint64_t call;
    unsigned shard;
    struct found *found; /* the shard's */
} run;

static struct faults_life life;

/* ---- one life ---- */

/* A lock is the parent's too, which waits: the child's services must be able to start again. */
static void drop_locks(void)
{
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        if (life.services[i] != NULL)
            (void)flock(life.services[i]->store.lock_descriptor, LOCK_UN);
}

__attribute__((noreturn)) static void end_child(bool is_well)
{
    if (!is_well)
        (void)fprintf(stderr, "broken: %s\n", life.broken);
    faults_life_end(&life);
    exit(is_well ? 0 : 1);
}

static void compare(const struct faults_row *row, const struct faults_content *content)
{
    const struct faults_content *wanted = &run.found->content;
    bool is_arena = row->group == FAULTS_GROUP_MEMORY && row->call == FAULTS_ARENA;
    if (strcmp(content->text, wanted->text) == 0 &&
        (is_arena || strcmp(content->verdicts, wanted->verdicts) == 0))
        return;
    (void)fprintf(stderr, "wanted:\n%s%sfound:\n%s%s", wanted->text, wanted->verdicts,
                  content->text, content->verdicts);
    faults_life_break(&life, "other content than without a fault");
}

__attribute__((noreturn)) static void child_main(const struct child *child)
{
    struct faults_content content = {.text = ""};
    drop_locks();
    faults_arm(&life, child->row, child->process, child->nth);
    for (unsigned part = child->part; part < FAULTS_PART_COUNT; part++)
        faults_life_live(&life, (enum faults_part)part);
    faults_life_stop(&life);
    faults_judge(&life, child->row);
    if (life.broken[0] == '\0')
        faults_content_read(&life, &content);
    if (life.broken[0] == '\0')
        compare(child->row, &content);
    (void)fprintf(stderr, "fault: %s%s; round: %s; start: %s\n", life.seen.path,
                  life.seen.is_at_start ? " (not in a round)" : "", status_name(life.seen.round),
                  status_name(life.seen.start));
    end_child(life.broken[0] == '\0');
}

/* The life without a fault. */
__attribute__((noreturn)) static void count_main(void)
{
    for (unsigned part = 0; part < FAULTS_PART_COUNT; part++) {
        faults_tally_take(&life, &run.found->tallies[part]);
        faults_life_live(&life, (enum faults_part)part);
    }
    faults_tally_take(&life, &run.found->tallies[FAULTS_PART_COUNT]);
    faults_life_stop(&life);
    faults_content_read(&life, &run.found->content);
    run.found->is_whole = life.broken[0] == '\0';
    end_child(run.found->is_whole);
}

/* ---- children ---- */

static void show(FILE *output)
{
    char line[400];
    rewind(output);
    while (fgets(line, sizeof line, output) != NULL)
        (void)printf("      %s", line);
    (void)fflush(stdout);
}

static void tell(const struct child *child, int result, FILE *output)
{
    if (result == 0) {
        run.found->passed[child->row - faults_rows]++;
        return;
    }
    if (++run.found->failed > FAILURES_TOLD_MAX)
        return;
    (void)printf("FAILED: --row '%s' --process %s --part %s --call %" PRIu64 ": ",
                 child->row->name, sim_process_name(child->process), faults_part_name(child->part),
                 child->nth);
    if (WIFSIGNALED(result))
        (void)printf("signal %d\n", WTERMSIG(result));
    else
        (void)printf("exit status %d\n", WEXITSTATUS(result));
    show(output);
}

static void try_call(const struct child *child)
{
    int result = 0;
    FILE *output = tmpfile();
    (void)fflush(stdout);
    pid_t pid = output == NULL ? -1 : fork();
    if (pid == 0) {
        (void)dup2(fileno(output), STDERR_FILENO);
        child_main(child);
    }
    if (pid < 0 || waitpid(pid, &result, 0) != pid) {
        perror("faults");
        exit(1);
    }
    tell(child, result, output);
    (void)fclose(output);
}

/* ---- which calls ---- */

static bool is_chosen(const char *chosen, const char *name)
{
    return chosen == NULL || strcmp(chosen, name) == 0;
}

static uint64_t tries_max(const struct faults_row *row, uint64_t count)
{
    bool is_of_sqlite = row->group == FAULTS_GROUP_MEMORY && row->call == FAULTS_SQLITE;
    if (!run.is_all)
        return CALLS_MAX;
    return is_of_sqlite && count > CALLS_SQLITE_MAX ? CALLS_SQLITE_MAX : count;
}

/* Some of them, evenly apart; which is the first differs from cell to cell. */
static bool is_tried(uint64_t nth, uint64_t count, uint64_t most, uint64_t cell)
{
    uint64_t apart = (count + most - 1) / most;
    return run.call != 0 ? nth == run.call : nth % apart == cell % apart;
}

static void try_calls(const struct faults_row *row, enum faults_part part, unsigned process)
{
    struct child child = {.row = row, .part = part, .process = process};
    uint64_t cell = (uint64_t)(row - faults_rows) + process * 7u + part * 3u;
    uint64_t count = faults_tally_between(&run.found->tallies[part], &run.found->tallies[part + 1],
                                          row, process);
    uint64_t most = tries_max(row, count);
    run.found->calls[row - faults_rows] += count;
    for (child.nth = 1; child.nth <= count; child.nth++)
        if (is_tried(child.nth, count, most, cell) && run.found->tried++ % SHARDS == run.shard)
            try_call(&child);
}

static void try_part(enum faults_part part)
{
    if (!is_chosen(run.part, faults_part_name(part)))
        return;
    for (unsigned row = 0; row < faults_row_count; row++) {
        if (!is_chosen(run.row, faults_rows[row].name))
            continue;
        for (unsigned process = 0; process < SIM_PROCESS_COUNT; process++)
            if (is_chosen(run.process, sim_process_name(process)))
                try_calls(&faults_rows[row], part, process);
    }
}

/* ---- a shard ---- */

static bool count_calls(void)
{
    int result = 0;
    pid_t pid = fork();
    if (pid == 0) {
        drop_locks();
        count_main();
    }
    bool is_well = pid > 0 && waitpid(pid, &result, 0) == pid && result == 0;
    if (!is_well || run.shard == 0)
        (void)printf("without a fault: result %d\n%s", result, run.found->content.text);
    return is_well;
}

static int shard_main(void)
{
    if (!faults_memory_begin() || !sim_home_prepare(NETRA_SOURCE "/tests/simulation/tables"))
        return 1;
    faults_life_begin(&life);
    bool is_counted = count_calls();
    for (unsigned part = 0; part < FAULTS_PART_COUNT && is_counted; part++) {
        try_part((enum faults_part)part);
        faults_life_live(&life, (enum faults_part)part);
    }
    faults_life_end(&life);
    sim_home_release();
    return is_counted ? 0 : 1;
}

/* ---- the run ---- */

static int report(const struct found *shards)
{
    bool is_whole_run = run.row == NULL && run.part == NULL && run.process == NULL;
    uint64_t passed = 0;
    uint64_t failed = 0;
    for (unsigned row = 0; row < faults_row_count; row++) {
        uint64_t count = 0;
        for (unsigned shard = 0; shard < SHARDS; shard++)
            count += shards[shard].passed[row];
        (void)printf("%8" PRIu64 " of %6" PRIu64 "  %s\n", count, shards[0].calls[row],
                     faults_rows[row].name);
        passed += count;
        failed += count == 0 && is_whole_run ? 1 : 0; /* what never happens proves nothing */
    }
    for (unsigned shard = 0; shard < SHARDS; shard++)
        failed += shards[shard].failed + (shards[shard].is_whole ? 0 : 1);
    (void)printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

static bool read_arguments(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--all") == 0) {
            run.is_all = true;
            continue;
        }
        if (i + 1 == argc)
            return false;
        if (strcmp(argv[i], "--row") == 0)
            run.row = argv[++i];
        else if (strcmp(argv[i], "--part") == 0)
            run.part = argv[++i];
        else if (strcmp(argv[i], "--process") == 0)
            run.process = argv[++i];
        else if (strcmp(argv[i], "--call") == 0)
            run.call = strtoull(argv[++i], NULL, 10);
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    if (!read_arguments(argc, argv)) {
        (void)fprintf(stderr, "usage: faults [--all] [--row NAME] [--part NAME] [--process NAME]"
                              " [--call N]\n");
        return 2;
    }
    log_open("faults", LOG_LEVEL_ERROR, false);
    (void)setenv("NETRA_RETRY_BASE_MS", "100", 1);
    struct found *shards = mmap(NULL, SHARDS * sizeof *shards, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shards == MAP_FAILED)
        return 1;
    int result = 0;
    for (run.shard = 0; run.shard < SHARDS; run.shard++) {
        run.found = &shards[run.shard];
        pid_t pid = fork();
        if (pid == 0)
            exit(shard_main());
        result |= pid < 0;
    }
    for (int one = 0; wait(&one) > 0;)
        result |= one;
    return report(shards) | (result == 0 ? 0 : 1);
}
