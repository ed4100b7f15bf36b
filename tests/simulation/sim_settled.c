/*
 * What did not get through, for people.
 */
#include "tests/simulation/sim_world_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add(char *text, size_t size, const char *name, const char *what)
{
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "; %s %s", name, what);
}

void sim_world_say_what_hangs(struct sim_world *world)
{
    char text[400] = "";
    for (unsigned i = 0; i < world->plan.nodes; i++)
        if (!sim_node_is_done(&world->processes[SIM_NODE_FIRST + i]))
            add(text, sizeof text, sim_process_name(SIM_NODE_FIRST + i), "waits for answers");
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        if (!sim_service_is_settled(&world->processes[i]))
            add(text, sizeof text, sim_process_name(i), sim_service_hangs(&world->processes[i]));
    sim_fail(world, "not everything has got through %" PRId64 " ms after the last fault%s",
             world->now_ms - world->plan.quiet_ms, text);
}
