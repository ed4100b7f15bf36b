/*
 * The transport over ZeroMQ (libzmq 4.3.4 through czmq 4.2.1).
 *
 * Rules, each measured (design.md "Two sockets", reference/messaging.md 1): single-part frames;
 * MAXMSGSIZE = LIMIT_FRAME_BYTES and 4096 for CURVE's box and to name near misses; HWM above every
 * window; no ZMQ_HEARTBEAT_*; IMMEDIATE=0; finite linger; reconnect with back-off; TCP keepalive;
 * CURVE on every socket with ZAP enforcing its domain (option 93) and our own ZAP handler bound
 * before the first bind; every outlet and client monitored, and rebuilt with back-off (capped at
 * 1 s) when refused, broken or disconnected; czmq's signal handler off; no zloop, no zauth.
 * Owns: the sockets, one message, one allocation at open. The context is czmq's, one per process.
 * Limits: one transport with an inlet or a door per process (libzmq knows one ZAP handler per
 * context); any number without. A connection whose key is known may make us hold one multipart
 * message of any size (messaging.md 1.3): the supervisor's memory limit is the bound.
 */
#ifndef NETRA_TRANSPORT_TRANSPORT_ZMQ_H
#define NETRA_TRANSPORT_TRANSPORT_ZMQ_H

#include "common/base/diag.h"
#include "common/transport/transport.h"

/* A peer as configured. Texts are borrowed for the transport's life. */
struct transport_peer {
    const char *name;                   /* "classification" */
    const char *inlet;                  /* "tcp://127.0.0.1:21002"; NULL: no outlet to it */
    const char *door;                   /* its door, where this service asks there; NULL: never */
    uint8_t public_key[CURVE_KEY_SIZE]; /* raw, not Z85 */
};

struct transport_zmq_spec {
    const char *inlet; /* where to bind; NULL: none (worker, command) */
    const char *door;  /* where to bind; NULL: none */
    uint8_t public_key[CURVE_KEY_SIZE];
    uint8_t secret_key[CURVE_KEY_SIZE];
    const struct transport_peer *peers;
    unsigned peer_count;
    key_is_known is_known; /* asked on the loop's own thread, at the inlet for peers' keys only;
                              NULL with nothing bound */
    void *is_known_self;
};

/*
 * Makes the sockets, binds and connects. The ZAP handler lives on the caller's thread:
 * handshakes are
 * answered inside receive. STATUS_ADDRESS_IN_USE (`diag` names the address and says what to do),
 * STATUS_CONFIG_INVALID (an address ZeroMQ can't read), STATUS_SYSTEM_FAILED. On failure nothing
 * stays
 * open. The spec may go after the call, except the peers' texts.
 */
enum status transport_zmq_open(const struct transport_zmq_spec *spec,
                               struct transport *ret_transport, struct diag *diag) MUST_USE;

#endif
