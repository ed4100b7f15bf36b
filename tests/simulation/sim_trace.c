/*
 * The trace: every line is hashed, so that two runs can be compared without keeping either, and
 * printed when asked for.
 */
#include "tests/simulation/sim_world_state.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FNV_PRIME 0x100000001b3u

const char *sim_process_name(unsigned process)
{
    static const char *const names[SIM_PROCESS_COUNT + 1] = {
        [SIM_INTAKE] = "intake",
        [SIM_CLASSIFICATION] = "classification",
        [SIM_NOTIFICATION] = "notification",
        [SIM_AUDIT_LOG] = "audit-log",
        [SIM_WORKER_FIRST] = "worker-1",
        [SIM_WORKER_FIRST + 1] = "worker-2",
        [SIM_WORKER_FIRST + 2] = "worker-3",
        [SIM_WORKER_FIRST + 3] = "worker-4",
        [SIM_WORKER_FIRST + 4] = "worker-5",
        [SIM_NODE_FIRST] = "node-1",
        [SIM_NODE_FIRST + 1] = "node-2",
        [SIM_NODE_FIRST + 2] = "node-3",
        [SIM_REVIEWER] = "reviewer",
        [SIM_OPERATOR] = "operator",
        [SIM_PROCESS_COUNT] = "world",
    };
    return names[process];
}

void sim_trace(unsigned process, const char *format, ...)
{
    struct sim_world *world = sim_world_now();
    char text[600];
    va_list arguments;
    if (world == NULL)
        return;
    int length = snprintf(text, sizeof text, "%9" PRId64 " %-14s ", world->now_ms,
                          sim_process_name(process));
    va_start(arguments, format);
    (void)vsnprintf(text + length, sizeof text - (size_t)length, format, arguments);
    va_end(arguments);
    for (const char *at = text; *at != '\0'; at++)
        world->trace_hash = (world->trace_hash ^ (uint8_t)*at) * FNV_PRIME;
    if (world->is_traced)
        (void)printf("%s\n", text);
}

void sim_fail(struct sim_world *world, const char *format, ...)
{
    va_list arguments;
    if (world->is_failed)
        return;
    world->is_failed = true;
    va_start(arguments, format);
    (void)vsnprintf(world->outcome->broken, sizeof world->outcome->broken, format, arguments);
    va_end(arguments);
    world->outcome->is_failed = true;
    sim_trace(SIM_PROCESS_COUNT, "BROKEN: %s", world->outcome->broken);
}
