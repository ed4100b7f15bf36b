/* Does a case number survive being read over the telephone, and notice when it didn't? */
#include "tests/support/test.h"

#include "common/base/random.h"
#include "services/intake/case_number.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define NUMBERS 500

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* The ten symbols without dashes. */
static void draw_symbols(char symbols[CASE_NUMBER_SYMBOLS + 1])
{
    struct random_source random = random_of_system();
    uint8_t shared[CASE_NUMBER_SHARED_BYTES];
    uint8_t bytes[CASE_NUMBER_RANDOM_BYTES];
    random_fill(&random, shared, sizeof(shared));
    random_fill(&random, bytes, sizeof(bytes));
    char number[CASE_NUMBER_TEXT_SIZE];
    case_number_of_random(shared, bytes, number);
    size_t count = 0;
    for (const char *symbol = number; *symbol != '\0'; symbol++) {
        if (*symbol != '-')
            symbols[count++] = *symbol;
    }
    assert_int_equal(count, CASE_NUMBER_SYMBOLS);
    symbols[count] = '\0';
}

static void test_case_number__drawn__is_read_back(void **state)
{
    (void)state;
    for (int draw = 0; draw < NUMBERS; draw++) {
        char symbols[CASE_NUMBER_SYMBOLS + 1] = "";
        draw_symbols(symbols);
        char shown[CASE_NUMBER_TEXT_SIZE];
        assert_int_equal(case_number_parse(symbols, shown), STATUS_OK);
        char number[CASE_NUMBER_TEXT_SIZE];
        assert_int_equal(case_number_parse(shown, number), STATUS_OK);
        assert_string_equal(number, shown);
    }
}

/* Every other symbol at this place must be noticed. */
static void expect_substitutions_noticed(char symbols[CASE_NUMBER_SYMBOLS + 1], size_t place)
{
    char right = symbols[place];
    for (const char *wrong = alphabet; *wrong != '\0'; wrong++) {
        char number[CASE_NUMBER_TEXT_SIZE];
        symbols[place] = *wrong;
        assert_int_equal(case_number_parse(symbols, number),
                         *wrong == right ? STATUS_OK : STATUS_OUT_OF_RANGE);
    }
    symbols[place] = right;
}

static void test_case_number__one_symbol_wrong__is_always_noticed(void **state)
{
    (void)state;
    for (int draw = 0; draw < NUMBERS; draw++) {
        char symbols[CASE_NUMBER_SYMBOLS + 1] = "";
        draw_symbols(symbols);
        for (size_t place = 0; place < CASE_NUMBER_SYMBOLS; place++)
            expect_substitutions_noticed(symbols, place);
    }
}

static void expect_exchange_noticed(const char symbols[CASE_NUMBER_SYMBOLS + 1], size_t left,
                                    size_t right)
{
    char exchanged[CASE_NUMBER_SYMBOLS + 1];
    memcpy(exchanged, symbols, sizeof(exchanged));
    exchanged[left] = symbols[right];
    exchanged[right] = symbols[left];
    char number[CASE_NUMBER_TEXT_SIZE];
    assert_int_equal(case_number_parse(exchanged, number),
                     symbols[left] == symbols[right] ? STATUS_OK : STATUS_OUT_OF_RANGE);
}

static void test_case_number__two_symbols_exchanged__is_always_noticed(void **state)
{
    (void)state;
    for (int draw = 0; draw < NUMBERS; draw++) {
        char symbols[CASE_NUMBER_SYMBOLS + 1] = "";
        draw_symbols(symbols);
        for (size_t left = 0; left + 1 < CASE_NUMBER_SYMBOLS; left++) {
            for (size_t right = left + 1; right < CASE_NUMBER_SYMBOLS; right++)
                expect_exchange_noticed(symbols, left, right);
        }
    }
}

static void test_case_number__fixed_random_bytes__never_changes_its_form(void **state)
{
    (void)state;
    const uint8_t shared[CASE_NUMBER_SHARED_BYTES] = {0x00, 0x01};
    const uint8_t bytes[CASE_NUMBER_RANDOM_BYTES] = {0x00, 0x01, 0x02, 0x08, 0x40};
    char number[CASE_NUMBER_TEXT_SIZE];
    case_number_of_random(shared, bytes, number);
    assert_string_equal(number, "1002-24G0-0T");
}

static void test_case_number__of_a_stretch__begins_alike_and_goes_on_otherwise(void **state)
{
    (void)state;
    struct random_source random = random_of_system();
    uint8_t shared[CASE_NUMBER_SHARED_BYTES];
    uint8_t bytes[CASE_NUMBER_RANDOM_BYTES];
    char first[CASE_NUMBER_TEXT_SIZE];
    char other[CASE_NUMBER_TEXT_SIZE];
    random_fill(&random, shared, sizeof(shared));
    random_fill(&random, bytes, sizeof(bytes));
    case_number_of_random(shared, bytes, first);
    bytes[0] ^= 0x04; /* the highest bit in use */
    case_number_of_random(shared, bytes, other);
    assert_memory_equal(first, other, 2);
    assert_string_not_equal(first, other);
    shared[0] ^= 0x02;
    case_number_of_random(shared, bytes, first);
    assert_memory_not_equal(first, other, 2);
}

static void test_case_numbers__drawn_one_after_another__begin_alike_for_a_stretch(void **state)
{
    (void)state;
    const struct random_source random = random_of_system();
    struct case_number_stretch stretch = {.left = 0};
    char first[CASE_NUMBER_TEXT_SIZE] = "";
    unsigned others = 0;
    for (unsigned draw = 0; draw < 8 * CASE_NUMBER_STRETCH; draw++) {
        char number[CASE_NUMBER_TEXT_SIZE];
        case_number_draw(&stretch, &random, number);
        bool is_first = draw % CASE_NUMBER_STRETCH == 0;
        if (!is_first) {
            assert_memory_equal(number, first, 2);
            assert_string_not_equal(number, first);
            continue;
        }
        others += memcmp(number, first, 2) != 0 ? 1 : 0;
        memcpy(first, number, sizeof(first));
    }
    assert_true(others > 4); /* two of 1,024 beginnings may be the same */
}

struct parse_case {
    const char *name;
    const char *text;
    enum status want;
};

static struct parse_case parse_cases[] = {
    {"the shown form is read", "1002-24G0-0T", STATUS_OK},
    {"lower case is forgiven", "1002-24g0-0t", STATUS_OK},
    {"missing dashes are forgiven", "100224G00T", STATUS_OK},
    {"misplaced dashes are forgiven", "10-0224-G00T-", STATUS_OK},
    {"spaces are forgiven", " 1002 24G0 0T ", STATUS_OK},
    {"O stands for 0", "1OO2-24GO-OT", STATUS_OK},
    {"o stands for 0", "1oo2-24go-ot", STATUS_OK},
    {"I stands for 1", "I002-24G0-0T", STATUS_OK},
    {"i stands for 1", "i002-24G0-0T", STATUS_OK},
    {"L stands for 1", "L002-24G0-0T", STATUS_OK},
    {"l stands for 1", "l002-24G0-0T", STATUS_OK},
    {"a wrong symbol is noticed", "1003-24G0-0T", STATUS_OUT_OF_RANGE},
    {"a wrong check symbol is noticed", "1002-24G0-0V", STATUS_OUT_OF_RANGE},
    {"neighbours exchanged are noticed", "1020-24G0-0T", STATUS_OUT_OF_RANGE},
    {"nine symbols are too few", "1002-24G0-0", STATUS_MALFORMED},
    {"eleven symbols are too many", "1002-24G0-0TT", STATUS_MALFORMED},
    {"U is no symbol", "1002-24G0-0U", STATUS_MALFORMED},
    {"punctuation is no symbol", "1002-24G0-0.", STATUS_MALFORMED},
    {"a byte beyond ASCII is no symbol", "1002-24G0-0\xC3", STATUS_MALFORMED},
    {"dashes alone are no number", "---", STATUS_MALFORMED},
    {"nothing is no number", "", STATUS_MALFORMED},
};

static void test_parse(void **state)
{
    const struct parse_case *row = *state;
    char number[CASE_NUMBER_TEXT_SIZE] = "";
    assert_int_equal(case_number_parse(row->text, number), row->want);
    if (row->want == STATUS_OK)
        assert_string_equal(number, "1002-24G0-0T");
}

int main(void)
{
    const struct CMUnitTest properties[] = {
        cmocka_unit_test(test_case_number__drawn__is_read_back),
        cmocka_unit_test(test_case_number__one_symbol_wrong__is_always_noticed),
        cmocka_unit_test(test_case_number__two_symbols_exchanged__is_always_noticed),
        cmocka_unit_test(test_case_number__fixed_random_bytes__never_changes_its_form),
        cmocka_unit_test(test_case_number__of_a_stretch__begins_alike_and_goes_on_otherwise),
        cmocka_unit_test(test_case_numbers__drawn_one_after_another__begin_alike_for_a_stretch),
    };
    TEST_TABLE(rows, parse_cases, test_parse)

    if (sodium_init() < 0)
        return 1;
    int failed = cmocka_run_group_tests_name("intake/case_number", properties, NULL, NULL);
    return failed + cmocka_run_group_tests_name("intake/case_number_parse", rows, NULL, NULL);
}
