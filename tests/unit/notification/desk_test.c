/* Does the desk take what is due, fill its places once, and try a suspect alone? */
#include "tests/support/test.h"

#include "services/notification/notification_settle.h"
#include "tests/unit/notification/notice_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct notice_desk desk;

static void put_due(struct fixture *fixture, uint8_t case_byte, enum notice_channel channel,
                    int64_t next_at)
{
    struct notice_row row = {
        .revision = 1,
        .kind = NOTICE_DECISION,
        .channel = channel,
        .recipient = "bkn",
        .at = NOW,
        .since = NOW,
        .next_at = next_at,
    };
    uint64_t id = 0;
    memset(row.case_handle, case_byte, sizeof row.case_handle);
    assert_int_equal(notification_store_put(&fixture->tables, &row, &id), STATUS_OK);
}

static struct files files;

static void open_desk(struct fixture *fixture)
{
    struct diag diag = {.text = ""};
    memset(&desk, 0, sizeof desk);
    desk.store = &fixture->tables;
    files = files_of_system();
    desk.files = &files;
    desk.mail_folder = fixture->folder;
    desk.retry_base_ms = NOTICE_RETRY_BASE_MS;
    assert_int_equal(notice_desk_open(&desk, &diag), STATUS_OK);
}

static struct desk_take take(struct desk_lane *lane)
{
    struct desk_take done = {.desk = &desk, .lane = lane};
    struct turn turn = {.now_utc_s = NOW};
    assert_int_equal(notification_take(NULL, &turn, &done, NULL), STATUS_OK);
    return done;
}

static unsigned used_of(const struct desk_lane *lane)
{
    unsigned count = 0;
    for (unsigned i = 0; i < lane->place_count; i++)
        count += lane->items[i].is_used ? 1 : 0;
    return count;
}

static void test_lane__takes_what_is_due_of_its_channel__and_waits_for_the_rest(void **state)
{
    struct fixture *fixture = *state;
    put_due(fixture, 1, NOTICE_CHANNEL_MAILDIR, NOW);
    put_due(fixture, 2, NOTICE_CHANNEL_MAILDIR, NOW + 20);
    put_due(fixture, 3, NOTICE_CHANNEL_SMTP, NOW);
    open_desk(fixture);
    assert_int_equal(take(&desk.maildir).wait_s, 20);
    assert_int_equal(used_of(&desk.maildir), 1);
    assert_int_equal(desk.maildir.items[0].row.attempts, 1);
    assert_int_equal(used_of(&desk.mail), 0);
    take(&desk.mail);
    assert_int_equal(used_of(&desk.mail), 1);
    /* What is marked is not taken twice. */
    take(&desk.mail);
    assert_int_equal(used_of(&desk.mail), 1);
}

static void test_lane__fills_its_places_and_no_more(void **state)
{
    struct fixture *fixture = *state;
    for (uint8_t i = 1; i <= SMTP_TRANSFERS_MAX + 2; i++)
        put_due(fixture, i, NOTICE_CHANNEL_SMTP, NOW);
    open_desk(fixture);
    take(&desk.mail);
    assert_int_equal(used_of(&desk.mail), SMTP_TRANSFERS_MAX);
    take(&desk.mail);
    assert_int_equal(used_of(&desk.mail), SMTP_TRANSFERS_MAX);
}

static void test_taking__that_did_not_become_true__leaves_the_places_free(void **state)
{
    struct fixture *fixture = *state;
    put_due(fixture, 1, NOTICE_CHANNEL_MAILDIR, NOW);
    open_desk(fixture);
    take(&desk.maildir);
    notification_untake(&desk.maildir);
    assert_int_equal(used_of(&desk.maildir), 0);
}

static void test_suspect__is_taken_alone__and_counted(void **state)
{
    struct fixture *fixture = *state;
    struct notice_row row;
    put_due(fixture, 1, NOTICE_CHANNEL_MAILDIR, NOW);
    put_due(fixture, 2, NOTICE_CHANNEL_MAILDIR, NOW);
    assert_int_equal(notification_store_mark(&fixture->tables, 2, false), STATUS_OK);
    open_desk(fixture);
    assert_int_equal(take(&desk.maildir).suspect_count, 1);
    assert_int_equal(used_of(&desk.maildir), 1);
    assert_true(desk.maildir.is_alone);
    assert_true(desk.maildir.items[0].is_repeat);
    assert_int_equal(desk.maildir.items[0].row.id, 2);
    assert_int_equal(notification_store_get(&fixture->tables, 2, &row), STATUS_OK);
    assert_int_equal(row.deaths, 1);
    assert_int_equal(row.attempts, 2);
}

static void test_suspect__with_three_deaths__is_given_up_unprocessed(void **state)
{
    struct fixture *fixture = *state;
    put_due(fixture, 1, NOTICE_CHANNEL_SMTP, NOW);
    for (unsigned i = 0; i < DEATHS_MAX; i++)
        assert_int_equal(notification_store_mark(&fixture->tables, 1, true), STATUS_OK);
    open_desk(fixture);
    take(&desk.mail);
    assert_true(desk.mail.items[0].is_over);
    assert_int_equal(desk.mail.items[0].outcome, HAND_OVER_REFUSED);
    assert_string_equal(desk.mail.items[0].why, "DIED_ALONE");
}

static void test_suspect__that_was_superseded__is_let_go(void **state)
{
    struct fixture *fixture = *state;
    struct notice_row row;
    uint8_t handle[CASE_HANDLE_SIZE];
    memset(handle, 1, sizeof handle);
    put_due(fixture, 1, NOTICE_CHANNEL_SMTP, NOW);
    assert_int_equal(notification_store_mark(&fixture->tables, 1, false), STATUS_OK);
    assert_int_equal(notification_store_supersede(&fixture->tables, handle, 2), STATUS_OK);
    open_desk(fixture);
    take(&desk.mail);
    assert_int_equal(used_of(&desk.mail), 0);
    assert_int_equal(notification_store_get(&fixture->tables, 1, &row), STATUS_OK);
    assert_false(row.is_marked);
}

/* How many offices have the first revision, or may have it. */
static uint32_t told_count(struct fixture *fixture)
{
    struct notice_row rows[4];
    uint8_t handle[CASE_HANDLE_SIZE];
    uint32_t count = 0;
    memset(handle, 1, sizeof handle);
    assert_int_equal(notification_store_told(&fixture->tables, handle, 2, 0, rows, 4, &count),
                     STATUS_OK);
    return count;
}

static void put_off(struct desk_take *taken, bool may_have)
{
    struct turn turn = {.now_utc_s = NOW};
    desk.mail.items[0].is_over = true;
    desk.mail.items[0].outcome = HAND_OVER_LATER;
    desk.mail.items[0].may_have |= may_have;
    assert_int_equal(notification_settle(NULL, &turn, taken, NULL), STATUS_OK);
}

/* It may have left before the process died: whoever revises the decision must know. */
static void test_suspect__that_is_put_off__may_have_been_told(void **state)
{
    struct fixture *fixture = *state;
    put_due(fixture, 1, NOTICE_CHANNEL_SMTP, NOW);
    assert_int_equal(notification_store_mark(&fixture->tables, 1, false), STATUS_OK);
    open_desk(fixture);
    struct desk_take taken = take(&desk.mail);
    put_off(&taken, false);
    assert_int_equal(told_count(fixture), 1);
}

static void test_put_off__after_the_whole_message__may_have_been_told(void **state)
{
    struct fixture *fixture = *state;
    put_due(fixture, 1, NOTICE_CHANNEL_SMTP, NOW);
    open_desk(fixture);
    struct desk_take taken = take(&desk.mail);
    put_off(&taken, false);
    assert_int_equal(told_count(fixture), 0);
    taken = take(&desk.mail);
    assert_int_equal(notification_store_mark(&fixture->tables, 1, false), STATUS_OK);
    desk.mail.items[0].is_used = true;
    put_off(&taken, true);
    assert_int_equal(told_count(fixture), 1);
}

/* Stopped in order while the server had the message and hadn't answered. */
static void test_close__within_a_message__remembers_that_it_may_have_arrived(void **state)
{
    struct fixture *fixture = *state;
    put_due(fixture, 1, NOTICE_CHANNEL_SMTP, NOW);
    open_desk(fixture);
    take(&desk.mail);
    desk.smtp.transfers[0].phase = MAIL_PHASE_BODY;
    notice_desk_close(&desk, &fixture->store);
    assert_int_equal(told_count(fixture), 1);
    open_desk(fixture);
    assert_int_equal(desk.suspect_count, 0);
}

/* A withdrawal must not overtake what it withdraws. */
static void test_lane__leaves_the_next_to_an_office_while_one_is_under_way(void **state)
{
    struct fixture *fixture = *state;
    int64_t next_at = 0;
    uint64_t id = 0;
    struct notice_row later = {.revision = 2,
                               .kind = NOTICE_WITHDRAWN,
                               .channel = NOTICE_CHANNEL_SMTP,
                               .recipient = "bkn",
                               .next_at = NOW};
    memset(later.case_handle, 1, sizeof later.case_handle);
    put_due(fixture, 1, NOTICE_CHANNEL_SMTP, NOW);
    open_desk(fixture);
    take(&desk.mail);
    assert_int_equal(notification_store_put(&fixture->tables, &later, &id), STATUS_OK);
    take(&desk.mail);
    assert_int_equal(used_of(&desk.mail), 1);
    assert_int_equal(notification_store_next_due(&fixture->tables, NOTICE_CHANNEL_SMTP, &next_at),
                     STATUS_OK);
    assert_true(next_at == INT64_MAX);
    assert_int_equal(notification_store_settle(&fixture->tables, 1, NOTICE_HANDED_OVER, ""),
                     STATUS_OK);
    take(&desk.mail);
    assert_int_equal(used_of(&desk.mail), 2);
}

static int close_all(void **state)
{
    struct fixture *fixture = *state;
    notice_desk_close(&desk, &fixture->store);
    return tear_down(state);
}

/* Put off after that many attempts, until then. */
static void put_off_until(struct fixture *fixture, uint8_t case_byte, unsigned attempts,
                          int64_t next_at)
{
    put_due(fixture, case_byte, NOTICE_CHANNEL_SMTP, 0);
    for (unsigned i = 0; i < attempts; i++)
        assert_int_equal(notification_store_mark(&fixture->tables, case_byte, false), STATUS_OK);
    assert_int_equal(
        notification_store_retry(&fixture->tables, case_byte, next_at, "SMTP_UNREACHABLE"),
        STATUS_OK);
}

struct set_back_case {
    const char *name;
    unsigned attempts;
    int64_t next_at;
    int64_t looked_utc_s;
    bool is_taken;
};

static struct set_back_case set_back_cases[] = {
    {"within its delay it waits", 1, NOW + 30, INT64_MAX, false},
    {"beyond its delay it is taken", 1, NOW + 31, INT64_MAX, true},
    {"the delay is that of its attempts", 4, NOW + 240, INT64_MAX, false},
    {"beyond that of its attempts it is taken", 4, NOW + 241, INT64_MAX, true},
    {"no delay is longer than an hour", 9, NOW + 3601, INT64_MAX, true},
    {"an hour is the longest, however many attempts", 40, NOW + 3600, INT64_MAX, false},
    {"the clock went back since the last look", 1, NOW + 31, NOW + 1, true},
    {"the clock went on: nobody looks at all that waits", 1, NOW + 31, NOW, false},
};

static void check_set_back(void **state)
{
    const struct set_back_case *row = *state;
    void *own = NULL;
    assert_int_equal(set_up(&own), 0);
    put_off_until(own, 1, row->attempts, row->next_at);
    open_desk(own);
    desk.mail.looked_utc_s = row->looked_utc_s;
    assert_int_equal(take(&desk.mail).looked_utc_s, NOW);
    assert_int_equal(used_of(&desk.mail), row->is_taken ? 1 : 0);
    assert_int_equal(close_all(&own), 0);
}

#define DESK_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_lane__takes_what_is_due_of_its_channel__and_waits_for_the_rest),
        DESK_TEST(test_lane__fills_its_places_and_no_more),
        DESK_TEST(test_taking__that_did_not_become_true__leaves_the_places_free),
        DESK_TEST(test_suspect__is_taken_alone__and_counted),
        DESK_TEST(test_suspect__with_three_deaths__is_given_up_unprocessed),
        DESK_TEST(test_suspect__that_was_superseded__is_let_go),
        DESK_TEST(test_suspect__that_is_put_off__may_have_been_told),
        DESK_TEST(test_put_off__after_the_whole_message__may_have_been_told),
        DESK_TEST(test_close__within_a_message__remembers_that_it_may_have_arrived),
        DESK_TEST(test_lane__leaves_the_next_to_an_office_while_one_is_under_way),
    };
    TEST_TABLE(set_backs, set_back_cases, check_set_back)

    int failed = cmocka_run_group_tests_name("notification/desk", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/set back", set_backs, NULL, NULL);
}
