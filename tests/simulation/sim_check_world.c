/*
 * The check of a world: of what leaves its services while it runs, and of its stores when it has
 * ended.
 */
#include "tests/simulation/sim_check.h"
#include "tests/simulation/sim_home.h"
#include "tests/simulation/sim_world_state.h"

#include "common/base/invariant.h"

#include <stdio.h>
#include <string.h>

#define PURPOSE_LOOK 0x6c6f6f6bu /* "look" */
/* How many are looked at: each costs a copy and an opening. */
#define FRAMES_PER_MILLE 10u
#define ANSWERS_PER_MILLE 80u
/* And how often, at a frame, everything that is durable. */
#define MOMENTS_PER_MILLE 2u

/* ---- at the end ---- */

static struct {
    sim_check_look look;
    void *self;
} listener;

void sim_check_listen(sim_check_look look, void *self)
{
    listener.look = look;
    listener.self = self;
}

static struct sim_check_input input_at(struct sim_world *world, enum sim_check_moment moment)
{
    return (struct sim_check_input){
        .ledger = &world->ledger,
        .witness = &world->witness,
        .retained_events_min = world->plan.retained_events_min,
        .moment = moment,
    };
}

static void check_stores(struct sim_world *world, const struct sim_check_input *input)
{
    struct sim_check check;
    sim_check_open(&check, input);
    (void)sim_check_run(&check);
    for (unsigned i = 0; i < check.finding_count; i++) {
        sim_trace(SIM_PROCESS_COUNT, "%s: %s", check.findings[i].rule, check.findings[i].text);
        sim_fail(world, "%s: %s", check.findings[i].rule, check.findings[i].text);
    }
    sim_check_close(&check);
}

void sim_check_world(struct sim_world *world)
{
    struct sim_check_input input = input_at(world, SIM_CHECK_AT_THE_END);
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        input.stores[i] = sim_store_path(world, (enum sim_service)i);
    if (listener.look != NULL)
        listener.look(listener.self, &input);
    check_stores(world, &input);
}

/* ---- while it runs ---- */

/* Copies what is durable of a service to a disk of its own; `path` is its store's there. */
static void copy_store(struct sim_world *world, unsigned service, char path[SIM_DISK_PATH_MAX + 1])
{
    char prefix[SIM_DISK_PATH_MAX + 1];
    const char *store = sim_home_store((enum sim_service)service);
    (void)snprintf(prefix, sizeof prefix, "/durable-%u/", service);
    struct sim_disk *disk = sim_disk_of(world->disks, prefix);
    if (disk == NULL)
        disk = sim_disk_add(world->disks, prefix);
    INVARIANT(disk != NULL);
    sim_disk_copy_durable(world->processes[service].disk, disk);
    int written = snprintf(path, SIM_DISK_PATH_MAX + 1, "%s%s", prefix,
                           store + strlen(sim_home_disk((enum sim_service)service)));
    INVARIANT(written > 0 && written <= SIM_DISK_PATH_MAX);
}

/* Whether everybody has a store, and none is an old copy: what rules hold of all of them. */
static bool are_whole(const struct sim_world *world)
{
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        if (world->processes[i].streams == 0 || world->witness.restored[i] > 0 ||
            world->witness.recovered[i] > 0 || world->witness.forks_seen[i] > 0)
            return false;
    return true;
}

static void check_durable(struct sim_world *world)
{
    static char paths[SIM_SERVICE_COUNT][SIM_DISK_PATH_MAX + 1];
    struct sim_check_input input = input_at(world, SIM_CHECK_AT_ANY_MOMENT);
    if (!are_whole(world) || world->ledger.submission_count == 0)
        return;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        copy_store(world, i, paths[i]);
        input.stores[i] = paths[i];
    }
    check_stores(world, &input);
}

void sim_check_frame(struct sim_world *world, unsigned from, unsigned to, bool is_answer,
                     struct view body)
{
    if (is_answer ? from != SIM_INTAKE : from >= SIM_SERVICE_COUNT || to >= SIM_SERVICE_COUNT)
        return;
    struct sim_random random = sim_random_of(world->seed + world->witness.frames, PURPOSE_LOOK);
    world->witness.frames++;
    if (sim_random_chance(&random, MOMENTS_PER_MILLE))
        check_durable(world);
    if (!sim_random_chance(&random, is_answer ? ANSWERS_PER_MILLE : FRAMES_PER_MILLE))
        return;
    char store[SIM_DISK_PATH_MAX + 1];
    char text[300];
    struct sim_leaving leaving = {
        .to = is_answer ? "" : sim_process_name(to),
        .body = body,
        .store = store,
    };
    copy_store(world, from, store);
    if (!sim_check_leaving(&leaving, text, sizeof text))
        sim_fail(world, "what leaves is on disk: %s %s", sim_process_name(from), text);
}
