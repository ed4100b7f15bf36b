/* Does whoever was told of a decision learn that a newer one took it back, and nobody else? */
#include "tests/support/test.h"

#include "tests/unit/notification/app_fixture.h"

#include <stdio.h>
#include <string.h>

static struct fixture files;
static struct app_fixture fixture;

#define VIOLATION DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO, "DISIPLIN-04", NULL
#define LAWFUL DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_OVERRIDDEN, "NON-SAH", NULL
#define WALLED \
    DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_OVERRIDDEN, "NON-SAH", "BKPSDM"
#define KADES \
    DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_OVERRIDDEN, "NON-ASN-KADES", NULL
#define IN_DOUBT DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_REVIEW, "DISIPLIN-04", NULL

#define DECISIONS_MAX 4

struct withdraw_case {
    const char *name;
    bool is_unsent; /* nothing leaves between the decisions */
    struct app_decision decisions[DECISIONS_MAX];
    const char *want; /* who is told of what revision's withdrawal */
};

static struct withdraw_case cases[] = {
    {"what a reviewer found lawful is withdrawn from all who were told",
     false,
     {{1, VIOLATION}, {2, LAWFUL}},
     "ppk-36.04=2 bkpsdm-36.04=2 bawaslu-36.04=2 bkn=2"},
    {"who is told of the new decision too isn't told of a withdrawal",
     false,
     {{1, VIOLATION}, {2, KADES}},
     "bkpsdm-36.04=2 bkn=2"},
    {"nothing is withdrawn from who is told again", false, {{1, VIOLATION}, {2, VIOLATION}}, ""},
    {"while a reviewer must look, what was told stands",
     false,
     {{1, VIOLATION}, {2, IN_DOUBT}},
     ""},
    {"what stood during a review is withdrawn by what the reviewer says",
     false,
     {{1, VIOLATION}, {2, IN_DOUBT}, {3, LAWFUL}},
     "ppk-36.04=3 bkpsdm-36.04=3 bawaslu-36.04=3 bkn=3"},
    {"who is walled off by now is told nothing",
     false,
     {{1, VIOLATION}, {2, WALLED}},
     "ppk-36.04=2 bawaslu-36.04=2 bkn=2"},
    {"what had not left is superseded, and nothing to withdraw",
     true,
     {{1, VIOLATION}, {2, LAWFUL}},
     ""},
    {"what was withdrawn is not withdrawn again",
     false,
     {{1, VIOLATION}, {2, LAWFUL}, {3, LAWFUL}},
     "ppk-36.04=2 bkpsdm-36.04=2 bawaslu-36.04=2 bkn=2"},
    {"the same revision again changes nothing",
     false,
     {{1, VIOLATION}, {2, LAWFUL}, {2, LAWFUL}},
     "ppk-36.04=2 bkpsdm-36.04=2 bawaslu-36.04=2 bkn=2"},
    {"a lower revision that comes late withdraws nothing",
     false,
     {{2, VIOLATION}, {1, LAWFUL}},
     ""},
    {"who was told anew is told of a withdrawal anew",
     false,
     {{1, VIOLATION}, {2, KADES}, {3, VIOLATION}, {4, KADES}},
     "bkpsdm-36.04=2 bkn=2 dpmd-36.04=3 bkpsdm-36.04=4 bkn=4"},
};

static int set_up(void **state)
{
    (void)state;
    return fixture_open(&files) && app_fixture_open(&fixture, &files) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    app_fixture_close(&fixture);
    fixture_close(&files);
    return 0;
}

static uint32_t notices(struct notice_row rows[64])
{
    uint32_t count = 0;
    assert_int_equal(notification_store_of_case(&fixture.app.store, app_case, rows, 64, &count),
                     STATUS_OK);
    return count;
}

static void check_withdrawn(const char *want)
{
    static struct notice_row rows[64];
    char text[512] = "";
    uint32_t count = notices(rows);
    for (uint32_t i = 0; i < count; i++) {
        size_t used = strlen(text);
        if (rows[i].kind == NOTICE_WITHDRAWN)
            (void)snprintf(text + used, sizeof text - used, "%s%s=%u", used == 0 ? "" : " ",
                           rows[i].recipient, rows[i].revision);
    }
    assert_string_equal(text, want);
}

static void check_case(void **state)
{
    const struct withdraw_case *row = *state;
    assert_int_equal(set_up(NULL), 0);
    for (unsigned i = 0; i < DECISIONS_MAX && row->decisions[i].revision != 0; i++) {
        assert_int_equal(app_fixture_decide(&fixture, &row->decisions[i]), STATUS_OK);
        if (!row->is_unsent)
            app_fixture_tick(&fixture);
    }
    check_withdrawn(row->want);
    assert_int_equal(tear_down(NULL), 0);
}

/* A decision that was told, and one that withdraws it. */
static void decide_and_withdraw(void)
{
    const struct app_decision first = {1, VIOLATION};
    const struct app_decision second = {2, LAWFUL};
    assert_int_equal(app_fixture_decide(&fixture, &first), STATUS_OK);
    app_fixture_tick(&fixture);
    assert_int_equal(app_fixture_decide(&fixture, &second), STATUS_OK);
}

static void test_withdrawal__leaves_in_the_role_of_what_it_withdraws(void **state)
{
    static struct notice_row rows[64];
    static char bytes[NOTICE_MESSAGE_BYTES_MAX];
    struct notice_buffer buffer;
    uint32_t count = 0;
    (void)state;
    decide_and_withdraw();
    app_fixture_tick(&fixture);
    count = notices(rows);
    assert_int_equal(count, 8);
    assert_int_equal(rows[7].kind, NOTICE_WITHDRAWN);
    assert_int_equal(rows[7].state, NOTICE_HANDED_OVER);
    assert_string_equal(rows[7].role, "PENGAWAS-ASN");
    assert_string_equal(rows[7].rule, "SUPERVISOR-BKN");
    assert_string_equal(rows[7].region, "36.04");
    assert_int_not_equal(rows[7].seq, 0);
    notice_buffer_begin(&buffer, bytes, sizeof bytes);
    assert_int_equal(notice_desk_compose(&fixture.app.desk, &rows[7], &buffer), STATUS_OK);
    assert_non_null(strstr(bytes, "DICABUT"));
}

static void test_withdrawal__leaves_though_the_clock_is_set_back(void **state)
{
    static struct notice_row rows[64];
    (void)state;
    decide_and_withdraw();
    fixture.clock_jump_s = -20;
    app_fixture_tick(&fixture);
    assert_int_equal(notices(rows), 8);
    assert_int_equal(rows[7].kind, NOTICE_WITHDRAWN);
    assert_int_equal(rows[7].state, NOTICE_HANDED_OVER);
}

/* Queued, then superseded before it left: the third revision must say it. */
static void test_withdrawal__that_never_left__is_made_anew(void **state)
{
    (void)state;
    const struct app_decision decisions[] = {{1, VIOLATION}, {2, LAWFUL}, {3, LAWFUL}};
    assert_int_equal(app_fixture_decide(&fixture, &decisions[0]), STATUS_OK);
    app_fixture_tick(&fixture);
    assert_int_equal(app_fixture_decide(&fixture, &decisions[1]), STATUS_OK);
    assert_int_equal(app_fixture_decide(&fixture, &decisions[2]), STATUS_OK);
    check_withdrawn("ppk-36.04=2 bkpsdm-36.04=2 bawaslu-36.04=2 bkn=2 "
                    "ppk-36.04=3 bkpsdm-36.04=3 bawaslu-36.04=3 bkn=3");
}

/* An office that the tables lost gets a notice that fails where an operator sees it. */
static void test_withdrawal__from_an_office_that_is_gone__fails_for_all_to_see(void **state)
{
    static struct notice_row rows[64];
    (void)state;
    const struct app_decision decision = {2, LAWFUL};
    struct notice_row told = {.revision = 1,
                              .kind = NOTICE_DECISION,
                              .channel = NOTICE_CHANNEL_MAILDIR,
                              .recipient = "gone",
                              .role = "PPK"};
    const struct decision before = {.revision = 1};
    uint64_t id = 0;
    memcpy(told.case_handle, app_case, sizeof told.case_handle);
    assert_int_equal(notification_store_put_facts(&fixture.app.store, app_case, &before),
                     STATUS_OK);
    assert_int_equal(notification_store_put(&fixture.app.store, &told, &id), STATUS_OK);
    assert_int_equal(notification_store_settle(&fixture.app.store, id, NOTICE_HANDED_OVER, ""),
                     STATUS_OK);
    assert_int_equal(app_fixture_decide(&fixture, &decision), STATUS_OK);
    app_fixture_tick(&fixture);
    assert_int_equal(notices(rows), 2);
    assert_int_equal(rows[1].kind, NOTICE_WITHDRAWN);
    assert_int_equal(rows[1].state, NOTICE_FAILED);
    assert_string_equal(rows[1].why, "RECIPIENT_UNKNOWN");
}

#define APP_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    TEST_TABLE(tests, cases, check_case)
    const struct CMUnitTest others[] = {
        APP_TEST(test_withdrawal__leaves_in_the_role_of_what_it_withdraws),
        APP_TEST(test_withdrawal__leaves_though_the_clock_is_set_back),
        APP_TEST(test_withdrawal__that_never_left__is_made_anew),
        APP_TEST(test_withdrawal__from_an_office_that_is_gone__fails_for_all_to_see),
    };

    int failed = cmocka_run_group_tests_name("notification/withdraw", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/withdrawal", others, NULL, NULL);
}
