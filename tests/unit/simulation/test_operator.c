/*
 * Which service the simulated operator recovers next, and what the witness notes of it.
 */
#include "tests/support/test.h"

#include "common/service/service_state.h"
#include "tests/simulation/sim_world_state.h"

#include <stdlib.h>

struct advice_case {
    const char *name;
    enum service_phase phases[SIM_SERVICE_COUNT];
    bool is_forgotten[SIM_SERVICE_COUNT];      /* some service says so of it */
    bool is_silent[SIM_SERVICE_COUNT];         /* and hasn't been answered by it */
    unsigned says;                             /* that service */
    bool is_half_recovered[SIM_SERVICE_COUNT]; /* `run the same again` */
    unsigned want;
};

#define READY SERVICE_READY

static struct advice_case cases[] = {
    {.name = "nothing is to be done where all is well",
     .phases = {READY, READY, READY, READY},
     .want = SIM_SERVICE_COUNT},
    {.name = "who has forgotten what it acknowledged is recovered",
     .phases = {READY, READY, READY, READY},
     .is_forgotten = {[SIM_NOTIFICATION] = true},
     .says = SIM_CLASSIFICATION,
     .want = SIM_NOTIFICATION},
    {.name = "a start that waits for somebody can't be told: who is forked comes first",
     .phases = {SERVICE_ASKING, READY, SERVICE_FORKED, READY},
     .is_forgotten = {[SIM_AUDIT_LOG] = true},
     .is_silent = {[SIM_NOTIFICATION] = true},
     .says = SIM_INTAKE,
     .want = SIM_NOTIFICATION},
    {.name = "a start that waits for somebody can't be told: nobody is recovered until it can",
     .phases = {SERVICE_ASKING, READY, READY, READY},
     .is_forgotten = {[SIM_AUDIT_LOG] = true},
     .is_silent = {[SIM_NOTIFICATION] = true},
     .says = SIM_INTAKE,
     .want = SIM_SERVICE_COUNT},
    {.name = "a start that all have answered is told of audit-log's recovery",
     .phases = {READY, SERVICE_ASKING, READY, READY},
     .is_forgotten = {[SIM_AUDIT_LOG] = true},
     .says = SIM_CLASSIFICATION,
     .want = SIM_AUDIT_LOG},
    {.name = "a recovery that not every peer could be told of is run again, though all is well",
     .phases = {READY, READY, READY, READY},
     .is_half_recovered = {[SIM_INTAKE] = true},
     .want = SIM_INTAKE},
    {.name = "a peer that is forked itself is recovered before a recovery is run again",
     .phases = {READY, SERVICE_FORKED, READY, READY},
     .is_half_recovered = {[SIM_INTAKE] = true},
     .want = SIM_CLASSIFICATION},
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
            .has_answered = !row->is_silent[i],
            .window = {.state = row->is_forgotten[i] ? WINDOW_STOPPED : WINDOW_OPEN}};
    assert_int_equal(sim_service_to_recover(&world), row->want);
}

struct noted_case {
    const char *name;
    unsigned streams; /* as it began */
    unsigned held;    /* as it ends */
    unsigned want;
};

static struct noted_case noted_cases[] = {
    {"a service that ends with the streams it began with was not recovered", 2, 2, 0},
    {"a recovery is noted as the service ends: its store may be put back before it begins again",
     1, 2, 1},
    {"a service that couldn't read its store notes nothing", 2, 0, 0},
};

static void check_noted(void **state)
{
    static const struct service_spec spec;
    static struct sim_world world;
    const struct noted_case *row = *state;
    struct service *service = calloc(1, sizeof *service);
    struct sim_process process = {
        .world = &world, .number = SIM_NOTIFICATION, .body = service, .streams = row->streams};
    assert_non_null(service);
    service->spec = &spec;
    service->log.committed.stream_count = row->held;
    world.witness.recovered[SIM_NOTIFICATION] = 0;
    sim_service_kind.close(&process);
    assert_int_equal(world.witness.recovered[SIM_NOTIFICATION], row->want);
}

int main(void)
{
    TEST_TABLE(tests, cases, check_advice);
    TEST_TABLE(noted_tests, noted_cases, check_noted);
    int failed = cmocka_run_group_tests_name("operator", tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("noted", noted_tests, NULL, NULL);
}
