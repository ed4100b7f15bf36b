/* Which decisions are whole enough to act on, and what are they called in tables? */
#include "tests/support/test.h"

#include "services/notification/notification.h"

#include <stdio.h>
#include <string.h>

struct check_case {
    const char *name;
    uint32_t revision;
    enum decision_outcome outcome;
    enum decision_disposition disposition;
    uint32_t received;
    uint32_t incident_date;
    const char *case_number;
    const char *region;
    enum status want;
    const char *want_place; /* the diag begins with it */
};

#define SURE DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO

static struct check_case check_cases[] = {
    {"a whole decision", 1, SURE, 20241015, 20241012, "NTR-7Q2K-4", "36.04", STATUS_OK, ""},
    {"the highest revision", UINT32_MAX, SURE, 20241015, 0, "NTR-7Q2K-4", "36", STATUS_OK, ""},
    {"no revision", 0, SURE, 20241015, 0, "N", "36", STATUS_FIELD_MISSING, "revision"},
    {"no outcome", 1, DECISION_OUTCOME_UNSPECIFIED, DECISION_DISPOSITION_AUTO, 20241015, 0, "N",
     "36", STATUS_FIELD_MISSING, "verdict.outcome"},
    {"no disposition", 1, DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_UNSPECIFIED, 20241015,
     0, "N", "36", STATUS_FIELD_MISSING, "verdict.disposition"},
    {"no case number", 1, SURE, 20241015, 0, "", "36", STATUS_FIELD_MISSING, "case_number"},
    {"no region", 1, SURE, 20241015, 0, "N", "", STATUS_FIELD_MISSING, "region"},
    {"no day of receipt", 1, SURE, 0, 0, "N", "36", STATUS_FIELD_MISSING, "received"},
    {"a case number with a line end", 1, SURE, 20241015, 0, "N\nBcc: x", "36", STATUS_OUT_OF_RANGE,
     "case_number"},
    {"a region that is a folder", 1, SURE, 20241015, 0, "N", "../36", STATUS_OUT_OF_RANGE,
     "region"},
    {"a day of receipt that can't be", 1, SURE, 20240230, 0, "N", "36", STATUS_OUT_OF_RANGE,
     "received"},
    {"a day of the act that can't be", 1, SURE, 20241015, 20240931, "N", "36", STATUS_OUT_OF_RANGE,
     "incident_date"},
};

static void test_check(void **state)
{
    const struct check_case *row = *state;
    struct diag diag = {.text = ""};
    struct decision decision = {
        .revision = row->revision,
        .outcome = row->outcome,
        .disposition = row->disposition,
        .received = row->received,
        .incident_date = row->incident_date,
    };
    (void)snprintf(decision.case_number, sizeof decision.case_number, "%s", row->case_number);
    (void)snprintf(decision.region, sizeof decision.region, "%s", row->region);
    assert_int_equal(decision_check(&decision, &diag), row->want);
    assert_int_equal(strncmp(diag.text, row->want_place, strlen(row->want_place)), 0);
}

static void test_primary__is_a_code_or_none(void **state)
{
    (void)state;
    struct diag diag = {.text = ""};
    struct decision decision = {.revision = 1,
                                .outcome = DECISION_OUTCOME_VIOLATION,
                                .disposition = DECISION_DISPOSITION_AUTO,
                                .received = 20241015,
                                .case_number = "N",
                                .region = "36",
                                .primary = "NON-ASN-KADES"};
    assert_int_equal(decision_check(&decision, &diag), STATUS_OK);
    (void)snprintf(decision.primary, sizeof decision.primary, "kades\nBcc");
    assert_int_equal(decision_check(&decision, &diag), STATUS_OUT_OF_RANGE);
    assert_int_equal(strncmp(diag.text, "verdict.primary", 15), 0);
    assert_true(decision_code_is_valid("DISIPLIN-13C"));
    assert_true(decision_code_is_valid("A23456789012345678901234567890123456789"));
    assert_false(decision_code_is_valid("A234567890123456789012345678901234567890"));
    assert_false(decision_code_is_valid(""));
    assert_false(decision_code_is_valid("NON ASN"));
}

static bool waits(enum decision_outcome outcome, enum decision_disposition disposition)
{
    struct decision decision = {.outcome = outcome, .disposition = disposition};
    return decision_waits_for_review(&decision);
}

static void test_review__is_what_a_person_must_still_look_at(void **state)
{
    (void)state;
    assert_true(waits(DECISION_OUTCOME_UNDECIDED, DECISION_DISPOSITION_AUTO));
    assert_true(waits(DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_REVIEW));
    assert_false(waits(DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_CONFIRMED));
    assert_false(waits(DECISION_OUTCOME_NEEDS_INFORMATION, DECISION_DISPOSITION_OVERRIDDEN));
}

static void test_words__are_those_of_tables(void **state)
{
    (void)state;
    assert_string_equal(decision_outcome_name(DECISION_OUTCOME_NOT_A_VIOLATION), "not_violation");
    assert_string_equal(decision_outcome_name(DECISION_OUTCOME_UNSPECIFIED), "");
    assert_string_equal(decision_disposition_name(DECISION_DISPOSITION_OVERRIDDEN), "overridden");
    assert_string_equal(decision_disposition_name(DECISION_DISPOSITION_COUNT), "");
    assert_string_equal(decision_actor_name(DECISION_ACTOR_PJ_KEPALA_DAERAH), "pj_kepala_daerah");
    assert_string_equal(decision_actor_name(DECISION_ACTOR_COUNT), "");
    assert_string_equal(notice_kind_name(NOTICE_INFORMATION), "information");
    assert_string_equal(notice_kind_name(NOTICE_WITHDRAWN), "withdrawn");
    assert_string_equal(notice_channel_name(NOTICE_CHANNEL_SMTP), "smtp");
}

int main(void)
{
    TEST_TABLE(checks, check_cases, test_check)
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_review__is_what_a_person_must_still_look_at),
        cmocka_unit_test(test_primary__is_a_code_or_none),
        cmocka_unit_test(test_words__are_those_of_tables),
    };

    int failed = cmocka_run_group_tests_name("notification/decision", checks, NULL, NULL);
    return failed + cmocka_run_group_tests_name("notification/words", others, NULL, NULL);
}
