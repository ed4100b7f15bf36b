/* The result file of an import: its lines, and what a crash leaves of it. */
#include "tests/support/test.h"

#include "services/netra/result_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_A "0192f0c4-1234-7abc-8def-0123456789ab"
#define ID_B "0192f0c4-1234-7abc-8def-0123456789ac"
#define LINE_ID(row, id) "{\"row\":" #row ",\"submission_id\":\"" id "\"}\n"
#define LINE_OK(row, id)                                                       \
    "{\"row\":" #row ",\"submission_id\":\"" id "\",\"case_number\":\"7K3M\"," \
    "\"commitment\":\"00ff\",\"seq\":9,\"status\":\"OK\"}\n"
#define LINE_NO(row, id)                        \
    "{\"row\":" #row ",\"submission_id\":\"" id \
    "\",\"status\":\"REGION_NOT_OF_NODE\",\"detail\":\"region: \\\"99\\\"\"}\n"

struct line_case {
    const char *name;
    const char *line;
    enum status want;
    enum result_kind want_kind;
};

static struct line_case line_cases[] = {
    {"an id's line is read", LINE_ID(3, ID_A), STATUS_OK, RESULT_ID},
    {"a receipt's line is read", LINE_OK(3, ID_A), STATUS_OK, RESULT_RECEIPT},
    {"a rejection's line is read", LINE_NO(3, ID_A), STATUS_OK, RESULT_REJECTED},
    {"a line without a row is refused", "{\"submission_id\":\"" ID_A "\"}", STATUS_MALFORMED, 0},
    {"row 0 is refused", LINE_ID(0, ID_A), STATUS_MALFORMED, 0},
    {"a line without an id is refused", "{\"row\":3}", STATUS_MALFORMED, 0},
    {"an id that is no UUID is refused", LINE_ID(3, "abc"), STATUS_MALFORMED, 0},
    {"a receipt without a case number is refused",
     "{\"row\":3,\"submission_id\":\"" ID_A "\",\"status\":\"OK\"}", STATUS_MALFORMED, 0},
    {"a case number that would end its line when written is refused",
     "{\"row\":3,\"submission_id\":\"" ID_A "\",\"case_number\":\"7K\\n3M\","
     "\"commitment\":\"00ff\",\"seq\":9,\"status\":\"OK\"}",
     STATUS_MALFORMED, 0},
    {"a status that is no name is refused",
     "{\"row\":3,\"submission_id\":\"" ID_A "\",\"status\":\"NOT \\\"FOUND\"}", STATUS_MALFORMED,
     0},
    {"half a line is refused", "{\"row\":3,\"submis", STATUS_MALFORMED, 0},
    {"an empty line is refused", "", STATUS_MALFORMED, 0},
};

static void test_line(void **state)
{
    const struct line_case *row = *state;
    struct result_line line;
    char written[RESULT_LINE_BYTES];

    assert_int_equal(result_line_parse(view_of_text(row->line), &line, NULL), row->want);
    if (row->want != STATUS_OK)
        return;
    assert_int_equal(line.kind, row->want_kind);
    assert_int_equal(line.row, 3);
    assert_int_equal(result_line_write(&line, written), strlen(row->line));
    assert_string_equal(written, row->line);
}

static void test_result_line__details__survive(void **state)
{
    static const char detail[] = "incident.date: \"2024-13-01\" is no day\nregion: required\\";
    struct result_line line = {.kind = RESULT_REJECTED, .row = 3, .status = "FACTS_INVALID"};
    struct result_line got;
    char written[RESULT_LINE_BYTES];

    (void)state;
    assert_true(uuid_from_text(ID_A, line.id));
    (void)snprintf(line.detail, sizeof line.detail, "%s", detail);
    size_t size = result_line_write(&line, written);

    assert_ptr_equal(strchr(written, '\n'), written + size - 1); /* one line, whatever is in it */
    assert_int_equal(result_line_parse(view_of((const uint8_t *)written, size - 1), &got, NULL),
                     STATUS_OK);
    assert_string_equal(got.detail, detail);

    /* The longest there is, cut within its last letter. */
    memset(line.detail, '"', sizeof line.detail - 1);
    line.detail[sizeof line.detail - 2] = '\xc3';
    size = result_line_write(&line, written);
    assert_true(size < RESULT_LINE_BYTES);
    assert_int_equal(result_line_parse(view_of((const uint8_t *)written, size - 1), &got, NULL),
                     STATUS_OK);
}

/* ---- files ---- */

#define ORIGIN "demo.invalid/netra/1"
#define LINE_ORIGIN "{\"origin\":\"" ORIGIN "\"}\n"

struct file_case {
    const char *name;
    const char *before;
    enum status want;
    const char *want_after;         /* what opening leaves of it */
    enum result_kind want_kinds[4]; /* of rows 1 to 4 */
};

static struct file_case file_cases[] = {
    {"a new file is empty", "", STATUS_OK, "", {0}},
    {"ids and receipts are known",
     LINE_ID(1, ID_A) LINE_ID(2, ID_B) LINE_OK(1, ID_A),
     STATUS_OK,
     LINE_ID(1, ID_A) LINE_ID(2, ID_B) LINE_OK(1, ID_A),
     {RESULT_RECEIPT, RESULT_ID}},
    {"a last line without its newline is cut off",
     LINE_ID(1, ID_A) "{\"row\":2,\"submission_id",
     STATUS_OK,
     LINE_ID(1, ID_A),
     {RESULT_ID}},
    {"a whole last line without its newline is cut off too: it was never synced",
     LINE_ID(1, ID_A) "{\"row\":2,\"submission_id\":\"" ID_B "\"}",
     STATUS_OK,
     LINE_ID(1, ID_A),
     {RESULT_ID}},
    {"a torn receipt leaves the row's id",
     LINE_ID(1, ID_A) "{\"row\":1,\"submission_id\":\"" ID_A "\",\"case_nu",
     STATUS_OK,
     LINE_ID(1, ID_A),
     {RESULT_ID}},
    {"a last line that makes no sense is cut off",
     LINE_ID(1, ID_A) "garbage\n",
     STATUS_OK,
     LINE_ID(1, ID_A),
     {RESULT_ID}},
    {"a file that is only a torn line is emptied", "{\"ro", STATUS_OK, "", {0}},
    {"a line in the middle that makes no sense is refused",
     "garbage\n" LINE_ID(1, ID_A),
     STATUS_MALFORMED,
     "garbage\n" LINE_ID(1, ID_A),
     {0}},
    {"rows need not be in order",
     LINE_ID(4, ID_A) LINE_ID(2, ID_B),
     STATUS_OK,
     LINE_ID(4, ID_A) LINE_ID(2, ID_B),
     {RESULT_NONE, RESULT_ID, RESULT_NONE, RESULT_ID}},
    {"a row that was rejected and then accepted has its receipt",
     LINE_NO(1, ID_A) LINE_OK(1, ID_A),
     STATUS_OK,
     LINE_NO(1, ID_A) LINE_OK(1, ID_A),
     {RESULT_RECEIPT}},
};

static char folder[] = "/tmp/netra-result-XXXXXX";
static char path[sizeof folder + 16];
static struct result_file file;

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/r.jsonl", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static void put_bytes(const char *text)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(descriptor), 0);
}

static void assert_bytes(const char *text)
{
    char bytes[4096];
    const int descriptor = open(path, O_RDONLY);
    const ssize_t size = read(descriptor, bytes, sizeof bytes - 1);

    assert_true(size >= 0);
    assert_int_equal(close(descriptor), 0);
    bytes[size] = '\0';
    assert_string_equal(bytes, text);
}

/* The same behind the first line. */
static void put(const char *text)
{
    char all[4096];

    (void)snprintf(all, sizeof all, "%s%s", LINE_ORIGIN, text);
    put_bytes(all);
}

static void assert_holds(const char *text)
{
    char all[4096];

    (void)snprintf(all, sizeof all, "%s%s", LINE_ORIGIN, text);
    assert_bytes(all);
}

struct origin_case {
    const char *name;
    const char *before;
    enum status want;
    const char *want_after;
};

static struct origin_case origin_cases[] = {
    {"a new file begins with whose receipts it holds", "", STATUS_OK, LINE_ORIGIN},
    {"a first line that a crash tore is begun anew", "{\"origin\":\"demo", STATUS_OK, LINE_ORIGIN},
    {"a file of this installation stays", LINE_ORIGIN LINE_ID(1, ID_A), STATUS_OK,
     LINE_ORIGIN LINE_ID(1, ID_A)},
    {"a file of another installation is refused and stays",
     "{\"origin\":\"demo.invalid/netra/2\"}\n" LINE_OK(1, ID_A), STATUS_RESULTS_OF_OTHER_LOG,
     "{\"origin\":\"demo.invalid/netra/2\"}\n" LINE_OK(1, ID_A)},
    {"a file that names nobody is refused and stays", LINE_OK(1, ID_A),
     STATUS_RESULTS_OF_OTHER_LOG, LINE_OK(1, ID_A)},
};

static void test_origin(void **state)
{
    const struct origin_case *row = *state;
    struct diag diag = {.text = ""};

    put_bytes(row->before);
    assert_int_equal(result_file_open(&file, path, ORIGIN, NULL, NULL, &diag), row->want);
    if (row->want == STATUS_OK)
        result_file_close(&file);
    assert_bytes(row->want_after);
}

static void test_file(void **state)
{
    const struct file_case *row = *state;
    struct diag diag = {.text = ""};

    put(row->before);
    assert_int_equal(result_file_open(&file, path, ORIGIN, NULL, NULL, &diag), row->want);
    if (row->want == STATUS_OK) {
        for (unsigned i = 0; i < 4; i++)
            assert_int_equal(result_file_row(&file, i + 1).kind, row->want_kinds[i]);
        result_file_close(&file);
    }
    assert_holds(row->want_after);
}

static void test_result_file__added_and_synced__is_there_again(void **state)
{
    struct result_line line = {.kind = RESULT_ID, .row = 1};

    (void)state;
    put("");
    assert_true(uuid_from_text(ID_A, line.id));
    assert_int_equal(result_file_open(&file, path, ORIGIN, NULL, NULL, NULL), STATUS_OK);
    assert_int_equal(result_file_add(&file, &line), STATUS_OK);
    assert_int_equal(result_file_sync(&file), STATUS_OK);
    result_file_close(&file);
    assert_holds(LINE_ID(1, ID_A));
}

static void test_result_file__torn_then_added__begins_on_its_own_line(void **state)
{
    struct result_line line = {.kind = RESULT_ID, .row = 2};

    (void)state;
    put(LINE_ID(1, ID_A) "{\"row\":2,");
    assert_true(uuid_from_text(ID_B, line.id));
    assert_int_equal(result_file_open(&file, path, ORIGIN, NULL, NULL, NULL), STATUS_OK);
    assert_int_equal(result_file_add(&file, &line), STATUS_OK);
    assert_int_equal(result_file_flush(&file), STATUS_OK);
    result_file_close(&file);
    assert_holds(LINE_ID(1, ID_A) LINE_ID(2, ID_B));
}

static void test_result_file__open_elsewhere__is_refused(void **state)
{
    struct result_file *second = test_calloc(1, sizeof *second);

    (void)state;
    put("");
    assert_int_equal(result_file_open(&file, path, ORIGIN, NULL, NULL, NULL), STATUS_OK);
    assert_int_equal(result_file_open(second, path, ORIGIN, NULL, NULL, NULL),
                     STATUS_ALREADY_RUNNING);
    result_file_close(&file);
    test_free(second);
}

static void count(void *self, const struct result_line *line)
{
    unsigned *receipts = self;

    *receipts += line->kind == RESULT_RECEIPT ? 1u : 0u;
}

static void test_result_file__opened__tells_every_line(void **state)
{
    unsigned receipts = 0;

    (void)state;
    put(LINE_ID(1, ID_A) LINE_OK(1, ID_A) LINE_OK(2, ID_B));
    assert_int_equal(result_file_open(&file, path, ORIGIN, count, &receipts, NULL), STATUS_OK);
    result_file_close(&file);
    assert_int_equal(receipts, 2);
}

struct path_case {
    const char *name;
    const char *imported;
    size_t size;
    const char *want; /* NULL: it doesn't fit */
};

static struct path_case path_cases[] = {
    {"the ending is replaced", "rows.jsonl", 64, "rows.result.jsonl"},
    {"another ending stays", "rows.txt", 64, "rows.txt.result.jsonl"},
    {"a name that is the ending alone stays", ".jsonl", 64, ".jsonl.result.jsonl"},
    {"a path that just fits is taken", "a/b.jsonl", 17, "a/b.result.jsonl"},
    {"a path that is a byte too long is not cut", "a/b.jsonl", 16, NULL},
};

static void test_path(void **state)
{
    const struct path_case *row = *state;
    char text[64];

    assert_int_equal(result_file_path(row->imported, text, row->size), row->want != NULL);
    if (row->want != NULL)
        assert_string_equal(text, row->want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result_line__details__survive),
        cmocka_unit_test(test_result_file__added_and_synced__is_there_again),
        cmocka_unit_test(test_result_file__torn_then_added__begins_on_its_own_line),
        cmocka_unit_test(test_result_file__open_elsewhere__is_refused),
        cmocka_unit_test(test_result_file__opened__tells_every_line),
    };
    TEST_TABLE(lines, line_cases, test_line)
    TEST_TABLE(files, file_cases, test_file)
    TEST_TABLE(paths, path_cases, test_path)
    TEST_TABLE(origins, origin_cases, test_origin)

    int failed = cmocka_run_group_tests_name("result lines", lines, NULL, NULL);
    failed += cmocka_run_group_tests_name("result paths", paths, NULL, NULL);

    if (make_folder(NULL) != 0)
        return 1;
    failed += cmocka_run_group_tests_name("result files", files, NULL, NULL);
    failed += cmocka_run_group_tests_name("whose results", origins, NULL, NULL);
    failed += cmocka_run_group_tests_name("result file", tests, NULL, NULL);
    return failed + (remove_folder(NULL) != 0 ? 1 : 0);
}
