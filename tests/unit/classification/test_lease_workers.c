/*
 * The pool's workers: who gets what, and what happens when one dies, hangs or comes back.
 */
#include "tests/support/test.h"

#include "pool_fixture.h"

#include <string.h>

/* ---- asking ---- */

static void test_ask__two_workers__the_one_that_waited_longest_first(void **state)
{
    (void)state;
    fixture_ask('A', 1);
    fixture_ask('B', 1);
    fixture_ask('A', 1); /* it replaces its request: now it is behind B */
    fixture_offer(1, 1);
    fixture_hand_out();
    assert_int_equal(fixture.leased_to[1], 'B');
}

static void test_ask__answered__gets_nothing_before_it_asks_again(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_offer(2, 2);
    fixture_hand_out();
    assert_int_equal(fixture_state(2), LEASE_STATE_WAITING);
    fixture_ask('A', 1);
    fixture_hand_out();
    assert_int_equal(fixture_state(2), LEASE_STATE_LEASED);
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED);
}

static void test_ask__new_start__its_old_leases_end_at_once(void **state)
{
    (void)state;
    fixture_offer(1, 3);
    fixture_ask('A', 1);
    fixture_hand_out();
    (void)fixture_result('A', 2, "X");
    fixture_ask('A', 2);
    assert_int_equal(fixture_state(1), LEASE_STATE_SUSPECT);
    assert_int_equal(fixture_state(2), LEASE_STATE_DECIDED);
    assert_int_equal(fixture_state(3), LEASE_STATE_SUSPECT);
}

static void test_ask__new_start_of_one__the_others_leases_stand(void **state)
{
    (void)state;
    fixture_ask_for('A', 1, 1);
    fixture_ask_for('B', 1, 1);
    fixture_offer(1, 2);
    fixture_hand_out();
    fixture_ask('A', 2);
    assert_int_equal(fixture_state(1), LEASE_STATE_SUSPECT);
    assert_int_equal(fixture_state(2), LEASE_STATE_LEASED);
}

static void test_ask__same_start__its_leases_stand(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_ask('A', 1);
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED);
}

static void fill_table(void)
{
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++)
        fixture_ask((char)(i + 1), 1);
}

static void test_ask__table_full_of_workers__try_again_later(void **state)
{
    (void)state;
    fill_table();
    struct lease_ask ask = {.key = {0xff}, .start = {1}, .cases_max = 1};
    unsigned place = 0;
    assert_int_equal(lease_pool_ask(&fixture.pool, &ask, fixture.now_ms, &place),
                     STATUS_TRY_AGAIN_LATER);
}

static void test_ask__table_full_and_one_left__takes_its_place(void **state)
{
    (void)state;
    fill_table();
    uint8_t left[LEASE_WORKER_KEY_SIZE] = {7};
    lease_pool_withdraw(&fixture.pool, left, fixture.now_ms);
    struct lease_ask ask = {.key = {0xff}, .start = {1}, .cases_max = 1};
    unsigned place = 0;
    assert_int_equal(lease_pool_ask(&fixture.pool, &ask, fixture.now_ms, &place), STATUS_OK);
    assert_int_equal(place, 6);
}

static void test_withdraw__asking__gets_nothing_and_is_not_there(void **state)
{
    (void)state;
    fixture_ask('A', 1);
    uint8_t key[LEASE_WORKER_KEY_SIZE] = {'A'};
    lease_pool_withdraw(&fixture.pool, key, fixture.now_ms);
    fixture_offer(1, 1);
    fixture_hand_out();
    assert_int_equal(fixture_state(1), LEASE_STATE_WAITING);
    assert_int_equal(fixture_readiness(1), LEASE_READY);
}

static void test_withdraw__unknown__nothing_happens(void **state)
{
    (void)state;
    uint8_t key[LEASE_WORKER_KEY_SIZE] = {'Z'};
    lease_pool_withdraw(&fixture.pool, key, fixture.now_ms);
    assert_false(lease_pool_has_workers(&fixture.pool, fixture.now_ms));
}

static void test_has_workers__last_word_a_moment_ago__still_there(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    (void)fixture_result('A', 1, "X");
    fixture_wait(LEASE_WORKER_GRACE_MS - 1);
    assert_true(lease_pool_has_workers(&fixture.pool, fixture.now_ms));
    assert_int_equal(lease_pool_next_ms(&fixture.pool, fixture.now_ms), fixture.now_ms + 1);
    fixture_wait(1);
    assert_false(lease_pool_has_workers(&fixture.pool, fixture.now_ms));
    assert_true(lease_pool_next_ms(&fixture.pool, fixture.now_ms) == INT64_MAX);
}

/* ---- deadlines ---- */

static void test_deadline__come__the_unanswered_are_suspects(void **state)
{
    (void)state;
    fixture_offer(1, 2);
    fixture_ask('A', 1);
    fixture_hand_out();
    (void)fixture_result('A', 1, "X");
    fixture_wait(FIXTURE_LEASE_MS - 1);
    assert_int_equal(fixture_state(2), LEASE_STATE_LEASED);
    assert_int_equal(lease_pool_next_ms(&fixture.pool, fixture.now_ms), fixture.now_ms + 1);
    fixture_wait(1);
    assert_int_equal(fixture_state(1), LEASE_STATE_DECIDED);
    assert_int_equal(fixture_state(2), LEASE_STATE_SUSPECT);
}

/* A stopped process answers nothing, though its request may still stand at the door. */
static void test_deadline__stopped_worker__gets_nothing_more(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_ask('A', 1);
    fixture_wait(FIXTURE_LEASE_MS);
    fixture_offer(2, 2);
    fixture_hand_out();
    assert_int_equal(fixture_state(1), LEASE_STATE_SUSPECT);
    assert_int_equal(fixture_state(2), LEASE_STATE_WAITING);
    assert_int_equal(fixture_readiness(2), LEASE_READY);
}

static void test_deadline__its_request_stands__turned_away_once(void **state)
{
    (void)state;
    unsigned worker = 99;
    fixture_offer(1, 2);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_ask('A', 1);
    fixture_wait(FIXTURE_LEASE_MS);
    assert_true(lease_pool_turned_away(&fixture.pool, &worker));
    assert_int_equal(worker, 0);
    assert_false(lease_pool_turned_away(&fixture.pool, &worker));
}

static void test_deadline__no_request_stands__nobody_is_turned_away(void **state)
{
    (void)state;
    unsigned worker = 0;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    assert_false(lease_pool_turned_away(&fixture.pool, &worker));
}

static void test_deadline__asks_again__is_back(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    assert_false(lease_pool_has_workers(&fixture.pool, fixture.now_ms));
    fixture_ask('A', 1);
    assert_true(lease_pool_has_workers(&fixture.pool, fixture.now_ms));
    fixture_hand_out();
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED_ALONE);
}

static void test_deadline__only_a_result_comes__is_not_back(void **state)
{
    (void)state;
    fixture_offer(1, 2);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    (void)fixture_result('A', 1, "LATE");
    assert_int_equal(fixture_readiness(2), LEASE_COUNT_FIRST);
}

/* ---- suspects ---- */

static void make_suspects(char worker, uint64_t first, uint64_t last)
{
    fixture_offer(first, last);
    fixture_ask(worker, 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
}

static void test_suspect__others_wait_too__leased_alone_and_counted(void **state)
{
    (void)state;
    make_suspects('A', 1, 2);
    fixture_offer(3, 4);
    fixture_ask('B', 1);
    fixture_hand_out();
    assert_int_equal(fixture.last_count, 1);
    assert_int_equal(fixture.deaths[1], 1);
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED_ALONE);
    assert_int_equal(fixture_state(2), LEASE_STATE_SUSPECT);
    assert_int_equal(fixture_state(3), LEASE_STATE_WAITING);
}

static void test_suspect__behind_a_waiting_case__is_not_leased_with_it(void **state)
{
    (void)state;
    make_suspects('A', 2, 2);
    fixture_offer(1, 1);
    fixture_offer(3, 3);
    fixture_ask('B', 1);
    fixture_hand_out();
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED);
    assert_int_equal(fixture_state(2), LEASE_STATE_SUSPECT);
    assert_int_equal(fixture_state(3), LEASE_STATE_LEASED);
    assert_int_equal(fixture.deaths[2], 0);
}

static void test_suspect__its_last_worker_waited_longer__goes_to_another(void **state)
{
    (void)state;
    make_suspects('A', 1, 1);
    fixture_ask('A', 2);
    fixture_ask('B', 1);
    fixture_hand_out();
    assert_int_equal(fixture.leased_to[1], 'B');
}

static void test_suspect__nobody_else_asks__goes_to_the_same(void **state)
{
    (void)state;
    make_suspects('A', 1, 1);
    fixture_ask('A', 2);
    fixture_hand_out();
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED_ALONE);
}

static void test_suspect__three_deaths_alone__condemned(void **state)
{
    (void)state;
    make_suspects('A', 1, 2);
    for (uint8_t start = 2; start < 5; start++) {
        fixture_ask('A', start);
        fixture_hand_out();
        assert_int_equal(fixture_state(1), LEASE_STATE_LEASED_ALONE);
        fixture_wait(FIXTURE_LEASE_MS);
        assert_int_equal(fixture_state(1), LEASE_STATE_SUSPECT);
    }
    fixture_ask('A', 5);
    fixture_hand_out();
    assert_int_equal(fixture_state(1), LEASE_STATE_CONDEMNED);
    assert_int_equal(fixture.pool.counters.condemned, 1);
    /* The request that was meant for it is given the next. */
    assert_int_equal(fixture_state(2), LEASE_STATE_LEASED_ALONE);
}

static void test_suspect__answered_alone__never_condemned(void **state)
{
    (void)state;
    make_suspects('A', 1, 1);
    fixture_ask('B', 1);
    fixture_hand_out();
    (void)fixture_result('B', 1, "X");
    fixture_wait(FIXTURE_LEASE_MS);
    assert_int_equal(fixture_state(1), LEASE_STATE_DECIDED);
    assert_int_equal(fixture.deaths[1], 1);
}

#define SINGLE(function) cmocka_unit_test_setup(function, fixture_set_up)

int main(void)
{
    const struct CMUnitTest singles[] = {
        SINGLE(test_ask__two_workers__the_one_that_waited_longest_first),
        SINGLE(test_ask__answered__gets_nothing_before_it_asks_again),
        SINGLE(test_ask__new_start__its_old_leases_end_at_once),
        SINGLE(test_ask__new_start_of_one__the_others_leases_stand),
        SINGLE(test_ask__same_start__its_leases_stand),
        SINGLE(test_ask__table_full_of_workers__try_again_later),
        SINGLE(test_ask__table_full_and_one_left__takes_its_place),
        SINGLE(test_withdraw__asking__gets_nothing_and_is_not_there),
        SINGLE(test_withdraw__unknown__nothing_happens),
        SINGLE(test_has_workers__last_word_a_moment_ago__still_there),
        SINGLE(test_deadline__come__the_unanswered_are_suspects),
        SINGLE(test_deadline__stopped_worker__gets_nothing_more),
        SINGLE(test_deadline__its_request_stands__turned_away_once),
        SINGLE(test_deadline__no_request_stands__nobody_is_turned_away),
        SINGLE(test_deadline__asks_again__is_back),
        SINGLE(test_deadline__only_a_result_comes__is_not_back),
        SINGLE(test_suspect__others_wait_too__leased_alone_and_counted),
        SINGLE(test_suspect__behind_a_waiting_case__is_not_leased_with_it),
        SINGLE(test_suspect__its_last_worker_waited_longer__goes_to_another),
        SINGLE(test_suspect__nobody_else_asks__goes_to_the_same),
        SINGLE(test_suspect__three_deaths_alone__condemned),
        SINGLE(test_suspect__answered_alone__never_condemned),
    };
    return cmocka_run_group_tests_name("lease_workers", singles, NULL, NULL);
}
