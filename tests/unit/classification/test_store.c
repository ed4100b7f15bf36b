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

/* What a test says of a decision; the rest follows. */
static struct decision decision_of(uint8_t handle, uint32_t revision, enum disposition disposition)
{
    struct decision decision = {
        .case_handle = {handle},
        .revision = revision,
        .outcome = OUTCOME_VIOLATION,
        .disposition = disposition,
        .region = "36.04",
        .facts_stream = {5},
        .facts_seq = 100u + revision,
        .facts_revision = revision,
        .stream_id = {6},
        .seq = 200u + revision,
        .made = view_of_text("made"),
    };
    return decision;
}

static void put(uint8_t handle, uint32_t revision, enum disposition disposition)
{
    struct decision decision = decision_of(handle, revision, disposition);
    assert_int_equal(classification_store_put(&opened.tables, &decision), STATUS_OK);
}

static void put_in_region(uint8_t handle, const char *region)
{
    struct decision decision = decision_of(handle, 1, DISPOSITION_REVIEW);
    (void)snprintf(decision.region, sizeof(decision.region), "%s", region);
    assert_int_equal(classification_store_put(&opened.tables, &decision), STATUS_OK);
}

/* ---- history ---- */

static struct decision_history history_of(uint8_t handle)
{
    const uint8_t case_handle[CASE_HANDLE_SIZE] = {handle};
    struct decision_history history = {.revision = 99};
    assert_int_equal(classification_store_history(&opened.tables, case_handle, &history),
                     STATUS_OK);
    return history;
}

static void test_history__new_case__none(void **state)
{
    (void)state;
    put(2, 1, DISPOSITION_CONFIRMED);
    struct decision_history history = history_of(1);
    assert_int_equal(history.revision, 0);
    assert_int_equal(history.facts_revision, 0);
    assert_false(history.has_person);
}

static void test_history__several__the_newest_of_that_case(void **state)
{
    (void)state;
    put(1, 1, DISPOSITION_AUTO);
    put(2, 1, DISPOSITION_REVIEW);
    put(1, 2, DISPOSITION_REVIEW);
    assert_int_equal(history_of(1).revision, 2);
    assert_int_equal(history_of(1).facts_revision, 2);
    assert_int_equal(history_of(2).revision, 1);
    assert_false(history_of(1).has_person);
}

static void test_history__a_person_below_the_newest__is_remembered(void **state)
{
    (void)state;
    put(1, 1, DISPOSITION_REVIEW);
    put(1, 2, DISPOSITION_OVERRIDDEN);
    put(1, 3, DISPOSITION_REVIEW);
    put(2, 1, DISPOSITION_CONFIRMED);
    assert_true(history_of(1).has_person);
    assert_true(history_of(2).has_person);
}

static void test_put__the_same_revision_twice__refused(void **state)
{
    (void)state;
    put(1, 1, DISPOSITION_AUTO);
    struct decision decision = decision_of(1, 1, DISPOSITION_AUTO);
    assert_int_not_equal(classification_store_put(&opened.tables, &decision), STATUS_OK);
}

static void test_put_older__the_same_entry_again__stands_once(void **state)
{
    (void)state;
    const uint8_t case_handle[CASE_HANDLE_SIZE] = {1};
    const uint8_t stream_id[STREAM_ID_SIZE] = {5};
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(
            classification_store_put_older(&opened.tables, case_handle, stream_id, 7, 1),
            STATUS_OK);
    assert_int_equal(history_of(1).revision, 0);
}

/* ---- lists ---- */

static bool is_shown(const void *asker, const char *region)
{
    const char *only = asker;
    return only[0] == '\0' || strcmp(only, region) == 0;
}

static size_t list(enum decision_list which, uint64_t after, uint32_t rows_max, const char *region,
                   const struct decision **ret_rows)
{
    const struct decision_filter filter = {.is_shown = is_shown, .asker = region};
    size_t count = 99;
    assert_int_equal(classification_store_list(&opened.tables, which, after, rows_max, &filter,
                                               &opened.arena, ret_rows, &count),
                     STATUS_OK);
    return count;
}

static void test_list__pages__in_the_order_they_came(void **state)
{
    (void)state;
    put(9, 1, DISPOSITION_AUTO);
    put(1, 1, DISPOSITION_REVIEW);
    put(9, 2, DISPOSITION_AUTO);
    const struct decision *rows = NULL;
    assert_int_equal(list(DECISION_LIST_ALL, 0, 2, "", &rows), 2);
    assert_int_equal(rows[0].case_handle[0], 9);
    assert_int_equal(rows[1].case_handle[0], 1);
    assert_int_equal(list(DECISION_LIST_ALL, rows[1].id, 2, "", &rows), 1);
    assert_int_equal(rows[0].revision, 2);
    assert_int_equal(list(DECISION_LIST_ALL, rows[0].id, 2, "", &rows), 0);
}

static void test_list__a_row__comes_back_as_it_was_put(void **state)
{
    (void)state;
    put(9, 3, DISPOSITION_OVERRIDDEN);
    const struct decision *rows = NULL;
    assert_int_equal(list(DECISION_LIST_ALL, 0, 1, "", &rows), 1);
    struct decision want = decision_of(9, 3, DISPOSITION_OVERRIDDEN);
    assert_int_equal(rows[0].outcome, want.outcome);
    assert_int_equal(rows[0].disposition, want.disposition);
    assert_string_equal(rows[0].region, want.region);
    assert_memory_equal(rows[0].facts_stream, want.facts_stream, STREAM_ID_SIZE);
    assert_int_equal(rows[0].facts_seq, want.facts_seq);
    assert_int_equal(rows[0].facts_revision, want.facts_revision);
    assert_memory_equal(rows[0].stream_id, want.stream_id, STREAM_ID_SIZE);
    assert_int_equal(rows[0].seq, want.seq);
    assert_true(view_equals(rows[0].made, want.made));
}

static void test_list__other_regions_between__the_page_is_full_all_the_same(void **state)
{
    (void)state;
    put_in_region(1, "36.04");
    put_in_region(2, "36.71");
    put_in_region(3, "");
    put_in_region(4, "36.04");
    const struct decision *rows = NULL;
    assert_int_equal(list(DECISION_LIST_ALL, 0, 2, "36.04", &rows), 2);
    assert_int_equal(rows[1].case_handle[0], 4);
    assert_int_equal(list(DECISION_LIST_REVIEWS, 0, 9, "36.71", &rows), 1);
    assert_int_equal(list(DECISION_LIST_ALL, 0, 9, "", &rows), 4);
}

static void test_reviews__decided_since__only_the_newest_counts(void **state)
{
    (void)state;
    put(1, 1, DISPOSITION_REVIEW);
    put(2, 1, DISPOSITION_REVIEW);
    put(3, 1, DISPOSITION_AUTO);
    put(2, 2, DISPOSITION_CONFIRMED);
    put(1, 2, DISPOSITION_REVIEW);
    put(3, 2, DISPOSITION_REVIEW);
    const struct decision *rows = NULL;
    assert_int_equal(list(DECISION_LIST_REVIEWS, 0, 9, "", &rows), 2);
    assert_int_equal(rows[0].case_handle[0], 1);
    assert_int_equal(rows[0].revision, 2);
    assert_int_equal(rows[1].case_handle[0], 3);
    assert_int_equal(list(DECISION_LIST_REVIEWS, rows[0].id, 9, "", &rows), 1);
}

static void test_list__arena_full__no_memory(void **state)
{
    (void)state;
    put(1, 1, DISPOSITION_REVIEW);
    struct arena small;
    const struct decision *rows = NULL;
    size_t count = 0;
    assert_int_equal(arena_open(&small, sizeof(struct decision) + 2), STATUS_OK);
    assert_int_equal(classification_store_list(&opened.tables, DECISION_LIST_ALL, 0, 1, NULL,
                                               &small, &rows, &count),
                     STATUS_OK);
    assert_int_equal(classification_store_list(&opened.tables, DECISION_LIST_ALL, 0, 2, NULL,
                                               &small, &rows, &count),
                     STATUS_NO_MEMORY);
    arena_close(&small);
}

static void test_case__several_revisions__ascending(void **state)
{
    (void)state;
    const uint8_t case_handle[CASE_HANDLE_SIZE] = {1};
    const struct decision *rows = NULL;
    size_t count = 0;
    for (uint32_t revision = 1; revision <= 3; revision++)
        put(1, revision, DISPOSITION_REVIEW);
    put(2, 1, DISPOSITION_REVIEW);
    assert_int_equal(
        classification_store_case(&opened.tables, case_handle, &opened.arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(rows[i].revision, i + 1);
}

static void test_case__more_than_are_read__the_newest(void **state)
{
    (void)state;
    const uint8_t case_handle[CASE_HANDLE_SIZE] = {1};
    const struct decision *rows = NULL;
    size_t count = 0;
    for (uint32_t revision = 1; revision <= CLASSIFICATION_CASE_ROWS_MAX + 1; revision++)
        put(1, revision, DISPOSITION_REVIEW);
    assert_int_equal(
        classification_store_case(&opened.tables, case_handle, &opened.arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, CLASSIFICATION_CASE_ROWS_MAX);
    assert_int_equal(rows[0].revision, 2);
    assert_int_equal(rows[count - 1].revision, CLASSIFICATION_CASE_ROWS_MAX + 1);
}

static void test_case__unknown__not_found(void **state)
{
    (void)state;
    const uint8_t case_handle[CASE_HANDLE_SIZE] = {1};
    const struct decision *rows = NULL;
    size_t count = 0;
    assert_int_equal(
        classification_store_case(&opened.tables, case_handle, &opened.arena, &rows, &count),
        STATUS_NOT_FOUND);
}

/* ---- tables ---- */

static void test_tables__none_then_two__the_last(void **state)
{
    (void)state;
    static const uint8_t first[SHA256_SIZE] = {1};
    static const uint8_t second[SHA256_SIZE] = {2};
    uint8_t said[SHA256_SIZE] = {9};
    assert_int_equal(classification_store_tables(&opened.tables, said), STATUS_OK);
    assert_true(view_is_zero(view_of(said, sizeof(said))));
    assert_int_equal(classification_store_put_tables(&opened.tables, first), STATUS_OK);
    assert_int_equal(classification_store_put_tables(&opened.tables, second), STATUS_OK);
    assert_int_equal(classification_store_tables(&opened.tables, said), STATUS_OK);
    assert_memory_equal(said, second, sizeof(said));
}

#define SINGLE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest singles[] = {
        SINGLE(test_history__new_case__none),
        SINGLE(test_history__several__the_newest_of_that_case),
        SINGLE(test_history__a_person_below_the_newest__is_remembered),
        SINGLE(test_put__the_same_revision_twice__refused),
        SINGLE(test_put_older__the_same_entry_again__stands_once),
        SINGLE(test_list__pages__in_the_order_they_came),
        SINGLE(test_list__a_row__comes_back_as_it_was_put),
        SINGLE(test_list__other_regions_between__the_page_is_full_all_the_same),
        SINGLE(test_reviews__decided_since__only_the_newest_counts),
        SINGLE(test_list__arena_full__no_memory),
        SINGLE(test_case__several_revisions__ascending),
        SINGLE(test_case__more_than_are_read__the_newest),
        SINGLE(test_case__unknown__not_found),
        SINGLE(test_tables__none_then_two__the_last),
    };
    return cmocka_run_group_tests_name("classification_store", singles, NULL, NULL);
}
