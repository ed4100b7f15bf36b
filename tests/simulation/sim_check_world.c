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
/* How many are looked at. */
#define FRAMES_PER_MILLE 100u
#define ANSWERS_PER_MILLE 500u
#define OTHERS_PER_MILLE 300u
/* And how often, at a frame, everything that is durable. */
#define MOMENTS_PER_MILLE 2u

/* ---- copies ---- */

/* What is durable of each service, as it was looked at last. */
static struct {
    struct sim_follower follower;
    struct sim_look look;
    struct sim_disk *disk;
    char path[SIM_DISK_PATH_MAX + 1]; /* its store's, on that disk */
} copies[SIM_SERVICE_COUNT];

static const char *copy_store(struct sim_world *world, unsigned service)
{
    char prefix[32];
    const char *store = sim_home_store((enum sim_service)service);
    if (copies[service].disk == NULL) {
        (void)snprintf(prefix, sizeof prefix, "/durable-%u/", service);
        copies[service].disk = sim_disk_add(sim_disks_beside(), prefix);
        (void)snprintf(copies[service].path, sizeof copies[service].path, "%sstore.db", prefix);
    }
    sim_disk_follow(&copies[service].follower, world->processes[service].disk, store,
                    copies[service].disk, copies[service].path);
    return copies[service].path;
}

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

static void check_stores(struct sim_world *world, struct sim_check_input *input)
{
    struct sim_check check;
    input->is_kept = true;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        input->stores[i] = copy_store(world, i);
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
    struct sim_check_input input = input_at(world, SIM_CHECK_AT_ANY_MOMENT);
    if (!are_whole(world) || world->ledger.submission_count == 0)
        return;
    check_stores(world, &input);
}

static void check_leaving(struct sim_world *world, unsigned from,
                          const struct sim_leaving *leaving)
{
    char text[300];
    struct sim_look *look = &copies[from].look;
    const char *store = copy_store(world, from);
    if (look->database == NULL)
        sim_look_open(look, store);
    if (!sim_check_leaving(look, leaving, text, sizeof text))
        sim_fail(world, "what leaves is on disk: %s %s", sim_process_name(from), text);
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
    struct sim_leaving leaving = {
        .kind = is_answer ? SIM_LEAVES_ANSWER : SIM_LEAVES_FRAME,
        .to = is_answer ? "" : sim_process_name(to),
        .body = body,
    };
    check_leaving(world, from, &leaving);
}

void sim_check_point(struct sim_process *process, enum fault_point point, uint64_t key)
{
    char path[SIM_DISK_PATH_MAX + 1];
    struct sim_leaving leaving = {.kind = SIM_LEAVES_NOTICE, .to = "", .number = key};
    if (point == FAULT_audit_publish_written) {
        leaving.kind = SIM_LEAVES_CHECKPOINT;
        (void)snprintf(path, sizeof path, "%scheckpoint.new", sim_home_disk(SIM_AUDIT_LOG));
        if (!sim_disk_look(process->disk, path, &leaving.body))
            return;
    } else if (point != FAULT_notice_marked) {
        return;
    }
    struct sim_random random =
        sim_random_of(process->world->seed + process->steps, PURPOSE_LOOK + process->number);
    if (sim_random_chance(&random, OTHERS_PER_MILLE))
        check_leaving(process->world, process->number, &leaving);
}
