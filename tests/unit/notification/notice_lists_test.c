/* Does each list have the notices that it is asked for: those of some regions, and those that an
 * office has of a case? */
#include "tests/support/test.h"

#include "tests/unit/notification/notice_fixture.h"

#include <stdio.h>
#include <string.h>

static uint32_t list_of(struct fixture *fixture, const char *regions, bool is_exact,
                        uint64_t after, struct notice_row rows[4])
{
    struct notice_scope scope = {.regions = regions, .is_exact = is_exact};
    uint32_t count = 0;
    assert_int_equal(notification_store_list(&fixture->tables, &scope, after, rows, 4, &count),
                     STATUS_OK);
    return count;
}

static void test_list_of_regions__leaves_the_others_out(void **state)
{
    static const char *const regions[] = {"36.04", "36.04.01", "36", "36.041", "32.04"};
    struct fixture *fixture = *state;
    struct notice_row rows[4];
    for (uint8_t i = 0; i < 5; i++) {
        struct notice_row row = row_of(i, 1, "bkd-36", NOTICE_DECISION);
        (void)snprintf(row.region, sizeof row.region, "%s", regions[i]);
        put(fixture, row);
    }
    assert_int_equal(list_of(fixture, "36.04", false, 0, rows), 2);
    assert_string_equal(rows[1].region, "36.04.01");
    assert_int_equal(list_of(fixture, "36.04", true, 0, rows), 1);
    assert_string_equal(rows[0].region, "36.04");
    assert_int_equal(list_of(fixture, "36", false, 0, rows), 4);
    assert_int_equal(list_of(fixture, "36", false, rows[2].id, rows), 1);
    assert_int_equal(list_of(fixture, "32.04 36.041", true, 0, rows), 2);
    assert_int_equal(list_of(fixture, "36.7", false, 0, rows), 0);
    assert_int_equal(list_of(fixture, "36.%", false, 0, rows), 0);
    assert_int_equal(list_of(fixture, "", true, 1, rows), 4);
}

static void settle(struct fixture *fixture, uint64_t id, enum notice_state state)
{
    assert_int_equal(notification_store_settle(&fixture->tables, id, state, ""), STATUS_OK);
}

/* The recipients of what was told below the revision, separated by blanks. */
static const char *told(struct fixture *fixture, uint32_t revision)
{
    static char text[128];
    struct notice_row rows[4];
    uint8_t handle[CASE_HANDLE_SIZE];
    uint32_t count = 0;
    memset(handle, 1, sizeof handle);
    text[0] = '\0';
    assert_int_equal(
        notification_store_told(&fixture->tables, handle, revision, 0, rows, 4, &count),
        STATUS_OK);
    for (uint32_t i = 0; i < count; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : " ",
                       rows[i].recipient);
    return text;
}

static void test_told__is_who_has_a_decision_or_may_have_it(void **state)
{
    struct fixture *fixture = *state;
    uint64_t has = put(fixture, row_of(1, 1, "has", NOTICE_DECISION));
    uint64_t resent = put(fixture, row_of(1, 1, "resent", NOTICE_DECISION));
    uint64_t under_way = put(fixture, row_of(1, 1, "under-way", NOTICE_DECISION));
    uint64_t failed = put(fixture, row_of(1, 1, "failed", NOTICE_DECISION));
    uint64_t reviews = put(fixture, row_of(1, 1, "reviews", NOTICE_REVIEW));
    uint64_t other = put(fixture, row_of(2, 1, "other", NOTICE_DECISION));
    put(fixture, row_of(1, 1, "queued", NOTICE_DECISION));
    settle(fixture, has, NOTICE_HANDED_OVER);
    settle(fixture, resent, NOTICE_HANDED_OVER);
    settle(fixture, failed, NOTICE_FAILED);
    settle(fixture, reviews, NOTICE_HANDED_OVER);
    settle(fixture, other, NOTICE_HANDED_OVER);
    assert_int_equal(notification_store_resend(&fixture->tables, resent, NOW), STATUS_OK);
    assert_int_equal(notification_store_mark(&fixture->tables, under_way, false), STATUS_OK);
    assert_string_equal(told(fixture, 2), "has resent under-way");
    assert_string_equal(told(fixture, 1), "");
}

static void test_told__ends_with_a_withdrawal_that_arrived__until_told_again(void **state)
{
    struct fixture *fixture = *state;
    settle(fixture, put(fixture, row_of(1, 1, "bkn", NOTICE_DECISION)), NOTICE_HANDED_OVER);
    uint64_t gone = put(fixture, row_of(1, 2, "bkn", NOTICE_WITHDRAWN));
    /* Not told yet: a third revision that supersedes it must say it instead. */
    assert_string_equal(told(fixture, 3), "bkn");
    settle(fixture, gone, NOTICE_HANDED_OVER);
    assert_string_equal(told(fixture, 3), "");
    settle(fixture, put(fixture, row_of(1, 3, "bkn", NOTICE_DECISION)), NOTICE_HANDED_OVER);
    assert_string_equal(told(fixture, 4), "bkn");
}

#define STORE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_list_of_regions__leaves_the_others_out),
        STORE_TEST(test_told__is_who_has_a_decision_or_may_have_it),
        STORE_TEST(test_told__ends_with_a_withdrawal_that_arrived__until_told_again),
    };

    return cmocka_run_group_tests_name("notification/lists", tests, NULL, NULL);
}
