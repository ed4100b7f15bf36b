/* Who is told of a decision, and which decisions are none? */
#include "tests/support/test.h"

#include "services/notification/notification.h"

#include <string.h>

struct recipient_case {
    const char *name;
    enum decision_outcome outcome;
    enum decision_disposition disposition;
    const char *want;
    enum notice_kind want_kind;
};

static struct recipient_case recipient_cases[] = {
    {"a sure violation goes to the BKD", DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO,
     "bkd", NOTICE_DECISION},
    {"surely no violation goes to the BKD", DECISION_OUTCOME_NOT_A_VIOLATION,
     DECISION_DISPOSITION_AUTO, "bkd", NOTICE_DECISION},
    {"what lacks information goes to the BKD", DECISION_OUTCOME_NEEDS_INFORMATION,
     DECISION_DISPOSITION_AUTO, "bkd", NOTICE_DECISION},
    {"an unsure violation goes to reviewers only", DECISION_OUTCOME_VIOLATION,
     DECISION_DISPOSITION_REVIEW, "reviewers", NOTICE_REVIEW},
    {"perhaps no violation goes to reviewers only", DECISION_OUTCOME_NOT_A_VIOLATION,
     DECISION_DISPOSITION_REVIEW, "reviewers", NOTICE_REVIEW},
    {"lacking information in doubt goes to reviewers only", DECISION_OUTCOME_NEEDS_INFORMATION,
     DECISION_DISPOSITION_REVIEW, "reviewers", NOTICE_REVIEW},
    {"undecided goes to reviewers only", DECISION_OUTCOME_UNDECIDED, DECISION_DISPOSITION_REVIEW,
     "reviewers", NOTICE_REVIEW},
    {"undecided goes to reviewers even if called sure", DECISION_OUTCOME_UNDECIDED,
     DECISION_DISPOSITION_AUTO, "reviewers", NOTICE_REVIEW},
};

static void test_recipients(void **state)
{
    const struct recipient_case *row = *state;
    struct decision decision = {
        .revision = 1,
        .outcome = row->outcome,
        .disposition = row->disposition,
    };
    assert_int_equal(decision_check(&decision, NULL), STATUS_OK);
    struct recipient recipients[RECIPIENTS_MAX];
    assert_int_equal(decision_recipients(&decision, recipients), 1);
    assert_string_equal(recipients[0].name, row->want);
    assert_int_equal(recipients[0].kind, row->want_kind);
}

struct check_case {
    const char *name;
    struct decision decision;
    enum status want;
    const char *want_place; /* the diag begins with it */
};

static struct check_case check_cases[] = {
    {"a whole decision",
     {1, DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO},
     STATUS_OK,
     ""},
    {"the highest revision",
     {UINT32_MAX, DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO},
     STATUS_OK,
     ""},
    {"no revision",
     {0, DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO},
     STATUS_FIELD_MISSING,
     "revision"},
    {"no outcome",
     {1, DECISION_OUTCOME_UNSPECIFIED, DECISION_DISPOSITION_AUTO},
     STATUS_FIELD_MISSING,
     "verdict.outcome"},
    {"no disposition",
     {1, DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_UNSPECIFIED},
     STATUS_FIELD_MISSING,
     "verdict.disposition"},
};

static void test_check(void **state)
{
    const struct check_case *row = *state;
    struct diag diag = {0};
    assert_int_equal(decision_check(&row->decision, &diag), row->want);
    assert_int_equal(strncmp(diag.text, row->want_place, strlen(row->want_place)), 0);
}

int main(void)
{
    TEST_TABLE(recipients, recipient_cases, test_recipients)
    TEST_TABLE(checks, check_cases, test_check)

    int failed = cmocka_run_group_tests_name("notification/recipients", recipients, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/decision", checks, NULL, NULL);
}
