/*
 * A worker as a simulated process: its real loop over the world's network.
 */
#include "common/base/invariant.h"
#include "services/worker/worker_loop.h"
#include "tests/simulation/sim_home.h"
#include "tests/simulation/sim_world_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES_MAX 4u /* of a lease: few, so that several workers have some */

static bool open_worker(struct sim_process *process)
{
    struct worker_loop *loop = calloc(1, sizeof *loop);
    INVARIANT(loop != NULL);
    uint8_t start[WORKER_START_SIZE];
    char door[64];
    process->body = loop;
    loop->clock = sim_process_clock(process);
    loop->cases_max = CASES_MAX;
    loop->signals = -1;
    sim_random_fill(&process->random, start, sizeof start);
    if (worker_loop_open(loop, start) != STATUS_OK)
        return false;
    (void)snprintf(door, sizeof door, "tcp://127.0.0.1:%u",
                   sim_network_port(SIM_CLASSIFICATION, true));
    struct transport_peer peer = {.name = "classification", .door = door};
    memcpy(peer.public_key, sim_home_key(SIM_CLASSIFICATION)->curve_public, CURVE_KEY_SIZE);
    struct transport_spec spec = {.peers = &peer, .peer_count = 1};
    memcpy(spec.public_key, sim_home_key(process->number)->curve_public, CURVE_KEY_SIZE);
    return sim_network_open(process->world, process->number, &spec, &loop->transport) == STATUS_OK;
}

static bool round_of_worker(struct sim_process *process, int64_t *ret_wait_ms)
{
    struct worker_loop *loop = process->body;
    return worker_loop_round(loop, ret_wait_ms);
}

static void close_worker(struct sim_process *process)
{
    struct worker_loop *loop = process->body;
    if (loop->transport.close != NULL)
        loop->transport.close(loop->transport.self);
    worker_loop_close(loop);
    free(loop);
    process->body = NULL;
}

const struct sim_kind sim_worker_kind = {
    .open = open_worker, .round = round_of_worker, .close = close_worker};

void sim_worker_stop(struct sim_process *process)
{
    worker_loop_stop(process->body);
}
