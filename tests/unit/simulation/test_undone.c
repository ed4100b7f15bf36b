/*
 * Which of the acts and receipts that services gave still count, where a store was put back.
 */
#include "tests/support/test.h"

#include "tests/simulation/sim_world_state.h"

struct undone_case {
    const char *name;
    unsigned service; /* whose store was put back at 2000, to what it was at 1000 */
    int64_t asked_ms; /* of intake */
    int64_t answered_ms;
    bool want_is_undone;
};

static struct undone_case cases[] = {
    {"what was done before the copy was taken is in it", SIM_INTAKE, 900, 990, false},
    {"what was done after the copy was taken went with the store", SIM_INTAKE, 1200, 1300, true},
    {"it may have been done after the copy, though it was asked before", SIM_INTAKE, 900, 1100,
     true},
    {"the answer may come when the store is already the old one", SIM_INTAKE, 1990, 2010, true},
    {"what was asked of the old store is done", SIM_INTAKE, 2001, 2010, false},
    {"another service's store takes nothing away", SIM_AUDIT_LOG, 1200, 1300, false},
};

static void check_promises(void **state)
{
    const struct undone_case *row = *state;
    static struct sim_world world;
    world.plan.fault_count = 1;
    world.plan.faults[0] = (struct sim_planned_fault){.what = SIM_FAULT_STORE_RESTORED,
                                                      .process = row->service,
                                                      .at_ms = 2000,
                                                      .length_ms = 1000};
    world.ledger.act_count = 1;
    world.ledger.acts[0] = (struct sim_act){
        .service = SIM_INTAKE, .asked_ms = row->asked_ms, .answered_ms = row->answered_ms};
    world.ledger.submission_count = 1;
    world.ledger.submissions[0] =
        (struct sim_submission){.asked_ms = row->asked_ms, .receipted_ms = row->answered_ms};
    sim_undone_tell(&world);
    assert_int_equal(world.ledger.acts[0].is_undone, row->want_is_undone);
    assert_int_equal(world.ledger.submissions[0].is_undone, row->want_is_undone);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_promises);
    return cmocka_run_group_tests_name("undone", tests, NULL, NULL);
}
