/*
 * One ZeroMQ socket with every option the rules ask for (transport_zmq.h).
 *
 * Why: czmq's zsock_set_* abort when an option is refused, and its own defaults (linger 0) and
 * environment variables change behaviour; here each option is set explicitly and looked at.
 * Units: milliseconds where a name ends in _MS.
 */
#ifndef NETRA_TRANSPORT_SOCKET_H
#define NETRA_TRANSPORT_SOCKET_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/transport/transport.h"

#include <czmq.h>

/* How long what was sent may still leave after close: the last acks of a service that ends. */
#define SOCKET_LINGER_MS 200

/* This process's long-term CURVE keys, raw. */
struct curve_keys {
    uint8_t public_key[CURVE_KEY_SIZE];
    uint8_t secret_key[CURVE_KEY_SIZE];
};

/*
 * Makes a socket of that ZeroMQ type as a CURVE server whose handshakes are asked of the ZAP
 * handler under `zap_domain`, not bound yet: what watches it comes first. STATUS_SYSTEM_FAILED.
 */
enum status socket_new_server(int type, const char *address, const char *zap_domain,
                              const struct curve_keys *keys, zsock_t **ret_socket,
                              struct diag *diag) MUST_USE;

/* Binds it. STATUS_ADDRESS_IN_USE, STATUS_CONFIG_INVALID, STATUS_SYSTEM_FAILED; `diag` names
 * `role` and address and says what to do. */
enum status socket_bind(zsock_t *socket, const char *role, const char *address,
                        struct diag *diag) MUST_USE;

/* Makes a socket of that type as a CURVE client of the server with that key, not connected yet.
 * STATUS_SYSTEM_FAILED. */
enum status socket_new_client(int type, const char *address, const uint8_t *server_key,
                              const struct curve_keys *keys, zsock_t **ret_socket,
                              struct diag *diag) MUST_USE;

/* Begins to connect, without waiting. STATUS_CONFIG_INVALID when ZeroMQ can't read the address,
 * STATUS_SYSTEM_FAILED. */
enum status socket_connect(zsock_t *socket, const char *role, const char *address,
                           struct diag *diag) MUST_USE;

/* zmq_send and zmq_msg_recv without waiting, again when a signal came between: a message half sent
 * or half read would shift every later one of that socket. */
int socket_send(zsock_t *socket, const void *bytes, size_t size, int flags);
int socket_receive(zsock_t *socket, zmq_msg_t *message);

#endif
