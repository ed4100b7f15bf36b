/*
 * The fixed rule set, and the check of verdicts that came from elsewhere.
 */
#include "tests/support/test.h"

#include "services/classification/classification.h"

#include <string.h>

static void test_decide__any_facts__needs_information_and_a_reviewer(void **state)
{
    (void)state;
    struct verdict verdict;
    classification_decide(view_of_text("anything"), &verdict);
    assert_int_equal(verdict.outcome, OUTCOME_NEEDS_INFORMATION);
    assert_int_equal(verdict.disposition, DISPOSITION_REVIEW);
    assert_string_equal(verdict.reason, "PERLU-INFO");
}

static void test_decide__same_facts_twice__the_same_bytes(void **state)
{
    (void)state;
    struct verdict first;
    struct verdict second;
    memset(&first, 0x55, sizeof(first));
    memset(&second, 0xaa, sizeof(second));
    classification_decide(view_of_text("anything"), &first);
    classification_decide(view_of_text("anything"), &second);
    assert_memory_equal(&first, &second, sizeof(first));
}

static void test_pin__this_program__engine_1_and_the_digest_of_the_rules(void **state)
{
    (void)state;
    /* SHA-256 of "netra-ruleset/v1\nPERLU-INFO: NEEDS_INFORMATION, REVIEW\n" */
    static const uint8_t want[SHA256_SIZE] = {0x87, 0xee, 0x40, 0x5d, 0x25, 0x3f, 0x58, 0xa2,
                                              0x7a, 0xf6, 0x2f, 0xff, 0x88, 0x80, 0xec, 0x7c,
                                              0x59, 0x8d, 0xb0, 0x94, 0x42, 0x2c, 0x91, 0x10,
                                              0x35, 0xba, 0x4e, 0x58, 0x44, 0xbe, 0xff, 0x87};
    struct ruleset_pin pin;
    classification_pin(&pin);
    assert_int_equal(pin.engine, 1);
    assert_memory_equal(pin.ruleset_digest, want, sizeof(want));
}

static void test_undecided__a_status__goes_to_a_reviewer_with_its_name(void **state)
{
    (void)state;
    struct verdict verdict;
    classification_undecided("DIED_ALONE", &verdict);
    assert_int_equal(verdict.outcome, OUTCOME_UNDECIDED);
    assert_int_equal(verdict.disposition, DISPOSITION_REVIEW);
    assert_string_equal(verdict.reason, "DIED_ALONE");
}

struct pin_case {
    const char *name;
    unsigned changed_byte; /* of the digest */
    uint8_t change;
    uint32_t engine;
    bool want;
};

static struct pin_case pin_cases[] = {
    {.name = "the same ruleset and engine are the same", .engine = 1, .want = true},
    {.name = "another engine is another pin", .engine = 2, .want = false},
    {.name = "a digest that differs in its first byte is another", .change = 1, .engine = 1},
    {.name = "a digest that differs in its last byte is another",
     .changed_byte = SHA256_SIZE - 1,
     .change = 1,
     .engine = 1},
};

static void test_pin_equals(void **state)
{
    const struct pin_case *row = *state;
    struct ruleset_pin pin;
    classification_pin(&pin);
    struct ruleset_pin other = pin;
    other.engine = row->engine;
    other.ruleset_digest[row->changed_byte] ^= row->change;
    assert_int_equal(ruleset_pin_equals(&pin, &other), row->want);
}

#define TEXT_OF_63 "ABCDEFGHIJKLMNOPQRSTUVWXYZ-ABCDEFGHIJKLMNOPQRSTUVWXYZ_012345678"

struct check_case {
    const char *name;
    uint32_t outcome;
    uint32_t disposition;
    const char *reason;
    enum status want;
};

static struct check_case check_cases[] = {
    {"a violation that the machine is sure of passes", 1, 1, "B1-02", STATUS_OK},
    {"an undecided case for a reviewer passes", 4, 2, "DIED_ALONE", STATUS_OK},
    {"a reason of 63 characters passes", 2, 1, TEXT_OF_63, STATUS_OK},
    {"a reason of 64 characters is too long", 2, 1, TEXT_OF_63 "X", STATUS_OUT_OF_RANGE},
    {"an empty reason says nothing", 2, 1, "", STATUS_OUT_OF_RANGE},
    {"a reason in words could carry a name", 2, 1, "Budi", STATUS_OUT_OF_RANGE},
    {"a reason with a space is no code", 2, 1, "PERLU INFO", STATUS_OUT_OF_RANGE},
    {"outcome 0 is unspecified", 0, 1, "X", STATUS_OUT_OF_RANGE},
    {"outcome 5 is unknown", 5, 1, "X", STATUS_OUT_OF_RANGE},
    {"disposition 0 is unspecified", 1, 0, "X", STATUS_OUT_OF_RANGE},
    {"disposition 3 is unknown", 1, 3, "X", STATUS_OUT_OF_RANGE},
};

static void test_verdict_check(void **state)
{
    const struct check_case *row = *state;
    struct verdict verdict;
    struct diag diag = {0};
    assert_int_equal(verdict_check(row->outcome, row->disposition, row->reason, &verdict, &diag),
                     row->want);
    if (row->want != STATUS_OK) {
        assert_string_not_equal(diag.text, "");
        return;
    }
    assert_int_equal(verdict.outcome, row->outcome);
    assert_int_equal(verdict.disposition, row->disposition);
    assert_string_equal(verdict.reason, row->reason);
}

int main(void)
{
    TEST_TABLE(pins, pin_cases, test_pin_equals)
    TEST_TABLE(checks, check_cases, test_verdict_check)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_decide__any_facts__needs_information_and_a_reviewer),
        cmocka_unit_test(test_decide__same_facts_twice__the_same_bytes),
        cmocka_unit_test(test_pin__this_program__engine_1_and_the_digest_of_the_rules),
        cmocka_unit_test(test_undecided__a_status__goes_to_a_reviewer_with_its_name),
    };
    int failed = cmocka_run_group_tests_name("ruleset_pin", pins, NULL, NULL);
    failed += cmocka_run_group_tests_name("verdict_check", checks, NULL, NULL);
    return failed + cmocka_run_group_tests_name("classification", singles, NULL, NULL);
}
