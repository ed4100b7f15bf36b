/* Is the published file whole at any instant: written, read, set aside, and through a death? */
#include "tests/support/test.h"

#include "services/audit-log/audit_log_file.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct files files;

struct file_fixture {
    char folder[32];
    char path[64];
    struct diag diag;
};

static int set_up(void **state)
{
    static struct file_fixture fixture;
    fixture = (struct file_fixture){.folder = "/tmp/netra-audit-XXXXXX"};
    if (mkdtemp(fixture.folder) == NULL)
        return 1;
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/checkpoint", fixture.folder);
    *state = &fixture;
    return 0;
}

static int remove_one(const char *path, const struct stat *found, int kind, struct FTW *place)
{
    (void)found;
    (void)kind;
    (void)place;
    return remove(path);
}

static int tear_down(void **state)
{
    struct file_fixture *fixture = *state;
    return nftw(fixture->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The file's text; "" when there is none. */
static const char *file_text(const struct file_fixture *fixture, const char *ending)
{
    static uint8_t bytes[256];
    char path[128];
    size_t size = 0;
    (void)snprintf(path, sizeof(path), "%s%s", fixture->path, ending);
    memset(bytes, 0, sizeof(bytes));
    enum status status = audit_log_file_read(&files, path, bytes, sizeof(bytes) - 1, &size, NULL);
    assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
    return (const char *)bytes;
}

static void put_file(const struct file_fixture *fixture, struct view bytes)
{
    assert_int_equal(audit_log_file_write(&files, fixture->path, bytes, NULL), STATUS_OK);
}

/* Writes without passing a fault point: a process reads its faults at the first one, and its
 * children inherit that. */
static void plant(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void test_file__written_again__has_the_new_bytes_alone(void **state)
{
    struct file_fixture *fixture = *state;
    struct stat about;
    put_file(fixture, view_of_text("a longer text than the next one"));
    put_file(fixture, view_of_text("short"));
    assert_string_equal(file_text(fixture, ""), "short");
    assert_string_equal(file_text(fixture, ".new"), "");
    assert_int_equal(stat(fixture->path, &about), 0);
    assert_int_equal(about.st_mode & 0777 & ~0644u, 0);
}

static void test_file__larger_than_asked_for__is_refused(void **state)
{
    struct file_fixture *fixture = *state;
    uint8_t bytes[4];
    size_t size = 0;
    put_file(fixture, view_of_text("four"));
    assert_int_equal(audit_log_file_read(&files, fixture->path, bytes, 4, &size, NULL), STATUS_OK);
    assert_int_equal(size, 4);
    assert_int_equal(audit_log_file_read(&files, fixture->path, bytes, 3, &size, NULL),
                     STATUS_FRAME_TOO_LARGE);
}

static void test_file__that_is_a_folder__is_refused(void **state)
{
    struct file_fixture *fixture = *state;
    uint8_t bytes[4];
    size_t size = 0;
    assert_int_equal(
        audit_log_file_read(&files, fixture->folder, bytes, sizeof(bytes), &size, &fixture->diag),
        STATUS_STORE_IO);
    assert_string_not_equal(fixture->diag.text, "");
}

static void test_file__folder_that_is_not_there__is_refused(void **state)
{
    struct file_fixture *fixture = *state;
    assert_int_equal(audit_log_file_write(&files, "/tmp/netra-no-such-folder/checkpoint",
                                          view_of_text("x"), &fixture->diag),
                     STATUS_STORE_IO);
    assert_string_not_equal(fixture->diag.text, "");
}

static void test_file__set_aside_twice__keeps_both(void **state)
{
    struct file_fixture *fixture = *state;
    put_file(fixture, view_of_text("first"));
    assert_int_equal(audit_log_file_set_aside(&files, fixture->path, 12, NULL), STATUS_OK);
    put_file(fixture, view_of_text("second"));
    assert_int_equal(audit_log_file_set_aside(&files, fixture->path, 12, NULL), STATUS_OK);
    assert_string_equal(file_text(fixture, ""), "");
    assert_string_equal(file_text(fixture, ".forked-12"), "first");
    assert_string_equal(file_text(fixture, ".forked-12-2"), "second");
}

static void test_file__set_aside_without_a_file__is_refused(void **state)
{
    struct file_fixture *fixture = *state;
    assert_int_equal(audit_log_file_set_aside(&files, fixture->path, 12, &fixture->diag),
                     STATUS_STORE_IO);
}

/* ---- death and failure while it is written ---- */

struct fault_case {
    const char *name;
    const char *faults;
    int want_signal;
    enum status want;
    const char *want_text;
};

static struct fault_case fault_cases[] = {
    {"nothing happens: the new one is there", "", 0, STATUS_OK, "new"},
    {"killed before it is written: the old one is there", "audit_before_publish=kill", SIGKILL,
     STATUS_OK, "old"},
    {"killed when it is written and not renamed: the old one is there",
     "audit_publish_written=kill", SIGKILL, STATUS_OK, "old"},
    {"the disk is full: the old one is there", "audit_before_publish=full", 0, STATUS_STORE_FULL,
     "old"},
    {"the sync fails: the old one is there", "audit_publish_written=sync", 0,
     STATUS_STORE_SYNC_FAILED, "old"},
};

static void test_fault(void **state)
{
    const struct fault_case *row = *state;
    void *made = NULL;
    int ended = 0;
    assert_int_equal(set_up(&made), 0);
    struct file_fixture *fixture = made;
    plant(fixture->path, "old");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)setenv("NETRA_FAULTS", row->faults, 1);
        _exit((int)audit_log_file_write(&files, fixture->path, view_of_text("new"), NULL));
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    if (row->want_signal != 0) {
        assert_true(WIFSIGNALED(ended));
        assert_int_equal(WTERMSIG(ended), row->want_signal);
    } else {
        assert_true(WIFEXITED(ended));
        assert_int_equal(WEXITSTATUS(ended), row->want);
    }
    assert_string_equal(file_text(fixture, ""), row->want_text);
    assert_int_equal(tear_down(&made), 0);
}

/* What a death left under the other name is in nobody's way. */
static void test_file__left_half_written__is_replaced(void **state)
{
    struct file_fixture *fixture = *state;
    char path[96];
    (void)snprintf(path, sizeof(path), "%s.new", fixture->path);
    plant(path, "ne");
    put_file(fixture, view_of_text("new"));
    assert_string_equal(file_text(fixture, ""), "new");
    assert_string_equal(file_text(fixture, ".new"), "");
}

#define FILE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    files = files_of_system();
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_file__written_again__has_the_new_bytes_alone),
        FILE_TEST(test_file__larger_than_asked_for__is_refused),
        FILE_TEST(test_file__that_is_a_folder__is_refused),
        FILE_TEST(test_file__folder_that_is_not_there__is_refused),
        FILE_TEST(test_file__set_aside_twice__keeps_both),
        FILE_TEST(test_file__set_aside_without_a_file__is_refused),
        FILE_TEST(test_file__left_half_written__is_replaced),
    };
    TEST_TABLE(faults, fault_cases, test_fault);
    /* The faults first: no fault point was passed yet. */
    int failed = cmocka_run_group_tests_name("audit-log/file/faults", faults, NULL, NULL);
    return failed + cmocka_run_group_tests_name("audit-log/file", tests, NULL, NULL);
}
