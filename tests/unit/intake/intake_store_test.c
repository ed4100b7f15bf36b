/* Do the tables keep a case once, and find it again? */
#include "tests/support/test.h"

#include "services/intake/intake_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    char folder[32];
    char path[64];
    struct store store;
    struct intake_store tables;
    struct arena arena;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof(fixture));
    (void)snprintf(fixture.folder, sizeof(fixture.folder), "/tmp/netra-test-XXXXXX");
    assert_non_null(mkdtemp(fixture.folder));
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/intake.db", fixture.folder);
    struct store_spec spec = {
        .application_id = INTAKE_APPLICATION_ID,
        .own = {.steps = intake_migration_steps, .count = INTAKE_MIGRATION_COUNT},
    };
    struct diag diag = {0};
    assert_int_equal(store_open(&fixture.store, fixture.path, &spec, &diag), STATUS_OK);
    assert_int_equal(intake_store_open(&fixture.tables, &fixture.store), STATUS_OK);
    assert_int_equal(arena_open(&fixture.arena, 1u << 20), STATUS_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    struct fixture *fixture = *state;
    arena_close(&fixture->arena);
    intake_store_close(&fixture->tables);
    store_close(&fixture->store);
    for (size_t index = 0; index < sizeof(endings) / sizeof(endings[0]); index++) {
        char path[80];
        (void)snprintf(path, sizeof(path), "%s%s", fixture->path, endings[index]);
        (void)unlink(path);
    }
    return rmdir(fixture->folder);
}

static void put_case(struct fixture *fixture, uint64_t seq, const char *number, const char *node)
{
    struct case_record record = {
        .seq = seq,
        .case_number = number,
        .node = node,
        .submission_id = "0192f0c4-8a3b-7c21-9def-0123456789ab",
        .region = "36.04",
        .accepted_at = 1728700000,
        .receipt = view_of_text("a receipt"),
    };
    memset(record.stream_id, 2, sizeof(record.stream_id));
    memset(record.hash, 3, sizeof(record.hash));
    memset(record.case_handle, (int)seq, sizeof(record.case_handle));
    assert_int_equal(intake_store_put_case(&fixture->tables, &record), STATUS_OK);
}

static void test_intake_store__same_transaction__finds_the_submission(void **state)
{
    struct fixture *fixture = *state;
    const char *id = "0192f0c4-8a3b-7c21-9def-0123456789ab";
    struct known_submission known;
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "serang", id, &fixture->arena, &known),
        STATUS_NOT_FOUND);
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "serang", id, &fixture->arena, &known),
        STATUS_OK);
    assert_string_equal(known.case_number, "1002-24G0-0T");
    assert_true(view_equals(known.receipt, view_of_text("a receipt")));
    assert_int_equal(known.hash[31], 3);
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
}

static void test_intake_store__same_id_of_another_node__is_another_submission(void **state)
{
    struct fixture *fixture = *state;
    const char *id = "0192f0c4-8a3b-7c21-9def-0123456789ab";
    struct known_submission known;
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "cilegon", id, &fixture->arena, &known),
        STATUS_NOT_FOUND);
    put_case(fixture, 2, "0108-80G0-JF", "cilegon");
}

static void test_intake_store__a_new_streams_same_seq__is_another_case(void **state)
{
    struct fixture *fixture = *state;
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    put_case(fixture, 1, "0108-80G0-JF", "cilegon");
}

static void test_intake_store__number__is_known_once_taken(void **state)
{
    struct fixture *fixture = *state;
    bool has = true;
    assert_int_equal(intake_store_has_number(&fixture->tables, "1002-24G0-0T", &has), STATUS_OK);
    assert_false(has);
    put_case(fixture, 1, "1002-24G0-0T", "serang");
    assert_int_equal(intake_store_has_number(&fixture->tables, "1002-24G0-0T", &has), STATUS_OK);
    assert_true(has);
}

static void test_intake_store__list__goes_on_after_the_last_row(void **state)
{
    struct fixture *fixture = *state;
    put_case(fixture, 7, "1002-24G0-0T", "serang");
    put_case(fixture, 8, "0108-80G0-JF", "cilegon");
    put_case(fixture, 9, "N2H6-3H42-0E", "tangerang");
    const struct case_row *rows = NULL;
    size_t count = 0;
    assert_int_equal(intake_store_list(&fixture->tables, 0, 2, &fixture->arena, &rows, &count),
                     STATUS_OK);
    assert_int_equal(count, 2);
    assert_string_equal(rows[0].case_number, "1002-24G0-0T");
    assert_string_equal(rows[1].node, "cilegon");
    assert_string_equal(rows[1].region, "36.04");
    assert_int_equal(rows[1].case_handle[0], 8);
    assert_int_equal(rows[1].accepted_at, 1728700000);
    assert_int_equal(
        intake_store_list(&fixture->tables, rows[1].id, 2, &fixture->arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].node, "tangerang");
    assert_int_equal(
        intake_store_list(&fixture->tables, rows[0].id, 2, &fixture->arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 0);
}

static void test_intake_store__list_in_a_full_arena__is_no_memory_and_works_again(void **state)
{
    struct fixture *fixture = *state;
    put_case(fixture, 7, "1002-24G0-0T", "serang");
    struct arena small;
    assert_int_equal(arena_open(&small, sizeof(struct case_row) + 16), STATUS_OK);
    assert_non_null(arena_take(&small, small.size - sizeof(struct case_row)));
    const struct case_row *rows = NULL;
    size_t count = 0;
    assert_int_equal(intake_store_list(&fixture->tables, 0, 1, &small, &rows, &count),
                     STATUS_NO_MEMORY);
    arena_close(&small);
    assert_int_equal(intake_store_list(&fixture->tables, 0, 1, &fixture->arena, &rows, &count),
                     STATUS_OK);
    assert_int_equal(count, 1);
}

static void test_intake_store__keys__are_found_by_handle_and_the_newest_alone(void **state)
{
    struct fixture *fixture = *state;
    uint8_t handle[CASE_HANDLE_SIZE] = {0};
    uint8_t wrapped[WRAPPED_KEY_SIZE];
    assert_int_equal(intake_store_find_newest_key(&fixture->tables, handle, wrapped),
                     STATUS_NOT_FOUND);
    for (uint8_t seq = 1; seq <= 3; seq++) {
        handle[7] = seq;
        memset(wrapped, seq, sizeof(wrapped));
        assert_int_equal(intake_store_put_key(&fixture->tables, handle, wrapped), STATUS_OK);
    }
    handle[7] = 2;
    assert_int_equal(intake_store_find_key(&fixture->tables, handle, wrapped), STATUS_OK);
    assert_int_equal(wrapped[0], 2);
    handle[7] = 4;
    assert_int_equal(intake_store_find_key(&fixture->tables, handle, wrapped), STATUS_NOT_FOUND);
    assert_int_equal(intake_store_find_newest_key(&fixture->tables, handle, wrapped), STATUS_OK);
    assert_int_equal(handle[7], 3);
    assert_int_equal(wrapped[75], 3);
}

#define STORE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_intake_store__same_transaction__finds_the_submission),
        STORE_TEST(test_intake_store__same_id_of_another_node__is_another_submission),
        STORE_TEST(test_intake_store__a_new_streams_same_seq__is_another_case),
        STORE_TEST(test_intake_store__number__is_known_once_taken),
        STORE_TEST(test_intake_store__list__goes_on_after_the_last_row),
        STORE_TEST(test_intake_store__list_in_a_full_arena__is_no_memory_and_works_again),
        STORE_TEST(test_intake_store__keys__are_found_by_handle_and_the_newest_alone),
    };

    return cmocka_run_group_tests_name("intake/store", tests, NULL, NULL);
}
