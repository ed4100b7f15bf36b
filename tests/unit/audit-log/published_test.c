/* Is a published checkpoint that doesn't fit the store noticed, and what fits published? */
#include "tests/support/test.h"

#include "services/audit-log/audit_log_file.h"
#include "tests/unit/audit-log/log_fixture.h"

#include <string.h>

#define LOG_TEST(function) \
    cmocka_unit_test_setup_teardown(function, log_fixture_set_up, log_fixture_tear_down)

static struct files files;

static struct audit_log_published published_of(struct log_fixture *fixture)
{
    return (struct audit_log_published){
        .tree = &fixture->tree, .files = &files, .path = fixture->checkpoint_path};
}

/* The file's text; "" when there is none. */
static const char *file_text(const struct log_fixture *fixture)
{
    static uint8_t bytes[2048];
    size_t size = 0;
    memset(bytes, 0, sizeof(bytes));
    enum status status = audit_log_file_read(&files, fixture->checkpoint_path, bytes,
                                             sizeof(bytes) - 1, &size, NULL);
    assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND);
    return (const char *)bytes;
}

static void put_file(const struct log_fixture *fixture, struct view bytes)
{
    assert_int_equal(audit_log_file_write(&files, fixture->checkpoint_path, bytes, NULL),
                     STATUS_OK);
}

/* What the published file is of, -1 when it isn't a checkpoint. */
static long long published_size(struct log_fixture *fixture)
{
    struct note_checkpoint checkpoint;
    const char *text = file_text(fixture);
    if (note_checkpoint_verify(view_of_text(text), &fixture->tree.key, &checkpoint) != STATUS_OK)
        return -1;
    return (long long)checkpoint.size;
}

/* ---- checking ---- */

struct check_case {
    const char *name;
    const char *script;      /* up to the publishing */
    const char *store_then;  /* SQL: the store is another one afterwards; NULL: it isn't */
    const char *script_then; /* on that store, before the check */
    const char *text;        /* the file is this instead; NULL: as published */
    enum status want;
    enum audit_log_finding want_finding;
};

/* An older copy of the store, as if it had been taken after one leaf. */
#define OLDER                                         \
    "DELETE FROM leaf; DELETE FROM run; UPDATE tree " \
    "SET (size, root, checkpoint) = (0,"              \
    " x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', x'')"

static struct check_case check_cases[] = {
    {.name = "the file is of the tree", .script = "a1 a2 |", .script_then = "~"},
    {.name = "the file is of the tree's beginning", .script = "a1 a2 |", .script_then = "a3 | ~"},
    {.name = "the file is of more leaves than the store has",
     .script = "a1 a2 |",
     .store_then = OLDER,
     .script_then = "a1 |",
     .want = STATUS_STREAM_FORKED},
    {.name = "the file is of other leaves",
     .script = "a1 a2 |",
     .store_then = OLDER,
     .script_then = "b1 b2 b3 |",
     .want = STATUS_STREAM_FORKED},
    {.name = "the store was emptied",
     .script = "a1 a2 |",
     .store_then = OLDER,
     .script_then = "~",
     .want = STATUS_STREAM_FORKED},
    {.name = "the file is no checkpoint",
     .script = "a1 |",
     .script_then = "~",
     .text = "hello\n",
     .want = STATUS_STREAM_FORKED},
    {.name = "the file is empty",
     .script = "a1 |",
     .script_then = "~",
     .text = "",
     .want = STATUS_STREAM_FORKED},
    {.name = "after a recovery the file of what was given up is set aside",
     .script = "a1 a2 |",
     .store_then = OLDER,
     .script_then = "R |",
     .want_finding = AUDIT_LOG_FILE_SET_ASIDE},
    {.name = "after a recovery a file that is no checkpoint is set aside",
     .script = "a1 |",
     .script_then = "R |",
     .text = "hello\n",
     .want_finding = AUDIT_LOG_FILE_SET_ASIDE},
    {.name = "after a recovery a file that fits stays", .script = "a1 a2 |", .script_then = "R |"},
};

static void test_check(void **state)
{
    const struct check_case *row = *state;
    void *made = NULL;
    enum audit_log_finding finding = AUDIT_LOG_FILE_FITS;
    assert_int_equal(log_fixture_set_up(&made), 0);
    struct log_fixture *fixture = made;
    assert_int_equal(log_fixture_run(fixture, row->script), STATUS_OK);
    const struct audit_log_signed *newest = &fixture->tree.committed.newest;
    put_file(fixture, row->text != NULL ? view_of_text(row->text)
                                        : view_of(newest->checkpoint, newest->checkpoint_size));
    if (row->store_then != NULL) {
        log_fixture_damage(fixture, row->store_then);
        assert_int_equal(log_fixture_open(fixture), STATUS_OK);
    }
    assert_int_equal(log_fixture_run(fixture, row->script_then), STATUS_OK);
    struct audit_log_published published = published_of(fixture);
    assert_int_equal(audit_log_published_check(&published, &finding, &fixture->diag), row->want);
    assert_int_equal(published.is_allowed, row->want == STATUS_OK);
    if (row->want == STATUS_OK)
        assert_int_equal(finding, row->want_finding);
    else
        assert_non_null(strstr(fixture->diag.text, "docs/operations.md"));
    if (finding == AUDIT_LOG_FILE_SET_ASIDE)
        assert_string_equal(file_text(fixture), "");
    else if (row->text != NULL)
        assert_string_equal(file_text(fixture), row->text);
    else
        assert_true(published_size(fixture) > 0);
    assert_int_equal(log_fixture_tear_down(&made), 0);
}

static void test_check__no_file__says_so(void **state)
{
    struct log_fixture *fixture = *state;
    enum audit_log_finding finding = AUDIT_LOG_FILE_FITS;
    struct audit_log_published published = published_of(fixture);
    assert_int_equal(log_fixture_run(fixture, "a1 |"), STATUS_OK);
    assert_int_equal(audit_log_published_check(&published, &finding, &fixture->diag), STATUS_OK);
    assert_int_equal(finding, AUDIT_LOG_FILE_ABSENT);
    assert_true(audit_log_published_is_behind(&published));
}

static void test_check__file_of_another_key__is_a_fork(void **state)
{
    struct log_fixture *fixture = *state;
    enum audit_log_finding finding = AUDIT_LOG_FILE_FITS;
    struct audit_log_published published = published_of(fixture);
    const struct audit_log_signed *newest = &fixture->tree.committed.newest;
    assert_int_equal(log_fixture_run(fixture, "a1 |"), STATUS_OK);
    put_file(fixture, view_of(newest->checkpoint, newest->checkpoint_size));
    fixture->tree.key.public_key[0] ^= 1;
    assert_int_equal(audit_log_published_check(&published, &finding, &fixture->diag),
                     STATUS_STREAM_FORKED);
}

static void test_check__file_larger_than_a_note__is_a_fork(void **state)
{
    static const uint8_t zeros[NOTE_BYTES_MAX + 1];
    struct log_fixture *fixture = *state;
    enum audit_log_finding finding = AUDIT_LOG_FILE_FITS;
    struct audit_log_published published = published_of(fixture);
    put_file(fixture, view_of(zeros, sizeof(zeros)));
    assert_int_equal(audit_log_published_check(&published, &finding, &fixture->diag),
                     STATUS_STREAM_FORKED);
}

/* ---- publishing ---- */

static void test_write__before_it_was_checked__is_not_due(void **state)
{
    struct log_fixture *fixture = *state;
    struct audit_log_published published = published_of(fixture);
    assert_int_equal(log_fixture_run(fixture, "a1 |"), STATUS_OK);
    assert_false(audit_log_published_is_behind(&published));
}

static void test_write__only_what_is_committed__is_published(void **state)
{
    struct log_fixture *fixture = *state;
    enum audit_log_finding finding = AUDIT_LOG_FILE_FITS;
    struct audit_log_published published = published_of(fixture);
    assert_int_equal(audit_log_published_check(&published, &finding, &fixture->diag), STATUS_OK);
    assert_false(audit_log_published_is_behind(&published)); /* nothing was signed yet */
    assert_int_equal(log_fixture_run(fixture, "a1 a2 | a3"), STATUS_OK);
    assert_true(audit_log_published_is_behind(&published));
    assert_int_equal(audit_log_published_write(&published, 5000, &fixture->diag), STATUS_OK);
    assert_int_equal(published_size(fixture), 2);
    assert_int_equal(published.not_before, 5000 + AUDIT_LOG_PUBLISH_MS);
    assert_false(audit_log_published_is_behind(&published));
    assert_int_equal(log_fixture_run(fixture, "|"), STATUS_OK);
    assert_true(audit_log_published_is_behind(&published));
}

static void test_settle__after_the_recovered_tree_was_published__a_fork_is_one_again(void **state)
{
    struct log_fixture *fixture = *state;
    enum audit_log_finding finding = AUDIT_LOG_FILE_FITS;
    assert_int_equal(log_fixture_run(fixture, "a1 | R |"), STATUS_OK);
    struct audit_log_published published = published_of(fixture);
    put_file(fixture, view_of_text("given up\n"));
    assert_int_equal(audit_log_published_check(&published, &finding, &fixture->diag), STATUS_OK);
    assert_false(audit_log_published_settles(&published)); /* nothing was published yet */
    assert_int_equal(audit_log_published_write(&published, 0, &fixture->diag), STATUS_OK);
    assert_true(audit_log_published_settles(&published));
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(audit_log_store_settle_recovery(fixture->tree.tables), STATUS_OK);
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
    fixture->tree.recovery.is_unsettled = false;
    assert_int_equal(log_fixture_run(fixture, "~"), STATUS_OK);
    assert_false(fixture->tree.recovery.is_unsettled);
    assert_true(fixture->tree.recovery.was_ever);
    put_file(fixture, view_of_text("another\n"));
    assert_int_equal(audit_log_published_check(&published, &finding, &fixture->diag),
                     STATUS_STREAM_FORKED);
}

int main(void)
{
    files = files_of_system();
    const struct CMUnitTest tests[] = {
        LOG_TEST(test_check__no_file__says_so),
        LOG_TEST(test_check__file_of_another_key__is_a_fork),
        LOG_TEST(test_check__file_larger_than_a_note__is_a_fork),
        LOG_TEST(test_write__before_it_was_checked__is_not_due),
        LOG_TEST(test_write__only_what_is_committed__is_published),
        LOG_TEST(test_settle__after_the_recovered_tree_was_published__a_fork_is_one_again),
    };
    TEST_TABLE(checks, check_cases, test_check);
    int failed = cmocka_run_group_tests_name("audit-log/published", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/published/checks", checks, NULL, NULL);
    return failed;
}
