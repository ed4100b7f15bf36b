/* What a decision tells beside codes: reasons with their words, how sure, who must look. */
#include "tests/support/test.h"

#include "tests/unit/classification/tables_fixture.h"

#include <string.h>

#define LIKES "Ia menyukai unggahan calon"

static struct ruleset *ruleset;
static struct arena arena;

/* A teacher, PNS, on the day of determination. */
static void facts_of(const char *description, struct facts *facts)
{
    facts_clear(facts);
    facts->region = "36.02";
    facts->received = 20241001;
    facts->incident.date = 20240922;
    facts->incident.description = description;
    facts->subject.unit = "Dinas";
    facts->subject.position = "Guru";
    facts->subject.employment = EMPLOYMENT_PNS;
}

static void decide(const struct facts *facts, struct verdict *verdict)
{
    struct diag diag = {.text = ""};
    arena_reset(&arena);
    assert_int_equal(ruleset_decide(ruleset, facts, &arena, verdict), STATUS_OK);
    if (verdict_check(verdict, &diag) != STATUS_OK)
        fail_msg("%s", diag.text);
}

static const struct reason *reason_of(const struct verdict *verdict, const char *rule)
{
    static const struct reason none;
    for (uint32_t i = 0; i < verdict->reason_count; i++) {
        if (code_is(&verdict->reasons[i].rule, rule))
            return &verdict->reasons[i];
    }
    fail_msg("no reason %s", rule);
    return &none;
}

static void test_reasons__name_rule_day_and_words(void **state)
{
    struct facts facts;
    struct verdict verdict;
    (void)state;
    facts_of(LIKES, &facts);
    decide(&facts, &verdict);
    assert_true(code_is(&verdict.reasons[0].rule, "LIKE"));
    assert_true(code_is(&verdict.reasons[0].code, "DISIPLIN-06"));
    assert_int_equal(verdict.reasons[0].date, 20240922);
    assert_int_equal(verdict.reasons[0].span_count, 2);
    assert_int_equal(verdict.reasons[0].spans[0].field, TEXT_FIELD_DESCRIPTION);
    assert_int_equal(verdict.reasons[0].spans[0].begin, 3);
    assert_int_equal(verdict.reasons[0].spans[0].end, 11);
    assert_int_equal(reason_of(&verdict, "STAGE-PILKADA_2024")->date, 20240922);
    assert_true(code_is(&reason_of(&verdict, "STAGE-PILKADA_2024")->code, "CALON"));
    assert_int_equal(reason_of(&verdict, "AUTHORITY")->date, 20241001);
    assert_true(code_is(&reason_of(&verdict, "ELECTION-WINDOW")->code, "PILKADA_2024"));
    assert_true(code_is(&reason_of(&verdict, "ACTOR-ASN")->code, "ASN"));
    assert_int_equal(reason_of(&verdict, "ROW-OF-LIKE")->date, 0);
}

static void test_reasons__within__the_words_of_the_window(void **state)
{
    struct facts facts;
    struct verdict verdict;
    (void)state;
    facts_of("menyukai a b c d e f g h i calon dan menyukai calon", &facts);
    decide(&facts, &verdict);
    assert_true(code_is(&verdict.reasons[0].rule, "LIKE"));
    assert_int_equal(verdict.reasons[0].spans[0].begin, 37);
    assert_int_equal(verdict.reasons[0].spans[1].begin, 27);
}

static void test_disposition__sure__needs_nobody(void **state)
{
    struct facts facts;
    struct verdict verdict;
    (void)state;
    facts_of(LIKES, &facts);
    decide(&facts, &verdict);
    /* 100 of 150 points weigh 266, a full lead 600. */
    assert_int_equal(verdict.confidence_permille, 866);
    assert_int_equal(verdict.disposition, DISPOSITION_AUTO);
    assert_string_equal(verdict.review_reason.text, "");
}

static void test_disposition__missing__review(void **state)
{
    struct facts facts;
    struct verdict verdict;
    (void)state;
    facts_of(LIKES, &facts);
    facts.subject.unit = "";
    decide(&facts, &verdict);
    assert_int_equal(verdict.confidence_permille, 716);
    assert_int_equal(verdict.disposition, DISPOSITION_REVIEW);
    assert_string_equal(verdict.review_reason.text, "MISSING");
    assert_string_equal(verdict.missing[0].text, "UNIT");
}

static void test_disposition__another_outcome_is_near__close_call(void **state)
{
    struct facts facts;
    struct verdict verdict;
    struct diag diag = {.text = ""};
    struct ruleset *kept = ruleset;
    const char *rules = text_with(0, small_rules, "points: 300", "points: 99");
    (void)state;
    assert_int_equal(tables_make(rules, small_calendar, &ruleset, &diag), STATUS_OK);
    facts_of(LIKES, &facts);
    facts.subject.is_spouse_of_candidate = ANSWER_YES;
    facts.subject.cltn.status = ANSWER_YES;
    decide(&facts, &verdict);
    assert_string_equal(verdict.primary.text, "DISIPLIN-06");
    assert_string_equal(verdict.review_reason.text, "CLOSE_CALL");
    ruleset_free(ruleset);
    ruleset = kept;
}

static void test_conflicts__of_the_unit__told(void **state)
{
    struct facts facts;
    struct verdict verdict;
    (void)state;
    facts_of(LIKES, &facts);
    facts.subject.unit = "Kantor Desa";
    decide(&facts, &verdict);
    assert_int_equal(verdict.conflict_count, 1);
    assert_string_equal(verdict.conflicts[0].text, "SATPOL");
    assert_int_equal(reason_of(&verdict, "OWN-OFFICE")->spans[0].field, TEXT_FIELD_UNIT);
}

static void test_decide__arena_too_small__no_memory(void **state)
{
    struct arena small = {.base = NULL};
    struct facts facts;
    struct verdict verdict;
    (void)state;
    facts_of(LIKES, &facts);
    assert_int_equal(arena_open(&small, 1024), STATUS_OK);
    assert_int_equal(ruleset_decide(ruleset, &facts, &small, &verdict), STATUS_NO_MEMORY);
    arena_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons__name_rule_day_and_words),
        cmocka_unit_test(test_reasons__within__the_words_of_the_window),
        cmocka_unit_test(test_disposition__sure__needs_nobody),
        cmocka_unit_test(test_disposition__missing__review),
        cmocka_unit_test(test_disposition__another_outcome_is_near__close_call),
        cmocka_unit_test(test_conflicts__of_the_unit__told),
        cmocka_unit_test(test_decide__arena_too_small__no_memory),
    };
    if (arena_open(&arena, RULESET_SCRATCH_BYTES) != STATUS_OK)
        return 1;
    ruleset = tables_small();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ruleset_free(ruleset);
    arena_close(&arena);
    return failed;
}
