/*
 * A pool, cases by their seq, workers by a letter, and a desk that counts deaths in memory: what
 * lease_desk.c does, without a service.
 */
#ifndef NETRA_TESTS_UNIT_CLASSIFICATION_POOL_FIXTURE_H
#define NETRA_TESTS_UNIT_CLASSIFICATION_POOL_FIXTURE_H

#include "services/classification/lease_pool.h"

#include <stdbool.h>
#include <stdint.h>

#define FIXTURE_LEASE_MS 10000
#define FIXTURE_DEATHS_MAX 3u

struct fixture {
    struct lease_pool pool;
    int64_t now_ms;
    unsigned deaths[64]; /* by seq */
    char leased_to[64];  /* by seq: the letter of who got it last; 0: nobody */
    unsigned last_count; /* cases in the last lease */
};

extern struct fixture fixture;

/* For cmocka's setup: empties everything. */
int fixture_set_up(void **state);

struct entry_point fixture_point(uint64_t seq);

/* What every offered case says of itself. */
extern const struct case_brief fixture_brief;

/* Offers the cases first to last, with a few bytes of facts each. */
void fixture_offer(uint64_t first, uint64_t last);

/* A worker asks for up to 16 cases. */
void fixture_ask(char worker, uint8_t start);
void fixture_ask_for(char worker, uint8_t start, unsigned cases_max);

/* Gives out everything there is to give. */
void fixture_hand_out(void);

/* A violation of that code. */
struct verdict fixture_verdict(const char *primary);

/* A worker's result with the pinned ruleset and engine. */
enum status fixture_result(char worker, uint64_t seq, const char *primary);

/* Time passes; overdue leases end. */
void fixture_wait(int64_t ms);

/* The state of a case in the pool; LEASE_STATE_COUNT: it isn't there. */
enum lease_state fixture_state(uint64_t seq);

enum lease_readiness fixture_readiness(uint64_t seq);

#endif
