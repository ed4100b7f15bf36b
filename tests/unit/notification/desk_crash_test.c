/* Does a process that dies while it hands over leave each notice handed over once, or known as a
 * repeat? A child dies at a point; a second one goes on. */
#include "tests/support/test.h"

#include "tests/unit/notification/app_fixture.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICKS 16 /* suspects go alone, one each time */

struct crash_case {
    const char *name;
    const char *faults;
};

static struct crash_case cases[] = {
    {"counted, none begun", "notice_marked=kill"},
    {"counted, the third looked at", "notice_marked=kill@3"},
    {"counted, the notice with that id", "notice_marked=kill#2"},
    {"the channel has all, the first not settled", "notice_handed_over=kill"},
    {"the channel has all, the last not settled", "notice_handed_over=kill@4"},
    {"the channel has all, the notice with that id", "notice_handed_over=kill#3"},
};

static const struct app_decision violation = {1, DECISION_OUTCOME_VIOLATION,
                                              DECISION_DISPOSITION_AUTO, "DISIPLIN-04", NULL};

static struct fixture files;
static struct app_fixture fixture;

/* Never passed a point before: the environment counts. */
__attribute__((noreturn)) static void die(const char *faults)
{
    if (setenv("NETRA_FAULTS", faults, 1) != 0 || !app_fixture_open(&fixture, &files) ||
        app_fixture_decide(&fixture, &violation) != STATUS_OK)
        _exit(1);
    app_fixture_tick(&fixture);
    _exit(2); /* it should be dead */
}

static int count_files(const char *recipient)
{
    char path[300];
    int count = 0;
    (void)snprintf(path, sizeof path, "%s/%s/new", fixture.mail_folder, recipient);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return -1;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += entry->d_name[0] == '.' ? 0 : 1;
    (void)closedir(folder);
    return count;
}

__attribute__((noreturn)) static void go_on(void)
{
    struct notice_row rows[8];
    uint32_t count = 0;
    int failed = 0;
    if (!app_fixture_open(&fixture, &files) || fixture.app.desk.suspect_count != 4)
        _exit(1);
    for (unsigned i = 0; i < TICKS; i++)
        app_fixture_tick(&fixture);
    if (notification_store_of_case(&fixture.app.store, app_case, rows, 8, &count) != STATUS_OK ||
        count != 4)
        _exit(2);
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].state != NOTICE_HANDED_OVER || rows[i].is_marked || rows[i].attempts != 2 ||
            count_files(rows[i].recipient) != 1)
            failed++;
    app_fixture_close(&fixture);
    _exit(failed == 0 ? 0 : 3);
}

static int wait_for(pid_t child)
{
    int status = 0;
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void check_crash(void **state)
{
    const struct crash_case *row = *state;
    assert_true(fixture_open(&files));
    pid_t child = fork();
    if (child == 0)
        die(row->faults);
    int status = wait_for(child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    child = fork();
    if (child == 0)
        go_on();
    status = wait_for(child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    fixture_close(&files);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_crash)
    return cmocka_run_group_tests_name("notification/desk_crash", tests, NULL, NULL);
}
