/*
 * A service as a simulated process: its real core and store, with the world as its edges.
 */
#include "common/service/service_state.h"
#include "netra/v1/event.pb-c.h"
#include "services/notification/notification_app.h"
#include "tests/simulation/sim_home.h"
#include "tests/simulation/sim_world_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DISK_BYTES (1u << 30) /* free on a simulated disk that nobody filled */

/* ---- its edges ---- */

static enum status open_transport(void *self, const struct transport_spec *spec,
                                  struct transport *ret_transport, struct diag *diag)
{
    (void)diag;
    struct sim_process *process = self;
    return sim_network_open(process->world, process->number, spec, ret_transport);
}

static bool free_bytes(void *self, const char *path, uint64_t *ret_bytes)
{
    (void)path;
    const struct sim_process *process = self;
    uint64_t used = sim_disk_used(process->disk);
    *ret_bytes = DISK_BYTES;
    if (process->capacity > 0 && process->sees_capacity)
        *ret_bytes = process->capacity > used ? process->capacity - used : 0;
    return true;
}

static struct service_edges edges_of(struct sim_process *process)
{
    return (struct service_edges){
        .clock = sim_process_clock(process),
        .random = sim_process_random(process),
        .files = sim_disk_files(process->disk),
        .open_transport = open_transport,
        .free_bytes = free_bytes,
        .self = process,
    };
}

/* ---- its life ---- */

/* Each recovery begins one more stream, and the service anew. Looked at as it ends, too: its store
 * may be put back before it begins. */
static void count_streams(struct sim_process *process, unsigned streams)
{
    for (; process->streams < streams; process->streams++)
        if (process->streams > 0)
            sim_witness_recovered(&process->world->witness, (enum sim_service)process->number);
}

static bool open_service(struct sim_process *process)
{
    struct diag diag = {.text = ""};
    struct service *service = calloc(1, sizeof *service);
    enum sim_service number = (enum sim_service)process->number;
    if (service == NULL)
        abort();
    service->spec = sim_home_spec(number);
    service->config = sim_home_config(number);
    service->config->limits.retained_events_min = process->world->plan.retained_events_min;
    service->edges = edges_of(process);
    service->signals = -1;
    sim_alone_begun(process);
    process->body = service;
    enum status status = service_open(service, &diag);
    if (status == STATUS_OK)
        count_streams(process, service->log.committed.stream_count);
    else
        sim_trace(process->number, "does not start: %s", status_name(status));
    return status == STATUS_OK;
}

/* An orderly stop that an operator or a recovery asked for. */
static void drain(struct sim_process *process)
{
    struct service *service = process->body;
    enum status status = service_stop(service);
    sim_alone_stopped(process);
    if (!process->is_halted && status != STATUS_OK)
        sim_trace(process->number, "its last transaction: %s", status_name(status));
}

/* Whoever reads the published file sees it between any two rounds, and after a power cut. */
static void show_checkpoint(struct sim_process *process)
{
    char path[SIM_DISK_PATH_MAX + 1];
    struct view note;
    if (process->number != SIM_AUDIT_LOG)
        return;
    (void)snprintf(path, sizeof path, "%scheckpoint", sim_home_disk(SIM_AUDIT_LOG));
    if (sim_disk_look(process->disk, path, &note))
        sim_witness_published(&process->world->witness, note,
                              process->is_halted && process->is_power_cut);
}

static bool round_of_service(struct sim_process *process, int64_t *ret_wait_ms)
{
    struct service *service = process->body;
    sim_alone_round(process);
    enum status status = service_round(service, ret_wait_ms);
    show_checkpoint(process);
    if (status != STATUS_OK) {
        sim_alone_died(process);
        if (!process->is_halted)
            sim_trace(process->number, "ends: %s", status_name(status));
        return false;
    }
    if (!service->is_drain_asked && !service->is_restart_due)
        return true;
    drain(process);
    return false;
}

static void close_service(struct sim_process *process)
{
    struct service *service = process->body;
    unsigned streams = service->log.committed.stream_count;
    service_close(service);
    show_checkpoint(process);
    count_streams(process, streams);
    free(service);
    process->body = NULL;
}

const struct sim_kind sim_service_kind = {
    .open = open_service, .round = round_of_service, .close = close_service};

void sim_service_stop(struct sim_process *process)
{
    drain(process);
}

/* ---- what it still has to do ---- */

static bool has_sent_all(const struct service *service)
{
    for (unsigned i = 0; i < service->peer_count; i++) {
        const struct peer *peer = &service->peers[i];
        if (peer->output != NULL && peer->window.acked != service->log.committed.position)
            return false;
    }
    return true;
}

/* Nothing waits to be handed over. */
static bool has_told_all(const struct sim_process *process, struct service *service)
{
    uint64_t counts[NOTICE_STATE_COUNT];
    struct notification *app = service->app;
    if (process->number != SIM_NOTIFICATION)
        return true;
    return notification_store_count(&app->store, counts) == STATUS_OK &&
           counts[NOTICE_QUEUED] == 0;
}

bool sim_service_is_settled(const struct sim_process *process)
{
    struct service *service = process->body;
    return process->is_up && !process->is_halted && service->phase == SERVICE_READY &&
           has_sent_all(service) && service->redrive.id == 0 && has_told_all(process, service);
}

const char *sim_service_hangs(const struct sim_process *process)
{
    const struct service *service = process->body;
    if (!process->is_up || process->is_halted)
        return "does not run";
    switch (service->phase) {
    case SERVICE_ASKING:
        return "asks";
    case SERVICE_READY:
        return has_sent_all(service) ? "is at work" : "has not sent all";
    case SERVICE_DRAINING:
        return "drains";
    case SERVICE_FORKED:
        return "is forked";
    }
    return "hangs";
}

/* ---- what an operator reads ---- */

/* The peer has forgotten what it acknowledged, and this service can be told of its recovery: one
 * that asks, when all have answered it (protocol.md 11). Else it would be recovered again and
 * again. */
static bool is_advised(const struct service *service, const struct peer *peer)
{
    return peer->output != NULL && peer->window.state == WINDOW_STOPPED &&
           (service->phase != SERVICE_ASKING || asking_is_answered(service));
}

/* Who it is that a service takes for one that has forgotten; SIM_SERVICE_COUNT: nobody. */
static unsigned advised_by(const struct service *service)
{
    for (unsigned i = 0; i < service->peer_count; i++)
        for (unsigned to = 0; to < SIM_SERVICE_COUNT; to++)
            if (is_advised(service, &service->peers[i]) &&
                strcmp(service->peers[i].name, sim_process_name(to)) == 0)
                return to;
    return SIM_SERVICE_COUNT;
}

/* Who is forked comes first: until it answers, its peers may not be told of others' recoveries. */
unsigned sim_service_to_recover(const struct sim_world *world)
{
    unsigned advised = SIM_SERVICE_COUNT;
    unsigned half = 0;
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        const struct service *service = world->processes[i].body;
        if (!world->processes[i].is_up)
            continue;
        if (service->phase == SERVICE_FORKED)
            return i;
        if (advised == SIM_SERVICE_COUNT)
            advised = advised_by(service);
    }
    if (advised != SIM_SERVICE_COUNT)
        return advised;
    while (half < SIM_SERVICE_COUNT && !world->processes[half].is_half_recovered)
        half++;
    return half;
}

/* ---- what it applies ---- */

static bool is_of_facts(const struct event_header *header, unsigned service)
{
    if (service == SIM_CLASSIFICATION)
        return header->type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_ACCEPTED ||
               header->type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_CORRECTED;
    return header->type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_MADE &&
           header->cause_seq != 0;
}

const uint8_t *sim_service_retries(const struct sim_process *process)
{
    const struct service *service = process->body;
    return service->redrive.id == 0 ? NULL : service->redrive.case_handle;
}

const struct event_header *sim_service_entry(const struct sim_process *process, uint64_t seq)
{
    struct service *service = process->body;
    const struct event_header *found = NULL;
    unsigned holders = 0;
    for (unsigned i = 0; i < service->peer_count; i++) {
        struct entry_queue *queue = &service->peers[i].inbox.queue;
        for (unsigned k = 0; service->peers[i].input != NULL && k < queue->count; k++) {
            const struct queued_entry *entry = entry_queue_at(queue, k);
            if (entry->is_gap || entry->header.seq != seq)
                continue;
            holders++;
            if (is_of_facts(&entry->header, process->number))
                found = &entry->header;
        }
    }
    return holders == 1 ? found : NULL;
}
