/* Which bytes count as text. */
#include "common/wire/utf8.h"
#include "tests/support/test.h"

struct utf8_case {
    const char *name;
    const char *text;
    size_t size;
    bool want_valid;
};

#define TEXT(literal) .text = (literal), .size = sizeof(literal) - 1

static struct utf8_case cases[] = {
    {.name = "nothing is text", TEXT(""), .want_valid = true},
    {.name = "ASCII is text", TEXT("netra\n"), .want_valid = true},
    {.name = "NUL at the end is refused", TEXT("netra\0"), .want_valid = false},
    {.name = "NUL within is refused", TEXT("ne\0tra"), .want_valid = false},
    {.name = "NUL in two bytes is refused", TEXT("\xC0\x80"), .want_valid = false},
    {.name = "two bytes, the lowest", TEXT("\xC2\x80"), .want_valid = true},
    {.name = "two bytes, the highest", TEXT("\xDF\xBF"), .want_valid = true},
    {.name = "overlong two bytes are refused", TEXT("\xC1\xBF"), .want_valid = false},
    {.name = "three bytes, the lowest", TEXT("\xE0\xA0\x80"), .want_valid = true},
    {.name = "overlong three bytes are refused", TEXT("\xE0\x9F\xBF"), .want_valid = false},
    {.name = "the last before the surrogates", TEXT("\xED\x9F\xBF"), .want_valid = true},
    {.name = "a high surrogate is refused", TEXT("\xED\xA0\x80"), .want_valid = false},
    {.name = "a low surrogate is refused", TEXT("\xED\xBF\xBF"), .want_valid = false},
    {.name = "the first after the surrogates", TEXT("\xEE\x80\x80"), .want_valid = true},
    {.name = "the highest of three bytes", TEXT("\xEF\xBF\xBF"), .want_valid = true},
    {.name = "four bytes, the lowest", TEXT("\xF0\x90\x80\x80"), .want_valid = true},
    {.name = "overlong four bytes are refused", TEXT("\xF0\x8F\xBF\xBF"), .want_valid = false},
    {.name = "four bytes, the highest", TEXT("\xF4\x8F\xBF\xBF"), .want_valid = true},
    {.name = "above U+10FFFF is refused", TEXT("\xF4\x90\x80\x80"), .want_valid = false},
    {.name = "lead F5 is refused", TEXT("\xF5\x80\x80\x80"), .want_valid = false},
    {.name = "a continuation alone is refused", TEXT("a\x80"), .want_valid = false},
    {.name = "two bytes cut after one", TEXT("a\xC2"), .want_valid = false},
    {.name = "three bytes cut after two", TEXT("\xE2\x80"), .want_valid = false},
    {.name = "four bytes cut after three", TEXT("\xF0\x9F\x98"), .want_valid = false},
    {.name = "the third byte isn't a continuation", TEXT("\xE2\x80z"), .want_valid = false},
    {.name = "the fourth byte isn't a continuation", TEXT("\xF0\x9F\x98z"), .want_valid = false},
};

static void test_utf8(void **state)
{
    const struct utf8_case *row = *state;

    assert_int_equal(utf8_is_valid(view_of(row->text, row->size)), row->want_valid);
}

int main(void)
{
    TEST_TABLE(tests, cases, test_utf8)

    return cmocka_run_group_tests_name("wire/utf8", tests, NULL, NULL);
}
