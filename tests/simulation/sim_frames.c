/*
 * Frames under way: sent, delayed, lost, doubled, overtaken, and what arrives of them.
 */
#include "tests/simulation/sim_network_parts.h"

#include "common/base/invariant.h"

#include <stdlib.h>
#include <string.h>

#define OVERTAKING_MS_MAX 300 /* how much later than its place a frame that is overtaken comes */

/* A frame under way. */
struct frame {
    unsigned from;
    unsigned peer;
    bool is_outlet;
    enum sim_way way;
    uint32_t generation;
    unsigned life; /* of the receiver */
    uint64_t number;
    size_t size;
    uint8_t bytes[];
};

/* ---- arrivals ---- */

struct sim_arrival *sim_arrive(struct sim_world *world, unsigned process, enum received_kind kind,
                               struct view bytes)
{
    struct sim_endpoint *endpoint = &world->processes[process].endpoint;
    struct sim_arrival *arrival = calloc(1, sizeof *arrival + bytes.size);
    INVARIANT(arrival != NULL);
    arrival->kind = kind;
    arrival->peer = TRANSPORT_PEERS_MAX;
    arrival->size = bytes.size;
    if (bytes.size > 0)
        memcpy(arrival->bytes, bytes.bytes, bytes.size);
    if (endpoint->last != NULL)
        endpoint->last->next = arrival;
    else
        endpoint->first = arrival;
    endpoint->last = arrival;
    sim_process_wake(&world->processes[process], world->now_ms);
    return arrival;
}

static void route_of(const struct sim_link *link, uint32_t generation, struct door_route *route)
{
    route->bytes[0] = (uint8_t)link->from;
    route->bytes[1] = (uint8_t)link->peer;
    memcpy(route->bytes + 2, &generation, sizeof generation);
    route->size = 2 + sizeof generation;
}

/* Whether a frame of a connection may still arrive. */
static bool is_deliverable(struct sim_world *world, const struct sim_link *link,
                           const struct frame *frame)
{
    const struct sim_process *receiver =
        &world->processes[frame->way == SIM_WAY_THERE ? link->to : link->from];
    if (!receiver->is_up || receiver->is_halted || !receiver->endpoint.is_open ||
        receiver->life != frame->life)
        return false;
    if (frame->generation == link->generation)
        return true;
    return frame->way == SIM_WAY_THERE && link->generation - frame->generation < SIM_GENERATIONS &&
           frame->number <= link->cut[SIM_WAY_THERE][frame->generation % SIM_GENERATIONS];
}

static void deliver(struct sim_world *world, struct sim_event *event)
{
    const struct frame *frame = event->owned;
    struct sim_link *link = sim_link_of(world, frame->from, frame->peer, frame->is_outlet);
    if (!is_deliverable(world, link, frame))
        return;
    if (frame->generation == link->generation && frame->number > link->arrived[frame->way])
        link->arrived[frame->way] = frame->number;
    struct view bytes = view_of(frame->bytes, frame->size);
    if (frame->way == SIM_WAY_BACK) {
        struct sim_arrival *arrival = sim_arrive(world, link->from, RECEIVED_ANSWER, bytes);
        arrival->peer = link->peer;
        memcpy(arrival->key, world->processes[link->from].endpoint.peer_keys[link->peer],
               CURVE_KEY_SIZE);
        return;
    }
    const uint8_t *key = world->processes[link->from].endpoint.key;
    struct sim_arrival *arrival =
        sim_arrive(world, link->to, frame->is_outlet ? RECEIVED_FRAME : RECEIVED_REQUEST, bytes);
    memcpy(arrival->key, key, CURVE_KEY_SIZE);
    arrival->peer = sim_endpoint_peer(&world->processes[link->to].endpoint, key);
    if (!frame->is_outlet)
        route_of(link, frame->generation, &arrival->route);
}

void sim_network_forget(struct sim_endpoint *endpoint)
{
    while (endpoint->first != NULL) {
        struct sim_arrival *arrival = endpoint->first;
        endpoint->first = arrival->next;
        free(arrival);
    }
    endpoint->last = NULL;
    free(endpoint->taken);
    endpoint->taken = NULL;
}

/* ---- sending ---- */

static int64_t draw_delay(struct sim_random *random)
{
    unsigned kind = (unsigned)sim_random_below(random, 100);
    if (kind < 85)
        return sim_random_between(random, 0, 2);
    return kind < 99 ? sim_random_between(random, 2, 20) : sim_random_between(random, 20, 300);
}

static void put_under_way(struct sim_world *world, const struct sim_link *link, enum sim_way way,
                          int64_t at_ms, struct view bytes)
{
    const struct sim_process *receiver =
        &world->processes[way == SIM_WAY_THERE ? link->to : link->from];
    struct frame *frame = calloc(1, sizeof *frame + bytes.size);
    INVARIANT(frame != NULL);
    frame->from = link->from;
    frame->peer = link->peer;
    frame->is_outlet = link->is_outlet;
    frame->way = way;
    frame->generation = link->generation;
    frame->life = receiver->life;
    frame->number = link->sent[way];
    frame->size = bytes.size;
    memcpy(frame->bytes, bytes.bytes, bytes.size);
    sim_schedule(world, at_ms, deliver, link->from, 0, frame);
}

void sim_link_send(struct sim_world *world, struct sim_link *link, enum sim_way way,
                   struct view bytes)
{
    bool is_there = way == SIM_WAY_THERE;
    if (link->is_outlet || !is_there)
        sim_check_frame(world, is_there ? link->from : link->to, is_there ? link->to : link->from,
                        !link->is_outlet, bytes);
    struct sim_random *random = &world->network_random;
    const struct sim_weather *weather = way == SIM_WAY_THERE
                                            ? &world->weather[link->from][link->to]
                                            : &world->weather[link->to][link->from];
    int64_t at_ms = world->now_ms + draw_delay(random);
    link->sent[way]++;
    if (weather->delay_ms > 0) {
        at_ms += sim_random_between(random, 0, weather->delay_ms);
        sim_happened(SIM_FAULT_DELAY);
    }
    if (weather->cut_until_ms > at_ms) {
        at_ms = weather->cut_until_ms + draw_delay(random);
        sim_happened(SIM_FAULT_PARTITION);
    }
    if (sim_random_chance(random, weather->lost_per_mille)) {
        sim_happened(SIM_FAULT_LOSS);
        return;
    }
    if (sim_random_chance(random, weather->overtaking_per_mille)) {
        at_ms += sim_random_between(random, 1, OVERTAKING_MS_MAX);
        sim_happened(SIM_FAULT_REORDERING);
    } else {
        at_ms = at_ms < link->last_ms[way] ? link->last_ms[way] : at_ms;
        link->last_ms[way] = at_ms;
    }
    put_under_way(world, link, way, at_ms, bytes);
    if (!sim_random_chance(random, weather->doubled_per_mille))
        return;
    sim_happened(SIM_FAULT_DUPLICATION);
    put_under_way(world, link, way, at_ms + sim_random_between(random, 0, OVERTAKING_MS_MAX),
                  bytes);
}
