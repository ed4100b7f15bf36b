/*
 * What a plan promises: from its quiet on nothing goes wrong any more.
 */
#include "tests/support/test.h"

#include "tests/simulation/sim_plan.h"

#define SEEDS 200

/* A process that stood beyond the quiet would show a fork when nobody watches any more. */
static void test_plan__of_any_seed__stands_still_before_its_quiet(void **state)
{
    (void)state;
    static struct sim_plan plan;
    unsigned suspensions = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        sim_plan_make(seed, &plan);
        for (unsigned i = 0; i < plan.fault_count; i++) {
            const struct sim_planned_fault *fault = &plan.faults[i];
            assert_true(fault->until_ms <= plan.quiet_ms);
            if (fault->what != SIM_FAULT_SUSPENSION)
                continue;
            suspensions++;
            assert_true(fault->until_ms > fault->at_ms);
        }
    }
    assert_true(suspensions > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan__of_any_seed__stands_still_before_its_quiet),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
