/* The window of submissions under way. */
#include "tests/support/test.h"

#include "services/netra/import.h"

static struct import_slot slots[IMPORT_SLOTS];
static struct import_window window;

static int begin(void **state)
{
    (void)state;
    for (unsigned i = 0; i < IMPORT_SLOTS; i++)
        slots[i].state = SLOT_FREE;
    window = (struct import_window){.slots = slots};
    return 0;
}

static struct import_slot *prepare(uint64_t row)
{
    struct import_slot *slot = import_window_free(&window);

    assert_non_null(slot);
    slot->row = row;
    slot->request_id = row + 1000;
    import_window_move(&window, slot, SLOT_PREPARED);
    return slot;
}

static void fill(void)
{
    for (uint64_t row = 1; row <= IMPORT_SLOTS; row++)
        (void)prepare(row);
}

static unsigned send_all(int64_t due_ms)
{
    unsigned sent = 0;

    for (struct import_slot *slot = import_window_next(&window); slot != NULL;
         slot = import_window_next(&window)) {
        slot->due_ms = due_ms;
        import_window_move(&window, slot, SLOT_SENT);
        sent++;
    }
    return sent;
}

static void test_window__every_slot_used__has_no_free_one(void **state)
{
    (void)state;
    fill();
    assert_null(import_window_free(&window));
    assert_int_equal(window.used, IMPORT_SLOTS);
}

static void test_window__more_prepared_than_the_window__sends_the_window(void **state)
{
    (void)state;
    fill();
    assert_int_equal(send_all(10), IMPORT_WINDOW);
    assert_null(import_window_next(&window));
}

static void test_window__prepared_out_of_order__sends_the_lowest_row_first(void **state)
{
    (void)state;
    (void)prepare(9);
    (void)prepare(4);
    (void)prepare(7);
    assert_int_equal(import_window_next(&window)->row, 4);
}

static void test_window__connection_lost__sends_everything_again(void **state)
{
    (void)state;
    (void)prepare(1);
    (void)prepare(2);
    assert_int_equal(send_all(10), 2);
    import_window_lost(&window);
    assert_int_equal(window.sent, 0);
    assert_int_equal(send_all(10), 2);
}

static void test_window__answer_late__still_counts(void **state)
{
    struct import_slot *slot = NULL;

    (void)state;
    slot = prepare(1);
    assert_int_equal(send_all(10), 1);
    assert_int_equal(import_window_tick(&window, 10), INT64_MAX);
    assert_int_equal(slot->state, SLOT_PREPARED);
    assert_ptr_equal(import_window_find(&window, 1001), slot);
}

static void test_window__answered__has_no_second_answer(void **state)
{
    struct import_slot *slot = NULL;

    (void)state;
    slot = prepare(1);
    import_window_move(&window, slot, SLOT_FREE);
    assert_null(import_window_find(&window, 1001));
    assert_int_equal(window.used, 0);
}

static void test_window__told_to_wait__waits_until_due(void **state)
{
    struct import_slot *slot = NULL;

    (void)state;
    slot = prepare(1);
    slot->due_ms = 50;
    import_window_move(&window, slot, SLOT_WAITING);
    assert_int_equal(import_window_tick(&window, 49), 50);
    assert_null(import_window_next(&window));
    assert_int_equal(import_window_tick(&window, 50), INT64_MAX);
    assert_ptr_equal(import_window_next(&window), slot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_window__every_slot_used__has_no_free_one, begin),
        cmocka_unit_test_setup(test_window__more_prepared_than_the_window__sends_the_window,
                               begin),
        cmocka_unit_test_setup(test_window__prepared_out_of_order__sends_the_lowest_row_first,
                               begin),
        cmocka_unit_test_setup(test_window__connection_lost__sends_everything_again, begin),
        cmocka_unit_test_setup(test_window__answer_late__still_counts, begin),
        cmocka_unit_test_setup(test_window__answered__has_no_second_answer, begin),
        cmocka_unit_test_setup(test_window__told_to_wait__waits_until_due, begin),
    };

    return cmocka_run_group_tests_name("import window", tests, NULL, NULL);
}
