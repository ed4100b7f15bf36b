/* Are the words of a decision marked where they stand, whatever the offsets say? */
#include "tests/support/test.h"

#include "services/netra/review_text.h"

#include <string.h>

#define TEXT "Lurah ikut kampanye di balai désa"

struct mark_case {
    const char *name;
    const char *text;
    size_t count;
    struct review_span spans[4];
    const char *want;
};

static struct mark_case mark_cases[] = {
    {"without spans a text stays as it is", TEXT, 0, {{0, 0}}, TEXT},
    {"an empty text has no words", "", 1, {{0, 1}}, ""},
    {"one span is marked", TEXT, 1, {{6, 19}}, "Lurah [ikut kampanye] di balai désa"},
    {"spans come in any order",
     TEXT,
     2,
     {{23, 28}, {0, 5}},
     "[Lurah] ikut kampanye di [balai] désa"},
    {"overlapping spans are marked once",
     TEXT,
     3,
     {{11, 19}, {6, 15}, {6, 10}},
     "Lurah [ikut kampanye] di balai désa"},
    {"touching spans are marked once",
     TEXT,
     2,
     {{0, 5}, {5, 10}},
     "[Lurah ikut] kampanye di balai désa"},
    {"a span within another is nothing more",
     TEXT,
     2,
     {{0, 10}, {2, 4}},
     "[Lurah ikut] kampanye di balai désa"},
    {"a span up to the text's end", TEXT, 1, {{29, 34}}, "Lurah ikut kampanye di balai [désa]"},
    {"a span behind the text's end is left out", TEXT, 1, {{29, 35}}, TEXT},
    {"a span that begins behind the end is left out", TEXT, 1, {{90, 95}}, TEXT},
    {"an empty span is left out", TEXT, 1, {{6, 6}}, TEXT},
    {"a span that ends before it begins is left out", TEXT, 1, {{10, 6}}, TEXT},
    {"a span that ends within a character is left out", TEXT, 1, {{29, 31}}, TEXT},
    {"a span that begins within a character is left out", TEXT, 1, {{31, 34}}, TEXT},
    {"the same span twice is marked once",
     TEXT,
     2,
     {{0, 5}, {0, 5}},
     "[Lurah] ikut kampanye di balai désa"},
};

static void test_mark(void **state)
{
    const struct mark_case *row = *state;
    struct review_span spans[4];
    struct arena arena;
    memcpy(spans, row->spans, sizeof(spans));
    assert_int_equal(arena_open(&arena, 65536), STATUS_OK);
    const char *marked = review_mark(&arena, view_of_text(row->text), spans, row->count, "[", "]");
    assert_non_null(marked);
    assert_string_equal(marked, row->want);
    arena_close(&arena);
}

struct words_case {
    const char *name;
    struct review_span span;
    const char *want;
};

static struct words_case words_cases[] = {
    {"the words of a span", {6, 19}, "ikut kampanye"},
    {"the whole text", {0, 34}, TEXT},
    {"an empty span has none", {6, 6}, ""},
    {"a span behind the end has none", {30, 40}, ""},
    {"a span that cuts a character has none", {29, 31}, ""},
};

static void test_words(void **state)
{
    const struct words_case *row = *state;
    struct arena arena;
    assert_int_equal(arena_open(&arena, 65536), STATUS_OK);
    assert_string_equal(review_words(&arena, view_of_text(TEXT), row->span), row->want);
    arena_close(&arena);
}

static void test_mark__arena_that_is_full__yields_nothing(void **state)
{
    (void)state;
    struct review_span span = {0, 5};
    struct arena arena;
    assert_int_equal(arena_open(&arena, 4096), STATUS_OK);
    while (arena_take(&arena, 16) != NULL)
        continue;
    assert_null(review_mark(&arena, view_of_text(TEXT), &span, 1, "[", "]"));
    assert_null(review_words(&arena, view_of_text(TEXT), span));
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mark__arena_that_is_full__yields_nothing),
    };
    TEST_TABLE(marks, mark_cases, test_mark);
    TEST_TABLE(words, words_cases, test_words);
    int failed = cmocka_run_group_tests_name("netra/review_text", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/review_text/mark", marks, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/review_text/words", words, NULL, NULL);
    return failed;
}
