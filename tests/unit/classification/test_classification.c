/*
 * What a decision is made with.
 */
#include "tests/support/test.h"

#include "ruleset_fixture.h"
#include "services/classification/classification.h"

struct pin_case {
    const char *name;
    unsigned changed_byte; /* of the digest */
    uint8_t change;
    uint32_t engine_change;
    bool want;
};

static struct pin_case pin_cases[] = {
    {.name = "the same ruleset and engine are the same", .want = true},
    {.name = "another engine is another pin", .engine_change = 1},
    {.name = "a digest that differs in its first byte is another", .change = 1},
    {.name = "a digest that differs in its last byte is another",
     .changed_byte = SHA256_SIZE - 1,
     .change = 1},
};

static void test_pin_equals(void **state)
{
    const struct pin_case *row = *state;
    const struct ruleset_pin pin = {.digest = {1, 2, 3}, .engine = CLASSIFICATION_ENGINE};
    struct ruleset_pin other = pin;
    other.engine += row->engine_change;
    other.digest[row->changed_byte] ^= row->change;
    assert_int_equal(ruleset_pin_equals(&pin, &other), row->want);
}

static void test_pin_of_ruleset__a_ruleset__its_digest_and_this_engine(void **state)
{
    (void)state;
    struct ruleset_pin pin = pin_of_ruleset(ruleset_fixture);
    uint8_t digest[SHA256_SIZE];
    sha256_of(ruleset_bytes(ruleset_fixture), digest);
    assert_memory_equal(pin.digest, digest, sizeof(digest));
    assert_int_equal(pin.engine, CLASSIFICATION_ENGINE);
}

int main(void)
{
    TEST_TABLE(pins, pin_cases, test_pin_equals)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_pin_of_ruleset__a_ruleset__its_digest_and_this_engine),
    };
    int failed = cmocka_run_group_tests_name("ruleset_pin", pins, NULL, NULL);
    return failed + cmocka_run_group_tests_name("classification", singles, ruleset_fixture_load,
                                                ruleset_fixture_release);
}
