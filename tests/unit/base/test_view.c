/*
 * Borrowed bytes: equality and zero.
 */
#include "tests/support/test.h"

#include "common/base/view.h"

struct equals_case {
    const char *name;
    struct view a;
    struct view b;
    bool want;
};

#define BYTES(text)                                                \
    {                                                              \
        .bytes = (const uint8_t *)(text), .size = sizeof(text) - 1 \
    }

static struct equals_case equals_cases[] = {
    {.name = "the same bytes are equal", .a = BYTES("abc"), .b = BYTES("abc"), .want = true},
    {.name = "another byte differs", .a = BYTES("abc"), .b = BYTES("abd"), .want = false},
    {.name = "another length differs", .a = BYTES("abc"), .b = BYTES("ab"), .want = false},
    {.name = "bytes behind a NUL count", .a = BYTES("a\0b"), .b = BYTES("a\0c"), .want = false},
    {.name = "empty views are equal, NULL or not", .a = {.size = 0}, .b = BYTES(""), .want = true},
};

static void test_equals(void **state)
{
    const struct equals_case *row = *state;
    assert_int_equal(view_equals(row->a, row->b), row->want);
    assert_int_equal(view_equals(row->b, row->a), row->want);
}

struct zero_case {
    const char *name;
    struct view view;
    bool want;
};

static struct zero_case zero_cases[] = {
    {.name = "zeros are zero", .view = BYTES("\0\0\0"), .want = true},
    {.name = "a last byte makes it not zero", .view = BYTES("\0\0\1"), .want = false},
    {.name = "a first byte makes it not zero", .view = BYTES("\1\0\0"), .want = false},
    {.name = "an empty view is zero", .view = {.size = 0}, .want = true},
};

static void test_zero(void **state)
{
    const struct zero_case *row = *state;
    assert_int_equal(view_is_zero(row->view), row->want);
}

static void test_view_of_text__text__without_its_nul(void **state)
{
    (void)state;
    assert_int_equal(view_of_text("four").size, 4);
    assert_int_equal(view_of_text("").size, 0);
    assert_true(view_equals(view_of_text("four"), view_of("four", 4)));
}

int main(void)
{
    TEST_TABLE(equals, equals_cases, test_equals)
    TEST_TABLE(zeros, zero_cases, test_zero)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_view_of_text__text__without_its_nul),
    };
    int failed = cmocka_run_group_tests_name("view_equals", equals, NULL, NULL);
    failed += cmocka_run_group_tests_name("view_is_zero", zeros, NULL, NULL);
    failed += cmocka_run_group_tests_name("view", single, NULL, NULL);
    return failed;
}
