/* Submission ids as text and bytes. */
#include "tests/support/test.h"

#include "services/netra/uuid7.h"

#include <string.h>
#include <strings.h>

struct text_case {
    const char *name;
    const char *text;
    bool want_is_uuid;
};

static struct text_case text_cases[] = {
    {"an id of version 7 is read", "0192f0c4-1234-7abc-8def-0123456789ab", true},
    {"an id of version 4 is read: it may have been drawn elsewhere",
     "f47ac10b-58cc-4372-a567-0e02b2c3d479", true},
    {"upper-case digits are read", "0192F0C4-1234-7ABC-8DEF-0123456789AB", true},
    {"an empty text is refused", "", false},
    {"a text that is one short is refused", "0192f0c4-1234-7abc-8def-0123456789a", false},
    {"a text that is one long is refused", "0192f0c4-1234-7abc-8def-0123456789abc", false},
    {"a dash in another place is refused", "0192f0c41-234-7abc-8def-0123456789ab", false},
    {"a digit where a dash belongs is refused", "0192f0c401234-7abc-8def-0123456789ab", false},
    {"a letter beyond f is refused", "0192f0c4-1234-7abc-8def-0123456789ag", false},
    {"braces are refused", "{192f0c4-1234-7abc-8def-0123456789a}", false},
};

static void test_text(void **state)
{
    const struct text_case *row = *state;
    uint8_t id[UUID_SIZE];
    char text[UUID_TEXT_SIZE];

    assert_int_equal(uuid_from_text(row->text, id), row->want_is_uuid);
    if (!row->want_is_uuid)
        return;
    uuid_to_text(id, text);
    assert_int_equal(strcasecmp(text, row->text), 0);
}

static void test_uuid7__any_random_bits__has_version_7_and_variant_10(void **state)
{
    const uint8_t ones[UUID7_RANDOM_BYTES] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    uint8_t id[UUID_SIZE];
    char text[UUID_TEXT_SIZE];

    (void)state;
    uuid7_make(0x0192f0c41234u, ones, id);
    uuid_to_text(id, text);
    assert_string_equal(text, "0192f0c4-1234-7fff-bfff-ffffffffffff");
}

static void test_uuid7__later_instant__sorts_after(void **state)
{
    const uint8_t ones[UUID7_RANDOM_BYTES] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const uint8_t zeros[UUID7_RANDOM_BYTES] = {0};
    uint8_t earlier[UUID_SIZE];
    uint8_t later[UUID_SIZE];

    (void)state;
    uuid7_make(1700000000000u, ones, earlier);
    uuid7_make(1700000000001u, zeros, later);
    assert_true(memcmp(earlier, later, UUID_SIZE) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uuid7__any_random_bits__has_version_7_and_variant_10),
        cmocka_unit_test(test_uuid7__later_instant__sorts_after),
    };
    TEST_TABLE(table, text_cases, test_text)

    return cmocka_run_group_tests_name("uuid text", table, NULL, NULL) +
           cmocka_run_group_tests_name("uuid7", tests, NULL, NULL);
}
