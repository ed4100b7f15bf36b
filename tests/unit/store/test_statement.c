/*
 * Statements: what is bound comes back, and every end of a step.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "tests/unit/store/store_fixture.h"

#include <string.h>

static struct fixture fixture;
static struct store store;

static int set_up(void **state)
{
    (void)state;
    if (!fixture_open(&fixture))
        return -1;
    return fixture_store_open(&fixture, &store) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    store_close(&store);
    fixture_close(&fixture);
    return 0;
}

struct u64_case {
    const char *name;
    uint64_t value;
};

static struct u64_case u64_cases[] = {
    {.name = "zero comes back", .value = 0},
    {.name = "2^63 - 1 comes back", .value = INT64_MAX},
    {.name = "2^63 comes back", .value = UINT64_C(1) << 63},
    {.name = "2^64 - 1 comes back", .value = UINT64_MAX},
};

static void test_u64(void **state)
{
    const struct u64_case *row = *state;
    CLEANUP(statement_close) struct statement echo = {.handle = NULL};
    assert_int_equal(statement_open(&echo, &store, "SELECT ?1"), STATUS_OK);
    statement_bind_u64(&echo, 1, row->value);
    bool has_row = false;
    assert_int_equal(statement_step(&echo, &has_row), STATUS_OK);
    assert_true(has_row);
    assert_true(statement_u64(&echo, 0) == row->value);
}

struct blob_case {
    const char *name;
    const char *bytes; /* NULL: an empty view that holds NULL */
    size_t size;
};

static struct blob_case blob_cases[] = {
    {.name = "bytes come back", .bytes = "a\0b", .size = 3},
    {.name = "an empty view is a blob of no bytes", .bytes = "", .size = 0},
    {.name = "an empty view of NULL too", .bytes = NULL, .size = 0},
};

static void test_blob(void **state)
{
    const struct blob_case *row = *state;
    CLEANUP(statement_close) struct statement echo = {.handle = NULL};
    assert_int_equal(statement_open(&echo, &store, "SELECT ?1, typeof(?1)"), STATUS_OK);
    statement_bind_blob(&echo, 1, view_of(row->bytes, row->size));
    bool has_row = false;
    assert_int_equal(statement_step(&echo, &has_row), STATUS_OK);
    assert_true(has_row);
    assert_true(view_equals(statement_blob(&echo, 0), view_of(row->bytes, row->size)));
    assert_true(view_equals(statement_text(&echo, 1), view_of_text("blob")));
    assert_false(statement_is_null(&echo, 0));
    uint8_t copy[8] = {0};
    assert_int_equal(statement_blob_exact(&echo, 0, copy, row->size), STATUS_OK);
    if (row->size > 0)
        assert_memory_equal(copy, row->bytes, row->size);
    assert_int_equal(statement_blob_exact(&echo, 0, copy, row->size + 1), STATUS_STORE_CORRUPT);
    /* Right length, wrong type. */
    assert_int_equal(statement_blob_exact(&echo, 1, copy, 4), STATUS_STORE_CORRUPT);
}

static void test_step__to_the_end__bindings_are_cleared(void **state)
{
    (void)state;
    CLEANUP(statement_close) struct statement echo = {.handle = NULL};
    assert_int_equal(statement_open(&echo, &store, "SELECT ?1, ?2, ?3 ;\n"), STATUS_OK);
    statement_bind_i64(&echo, 1, -5);
    statement_bind_text(&echo, 2, "text");
    statement_bind_null(&echo, 3);
    bool has_row = false;
    assert_int_equal(statement_step(&echo, &has_row), STATUS_OK);
    assert_true(has_row);
    assert_int_equal(statement_i64(&echo, 0), -5);
    assert_true(view_equals(statement_text(&echo, 1), view_of_text("text")));
    assert_true(statement_is_null(&echo, 2));
    assert_int_equal(statement_blob(&echo, 2).size, 0);
    assert_int_equal(statement_step(&echo, &has_row), STATUS_OK);
    assert_false(has_row);
    assert_int_equal(statement_step(&echo, &has_row), STATUS_OK);
    assert_true(has_row);
    assert_true(statement_is_null(&echo, 0));
    statement_reset(&echo);
}

static void test_run_changes__some_rows__are_counted(void **state)
{
    (void)state;
    for (int64_t id = 1; id <= 3; id++)
        assert_int_equal(fixture_put(&store, id, view_of_text("same")), STATUS_OK);
    CLEANUP(statement_close) struct statement update = {.handle = NULL};
    assert_int_equal(statement_open(&update, &store, "UPDATE item SET body = x'00' WHERE id > ?1"),
                     STATUS_OK);
    int64_t changes = -1;
    statement_bind_i64(&update, 1, 1);
    assert_int_equal(statement_run_changes(&update, &changes), STATUS_OK);
    assert_int_equal(changes, 2);
    statement_bind_i64(&update, 1, 100);
    assert_int_equal(statement_run_changes(&update, &changes), STATUS_OK);
    assert_int_equal(changes, 0);
}

static void test_run__constraint_broken__corrupt_and_usable_again(void **state)
{
    (void)state;
    CLEANUP(statement_close) struct statement put = {.handle = NULL};
    assert_int_equal(statement_open(&put, &store, "INSERT INTO item (id) VALUES (?1)"), STATUS_OK);
    statement_bind_i64(&put, 1, 77);
    assert_int_equal(statement_run(&put), STATUS_OK);
    statement_bind_i64(&put, 1, 77);
    assert_int_equal(statement_run(&put), STATUS_STORE_CORRUPT);
    assert_non_null(strstr(store_error_text(&store), "item.id"));
    statement_bind_i64(&put, 1, 78);
    assert_int_equal(statement_run(&put), STATUS_OK);
}

static void test_open__schema_does_not_fit__corrupt(void **state)
{
    (void)state;
    struct statement statement = {.handle = NULL};
    assert_int_equal(statement_open(&statement, &store, "SELECT absent FROM item"),
                     STATUS_STORE_CORRUPT);
    assert_null(statement.handle);
    statement_close(&statement);
}

static void test_statements_open__second_fails__first_is_closed(void **state)
{
    (void)state;
    static const char *const good[] = {"SELECT 1", "SELECT 2"};
    static const char *const bad[] = {"SELECT 1", "SELECT absent"};
    struct statement statements[2] = {{.handle = NULL}};
    assert_int_equal(statements_open(statements, &store, bad, 2), STATUS_STORE_CORRUPT);
    assert_null(statements[0].handle);
    assert_null(statements[1].handle);
    assert_int_equal(statements_open(statements, &store, good, 2), STATUS_OK);
    statements_close(statements, 2);
    statements_close(statements, 2);
}

int main(void)
{
    TEST_TABLE(integers, u64_cases, test_u64)
    TEST_TABLE(blobs, blob_cases, test_blob)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_step__to_the_end__bindings_are_cleared),
        cmocka_unit_test(test_run_changes__some_rows__are_counted),
        cmocka_unit_test(test_run__constraint_broken__corrupt_and_usable_again),
        cmocka_unit_test(test_open__schema_does_not_fit__corrupt),
        cmocka_unit_test(test_statements_open__second_fails__first_is_closed),
    };
    int failed = cmocka_run_group_tests_name("statement u64", integers, set_up, tear_down);
    failed += cmocka_run_group_tests_name("statement blob", blobs, set_up, tear_down);
    failed += cmocka_run_group_tests_name("statement", single, set_up, tear_down);
    return failed;
}
