/*
 * Order among a case's decisions, and what a reviewer makes of one.
 */
#include "tests/support/test.h"

#include "ruleset_fixture.h"
#include "services/classification/decision.h"

#include <string.h>

/* ---- order ---- */

struct overtaken_case {
    const char *name;
    uint32_t decided;
    uint32_t facts_revision;
    bool want;
};

static struct overtaken_case overtaken_cases[] = {
    {"the first facts are not overtaken", 0, 1, false},
    {"the next facts are not overtaken", 1, 2, false},
    {"the same facts again are decided again", 2, 2, false},
    {"facts before those that were decided are overtaken", 3, 2, true},
    {"facts of an unknown revision are not", 3, 0, false},
};

static void test_overtaken(void **state)
{
    const struct overtaken_case *row = *state;
    const struct decision_history history = {.revision = 5, .facts_revision = row->decided};
    assert_int_equal(decision_is_overtaken(&history, row->facts_revision), row->want);
}

struct rank_case {
    const char *name;
    bool has_person;
    enum outcome outcome;
    enum disposition disposition;
    enum disposition want;
    const char *want_reason;
};

static struct rank_case rank_cases[] = {
    {"a sure decision on a case of machines stays so", false, OUTCOME_VIOLATION, DISPOSITION_AUTO,
     DISPOSITION_AUTO, ""},
    {"a sure decision above a person's goes to review", true, OUTCOME_VIOLATION, DISPOSITION_AUTO,
     DISPOSITION_REVIEW, "STANDS_ABOVE_PERSON"},
    {"an unsure one above a person's says that it is above", true, OUTCOME_NOT_A_VIOLATION,
     DISPOSITION_REVIEW, DISPOSITION_REVIEW, "STANDS_ABOVE_PERSON"},
    {"an undecided case keeps its own reason", true, OUTCOME_UNDECIDED, DISPOSITION_REVIEW,
     DISPOSITION_REVIEW, ""},
};

static void test_rank(void **state)
{
    const struct rank_case *row = *state;
    const struct decision_history history = {.revision = 2, .has_person = row->has_person};
    struct verdict verdict = {.outcome = row->outcome, .disposition = row->disposition};
    decision_rank(&history, &verdict);
    assert_int_equal(verdict.disposition, row->want);
    assert_string_equal(verdict.review_reason.text, row->want_reason);
}

/* ---- a reviewer ---- */

static struct decision_made made_of(enum outcome outcome, enum disposition disposition)
{
    struct decision_made made = {
        .revision = 3,
        .verdict =
            {
                .outcome = outcome,
                .disposition = disposition,
                .stage = STAGE_CALON,
                .actor = ACTOR_ASN,
                .code_count = 2,
                .flag_count = 1,
                .missing_count = 1,
                .confidence_permille = 400,
            },
        .incident_date = 20241012,
        .received = 20241015,
        .pin = {.digest = {9}, .engine = 1},
    };
    struct verdict *verdict = &made.verdict;
    assert_true(code_set(&verdict->primary, "DISIPLIN-05"));
    assert_true(code_set(&verdict->codes[0], "DISIPLIN-05"));
    assert_true(code_set(&verdict->codes[1], "DISIPLIN-04"));
    assert_true(code_set(&verdict->flags[0], "FLAG"));
    assert_true(code_set(&verdict->missing[0], "DATE"));
    assert_true(code_set(&verdict->review_reason, "LOW_CONFIDENCE"));
    return made;
}

struct confirm_case {
    const char *name;
    enum outcome outcome;
    enum disposition disposition;
    uint32_t revision;
    enum status want;
};

static struct confirm_case confirm_cases[] = {
    {"a decision in review is confirmed", OUTCOME_VIOLATION, DISPOSITION_REVIEW, 3, STATUS_OK},
    {"that a report is incomplete can be confirmed", OUTCOME_NEEDS_INFORMATION, DISPOSITION_REVIEW,
     3, STATUS_OK},
    {"an older revision has moved on", OUTCOME_VIOLATION, DISPOSITION_REVIEW, 2,
     STATUS_REVISION_MOVED},
    {"a revision that isn't there yet is not the newest", OUTCOME_VIOLATION, DISPOSITION_REVIEW, 4,
     STATUS_REVISION_MOVED},
    {"what the machine is sure of waits for nobody", OUTCOME_VIOLATION, DISPOSITION_AUTO, 3,
     STATUS_OUT_OF_RANGE},
    {"what was confirmed is not confirmed again", OUTCOME_VIOLATION, DISPOSITION_CONFIRMED, 3,
     STATUS_OUT_OF_RANGE},
    {"an undecided case has nothing to confirm", OUTCOME_UNDECIDED, DISPOSITION_REVIEW, 3,
     STATUS_OUT_OF_RANGE},
};

static void test_confirm(void **state)
{
    const struct confirm_case *row = *state;
    struct decision_made made = made_of(row->outcome, row->disposition);
    struct diag diag = {0};
    assert_int_equal(decision_confirm(&made, row->revision, &diag), row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
    if (row->want != STATUS_OK)
        return;
    struct decision_made want = made_of(row->outcome, DISPOSITION_CONFIRMED);
    want.revision = 4;
    want.verdict.review_reason = (struct code){.text = ""};
    assert_memory_equal(&made.verdict, &want.verdict, sizeof(want.verdict));
    assert_int_equal(made.revision, 4);
    assert_true(ruleset_pin_equals(&made.pin, &want.pin));
}

struct override_case {
    const char *name;
    const char *code;
    uint32_t revision;
    enum disposition before;
    enum status want;
    enum outcome want_outcome;
    uint32_t want_codes;
};

static struct override_case override_cases[] = {
    {"a code of a violation makes it one", "ETIK-02", 3, DISPOSITION_REVIEW, STATUS_OK,
     OUTCOME_VIOLATION, 1},
    {"a code of no violation clears the codes", "NON-ASN-KADES", 3, DISPOSITION_REVIEW, STATUS_OK,
     OUTCOME_NOT_A_VIOLATION, 0},
    {"what the machine was sure of can be overridden", "ETIK-02", 3, DISPOSITION_AUTO, STATUS_OK,
     OUTCOME_VIOLATION, 1},
    {"what another reviewer decided can be overridden", "ETIK-02", 3, DISPOSITION_OVERRIDDEN,
     STATUS_OK, OUTCOME_VIOLATION, 1},
    {"an older revision has moved on", "ETIK-02", 2, DISPOSITION_REVIEW, STATUS_REVISION_MOVED,
     OUTCOME_VIOLATION, 0},
    {"a code that decides nothing is refused", "PERLU-INFO", 3, DISPOSITION_REVIEW,
     STATUS_OUT_OF_RANGE, OUTCOME_VIOLATION, 0},
    {"a code the ruleset has not is refused", "ETIK-99", 3, DISPOSITION_REVIEW,
     STATUS_OUT_OF_RANGE, OUTCOME_VIOLATION, 0},
    {"a name is no code", "Budi Santoso", 3, DISPOSITION_REVIEW, STATUS_OUT_OF_RANGE,
     OUTCOME_VIOLATION, 0},
    {"no code is refused", "", 3, DISPOSITION_REVIEW, STATUS_OUT_OF_RANGE, OUTCOME_VIOLATION, 0},
};

static void test_override(void **state)
{
    const struct override_case *row = *state;
    struct decision_made made = made_of(OUTCOME_VIOLATION, row->before);
    struct diag diag = {0};
    assert_int_equal(decision_override(&made, row->revision, ruleset_fixture, row->code, &diag),
                     row->want);
    assert_int_equal(diag.text[0] != '\0', row->want != STATUS_OK);
    assert_null(strstr(diag.text, "Budi"));
    if (row->want != STATUS_OK)
        return;
    const struct verdict *verdict = &made.verdict;
    assert_int_equal(made.revision, 4);
    assert_int_equal(verdict->disposition, DISPOSITION_OVERRIDDEN);
    assert_int_equal(verdict->outcome, row->want_outcome);
    assert_string_equal(verdict->primary.text, row->code);
    assert_int_equal(verdict->code_count, row->want_codes);
    assert_string_equal(verdict->codes[0].text, row->want_codes > 0 ? row->code : "");
    assert_string_equal(verdict->codes[1].text, "");
    assert_string_equal(verdict->review_reason.text, "");
    assert_int_equal(verdict->missing_count, 0);
    assert_int_equal(verdict->flag_count, 1);
    assert_int_equal(verdict_check(verdict, &diag), STATUS_OK);
    assert_memory_equal(made.pin.digest, ruleset_digest(ruleset_fixture), SHA256_SIZE);
}

/* What followed from the old outcome doesn't stay beside the new one. */
struct follows_case {
    const char *name;
    const char *code;
    const char *authority;
    enum stage stage;
    uint32_t received;
    const char *want_authority;
    enum stage want_stage;
};

static struct follows_case follows_cases[] = {
    {"a report that lacked something gets the supervisor of its day", "DISIPLIN-05", "NONE",
     STAGE_CALON, 20240801, "KASN", STAGE_CALON},
    {"another day has another supervisor", "DISIPLIN-05", "NONE", STAGE_CALON, 20241015, "BKN",
     STAGE_CALON},
    {"a code says its stage", "ETIK-02", "BKN", STAGE_NONE, 20241015, "BKN", STAGE_BAKAL_CALON},
    {"no violation has no supervisor and no stage", "NON-ASN-KADES", "BKN", STAGE_CALON, 20241015,
     "NONE", STAGE_NONE},
    {"facts that can't be read have no day to ask for", "DISIPLIN-05", "NONE", STAGE_CALON, 0,
     "NONE", STAGE_CALON},
};

static void test_override_follows(void **state)
{
    const struct follows_case *row = *state;
    struct decision_made made = made_of(OUTCOME_NEEDS_INFORMATION, DISPOSITION_REVIEW);
    struct diag diag = {0};
    made.verdict.stage = row->stage;
    made.received = row->received;
    assert_true(code_set(&made.verdict.authority, row->authority));
    assert_int_equal(decision_override(&made, 3, ruleset_fixture, row->code, &diag), STATUS_OK);
    assert_string_equal(made.verdict.authority.text, row->want_authority);
    assert_int_equal(made.verdict.stage, row->want_stage);
}

/* ---- basis ---- */

static void test_basis__two_codes__rows_of_both_in_order(void **state)
{
    (void)state;
    struct decision_made made = made_of(OUTCOME_VIOLATION, DISPOSITION_AUTO);
    struct code_basis rows[DECISION_BASIS_MAX];
    unsigned count = decision_basis(ruleset_fixture, &made, rows);
    assert_in_range(count, 2, DECISION_BASIS_MAX);
    assert_string_equal(rows[0].code, "DISIPLIN-05");
    assert_string_equal(rows[count - 1].code, "DISIPLIN-04");
}

static void test_basis__primary_outside_the_codes__has_rows_too(void **state)
{
    (void)state;
    struct decision_made made = made_of(OUTCOME_NOT_A_VIOLATION, DISPOSITION_AUTO);
    struct code_basis rows[DECISION_BASIS_MAX];
    made.verdict.code_count = 0;
    unsigned count = decision_basis(ruleset_fixture, &made, rows);
    assert_in_range(count, 1, BASIS_ROWS_MAX);
    assert_string_equal(rows[0].code, "DISIPLIN-05");
}

static void test_basis__undecided__none(void **state)
{
    (void)state;
    struct decision_made made = {.revision = 1};
    struct code_basis rows[DECISION_BASIS_MAX];
    verdict_undecided("DIED_ALONE", &made.verdict);
    assert_int_equal(decision_basis(ruleset_fixture, &made, rows), 0);
}

static void test_basis__no_incident_date__the_law_on_the_day_of_receipt(void **state)
{
    (void)state;
    struct decision_made made = made_of(OUTCOME_VIOLATION, DISPOSITION_AUTO);
    struct code_basis by_date[DECISION_BASIS_MAX];
    struct code_basis by_receipt[DECISION_BASIS_MAX];
    made.incident_date = 20230101;
    unsigned count = decision_basis(ruleset_fixture, &made, by_date);
    made.received = 20230101;
    made.incident_date = 0;
    assert_int_equal(decision_basis(ruleset_fixture, &made, by_receipt), count);
    for (unsigned i = 0; i < count; i++)
        assert_string_equal(by_date[i].article, by_receipt[i].article);
}

int main(void)
{
    TEST_TABLE(overtakens, overtaken_cases, test_overtaken)
    TEST_TABLE(ranks, rank_cases, test_rank)
    TEST_TABLE(confirms, confirm_cases, test_confirm)
    TEST_TABLE(overrides, override_cases, test_override)
    TEST_TABLE(follows, follows_cases, test_override_follows)
    const struct CMUnitTest bases[] = {
        cmocka_unit_test(test_basis__two_codes__rows_of_both_in_order),
        cmocka_unit_test(test_basis__primary_outside_the_codes__has_rows_too),
        cmocka_unit_test(test_basis__undecided__none),
        cmocka_unit_test(test_basis__no_incident_date__the_law_on_the_day_of_receipt),
    };
    int failed = cmocka_run_group_tests_name("overtaken", overtakens, NULL, NULL);
    failed += cmocka_run_group_tests_name("rank", ranks, NULL, NULL);
    failed += cmocka_run_group_tests_name("confirm", confirms, NULL, NULL);
    failed += cmocka_run_group_tests_name("override", overrides, ruleset_fixture_load,
                                          ruleset_fixture_release);
    failed += cmocka_run_group_tests_name("override_follows", follows, ruleset_fixture_load,
                                          ruleset_fixture_release);
    return failed + cmocka_run_group_tests_name("basis", bases, ruleset_fixture_load,
                                                ruleset_fixture_release);
}
