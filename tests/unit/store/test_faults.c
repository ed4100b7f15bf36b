/*
 * Faults at the store's points. Each row is a child process with its own NETRA_FAULTS; afterwards
 * the store is opened again and must hold what was committed, and nothing else.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "tests/unit/store/store_fixture.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_OPEN 100 /* the child's store did not open; its status is added */

struct fault_case {
    const char *name;
    const char *faults;
    int want;       /* of the second transaction's commit, or the first failure after it */
    int want_items; /* after the store was opened again */
    int want_signal;
};

static struct fault_case fault_cases[] = {
    {.name = "no fault: both transactions are there",
     .faults = "",
     .want = STATUS_OK,
     .want_items = 3},
    {.name = "full at the second commit: it is gone, the third works",
     .faults = "store_commit=full@2",
     .want = STATUS_STORE_FULL,
     .want_items = 2},
    {.name = "io at the second commit: it is gone, the third works",
     .faults = "store_commit=io@2",
     .want = STATUS_STORE_IO,
     .want_items = 2},
    {.name = "a failed sync at the second commit: it is gone",
     .faults = "store_commit=sync@2+",
     .want = STATUS_STORE_SYNC_FAILED,
     .want_items = 1},
    {.name = "killed inside the second commit: the first is there",
     .faults = "store_commit=kill@2",
     .want_items = 1,
     .want_signal = SIGKILL},
    {.name = "killed before the checkpoint: all is there",
     .faults = "store_checkpoint=kill@2",
     .want_items = 3,
     .want_signal = SIGKILL},
    {.name = "a failed checkpoint: all is there",
     .faults = "store_checkpoint=io@2",
     .want = STATUS_STORE_IO,
     .want_items = 3},
    {.name = "a failed checkpoint at open: the store does not open",
     .faults = "store_checkpoint=sync",
     .want = EXIT_OPEN + STATUS_STORE_SYNC_FAILED,
     .want_items = 0},
};

static enum status put_alone(struct store *store, int64_t id)
{
    TRY(store_begin(store));
    TRY(fixture_put(store, id, view_of_text("entry")));
    return store_commit(store);
}

/* Three transactions and a checkpoint; the exit status is the first failure's status. */
__attribute__((noreturn)) static void child_main(struct fixture *fixture, const char *faults)
{
    (void)setenv("NETRA_FAULTS", faults, 1);
    struct store_spec spec = fixture_spec();
    struct store store;
    enum status status = store_open(&store, fixture->path, &spec, NULL);
    if (status != STATUS_OK)
        _exit(EXIT_OPEN + (int)status);
    enum status first_failure = STATUS_OK;
    for (int64_t id = 1; id <= 3; id++) {
        status = put_alone(&store, id);
        if (status != STATUS_OK && (store.is_in_transaction || id == 1))
            _exit(EXIT_OPEN - 1);
        if (first_failure == STATUS_OK)
            first_failure = status;
    }
    status = store_checkpoint(&store, true);
    if (first_failure == STATUS_OK)
        first_failure = status;
    store_close(&store);
    _exit((int)first_failure);
}

/* Opens the store as the next start does; the exit status is the number of items. */
__attribute__((noreturn)) static void next_start_main(struct fixture *fixture)
{
    (void)unsetenv("NETRA_FAULTS");
    struct store store;
    if (fixture_store_open(fixture, &store) != STATUS_OK)
        _exit(EXIT_OPEN);
    int64_t items = fixture_count(&store);
    store_close(&store);
    _exit((int)items);
}

static int wait_for(pid_t child)
{
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    return result;
}

static void test_fault(void **state)
{
    const struct fault_case *row = *state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        child_main(&fixture, row->faults);
    int result = wait_for(child);
    if (row->want_signal != 0) {
        assert_true(WIFSIGNALED(result));
        assert_int_equal(WTERMSIG(result), row->want_signal);
    } else {
        assert_true(WIFEXITED(result));
        assert_int_equal(WEXITSTATUS(result), row->want);
    }
    /* A process of its own too: here NETRA_FAULTS must not be read before the next row's child. */
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        next_start_main(&fixture);
    result = wait_for(child);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), row->want_items);
}

int main(void)
{
    TEST_TABLE(tests, fault_cases, test_fault)
    return cmocka_run_group_tests_name("store faults", tests, NULL, NULL);
}
