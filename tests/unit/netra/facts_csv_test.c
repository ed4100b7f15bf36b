/* Rows of tables as submissions, and the walk over an imported file in either form. */
#include "tests/support/test.h"

#include "services/netra/facts_json.h"
#include "services/netra/import_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 64

/* Writes a file with that ending; its path goes to `path`. */
static void write_file(const char *ending, const char *text, size_t size, char path[PATH_BYTES])
{
    (void)snprintf(path, PATH_BYTES, "/tmp/netra-rows-XXXXXX%s", ending);
    const int descriptor = mkstemps(path, (int)strlen(ending));

    assert_true(descriptor >= 0);
    assert_int_equal((ssize_t)size, write(descriptor, text, size));
    (void)close(descriptor);
}

static enum status open_rows(const char *ending, const char *text, size_t size,
                             struct import_rows *rows, struct diag *diag)
{
    char path[PATH_BYTES];

    write_file(ending, text, size, path);
    const enum status status = import_rows_open(rows, path, diag);

    assert_int_equal(0, unlink(path));
    return status;
}

struct header_case {
    const char *name;
    const char *text;
    enum status want;
    const char *want_said;
};

static struct header_case header_cases[] = {
    {"paths are columns", "region,incident.date,subject.name\n", STATUS_OK, ""},
    {"blanks around a path don't count", " region ; incident.date\n", STATUS_OK, ""},
    {"an unknown column is refused with the nearest, unquoted: it may be a row",
     "region,incident.dat\n", STATUS_FACTS_INVALID,
     "column 2 is no field of a submission; did you mean incident.date?"},
    {"an object is no column", "region,incident\n", STATUS_FACTS_INVALID, "column 2"},
    {"an empty title is no column", "region,,incident.date\n", STATUS_FACTS_INVALID, "column 2"},
    {"a column that is there twice is refused", "region,region\n", STATUS_FACTS_INVALID,
     "has the column region twice"},
    {"a table without a header is refused", "", STATUS_BODY_EMPTY, ""},
};

static void test_header(void **state)
{
    const struct header_case *row = *state;
    struct import_rows *rows = test_malloc(sizeof *rows);
    struct diag diag = {.text = ""};

    assert_int_equal(row->want, open_rows(".csv", row->text, strlen(row->text), rows, &diag));
    if (strstr(diag.text, row->want_said) == NULL)
        fail_msg("expected \"%s\", got \"%s\"", row->want_said, diag.text);
    import_rows_close(rows);
    test_free(rows);
}

struct row_case {
    const char *name;
    const char *text;      /* behind the header region,incident.description,subject.cltn.from,
                         reported_conduct,evidence */
    const char *want;      /* the object, compact */
    const char *want_said; /* problems */
    size_t size;           /* 0: the text's */
};

#define HEADER "region,incident.description,subject.cltn.from,reported_conduct,evidence\n"

static struct row_case row_cases[] = {
    {"a path makes objects within objects", "36.04,hadir,2024-10-01,,\n",
     "{\"region\":\"36.04\",\"incident\":{\"description\":\"hadir\"},"
     "\"subject\":{\"cltn\":{\"from\":\"2024-10-01\"}}}",
     "", 0},
    {"empty cells are not said, blanks don't count", " 36.04 ,  ,,,\n", "{\"region\":\"36.04\"}",
     "", 0},
    {"lists are parted by semicolons", "36,x,,ETIK-01; DISIPLIN-04;,a.jpg;b.jpg\n",
     "{\"region\":\"36\",\"incident\":{\"description\":\"x\"},"
     "\"reported_conduct\":[\"ETIK-01\",\"DISIPLIN-04\"],"
     "\"evidence\":[{\"path\":\"a.jpg\"},{\"path\":\"b.jpg\"}]}",
     "", 0},
    {"a quoted cell keeps its lines", "36,\"satu\ndua\",,,\n",
     "{\"region\":\"36\",\"incident\":{\"description\":\"satu\\ndua\"}}", "", 0},
    {"too few fields are a mistake of the row", "36,x\n",
     "{\"region\":\"36\",\"incident\":{\"description\":\"x\"}}",
     "(row): 2 fields where the header has 5", 0},
    {"too many fields are one too", "36,x,,,,y\n",
     "{\"region\":\"36\",\"incident\":{\"description\":\"x\"}}",
     "(row): 6 fields where the header has 5", 0},
    {"what is no UTF-8 is told by its column", "36,\xff,,,\n", "{\"region\":\"36\"}",
     "incident.description: the text is not UTF-8", 0},
    {"a NUL is told by its column", "36,x\0y,,,\n", "{\"region\":\"36\"}",
     "incident.description: the text has a NUL in it", 10},
};

static void test_row(void **state)
{
    const struct row_case *row = *state;
    struct import_rows *rows = test_malloc(sizeof *rows);
    struct facts_problems problems = {.count = 0};
    struct import_row got;
    struct diag diag = {.text = ""};
    char text[512];
    char said[512];
    const size_t size = row->size == 0 ? strlen(row->text) : row->size;

    memcpy(text, HEADER, sizeof HEADER - 1);
    memcpy(text + sizeof HEADER - 1, row->text, size);
    assert_int_equal(STATUS_OK, open_rows(".csv", text, sizeof HEADER - 1 + size, rows, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &got, &diag));
    assert_true(got.is_there);
    assert_int_equal(1, got.number);
    json_t *object = NULL;

    assert_int_equal(STATUS_OK, import_rows_object(rows, &object, &problems, &diag));
    char *dumped = json_dumps(object, JSON_COMPACT);

    assert_string_equal(row->want, dumped);
    (void)facts_problems_text(&problems, said, sizeof said);
    assert_string_equal(row->want_said, said);
    free(dumped);
    json_release(&object);
    import_rows_close(rows);
    test_free(rows);
}

static void test_import_rows__quote_swallows_rows__table_ends(void **state)
{
    /* The quote that row 2 opens is closed by row 3's, whose field ends there by chance. */
    static const char text[] = "region,incident.description\n36,x\n36,\"x\n36,\"\n36,x\n";
    struct import_rows *rows = test_malloc(sizeof *rows);
    struct import_row row;
    struct diag diag = {.text = ""};

    (void)state;
    assert_int_equal(STATUS_OK, open_rows(".csv", text, sizeof text - 1, rows, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    import_rows_close(rows);

    /* The same with a delimiter too many is no record of this table. */
    static const char ragged[] = "region,incident.description\n36,x\n36,\"x\n36\",x,\n36,x\n";

    assert_int_equal(STATUS_OK, open_rows(".csv", ragged, sizeof ragged - 1, rows, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_int_equal(STATUS_FACTS_INVALID, import_rows_next(rows, &row, &diag));
    assert_int_equal(2, row.number);
    assert_non_null(strstr(diag.text, "row 2 (line 3): it runs over 2 lines"));
    import_rows_close(rows);
    test_free(rows);
}

static void test_import_rows__lines__counted_and_parsed(void **state)
{
    static const char text[] = "{\"region\": \"36\"}\n\n[]\n";
    struct import_rows *rows = test_malloc(sizeof *rows);
    struct facts_problems problems = {.count = 0};
    struct import_row row;
    struct diag diag = {.text = ""};
    json_t *object = NULL;

    (void)state;
    assert_int_equal(STATUS_OK, open_rows(".jsonl", text, sizeof text - 1, rows, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_int_equal(STATUS_OK, import_rows_object(rows, &object, &problems, &diag));
    assert_string_equal("36", json_string_value(json_object_get(object, "region")));
    json_release(&object);
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_true(row.is_blank);
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_int_equal(3, row.number);
    assert_int_equal(STATUS_FACTS_INVALID, import_rows_object(rows, &object, &problems, &diag));
    assert_null(object);
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_false(row.is_there);
    import_rows_close(rows);
    assert_int_equal(STATUS_OK, open_rows(".jsonl", text, sizeof text - 1, rows, &diag));
    assert_int_equal(3, import_rows_count(rows));
    import_rows_close(rows);
    test_free(rows);
}

static void test_import_rows__line_too_long__refused_alone(void **state)
{
    struct import_rows *rows = test_malloc(sizeof *rows);
    char *text = test_malloc(LIMIT_SUBMISSION_BYTES + 16);
    struct facts_problems problems = {.count = 0};
    struct import_row row;
    struct diag diag = {.text = ""};
    json_t *object = NULL;

    (void)state;
    memset(text, 'x', LIMIT_SUBMISSION_BYTES + 1);
    memcpy(text + LIMIT_SUBMISSION_BYTES + 1, "\n{}\n", 4);
    assert_int_equal(STATUS_OK,
                     open_rows(".jsonl", text, LIMIT_SUBMISSION_BYTES + 5, rows, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_int_equal(STATUS_BODY_TOO_LARGE, import_rows_object(rows, &object, &problems, &diag));
    assert_int_equal(STATUS_OK, import_rows_next(rows, &row, &diag));
    assert_int_equal(STATUS_OK, import_rows_object(rows, &object, &problems, &diag));
    json_release(&object);
    import_rows_close(rows);
    test_free(text);
    test_free(rows);
}

static void test_import_rows_open__no_file__told(void **state)
{
    struct import_rows *rows = test_malloc(sizeof *rows);
    struct diag diag = {.text = ""};

    (void)state;
    assert_int_equal(STATUS_NOT_FOUND, import_rows_open(rows, "/nonexistent.csv", &diag));
    assert_int_equal(STATUS_USAGE, import_rows_open(rows, "/tmp", &diag));
    assert_non_null(strstr(diag.text, "/tmp is a folder"));
    import_rows_close(rows);
    test_free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_rows__quote_swallows_rows__table_ends),
        cmocka_unit_test(test_import_rows__lines__counted_and_parsed),
        cmocka_unit_test(test_import_rows__line_too_long__refused_alone),
        cmocka_unit_test(test_import_rows_open__no_file__told),
    };
    TEST_TABLE(headers, header_cases, test_header)
    TEST_TABLE(rows, row_cases, test_row)

    return cmocka_run_group_tests_name("headers", headers, NULL, NULL) +
           cmocka_run_group_tests_name("rows", rows, NULL, NULL) +
           cmocka_run_group_tests_name("import_rows", tests, NULL, NULL);
}
