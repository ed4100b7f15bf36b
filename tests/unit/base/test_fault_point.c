/*
 * Fault points and invariants: each row is a child process with its own NETRA_FAULTS that passes a
 * point a few times.
 */
#include "tests/support/test.h"

#include "common/base/fault_point.h"
#include "common/base/invariant.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSES 4
/* What the child exits with when a pass yielded another status than the row wants. */
#define EXIT_OTHER_STATUS 99

struct fault_case {
    const char *name;
    const char *faults; /* NULL: the variable is not set */
    uint64_t keys[PASSES];
    enum status want[PASSES];
    int want_exit;
    int want_signal;
};

static struct fault_case fault_cases[] = {
    {.name = "nothing is armed", .faults = NULL},
    {.name = "an empty variable arms nothing", .faults = ""},
    {.name = "full acts at the first pass, once",
     .faults = "store_commit=full",
     .want = {STATUS_STORE_FULL}},
    {.name = "io acts at the second pass",
     .faults = "store_commit=io@2",
     .want = {STATUS_OK, STATUS_STORE_IO}},
    {.name = "sync goes on for ever from the third",
     .faults = "store_commit=sync@3+",
     .want = {STATUS_OK, STATUS_OK, STATUS_STORE_SYNC_FAILED, STATUS_STORE_SYNC_FAILED}},
    {.name = "a key chooses the pass",
     .faults = "store_commit=full#7",
     .keys = {1, 7, 7, 2},
     .want = {STATUS_OK, STATUS_STORE_FULL}},
    {.name = "with a key only its passes are counted",
     .faults = "store_commit=full@2#7",
     .keys = {1, 7, 7, 7},
     .want = {STATUS_OK, STATUS_OK, STATUS_STORE_FULL}},
    {.name = "two faults of one point, each at its pass",
     .faults = "store_commit=io@2,store_commit=full@4",
     .want = {STATUS_OK, STATUS_STORE_IO, STATUS_OK, STATUS_STORE_FULL}},
    {.name = "another point's fault does nothing", .faults = "store_checkpoint=kill"},
    {.name = "kill dies of SIGKILL", .faults = "store_commit=kill@2", .want_signal = SIGKILL},
    {.name = "abort dies of SIGABRT", .faults = "store_commit=abort", .want_signal = SIGABRT},
    {.name = "an unknown point ends the process", .faults = "store_comit=full", .want_exit = 2},
    {.name = "a longer name is unknown", .faults = "store_commits=full", .want_exit = 2},
    {.name = "an unknown action ends it", .faults = "store_commit=fill", .want_exit = 2},
    {.name = "an action must be there", .faults = "store_commit", .want_exit = 2},
    {.name = "passes are counted from 1", .faults = "store_commit=full@0", .want_exit = 2},
    {.name = "a pass must be a number", .faults = "store_commit=full@x", .want_exit = 2},
    {.name = "a pass must not be negative", .faults = "store_commit=full@-1", .want_exit = 2},
    {.name = "a key must be a number", .faults = "store_commit=full#", .want_exit = 2},
    {.name = "a number too large ends it",
     .faults = "store_commit=full@18446744073709551616",
     .want_exit = 2},
    {.name = "words behind end it", .faults = "store_commit=full@1x", .want_exit = 2},
    {.name = "an empty entry ends it", .faults = "store_commit=full,", .want_exit = 2},
};

static void silence_stderr(void)
{
    int null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null_device < 0 || dup2(null_device, STDERR_FILENO) < 0)
        _exit(98);
}

__attribute__((noreturn)) static void child_main(const struct fault_case *row)
{
    silence_stderr();
    if (row->faults == NULL)
        (void)unsetenv("NETRA_FAULTS");
    else
        (void)setenv("NETRA_FAULTS", row->faults, 1);
    for (size_t pass = 0; pass < PASSES; pass++) {
        if (fault_point_pass(FAULT_store_commit, row->keys[pass]) != row->want[pass])
            _exit(EXIT_OTHER_STATUS);
    }
    _exit(0);
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
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        child_main(row);
    int result = wait_for(child);
    if (row->want_signal != 0) {
        assert_true(WIFSIGNALED(result));
        assert_int_equal(WTERMSIG(result), row->want_signal);
    } else {
        assert_true(WIFEXITED(result));
        assert_int_equal(WEXITSTATUS(result), row->want_exit);
    }
}

static void test_invariant__claim_is_false__aborts(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        silence_stderr();
        volatile bool is_true = false;
        INVARIANT(is_true);
        _exit(0);
    }
    int result = wait_for(child);
    assert_true(WIFSIGNALED(result));
    assert_int_equal(WTERMSIG(result), SIGABRT);
    INVARIANT(result != 0);
}

int main(void)
{
    TEST_TABLE(faults, fault_cases, test_fault)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_invariant__claim_is_false__aborts),
    };
    int failed = cmocka_run_group_tests_name("fault_point", faults, NULL, NULL);
    failed += cmocka_run_group_tests_name("invariant", single, NULL, NULL);
    return failed;
}
