/*
 * The names of refusals: operators grep for them, so each is fixed here.
 */
#include "tests/support/test.h"

#include "common/transport/transport.h"

struct name_case {
    const char *name;
    enum refusal refusal;
    const char *want;
};

static const struct name_case name_cases[] = {
    {"no refusal has a name too", REFUSAL_NONE, "none"},
    {"an unknown key", REFUSAL_UNKNOWN_KEY, "unknown_key"},
    {"many parts", REFUSAL_MULTIPART, "multipart"},
    {"too large", REFUSAL_OVERSIZE, "oversize"},
    {"a failed handshake", REFUSAL_HANDSHAKE, "handshake"},
    {"what is no refusal is unnamed, never NULL", REFUSAL_COUNT, "unnamed"},
};

static void test_refusal_name(void **state)
{
    const struct name_case *row = *state;

    assert_string_equal(refusal_name(row->refusal), row->want);
}

int main(void)
{
    struct CMUnitTest tests[sizeof name_cases / sizeof name_cases[0]];

    for (size_t i = 0; i < sizeof name_cases / sizeof name_cases[0]; i++)
        tests[i] = (struct CMUnitTest){.name = name_cases[i].name,
                                       .test_func = test_refusal_name,
                                       .initial_state = (void *)(uintptr_t)&name_cases[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
