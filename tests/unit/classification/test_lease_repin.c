/*
 * Another ruleset while cases are under way, and the room for verdicts.
 */
#include "tests/support/test.h"

#include "pool_fixture.h"

static void repin(void)
{
    struct ruleset_pin pin = fixture.pool.pin;
    pin.digest[0]++;
    lease_pool_repin(&fixture.pool, &pin);
}

static void test_repin__leased__given_to_another_at_once(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    repin();
    assert_int_equal(fixture_state(1), LEASE_STATE_WAITING);
    assert_int_equal(fixture.pool.workers[0].held, 0);
    fixture_ask('B', 1);
    fixture_hand_out();
    assert_int_equal(fixture.leased_to[1], 'B');
}

static void test_repin__result_of_the_old_ruleset__refused(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    struct lease_result result = {.point = fixture_point(1), .verdict = fixture_verdict("OLD")};
    struct lease_results results = {
        .key = {'A'}, .pin = fixture.pool.pin, .count = 1, .rows = &result};
    repin();
    assert_int_equal(lease_pool_results(&fixture.pool, &results, fixture.now_ms),
                     STATUS_OUT_OF_RANGE);
    assert_int_equal(fixture_state(1), LEASE_STATE_WAITING);
}

static void test_repin__decided__forgotten_and_the_rest_stays_in_order(void **state)
{
    (void)state;
    fixture_offer(1, 4);
    fixture_ask('A', 1);
    fixture_hand_out();
    (void)fixture_result('A', 1, "OLD");
    (void)fixture_result('A', 3, "OLD");
    uint64_t changes = fixture.pool.changes;
    repin();
    assert_int_equal(fixture.pool.count, 2);
    assert_int_equal(fixture.pool.entries[0].point.seq, 2);
    assert_int_equal(fixture.pool.entries[1].point.seq, 4);
    assert_int_equal(fixture_readiness(1), LEASE_READY);
    assert_int_equal(fixture.pool.state_counts[LEASE_STATE_DECIDED], 0);
    assert_int_equal(fixture.pool.verdicts_free_count, LEASE_POOL_ENTRIES);
    assert_true(fixture.pool.changes > changes);
}

static void test_repin__suspect__stays_one(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    repin();
    assert_int_equal(fixture_state(1), LEASE_STATE_SUSPECT);
    fixture_ask('A', 1);
    fixture_hand_out();
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED_ALONE);
    repin();
    assert_int_equal(fixture_state(1), LEASE_STATE_SUSPECT);
}

static void test_verdicts__decided_and_forgotten_again_and_again__room_for_all(void **state)
{
    (void)state;
    fixture_ask('A', 1);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        fixture_offer(seq, seq);
        fixture_ask('A', 1);
        fixture_hand_out();
        (void)fixture_result('A', seq, "X");
        struct entry_point point = fixture_point(seq);
        assert_string_equal(lease_pool_verdict(&fixture.pool, &point)->primary.text, "X");
        assert_int_equal(fixture.pool.verdicts_free_count, LEASE_POOL_ENTRIES - 1);
        lease_pool_forget_through(&fixture.pool, &point);
        assert_int_equal(fixture.pool.verdicts_free_count, LEASE_POOL_ENTRIES);
    }
}

#define SINGLE(function) cmocka_unit_test_setup(function, fixture_set_up)

int main(void)
{
    const struct CMUnitTest singles[] = {
        SINGLE(test_repin__leased__given_to_another_at_once),
        SINGLE(test_repin__result_of_the_old_ruleset__refused),
        SINGLE(test_repin__decided__forgotten_and_the_rest_stays_in_order),
        SINGLE(test_repin__suspect__stays_one),
        SINGLE(test_verdicts__decided_and_forgotten_again_and_again__room_for_all),
    };
    return cmocka_run_group_tests_name("lease_repin", singles, NULL, NULL);
}
