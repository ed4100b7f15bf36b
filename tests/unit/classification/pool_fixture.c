/*
 * The desk of the pool's tests: it gives out all there is at once, and counts deaths in an array.
 */
#include "pool_fixture.h"

#include "tests/support/test.h"

#include <string.h>

struct fixture fixture;

const struct case_brief fixture_brief = {
    .case_number = "K7QF-9M2X-4T",
    .region = "36.04",
    .incident_date = 20241012,
    .received = 20241015,
    .facts_revision = 1,
};

static struct verdict verdicts[LEASE_POOL_ENTRIES];

int fixture_set_up(void **state)
{
    (void)state;
    memset(&fixture, 0, sizeof(fixture));
    fixture.now_ms = 1000000;
    const struct ruleset_pin pin = {.digest = {7}, .engine = CLASSIFICATION_ENGINE};
    lease_pool_start(&fixture.pool, &pin, FIXTURE_LEASE_MS, verdicts);
    return 0;
}

struct entry_point fixture_point(uint64_t seq)
{
    return (struct entry_point){.stream_id = {0x11}, .seq = seq};
}

void fixture_offer(uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++) {
        struct entry_point point = fixture_point(seq);
        uint8_t facts[8];
        memset(facts, (int)seq, sizeof(facts));
        assert_true(lease_pool_offer(&fixture.pool, &point, view_of(facts, sizeof(facts)),
                                     &fixture_brief));
    }
}

void fixture_ask(char worker, uint8_t start)
{
    fixture_ask_for(worker, start, 16);
}

void fixture_ask_for(char worker, uint8_t start, unsigned cases_max)
{
    struct lease_ask ask = {.key = {(uint8_t)worker}, .start = {start}, .cases_max = cases_max};
    unsigned place = 0;
    assert_int_equal(lease_pool_ask(&fixture.pool, &ask, fixture.now_ms, &place), STATUS_OK);
    assert_int_equal(fixture.pool.workers[place].key[0], worker);
}

/* What the desk does with one suspect. */
static void hand_out_alone(unsigned worker, const struct entry_point *point,
                           struct lease_grant *grant)
{
    fixture.deaths[point->seq]++;
    if (fixture.deaths[point->seq] > FIXTURE_DEATHS_MAX)
        lease_pool_condemn(&fixture.pool, point);
    else
        lease_pool_grant_alone(&fixture.pool, worker, point, fixture.now_ms, grant);
}

void fixture_hand_out(void)
{
    for (;;) {
        unsigned worker = 0;
        struct entry_point point;
        struct lease_grant grant = {.count = 0};
        enum lease_next next = lease_pool_next(&fixture.pool, &worker, &point);
        if (next == LEASE_NEXT_NONE)
            return;
        if (next == LEASE_NEXT_ALONE)
            hand_out_alone(worker, &point, &grant);
        else
            lease_pool_grant(&fixture.pool, worker, fixture.now_ms, &grant);
        fixture.last_count = grant.count;
        for (unsigned i = 0; i < grant.count; i++) {
            struct view facts;
            lease_pool_granted(&fixture.pool, grant.positions[i], &point, &facts);
            assert_int_equal(facts.bytes[0], (uint8_t)point.seq);
            fixture.leased_to[point.seq] = (char)fixture.pool.workers[worker].key[0];
        }
    }
}

struct verdict fixture_verdict(const char *primary)
{
    struct verdict verdict = {
        .outcome = OUTCOME_VIOLATION,
        .disposition = DISPOSITION_AUTO,
        .stage = STAGE_NONE,
        .actor = ACTOR_ASN,
    };
    assert_true(code_set(&verdict.primary, primary));
    return verdict;
}

enum status fixture_result(char worker, uint64_t seq, const char *primary)
{
    struct lease_result result = {.point = fixture_point(seq),
                                  .verdict = fixture_verdict(primary)};
    struct lease_results results = {
        .key = {(uint8_t)worker}, .pin = fixture.pool.pin, .count = 1, .rows = &result};
    return lease_pool_results(&fixture.pool, &results, fixture.now_ms);
}

void fixture_wait(int64_t ms)
{
    fixture.now_ms += ms;
    lease_pool_end_overdue(&fixture.pool, fixture.now_ms);
}

enum lease_state fixture_state(uint64_t seq)
{
    for (unsigned i = 0; i < fixture.pool.count; i++) {
        if (fixture.pool.entries[i].point.seq == seq)
            return fixture.pool.entries[i].state;
    }
    return LEASE_STATE_COUNT;
}

enum lease_readiness fixture_readiness(uint64_t seq)
{
    struct entry_point point = fixture_point(seq);
    return lease_pool_readiness(&fixture.pool, &point, fixture.now_ms);
}
