/*
 * The sending window: every cell of its table, what each answer is, and how credit bounds it.
 */
#include "tests/support/test.h"

#include "common/delivery/window.h"

/* ---- the table ---- */

struct cell_case {
    const char *name;
    enum window_state state;
    enum window_event event;
    enum window_state want_next;
    enum window_effect want_effect;
};

static struct cell_case cell_cases[] = {
    {"down connects: greets", WINDOW_DOWN, WINDOW_CONNECTS, WINDOW_GREETING, WINDOW_GREET},
    {"down disconnects again: nothing", WINDOW_DOWN, WINDOW_DISCONNECTS, WINDOW_DOWN,
     WINDOW_NOTHING},
    {"down is answered: can't send", WINDOW_DOWN, WINDOW_IS_ANSWERED, WINDOW_DOWN, WINDOW_NOTHING},
    {"down hears old news: nothing", WINDOW_DOWN, WINDOW_IS_OLD_NEWS, WINDOW_DOWN, WINDOW_NOTHING},
    {"down is forgotten: stops the stream", WINDOW_DOWN, WINDOW_IS_FORGOTTEN, WINDOW_STOPPED,
     WINDOW_ALARM},
    {"down is forked: stops the service", WINDOW_DOWN, WINDOW_IS_FORKED, WINDOW_STOPPED,
     WINDOW_STOP},
    {"down is reset: stays down", WINDOW_DOWN, WINDOW_RESETS, WINDOW_DOWN, WINDOW_NOTHING},
    {"greeting connects anew: greets anew", WINDOW_GREETING, WINDOW_CONNECTS, WINDOW_GREETING,
     WINDOW_GREET},
    {"greeting disconnects: down", WINDOW_GREETING, WINDOW_DISCONNECTS, WINDOW_DOWN,
     WINDOW_NOTHING},
    {"greeting is answered: opens", WINDOW_GREETING, WINDOW_IS_ANSWERED, WINDOW_OPEN, WINDOW_MOVE},
    {"greeting hears old news: goes on asking", WINDOW_GREETING, WINDOW_IS_OLD_NEWS,
     WINDOW_GREETING, WINDOW_NOTHING},
    {"greeting is forgotten: stops the stream", WINDOW_GREETING, WINDOW_IS_FORGOTTEN,
     WINDOW_STOPPED, WINDOW_ALARM},
    {"greeting is forked: stops the service", WINDOW_GREETING, WINDOW_IS_FORKED, WINDOW_STOPPED,
     WINDOW_STOP},
    {"greeting is reset: greets anew", WINDOW_GREETING, WINDOW_RESETS, WINDOW_GREETING,
     WINDOW_GREET},
    {"open connects anew: greets", WINDOW_OPEN, WINDOW_CONNECTS, WINDOW_GREETING, WINDOW_GREET},
    {"open disconnects: down", WINDOW_OPEN, WINDOW_DISCONNECTS, WINDOW_DOWN, WINDOW_NOTHING},
    {"open is answered: moves", WINDOW_OPEN, WINDOW_IS_ANSWERED, WINDOW_OPEN, WINDOW_MOVE},
    {"open hears old news: nothing", WINDOW_OPEN, WINDOW_IS_OLD_NEWS, WINDOW_OPEN, WINDOW_NOTHING},
    {"open is forgotten: stops the stream", WINDOW_OPEN, WINDOW_IS_FORGOTTEN, WINDOW_STOPPED,
     WINDOW_ALARM},
    {"open is forked: stops the service", WINDOW_OPEN, WINDOW_IS_FORKED, WINDOW_STOPPED,
     WINDOW_STOP},
    {"open is reset: greets anew", WINDOW_OPEN, WINDOW_RESETS, WINDOW_GREETING, WINDOW_GREET},
    {"stopped connects: greets, stays stopped", WINDOW_STOPPED, WINDOW_CONNECTS, WINDOW_STOPPED,
     WINDOW_GREET},
    {"stopped disconnects: stays stopped", WINDOW_STOPPED, WINDOW_DISCONNECTS, WINDOW_STOPPED,
     WINDOW_NOTHING},
    {"stopped is answered: stays stopped", WINDOW_STOPPED, WINDOW_IS_ANSWERED, WINDOW_STOPPED,
     WINDOW_NOTHING},
    {"stopped hears old news: stays stopped", WINDOW_STOPPED, WINDOW_IS_OLD_NEWS, WINDOW_STOPPED,
     WINDOW_NOTHING},
    {"stopped is forgotten again: one alarm was enough", WINDOW_STOPPED, WINDOW_IS_FORGOTTEN,
     WINDOW_STOPPED, WINDOW_NOTHING},
    {"stopped is forked: stops the service", WINDOW_STOPPED, WINDOW_IS_FORKED, WINDOW_STOPPED,
     WINDOW_STOP},
    {"stopped is reset: greets", WINDOW_STOPPED, WINDOW_RESETS, WINDOW_GREETING, WINDOW_GREET},
};

static void check_cell(void **state)
{
    const struct cell_case *row = *state;
    struct window_cell cell = window_cell_at(row->state, row->event);
    assert_int_equal(cell.next, row->want_next);
    assert_int_equal(cell.effect, row->want_effect);
}

static void test_cells__all_rows__name_every_cell(void **state)
{
    (void)state;
    assert_int_equal(sizeof cell_cases / sizeof cell_cases[0],
                     WINDOW_STATE_COUNT * WINDOW_EVENT_COUNT);
}

/* ---- what an answer is ---- */

/* The window of these rows: OPEN, cursor at 100, last moved when number 7 was the newest. */
static struct window window_of_rows(void)
{
    return (struct window){.state = WINDOW_OPEN,
                           .acked = 100,
                           .acked_bytes = 1000,
                           .sent = 120,
                           .sent_bytes = 1200,
                           .credit_entries = 50,
                           .credit_bytes = 500,
                           .moved_at = 7};
}

struct answer_case {
    const char *name;
    enum window_state state;
    struct window_answer answer;
    enum window_event want;
};

static struct answer_case answer_cases[] = {
    {"a position at the cursor answers",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_CURRENT, .echo_counter = 8, .position = 100, .is_store_known = true},
     WINDOW_IS_ANSWERED},
    {"a position beyond the cursor answers, whatever number it repeats",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_CURRENT, .echo_counter = 1, .position = 110, .is_store_known = true},
     WINDOW_IS_ANSWERED},
    {"no number repeated yet is old news",
     WINDOW_GREETING,
     {.echo = WINDOW_ECHO_NONE, .position = 110, .is_store_known = true},
     WINDOW_IS_OLD_NEWS},
    {"a number of an earlier start is old news",
     WINDOW_GREETING,
     {.echo = WINDOW_ECHO_EARLIER, .position = 110, .is_store_known = true},
     WINDOW_IS_OLD_NEWS},
    {"behind the cursor, in answer to a number older than the move, is old news",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_CURRENT, .echo_counter = 7, .position = 99, .is_store_known = true},
     WINDOW_IS_OLD_NEWS},
    {"behind the cursor, in answer to a fresh number, has forgotten",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_CURRENT, .echo_counter = 8, .position = 99, .is_store_known = true},
     WINDOW_IS_FORGOTTEN},
    {"another store, in answer to a fresh number, has forgotten",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_CURRENT, .echo_counter = 8, .position = 100, .is_store_known = false},
     WINDOW_IS_FORGOTTEN},
    {"a position past our end forks",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_CURRENT,
      .echo_counter = 8,
      .point = WINDOW_POINT_BEYOND,
      .is_store_known = true},
     WINDOW_IS_FORKED},
    {"a position past our end forks, whoever asked",
     WINDOW_GREETING,
     {.echo = WINDOW_ECHO_NONE, .point = WINDOW_POINT_BEYOND, .is_store_known = true},
     WINDOW_IS_FORKED},
    {"another digest forks",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_CURRENT,
      .echo_counter = 8,
      .point = WINDOW_POINT_MISFIT,
      .position = 100,
      .is_store_known = true},
     WINDOW_IS_FORKED},
    {"a number never drawn forks once our own was repeated",
     WINDOW_OPEN,
     {.echo = WINDOW_ECHO_FOREIGN, .position = 100, .is_store_known = true},
     WINDOW_IS_FORKED},
    {"a number never drawn is old news before our own was repeated",
     WINDOW_GREETING,
     {.echo = WINDOW_ECHO_FOREIGN, .position = 100, .is_store_known = true},
     WINDOW_IS_OLD_NEWS},
};

static void check_answer(void **state)
{
    const struct answer_case *row = *state;
    struct window window = window_of_rows();
    window.state = row->state;
    assert_int_equal(window_judge(&window, &row->answer), row->want);
}

/* ---- moving and sending ---- */

static void test_answered__beyond_cursor__moves_cursor_and_takes_credit(void **state)
{
    (void)state;
    struct window window = window_of_rows();
    struct window_answer answer = {.echo = WINDOW_ECHO_CURRENT,
                                   .echo_counter = 8,
                                   .position = 110,
                                   .bytes_through = 1100,
                                   .is_store_known = true,
                                   .credit_entries = 9,
                                   .credit_bytes = 90};
    assert_int_equal(window_answered(&window, &answer, 12), WINDOW_MOVE);
    assert_int_equal(window.acked, 110);
    assert_int_equal(window.acked_bytes, 1100);
    assert_int_equal(window.moved_at, 12);
    assert_int_equal(window.credit_entries, 9);
    assert_int_equal(window.sent, 120);
}

static void test_answered__hello_below_sent__sends_again_from_there(void **state)
{
    (void)state;
    struct window window = window_of_rows();
    struct window_answer answer = {.echo = WINDOW_ECHO_CURRENT,
                                   .echo_counter = 8,
                                   .position = 110,
                                   .bytes_through = 1100,
                                   .is_store_known = true,
                                   .is_hello = true};
    (void)window_answered(&window, &answer, 8);
    assert_int_equal(window.sent, 110);
    assert_int_equal(window.sent_bytes, 1100);
}

static void test_answered__ack_below_sent__sends_nothing_again(void **state)
{
    (void)state;
    struct window window = window_of_rows();
    struct window_answer answer = {.echo = WINDOW_ECHO_CURRENT,
                                   .echo_counter = 8,
                                   .position = 110,
                                   .bytes_through = 1100,
                                   .is_store_known = true};
    (void)window_answered(&window, &answer, 8);
    assert_int_equal(window.sent, 120);
}

static void test_disconnect__with_entries_out__forgets_what_was_sent(void **state)
{
    (void)state;
    struct window window = window_of_rows();
    window_disconnect(&window);
    assert_int_equal(window.sent, window.acked);
    assert_false(window_may_send(&window, 1));
}

/* What the store that was left said is still on its way when an operator sets the cursor. */
static void test_reset__another_store_answers_a_number_of_before__is_old_news(void **state)
{
    (void)state;
    struct window window = window_of_rows();
    struct window_answer answer = {
        .echo = WINDOW_ECHO_CURRENT, .echo_counter = 12, .position = 100};
    window_reset(&window, 100, 1000, 12, true);
    assert_int_equal(window_answered(&window, &answer, 13), WINDOW_NOTHING);
    assert_int_equal(window.state, WINDOW_GREETING);
    answer.echo_counter = 13;
    assert_int_equal(window_answered(&window, &answer, 13), WINDOW_ALARM);
}

struct send_case {
    const char *name;
    struct window window;
    uint64_t bytes;
    bool want;
};

static struct send_case send_cases[] = {
    {"within both credits it goes",
     {.state = WINDOW_OPEN, .sent = 5, .sent_bytes = 50, .credit_entries = 6, .credit_bytes = 60},
     10,
     true},
    {"the last entry of the credit goes, one more doesn't",
     {.state = WINDOW_OPEN, .sent = 6, .sent_bytes = 6, .credit_entries = 6, .credit_bytes = 60},
     1,
     false},
    {"beyond the bytes it waits",
     {.state = WINDOW_OPEN, .sent = 5, .sent_bytes = 50, .credit_entries = 9, .credit_bytes = 60},
     11,
     false},
    {"with nothing unacknowledged one may always go, however large",
     {.state = WINDOW_OPEN, .credit_entries = 1, .credit_bytes = 1},
     100000,
     true},
    {"without credit none goes", {.state = WINDOW_OPEN}, 1, false},
    {"before the answer none goes", {.state = WINDOW_GREETING, .credit_entries = 9}, 1, false},
    {"stopped, none goes", {.state = WINDOW_STOPPED, .credit_entries = 9}, 1, false},
};

static void check_send(void **state)
{
    const struct send_case *row = *state;
    assert_int_equal(window_may_send(&row->window, row->bytes), row->want);
}

int main(void)
{
    TEST_TABLE(cells, cell_cases, check_cell);
    TEST_TABLE(answers, answer_cases, check_answer);
    TEST_TABLE(sends, send_cases, check_send);
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_cells__all_rows__name_every_cell),
        cmocka_unit_test(test_answered__beyond_cursor__moves_cursor_and_takes_credit),
        cmocka_unit_test(test_answered__hello_below_sent__sends_again_from_there),
        cmocka_unit_test(test_answered__ack_below_sent__sends_nothing_again),
        cmocka_unit_test(test_disconnect__with_entries_out__forgets_what_was_sent),
        cmocka_unit_test(test_reset__another_store_answers_a_number_of_before__is_old_news),
    };
    int failed = cmocka_run_group_tests_name("window cells", cells, NULL, NULL);
    failed += cmocka_run_group_tests_name("window answers", answers, NULL, NULL);
    failed += cmocka_run_group_tests_name("window sends", sends, NULL, NULL);
    return failed + cmocka_run_group_tests_name("window", singles, NULL, NULL);
}
