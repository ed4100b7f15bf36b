/* Rulesets: from bytes, from files, from the tables that are delivered; and what they answer. */
#include "tests/support/test.h"

#include "tests/unit/classification/tables_fixture.h"

#include <string.h>

static void test_bytes__not_joined__malformed(void **state)
{
    struct ruleset *ruleset = NULL;
    static const char cut[] = "netra-ruleset/v2\n\0\0\0\xFFruleset: x";
    (void)state;
    assert_int_equal(tables_load_bytes(view_of_text("ruleset: x"), &ruleset, NULL),
                     STATUS_MALFORMED);
    assert_int_equal(tables_load_bytes(view_of(cut, sizeof cut - 1), &ruleset, NULL),
                     STATUS_MALFORMED);
    assert_null(ruleset);
}

static void test_files__absent__named(void **state)
{
    struct ruleset *ruleset = NULL;
    struct diag diag = {.text = ""};
    (void)state;
    assert_int_equal(tables_load_files("absent.yaml", "absent.yaml", &ruleset, &diag),
                     STATUS_CONFIG_MISSING);
    assert_non_null(strstr(diag.text, "absent.yaml"));
}

static void test_ruleset__asked__answers(void **state)
{
    struct ruleset *ruleset = tables_small();
    struct code_basis rows[BASIS_ROWS_MAX];
    enum outcome outcome = OUTCOME_UNDECIDED;
    enum stage stage = STAGE_NONE;
    (void)state;
    assert_string_equal(ruleset_version(ruleset), "v1");
    assert_string_equal(ruleset_code_at(ruleset, 0), "DISIPLIN-06");
    assert_null(ruleset_code_at(ruleset, 7));
    assert_true(ruleset_outcome(ruleset, "PERLU-INFO", &outcome));
    assert_int_equal(outcome, OUTCOME_NEEDS_INFORMATION);
    assert_false(ruleset_outcome(ruleset, "NO-SUCH", &outcome));
    assert_true(ruleset_stage(ruleset, "DISIPLIN-05", &stage));
    assert_int_equal(stage, STAGE_NONE);
    assert_true(ruleset_stage(ruleset, "ETIK-04", &stage));
    assert_int_equal(stage, STAGE_BAKAL_CALON);
    assert_true(ruleset_stage(ruleset, "DISIPLIN-06", &stage));
    assert_int_equal(stage, STAGE_CALON);
    assert_false(ruleset_stage(ruleset, "NO-SUCH", &stage));
    assert_int_equal(ruleset_basis(ruleset, "NO-SUCH", 20240101, rows), 0);
    assert_int_equal(ruleset_basis(ruleset, "DISIPLIN-05", 20231030, rows), 2);
    assert_string_equal(rows[0].article, "Pasal 87");
    assert_int_equal(ruleset_basis(ruleset, "DISIPLIN-05", 20231031, rows), 2);
    assert_string_equal(rows[0].article, "Pasal 52");
    assert_string_equal(rows[0].sanction, "ptdh");
    assert_int_equal(ruleset_basis(ruleset, "DISIPLIN-05", 0, rows), 2);
    assert_string_equal(rows[0].article, "Pasal 52");
    assert_int_equal(ruleset_basis(ruleset, "ETIK-04", 0, rows), 1);
    assert_string_equal(rows[0].skb, "A4");
    ruleset_free(ruleset);
}

static void test_ruleset__from_its_own_bytes__is_the_same(void **state)
{
    struct ruleset *ruleset = tables_small();
    struct ruleset *again = NULL;
    (void)state;
    assert_int_equal(tables_load_bytes(ruleset_bytes(ruleset), &again, NULL), STATUS_OK);
    assert_memory_equal(ruleset_digest(ruleset), ruleset_digest(again), SHA256_SIZE);
    ruleset_free(ruleset);
    ruleset_free(again);
    ruleset_free(NULL);
}

static void test_delivered_tables__authority__changes_on_the_day(void **state)
{
    (void)state;
    struct ruleset *ruleset = NULL;
    struct diag diag = {0};
    assert_int_equal(tables_load_files(DELIVERED_RULES "/ruleset.yaml",
                                       DELIVERED_RULES "/calendar.yaml", &ruleset, &diag),
                     STATUS_OK);
    assert_string_equal(ruleset_authority(ruleset, 20000101), "KASN");
    assert_string_equal(ruleset_authority(ruleset, 20240823), "KASN");
    assert_string_equal(ruleset_authority(ruleset, 20240824), "TRANSITION");
    assert_string_equal(ruleset_authority(ruleset, 20240904), "BKN");
    ruleset_free(ruleset);
}

static void test_delivered_tables__load(void **state)
{
    struct ruleset *ruleset = NULL;
    struct diag diag = {.text = ""};
    (void)state;
    if (tables_load_files(DELIVERED_RULES "/ruleset.yaml", DELIVERED_RULES "/calendar.yaml",
                          &ruleset, &diag) != STATUS_OK)
        fail_msg("%s", diag.text);
    ruleset_free(ruleset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes__not_joined__malformed),
        cmocka_unit_test(test_files__absent__named),
        cmocka_unit_test(test_ruleset__asked__answers),
        cmocka_unit_test(test_ruleset__from_its_own_bytes__is_the_same),
        cmocka_unit_test(test_delivered_tables__authority__changes_on_the_day),
        cmocka_unit_test(test_delivered_tables__load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
