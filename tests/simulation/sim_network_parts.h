/*
 * What the network's files share: connections (sim_network.c), frames (sim_frames.c), the
 * transport over them (sim_transport.c).
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_NETWORK_PARTS_H
#define NETRA_TESTS_SIMULATION_SIM_NETWORK_PARTS_H

#include "tests/simulation/sim_world_state.h"

#define SIM_CONNECT_MS_MIN 50

/* Of a connection: from who made it, or to it. */
enum sim_way { SIM_WAY_THERE, SIM_WAY_BACK };

/* ---- connections ---- */

struct sim_link *sim_link_of(struct sim_world *world, unsigned from, unsigned peer,
                             bool is_outlet);

/* The process whose port an address names. */
unsigned sim_network_process_at(const char *address);

/* The number of the peer with that key; TRANSPORT_PEERS_MAX: none has it. */
unsigned sim_endpoint_peer(const struct sim_endpoint *endpoint, const uint8_t *key);

void sim_link_connect_at(struct sim_world *world, const struct sim_link *link, int64_t at_ms);

/* Ends the connection; a first part of what is under way still arrives. */
void sim_link_cut(struct sim_world *world, struct sim_link *link);

/* ---- frames ---- */

/* Has something arrive at a process, which wakes. The caller says from whom it is. */
struct sim_arrival *sim_arrive(struct sim_world *world, unsigned process, enum received_kind kind,
                               struct view bytes);

/* Sends a frame over a connection that is up, into that weather. */
void sim_link_send(struct sim_world *world, struct sim_link *link, enum sim_way way,
                   struct view bytes);

#endif
