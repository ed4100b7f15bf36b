/*
 * Tables from YAML: what is read, and that a mistake is told with file and line.
 */
#include "tests/support/test.h"

#include "common/service/table_file.h"
#include "tests/unit/service/folder.h"

struct row {
    char *word;
    char *number;
};

struct table {
    char *name;
    struct row *rows;
    unsigned rows_count;
};

static const cyaml_schema_field_t row_fields[] = {
    CYAML_FIELD_STRING_PTR("word", CYAML_FLAG_POINTER, struct row, word, 1, 16),
    CYAML_FIELD_STRING_PTR("number", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct row, number,
                           1, 16),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t row_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct row, row_fields),
};

static const cyaml_schema_field_t fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct table, name, 1, 64),
    CYAML_FIELD_SEQUENCE("rows", CYAML_FLAG_POINTER, struct table, rows, &row_value, 0, 100),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct table, fields),
};

struct load_case {
    const char *name;
    const char *text;
    const char *want; /* in the message; NULL: it loads */
};

static struct load_case loads[] = {
    {.name = "a table is loaded", .text = "name: a\nrows:\n  - { word: b, number: \"7\" }\n"},
    {.name = "an unknown key is named with its line and the nearest known one",
     .text = "name: a\nrows:\n  - { word: b }\n  - { wrod: c }\n",
     .want = "t.yaml: line 4: unknown key \"wrod\"; did you mean \"word\"?"},
    {.name = "a missing key is named",
     .text = "name: a\nrows:\n  - { number: \"1\" }\n",
     .want = "t.yaml: line 3: missing key \"rows[0].word\""},
    {.name = "what is no YAML is told with its line",
     .text = "name: a\nrows: [\n",
     .want = "t.yaml: line 3: not YAML"},
    {.name = "an empty table is told", .text = "# nothing\n", .want = "t.yaml: empty"},
    {.name = "an alias is refused", .text = "name: &a b\nrows: *a\n", .want = "t.yaml: line 2"},
};

static void check_load(void **state)
{
    const struct load_case *row = *state;
    struct table_source source = {.name = "t.yaml", .text = view_of_text(row->text)};
    struct diag diag = {0};
    void *object = NULL;
    enum status status = table_load(&source, &schema, &object, &diag);
    if (row->want == NULL) {
        assert_int_equal(status, STATUS_OK);
        const struct table *table = object;
        assert_int_equal(table->rows_count, 1);
        assert_string_equal(table->rows[0].number, "7");
    } else {
        assert_int_equal(status, STATUS_CONFIG_INVALID);
        assert_non_null(strstr(diag.text, row->want));
    }
    table_free(&schema, object);
}

struct number_case {
    const char *name;
    const char *text;
    bool want_read;
    uint64_t want;
};

static struct number_case numbers[] = {
    {.name = "zero is a number", .text = "0", .want_read = true},
    {.name = "the greatest is taken", .text = "100", .want_read = true, .want = 100},
    {.name = "one above is not", .text = "101"},
    {.name = "a leading zero is no plain decimal", .text = "07"},
    {.name = "a sign is no plain decimal", .text = "-1"},
    {.name = "nothing is no number", .text = ""},
    {.name = "2^64 doesn't wrap", .text = "18446744073709551616"},
};

static void check_number(void **state)
{
    const struct number_case *row = *state;
    uint64_t number = 0;
    assert_int_equal(table_number(row->text, 100, &number), row->want_read);
    if (row->want_read)
        assert_int_equal(number, row->want);
}

static void test_refuse__a_place__has_file_and_line(void **state)
{
    struct table_source source = {
        .name = "t.yaml",
        .text = view_of_text("name: a\nrows:\n  - { word: b }\n  - word: c\n    number: \"9\"\n"),
    };
    struct diag diag = {0};
    (void)state;
    assert_int_equal(table_refuse(&source, &diag, "rows[1].number", "expected at most %d", 8),
                     STATUS_CONFIG_INVALID);
    assert_string_equal(diag.text, "t.yaml: line 5: \"rows[1].number\": expected at most 8");
}

static void test_read__no_file_or_no_table__is_told(void **state)
{
    struct folder folder;
    struct arena arena;
    struct table_source source;
    struct diag diag = {0};
    (void)state;
    folder_open(&folder);
    assert_int_equal(arena_open(&arena, TABLE_BYTES_MAX + 4096), STATUS_OK);
    assert_int_equal(table_read("/nowhere/t.yaml", &arena, &source, &diag), STATUS_CONFIG_MISSING);
    assert_int_equal(table_read(folder.path, &arena, &source, &diag), STATUS_CONFIG_MISSING);
    assert_non_null(strstr(diag.text, "a directory"));
    assert_int_equal(table_read("/dev/null", &arena, &source, &diag), STATUS_CONFIG_MISSING);
    assert_non_null(strstr(diag.text, "not a regular file"));
    folder_close(&folder);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_refuse__a_place__has_file_and_line),
        cmocka_unit_test(test_read__no_file_or_no_table__is_told),
    };
    TEST_TABLE(load_tests, loads, check_load);
    TEST_TABLE(number_tests, numbers, check_number);
    int failed = cmocka_run_group_tests_name("table_file", others, NULL, NULL);
    failed += cmocka_run_group_tests_name("table_load", load_tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("table_number", number_tests, NULL, NULL);
}
