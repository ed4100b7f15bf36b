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

/*
 * Makes the sockets, binds and connects. The ZAP handler lives on the caller's thread:
 * handshakes are
 * answered inside receive. STATUS_ADDRESS_IN_USE (`diag` names the address and says what to do),
 * STATUS_CONFIG_INVALID (an address ZeroMQ can't read), STATUS_SYSTEM_FAILED. On failure nothing
 * stays
 * open. The spec may go after the call, except the peers' texts.
 */
enum status transport_zmq_open(const struct transport_spec *spec, struct transport *ret_transport,
                               struct diag *diag) MUST_USE;

#endif
