/*
 * The log's lines, read back from a pipe in stderr's place.
 */
#include "tests/support/test.h"

#include "common/base/log.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2000

/* Logs one event with one text field and yields what arrived on stderr. */
static void capture(enum log_level level, const char *text, char *line, size_t size)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    int saved = dup(STDERR_FILENO);
    assert_true(saved >= 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    log_line(level, "seen", LOG_TEXT("peer", text), LOG_NUMBER("count", -3));
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    ssize_t length = read(ends[0], line, size - 1);
    line[length > 0 ? length : 0] = '\0';
    assert_int_equal(close(saved), 0);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
}

struct log_case {
    const char *name;
    const char *text;
    const char *want_logfmt; /* how the value is written */
    const char *want_json;
};

static struct log_case log_cases[] = {
    {.name = "a plain value",
     .text = "node-3.a",
     .want_logfmt = "node-3.a",
     .want_json = "\"node-3.a\""},
    {.name = "an empty value", .text = "", .want_logfmt = "\"\"", .want_json = "\"\""},
    {.name = "a space", .text = "a b", .want_logfmt = "\"a b\"", .want_json = "\"a b\""},
    {.name = "an equals sign", .text = "a=b", .want_logfmt = "\"a=b\"", .want_json = "\"a=b\""},
    {.name = "a quote", .text = "a\"b", .want_logfmt = "\"a\\\"b\"", .want_json = "\"a\\\"b\""},
    {.name = "a backslash",
     .text = "a\\b",
     .want_logfmt = "\"a\\\\b\"",
     .want_json = "\"a\\\\b\""},
    {.name = "a newline can't begin a line",
     .text = "a\nb",
     .want_logfmt = "\"a\\nb\"",
     .want_json = "\"a\\nb\""},
    {.name = "a tab", .text = "a\tb", .want_logfmt = "\"a\\tb\"", .want_json = "\"a\\tb\""},
    {.name = "an escape byte",
     .text = "\x1b[2J",
     .want_logfmt = "\"\\u001b[2J\"",
     .want_json = "\"\\u001b[2J\""},
    {.name = "a delete byte",
     .text = "\x7f",
     .want_logfmt = "\"\\u007f\"",
     .want_json = "\"\\u007f\""},
    {.name = "a C1 control",
     .text = "\xc2\x9b"
             "2J",
     .want_logfmt = "\"\\u009b2J\"",
     .want_json = "\"\\u009b2J\""},
    {.name = "letters beyond ASCII",
     .text = "é…😀",
     .want_logfmt = "\"é…😀\"",
     .want_json = "\"é…😀\""},
    {.name = "a lone continuation byte",
     .text = "a\x80",
     .want_logfmt = "\"a\\ufffd\"",
     .want_json = "\"a\\ufffd\""},
    {.name = "a sequence cut by the end",
     .text = "\xe2\x80",
     .want_logfmt = "\"\\ufffd\\ufffd\"",
     .want_json = "\"\\ufffd\\ufffd\""},
    {.name = "an over-long form",
     .text = "\xc0\xaf",
     .want_logfmt = "\"\\ufffd\\ufffd\"",
     .want_json = "\"\\ufffd\\ufffd\""},
    {.name = "a surrogate",
     .text = "\xed\xa0\x80",
     .want_logfmt = "\"\\ufffd\\ufffd\\ufffd\"",
     .want_json = "\"\\ufffd\\ufffd\\ufffd\""},
};

/* Compares a line with what is wanted, where every # stands for a digit of the time. */
static void assert_line(const char *line, const char *want)
{
    size_t length = strlen(want);
    assert_int_equal(strlen(line), length);
    for (size_t index = 0; index < length; index++) {
        if (want[index] == '#')
            assert_true(line[index] >= '0' && line[index] <= '9');
        else if (line[index] != want[index])
            fail_msg("wanted %s, found %s", want, line);
    }
}

static void test_log(void **state)
{
    const struct log_case *row = *state;
    char line[4096];
    char want[4096];
    log_open("intake", LOG_LEVEL_INFO, false);
    capture(LOG_LEVEL_WARN, row->text, line, sizeof line);
    (void)snprintf(want, sizeof want,
                   "time=####-##-##T##:##:##Z level=warn service=intake event=seen peer=%s "
                   "count=-3\n",
                   row->want_logfmt);
    assert_line(line, want);
    log_open("intake", LOG_LEVEL_INFO, true);
    capture(LOG_LEVEL_WARN, row->text, line, sizeof line);
    (void)snprintf(want, sizeof want,
                   "{\"time\":\"####-##-##T##:##:##Z\",\"level\":\"warn\",\"service\":\"intake\","
                   "\"event\":\"seen\",\"peer\":%s,\"count\":-3}\n",
                   row->want_json);
    assert_line(line, want);
}

struct level_case {
    const char *name;
    enum log_level level_min;
    enum log_level level;
    const char *want; /* NULL: no line */
};

static struct level_case level_cases[] = {
    {.name = "debug below info", .level_min = LOG_LEVEL_INFO, .level = LOG_LEVEL_DEBUG},
    {.name = "warn below error", .level_min = LOG_LEVEL_ERROR, .level = LOG_LEVEL_WARN},
    {.name = "debug",
     .level_min = LOG_LEVEL_DEBUG,
     .level = LOG_LEVEL_DEBUG,
     .want = " level=debug "},
    {.name = "info", .level_min = LOG_LEVEL_INFO, .level = LOG_LEVEL_INFO, .want = " level=info "},
    {.name = "error",
     .level_min = LOG_LEVEL_INFO,
     .level = LOG_LEVEL_ERROR,
     .want = " level=error "},
};

static void test_level(void **state)
{
    const struct level_case *row = *state;
    char line[4096];
    log_open("intake", row->level_min, false);
    capture(row->level, "x", line, sizeof line);
    if (row->want == NULL)
        assert_string_equal(line, "");
    else
        assert_non_null(strstr(line, row->want));
}

struct cut_case {
    const char *name;
    bool is_json;
    const char *unit;
    const char *want_end;
};

static struct cut_case cut_cases[] = {
    {.name = "plain, logfmt", .is_json = false, .unit = "a", .want_end = "a\n"},
    {.name = "quoted, logfmt", .is_json = false, .unit = " ", .want_end = " \"\n"},
    {.name = "JSON stays JSON", .is_json = true, .unit = "a", .want_end = "a\"}\n"},
    {.name = "an escape is not cut", .is_json = true, .unit = "\x01", .want_end = "\\u0001\"}\n"},
    {.name = "a letter is not cut", .is_json = true, .unit = "é", .want_end = "é\"}\n"},
};

static void test_cut(void **state)
{
    const struct cut_case *row = *state;
    size_t size = strlen(row->unit);
    char line[4096];
    log_open("intake", LOG_LEVEL_INFO, row->is_json);
    /* Every offset, so that the cut falls on every byte of a unit. */
    for (size_t offset = 0; offset < 8; offset++) {
        char text[4000] = "";
        memset(text, 'x', offset);
        for (size_t used = offset; used + size < sizeof text; used += size)
            memcpy(text + used, row->unit, size);
        capture(LOG_LEVEL_INFO, text, line, sizeof line);
        size_t length = strlen(line);
        size_t end = strlen(row->want_end);
        assert_true(length <= LINE_MAX_BYTES && length > LINE_MAX_BYTES - 10);
        assert_string_equal(line + length - end, row->want_end);
        assert_null(strstr(line, "count"));
    }
}

/* The number's field stands just at the limit: whole or not at all, whatever stands before it. */
static void test_log__number_at_the_limit__whole_or_absent(void **state)
{
    (void)state;
    char text[2100];
    char line[4096];
    log_open("intake", LOG_LEVEL_INFO, true);
    for (size_t length = 1850; length < 1950; length++) {
        memset(text, 'a', length);
        text[length] = '\0';
        capture(LOG_LEVEL_INFO, text, line, sizeof line);
        size_t used = strlen(line);
        assert_true(used <= LINE_MAX_BYTES);
        const char *end = strstr(line, "count") == NULL ? "a\"}\n" : "\",\"count\":-3}\n";
        assert_string_equal(line + used - strlen(end), end);
    }
}

int main(void)
{
    TEST_TABLE(values, log_cases, test_log)
    TEST_TABLE(levels, level_cases, test_level)
    TEST_TABLE(cuts, cut_cases, test_cut)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_log__number_at_the_limit__whole_or_absent),
    };
    int failed = cmocka_run_group_tests_name("log values", values, NULL, NULL);
    failed += cmocka_run_group_tests_name("log levels", levels, NULL, NULL);
    failed += cmocka_run_group_tests_name("log cuts", cuts, NULL, NULL);
    failed += cmocka_run_group_tests_name("log", single, NULL, NULL);
    return failed;
}
