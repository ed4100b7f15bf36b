/*
 * Days of the calendar: which there are, how they are counted and written.
 */
#include "tests/support/test.h"

#include "common/case/day.h"

struct valid_case {
    const char *name;
    uint32_t day;
    bool want;
};

static struct valid_case valid_cases[] = {
    {"an ordinary day is one", 20241015, true},
    {"the first day within the limits", 19000101, true},
    {"the last day within the limits", 21991231, true},
    {"the day before the limits", 18991231, false},
    {"the day after the limits", 22000101, false},
    {"nothing said is no day", 0, false},
    {"month 0", 20240015, false},
    {"month 13", 20241301, false},
    {"day 0", 20241000, false},
    {"31 April", 20240431, false},
    {"29 February of a leap year", 20240229, true},
    {"29 February of another year", 20230229, false},
    {"29 February of a century that is no leap year", 19000229, false},
    {"29 February of the century that is one", 20000229, true},
};

static void test_valid(void **state)
{
    const struct valid_case *row = *state;
    assert_int_equal(day_is_valid(row->day), row->want);
}

struct number_case {
    const char *name;
    uint32_t day;
    int32_t number;
    unsigned weekday;
};

static struct number_case number_cases[] = {
    {"the first day of Unix is number 0, a Thursday", 19700101, 0, 3},
    {"the day before is negative, a Wednesday", 19691231, -1, 2},
    {"the leap day of 2000", 20000229, 11016, 1},
    {"the day of the vote of 2024, a Wednesday", 20241127, 20054, 2},
    {"the first day of the limits, a Monday", 19000101, -25567, 0},
    {"a Sunday is 6", 20241124, 20051, 6},
};

static void test_number(void **state)
{
    const struct number_case *row = *state;
    assert_int_equal(day_to_number(row->day), row->number);
    assert_int_equal(day_of_number(row->number), row->day);
    assert_int_equal(day_weekday(row->day), row->weekday);
}

/* Every day within the limits follows the one before, and is found again by its number. */
static void test_day_of_number__every_day__is_the_calendars(void **state)
{
    (void)state;
    unsigned count = 0;
    int32_t number = day_to_number(19000101);
    for (uint32_t day = 19000101; day <= 21991231; day++) {
        if (!day_is_valid(day))
            continue;
        assert_int_equal(day_to_number(day), number);
        assert_int_equal(day_of_number(number), day);
        number++;
        count++;
    }
    assert_int_equal(count, 109573);
}

struct add_case {
    const char *name;
    uint32_t day;
    int32_t count;
    uint32_t want;
};

static struct add_case add_cases[] = {
    {"none is the same day", 20241015, 0, 20241015},
    {"over the end of a month", 20241031, 1, 20241101},
    {"over the end of a year", 20241231, 1, 20250101},
    {"over a leap day", 20240228, 2, 20240301},
    {"back over the beginning of a year", 20250101, -1, 20241231},
    {"a year of 366 days", 20240101, 366, 20250101},
};

static void test_add(void **state)
{
    const struct add_case *row = *state;
    assert_int_equal(day_add(row->day, row->count), row->want);
}

struct instant_case {
    const char *name;
    int64_t utc_s;
    int32_t zone_seconds;
    uint32_t want;
};

static struct instant_case instant_cases[] = {
    {"the first instant of Unix", 0, 0, 19700101},
    {"the last second before it", -1, 0, 19691231},
    {"a whole day before it", -86400, 0, 19691231},
    {"the last second of a day in Jakarta", 1732726799, DAY_ZONE_JAKARTA_SECONDS, 20241127},
    {"midnight in Jakarta is the next day, though it is 17:00 in UTC", 1732726800,
     DAY_ZONE_JAKARTA_SECONDS, 20241128},
    {"the same instant in UTC is still the day before", 1732726800, 0, 20241127},
};

static void test_instant(void **state)
{
    const struct instant_case *row = *state;
    assert_int_equal(day_of_instant(row->utc_s, row->zone_seconds), row->want);
}

struct text_case {
    const char *name;
    const char *text;
    uint32_t want; /* 0: not read */
};

static struct text_case text_cases[] = {
    {"a day", "2024-10-15", 20241015},
    {"nothing", "", 0},
    {"a day without its end", "2024-10-1", 0},
    {"a day with something behind", "2024-10-15 ", 0},
    {"a day with something before", " 2024-10-15", 0},
    {"other dashes", "2024/10/15", 0},
    {"a letter for a digit", "2024-1O-15", 0},
    {"a day that there is not", "2024-02-30", 0},
    {"a year before the limits", "1899-12-31", 0},
};

static void test_text(void **state)
{
    const struct text_case *row = *state;
    uint32_t day = 7;
    bool is_read = day_from_text(row->text, &day);
    assert_int_equal(is_read, row->want != 0);
    assert_int_equal(day, row->want != 0 ? row->want : 7);
}

static void test_day_to_text__a_day_and_none__its_text_and_nothing(void **state)
{
    (void)state;
    char text[DAY_TEXT_SIZE];
    day_to_text(20240209, text);
    assert_string_equal(text, "2024-02-09");
    day_to_text(0, text);
    assert_string_equal(text, "");
}

int main(void)
{
    TEST_TABLE(valid, valid_cases, test_valid)
    TEST_TABLE(number, number_cases, test_number)
    TEST_TABLE(add, add_cases, test_add)
    TEST_TABLE(instant, instant_cases, test_instant)
    TEST_TABLE(text, text_cases, test_text)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_day_of_number__every_day__is_the_calendars),
        cmocka_unit_test(test_day_to_text__a_day_and_none__its_text_and_nothing),
    };
    int failed = cmocka_run_group_tests(valid, NULL, NULL);
    failed += cmocka_run_group_tests(number, NULL, NULL);
    failed += cmocka_run_group_tests(add, NULL, NULL);
    failed += cmocka_run_group_tests(instant, NULL, NULL);
    failed += cmocka_run_group_tests(text, NULL, NULL);
    return failed + cmocka_run_group_tests(single, NULL, NULL);
}
