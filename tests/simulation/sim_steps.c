/*
 * How a process touches the outside: its clocks and chance, and the steps at one of which it may
 * die.
 */
#include "tests/simulation/sim_client.h"
#include "tests/simulation/sim_world_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- clocks and chance ---- */

static int64_t read_boot_ms(void *self)
{
    const struct sim_process *process = self;
    return process->world->now_ms - process->booted_ms + 1000;
}

static int64_t read_utc_s(void *self)
{
    const struct sim_process *process = self;
    return SIM_DAY_UTC_S + process->world->now_ms / 1000 + process->utc_jump_s;
}

struct clock sim_process_clock(struct sim_process *process)
{
    return (struct clock){.boot_ms = read_boot_ms, .utc_s = read_utc_s, .self = process};
}

static void fill(void *self, uint8_t *bytes, size_t size)
{
    sim_random_fill(self, bytes, size);
}

struct random_source sim_random_source(struct sim_random *random)
{
    return (struct random_source){.fill = fill, .self = random};
}

struct random_source sim_process_random(struct sim_process *process)
{
    return sim_random_source(&process->random);
}

/* ---- steps ---- */

static const char *const disk_calls[SIM_DISK_CALL_COUNT] = {
    [SIM_DISK_OPEN] = "open",         [SIM_DISK_READ] = "read",       [SIM_DISK_WRITE] = "write",
    [SIM_DISK_TRUNCATE] = "truncate", [SIM_DISK_SYNC] = "sync",       [SIM_DISK_DELETE] = "delete",
    [SIM_DISK_RENAME] = "rename",     [SIM_DISK_SHM_MAP] = "shm map",
};

static void cut_power(struct sim_process *process)
{
    struct random_source random = sim_random_source(&process->world->world_random);
    struct sim_disk_counts before = *sim_disk_counted(process->disk);
    sim_process_halt(process);
    process->is_power_cut = true;
    sim_disk_power_cut(process->disk, &random);
    if (sim_cut_happened(&before, sim_disk_counted(process->disk)))
        sim_happened(process->step_fault);
    sim_trace(process->number, "its power is cut");
}

bool sim_step(const char *what)
{
    struct sim_world *world = sim_world_now();
    if (world == NULL || world->running == SIM_PROCESS_COUNT)
        return true;
    struct sim_process *process = &world->processes[world->running];
    if (process->is_halted)
        return false;
    process->steps++;
    world->steps++;
    if (process->halt_at_step == 0 || process->steps < process->halt_at_step)
        return true;
    if (process->halt_at_sync > 0 &&
        (strcmp(what, disk_calls[SIM_DISK_SYNC]) != 0 || --process->halt_at_sync > 0))
        return true;
    sim_trace(process->number, "dies at step %" PRIu64 ", %s", process->steps, what);
    if (process->step_fault == SIM_FAULT_CRASH_AT_STEP)
        sim_happened(SIM_FAULT_CRASH_AT_STEP);
    if (process->step_fault == SIM_FAULT_CRASH_AT_STEP || process->cut_after_start > 0)
        sim_process_halt(process);
    else
        cut_power(process);
    return false;
}

void sim_process_halt(struct sim_process *process)
{
    sim_alone_died(process);
    process->is_halted = true;
    process->halt_at_step = 0;
    process->halt_pass = 0;
    if (process->disk != NULL)
        sim_disk_halt(process->disk);
}

static void before_disk_call(void *self, struct sim_disk *disk, enum sim_disk_call call,
                             const char *path)
{
    (void)disk;
    (void)path;
    const struct sim_process *process = self;
    if (process->world->running == process->number)
        (void)sim_step(disk_calls[call]);
}

struct sim_disk_step sim_process_disk_step(struct sim_process *process)
{
    return (struct sim_disk_step){.before = before_disk_call, .self = process};
}

static enum status passed(void *self, enum fault_point point, uint64_t key)
{
    (void)self;
    struct sim_world *world = sim_world_now();
    if (world == NULL || world->running == SIM_PROCESS_COUNT || !sim_step(fault_point_name(point)))
        return STATUS_OK;
    sim_fault_point(&world->processes[world->running], point, key);
    return STATUS_OK;
}

static const struct fault_listener fault_listener = {.passed = passed};

/* A service that says STREAM_FORKED, of itself or of the peer that it names. */
static void note_fork(const struct log_field *fields, unsigned count)
{
    struct sim_world *world = sim_world_now();
    unsigned *seen = world->witness.forks_seen;
    if (world->running < SIM_SERVICE_COUNT)
        seen[world->running]++;
    for (unsigned i = 0; i < count; i++)
        for (unsigned peer = 0; peer < SIM_SERVICE_COUNT; peer++)
            if (fields[i].text != NULL && strcmp(fields[i].name, "peer") == 0 &&
                strcmp(fields[i].text, sim_process_name(peer)) == 0)
                seen[peer]++;
}

static void wrote(void *self, enum log_level level, const char *event,
                  const struct log_field *fields, unsigned count)
{
    const struct sim_world *world = sim_world_now();
    char text[500];
    size_t used = 0;
    (void)self;
    if (world == NULL || level < LOG_LEVEL_INFO ||
        (world->running != SIM_PROCESS_COUNT && world->processes[world->running].is_halted))
        return;
    for (unsigned i = 0; i < count && used < sizeof text; i++) {
        int length = fields[i].text != NULL ? snprintf(text + used, sizeof text - used, " %s=%s",
                                                       fields[i].name, fields[i].text)
                                            : snprintf(text + used, sizeof text - used, " %s=%lld",
                                                       fields[i].name, fields[i].number);
        used += length < 0 ? 0 : (size_t)length;
    }
    if (strcmp(event, "stream_forked") == 0)
        note_fork(fields, count);
    sim_trace(world->running, "%s%s", event, text);
}

static const struct log_listener log_listener = {.wrote = wrote};

void sim_steps_listen(bool is_listening)
{
    fault_point_listen(is_listening ? &fault_listener : NULL);
    log_listen(is_listening ? &log_listener : NULL);
}
