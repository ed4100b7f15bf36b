/* What becomes of a decision's notices: who is told, who is passed over, what never leaves. */
#include "tests/support/test.h"

#include "tests/unit/notification/app_fixture.h"

#include <stdio.h>
#include <string.h>

#define VIOLATION DECISION_OUTCOME_VIOLATION, DECISION_DISPOSITION_AUTO, "DISIPLIN-04"

#define DECISIONS_MAX 2
#define ROWS_MAX 64

static struct fixture files;
static struct app_fixture fixture;

struct told_case {
    const char *name;
    struct app_decision decisions[DECISIONS_MAX]; /* in the order in which they come */
    int64_t clock_jump_s; /* between the decisions and the first hand-over */
    const char *want; /* revision, recipient and state of each notice, when all had time to go */
};

static struct told_case cases[] = {
    {"every office of the route is told once",
     {{1, VIOLATION, NULL}},
     0,
     "1 ppk-36.04 handed_over, 1 bkpsdm-36.04 handed_over, 1 bawaslu-36.04 handed_over, "
     "1 bkn handed_over"},
    {"a clock that is set back before they leave holds up nobody",
     {{1, VIOLATION, NULL}},
     -20,
     "1 ppk-36.04 handed_over, 1 bkpsdm-36.04 handed_over, 1 bawaslu-36.04 handed_over, "
     "1 bkn handed_over"},
    {"an office that the accused belongs to is passed over, which is recorded",
     {{1, VIOLATION, "BKPSDM"}},
     0,
     "1 ppk-36.04 handed_over, 1 bkpsdm-36.04 blocked, 1 bkd-36 handed_over, "
     "1 bawaslu-36.04 handed_over, 1 bkn handed_over"},
    {"what had not left when the next revision came never leaves",
     {{1, VIOLATION, NULL}, {2, VIOLATION, NULL}},
     0,
     "1 ppk-36.04 superseded, 1 bkpsdm-36.04 superseded, 1 bawaslu-36.04 superseded, "
     "1 bkn superseded, 2 ppk-36.04 handed_over, 2 bkpsdm-36.04 handed_over, "
     "2 bawaslu-36.04 handed_over, 2 bkn handed_over"},
    {"a revision that comes after a higher one tells nobody",
     {{2, VIOLATION, NULL}, {1, VIOLATION, NULL}},
     0,
     "2 ppk-36.04 handed_over, 2 bkpsdm-36.04 handed_over, 2 bawaslu-36.04 handed_over, "
     "2 bkn handed_over, 1 ppk-36.04 superseded, 1 bkpsdm-36.04 superseded, "
     "1 bawaslu-36.04 superseded, 1 bkn superseded"},
};

static void add_line(char *text, size_t size, const struct notice_row *row)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s%u %s %s", used == 0 ? "" : ", ", row->revision,
                   row->recipient, notice_state_name(row->state));
}

static void check_told(void **state)
{
    static struct notice_row rows[ROWS_MAX];
    const struct told_case *row = *state;
    char text[1024] = "";
    uint32_t count = 0;
    assert_true(fixture_open(&files) && app_fixture_open(&fixture, &files));
    for (unsigned i = 0; i < DECISIONS_MAX && row->decisions[i].revision != 0; i++)
        assert_int_equal(app_fixture_decide(&fixture, &row->decisions[i]), STATUS_OK);
    fixture.clock_jump_s = row->clock_jump_s;
    app_fixture_tick(&fixture);
    assert_int_equal(
        notification_store_of_case(&fixture.app.store, app_case, rows, ROWS_MAX, &count),
        STATUS_OK);
    for (uint32_t i = 0; i < count; i++)
        add_line(text, sizeof text, &rows[i]);
    assert_string_equal(text, row->want);
    app_fixture_close(&fixture);
    fixture_close(&files);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_told)
    return cmocka_run_group_tests_name("notification/told", tests, NULL, NULL);
}
