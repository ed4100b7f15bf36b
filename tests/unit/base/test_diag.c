/*
 * A failure's details: written, prefixed, cut.
 */
#include "tests/support/test.h"

#include "common/base/diag.h"

#include <string.h>

#define TEXT_MAX (sizeof((struct diag *)NULL)->text - 1)

static void fill(char *text, size_t size, const char *unit)
{
    size_t used = 0;
    while (used + strlen(unit) < size) {
        memcpy(text + used, unit, strlen(unit));
        used += strlen(unit);
    }
    text[used] = '\0';
}

struct prefix_case {
    const char *name;
    const char *before;
    const char *want;
};

static struct prefix_case prefix_cases[] = {
    {.name = "a prefix stands before the text", .before = "no key", .want = "line 7: no key"},
    {.name = "a prefix of nothing stands alone", .before = "", .want = "line 7"},
    {.name = "control characters are replaced, newlines are not",
     .before = "key \"\x1b[2J\ta\x7f\"\nb",
     .want = "line 7: key \"?[2J?a?\"\nb"},
    {.name = "a letter that the caller cut is replaced",
     .before = "key \"\xC3\xA9\xE2\x80\"",
     .want = "line 7: key \"\xC3\xA9??\""},
    {.name = "percent signs in the text are text", .before = "100%s", .want = "line 7: 100%s"},
};

static void test_prefix(void **state)
{
    const struct prefix_case *row = *state;
    struct diag diag = {.text = ""};
    diag_set(&diag, "%s", row->before);
    diag_prefix(&diag, "line %d", 7);
    assert_string_equal(diag.text, row->want);
}

struct cut_case {
    const char *name;
    const char *lead;
    const char *unit;
    size_t want_length;
};

static struct cut_case cut_cases[] = {
    {.name = "plain text is cut at the limit", .lead = "", .unit = "a", .want_length = 999},
    {.name = "two-byte letters are cut whole", .lead = "", .unit = "é", .want_length = 998},
    {.name = "two-byte letters that fit stay", .lead = "a", .unit = "é", .want_length = 999},
    {.name = "three-byte letters are cut whole", .lead = "a", .unit = "…", .want_length = 997},
    {.name = "four-byte letters are cut whole", .lead = "", .unit = "😀", .want_length = 996},
};

static void test_cut(void **state)
{
    const struct cut_case *row = *state;
    char text[1000];
    fill(text, sizeof text, row->unit);
    struct diag diag = {.text = ""};
    diag_set(&diag, "%s%s", row->lead, text);
    assert_int_equal(strlen(diag.text), row->want_length);
    diag_prefix(&diag, "prefix");
    assert_true(strlen(diag.text) <= TEXT_MAX);
    assert_int_equal(strncmp(diag.text, "prefix: ", 8), 0);
}

static void test_diag__null__nothing_happens(void **state)
{
    (void)state;
    diag_set(NULL, "%d", 1);
    diag_prefix(NULL, "%d", 1);
    diag_clear(NULL);
}

static void test_diag__own_text_as_argument__is_kept(void **state)
{
    (void)state;
    struct diag diag = {.text = ""};
    diag_set(&diag, "first");
    diag_set(&diag, "again %s", diag.text);
    assert_string_equal(diag.text, "again first");
    diag_clear(&diag);
    assert_string_equal(diag.text, "");
}

int main(void)
{
    TEST_TABLE(prefixes, prefix_cases, test_prefix)
    TEST_TABLE(cuts, cut_cases, test_cut)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_diag__null__nothing_happens),
        cmocka_unit_test(test_diag__own_text_as_argument__is_kept),
    };
    int failed = cmocka_run_group_tests_name("diag_prefix", prefixes, NULL, NULL);
    failed += cmocka_run_group_tests_name("diag_set", cuts, NULL, NULL);
    failed += cmocka_run_group_tests_name("diag", single, NULL, NULL);
    return failed;
}
