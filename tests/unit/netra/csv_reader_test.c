/* Tables of comma-separated values (RFC 4180), what is forgiven, and where a table ends. */
#include "tests/support/test.h"

#include "services/netra/csv_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file with the text, deleted already. */
static int file_of(const char *text, size_t size)
{
    char path[] = "/tmp/netra-csv-XXXXXX";
    const int descriptor = mkstemp(path);

    assert_true(descriptor >= 0);
    assert_int_equal(0, unlink(path));
    assert_int_equal((ssize_t)size, write(descriptor, text, size));
    assert_int_equal(0, lseek(descriptor, 0, SEEK_SET));
    return descriptor;
}

struct table_case {
    const char *name;
    const char *text;
    const char *want;      /* fields between | of records, a newline behind each */
    const char *want_said; /* NULL: it is read to its end */
};

static struct table_case table_cases[] = {
    {"records and fields are parted", "a,b\nc,d\n", "a|b\nc|d\n", NULL},
    {"the last line needs no end", "a,b\nc,d", "a|b\nc|d\n", NULL},
    {"lines may end with CRLF", "a,b\r\nc,d\r\n", "a|b\nc|d\n", NULL},
    {"a byte order mark is passed over",
     "\xef\xbb\xbf"
     "a,b\n",
     "a|b\n", NULL},
    {"a quoted first name may follow the mark", "\xef\xbb\xbf\"a\",b\n", "a|b\n", NULL},
    {"empty fields are fields", "a,,b,\n,\n", "a||b|\n|\n", NULL},
    {"blank lines are no records", "a\n\n  \r\nb\n", "a\nb\n", NULL},
    {"a quoted field may hold a delimiter", "\"a,b\",c\n", "a,b|c\n", NULL},
    {"a doubled quote stands for one", "\"say \"\"hi\"\"\",c\n", "say \"hi\"|c\n", NULL},
    {"a quoted field may be empty", "\"\",c\n", "|c\n", NULL},
    {"a quoted field may hold lines", "\"a\nb\",c\nd,e\n", "a\nb|c\nd|e\n", NULL},
    {"the delimiter may be a semicolon", "a;b\n\"c;d\";e,f\n", "a|b\nc;d|e,f\n", NULL},
    {"the delimiter may be a tab", "a\tb\n", "a|b\n", NULL},
    {"an empty file has no record", "", "", NULL},
    {"a quote that is never closed ends the table", "a,b\nc,d\n\"e,f\ng,h\n", "a|b\nc|d\n",
     "row 2 (line 3): a quote is not closed"},
    {"a quote that is closed by the next row's is broken", "a,b\n\"c,d\n\"e,\"f\"\n", "a|b\n",
     "row 1 (line 2): text behind a closing quote"},
    {"a quote within an unquoted field is broken", "a,b\nc\"d,e\nf,\"g\"\n", "a|b\n",
     "row 1 (line 2): a quote"},
    {"text behind a closing quote is broken", "a,b\n\"c\"d,e\n", "a|b\n",
     "row 1 (line 2): text behind a closing quote"},
    {"a broken row is named by where it begins", "a,b\n\"c\nc\",d\n\ne,\"f\n", "a|b\nc\nc|d\n",
     "row 2 (line 5)"},
};

static void test_table(void **state)
{
    const struct table_case *row = *state;
    const int descriptor = file_of(row->text, strlen(row->text));
    struct csv_reader *reader = test_malloc(sizeof *reader);
    struct csv_record record = {.is_there = true};
    struct diag diag = {.text = ""};
    enum status status = STATUS_OK;
    char got[512] = "";

    csv_reader_start(reader, descriptor);
    for (;;) {
        status = csv_reader_next(reader, &record, &diag);
        if (status != STATUS_OK || !record.is_there)
            break;
        for (unsigned i = 0; i < record.field_count; i++) {
            assert_int_equal(strlen(record.fields[i]), record.sizes[i]);
            (void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i > 0 ? "|" : "",
                           record.fields[i]);
        }
        (void)snprintf(got + strlen(got), sizeof got - strlen(got), "\n");
    }
    assert_string_equal(row->want, got);
    assert_int_equal(row->want_said == NULL ? STATUS_OK : STATUS_FACTS_INVALID, status);
    if (row->want_said != NULL && strstr(diag.text, row->want_said) == NULL)
        fail_msg("expected \"%s\", got \"%s\"", row->want_said, diag.text);
    test_free(reader);
    (void)close(descriptor);
}

/* One line of `size` bytes without its end. */
static enum status read_line_of(size_t size, struct csv_record *record, struct diag *diag)
{
    char *text = test_malloc(size + 1);
    struct csv_reader *reader = test_malloc(sizeof *reader);

    memset(text, 'x', size);
    text[size] = '\n';
    const int descriptor = file_of(text, size + 1);

    csv_reader_start(reader, descriptor);
    const enum status status = csv_reader_next(reader, record, diag);

    test_free(reader);
    test_free(text);
    (void)close(descriptor);
    return status;
}

static void test_csv_reader_next__record_too_long__refused(void **state)
{
    struct csv_record record;
    struct diag diag = {.text = ""};

    (void)state;
    assert_int_equal(STATUS_OK, read_line_of(CSV_RECORD_BYTES_MAX - 1, &record, &diag));
    assert_int_equal(CSV_RECORD_BYTES_MAX - 1, record.sizes[0]);
    assert_int_equal(STATUS_FACTS_INVALID, read_line_of(CSV_RECORD_BYTES_MAX, &record, &diag));
    assert_non_null(strstr(diag.text, "is a quote not closed?"));
}

static void test_csv_reader_next__too_many_fields__refused(void **state)
{
    char text[CSV_FIELDS_MAX + 2];
    struct csv_reader *reader = test_malloc(sizeof *reader);
    struct csv_record record;
    struct diag diag = {.text = ""};

    (void)state;
    memset(text, ',', sizeof text);
    int descriptor = file_of(text, CSV_FIELDS_MAX - 1);

    csv_reader_start(reader, descriptor);
    assert_int_equal(STATUS_OK, csv_reader_next(reader, &record, &diag));
    assert_int_equal(CSV_FIELDS_MAX, record.field_count);
    (void)close(descriptor);
    descriptor = file_of(text, CSV_FIELDS_MAX);
    csv_reader_start(reader, descriptor);
    assert_int_equal(STATUS_FACTS_INVALID, csv_reader_next(reader, &record, &diag));
    assert_non_null(strstr(diag.text, "more fields"));
    (void)close(descriptor);
    test_free(reader);
}

static void test_csv_reader_next__file_unreadable__told(void **state)
{
    struct csv_reader *reader = test_malloc(sizeof *reader);
    struct csv_record record;
    struct diag diag = {.text = ""};

    (void)state;
    csv_reader_start(reader, -1);
    assert_int_equal(STATUS_SYSTEM_FAILED, csv_reader_next(reader, &record, &diag));
    test_free(reader);
}

static void test_csv_reader_next__lines_and_numbers__counted(void **state)
{
    static const char text[] = "a\n\"b\nb\"\n\nc\n";
    const int descriptor = file_of(text, sizeof text - 1);
    struct csv_reader *reader = test_malloc(sizeof *reader);
    struct csv_record record;

    (void)state;
    csv_reader_start(reader, descriptor);
    assert_int_equal(STATUS_OK, csv_reader_next(reader, &record, NULL));
    assert_int_equal(0, record.number);
    assert_int_equal(1, record.line);
    assert_int_equal(STATUS_OK, csv_reader_next(reader, &record, NULL));
    assert_int_equal(1, record.number);
    assert_int_equal(2, record.line);
    assert_int_equal(2, record.line_count);
    assert_int_equal(STATUS_OK, csv_reader_next(reader, &record, NULL));
    assert_int_equal(2, record.number);
    assert_int_equal(5, record.line);
    assert_int_equal(1, record.line_count);
    test_free(reader);
    (void)close(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_reader_next__record_too_long__refused),
        cmocka_unit_test(test_csv_reader_next__too_many_fields__refused),
        cmocka_unit_test(test_csv_reader_next__file_unreadable__told),
        cmocka_unit_test(test_csv_reader_next__lines_and_numbers__counted),
    };
    TEST_TABLE(tables, table_cases, test_table)

    return cmocka_run_group_tests_name("tables", tables, NULL, NULL) +
           cmocka_run_group_tests_name("csv_reader", tests, NULL, NULL);
}
