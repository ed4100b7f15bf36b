/*
 * Opening: what is made, what is read back, what is refused, and that what is refused stays as it
 * was.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "tests/unit/store/store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- pragmas ---- */

struct pragma_case {
    const char *name;
    const char *sql;
    const char *want;
};

static struct pragma_case pragma_cases[] = {
    {.name = "the journal is a WAL", .sql = "PRAGMA journal_mode", .want = "wal"},
    {.name = "every commit is synced", .sql = "PRAGMA synchronous", .want = "2"},
    {.name = "no automatic checkpoint", .sql = "PRAGMA wal_autocheckpoint", .want = "0"},
    {.name = "pages of 8 KiB", .sql = "PRAGMA page_size", .want = "8192"},
    {.name = "temporary tables in memory", .sql = "PRAGMA temp_store", .want = "2"},
    {.name = "what is deleted is zeroed", .sql = "PRAGMA secure_delete", .want = "1"},
    {.name = "no foreign keys", .sql = "PRAGMA foreign_keys", .want = "0"},
    {.name = "no memory map", .sql = "PRAGMA mmap_size", .want = "0"},
    {.name = "cells are checked", .sql = "PRAGMA cell_size_check", .want = "1"},
    {.name = "the schema is not trusted", .sql = "PRAGMA trusted_schema", .want = "0"},
    {.name = "other connections are not waited for", .sql = "PRAGMA busy_timeout", .want = "0"},
    {.name = "application_id is the spec's", .sql = "PRAGMA application_id", .want = "1313166418"},
    {.name = "both versions stand in user_version", .sql = "PRAGMA user_version", .want = "65537"},
};

static void test_pragma(void **state)
{
    const struct pragma_case *row = *state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    CLEANUP(store_close) struct store store = {.database = NULL};
    /* At the first open and at the second. */
    for (int round = 0; round < 2; round++) {
        assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
        char found[32];
        assert_true(fixture_ask(&store, row->sql, found, sizeof found));
        assert_string_equal(found, row->want);
        assert_int_equal(store.is_new, round == 0);
        assert_int_equal(store.wal_pages_max, STORE_WAL_BYTES_MAX / STORE_PAGE_BYTES);
        store_close(&store);
    }
}

/* ---- single situations ---- */

static void test_store_open__new__private_file_in_an_empty_wal(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    CLEANUP(store_close) struct store store = {.database = NULL};
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t index = 0; index < sizeof suffixes / sizeof suffixes[0]; index++) {
        char path[PATH_MAX + 16];
        (void)snprintf(path, sizeof path, "%s%s", fixture.path, suffixes[index]);
        struct stat found = {.st_mode = 0};
        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(found.st_mode & 07777, 0600);
    }
    assert_int_equal(fixture_count(&store), 0);
    assert_int_equal(store.commits, 0);
    assert_false(store.is_in_transaction);
}

static void test_store_open__file_of_no_bytes__is_new(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    int descriptor = open(fixture.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(descriptor >= 0);
    assert_int_equal(close(descriptor), 0);
    CLEANUP(store_close) struct store store = {.database = NULL};
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    assert_true(store.is_new);
}

/* What a creation leaves that died after the first write and before the first commit; here one
 * that made pages of another size. */
static void test_store_open__creation_was_cut_short__is_new(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    assert_true(fixture_run_sql(&fixture, "PRAGMA page_size=16384; PRAGMA journal_mode=WAL"));
    assert_true(fixture_file_size(&fixture, "") > 0);
    CLEANUP(store_close) struct store store = {.database = NULL};
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    assert_true(store.is_new);
    assert_int_equal(store.wal_pages_max, STORE_WAL_BYTES_MAX / 16384);
}

static void test_store_open__reopened__rows_are_there_and_the_wal_is_cut(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    CLEANUP(store_close) struct store store = {.database = NULL};
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    assert_int_equal(fixture_put(&store, 1, view_of_text("one")), STATUS_OK);
    assert_true(store.wal_pages > 0);
    store_close(&store);
    /* Closing leaves the WAL; opening moves it over before anything is answered. */
    assert_true(fixture_file_size(&fixture, "-wal") > 0);
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    assert_int_equal(fixture_file_size(&fixture, "-wal"), 0);
    assert_int_equal(store.wal_pages, 0);
    assert_int_equal(fixture_count(&store), 1);
    assert_false(store.is_new);
}

/* A copy of a stopped store made by VACUUM INTO or an operator's tool has no WAL mode. */
static void test_store_open__in_rollback_mode__becomes_wal_again(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    assert_true(fixture_fill(&fixture));
    assert_true(fixture_run_sql(&fixture, "PRAGMA journal_mode=DELETE"));
    CLEANUP(store_close) struct store store = {.database = NULL};
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    char found[32];
    assert_true(fixture_ask(&store, "PRAGMA journal_mode", found, sizeof found));
    assert_string_equal(found, "wal");
    assert_int_equal(fixture_count(&store), 40);
}

static void test_store_open__second_process__already_running(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    int ready[2];
    int finish[2];
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    assert_int_equal(pipe2(finish, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store held;
        char byte = 'r';
        (void)close(finish[1]);
        bool is_held = fixture_store_open(&fixture, &held) == STATUS_OK;
        (void)!write(ready[1], &byte, is_held ? 1 : 0);
        (void)close(ready[1]);
        (void)!read(finish[0], &byte, 1);
        _exit(is_held ? 0 : 1);
    }
    (void)close(ready[1]);
    char byte = 0;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct store_spec spec = fixture_spec();
    struct store store;
    struct diag diag = {.text = ""};
    assert_int_equal(store_open(&store, fixture.path, &spec, &diag), STATUS_ALREADY_RUNNING);
    assert_non_null(strstr(diag.text, "another process holds the lock"));
    (void)close(finish[1]);
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    /* The lock went with the process. */
    assert_int_equal(store_open(&store, fixture.path, &spec, &diag), STATUS_OK);
    store_close(&store);
    (void)close(ready[0]);
    (void)close(finish[0]);
}

static void test_store_close__all_zero__nothing_happens(void **state)
{
    (void)state;
    struct store store = {.database = NULL};
    store_close(&store);
    /* Descriptor 0 was not taken for the lock. */
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
    assert_string_equal(store_error_text(&store), "the store is not open");
}

static void test_store_open__reader_in_the_wal__unusable(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    assert_true(fixture_fill(&fixture));
    struct store store;
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    assert_int_equal(fixture_put(&store, 100, view_of_text("in the WAL")), STATUS_OK);
    store_close(&store);
    sqlite3 *reader = NULL;
    assert_int_equal(sqlite3_open(fixture.path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM item", NULL, NULL, NULL),
                     SQLITE_OK);
    struct store_spec spec = fixture_spec();
    struct diag diag = {.text = ""};
    assert_int_equal(store_open(&store, fixture.path, &spec, &diag), STATUS_STORE_UNUSABLE);
    assert_non_null(strstr(diag.text, "another process reads the store"));
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    assert_int_equal(fixture_store_open(&fixture, &store), STATUS_OK);
    assert_int_equal(fixture_count(&store), 41);
    store_close(&store);
}

int main(void)
{
    TEST_TABLE(pragmas, pragma_cases, test_pragma)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_store_open__new__private_file_in_an_empty_wal),
        cmocka_unit_test(test_store_open__file_of_no_bytes__is_new),
        cmocka_unit_test(test_store_open__creation_was_cut_short__is_new),
        cmocka_unit_test(test_store_open__reopened__rows_are_there_and_the_wal_is_cut),
        cmocka_unit_test(test_store_open__in_rollback_mode__becomes_wal_again),
        cmocka_unit_test(test_store_open__second_process__already_running),
        cmocka_unit_test(test_store_open__reader_in_the_wal__unusable),
        cmocka_unit_test(test_store_close__all_zero__nothing_happens),
    };
    int failed = cmocka_run_group_tests_name("store pragmas", pragmas, NULL, NULL);
    failed += cmocka_run_group_tests_name("store_open", single, NULL, NULL);
    return failed;
}
