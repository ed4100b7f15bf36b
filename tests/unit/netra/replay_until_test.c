/* How far does a replay go? */
#include "tests/support/test.h"

#include "services/netra/replay_until.h"

struct parse_case {
    const char *name;
    const char *text;
    enum status want;
    uint64_t want_leaves;
    uint64_t want_utc_s;
};

static struct parse_case parse_cases[] = {
    {"nothing given is the log's end", NULL, STATUS_OK, UINT64_MAX, UINT64_MAX},
    {"digits are leaves", "1200", STATUS_OK, 1200, UINT64_MAX},
    {"no leaf at all", "0", STATUS_OK, 0, UINT64_MAX},
    {"a minute", "2024-10-15T12:00Z", STATUS_OK, UINT64_MAX, 1728993600},
    {"a second", "2024-10-15T12:00:30Z", STATUS_OK, UINT64_MAX, 1728993630},
    {"a day is its beginning", "2024-10-15", STATUS_OK, UINT64_MAX, 1728950400},
    {"the epoch", "1970-01-01", STATUS_OK, UINT64_MAX, 0},
    {"a day before the epoch", "1969-12-31", STATUS_USAGE, 0, 0},
    {"a day that the calendar lacks", "2024-02-30", STATUS_USAGE, 0, 0},
    {"an hour that a day lacks", "2024-10-15T24:00Z", STATUS_USAGE, 0, 0},
    {"a minute that an hour lacks", "2024-10-15T12:60Z", STATUS_USAGE, 0, 0},
    {"a time without its zone", "2024-10-15T12:00", STATUS_USAGE, 0, 0},
    {"a time of another zone", "2024-10-15T12:00+07:00", STATUS_USAGE, 0, 0},
    {"a time with something behind it", "2024-10-15T12:00Zx", STATUS_USAGE, 0, 0},
    {"letters", "kemarin", STATUS_USAGE, 0, 0},
    {"a short text", "x", STATUS_USAGE, 0, 0},
    {"nothing", "", STATUS_USAGE, 0, 0},
    {"a number that no log has", "99999999999999999999", STATUS_USAGE, 0, 0},
};

static void test_parse(void **state)
{
    const struct parse_case *row = *state;
    struct replay_until until;
    assert_int_equal(replay_until_parse(row->text, &until), row->want);
    if (row->want != STATUS_OK)
        return;
    assert_int_equal(until.is_given, row->text != NULL);
    assert_true(until.leaves == row->want_leaves);
    assert_true(until.utc_s == row->want_utc_s);
}

struct cover_case {
    const char *name;
    const char *until;
    uint64_t index;
    uint64_t append_time;
    bool want;
};

static struct cover_case cover_cases[] = {
    {"without a bound every leaf is a part", NULL, INT64_MAX, INT64_MAX, true},
    {"of two leaves the second is a part", "2", 1, 60, true},
    {"of two leaves the third is none", "2", 2, 60, false},
    {"of no leaves the first is none", "0", 0, 60, false},
    {"a leaf of that minute is a part", "1970-01-01T00:01Z", 7, 60, true},
    {"a leaf of the next minute is none", "1970-01-01T00:01Z", 7, 120, false},
};

static void test_cover(void **state)
{
    const struct cover_case *row = *state;
    struct replay_until until;
    assert_int_equal(replay_until_parse(row->until, &until), STATUS_OK);
    assert_int_equal(replay_until_covers(&until, row->index, row->append_time), row->want);
}

int main(void)
{
    TEST_TABLE(parses, parse_cases, test_parse);
    TEST_TABLE(covers, cover_cases, test_cover);
    int failed = cmocka_run_group_tests_name("netra/replay_until/parse", parses, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/replay_until/covers", covers, NULL, NULL);
    return failed;
}
