/*
 * Operator and reviewer: the verbs of the command, run as they are. While a verb waits for an
 * answer the world goes on (sim_world_pass), so one person is at work at a time.
 */
#include "common/base/invariant.h"
#include "services/netra/command.h"
#include "tests/simulation/sim_home.h"
#include "tests/simulation/sim_world_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 200         /* when the other person is asked again */
#define AGAIN_MS 3000       /* after an errand that didn't succeed */
#define QUIET_WATCH_MS 8000 /* as long as a fork may take to be noticed */
#define LETTERS_MAX 8u      /* dead letters that are looked for */

struct errand {
    enum sim_errand_kind kind;
    unsigned about;
    unsigned tries;
};

static void do_errand(struct sim_world *world, struct sim_event *event);

static void send(struct sim_world *world, int64_t at_ms, const struct errand *errand)
{
    struct errand *copy = calloc(1, sizeof *copy);
    INVARIANT(copy != NULL);
    *copy = *errand;
    sim_schedule(world, at_ms, do_errand, SIM_PROCESS_COUNT, 0, copy);
}

void sim_people_send(struct sim_world *world, int64_t at_ms, enum sim_errand_kind kind,
                     unsigned about)
{
    const struct errand errand = {.kind = kind, .about = about};
    world->errands++;
    send(world, at_ms, &errand);
}

/* ---- at the command ---- */

static struct verb verb_of_nothing = {.noun = "", .verb = ""};

/* Opens the doors as `netra` would with that person's key. */
static enum status open_command(struct sim_process *person, struct command *command,
                                const struct arguments *arguments, struct netra_config *config)
{
    struct transport_peer peers[DOOR_COUNT] = {{.name = NULL}};
    struct transport_spec spec = {.peers = peers, .peer_count = DOOR_COUNT};
    char doors[DOOR_COUNT][64];
    struct transport transport;
    *command = (struct command){
        .arguments = arguments,
        .output = {.stream = stdout, .is_json = true},
        .config = config,
        .timeout_ms = 10000,
        .key = *sim_home_key(person->number),
    };
    command->output.stream = fopen("/dev/null", "we");
    INVARIANT(command->output.stream != NULL);
    for (unsigned i = 0; i < DOOR_COUNT; i++) {
        (void)snprintf(doors[i], sizeof doors[i], "tcp://127.0.0.1:%u", sim_network_port(i, true));
        peers[i] = (struct transport_peer){.name = door_name((enum door)i), .door = doors[i]};
        memcpy(peers[i].public_key, sim_home_key(i)->curve_public, CURVE_KEY_SIZE);
    }
    memcpy(spec.public_key, command->key.curve_public, CURVE_KEY_SIZE);
    TRY(arena_open(&command->arena, 4u << 20));
    TRY(arena_open(&command->page, 16u << 20));
    TRY(sim_network_open(person->world, person->number, &spec, &transport));
    return door_client_open_over(&command->doors, sim_acts_noted(person->world, transport),
                                 sim_process_clock(person), sim_random_draw(&person->random));
}

static void close_command(struct command *command)
{
    door_client_close(&command->doors);
    arena_close(&command->arena);
    arena_close(&command->page);
    (void)fclose(command->output.stream);
}

typedef enum status (*verb_function)(struct command *command);

/* Types a command. */
static enum status type(struct sim_world *world, unsigned who, verb_function run,
                        struct arguments *arguments)
{
    struct sim_process *person = &world->processes[who];
    struct netra_config config = {.common = {.origin = sim_home_config(SIM_INTAKE)->origin}};
    struct command *command = calloc(1, sizeof *command);
    INVARIANT(command != NULL);
    arguments->verb = &verb_of_nothing;
    person->is_up = true;
    person->life++;
    world->running = who;
    enum status status = open_command(person, command, arguments, &config);
    if (status == STATUS_OK)
        status = run(command);
    sim_trace(who, "%s: %s", status_name(status), command->diag.text);
    close_command(command);
    free(command);
    world->running = SIM_PROCESS_COUNT;
    person->is_up = false;
    return status;
}

/* ---- errands ---- */

/* A case that somebody has a receipt of; NULL: none yet. */
static const char *draw_case(struct sim_world *world)
{
    const struct sim_ledger *ledger = &world->ledger;
    unsigned first = (unsigned)sim_random_below(&world->world_random, SIM_SUBMISSIONS_MAX);
    for (unsigned i = 0; i < ledger->submission_count; i++) {
        const struct sim_submission *row =
            &ledger->submissions[(first + i) % ledger->submission_count];
        if (row->is_receipted && !row->is_correction)
            return row->case_number;
    }
    return NULL;
}

static enum status review(struct sim_world *world, enum sim_errand_kind kind)
{
    struct arguments arguments = {.word_count = 1};
    char reason[64];
    arguments.words[0] = draw_case(world);
    if (arguments.words[0] == NULL)
        return STATUS_NOT_FOUND;
    sim_trace(SIM_REVIEWER, "%s case %s", kind == SIM_ERRAND_CONFIRM ? "confirms" : "overrides",
              arguments.words[0]);
    if (kind == SIM_ERRAND_CONFIRM)
        return type(world, SIM_REVIEWER, review_confirm, &arguments);
    (void)snprintf(reason, sizeof reason, "%s/reason", sim_home_folder());
    arguments.values[OPTION_reason] = reason;
    arguments.values[OPTION_code] = "DISIPLIN-11";
    return type(world, SIM_REVIEWER, review_override, &arguments);
}

static enum status link_cases(struct sim_world *world)
{
    struct arguments arguments = {.word_count = 2};
    arguments.values[OPTION_kind] = "same_event";
    arguments.words[0] = draw_case(world);
    arguments.words[1] = draw_case(world);
    if (arguments.words[0] == NULL || strcmp(arguments.words[0], arguments.words[1]) == 0)
        return STATUS_USAGE;
    return type(world, SIM_REVIEWER, case_link, &arguments);
}

static enum status redrive(struct sim_world *world, unsigned service)
{
    enum status status = STATUS_OK;
    for (unsigned id = 1; id <= LETTERS_MAX; id++) {
        struct arguments arguments = {.word_count = 2};
        char text[16];
        (void)snprintf(text, sizeof text, "%u", id);
        arguments.words[0] = sim_process_name(service);
        arguments.words[1] = text;
        status = type(world, SIM_OPERATOR, dead_letter_retry, &arguments);
        if (status == STATUS_OK)
            sim_happened(SIM_FAULT_REDRIVE);
        else if (status != STATUS_NOT_FOUND)
            return status;
    }
    return STATUS_OK;
}

static enum status revoke(struct sim_world *world, unsigned process)
{
    struct arguments arguments = {.word_count = 1};
    arguments.noun = process >= SIM_NODE_FIRST ? "node" : "worker";
    arguments.words[0] = sim_process_name(process);
    arguments.values[OPTION_reason] = "lost";
    enum status status = type(world, SIM_OPERATOR, register_revoke, &arguments);
    if (status != STATUS_OK)
        return status;
    world->processes[process].is_revoked = true;
    world->processes[process].revoked_ms = world->now_ms;
    sim_process_wake(&world->processes[process], world->now_ms);
    sim_happened(SIM_FAULT_REVOCATION);
    return STATUS_OK;
}

/* The leaves that a recovery lists as given up may have been revocations. */
static void revoke_again(struct sim_world *world)
{
    for (unsigned process = SIM_WORKER_FIRST; process < SIM_REVIEWER; process++)
        if (world->processes[process].is_revoked)
            sim_people_send(world, world->now_ms, SIM_ERRAND_REVOKE, process);
}

static enum status drain(struct sim_world *world, unsigned service)
{
    struct arguments arguments = {.word_count = 1};
    arguments.words[0] = sim_process_name(service);
    enum status status = type(world, SIM_OPERATOR, service_drain, &arguments);
    if (status == STATUS_OK)
        sim_happened(SIM_FAULT_DRAIN);
    return status;
}

static enum status recover(struct sim_world *world, unsigned service)
{
    struct arguments arguments = {.word_count = 1};
    arguments.words[0] = sim_process_name(service);
    enum status status = type(world, SIM_OPERATOR, service_recover, &arguments);
    if (status == STATUS_USAGE) { /* what it takes must be said: as the command advises */
        arguments.values[OPTION_from] = "kept";
        status = type(world, SIM_OPERATOR, service_recover, &arguments);
    }
    if (status != STATUS_OK)
        return status;
    sim_happened(SIM_FAULT_RECOVERY);
    if (service == SIM_INTAKE)
        revoke_again(world);
    return STATUS_OK;
}

/* Whether trying again makes sense: the service couldn't answer, or not yet, or it has begun anew
 * since the command looked. */
static bool is_worth_again(enum status status)
{
    return status_class_of(status) == STATUS_CLASS_RETRY || status == STATUS_NOT_CONNECTED ||
           status == STATUS_NOT_AUTHORISED || status == STATUS_STORE_MOVED;
}

/* Done when the faults are over and nothing is advised any more. */
static enum status watch(struct sim_world *world)
{
    unsigned service = sim_service_to_recover(world);
    if (service != SIM_SERVICE_COUNT)
        world->processes[service].is_half_recovered = is_worth_again(recover(world, service));
    else if (world->now_ms > world->plan.quiet_ms + QUIET_WATCH_MS)
        return STATUS_OK;
    return STATUS_TRY_AGAIN_LATER;
}

static enum status perform(struct sim_world *world, const struct errand *errand)
{
    switch (errand->kind) {
    case SIM_ERRAND_DRAIN:
        return drain(world, errand->about);
    case SIM_ERRAND_RECOVER:
        return recover(world, errand->about);
    case SIM_ERRAND_REDRIVE:
        return redrive(world, errand->about);
    case SIM_ERRAND_REVOKE:
        return revoke(world, errand->about);
    case SIM_ERRAND_CONFIRM:
    case SIM_ERRAND_OVERRIDE:
        return review(world, errand->kind);
    case SIM_ERRAND_LINK:
        return link_cases(world);
    case SIM_ERRAND_WATCH:
        return watch(world);
    }
    return STATUS_USAGE;
}

static void do_errand(struct sim_world *world, struct sim_event *event)
{
    struct errand errand = *(const struct errand *)event->owned;
    if (world->is_person_busy) {
        send(world, world->now_ms + BUSY_MS, &errand);
        return;
    }
    world->is_person_busy = true;
    enum status status = perform(world, &errand);
    world->is_person_busy = false;
    if (world->is_over || world->is_failed)
        return;
    errand.tries++;
    if (status != STATUS_OK && is_worth_again(status))
        send(world, world->now_ms + AGAIN_MS, &errand);
    else
        world->errands--;
}

void sim_people_begin(struct sim_world *world)
{
    struct sim_random *random = &world->world_random;
    for (unsigned i = 0; i < world->plan.reviews; i++)
        sim_people_send(world, sim_random_between(random, 4000, 4000 + world->plan.quiet_ms),
                        sim_random_chance(random, 600) ? SIM_ERRAND_CONFIRM : SIM_ERRAND_OVERRIDE,
                        i);
    for (unsigned i = 0; i < world->plan.links; i++)
        sim_people_send(world, sim_random_between(random, 4000, 4000 + world->plan.quiet_ms),
                        SIM_ERRAND_LINK, i);
}
