/* When is a notice tried again, and which answers of a mail server are final? */
#include "tests/support/test.h"

#include "services/notification/notice_retry.h"

struct judge_case {
    const char *name;
    struct mail_end end;
    enum hand_over_outcome want;
    const char *want_why;
};

static struct judge_case judge_cases[] = {
    {"accepted", {true, MAIL_PHASE_BODY, MAIL_TROUBLE_NONE, 250}, HAND_OVER_DONE, ""},
    {"550 to RCPT TO is final",
     {false, MAIL_PHASE_RECIPIENT, MAIL_TROUBLE_CUT, 550},
     HAND_OVER_REFUSED,
     "SMTP_550"},
    {"552 to MAIL FROM is final",
     {false, MAIL_PHASE_SENDER, MAIL_TROUBLE_CUT, 552},
     HAND_OVER_REFUSED,
     "SMTP_552"},
    {"550 to MAIL FROM is about our sender",
     {false, MAIL_PHASE_SENDER, MAIL_TROUBLE_CUT, 550},
     HAND_OVER_LATER,
     "SMTP_550"},
    {"554 after the message is final",
     {false, MAIL_PHASE_BODY, MAIL_TROUBLE_CUT, 554},
     HAND_OVER_REFUSED,
     "SMTP_554"},
    {"530 to MAIL FROM is about our login, not the recipient",
     {false, MAIL_PHASE_SENDER, MAIL_TROUBLE_CUT, 530},
     HAND_OVER_LATER,
     "SMTP_530"},
    {"554 as a greeting is about the server",
     {false, MAIL_PHASE_CONNECTING, MAIL_TROUBLE_CUT, 554},
     HAND_OVER_LATER,
     "SMTP_554"},
    {"535 after AUTH is about our login",
     {false, MAIL_PHASE_GREETED, MAIL_TROUBLE_CUT, 535},
     HAND_OVER_LATER,
     "SMTP_535"},
    {"450 to RCPT TO is for now",
     {false, MAIL_PHASE_RECIPIENT, MAIL_TROUBLE_CUT, 450},
     HAND_OVER_LATER,
     "SMTP_450"},
    {"421 at any time is for now",
     {false, MAIL_PHASE_DATA, MAIL_TROUBLE_CUT, 421},
     HAND_OVER_LATER,
     "SMTP_421"},
    {"no connection",
     {false, MAIL_PHASE_CONNECTING, MAIL_TROUBLE_UNREACHABLE, 0},
     HAND_OVER_LATER,
     "SMTP_UNREACHABLE"},
    {"silence after an older answer",
     {false, MAIL_PHASE_RECIPIENT, MAIL_TROUBLE_TIMEOUT, 250},
     HAND_OVER_LATER,
     "SMTP_TIMEOUT"},
    {"silence is never a refusal, whatever came before",
     {false, MAIL_PHASE_RECIPIENT, MAIL_TROUBLE_TIMEOUT, 550},
     HAND_OVER_LATER,
     "SMTP_TIMEOUT"},
    {"no TLS", {false, MAIL_PHASE_GREETED, MAIL_TROUBLE_TLS, 220}, HAND_OVER_LATER, "SMTP_TLS"},
    {"cut in the dialogue",
     {false, MAIL_PHASE_SENDER, MAIL_TROUBLE_CUT, 250},
     HAND_OVER_LATER,
     "SMTP_CUT"},
    {"cut after the message and before the answer: nobody knows",
     {false, MAIL_PHASE_BODY, MAIL_TROUBLE_CUT, 354},
     HAND_OVER_LATER,
     "SMTP_CUT_AFTER_DATA"},
};

static void test_judge(void **state)
{
    const struct judge_case *row = *state;
    char why[NOTICE_WHY_BYTES + 1];
    assert_int_equal(notice_retry_judge(&row->end, why), row->want);
    assert_string_equal(why, row->want_why);
}

static void test_having__is_possible_once_the_message_was_sent_and_nobody_said_no(void **state)
{
    (void)state;
    const struct mail_end taken = {true, MAIL_PHASE_BODY, MAIL_TROUBLE_NONE, 250};
    const struct mail_end cut = {false, MAIL_PHASE_BODY, MAIL_TROUBLE_CUT, 0};
    const struct mail_end silent = {false, MAIL_PHASE_BODY, MAIL_TROUBLE_TIMEOUT, 0};
    const struct mail_end refused = {false, MAIL_PHASE_BODY, MAIL_TROUBLE_CUT, 451};
    const struct mail_end early = {false, MAIL_PHASE_DATA, MAIL_TROUBLE_CUT, 0};
    assert_true(notice_retry_may_have(&taken));
    assert_true(notice_retry_may_have(&cut));
    assert_true(notice_retry_may_have(&silent));
    assert_false(notice_retry_may_have(&refused));
    assert_false(notice_retry_may_have(&early));
}

struct delay_case {
    const char *name;
    uint32_t base_ms;
    uint32_t attempts;
    int64_t want_ms;
};

static struct delay_case delay_cases[] = {
    {"after the first attempt: the base", NOTICE_RETRY_BASE_MS, 1, 30000},
    {"after none: the base", NOTICE_RETRY_BASE_MS, 0, 30000},
    {"after the second: twice", NOTICE_RETRY_BASE_MS, 2, 60000},
    {"after the seventh", NOTICE_RETRY_BASE_MS, 7, 1920000},
    {"after the eighth: an hour, capped", NOTICE_RETRY_BASE_MS, 8, 3600000},
    {"after four thousand million: capped, not shifted out", NOTICE_RETRY_BASE_MS, UINT32_MAX,
     3600000},
    {"a short base of a test", 100, 3, 400},
    {"a base above the cap", UINT32_MAX, 1, 3600000},
};

static void test_delay(void **state)
{
    const struct delay_case *row = *state;
    assert_int_equal(notice_retry_delay_ms(row->base_ms, row->attempts), row->want_ms);
}

static void test_giving_up__is_after_three_days(void **state)
{
    (void)state;
    assert_false(notice_retry_is_over(1000, 1000 + 259199));
    assert_true(notice_retry_is_over(1000, 1000 + 259200));
    /* A clock that was set back gives nothing up. */
    assert_false(notice_retry_is_over(1000, 10));
}

int main(void)
{
    TEST_TABLE(judges, judge_cases, test_judge)
    TEST_TABLE(delays, delay_cases, test_delay)
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_giving_up__is_after_three_days),
        cmocka_unit_test(test_having__is_possible_once_the_message_was_sent_and_nobody_said_no),
    };

    int failed = cmocka_run_group_tests_name("notification/answers", judges, NULL, NULL);
    failed += cmocka_run_group_tests_name("notification/delays", delays, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/retry", others, NULL, NULL);
}
