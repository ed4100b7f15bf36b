/*
 * What a service meets of the machine it runs on, as one struct of functions: service_main fills
 * it with the system's, a simulation with its own.
 *
 * Why: a service that reads a clock, a socket or a disk past this struct can't be simulated, and
 * what can't be simulated isn't proven.
 */
#ifndef NETRA_SERVICE_EDGES_H
#define NETRA_SERVICE_EDGES_H

#include "common/base/clock.h"
#include "common/base/diag.h"
#include "common/base/files.h"
#include "common/base/random.h"
#include "common/base/status.h"
#include "common/transport/transport.h"

#include <stdbool.h>
#include <stdint.h>

struct service_edges {
    struct clock clock;
    struct random_source random;
    struct files files; /* of what isn't in the store */

    /* Opens the sockets; transport_zmq_open says what it must do. */
    enum status (*open_transport)(void *self, const struct transport_spec *spec,
                                  struct transport *ret_transport, struct diag *diag);

    /* The free bytes of the disk that holds `path`; false when that can't be told. */
    bool (*free_bytes)(void *self, const char *path, uint64_t *ret_bytes);

    /* The process is this service's alone: its signals are taken and HTTP is served. */
    bool has_process;

    void *self; /* of the two functions above */
};

/* The system's own: its clocks and randomness, ZeroMQ, and a process to itself. */
struct service_edges service_edges_of_system(void);

#endif
