/* Are the words that led to a decision marked where they stand, and nothing else? */
#include "tests/support/test.h"

#include "services/netra/case_text_print.h"

#include <stdlib.h>
#include <string.h>

struct print_case {
    const char *name;
    const char *object; /* JSON */
    const char *want;   /* printed, without the heading */
};

#define TEXT(words) "\"text\": {\"incident\": {\"description\": \"" words "\"}, \"subject\": {}}"
#define SPAN(begin, end) \
    "{\"field\": \"incident.description\", \"begin\": " begin ", \"end\": " end "}"

static struct print_case print_cases[] = {
    {"a text that led nowhere has no mark", "{" TEXT("hadir") "}", "hadir"},
    {"spans of several reasons that overlap are one",
     "{" TEXT("hadir kampanye") ", \"reasons\": [{\"spans\": [" SPAN(
         "0", "8") "]},"
                   " {\"spans\": [" SPAN("6", "14") "]}]}",
     "[hadir kampanye]"},
    {"a span of another field marks nothing here",
     "{" TEXT("hadir") ", \"reasons\": [{\"spans\": [{\"field\": \"subject.unit\","
                       " \"begin\": 0, \"end\": 5}]}]}",
     "hadir"},
    {"a span behind the text marks nothing",
     "{" TEXT("hadir") ", \"reasons\": [{\"spans\": [" SPAN("5", "9") "]}]}", "hadir"},
    {"a mark ends with its line",
     "{" TEXT("a\\nb") ", \"reasons\": [{\"spans\": [" SPAN("0", "3") "]}]}", "[a]\n[b]"},
    {"what could steer a terminal is replaced, marked or not",
     "{" TEXT("a\\u202eb\\u001bc") ", \"reasons\": [{\"spans\": [" SPAN("0", "5") "]}]}",
     "[a?b]?c"},
};

static void test_print(void **state)
{
    const struct print_case *row = *state;
    json_t *object = json_loads(row->object, 0, NULL);
    char *printed = NULL;
    size_t size = 0;
    char want[256];
    FILE *stream = open_memstream(&printed, &size);

    assert_non_null(object);
    assert_non_null(stream);
    case_text_print(stream, object, true);
    assert_int_equal(fclose(stream), 0);
    (void)snprintf(want, sizeof want,
                   "\nThe words that led there stand in [ ].\nincident.description: %s\n\n",
                   row->want);
    assert_string_equal(printed, want);
    free(printed);
    json_decref(object);
}

static void test_print__without_brackets__gives_the_text_as_it_is(void **state)
{
    json_t *object = json_loads(
        "{" TEXT("hadir") ", \"reasons\": [{\"spans\": [" SPAN("0", "5") "]}]}", 0, NULL);
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    (void)state;
    assert_non_null(object);
    assert_non_null(stream);
    case_text_print(stream, object, false);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(printed, "\nincident.description: hadir\n\n");
    free(printed);
    json_decref(object);
}

static void test_print__without_a_text__says_nothing(void **state)
{
    json_t *object = json_object();
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    (void)state;
    assert_non_null(stream);
    case_text_print(stream, object, true);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(printed, "");
    free(printed);
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print__without_a_text__says_nothing),
        cmocka_unit_test(test_print__without_brackets__gives_the_text_as_it_is),
    };
    TEST_TABLE(rows, print_cases, test_print);
    int failed = cmocka_run_group_tests_name("netra/case_text_print", tests, NULL, NULL);

    failed += cmocka_run_group_tests_name("netra/case_text_print/rows", rows, NULL, NULL);
    return failed;
}
