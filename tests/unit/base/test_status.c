/*
 * The list of outcomes: one row per status, made from the list itself.
 */
#include "tests/support/test.h"

#include "common/base/status.h"

#include <ctype.h>
#include <string.h>

struct status_case {
    const char *name;
    enum status status;
    enum status_class want_class;
    int want_exit;
};

#define X(status_name_, status_class_, exit_status_, status_text_)                \
    {                                                                             \
        .name = #status_name_ " round-trips and has class, exit status and text", \
        .status = STATUS_##status_name_,                                          \
        .want_class = STATUS_CLASS_##status_class_,                               \
        .want_exit = (exit_status_),                                              \
    },
static struct status_case status_cases[] = {STATUS_LIST(X)};
#undef X

static void test_status(void **state)
{
    const struct status_case *row = *state;
    const char *name = status_name(row->status);
    assert_int_equal(strncmp(row->name, name, strlen(name)), 0);
    assert_int_equal(status_from_name(name), row->status);
    assert_int_equal(status_class_of(row->status), row->want_class);
    assert_int_equal(status_exit(row->status), row->want_exit);
    assert_true(row->want_exit >= 0 && row->want_exit <= 10);
    assert_int_equal(row->want_exit == 0, row->status == STATUS_OK);
    assert_true(strlen(status_text(row->status)) > 0);
}

struct unknown_case {
    const char *name;
    const char *text;
};

static struct unknown_case unknown_cases[] = {
    {.name = "an empty name is no status", .text = ""},
    {.name = "the prefix is not part of a name", .text = "STATUS_OK"},
    {.name = "names are upper case", .text = "ok"},
    {.name = "a name that begins like one is none", .text = "STORE_FULL2"},
};

static void test_unknown(void **state)
{
    const struct unknown_case *row = *state;
    assert_int_equal(status_from_name(row->text), STATUS_COUNT);
}

static enum status fails_with(enum status status, int *steps)
{
    (*steps)++;
    return status;
}

static enum status tries(enum status first, int *steps)
{
    TRY(fails_with(first, steps));
    TRY(fails_with(STATUS_OK, steps));
    return STATUS_OK;
}

static void test_try__step_fails__returns_its_status(void **state)
{
    (void)state;
    int steps = 0;
    assert_int_equal(tries(STATUS_BACKLOG, &steps), STATUS_BACKLOG);
    assert_int_equal(steps, 1);
    assert_int_equal(tries(STATUS_OK, &steps), STATUS_OK);
    assert_int_equal(steps, 3);
}

int main(void)
{
    TEST_TABLE(statuses, status_cases, test_status)
    TEST_TABLE(unknown, unknown_cases, test_unknown)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_try__step_fails__returns_its_status),
    };
    int failed = cmocka_run_group_tests_name("status", statuses, NULL, NULL);
    failed += cmocka_run_group_tests_name("status_from_name", unknown, NULL, NULL);
    failed += cmocka_run_group_tests_name("TRY", single, NULL, NULL);
    return failed;
}
