/* Does a text from elsewhere reach people whole, and never their terminal? */
#include "tests/support/test.h"

#include "services/netra/output.h"

#include <stdlib.h>
#include <string.h>

struct text_case {
    const char *name;
    const char *text;
    const char *want;
    unsigned want_width;
};

static struct text_case text_cases[] = {
    {"an ordinary text stays as it is", "Lurah, 36.04", "Lurah, 36.04", 12},
    {"letters of several bytes stay, and count once", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x91\x81",
     "\xc3\xa9\xe2\x82\xac\xf0\x9f\x91\x81", 3},
    {"an ESC is not sent", "a\x1b[2Jb", "a?[2Jb", 6},
    {"nor is a tab, a line's end or a DEL", "\t\n\r\x7f", "????", 4},
    {"nor is the ESC [ of C1",
     "a\xc2\x9b"
     "2Jb",
     "a?2Jb", 5},
    {"what stands behind C1 stays", "\xc2\xa0", "\xc2\xa0", 1},
    {"nothing turns the direction of writing",
     "a\xe2\x80\xae"
     "b\xe2\x81\xa6"
     "c\xd8\x9c",
     "a?b?c?", 6},
    {"nor marks it, nor hides", "\xe2\x80\x8b\xe2\x80\x8f\xe2\x80\xa8\xef\xbb\xbf", "????", 4},
    {"a dash and quotes of the same block stay", "\xe2\x80\x93\xe2\x80\x9c\xe2\x80\xa6",
     "\xe2\x80\x93\xe2\x80\x9c\xe2\x80\xa6", 3},
    {"a text that is cut within a letter is not read beyond", "a\xe2\x80", "a\xe2\x80", 2},
};

static void test_text(void **state)
{
    const struct text_case *row = *state;
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    assert_non_null(stream);
    assert_int_equal(output_text(stream, row->text), row->want_width);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(printed, row->want);
    free(printed);
}

static void test_piece__of_a_longer_text__ends_where_it_is_told(void **state)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    (void)state;
    assert_non_null(stream);
    assert_int_equal(output_piece(stream, "hadir kampanye", 5), 5);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(printed, "hadir");
    free(printed);
}

static void test_list__title_wider_than_its_column__moves_the_rows_too(void **state)
{
    static const struct column columns[] = {{"case_number", 2}, {"told", 4}};
    char *printed = NULL;
    size_t size = 0;
    struct output output = {.stream = open_memstream(&printed, &size)};
    json_t *row = json_object();

    (void)state;
    assert_non_null(output.stream);
    json_put_text(row, "case_number", "N");
    json_put_text(row, "told", "PPK");
    output_list_begin(&output, columns, 2);
    output_list_row(&output, row);
    output_list_end(&output);
    assert_int_equal(fclose(output.stream), 0);
    assert_string_equal(printed, "CASE NUMBER  TOLD\n"
                                 "N            PPK\n");
    free(printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_piece__of_a_longer_text__ends_where_it_is_told),
        cmocka_unit_test(test_list__title_wider_than_its_column__moves_the_rows_too),
    };
    TEST_TABLE(rows, text_cases, test_text);
    int failed = cmocka_run_group_tests_name("netra/output", tests, NULL, NULL);

    failed += cmocka_run_group_tests_name("netra/output/texts", rows, NULL, NULL);
    return failed;
}
