/*
 * The plan's faults, performed. What happens by a frame, a step or a call of a disk is counted
 * where that is; the rest here.
 */
#include "tests/simulation/sim_plan_classes.h"
#include "tests/simulation/sim_world_state.h"

#include "common/base/invariant.h"

#include "tests/simulation/sim_home.h"

#include <stdio.h>
#include <string.h>

#define WATCH_MS 4000 /* until the operator looks after a store was put back */

#define FULL_MARGIN 65536u /* bytes that a full disk still takes: some transactions */

/* Calls f for every link that the fault names. */
static void set_weather(struct sim_world *world, const struct sim_planned_fault *fault,
                        bool is_begun)
{
    for (unsigned from = 0; from < SIM_PROCESS_COUNT; from++) {
        for (unsigned to = 0; to < SIM_PROCESS_COUNT; to++) {
            struct sim_weather *weather = &world->weather[from][to];
            unsigned per_mille = is_begun ? fault->per_mille : 0;
            if ((fault->process != SIM_EVERYBODY && fault->process != from) ||
                (fault->to != SIM_EVERYBODY && fault->to != to))
                continue;
            if (fault->what == SIM_FAULT_LOSS)
                weather->lost_per_mille = per_mille;
            else if (fault->what == SIM_FAULT_DUPLICATION)
                weather->doubled_per_mille = per_mille;
            else if (fault->what == SIM_FAULT_REORDERING)
                weather->overtaking_per_mille = per_mille;
            else if (fault->what == SIM_FAULT_DELAY)
                weather->delay_ms = is_begun ? fault->length_ms : 0;
            else
                weather->cut_until_ms = is_begun ? fault->until_ms : 0;
        }
    }
}

static void break_links(struct sim_world *world, const struct sim_planned_fault *fault)
{
    bool is_broken = false;
    for (unsigned from = 0; from < SIM_PROCESS_COUNT; from++)
        for (unsigned to = 0; to < SIM_PROCESS_COUNT; to++)
            if ((fault->process == SIM_EVERYBODY || fault->process == from) &&
                (fault->to == SIM_EVERYBODY || fault->to == to) && from != to)
                is_broken |= sim_network_break(world, from, to);
    if (is_broken)
        sim_happened(SIM_FAULT_CONNECTION_LOST);
}

static void arm_halt(struct sim_process *process, const struct sim_planned_fault *fault)
{
    process->down_ms = fault->length_ms;
    if (fault->what == SIM_FAULT_CRASH_AT_POINT) {
        process->halt_point = fault->point;
        process->halt_pass = fault->nth;
        return;
    }
    process->step_fault = fault->what;
    process->halt_at_step = process->steps + fault->nth;
    process->halt_at_sync =
        fault->what == SIM_FAULT_CRASH_AT_STEP ? 0 : sim_cut_at_sync(fault->nth);
    process->cut_after_start = fault->times;
}

/* What was armed and is no more has happened. */
static void count_armed(struct sim_process *process)
{
    for (unsigned call = 0; call < SIM_DISK_CALL_COUNT; call++) {
        if (!process->is_armed[call] || sim_disk_is_armed(process->disk, (enum sim_disk_call)call))
            continue;
        process->is_armed[call] = false;
        sim_happened(process->armed[call]);
    }
}

static void arm_disk(struct sim_process *process, const struct sim_planned_fault *fault)
{
    enum sim_disk_call call = SIM_DISK_WRITE;
    uint64_t times = fault->times == 0 ? 1 : fault->times;
    if (fault->what == SIM_FAULT_SYNC_FAILS)
        call = SIM_DISK_SYNC;
    else if (fault->what == SIM_FAULT_READ_FAILS)
        call = SIM_DISK_READ;
    count_armed(process);
    process->armed[call] = fault->what;
    process->is_armed[call] = true;
    sim_disk_fail(process->disk, call, fault->nth, times, fault->failure);
}

static void fill_disk(struct sim_process *process)
{
    process->full_before = sim_disk_counted(process->disk)->failures[SIM_DISK_ENOSPC];
    process->capacity = sim_disk_used(process->disk) + FULL_MARGIN;
    process->sees_capacity = sim_random_chance(&process->world->world_random, 500);
    sim_disk_set_capacity(process->disk, process->capacity);
}

static void empty_disk(struct sim_process *process)
{
    if (process->capacity == 0)
        return;
    process->capacity = 0;
    sim_disk_set_capacity(process->disk, UINT64_MAX);
    if (sim_disk_counted(process->disk)->failures[SIM_DISK_ENOSPC] > process->full_before)
        sim_happened(SIM_FAULT_DISK_FULL);
}

/* ---- an old copy ---- */

static void take_image(struct sim_world *world, struct sim_event *event)
{
    struct sim_process *process = &world->processes[event->process];
    sim_image_close(process->image);
    process->image = sim_image_take(process->disk);
}

/* The published checkpoint isn't kept beside the store: it stays as it is. */
static void restore(struct sim_process *process)
{
    struct files files = sim_disk_files(process->disk);
    uint8_t note[4096];
    char path[SIM_DISK_PATH_MAX + 1];
    struct view held = {.size = 0};
    (void)snprintf(path, sizeof path, "%scheckpoint", sim_home_disk(SIM_AUDIT_LOG));
    bool has_note = sim_disk_look(process->disk, path, &held) && held.size <= sizeof note;
    if (has_note)
        memcpy(note, held.bytes, held.size);
    sim_image_restore(process->disk, process->image);
    if (!has_note)
        return;
    if (sim_disk_is_halted(process->disk)) /* it isn't where the service ended in order */
        sim_disk_revive(process->disk);
    int error = files.write_new(files.self, path, view_of(note, held.size), 0644);
    if (error == 0)
        error = files.sync(files.self, path);
    if (error == 0)
        error = files_sync_folder_of(&files, path);
    INVARIANT(error == 0);
}

static void restore_store(struct sim_process *process, const struct sim_planned_fault *fault)
{
    if (process->image == NULL)
        return;
    sim_faults_disarm(process);
    sim_process_kill(process);
    restore(process);
    process->world->witness.restored[process->number]++;
    process->streams = 0; /* as the copy has */
    sim_happened(SIM_FAULT_STORE_RESTORED);
    sim_process_start_at(process, process->world->now_ms + 500);
    sim_people_send(process->world, fault->at_ms + WATCH_MS, SIM_ERRAND_WATCH, 0);
}

static void stop_worker(struct sim_process *process)
{
    process->is_wanted = false;
    if (!process->is_up || process->is_halted)
        return;
    process->world->running = process->number;
    sim_worker_stop(process);
    process->world->running = SIM_PROCESS_COUNT;
    sim_happened(SIM_FAULT_WORKER_LEAVES);
    sim_process_wake(process, process->world->now_ms);
}

static void arm_poison(struct sim_world *world, const struct sim_planned_fault *fault)
{
    struct sim_poisoning *poisoning = &world->poisonings[fault->process];
    poisoning->left = fault->nth;
    poisoning->until_ms = fault->until_ms;
}

/* What lasts, or breaks, between processes. */
static void perform_on_network(struct sim_world *world, const struct sim_planned_fault *fault)
{
    if (fault->what == SIM_FAULT_CONNECTION_LOST)
        break_links(world, fault);
    else
        set_weather(world, fault, true);
}

static void stand(struct sim_process *process, const struct sim_planned_fault *fault)
{
    process->stands_until_ms = fault->until_ms;
    process->stands_by = fault->what;
    process->is_standing_counted = false;
}

/* A process or its machine isn't as it should be. */
static void perform_on_process(struct sim_process *process, const struct sim_planned_fault *fault)
{
    struct sim_world *world = process->world;
    if (fault->what == SIM_FAULT_CRASH_AT_STEP || fault->what == SIM_FAULT_CRASH_AT_POINT) {
        arm_halt(process, fault);
        return;
    }
    if (fault->what == SIM_FAULT_MIXED_CONTRACT) {
        process->newer_until_ms = fault->until_ms;
        process->is_newer_alone = sim_random_chance(&world->world_random, 500);
        return;
    }
    if (fault->what == SIM_FAULT_SUSPENSION) {
        stand(process, fault);
        return;
    }
    process->utc_jump_s += fault->length_ms / 1000;
    if (fault->length_ms / 1000 != 0)
        sim_happened(SIM_FAULT_CLOCK_JUMP);
}

static void perform_on_disk(struct sim_process *process, const struct sim_planned_fault *fault)
{
    if (fault->what == SIM_FAULT_POWER_CUT || fault->what == SIM_FAULT_KILL_THEN_POWER_CUT)
        arm_halt(process, fault);
    else if (fault->what == SIM_FAULT_DISK_FULL)
        fill_disk(process);
    else if (fault->what == SIM_FAULT_STORE_RESTORED)
        restore_store(process, fault);
    else
        arm_disk(process, fault);
}

static void perform_on_worker(struct sim_process *process, const struct sim_planned_fault *fault)
{
    struct sim_world *world = process->world;
    if (fault->what == SIM_FAULT_POISON) {
        arm_poison(world, fault);
        return;
    }
    if (fault->what == SIM_FAULT_WORKER_LEAVES) {
        stop_worker(process);
        return;
    }
    if (fault->what == SIM_FAULT_STOPPED_WORKER)
        stand(process, fault);
    if (fault->what == SIM_FAULT_SLOW_WORKER) {
        process->slow_ms = fault->length_ms;
        process->slow_until_ms = fault->until_ms;
        process->is_slowness_counted = false;
    }
    if (fault->what == SIM_FAULT_WORKER_JOINS) {
        sim_process_start_at(process, world->now_ms);
        if (!process->is_wanted)
            sim_happened(SIM_FAULT_WORKER_JOINS);
        process->is_wanted = true;
    }
}

/* A person is sent, and does it when there is time. */
static void perform_by_people(struct sim_process *process, const struct sim_planned_fault *fault)
{
    static const enum sim_errand_kind errands[SIM_FAULT_CLASS_COUNT] = {
        [SIM_FAULT_DRAIN] = SIM_ERRAND_DRAIN,
        [SIM_FAULT_RECOVERY] = SIM_ERRAND_RECOVER,
        [SIM_FAULT_REDRIVE] = SIM_ERRAND_REDRIVE,
        [SIM_FAULT_REVOCATION] = SIM_ERRAND_REVOKE,
    };
    struct sim_world *world = process->world;
    if (fault->what != SIM_FAULT_REVOCATION || process->is_wanted)
        sim_people_send(world, world->now_ms, errands[fault->what], fault->process);
}

static void perform(struct sim_world *world, struct sim_event *event)
{
    const struct sim_planned_fault *fault = &world->plan.faults[event->number];
    sim_trace(SIM_PROCESS_COUNT, "fault %s of %s", sim_fault_name(fault->what),
              sim_process_name(fault->process));
    switch (sim_class(fault->what)->kind) {
    case SIM_KIND_NETWORK:
        perform_on_network(world, fault);
        return;
    case SIM_KIND_PROCESS:
        perform_on_process(&world->processes[fault->process], fault);
        return;
    case SIM_KIND_DISK:
        perform_on_disk(&world->processes[fault->process], fault);
        return;
    case SIM_KIND_WORKER:
        perform_on_worker(&world->processes[fault->process], fault);
        return;
    case SIM_KIND_PEOPLE:
        perform_by_people(&world->processes[fault->process], fault);
        return;
    case SIM_FAULT_KIND_COUNT:
        return;
    }
}

static void end_one(struct sim_world *world, struct sim_event *event)
{
    const struct sim_planned_fault *fault = &world->plan.faults[event->number];
    if (sim_class(fault->what)->kind == SIM_KIND_NETWORK)
        set_weather(world, fault, false);
    else if (fault->what == SIM_FAULT_DISK_FULL)
        empty_disk(&world->processes[fault->process]);
}

void sim_faults_begin(struct sim_world *world)
{
    for (unsigned i = 0; i < world->plan.fault_count; i++) {
        const struct sim_planned_fault *fault = &world->plan.faults[i];
        sim_schedule(world, fault->at_ms, perform, 0, i, NULL);
        if (fault->what == SIM_FAULT_STORE_RESTORED)
            sim_schedule(world, fault->at_ms - fault->length_ms, take_image, fault->process, 0,
                         NULL);
        if (fault->until_ms > fault->at_ms)
            sim_schedule(world, fault->until_ms, end_one, 0, i, NULL);
    }
}

void sim_faults_disarm(struct sim_process *process)
{
    process->halt_at_step = 0;
    process->halt_pass = 0;
    process->cut_after_start = 0;
    if (process->disk == NULL)
        return;
    count_armed(process);
    sim_disk_fail_none(process->disk);
    empty_disk(process);
}

void sim_faults_end(struct sim_world *world)
{
    for (unsigned i = 0; i < SIM_PROCESS_COUNT; i++) {
        world->processes[i].slow_until_ms = 0;
        sim_faults_disarm(&world->processes[i]);
    }
}

void sim_faults_forget(struct sim_world *world)
{
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        sim_image_close(world->processes[i].image);
}
