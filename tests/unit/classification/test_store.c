/*
 * The decisions' table: revisions, and the list's order.
 */
#include "tests/support/test.h"

#include "services/classification/classification_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct opened {
    char folder[64];
    char path[96];
    struct store store;
    struct classification_store tables;
    struct arena arena;
};

static struct opened opened;

static int set_up(void **state)
{
    (void)state;
    opened = (struct opened){.folder = "/tmp/netra-classification-XXXXXX"};
    assert_non_null(mkdtemp(opened.folder));
    (void)snprintf(opened.path, sizeof(opened.path), "%s/c.db", opened.folder);
    struct store_spec spec = {
        .application_id = 1,
        .own = {.steps = classification_migration_steps, .count = CLASSIFICATION_MIGRATION_COUNT},
    };
    struct diag diag = {0};
    assert_int_equal(store_open(&opened.store, opened.path, &spec, &diag), STATUS_OK);
    assert_int_equal(classification_store_open(&opened.tables, &opened.store), STATUS_OK);
    assert_int_equal(arena_open(&opened.arena, 1u << 20), STATUS_OK);
    assert_int_equal(store_begin(&opened.store), STATUS_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    store_rollback(&opened.store);
    classification_store_close(&opened.tables);
    store_close(&opened.store);
    arena_close(&opened.arena);
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char path[128];
        (void)snprintf(path, sizeof(path), "%s%s", opened.path, ends[i]);
        (void)unlink(path);
    }
    return rmdir(opened.folder);
}

static struct decision decision_of(uint8_t handle, uint32_t revision, uint64_t seq)
{
    struct decision decision = {
        .case_handle = {handle},
        .revision = revision,
        .facts_stream = {5},
        .facts_seq = 100u + seq,
        .seq = seq,
    };
    classification_decide(view_of_text(""), &decision.verdict);
    return decision;
}

static void put(uint8_t handle, uint32_t revision, uint64_t seq)
{
    struct decision decision = decision_of(handle, revision, seq);
    assert_int_equal(classification_store_put(&opened.tables, &decision), STATUS_OK);
}

static void assert_revision(uint8_t handle, uint32_t want)
{
    uint8_t case_handle[CASE_HANDLE_SIZE] = {handle};
    uint32_t revision = 99;
    assert_int_equal(classification_store_find_revision(&opened.tables, case_handle, &revision),
                     STATUS_OK);
    assert_int_equal(revision, want);
}

static void test_find_revision__new_case__none(void **state)
{
    (void)state;
    put(2, 1, 10);
    assert_revision(1, 0);
}

static void test_find_revision__several__the_newest_of_that_case(void **state)
{
    (void)state;
    put(1, 1, 10);
    put(2, 1, 11);
    put(1, 2, 12);
    assert_revision(1, 2);
    assert_revision(2, 1);
}

static void test_list__pages__in_the_order_they_came(void **state)
{
    (void)state;
    put(9, 1, 10);
    put(1, 1, 0);
    put(9, 2, 3);
    const struct decision *rows = NULL;
    size_t count = 0;
    assert_int_equal(classification_store_list(&opened.tables, 0, 2, &opened.arena, &rows, &count),
                     STATUS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].case_handle[0], 9);
    assert_int_equal(rows[0].seq, 10);
    assert_int_equal(rows[0].verdict.outcome, OUTCOME_NEEDS_INFORMATION);
    assert_int_equal(rows[0].verdict.disposition, DISPOSITION_REVIEW);
    assert_int_equal(rows[1].case_handle[0], 1);
    assert_int_equal(rows[1].seq, 0);
    assert_int_equal(
        classification_store_list(&opened.tables, rows[1].id, 2, &opened.arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].revision, 2);
    assert_int_equal(
        classification_store_list(&opened.tables, rows[0].id, 2, &opened.arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup_teardown(test_find_revision__new_case__none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_find_revision__several__the_newest_of_that_case,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_list__pages__in_the_order_they_came, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("classification_store", singles, NULL, NULL);
}
