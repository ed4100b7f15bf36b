/*
 * Which of the acts that services said were done still count, where a store was put back.
 */
#include "tests/support/test.h"

#include "tests/simulation/sim_world_state.h"

struct act_case {
    const char *name;
    unsigned service; /* whose store was put back at 2000, to what it was at 1000 */
    int64_t asked_ms; /* of intake */
    int64_t answered_ms;
    bool want_is_done;
};

static struct act_case cases[] = {
    {"what was done before the copy was taken is in it", SIM_INTAKE, 900, 990, true},
    {"what was done after the copy was taken went with the store", SIM_INTAKE, 1200, 1300, false},
    {"it may have been done after the copy, though it was asked before", SIM_INTAKE, 900, 1100,
     false},
    {"the answer may come when the store is already the old one", SIM_INTAKE, 1990, 2010, false},
    {"what was asked of the old store is done", SIM_INTAKE, 2001, 2010, true},
    {"another service's store takes nothing away", SIM_AUDIT_LOG, 1200, 1300, true},
};

static void check_act(void **state)
{
    const struct act_case *row = *state;
    static struct sim_world world;
    world.plan.fault_count = 1;
    world.plan.faults[0] = (struct sim_planned_fault){.what = SIM_FAULT_STORE_RESTORED,
                                                      .process = row->service,
                                                      .at_ms = 2000,
                                                      .length_ms = 1000};
    world.ledger.act_count = 1;
    world.ledger.acts[0] = (struct sim_act){.service = SIM_INTAKE,
                                            .asked_ms = row->asked_ms,
                                            .answered_ms = row->answered_ms,
                                            .is_done = true};
    sim_acts_tell(&world);
    assert_int_equal(world.ledger.acts[0].is_done, row->want_is_done);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_act);
    return cmocka_run_group_tests_name("acts", tests, NULL, NULL);
}
