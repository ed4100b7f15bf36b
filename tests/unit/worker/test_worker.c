/*
 * What a worker does next: every cell of its table, its times, and its results.
 */
#include "tests/support/test.h"

#include "services/worker/worker.h"

#include <string.h>

static const uint8_t start[WORKER_START_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8};

struct cell_case {
    const char *name;
    enum worker_state state;
    enum worker_event event;
    enum worker_state next;
    enum worker_effect effect;
};

#define GO(from, what, to, does) \
    WORKER_STATE_##from, WORKER_EVENT_##what, WORKER_STATE_##to, WORKER_EFFECT_##does

/* All that has an effect or moves; every cell that isn't here is ignored. */
static struct cell_case cell_cases[] = {
    {"once connected it answers what is unanswered, then asks",
     GO(DOWN, UP, ASKING, ANSWER_AND_ASK)},
    {"a lease read behind a loss is decided", GO(DOWN, LEASED, DOWN, DECIDE)},
    {"without a connection it leaves at once", GO(DOWN, STOP, LEFT, NONE)},
    {"a lost connection is waited for", GO(ASKING, LOST, DOWN, NONE)},
    {"a lease is decided and the next one asked for", GO(ASKING, LEASED, ASKING, DECIDE_AND_ASK)},
    {"told to come later it rests", GO(ASKING, LATER, RESTING, NONE)},
    {"asked to stop it withdraws its request", GO(ASKING, STOP, LEAVING, WITHDRAW)},
    {"a request that isn't answered is sent again", GO(ASKING, DUE, ASKING, ASK)},
    {"a connection lost at rest is waited for", GO(RESTING, LOST, DOWN, NONE)},
    {"a lease of an older request is decided", GO(RESTING, LEASED, ASKING, DECIDE_AND_ASK)},
    {"asked to stop at rest it withdraws", GO(RESTING, STOP, LEAVING, WITHDRAW)},
    {"after the rest it asks", GO(RESTING, DUE, ASKING, ASK)},
    {"a connection lost while leaving ends it", GO(LEAVING, LOST, LEFT, NONE)},
    {"a lease given before the withdrawal is decided", GO(LEAVING, LEASED, LEAVING, DECIDE)},
    {"a withdrawal answered ends it", GO(LEAVING, WITHDRAWN, LEFT, NONE)},
    {"a withdrawal is not waited for for ever", GO(LEAVING, DUE, LEFT, NONE)},
    {"cases without their ruleset are held, and it is fetched",
     GO(ASKING, LEASED_AHEAD, FETCHING, HOLD_AND_FETCH)},
    {"cases read behind a loss are held too", GO(DOWN, LEASED_AHEAD, FETCHING, HOLD_AND_FETCH)},
    {"so are those of an older request", GO(RESTING, LEASED_AHEAD, FETCHING, HOLD_AND_FETCH)},
    {"newer cases take the place of the held ones",
     GO(FETCHING, LEASED_AHEAD, FETCHING, HOLD_AND_FETCH)},
    {"while fetching, cases whose ruleset is here are decided",
     GO(FETCHING, LEASED, FETCHING, DECIDE)},
    {"a part is followed by the next", GO(FETCHING, PART, FETCHING, FETCH)},
    {"with the whole ruleset the held cases are decided",
     GO(FETCHING, LOADED, ASKING, DECIDE_AND_ASK)},
    {"without it they are given up", GO(FETCHING, UNLOADABLE, RESTING, NONE)},
    {"a part that doesn't come is asked for again", GO(FETCHING, DUE, FETCHING, FETCH)},
    {"connected again it asks for the part again", GO(FETCHING, UP, FETCHING, ANSWER_AND_FETCH)},
    {"told to stop while fetching it has no request to withdraw",
     GO(FETCHING, STOP, LEAVING, NONE)},
    {"leaving, it still fetches for held cases", GO(LEAVING, PART, LEAVING, FETCH)},
    {"leaving, it still decides held cases", GO(LEAVING, LOADED, LEAVING, DECIDE)},
    {"leaving, it still holds cases that come",
     GO(LEAVING, LEASED_AHEAD, LEAVING, HOLD_AND_FETCH)},
};

static void test_cell(void **state)
{
    const struct cell_case *row = *state;
    struct worker_cell cell = worker_table_step(row->state, row->event);
    assert_false(cell.is_ignored);
    assert_int_equal(cell.next, row->next);
    assert_int_equal(cell.effect, row->effect);
}

static bool is_listed(enum worker_state from, enum worker_event event)
{
    for (size_t i = 0; i < sizeof(cell_cases) / sizeof(cell_cases[0]); i++) {
        if (cell_cases[i].state == from && cell_cases[i].event == event)
            return true;
    }
    return false;
}

static void test_table__every_cell_not_listed__ignored(void **state)
{
    (void)state;
    for (enum worker_state from = 0; from < WORKER_STATE_COUNT; from++) {
        for (enum worker_event event = 0; event < WORKER_EVENT_COUNT; event++) {
            if (!is_listed(from, event) && !worker_table_step(from, event).is_ignored)
                fail_msg("%s, %s: not ignored", worker_state_name(from), worker_event_name(event));
        }
    }
}

struct due_case {
    const char *name;
    enum worker_event events[3];
    unsigned count;
    int64_t rest_ms;
    int64_t want_ms; /* from the last event */
};

static struct due_case due_cases[] = {
    {"a request is sent again after 30 seconds", {WORKER_EVENT_UP}, 1, 0, 30000},
    {"a rest lasts as long as it was told", {WORKER_EVENT_UP, WORKER_EVENT_LATER}, 2, 700, 700},
    {"a rest without a time is short", {WORKER_EVENT_UP, WORKER_EVENT_LATER}, 2, 0, 100},
    {"a part is asked for again after 2 seconds",
     {WORKER_EVENT_UP, WORKER_EVENT_LEASED_AHEAD},
     2,
     0,
     2000},
    {"a withdrawal is waited for for 2 seconds", {WORKER_EVENT_UP, WORKER_EVENT_STOP}, 2, 0, 2000},
};

static void test_due(void **state)
{
    const struct due_case *row = *state;
    struct worker worker = {.due_ms = 0};
    worker_begin(&worker, start);
    assert_true(worker.due_ms == INT64_MAX);
    int64_t now_ms = 5000;
    for (unsigned i = 0; i < row->count; i++)
        (void)worker_step(&worker, row->events[i], row->rest_ms, now_ms += 10);
    assert_int_equal(worker.due_ms - now_ms, row->want_ms);
}

static void test_step__ignored__time_stands(void **state)
{
    (void)state;
    struct worker worker = {.due_ms = 0};
    worker_begin(&worker, start);
    (void)worker_step(&worker, WORKER_EVENT_UP, 0, 1000);
    int64_t due_ms = worker.due_ms;
    assert_int_equal(worker_step(&worker, WORKER_EVENT_UP, 0, 2000), WORKER_EFFECT_NONE);
    assert_int_equal(worker.due_ms, due_ms);
}

static void test_requests__ids__tell_what_was_asked(void **state)
{
    (void)state;
    struct worker worker = {.due_ms = 0};
    uint64_t work = worker_draw_request(&worker, WORKER_REQUEST_WORK);
    uint64_t result = worker_draw_request(&worker, WORKER_REQUEST_RESULT);
    uint64_t withdrawal = worker_draw_request(&worker, WORKER_REQUEST_WITHDRAWAL);
    assert_int_not_equal(work, 0);
    uint64_t ruleset = worker_draw_request(&worker, WORKER_REQUEST_RULESET);
    assert_true(work < result && result < withdrawal && withdrawal < ruleset);
    assert_int_equal(worker_request_of(ruleset), WORKER_REQUEST_RULESET);
    assert_int_equal(worker_request_of(work), WORKER_REQUEST_WORK);
    assert_int_equal(worker_request_of(result), WORKER_REQUEST_RESULT);
    assert_int_equal(worker_request_of(withdrawal), WORKER_REQUEST_WITHDRAWAL);
}

static void test_results__the_largest_lease__room_for_all_and_no_more(void **state)
{
    (void)state;
    static struct worker worker;
    const struct ruleset_pin pin = {.engine = CLASSIFICATION_ENGINE};
    for (unsigned i = 0; i < WORKER_CASES_MAX; i++)
        assert_non_null(worker_result_add(&worker));
    assert_null(worker_result_add(&worker));
    worker_lease_begin(&worker, 7, &pin);
    assert_int_equal(worker.results.count, 0);
    assert_int_equal(worker.results.lease_id, 7);
}

static void test_results__answered__forgotten_and_those_of_another_sending_stay(void **state)
{
    (void)state;
    static struct worker worker;
    assert_non_null(worker_result_add(&worker));
    uint64_t lost = worker_draw_request(&worker, WORKER_REQUEST_RESULT);
    worker.results.request_id = worker_draw_request(&worker, WORKER_REQUEST_RESULT);
    worker_results_answered(&worker, lost);
    worker_results_answered(&worker, 4711);
    assert_int_equal(worker.results.count, 1);
    worker_results_answered(&worker, worker.results.request_id);
    assert_int_equal(worker.results.count, 0);
}

int main(void)
{
    TEST_TABLE(cells, cell_cases, test_cell)
    TEST_TABLE(dues, due_cases, test_due)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_table__every_cell_not_listed__ignored),
        cmocka_unit_test(test_step__ignored__time_stands),
        cmocka_unit_test(test_requests__ids__tell_what_was_asked),
        cmocka_unit_test(test_results__the_largest_lease__room_for_all_and_no_more),
        cmocka_unit_test(test_results__answered__forgotten_and_those_of_another_sending_stay),
    };
    int failed = cmocka_run_group_tests_name("cells", cells, NULL, NULL);
    failed += cmocka_run_group_tests_name("times", dues, NULL, NULL);
    return failed + cmocka_run_group_tests_name("worker", singles, NULL, NULL);
}
