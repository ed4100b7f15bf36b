/*
 * The lives of processes: begun, a round at a time, ended, begun again by a supervisor.
 */
#include "tests/simulation/sim_world_state.h"

#define SUPERVISOR_MS 1000 /* before it starts again what ended by itself */

void sim_process_end(struct sim_process *process)
{
    struct sim_world *world = process->world;
    world->running = process->number;
    if (process->body != NULL)
        process->kind->close(process);
    world->running = SIM_PROCESS_COUNT;
    sim_network_died(world, process->number);
    sim_network_forget(&process->endpoint);
    process->is_up = false;
    process->round++;
    process->is_round_due = false;
}

static void ended(struct sim_process *process)
{
    bool was_halted = process->is_halted;
    int64_t down_ms = was_halted ? process->down_ms : SUPERVISOR_MS;
    sim_process_end(process);
    sim_trace(process->number, was_halted ? "is dead" : "has ended");
    if (process->is_wanted)
        sim_process_start_at(process, process->world->now_ms + down_ms);
}

static void arm_cut(struct sim_process *process)
{
    process->halt_at_step = process->steps + process->cut_after_start;
    process->halt_at_sync = sim_cut_at_sync(process->cut_after_start);
}

static void begin_life(struct sim_world *world, struct sim_event *event)
{
    struct sim_process *process = &world->processes[event->process];
    if (process->is_up || !process->is_wanted || world->is_over)
        return;
    if (process->disk != NULL && sim_disk_is_halted(process->disk))
        sim_disk_revive(process->disk);
    if (process->is_power_cut)
        process->booted_ms = world->now_ms;
    if (process->cut_after_start > 0)
        arm_cut(process);
    process->cut_after_start = 0;
    process->is_power_cut = false;
    process->is_halted = false;
    process->is_up = true;
    process->life++;
    sim_trace(process->number, "starts");
    world->running = process->number;
    bool is_open = process->kind->open(process);
    world->running = SIM_PROCESS_COUNT;
    if (!is_open || process->is_halted)
        ended(process);
    else
        sim_process_wake(process, world->now_ms);
}

void sim_process_start_at(struct sim_process *process, int64_t at_ms)
{
    sim_schedule(process->world, at_ms, begin_life, process->number, 0, NULL);
}

void sim_process_kill(struct sim_process *process)
{
    if (!process->is_up)
        return;
    sim_process_halt(process);
    sim_process_end(process);
    sim_trace(process->number, "is dead");
}

/* Whether something that it asked for lies there: of a worker, a lease or that there is none. */
static bool has_answer(const struct sim_process *process)
{
    const struct sim_arrival *arrival = process->endpoint.first;
    while (arrival != NULL && arrival->kind != RECEIVED_ANSWER)
        arrival = arrival->next;
    return arrival != NULL;
}

static void happened_once(bool *is_counted, enum sim_fault_class what)
{
    if (!*is_counted)
        sim_happened(what);
    *is_counted = true;
}

static void do_round(struct sim_world *world, struct sim_event *event)
{
    struct sim_process *process = &world->processes[event->process];
    int64_t wait_ms = -1;
    if (!process->is_up || event->number != process->round)
        return;
    if (process->stands_until_ms > world->now_ms) {
        if (process->stands_by == SIM_FAULT_SUSPENSION || has_answer(process))
            happened_once(&process->is_standing_counted, process->stands_by);
        process->is_round_due = false;
        sim_process_wake(process, process->stands_until_ms);
        return;
    }
    process->is_round_due = false;
    world->running = process->number;
    bool goes_on = process->kind->round(process, &wait_ms);
    world->running = SIM_PROCESS_COUNT;
    if (!goes_on || process->is_halted)
        ended(process);
    else if (wait_ms >= 0)
        sim_process_wake(process, world->now_ms + (wait_ms == 0 ? 1 : wait_ms));
}

void sim_process_wake(struct sim_process *process, int64_t at_ms)
{
    if (process->kind == NULL) /* a person, who is waiting for it */
        return;
    if (process->slow_until_ms > process->world->now_ms) {
        at_ms += process->slow_ms;
        if (process->is_up && has_answer(process))
            happened_once(&process->is_slowness_counted, SIM_FAULT_SLOW_WORKER);
    }
    if (!process->is_up || (process->is_round_due && process->round_ms <= at_ms))
        return;
    process->round++;
    process->round_ms = at_ms;
    process->is_round_due = true;
    sim_schedule(process->world, at_ms, do_round, process->number, process->round, NULL);
}
