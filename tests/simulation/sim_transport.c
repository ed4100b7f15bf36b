/*
 * struct transport over the simulated connections.
 */
#include "tests/simulation/sim_network_parts.h"

#include "common/wire/limits.h"

#include <stdlib.h>
#include <string.h>

static void transport_receive(void *self, int64_t now_ms, struct received *ret_received)
{
    (void)now_ms;
    struct sim_endpoint *endpoint = self;
    struct sim_arrival *arrival = endpoint->first;
    *ret_received = (struct received){.kind = RECEIVED_NOTHING, .peer = TRANSPORT_PEERS_MAX};
    free(endpoint->taken);
    endpoint->taken = NULL;
    if (arrival == NULL || !endpoint->is_open)
        return;
    endpoint->first = arrival->next;
    if (endpoint->first == NULL)
        endpoint->last = NULL;
    endpoint->taken = arrival;
    ret_received->kind = arrival->kind;
    ret_received->peer = arrival->peer;
    ret_received->route = arrival->route;
    ret_received->refusal = arrival->refusal;
    ret_received->bytes = view_of(arrival->bytes, arrival->size);
    memcpy(ret_received->key, arrival->key, CURVE_KEY_SIZE);
}

static enum status transport_wait(void *self, int64_t timeout_ms)
{
    const struct sim_endpoint *endpoint = self;
    struct sim_world *world = sim_world_now();
    struct sim_process *process = &world->processes[endpoint->process];
    if (process->kind != NULL) /* the world runs it again when something is there */
        return STATUS_OK;
    return sim_world_pass(process, timeout_ms) ? STATUS_OK : STATUS_SYSTEM_FAILED;
}

static enum status transport_watch(void *self, int descriptor)
{
    (void)self;
    (void)descriptor;
    return STATUS_OK;
}

/* Frames of pipelines say which contracts their sender speaks. */
static void send_as_spoken(struct sim_world *world, struct sim_link *link, struct view frame)
{
    const struct sim_process *process = &world->processes[link->from];
    size_t size = 0;
    uint8_t *newer = NULL;
    if (link->is_outlet && process->newer_until_ms > world->now_ms)
        newer = sim_contract_newer(frame, process->is_newer_alone, &size);
    if (newer != NULL)
        sim_happened(SIM_FAULT_MIXED_CONTRACT);
    sim_link_send(world, link, SIM_WAY_THERE, newer == NULL ? frame : view_of(newer, size));
    free(newer);
}

static enum status send_on(struct sim_link *link, struct view frame, const char *step)
{
    if (frame.size > LIMIT_FRAME_BYTES)
        return STATUS_FRAME_TOO_LARGE;
    if (link->state != SIM_LINK_UP && link->state != SIM_LINK_BROKEN)
        return STATUS_NOT_CONNECTED;
    if (!sim_step(step))
        return STATUS_NOT_CONNECTED;
    if (link->state == SIM_LINK_UP)
        send_as_spoken(sim_world_now(), link, frame);
    return STATUS_OK;
}

static enum status transport_send(void *self, unsigned peer, struct view frame)
{
    struct sim_endpoint *endpoint = self;
    return peer < endpoint->peer_count ? send_on(&endpoint->outlets[peer], frame, "send")
                                       : STATUS_NOT_CONNECTED;
}

static enum status transport_ask(void *self, unsigned peer, struct view frame)
{
    struct sim_endpoint *endpoint = self;
    return peer < endpoint->peer_count ? send_on(&endpoint->clients[peer], frame, "ask")
                                       : STATUS_NOT_CONNECTED;
}

static void transport_outlet_rebuild(void *self, unsigned peer)
{
    struct sim_endpoint *endpoint = self;
    struct sim_world *world = sim_world_now();
    if (peer >= endpoint->peer_count || endpoint->outlets[peer].state == SIM_LINK_NONE)
        return;
    struct sim_link *link = &endpoint->outlets[peer];
    if (link->state == SIM_LINK_UP)
        sim_link_cut(world, link);
    if (link->state == SIM_LINK_DOWN)
        return;
    link->state = SIM_LINK_DOWN;
    sim_link_connect_at(world, link, world->now_ms + 1);
}

static enum status transport_answer(void *self, const struct door_route *route, struct view frame)
{
    struct sim_endpoint *endpoint = self;
    struct sim_world *world = sim_world_now();
    uint32_t generation = 0;
    if (frame.size > LIMIT_FRAME_BYTES)
        return STATUS_FRAME_TOO_LARGE;
    if (!endpoint->has_door || route->size == 0 || !endpoint->is_open || !sim_step("answer"))
        return STATUS_NOT_CONNECTED;
    struct sim_link *link = sim_link_of(world, route->bytes[0], route->bytes[1], false);
    memcpy(&generation, route->bytes + 2, sizeof generation);
    if (link->state == SIM_LINK_UP && link->generation == generation)
        sim_link_send(world, link, SIM_WAY_BACK, frame);
    return STATUS_OK;
}

static void transport_stop_taking(void *self)
{
    ((struct sim_endpoint *)self)->is_closed_to_new = true;
}

static void transport_close(void *self)
{
    struct sim_endpoint *endpoint = self;
    sim_network_died(sim_world_now(), endpoint->process);
    sim_network_forget(endpoint);
}

/* ---- opening ---- */

static void open_link(struct sim_world *world, struct sim_endpoint *endpoint, unsigned peer,
                      bool is_outlet, const char *address)
{
    struct sim_link *link = is_outlet ? &endpoint->outlets[peer] : &endpoint->clients[peer];
    link->state = address == NULL ? SIM_LINK_NONE : SIM_LINK_DOWN;
    link->from = endpoint->process;
    link->peer = peer;
    link->is_outlet = is_outlet;
    link->delay_ms = SIM_CONNECT_MS_MIN;
    if (address == NULL)
        return;
    link->to = sim_network_process_at(address);
    sim_link_connect_at(world, link,
                        world->now_ms + sim_random_between(&world->network_random, 1, 5));
}

enum status sim_network_open(struct sim_world *world, unsigned process,
                             const struct transport_spec *spec, struct transport *ret_transport)
{
    struct sim_endpoint *endpoint = &world->processes[process].endpoint;
    sim_network_forget(endpoint);
    endpoint->process = process;
    endpoint->is_open = true;
    endpoint->is_closed_to_new = false;
    endpoint->has_inlet = spec->inlet != NULL;
    endpoint->has_door = spec->door != NULL;
    memcpy(endpoint->key, spec->public_key, CURVE_KEY_SIZE);
    endpoint->is_known = spec->is_known;
    endpoint->is_known_self = spec->is_known_self;
    endpoint->peer_count = spec->peer_count;
    for (unsigned peer = 0; peer < spec->peer_count; peer++) {
        memcpy(endpoint->peer_keys[peer], spec->peers[peer].public_key, CURVE_KEY_SIZE);
        open_link(world, endpoint, peer, true, spec->peers[peer].inlet);
        open_link(world, endpoint, peer, false, spec->peers[peer].door);
    }
    *ret_transport = (struct transport){
        .self = endpoint,
        .receive = transport_receive,
        .wait = transport_wait,
        .watch = transport_watch,
        .send = transport_send,
        .outlet_rebuild = transport_outlet_rebuild,
        .answer = transport_answer,
        .ask = transport_ask,
        .stop_taking = transport_stop_taking,
        .close = transport_close,
    };
    return STATUS_OK;
}
