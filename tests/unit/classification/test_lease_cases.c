/*
 * The pool's cases: what comes in, which result counts, when a case may be applied, what is
 * forgotten.
 */
#include "tests/support/test.h"

#include "pool_fixture.h"

#include <string.h>

static void assert_primary(uint64_t seq, const char *want)
{
    struct entry_point point = fixture_point(seq);
    const struct verdict *verdict = lease_pool_verdict(&fixture.pool, &point);
    assert_non_null(verdict);
    assert_string_equal(verdict->primary.text, want);
    assert_memory_equal(lease_pool_brief(&fixture.pool, &point), &fixture_brief,
                        sizeof fixture_brief);
}

static void forget_through(uint64_t seq)
{
    struct entry_point point = fixture_point(seq);
    lease_pool_forget_through(&fixture.pool, &point);
}

/* ---- coming in ---- */

static void test_offer__known_already__stays_as_it_is(void **state)
{
    (void)state;
    fixture_offer(1, 2);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_offer(1, 2);
    assert_int_equal(fixture.pool.count, 2);
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED);
}

static void test_offer__out_of_order__stands_in_the_streams_order(void **state)
{
    (void)state;
    fixture_offer(5, 6);
    fixture_offer(2, 3);
    fixture_offer(9, 9);
    fixture_offer(4, 4);
    static const uint64_t want[] = {2, 3, 4, 5, 6, 9};
    assert_int_equal(fixture.pool.count, 6);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(fixture.pool.entries[i].point.seq, want[i]);
}

static void test_offer__slab_full__decided_in_process(void **state)
{
    (void)state;
    static const uint8_t facts[LEASE_FACTS_BYTES];
    for (uint64_t seq = 1; seq <= FACTS_SLAB_BYTES / LEASE_FACTS_BYTES; seq++) {
        struct entry_point point = fixture_point(seq);
        assert_true(lease_pool_offer(&fixture.pool, &point, view_of(facts, sizeof(facts)),
                                     &fixture_brief));
    }
    struct entry_point late = fixture_point(40);
    assert_false(lease_pool_offer(&fixture.pool, &late, view_of(facts, 1), &fixture_brief));
    assert_int_equal(fixture.pool.counters.no_room, 1);
    fixture_ask('A', 1);
    assert_int_equal(fixture_readiness(1), LEASE_NOT_YET);
    assert_int_equal(fixture_readiness(40), LEASE_READY);
}

static void test_offer__pool_full__decided_in_process(void **state)
{
    (void)state;
    static const uint8_t facts[1];
    struct entry_point point;
    for (uint64_t seq = 1; seq <= LEASE_POOL_ENTRIES; seq++) {
        point = fixture_point(seq);
        assert_true(lease_pool_offer(&fixture.pool, &point, view_of(facts, 1), &fixture_brief));
    }
    point = fixture_point(LEASE_POOL_ENTRIES + 1);
    assert_false(lease_pool_offer(&fixture.pool, &point, view_of(facts, 1), &fixture_brief));
    fixture_ask('A', 1);
    assert_int_equal(fixture_readiness(LEASE_POOL_ENTRIES + 1), LEASE_READY);
}

static void test_offer__larger_than_a_lease__decided_in_process(void **state)
{
    (void)state;
    static const uint8_t facts[LEASE_FACTS_BYTES + 1];
    struct entry_point point = fixture_point(1);
    assert_false(
        lease_pool_offer(&fixture.pool, &point, view_of(facts, sizeof(facts)), &fixture_brief));
    assert_int_equal(fixture.pool.count, 0);
}

/* ---- results ---- */

static void test_result__first_and_a_late_twin__the_first_wins(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    fixture_ask('B', 1);
    fixture_hand_out();
    assert_int_equal(fixture.leased_to[1], 'B');
    assert_int_equal(fixture_result('A', 1, "FIRST"), STATUS_OK);
    assert_int_equal(fixture_result('B', 1, "TWIN"), STATUS_OK);
    assert_primary(1, "FIRST");
    assert_int_equal(fixture.pool.counters.results, 1);
    assert_int_equal(fixture.pool.counters.results_late, 1);
}

static void test_result__of_a_suspect__counts(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    assert_int_equal(fixture_state(1), LEASE_STATE_SUSPECT);
    assert_int_equal(fixture_result('A', 1, "LATE"), STATUS_OK);
    assert_primary(1, "LATE");
}

static void test_result__of_a_lease_of_an_earlier_process__dropped(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    assert_int_equal(fixture_result('A', 1, "EARLIER"), STATUS_OK);
    assert_int_equal(fixture_state(1), LEASE_STATE_WAITING);
    assert_int_equal(fixture_result('A', 2, "UNKNOWN"), STATUS_OK);
    assert_int_equal(fixture.pool.counters.results_late, 2);
}

struct pin_case {
    const char *name;
    uint8_t digest_change;
    uint32_t engine_change;
};

static struct pin_case pin_cases[] = {
    {"another ruleset is refused", 1, 0},
    {"another engine is refused", 0, 1},
    {"another of both is refused", 1, 1},
};

static void test_result_pin(void **state)
{
    const struct pin_case *row = *state;
    (void)fixture_set_up(NULL);
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    struct lease_result result = {.point = fixture_point(1),
                                  .verdict = {.outcome = OUTCOME_VIOLATION}};
    struct lease_results results = {
        .key = {'A'}, .pin = fixture.pool.pin, .count = 1, .rows = &result};
    results.pin.digest[31] ^= row->digest_change;
    results.pin.engine += row->engine_change;
    assert_int_equal(lease_pool_results(&fixture.pool, &results, fixture.now_ms),
                     STATUS_OUT_OF_RANGE);
    assert_int_equal(fixture_state(1), LEASE_STATE_LEASED);
    assert_int_equal(fixture.pool.counters.refused, 1);
}

static void test_result__decided__facts_are_wiped(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    (void)fixture_result('A', 1, "X");
    assert_int_equal(fixture.pool.slab.blocks_used, 0);
    assert_true(view_is_zero(view_of(fixture.pool.slab.bytes, FACTS_SLAB_BYTES)));
}

/* ---- readiness ---- */

static void test_readiness__results_in_another_order__each_by_itself(void **state)
{
    (void)state;
    fixture_offer(1, 3);
    fixture_ask('A', 1);
    fixture_hand_out();
    (void)fixture_result('A', 3, "X");
    (void)fixture_result('A', 2, "X");
    assert_int_equal(fixture_readiness(1), LEASE_NOT_YET);
    assert_int_equal(fixture_readiness(2), LEASE_READY);
    assert_int_equal(fixture_readiness(3), LEASE_READY);
    (void)fixture_result('A', 1, "X");
    assert_int_equal(fixture_readiness(1), LEASE_READY);
}

static void test_readiness__no_worker__in_process(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    assert_int_equal(fixture_readiness(1), LEASE_READY);
    struct entry_point point = fixture_point(1);
    assert_null(lease_pool_verdict(&fixture.pool, &point));
}

static void test_readiness__suspect_and_no_worker__counted_then_decided_here(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    assert_int_equal(fixture_readiness(1), LEASE_COUNT_FIRST);
    struct entry_point point = fixture_point(1);
    assert_int_equal(lease_pool_suspect_facts(&fixture.pool, &point).size, 8);
    struct verdict verdict = fixture_verdict("HERE");
    lease_pool_decide_here(&fixture.pool, &point, &verdict);
    assert_int_equal(fixture_readiness(1), LEASE_READY);
    assert_primary(1, "HERE");
    assert_int_equal(lease_pool_suspect_facts(&fixture.pool, &point).size, 0);
}

static void test_changes__what_makes_ready__and_only_that(void **state)
{
    (void)state;
    fixture_offer(1, 2);
    fixture_ask('A', 1);
    fixture_hand_out();
    assert_int_equal(fixture.pool.changes, 0);
    (void)fixture_result('A', 1, "X");
    assert_int_equal(fixture.pool.changes, 1);
    (void)fixture_result('A', 1, "TWIN");
    assert_int_equal(fixture.pool.changes, 1);
    fixture_wait(FIXTURE_LEASE_MS);
    assert_int_equal(fixture.pool.changes, 2);
    fixture_ask('B', 1);
    uint8_t key[LEASE_WORKER_KEY_SIZE] = {'B'};
    lease_pool_withdraw(&fixture.pool, key, fixture.now_ms);
    assert_int_equal(fixture.pool.changes, 3);
}

static void test_readiness__condemned__says_so(void **state)
{
    (void)state;
    fixture_offer(1, 1);
    fixture_ask('A', 1);
    fixture_hand_out();
    fixture_wait(FIXTURE_LEASE_MS);
    struct entry_point point = fixture_point(1);
    lease_pool_condemn(&fixture.pool, &point);
    assert_int_equal(fixture_readiness(1), LEASE_CONDEMNED);
    assert_int_equal(fixture.pool.slab.blocks_used, 0);
}

/* ---- forgetting ---- */

static void test_forget__through_the_middle__only_what_stands_before(void **state)
{
    (void)state;
    fixture_offer(1, 5);
    forget_through(3);
    assert_int_equal(fixture.pool.count, 2);
    assert_int_equal(fixture_state(3), LEASE_STATE_COUNT);
    assert_int_equal(fixture_state(4), LEASE_STATE_WAITING);
    assert_int_equal(fixture.pool.slab.blocks_used, 2);
}

static void test_forget__one_that_found_no_room__what_stands_before_it(void **state)
{
    (void)state;
    fixture_offer(1, 2);
    fixture_offer(4, 4);
    forget_through(3);
    assert_int_equal(fixture.pool.count, 1);
    assert_int_equal(fixture_state(4), LEASE_STATE_WAITING);
}

static void test_forget__a_dead_letter_tried_again__nothing(void **state)
{
    (void)state;
    fixture_offer(10, 12);
    forget_through(3);
    struct entry_point other = {.stream_id = {0x22}, .seq = 11};
    lease_pool_forget_through(&fixture.pool, &other);
    assert_int_equal(fixture.pool.count, 3);
}

static void test_forget__in_the_stream_that_follows__the_closed_one_goes_too(void **state)
{
    (void)state;
    fixture_offer(7, 8);
    struct entry_point next = {.stream_id = {0x22}, .seq = 2};
    assert_true(lease_pool_offer(&fixture.pool, &next, view_of("facts", 5), &fixture_brief));
    lease_pool_forget_through(&fixture.pool, &next);
    assert_int_equal(fixture.pool.count, 0);
    assert_int_equal(fixture.pool.slab.blocks_used, 0);
}

static void test_forget__with_a_worker__it_holds_nothing_more(void **state)
{
    (void)state;
    fixture_offer(1, 3);
    fixture_ask('A', 1);
    fixture_hand_out();
    assert_int_equal(fixture.pool.workers[0].held, 3);
    forget_through(3);
    assert_int_equal(fixture.pool.workers[0].held, 0);
    assert_int_equal(fixture_result('A', 2, "LATE"), STATUS_OK);
    fixture_wait(FIXTURE_LEASE_MS);
    assert_int_equal(fixture.pool.counters.suspects, 0);
}

/* ---- leases ---- */

static void test_grant__more_cases_than_asked_for__as_many_as_asked_for(void **state)
{
    (void)state;
    fixture_offer(1, 5);
    fixture_ask_for('A', 1, 2);
    fixture_hand_out();
    assert_int_equal(fixture.last_count, 2);
    assert_int_equal(fixture_state(2), LEASE_STATE_LEASED);
    assert_int_equal(fixture_state(3), LEASE_STATE_WAITING);
}

static void test_grant__large_cases__as_many_as_a_frame_holds(void **state)
{
    (void)state;
    static const uint8_t large[LEASE_FACTS_BYTES / 2 + 1];
    struct entry_point first = fixture_point(1);
    struct entry_point second = fixture_point(2);
    assert_true(
        lease_pool_offer(&fixture.pool, &first, view_of(large, sizeof(large)), &fixture_brief));
    assert_true(
        lease_pool_offer(&fixture.pool, &second, view_of(large, sizeof(large)), &fixture_brief));
    fixture_ask('A', 1);
    unsigned worker = 0;
    struct entry_point point;
    struct lease_grant grant;
    assert_int_equal(lease_pool_next(&fixture.pool, &worker, &point), LEASE_NEXT_SEVERAL);
    lease_pool_grant(&fixture.pool, worker, fixture.now_ms, &grant);
    assert_int_equal(grant.count, 1);
    assert_int_equal(lease_pool_next(&fixture.pool, &worker, &point), LEASE_NEXT_NONE);
}

static void test_end__anything__nothing_is_left(void **state)
{
    (void)state;
    fixture_offer(1, 5);
    lease_pool_end(&fixture.pool);
    assert_true(view_is_zero(view_of(&fixture.pool, sizeof(fixture.pool))));
}

#define SINGLE(function) cmocka_unit_test_setup(function, fixture_set_up)

int main(void)
{
    TEST_TABLE(pins, pin_cases, test_result_pin)
    const struct CMUnitTest singles[] = {
        SINGLE(test_offer__known_already__stays_as_it_is),
        SINGLE(test_offer__out_of_order__stands_in_the_streams_order),
        SINGLE(test_offer__slab_full__decided_in_process),
        SINGLE(test_offer__pool_full__decided_in_process),
        SINGLE(test_offer__larger_than_a_lease__decided_in_process),
        SINGLE(test_result__first_and_a_late_twin__the_first_wins),
        SINGLE(test_result__of_a_suspect__counts),
        SINGLE(test_result__of_a_lease_of_an_earlier_process__dropped),
        SINGLE(test_result__decided__facts_are_wiped),
        SINGLE(test_readiness__results_in_another_order__each_by_itself),
        SINGLE(test_readiness__no_worker__in_process),
        SINGLE(test_readiness__suspect_and_no_worker__counted_then_decided_here),
        SINGLE(test_changes__what_makes_ready__and_only_that),
        SINGLE(test_readiness__condemned__says_so),
        SINGLE(test_forget__through_the_middle__only_what_stands_before),
        SINGLE(test_forget__one_that_found_no_room__what_stands_before_it),
        SINGLE(test_forget__a_dead_letter_tried_again__nothing),
        SINGLE(test_forget__in_the_stream_that_follows__the_closed_one_goes_too),
        SINGLE(test_forget__with_a_worker__it_holds_nothing_more),
        SINGLE(test_grant__more_cases_than_asked_for__as_many_as_asked_for),
        SINGLE(test_grant__large_cases__as_many_as_a_frame_holds),
        SINGLE(test_end__anything__nothing_is_left),
    };
    int failed = cmocka_run_group_tests_name("result_pin", pins, NULL, NULL);
    return failed + cmocka_run_group_tests_name("lease_cases", singles, NULL, NULL);
}
