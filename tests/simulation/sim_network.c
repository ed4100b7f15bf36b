/*
 * Connections: made, refused, broken, and what either side hears of it.
 */
#include "tests/simulation/sim_network_parts.h"

#include "common/base/invariant.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_PORT 21000u
#define CONNECT_MS_MAX 1000
#define NOTICED_MS_MAX 3000 /* a break without a word: until keepalive sees it */

struct sim_link *sim_link_of(struct sim_world *world, unsigned from, unsigned peer, bool is_outlet)
{
    struct sim_endpoint *endpoint = &world->processes[from].endpoint;
    return is_outlet ? &endpoint->outlets[peer] : &endpoint->clients[peer];
}

unsigned sim_network_port(unsigned process, bool is_door)
{
    return FIRST_PORT + 2 * process + (is_door ? 1 : 0);
}

unsigned sim_network_process_at(const char *address)
{
    const char *colon = strrchr(address, ':');
    INVARIANT(colon != NULL);
    return ((unsigned)strtoul(colon + 1, NULL, 10) - FIRST_PORT) / 2;
}

unsigned sim_endpoint_peer(const struct sim_endpoint *endpoint, const uint8_t *key)
{
    for (unsigned peer = 0; peer < endpoint->peer_count; peer++)
        if (memcmp(endpoint->peer_keys[peer], key, CURVE_KEY_SIZE) == 0)
            return peer;
    return TRANSPORT_PEERS_MAX;
}

/* What happened to a connection, said at the side that made it. */
static void report(struct sim_world *world, const struct sim_link *link, enum received_kind kind)
{
    struct sim_endpoint *endpoint = &world->processes[link->from].endpoint;
    struct sim_arrival *arrival = sim_arrive(world, link->from, kind, view_of(NULL, 0));
    arrival->peer = link->peer;
    memcpy(arrival->key, endpoint->peer_keys[link->peer], CURVE_KEY_SIZE);
}

/* ---- connecting ---- */

static void back_off(struct sim_world *world, struct sim_link *link)
{
    link->delay_ms = link->delay_ms * 2 > CONNECT_MS_MAX ? CONNECT_MS_MAX : link->delay_ms * 2;
    sim_link_connect_at(world, link, world->now_ms + link->delay_ms);
}

static bool is_let_in(const struct sim_endpoint *endpoint, const uint8_t *key, bool is_outlet)
{
    if (is_outlet)
        return sim_endpoint_peer(endpoint, key) != TRANSPORT_PEERS_MAX;
    return endpoint->is_known(endpoint->is_known_self, key);
}

static bool is_reachable(const struct sim_world *world, const struct sim_link *link)
{
    const struct sim_process *target = &world->processes[link->to];
    const struct sim_endpoint *endpoint = &target->endpoint;
    bool is_cut = world->weather[link->from][link->to].cut_until_ms > world->now_ms ||
                  world->weather[link->to][link->from].cut_until_ms > world->now_ms;
    return target->is_up && !target->is_halted && endpoint->is_open &&
           !endpoint->is_closed_to_new && !is_cut &&
           (link->is_outlet ? endpoint->has_inlet : endpoint->has_door);
}

static void try_connect(struct sim_world *world, struct sim_event *event)
{
    struct sim_link *link =
        sim_link_of(world, event->process, (unsigned)event->number >> 1, (event->number & 1) != 0);
    const struct sim_process *source = &world->processes[link->from];
    if (link->state != SIM_LINK_DOWN || !source->is_up || source->is_halted ||
        !source->endpoint.is_open)
        return;
    if (!is_reachable(world, link)) {
        back_off(world, link);
        return;
    }
    if (!is_let_in(&world->processes[link->to].endpoint, source->endpoint.key, link->is_outlet)) {
        struct sim_arrival *refused =
            sim_arrive(world, link->to, RECEIVED_REFUSED, view_of(NULL, 0));
        refused->refusal = REFUSAL_UNKNOWN_KEY;
        memcpy(refused->key, source->endpoint.key, CURVE_KEY_SIZE);
        refused = sim_arrive(world, link->from, RECEIVED_REFUSED, view_of(NULL, 0));
        refused->refusal = REFUSAL_HANDSHAKE;
        refused->peer = link->peer;
        back_off(world, link);
        return;
    }
    link->state = SIM_LINK_UP;
    link->delay_ms = SIM_CONNECT_MS_MIN;
    link->generation++;
    link->to_life = world->processes[link->to].life;
    for (unsigned way = 0; way < 2; way++) {
        link->sent[way] = 0;
        link->arrived[way] = 0;
        link->last_ms[way] = world->now_ms;
    }
    sim_trace(link->from, "connected to %s of %s", link->is_outlet ? "inlet" : "door",
              sim_process_name(link->to));
    report(world, link, link->is_outlet ? RECEIVED_CONNECTED : RECEIVED_CLIENT_UP);
}

void sim_link_connect_at(struct sim_world *world, const struct sim_link *link, int64_t at_ms)
{
    uint64_t number = (uint64_t)link->peer << 1 | (link->is_outlet ? 1 : 0);
    sim_schedule(world, at_ms, try_connect, link->from, number, NULL);
}

/* ---- breaking ---- */

static void notice(struct sim_world *world, struct sim_event *event)
{
    struct sim_link *link = sim_link_of(
        world, event->process, (unsigned)(event->number >> 1) & 0xff, (event->number & 1) != 0);
    if (link->state != SIM_LINK_BROKEN || link->generation != event->number >> 32)
        return;
    link->state = SIM_LINK_DOWN;
    sim_trace(link->from, "lost %s of %s", link->is_outlet ? "inlet" : "door",
              sim_process_name(link->to));
    report(world, link, link->is_outlet ? RECEIVED_DISCONNECTED : RECEIVED_CLIENT_DOWN);
    sim_link_connect_at(world, link, world->now_ms + link->delay_ms);
}

/* Ends the connection; a first part of what is under way still arrives. */
void sim_link_cut(struct sim_world *world, struct sim_link *link)
{
    uint64_t arrived = link->arrived[SIM_WAY_THERE];
    uint64_t under_way = link->sent[SIM_WAY_THERE] - arrived;
    link->cut[SIM_WAY_THERE][link->generation % SIM_GENERATIONS] =
        arrived + sim_random_below(&world->network_random, under_way + 1);
    link->generation++;
}

static void break_link(struct sim_world *world, struct sim_link *link)
{
    if (link->state != SIM_LINK_UP)
        return;
    sim_link_cut(world, link);
    link->state = SIM_LINK_BROKEN;
    int64_t noticed_ms = sim_random_chance(&world->network_random, 700)
                             ? sim_random_between(&world->network_random, 0, 20)
                             : sim_random_between(&world->network_random, 0, NOTICED_MS_MAX);
    uint64_t number =
        (uint64_t)link->generation << 32 | (uint64_t)link->peer << 1 | (link->is_outlet ? 1 : 0);
    sim_schedule(world, world->now_ms + noticed_ms, notice, link->from, number, NULL);
}

static bool break_between(struct sim_world *world, unsigned from, unsigned to)
{
    struct sim_endpoint *endpoint = &world->processes[from].endpoint;
    bool is_broken = false;
    for (unsigned peer = 0; peer < endpoint->peer_count; peer++) {
        struct sim_link *links[] = {&endpoint->outlets[peer], &endpoint->clients[peer]};
        for (unsigned i = 0; i < 2; i++) {
            bool is_met = links[i]->to == to && links[i]->state == SIM_LINK_UP;
            if (is_met)
                break_link(world, links[i]);
            is_broken |= is_met;
        }
    }
    return is_broken;
}

bool sim_network_break(struct sim_world *world, unsigned process, unsigned other)
{
    bool is_there = break_between(world, process, other);
    bool is_back = break_between(world, other, process);
    return is_there || is_back;
}

void sim_network_died(struct sim_world *world, unsigned process)
{
    struct sim_endpoint *endpoint = &world->processes[process].endpoint;
    if (!endpoint->is_open)
        return;
    endpoint->is_open = false;
    for (unsigned peer = 0; peer < endpoint->peer_count; peer++) {
        struct sim_link *links[] = {&endpoint->outlets[peer], &endpoint->clients[peer]};
        for (unsigned i = 0; i < 2; i++) {
            if (links[i]->state == SIM_LINK_UP)
                sim_link_cut(world, links[i]);
            links[i]->state = SIM_LINK_NONE;
        }
    }
    for (unsigned from = 0; from < SIM_PROCESS_COUNT; from++)
        (void)break_between(world, from, process);
}
