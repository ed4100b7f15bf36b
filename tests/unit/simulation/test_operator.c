/*
 * Which service the simulated operator recovers next.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/simulation/sim_world_state.h"

struct advice_case {
    const char *name;
    enum service_phase phases[SIM_SERVICE_COUNT];
    bool is_forgotten[SIM_SERVICE_COUNT];      /* some service says so of it */
    unsigned says;                             /* that service */
    bool is_half_recovered[SIM_SERVICE_COUNT]; /* `run the same again` */
    unsigned want;
};

#define READY SERVICE_READY

static struct advice_case cases[] = {
    {"nothing is to be done where all is well",
     {READY, READY, READY, READY},
     {false},
     SIM_INTAKE,
     {false},
     SIM_SERVICE_COUNT},
    {"who has forgotten what it acknowledged is recovered",
     {READY, READY, READY, READY},
     {[SIM_NOTIFICATION] = true},
     SIM_CLASSIFICATION,
     {false},
     SIM_NOTIFICATION},
    {"a start that asks can't be told of another's recovery: audit-log's comes first",
     {READY, SERVICE_ASKING, SERVICE_ASKING, SERVICE_FORKED},
     {[SIM_NOTIFICATION] = true},
     SIM_CLASSIFICATION,
     {false},
     SIM_AUDIT_LOG},
    {"a start that asks waits to be told of audit-log's recovery before another's",
     {READY, SERVICE_ASKING, READY, READY},
     {[SIM_NOTIFICATION] = true, [SIM_AUDIT_LOG] = true},
     SIM_CLASSIFICATION,
     {false},
     SIM_AUDIT_LOG},
    {"a recovery that not every peer could be told of is run again, though all is well",
     {READY, READY, READY, READY},
     {false},
     SIM_INTAKE,
     {[SIM_INTAKE] = true},
     SIM_INTAKE},
    {"a peer that is forked itself is recovered before a recovery is run again",
     {READY, SERVICE_FORKED, READY, READY},
     {false},
     SIM_INTAKE,
     {[SIM_INTAKE] = true},
     SIM_CLASSIFICATION},
};

static void check_advice(void **state)
{
    static const struct service_output output;
    static struct service services[SIM_SERVICE_COUNT];
    static struct sim_world world;
    const struct advice_case *row = *state;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        services[i] = (struct service){.phase = row->phases[i]};
        world.processes[i].is_up = true;
        world.processes[i].body = &services[i];
        world.processes[i].is_half_recovered = row->is_half_recovered[i];
    }
    struct service *says = &services[row->says];
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        says->peers[says->peer_count++] = (struct peer){
            .name = sim_process_name(i),
            .output = &output,
            .window = {.state = row->is_forgotten[i] ? WINDOW_STOPPED : WINDOW_OPEN}};
    assert_int_equal(sim_service_to_recover(&world), row->want);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_advice);
    return cmocka_run_group_tests_name("operator", tests, NULL, NULL);
}
