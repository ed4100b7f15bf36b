/*
 * Rounds of all services in turn, until everything that was asked is answered, sent and acked.
 */
#include "tests/faults/faults_life.h"

#include "common/base/invariant.h"
#include "services/worker/worker_loop.h"
#include "tests/simulation/sim_home.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_MS 50
#define STEPS_MAX 4000u /* of a part: what isn't done by then never will be */
#define STEPS_QUIET 50u /* without anything new: done */
#define START_AGAIN_MS 150
#define STARTS_MAX 12u
#define BEGIN_UTC_S 1729555200 /* 2024-10-22 */
#define WORKER SIM_WORKER_FIRST

const char *faults_part_name(enum faults_part part)
{
    static const char *const names[FAULTS_PART_COUNT] = {"start", "cases", "acts", "stop",
                                                         "again"};
    return names[part];
}

void faults_life_break(struct faults_life *life, const char *format, ...)
{
    if (life->broken[0] != '\0')
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(life->broken, sizeof life->broken, format, arguments);
    va_end(arguments);
}

/* ---- the edges ---- */

static int64_t boot_ms(void *self)
{
    return ((const struct faults_life *)self)->now_ms;
}

static int64_t utc_s(void *self)
{
    return BEGIN_UTC_S + boot_ms(self) / 1000;
}

static void draw(void *self, uint8_t *bytes, size_t size)
{
    sim_random_fill(&((struct faults_life *)self)->random, bytes, size);
}

static bool free_bytes(void *self, const char *path, uint64_t *ret_bytes)
{
    (void)self;
    (void)path;
    *ret_bytes = UINT64_C(1) << 40;
    return true;
}

/* Which process a configuration is of is known by its key. */
static enum status open_sockets(void *self, const struct transport_spec *spec,
                                struct transport *ret_transport, struct diag *diag)
{
    (void)diag;
    struct faults_life *life = self;
    unsigned process = 0;
    while (memcmp(sim_home_key(process)->curve_public, spec->public_key, CURVE_KEY_SIZE) != 0)
        process++;
    return faults_net_open(&life->net, process, spec, ret_transport);
}

static struct clock clock_of(struct faults_life *life)
{
    return (struct clock){.boot_ms = boot_ms, .utc_s = utc_s, .self = life};
}

static struct random_source random_of(struct faults_life *life)
{
    return (struct random_source){.fill = draw, .self = life};
}

/* ---- the fault ---- */

static void note_fault(struct faults_life *life, unsigned service, bool is_at_start)
{
    if (life->seen.is_fired || service != life->faulty)
        return;
    life->seen.is_fired = life->seen.is_disk || faults_memory_has_failed() || life->net.has_failed;
    life->seen.is_at_start = is_at_start;
}

static void before_call(void *self, struct sim_disk *disk, enum sim_disk_call call,
                        const char *path)
{
    struct faults_life *life = self;
    struct faults_disk_fault *fault = &life->disk_fault;
    if (fault->in == 0 || call != fault->call || disk != life->disk[life->faulty] ||
        --fault->in > 0)
        return;
    sim_disk_fail(disk, call, 1, 1, fault->failure);
    life->seen.is_disk = true;
    (void)snprintf(life->seen.path, sizeof life->seen.path, "%s", strrchr(path, '/') + 1);
}

/* ---- a service's life ---- */

static void close_service(struct faults_life *life, unsigned number, bool is_power_cut)
{
    struct service *service = life->services[number];
    struct random_source random = random_of(life);
    if (is_power_cut)
        sim_disk_power_cut(life->disk[number], &random);
    faults_memory_of(number, &service->life);
    service_close(service);
    faults_memory_of(SIM_PROCESS_COUNT, NULL);
    if (is_power_cut)
        sim_disk_revive(life->disk[number]);
    free(service);
    life->services[number] = NULL;
    life->start_ms[number] = life->now_ms + START_AGAIN_MS;
    note_fault(life, number, true);
}

static void start_service(struct faults_life *life, unsigned number)
{
    struct diag diag = {.text = ""};
    struct service *service = calloc(1, sizeof *service);
    INVARIANT(service != NULL);
    life->services[number] = service;
    service->spec = sim_home_spec((enum sim_service)number);
    service->config = sim_home_config((enum sim_service)number);
    service->signals = -1;
    service->edges = (struct service_edges){
        .clock = clock_of(life),
        .random = random_of(life),
        .files = sim_disk_files(life->disk[number]),
        .open_transport = open_sockets,
        .free_bytes = free_bytes,
        .self = life,
    };
    faults_memory_of(number, &service->life);
    enum status status = service_open(service, &diag);
    faults_memory_of(SIM_PROCESS_COUNT, NULL);
    note_fault(life, number, true);
    if (status == STATUS_OK)
        return;
    if (number == life->faulty && life->seen.start == STATUS_OK)
        life->seen.start = status;
    if (number != life->faulty || ++life->starts[number] > STARTS_MAX)
        faults_life_break(life, "%s does not start: %s: %s", service->spec->name,
                          status_name(status), diag.text);
    close_service(life, number, false);
}

static void round_of(struct faults_life *life, unsigned number)
{
    struct service *service = life->services[number];
    int64_t wait_ms = 0;
    bool was_fired = life->seen.is_fired;
    faults_memory_of(number, &service->life);
    enum status status = service_round(service, &wait_ms);
    faults_memory_of(SIM_PROCESS_COUNT, NULL);
    note_fault(life, number, false);
    if (number == life->faulty && life->seen.round == STATUS_OK)
        life->seen.round = status;
    if (status != STATUS_OK && number != life->faulty)
        faults_life_break(life, "%s ends: %s", service->spec->name, status_name(status));
    if (service->phase == SERVICE_FORKED)
        faults_life_break(life, "%s has forked: %s", service->spec->name, service->detail);
    /* What was met between turns ends the service at the next one. */
    bool is_cut = life->disk_fault.cuts_power && number == life->faulty &&
                  (was_fired || (status != STATUS_OK && life->seen.is_fired));
    if (is_cut)
        life->disk_fault.cuts_power = false;
    if (status != STATUS_OK || is_cut)
        close_service(life, number, is_cut);
}

/* ---- the worker ---- */

static void open_worker(struct faults_life *life)
{
    static const uint8_t start[WORKER_START_SIZE] = {1};
    struct worker_loop *loop = calloc(1, sizeof *loop);
    INVARIANT(loop != NULL);
    struct transport_peer peer = {.name = "classification", .door = "door"};
    struct transport_spec spec = {.peers = &peer, .peer_count = 1};
    memcpy(peer.public_key, sim_home_key(SIM_CLASSIFICATION)->curve_public, CURVE_KEY_SIZE);
    memcpy(spec.public_key, sim_home_key(WORKER)->curve_public, CURVE_KEY_SIZE);
    loop->clock = clock_of(life);
    loop->cases_max = 1;
    loop->signals = -1;
    enum status status = worker_loop_open(loop, start);
    if (status == STATUS_OK)
        status = faults_net_open(&life->net, WORKER, &spec, &loop->transport);
    INVARIANT(status == STATUS_OK);
    life->worker = loop;
}

static void round_of_worker(struct faults_life *life)
{
    int64_t wait_ms = 0;
    faults_memory_of(WORKER, NULL);
    bool goes_on = worker_loop_round(life->worker, &wait_ms);
    faults_memory_of(SIM_PROCESS_COUNT, NULL);
    note_fault(life, WORKER, false);
    if (!goes_on)
        faults_life_break(life, "the worker leaves: exit status %d", life->worker->exit_status);
}

static void close_worker(struct faults_life *life)
{
    life->worker->transport.close(life->worker->transport.self);
    worker_loop_close(life->worker);
    free(life->worker);
    life->worker = NULL;
}

/* ---- the whole ---- */

void faults_life_begin(struct faults_life *life)
{
    memset(life, 0, sizeof *life);
    life->faulty = SIM_SERVICE_COUNT;
    life->random = sim_random_of(1, 0);
    life->now_ms = 1000000;
    faults_net_begin(&life->net);
    faults_requests_begin(&life->requests);
    struct clock clock = clock_of(life);
    struct random_source random = random_of(life);
    life->disks = sim_disks_open(&clock, &random);
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        life->disk[i] = sim_disk_add(life->disks, sim_home_disk((enum sim_service)i));
        life->is_wanted[i] = true;
        sim_home_config((enum sim_service)i)->limits.retained_events_min = 2;
        sim_disk_set_step(life->disk[i],
                          (struct sim_disk_step){.before = before_call, .self = life});
    }
    open_worker(life);
}

void faults_life_end(struct faults_life *life)
{
    close_worker(life);
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++)
        if (life->services[i] != NULL)
            close_service(life, i, false);
    sim_disks_close(life->disks);
    faults_requests_end(&life->requests);
    faults_net_end(&life->net);
}

static void step(struct faults_life *life)
{
    life->now_ms += STEP_MS;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        if (life->services[i] != NULL)
            round_of(life, i);
        else if (life->is_wanted[i] && life->now_ms >= life->start_ms[i])
            start_service(life, i);
    }
    round_of_worker(life);
    faults_requests_step(&life->requests, &life->net, life->now_ms);
    if (life->requests.broken[0] != '\0')
        faults_life_break(life, "%s", life->requests.broken);
}

static bool has_sent_all(const struct service *service)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        if (peer->output != NULL && peer->window.acked != service->log.committed.position)
            return false;
    }
    return true;
}

/* Everything ever appended; what moves it is new. */
static bool is_still(const struct faults_life *life, uint64_t *ret_events)
{
    *ret_events = 0;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        const struct service *service = life->services[i];
        if (service == NULL || service->phase != SERVICE_READY || !has_sent_all(service))
            return false;
        *ret_events += service->log.committed.position;
    }
    return faults_requests_are_done(&life->requests);
}

static void settle(struct faults_life *life)
{
    uint64_t events = 0;
    unsigned quiet = 0;
    for (unsigned steps = 0; quiet < STEPS_QUIET && life->broken[0] == '\0'; steps++) {
        uint64_t before = events;
        step(life);
        quiet = is_still(life, &events) && events == before ? quiet + 1 : 0;
        if (steps == STEPS_MAX)
            faults_life_break(life, "it never settles");
    }
}

void faults_life_stop(struct faults_life *life)
{
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        struct service *service = life->services[i];
        if (service == NULL)
            continue;
        faults_memory_of(i, &service->life);
        enum status status = service_stop(service);
        faults_memory_of(SIM_PROCESS_COUNT, NULL);
        note_fault(life, i, true);
        if (i == life->faulty && life->seen.start == STATUS_OK)
            life->seen.start = status;
        if (status != STATUS_OK && i != life->faulty)
            faults_life_break(life, "%s does not end well: %s", service->spec->name,
                              status_name(status));
        close_service(life, i, false);
    }
}

void faults_life_live(struct faults_life *life, enum faults_part part)
{
    if (life->broken[0] != '\0')
        return;
    switch (part) {
    case FAULTS_PART_START:
        break;
    case FAULTS_PART_CASES:
        faults_requests_add(&life->requests, FAULTS_ASKING_CASES);
        break;
    case FAULTS_PART_ACTS:
        faults_requests_add(&life->requests, FAULTS_ASKING_ACTS);
        break;
    case FAULTS_PART_STOP:
        faults_life_stop(life);
        break;
    case FAULTS_PART_AGAIN:
        faults_requests_add(&life->requests, FAULTS_ASKING_AGAIN);
        break;
    case FAULTS_PART_COUNT:
        return;
    }
    settle(life);
}
