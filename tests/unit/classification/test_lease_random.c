/*
 * Thousands of random steps, and after each what must always hold: a case is decided at most
 * once, is with one worker at a time, and no facts outlive their case.
 */
#include "tests/support/test.h"

#include "services/classification/lease_pool.h"

#include <stdio.h>
#include <string.h>

#define STEPS 8000u
#define SEEDS 6u
#define WORKERS 5u
#define SEQS 65536u
#define LEASE_MS 500

/* What the outside knows of a case; by its seq. */
struct outside {
    bool is_offered;
    bool is_decided;
    bool is_condemned;
    bool is_forgotten;
    unsigned holder; /* worker + 1; 0: nobody */
    int64_t deadline_ms;
    unsigned deaths;
};

static const struct case_brief brief;
static struct lease_pool pool;
static struct verdict verdicts[LEASE_POOL_ENTRIES];
static struct outside cases[SEQS];
static uint8_t starts[WORKERS];
static uint64_t seed_state;
static int64_t now_ms;
static uint64_t head; /* the next to be applied */
static uint64_t tail; /* the next to be offered */

/* splitmix64: seeded, the same on every machine. */
static uint64_t draw(uint64_t below)
{
    uint64_t z = (seed_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

static struct entry_point point_of(uint64_t seq)
{
    return (struct entry_point){.stream_id = {0x42}, .seq = seq};
}

static void let_go_of(unsigned worker)
{
    for (uint64_t seq = head; seq < tail; seq++) {
        if (cases[seq].holder == worker + 1)
            cases[seq].holder = 0;
    }
}

static void do_offer(void)
{
    static uint8_t facts[4096];
    if (tail == SEQS)
        return;
    struct entry_point point = point_of(tail);
    size_t size = 1 + (size_t)draw(sizeof(facts));
    memset(facts, (int)(1 + tail % 255), size);
    if (draw(10) != 0) /* else it came while no worker was there */
        cases[tail].is_offered = lease_pool_offer(&pool, &point, view_of(facts, size), &brief);
    tail++;
}

static void do_ask(void)
{
    unsigned worker = (unsigned)draw(WORKERS);
    if (draw(20) == 0) {
        starts[worker]++;
        let_go_of(worker);
    }
    struct lease_ask ask = {.key = {(uint8_t)(worker + 1)},
                            .start = {starts[worker]},
                            .cases_max = 1 + (unsigned)draw(8)};
    unsigned place = 0;
    assert_int_equal(lease_pool_ask(&pool, &ask, now_ms, &place), STATUS_OK);
}

static void note_grant(unsigned worker, const struct lease_grant *grant)
{
    for (unsigned i = 0; i < grant->count; i++) {
        struct entry_point point;
        struct view facts;
        lease_pool_granted(&pool, grant->positions[i], &point, &facts);
        struct outside *outside = &cases[point.seq];
        assert_true(facts.size > 0);
        assert_int_equal(facts.bytes[facts.size - 1], 1 + point.seq % 255);
        assert_int_equal(outside->holder, 0);
        assert_false(outside->is_decided || outside->is_condemned || outside->is_forgotten);
        outside->holder = (unsigned)pool.workers[worker].key[0];
        outside->deadline_ms = now_ms + LEASE_MS;
    }
}

static void do_hand_out(void)
{
    unsigned worker = 0;
    struct entry_point point;
    struct lease_grant grant = {.count = 0};
    enum lease_next next = lease_pool_next(&pool, &worker, &point);
    if (next == LEASE_NEXT_NONE)
        return;
    assert_true(pool.workers[worker].is_asking && !pool.workers[worker].is_gone);
    if (next == LEASE_NEXT_SEVERAL) {
        lease_pool_grant(&pool, worker, now_ms, &grant);
    } else if (++cases[point.seq].deaths > 3) {
        lease_pool_condemn(&pool, &point);
        cases[point.seq].is_condemned = true;
    } else {
        lease_pool_grant_alone(&pool, worker, &point, now_ms, &grant);
        assert_int_equal(grant.count, 1);
    }
    note_grant(worker, &grant);
}

static void do_result(void)
{
    if (head == tail)
        return;
    uint64_t seq = head + draw(tail - head);
    struct outside *outside = &cases[seq];
    struct lease_result result = {
        .point = point_of(seq),
        .verdict = {.outcome = OUTCOME_VIOLATION, .disposition = DISPOSITION_AUTO},
    };
    struct lease_results results = {
        .key = {(uint8_t)(1 + draw(WORKERS))}, .pin = pool.pin, .count = 1, .rows = &result};
    struct entry_point point = result.point;
    if (draw(30) == 0)
        results.pin.engine++;
    uint64_t counted = pool.counters.results;
    enum status status = lease_pool_results(&pool, &results, now_ms);
    assert_int_equal(status,
                     results.pin.engine == pool.pin.engine ? STATUS_OK : STATUS_OUT_OF_RANGE);
    if (pool.counters.results == counted)
        return;
    assert_false(outside->is_decided || outside->is_condemned);
    outside->is_decided = true;
    outside->holder = 0;
    assert_non_null(lease_pool_verdict(&pool, &point));
}

static void do_wait(void)
{
    now_ms += (int64_t)draw(300);
    lease_pool_end_overdue(&pool, now_ms);
    for (uint64_t seq = head; seq < tail; seq++) {
        if (cases[seq].holder != 0 && now_ms >= cases[seq].deadline_ms)
            cases[seq].holder = 0;
    }
    unsigned worker = 0;
    while (lease_pool_turned_away(&pool, &worker))
        assert_true(pool.workers[worker].is_gone);
}

static void do_withdraw(void)
{
    uint8_t key[LEASE_WORKER_KEY_SIZE] = {(uint8_t)(1 + draw(WORKERS))};
    if (draw(10) == 0)
        lease_pool_withdraw(&pool, key, now_ms);
}

/* Another ruleset: nobody holds anything any more, and what was decided is decided anew. */
static void do_repin(void)
{
    if (draw(20) != 0)
        return;
    struct ruleset_pin pin = pool.pin;
    pin.digest[0]++;
    lease_pool_repin(&pool, &pin);
    for (uint64_t seq = head; seq < tail; seq++)
        cases[seq].holder = 0;
}

/* A turn: applies from the head what is ready, commits, forgets. */
static void do_turn(void)
{
    uint64_t end = head;
    while (end < tail && end - head < 20) {
        struct entry_point point = point_of(end);
        enum lease_readiness readiness = lease_pool_readiness(&pool, &point, now_ms);
        if (readiness == LEASE_NOT_YET)
            break;
        if (readiness == LEASE_COUNT_FIRST) {
            const struct verdict verdict = {.outcome = OUTCOME_UNDECIDED};
            assert_true(lease_pool_suspect_facts(&pool, &point).size > 0);
            lease_pool_decide_here(&pool, &point, &verdict);
            cases[end].deaths++;
            cases[end].is_decided = true;
        }
        end++;
    }
    if (end == head || draw(5) == 0) /* else the turn is abandoned */
        return;
    struct entry_point last = point_of(end - 1);
    lease_pool_forget_through(&pool, &last);
    for (; head < end; head++) {
        cases[head].is_forgotten = true;
        cases[head].holder = 0;
    }
}

static bool has_facts(enum lease_state state)
{
    return state != LEASE_STATE_DECIDED && state != LEASE_STATE_CONDEMNED;
}

/* One entry against what the outside knows; adds its blocks. */
static void check_entry(const struct lease_entry *entry, unsigned *blocks)
{
    const struct outside *outside = &cases[entry->point.seq];
    assert_true(outside->is_offered && !outside->is_forgotten);
    assert_int_equal(LEASE_STATE_IS_HELD(entry->state), outside->holder != 0);
    if (outside->holder != 0)
        assert_int_equal(pool.workers[entry->worker].key[0], outside->holder);
    assert_int_equal(entry->state == LEASE_STATE_DECIDED, outside->is_decided);
    assert_int_equal(entry->state == LEASE_STATE_CONDEMNED, outside->is_condemned);
    assert_int_equal(entry->facts.size > 0, has_facts(entry->state));
    *blocks += (entry->facts.size + FACTS_BLOCK_BYTES - 1) / FACTS_BLOCK_BYTES;
}

static void check_all(void)
{
    unsigned counts[LEASE_STATE_COUNT] = {0};
    unsigned held[LEASE_WORKERS_MAX] = {0};
    unsigned blocks = 0;
    for (unsigned i = 0; i < pool.count; i++) {
        const struct lease_entry *entry = &pool.entries[i];
        if (i > 0)
            assert_true(pool.entries[i - 1].point.seq < entry->point.seq);
        check_entry(entry, &blocks);
        counts[entry->state]++;
        if (LEASE_STATE_IS_HELD(entry->state))
            held[entry->worker]++;
    }
    assert_memory_equal(counts, pool.state_counts, sizeof(counts));
    assert_int_equal(blocks, pool.slab.blocks_used);
    for (unsigned i = 0; i < LEASE_WORKERS_MAX; i++)
        assert_int_equal(held[i], pool.workers[i].held);
}

static void step(void)
{
    static void (*const moves[])(void) = {
        do_offer,  do_offer,  do_offer,  do_ask,  do_ask,  do_hand_out, do_hand_out,
        do_result, do_result, do_result, do_wait, do_turn, do_withdraw, do_repin,
    };
    moves[draw(sizeof(moves) / sizeof(moves[0]))]();
}

struct random_case {
    const char *name;
    uint64_t seed;
};

static struct random_case random_cases[SEEDS] = {
    {"8,000 steps from seed 1 hold", 1}, {"8,000 steps from seed 2 hold", 2},
    {"8,000 steps from seed 3 hold", 3}, {"8,000 steps from seed 4 hold", 4},
    {"8,000 steps from seed 5 hold", 5}, {"8,000 steps from seed 6 hold", 6},
};

static void test_random(void **state)
{
    const struct random_case *row = *state;
    memset(&pool, 0, sizeof(pool));
    memset(cases, 0, sizeof(cases));
    memset(starts, 0, sizeof(starts));
    seed_state = row->seed;
    now_ms = 1;
    head = 1;
    tail = 1;
    const struct ruleset_pin pin = {.digest = {7}, .engine = CLASSIFICATION_ENGINE};
    lease_pool_start(&pool, &pin, LEASE_MS, verdicts);
    for (unsigned i = 0; i < STEPS; i++) {
        step();
        check_all();
    }
    /* The walk was wide enough to mean something. */
    assert_true(pool.counters.results > 50);
    assert_true(pool.counters.suspects > 100);
    assert_true(pool.counters.condemned > 20);
    assert_true(pool.pin.digest[0] != 7);
    struct entry_point last = point_of(tail);
    lease_pool_forget_through(&pool, &last);
    assert_int_equal(pool.count, 0);
    assert_int_equal(pool.verdicts_free_count, LEASE_POOL_ENTRIES);
    assert_true(view_is_zero(view_of(pool.slab.bytes, FACTS_SLAB_BYTES)));
}

int main(void)
{
    TEST_TABLE(randoms, random_cases, test_random)
    return cmocka_run_group_tests_name("lease_random", randoms, NULL, NULL);
}
