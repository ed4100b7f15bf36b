/*
 * The network between simulated processes: struct transport over connections that delay, lose,
 * repeat and break.
 *
 * What it does as ZeroMQ does: a connection keeps the order of its frames; when it breaks, what
 * had arrived is there, a first part of what was under way may still arrive (it lay in the
 * receiver's buffer), the rest is lost on both sides; until the break is noticed, sends succeed
 * and lead nowhere; a route that is gone swallows its answer; who isn't let in is refused as ZAP
 * does. What it does beyond (the protocol must stand it): frames lost, doubled and overtaking each
 * other within a connection.
 *
 * Owns: frames under way and frames that arrived. A process's endpoint lives in its process.
 * Units: world milliseconds.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_NETWORK_H
#define NETRA_TESTS_SIMULATION_SIM_NETWORK_H

#include "common/transport/transport.h"
#include "tests/simulation/sim_world.h"

#define SIM_GENERATIONS 8u

/* The state of a connection that a process has to another's inlet or door. */
enum sim_link_state {
    SIM_LINK_NONE,   /* not configured */
    SIM_LINK_DOWN,   /* not connected: tries again */
    SIM_LINK_UP,     /* connected */
    SIM_LINK_BROKEN, /* broken, and neither side knows: sends succeed and lead nowhere */
};

struct sim_link {
    enum sim_link_state state;
    unsigned from;
    unsigned to;
    unsigned peer; /* at the process that connects */
    bool is_outlet;
    uint32_t generation; /* counts connections */
    unsigned to_life;    /* the life of `to` that it leads to */
    int64_t delay_ms;    /* before the next try */
    int64_t last_ms[2];  /* when the last frame arrives: there, back */
    uint64_t sent[2];
    uint64_t arrived[2];
    uint64_t cut[2][SIM_GENERATIONS]; /* frames of an ended connection that still arrive: up to */
    bool is_refusal_told;
};

/* What waits to be received. */
struct sim_arrival {
    struct sim_arrival *next;
    enum received_kind kind;
    unsigned peer;
    uint8_t key[CURVE_KEY_SIZE];
    struct door_route route;
    enum refusal refusal;
    size_t size;
    uint8_t bytes[];
};

/* A process's sockets. */
struct sim_endpoint {
    unsigned process;
    bool is_open;
    bool is_closed_to_new;
    bool has_inlet;
    bool has_door;
    uint8_t key[CURVE_KEY_SIZE];
    key_is_known is_known;
    void *is_known_self;
    uint8_t peer_keys[TRANSPORT_PEERS_MAX][CURVE_KEY_SIZE];
    unsigned peer_count;
    struct sim_link outlets[TRANSPORT_PEERS_MAX];
    struct sim_link clients[TRANSPORT_PEERS_MAX];
    struct sim_arrival *first;
    struct sim_arrival *last;
    struct sim_arrival *taken; /* what the last receive yielded */
};

/* What is wrong with the frames from one process to another at this time. */
struct sim_weather {
    unsigned lost_per_mille;
    unsigned doubled_per_mille;
    unsigned overtaking_per_mille;
    int64_t delay_ms;
    int64_t cut_until_ms; /* a partition in this direction */
};

/* Opens the sockets of a process, as transport_zmq_open does. Addresses are
 * tcp://127.0.0.1:PORT with a port of sim_network_port. */
enum status sim_network_open(struct sim_world *world, unsigned process,
                             const struct transport_spec *spec, struct transport *ret_transport);

/* The port of a process's inlet or door. */
unsigned sim_network_port(unsigned process, bool is_door);

/* The process is dead: its connections break, its buffers are gone, others notice later. */
void sim_network_died(struct sim_world *world, unsigned process);

/* Every connection between the two breaks. True: there was one. */
bool sim_network_break(struct sim_world *world, unsigned process, unsigned other);

/* Frees what waits for a process. */
void sim_network_forget(struct sim_endpoint *endpoint);

#endif
