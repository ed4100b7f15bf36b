/*
 * Which mistake a process makes: each row is a child process with its own NETRA_MUTANT. In builds
 * without mutants none is ever made, whatever the variable says.
 */
#include "tests/support/test.h"

#include "common/base/mutant.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child exits with: the mistakes it makes. */
#define MAKES_FIRST 1
#define MAKES_OTHER 10

struct mutant_case {
    const char *name;
    const char *variable; /* NULL: not set */
    int want_exit;        /* where mutants are compiled in; else 0 */
};

static struct mutant_case mutant_cases[] = {
    {.name = "without the variable no mistake is made"},
    {.name = "an empty variable is none", .variable = ""},
    {.name = "the one that is named is made, and no other",
     .variable = "window_off_by_one",
     .want_exit = MAKES_FIRST},
    {.name = "another one is made alone", .variable = "hole_passed", .want_exit = MAKES_OTHER},
    {.name = "an unknown name ends the process", .variable = "window_off_by_two", .want_exit = 2},
    {.name = "the beginning of a name is unknown", .variable = "window_off", .want_exit = 2},
    {.name = "two names are unknown", .variable = "window_off_by_one,hole_passed", .want_exit = 2},
};

__attribute__((noreturn)) static void child_main(const struct mutant_case *row)
{
    int null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null_device < 0 || dup2(null_device, STDERR_FILENO) < 0)
        _exit(98);
    if (row->variable == NULL)
        (void)unsetenv("NETRA_MUTANT");
    else
        (void)setenv("NETRA_MUTANT", row->variable, 1);
    _exit((MUTANT(window_off_by_one) ? MAKES_FIRST : 0) + (MUTANT(hole_passed) ? MAKES_OTHER : 0));
}

static void test_mutant(void **state)
{
    const struct mutant_case *row = *state;
    int result = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        child_main(row);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
#ifdef NETRA_MUTANTS
    assert_int_equal(WEXITSTATUS(result), row->want_exit);
#else
    assert_int_equal(WEXITSTATUS(result), 0);
#endif
}

int main(void)
{
    TEST_TABLE(tests, mutant_cases, test_mutant)
    return cmocka_run_group_tests_name("mutant", tests, NULL, NULL);
}
