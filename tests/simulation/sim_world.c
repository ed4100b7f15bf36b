/*
 * A run, from its beginning to its end.
 */
#include "tests/simulation/sim_client.h"
#include "tests/simulation/sim_home.h"
#include "tests/simulation/sim_world_state.h"

#include "common/base/invariant.h"
#include <stdlib.h>
#include <string.h>

#define PURPOSE_NETWORK 1
#define PURPOSE_WORLD 2
#define PURPOSE_SQLITE 4
#define PURPOSE_PROCESS 16

#define LOOK_MS 250 /* between two looks whether everything got through */

/* A run's world; NULL between two. */
static struct sim_world *current;

struct sim_world *sim_world_now(void)
{
    return current;
}

unsigned sim_running(void)
{
    return current == NULL ? SIM_PROCESS_COUNT : current->running;
}

int64_t sim_now_ms(void)
{
    return current->now_ms;
}

/* ---- the end ---- */

static bool is_settled(const struct sim_world *world)
{
    if (world->now_ms < world->plan.quiet_ms || world->errands > 0)
        return false;
    for (unsigned i = SIM_NODE_FIRST; i < SIM_NODE_FIRST + world->plan.nodes; i++)
        if (!sim_node_is_done(&world->processes[i]))
            return false;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        if (!sim_service_is_settled(&world->processes[i]))
            return false;
    return true;
}

static void look(struct sim_world *world, struct sim_event *event)
{
    (void)event;
    if (is_settled(world)) {
        world->is_over = true;
        world->outcome->settled_ms = world->now_ms;
        return;
    }
    if (world->now_ms >= world->plan.settled_ms_max) {
        sim_world_say_what_hangs(world);
        return;
    }
    sim_schedule(world, world->now_ms + LOOK_MS, look, 0, 0, NULL);
}

/* Nothing goes wrong any more. */
static void become_quiet(struct sim_world *world, struct sim_event *event)
{
    (void)event;
    sim_trace(SIM_PROCESS_COUNT, "quiet");
    sim_faults_end(world);
}

static void stop_all(struct sim_world *world)
{
    for (unsigned i = SIM_PROCESS_COUNT; i-- > 0;) {
        struct sim_process *process = &world->processes[i];
        process->is_wanted = false;
        if (!process->is_up)
            continue;
        world->running = i;
        if (i < SIM_SERVICE_COUNT && !world->is_failed)
            sim_service_stop(process);
        sim_process_end(process);
    }
}

/* ---- a run ---- */

static int64_t world_boot_ms(void *self)
{
    return ((struct sim_world *)self)->now_ms;
}

static int64_t world_utc_s(void *self)
{
    return SIM_DAY_UTC_S + ((struct sim_world *)self)->now_ms / 1000;
}

static void open_disks(struct sim_world *world)
{
    const struct clock clock = {.boot_ms = world_boot_ms, .utc_s = world_utc_s, .self = world};
    const struct random_source random = sim_random_source(&world->sqlite_random);
    world->sqlite_random = sim_random_of(world->seed, PURPOSE_SQLITE);
    world->disks = sim_disks_open(&clock, &random);
    INVARIANT(world->disks != NULL);
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        struct sim_process *process = &world->processes[i];
        process->disk = sim_disk_add(world->disks, sim_home_disk((enum sim_service)i));
        INVARIANT(process->disk != NULL);
        sim_disk_set_step(process->disk, sim_process_disk_step(process));
    }
}

static const struct sim_kind *kind_of(unsigned process)
{
    if (process < SIM_SERVICE_COUNT)
        return &sim_service_kind;
    if (process < SIM_NODE_FIRST)
        return &sim_worker_kind;
    return process < SIM_REVIEWER ? &sim_node_kind : NULL;
}

static void open_processes(struct sim_world *world)
{
    for (unsigned i = 0; i < SIM_PROCESS_COUNT; i++) {
        struct sim_process *process = &world->processes[i];
        process->world = world;
        process->number = i;
        process->kind = kind_of(i);
        process->endpoint.process = i;
        process->random = sim_random_of(world->seed, PURPOSE_PROCESS + i);
    }
    open_disks(world);
    for (unsigned i = 0; i < SIM_PROCESS_COUNT; i++) {
        struct sim_process *process = &world->processes[i];
        process->is_wanted =
            i < SIM_SERVICE_COUNT ||
            (i >= SIM_WORKER_FIRST && i < SIM_WORKER_FIRST + world->plan.workers) ||
            (i >= SIM_NODE_FIRST && i < SIM_NODE_FIRST + world->plan.nodes);
        if (process->is_wanted)
            sim_process_start_at(process, sim_random_between(&world->world_random, 0, 300));
    }
}

static void happen_next(struct sim_world *world)
{
    INVARIANT(world->queue.count > 0);
    struct sim_event event = sim_queue_take_first(&world->queue);
    world->now_ms = event.at_ms;
    event.happen(world, &event);
    free(event.owned);
}

bool sim_world_pass(struct sim_process *process, int64_t timeout_ms)
{
    struct sim_world *world = process->world;
    int64_t until_ms = timeout_ms < 0 ? INT64_MAX : world->now_ms + timeout_ms;
    unsigned running = world->running;
    world->running = SIM_PROCESS_COUNT;
    while (!world->is_over && !world->is_failed && process->endpoint.first == NULL &&
           world->queue.events[0].at_ms <= until_ms)
        happen_next(world);
    if (process->endpoint.first == NULL && world->now_ms < until_ms && until_ms != INT64_MAX)
        world->now_ms = until_ms;
    world->running = running;
    return !world->is_over && !world->is_failed;
}

static void run(struct sim_world *world)
{
    sim_schedule(world, world->plan.quiet_ms, become_quiet, 0, 0, NULL);
    sim_schedule(world, world->plan.quiet_ms, look, 0, 0, NULL);
    while (!world->is_over && !world->is_failed)
        happen_next(world);
}

static void close_world(struct sim_world *world)
{
    for (size_t i = 0; i < world->queue.count; i++)
        free(world->queue.events[i].owned);
    free(world->queue.events);
    sim_faults_forget(world);
    sim_disks_close(world->disks);
}

void sim_world_run(uint64_t seed, bool is_traced, struct sim_outcome *ret_outcome)
{
    struct sim_world *world = calloc(1, sizeof *world);
    INVARIANT(world != NULL);
    *ret_outcome = (struct sim_outcome){.seed = seed};
    world->seed = seed;
    world->is_traced = is_traced;
    world->running = SIM_PROCESS_COUNT;
    world->outcome = ret_outcome;
    world->trace_hash = 0xcbf29ce484222325u;
    world->network_random = sim_random_of(seed, PURPOSE_NETWORK);
    world->world_random = sim_random_of(seed, PURPOSE_WORLD);
    sim_home_reseed(seed);
    current = world;
    sim_plan_make(seed, &world->plan);
    sim_counts_planned(&world->plan);
    sim_nodes_begin(&world->plan);
    world->ledger.submission_count = world->plan.submission_count;
    open_processes(world);
    sim_faults_begin(world);
    sim_people_begin(world);
    run(world);
    stop_all(world);
    sim_faults_tell(world);
    sim_undone_tell(world);
    if (!world->is_failed)
        sim_check_world(world);
    ret_outcome->trace_hash = world->trace_hash;
    ret_outcome->steps = world->steps;
    close_world(world);
    current = NULL;
    free(world);
}

/* ---- for all runs of the process ---- */

bool sim_world_prepare(const char *tables)
{
    sim_steps_listen(true);
    return sim_home_prepare(tables);
}

void sim_world_release(void)
{
    sim_home_release();
    sim_steps_listen(false);
}

/* ---- what the checker reads ---- */

const struct sim_ledger *sim_world_ledger(const struct sim_world *world)
{
    return &world->ledger;
}

const struct sim_witness *sim_world_witness(const struct sim_world *world)
{
    return &world->witness;
}

const struct sim_plan *sim_world_plan(const struct sim_world *world)
{
    return &world->plan;
}

const char *sim_store_path(const struct sim_world *world, enum sim_service service)
{
    (void)world;
    return sim_home_store(service);
}

const char *sim_world_keys_folder(const struct sim_world *world)
{
    (void)world;
    return sim_home_keys();
}
