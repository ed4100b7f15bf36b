/*
 * Transactions, savepoints, a full store, checkpoints.
 */
#include "tests/support/test.h"

#include "common/store/store_internal.h"
#include "tests/unit/store/store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct context {
    struct fixture fixture;
    struct store store;
};

static int set_up(void **state)
{
    static struct context context;
    *state = &context;
    if (!fixture_open(&context.fixture))
        return -1;
    return fixture_store_open(&context.fixture, &context.store) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct context *context = *state;
    store_close(&context->store);
    fixture_close(&context->fixture);
    return 0;
}

static void test_commit__rows_put__are_there_and_counted(void **state)
{
    struct store *store = &((struct context *)*state)->store;
    assert_int_equal(store_begin(store), STATUS_OK);
    assert_true(store->is_in_transaction);
    assert_int_equal(fixture_put(store, 1, view_of_text("one")), STATUS_OK);
    assert_int_equal(store_commit(store), STATUS_OK);
    assert_false(store->is_in_transaction);
    assert_int_equal(store->commits, 1);
    assert_true(store->wal_pages > 0);
    assert_int_equal(fixture_count(store), 1);
}

static void test_rollback__rows_put__are_gone(void **state)
{
    struct store *store = &((struct context *)*state)->store;
    assert_int_equal(store_begin(store), STATUS_OK);
    assert_int_equal(fixture_put(store, 1, view_of_text("one")), STATUS_OK);
    store_rollback(store);
    assert_false(store->is_in_transaction);
    store_rollback(store);
    assert_int_equal(fixture_count(store), 0);
    assert_int_equal(store->commits, 0);
}

static void test_savepoint_rollback__second_entry__first_and_third_stay(void **state)
{
    struct store *store = &((struct context *)*state)->store;
    assert_int_equal(store_begin(store), STATUS_OK);
    for (int64_t id = 1; id <= 3; id++) {
        assert_int_equal(store_savepoint(store), STATUS_OK);
        assert_int_equal(fixture_put(store, id, view_of_text("entry")), STATUS_OK);
        if (id == 2)
            assert_int_equal(store_savepoint_rollback(store), STATUS_OK);
        else
            assert_int_equal(store_savepoint_release(store), STATUS_OK);
    }
    assert_int_equal(store_commit(store), STATUS_OK);
    assert_int_equal(fixture_count(store), 2);
    char found[32];
    assert_true(fixture_ask(store, "SELECT sum(id) FROM item", found, sizeof found));
    assert_string_equal(found, "4");
}

/* Forbids the file to grow by more than a few pages. */
static void limit_pages(struct store *store)
{
    char found[32];
    char sql[80];
    assert_true(fixture_ask(store, "PRAGMA page_count", found, sizeof found));
    (void)snprintf(sql, sizeof sql, "PRAGMA max_page_count=%ld", strtol(found, NULL, 10) + 3);
    assert_int_equal(store_run(store, sql), STATUS_OK);
}

static void test_full__in_a_transaction__all_of_it_is_gone(void **state)
{
    struct store *store = &((struct context *)*state)->store;
    static uint8_t body[100000];
    assert_int_equal(fixture_put(store, 1, view_of_text("before")), STATUS_OK);
    limit_pages(store);
    assert_int_equal(store_begin(store), STATUS_OK);
    assert_int_equal(store_savepoint(store), STATUS_OK);
    assert_int_equal(fixture_put(store, 2, view_of_text("fits")), STATUS_OK);
    assert_int_equal(fixture_put(store, 3, view_of(body, sizeof body)), STATUS_STORE_FULL);
    assert_non_null(strstr(store_error_text(store), "full"));
    store_rollback(store);
    assert_int_not_equal(sqlite3_get_autocommit(store->database), 0);
    assert_int_equal(fixture_count(store), 1);
    /* And the next turn works. */
    assert_int_equal(store_begin(store), STATUS_OK);
    assert_int_equal(fixture_put(store, 2, view_of_text("fits")), STATUS_OK);
    assert_int_equal(store_commit(store), STATUS_OK);
    assert_int_equal(fixture_count(store), 2);
}

/* What FULL, IOERR and NOMEM may do behind our back. */
static void test_rolled_back_by_sqlite__next_write__is_refused(void **state)
{
    struct store *store = &((struct context *)*state)->store;
    assert_int_equal(store_begin(store), STATUS_OK);
    assert_int_equal(fixture_put(store, 1, view_of_text("lost")), STATUS_OK);
    assert_int_equal(store_run(store, "ROLLBACK"), STATUS_OK);
    assert_int_equal(fixture_put(store, 2, view_of_text("alone")), STATUS_STORE_IO);
    assert_int_equal(store_savepoint(store), STATUS_STORE_IO);
    assert_int_not_equal(store_savepoint_release(store), STATUS_OK);
    assert_int_not_equal(store_savepoint_rollback(store), STATUS_OK);
    assert_int_not_equal(store_commit(store), STATUS_OK);
    assert_false(store->is_in_transaction);
    assert_int_equal(fixture_count(store), 0);
}

static void test_begin__another_writer__busy(void **state)
{
    struct context *context = *state;
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(context->fixture.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(store_begin(&context->store), STATUS_STORE_BUSY);
    assert_false(context->store.is_in_transaction);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(store_begin(&context->store), STATUS_OK);
    store_rollback(&context->store);
}

static void test_checkpoint__due_after_the_mark__wal_starts_again(void **state)
{
    struct context *context = *state;
    struct store *store = &context->store;
    store->wal_pages_max = 3;
    assert_int_equal(store_checkpoint(store, true), STATUS_OK);
    assert_false(store_checkpoint_is_due(store));
    for (int64_t id = 1; id <= 4; id++)
        assert_int_equal(fixture_put(store, id, view_of_text("entry")), STATUS_OK);
    assert_true(store_checkpoint_is_due(store));
    assert_int_equal(store_checkpoint(store, false), STATUS_OK);
    assert_false(store_checkpoint_is_due(store));
    assert_true(fixture_file_size(&context->fixture, "-wal") > 0);
    assert_int_equal(store_checkpoint(store, true), STATUS_OK);
    assert_int_equal(fixture_file_size(&context->fixture, "-wal"), 0);
}

static void commit_item(struct store *store, int64_t id, struct view body)
{
    assert_int_equal(store_begin(store), STATUS_OK);
    assert_int_equal(fixture_put(store, id, body), STATUS_OK);
    assert_int_equal(store_commit(store), STATUS_OK);
}

/* It is looked at only where it may have changed: here is all that changes it. */
static void test_wal_bytes__whatever_changes_the_wal__are_the_file_s(void **state)
{
    struct context *context = *state;
    struct store *store = &context->store;
    static uint8_t body[8 * STORE_PAGE_BYTES]; /* more pages than the cache below has */
#define ASSERT_TOLD()                                                                            \
    assert_int_equal((int64_t)store_wal_bytes(store), fixture_file_size(&context->fixture, "-wa" \
                                                                                           "l"))

    ASSERT_TOLD();
    commit_item(store, 1, view_of_text("first"));
    ASSERT_TOLD();
    commit_item(store, 2, view_of(body, sizeof body));
    ASSERT_TOLD();
    assert_int_equal(store_checkpoint(store, false), STATUS_OK);
    commit_item(store, 3, view_of_text("over the frames before"));
    ASSERT_TOLD();
    commit_item(store, 4, view_of(body, sizeof body));
    commit_item(store, 5, view_of(body, sizeof body));
    ASSERT_TOLD();
    assert_int_equal(store_run(store, "PRAGMA cache_size = 1"), STATUS_OK);
    int64_t before = fixture_file_size(&context->fixture, "-wal");
    assert_int_equal(store_begin(store), STATUS_OK);
    for (int64_t id = 6; id < 12; id++)
        assert_int_equal(fixture_put(store, id, view_of(body, sizeof body)), STATUS_OK);
    store_rollback(store);
    assert_true(fixture_file_size(&context->fixture, "-wal") > before);
    ASSERT_TOLD();
    assert_int_equal(store_checkpoint(store, true), STATUS_OK);
    ASSERT_TOLD();
    commit_item(store, 13, view_of_text("anew"));
    ASSERT_TOLD();
}

static void test_checkpoint__reader_holds_the_wal__busy(void **state)
{
    struct context *context = *state;
    struct store *store = &context->store;
    sqlite3 *reader = NULL;
    assert_int_equal(sqlite3_open(context->fixture.path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM item", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(fixture_put(store, 1, view_of_text("after")), STATUS_OK);
    assert_int_equal(store_checkpoint(store, false), STATUS_STORE_BUSY);
    assert_true(store->wal_pages > 0);
    assert_int_equal(store_checkpoint(store, true), STATUS_STORE_BUSY);
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    assert_int_equal(store_checkpoint(store, true), STATUS_OK);
}

struct code_case {
    const char *name;
    int code;
    enum status want;
};

static struct code_case code_cases[] = {
    {.name = "OK", .code = SQLITE_OK, .want = STATUS_OK},
    {.name = "DONE", .code = SQLITE_DONE, .want = STATUS_OK},
    {.name = "FULL", .code = SQLITE_FULL, .want = STATUS_STORE_FULL},
    {.name = "BUSY", .code = SQLITE_BUSY, .want = STATUS_STORE_BUSY},
    {.name = "BUSY_RECOVERY", .code = SQLITE_BUSY_RECOVERY, .want = STATUS_STORE_BUSY},
    {.name = "BUSY_SNAPSHOT", .code = SQLITE_BUSY_SNAPSHOT, .want = STATUS_STORE_BUSY},
    {.name = "LOCKED", .code = SQLITE_LOCKED, .want = STATUS_STORE_BUSY},
    {.name = "NOMEM", .code = SQLITE_NOMEM, .want = STATUS_NO_MEMORY},
    {.name = "IOERR_NOMEM", .code = SQLITE_IOERR_NOMEM, .want = STATUS_NO_MEMORY},
    {.name = "IOERR_FSYNC", .code = SQLITE_IOERR_FSYNC, .want = STATUS_STORE_SYNC_FAILED},
    {.name = "IOERR_DIR_FSYNC", .code = SQLITE_IOERR_DIR_FSYNC, .want = STATUS_STORE_SYNC_FAILED},
    {.name = "IOERR_READ", .code = SQLITE_IOERR_READ, .want = STATUS_STORE_IO},
    {.name = "IOERR_WRITE", .code = SQLITE_IOERR_WRITE, .want = STATUS_STORE_IO},
    {.name = "CORRUPT", .code = SQLITE_CORRUPT, .want = STATUS_STORE_CORRUPT},
    {.name = "CORRUPT_INDEX", .code = SQLITE_CORRUPT_INDEX, .want = STATUS_STORE_CORRUPT},
    {.name = "NOTADB", .code = SQLITE_NOTADB, .want = STATUS_STORE_CORRUPT},
    {.name = "CANTOPEN", .code = SQLITE_CANTOPEN, .want = STATUS_STORE_UNUSABLE},
    {.name = "READONLY", .code = SQLITE_READONLY, .want = STATUS_STORE_UNUSABLE},
    {.name = "PERM", .code = SQLITE_PERM, .want = STATUS_STORE_UNUSABLE},
    {.name = "CONSTRAINT", .code = SQLITE_CONSTRAINT_UNIQUE, .want = STATUS_STORE_CORRUPT},
    {.name = "MISUSE", .code = SQLITE_MISUSE, .want = STATUS_STORE_IO},
    {.name = "ERROR", .code = SQLITE_ERROR, .want = STATUS_STORE_IO},
};

/* Not through *state: cmocka gives a group's state to its tests in place of their rows. */
static struct context code_context;

static void test_code(void **state)
{
    const struct code_case *row = *state;
    assert_int_equal(store_status_of(&code_context.store, row->code), row->want);
}

static int set_up_codes(void **state)
{
    (void)state;
    if (!fixture_open(&code_context.fixture))
        return -1;
    return fixture_store_open(&code_context.fixture, &code_context.store) == STATUS_OK ? 0 : -1;
}

static int tear_down_codes(void **state)
{
    (void)state;
    store_close(&code_context.store);
    fixture_close(&code_context.fixture);
    return 0;
}

#define ON_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    TEST_TABLE(codes, code_cases, test_code)
    const struct CMUnitTest single[] = {
        ON_STORE(test_commit__rows_put__are_there_and_counted),
        ON_STORE(test_rollback__rows_put__are_gone),
        ON_STORE(test_savepoint_rollback__second_entry__first_and_third_stay),
        ON_STORE(test_full__in_a_transaction__all_of_it_is_gone),
        ON_STORE(test_rolled_back_by_sqlite__next_write__is_refused),
        ON_STORE(test_begin__another_writer__busy),
        ON_STORE(test_checkpoint__due_after_the_mark__wal_starts_again),
        ON_STORE(test_wal_bytes__whatever_changes_the_wal__are_the_file_s),
        ON_STORE(test_checkpoint__reader_holds_the_wal__busy),
    };
    int failed =
        cmocka_run_group_tests_name("SQLite's codes", codes, set_up_codes, tear_down_codes);
    failed += cmocka_run_group_tests_name("transactions", single, NULL, NULL);
    return failed;
}
