/*
 * Making sockets: the options are tables with the reason beside each value, one for all sockets
 * and one per side, and a refused option is an error that names it.
 */
#include "common/transport/socket.h"

#include "common/base/cleanup.h"
#include "common/transport/mechanism.h"
#include "common/wire/limits.h"

#include <errno.h>
#include <string.h>

/* In the DRAFT part of the header, but compiled into Debian's library (messaging.md 1.6): without
 * it a CURVE server whose ZAP handler is gone lets every key in. */
#define OPTION_ZAP_ENFORCE_DOMAIN 93

/* A frame's CURVE box adds 33 bytes, and MAXMSGSIZE counts them. The rest is so that a frame just
 * above the limit arrives and is refused by name; far above it, libzmq drops the connection
 * without saying why (messaging.md 1.3). */
#define MAXMSGSIZE (INT64_C(4096) + LIMIT_FRAME_BYTES)

struct option {
    int name;
    int value;
};

/* No ZMQ_HEARTBEAT_*: with a full receive queue they abort the process (messaging.md 1.4). TCP's
 * own keepalive finds an idle peer that vanished, MAXRT one with bytes under way. */
static const struct option options_of_all[] = {
    {.name = ZMQ_LINGER, .value = SOCKET_LINGER_MS},
    {.name = ZMQ_IMMEDIATE, .value = 0}, /* 1 loses more, not less (messaging.md 1.1) */
    {.name = ZMQ_HANDSHAKE_IVL, .value = 5000},
    {.name = ZMQ_TCP_KEEPALIVE, .value = 1},
    {.name = ZMQ_TCP_KEEPALIVE_IDLE, .value = 10},
    {.name = ZMQ_TCP_KEEPALIVE_INTVL, .value = 5},
    {.name = ZMQ_TCP_KEEPALIVE_CNT, .value = 3},
    {.name = ZMQ_TCP_MAXRT, .value = 25000},
};

static const struct option options_of_server[] = {
    {.name = OPTION_ZAP_ENFORCE_DOMAIN, .value = 1},
    {.name = ZMQ_RCVHWM, .value = 4096},   /* above every window: credit bounds, not this */
    {.name = ZMQ_SNDHWM, .value = 100000}, /* answers to one client; above it they are dropped and
                                              the client asks again */
    {.name = ZMQ_BACKLOG, .value = 1024},  /* every node comes back at once after a restart */
};

static const struct option options_of_client[] = {
    {.name = ZMQ_SNDHWM, .value = 2048}, /* above every window */
    {.name = ZMQ_RCVHWM, .value = 4096},
    {.name = ZMQ_RECONNECT_IVL, .value = 50},
    {.name = ZMQ_RECONNECT_IVL_MAX, .value = 1000},
    {.name = ZMQ_CONNECT_TIMEOUT, .value = 5000},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum status option_failed(int name, const char *address, struct diag *diag)
{
    diag_set(diag, "%s: ZeroMQ refuses socket option %d: %s", address, name,
             zmq_strerror(zmq_errno()));
    return STATUS_SYSTEM_FAILED;
}

static enum status set_bytes(zsock_t *socket, int name, const void *value, size_t size,
                             const char *address, struct diag *diag)
{
    if (zmq_setsockopt(zsock_resolve(socket), name, value, size) != 0)
        return option_failed(name, address, diag);
    return STATUS_OK;
}

static enum status set_options(zsock_t *socket, const struct option *options, size_t count,
                               const char *address, struct diag *diag)
{
    for (size_t i = 0; i < count; i++)
        TRY(set_bytes(socket, options[i].name, &options[i].value, sizeof options[i].value, address,
                      diag));
    return STATUS_OK;
}

/* What every socket has. IPv6 only where the address is one: it turns IPv4 addresses into mapped
 * ones. */
static enum status socket_new(int type, const char *address, const struct mechanism_option *proofs,
                              size_t proof_count, zsock_t **ret_socket, struct diag *diag)
{
    const int64_t frame_bytes_max = MAXMSGSIZE;
    const struct option ipv6 = {.name = ZMQ_IPV6, .value = strchr(address, '[') != NULL};
    CLEANUP(zsock_destroy) zsock_t *socket = zsock_new(type);

    if (socket == NULL) {
        diag_set(diag, "%s: no socket: %s", address, zmq_strerror(zmq_errno()));
        return STATUS_SYSTEM_FAILED;
    }
    TRY(set_options(socket, options_of_all, COUNT_OF(options_of_all), address, diag));
    TRY(set_options(socket, &ipv6, 1, address, diag));
    TRY(set_bytes(socket, ZMQ_MAXMSGSIZE, &frame_bytes_max, sizeof frame_bytes_max, address,
                  diag));
    for (size_t i = 0; i < proof_count; i++)
        TRY(set_bytes(socket, proofs[i].name, proofs[i].value, proofs[i].size, address, diag));
    *ret_socket = TAKE(socket);
    return STATUS_OK;
}

enum status socket_new_server(int type, const char *address, const char *zap_domain,
                              const struct curve_keys *keys, zsock_t **ret_socket,
                              struct diag *diag)
{
    CLEANUP(zsock_destroy) zsock_t *socket = NULL;
    struct mechanism_option proofs[MECHANISM_OPTIONS_MAX];
    const size_t proof_count = mechanism_of_server(keys, proofs);

    TRY(socket_new(type, address, proofs, proof_count, &socket, diag));
    TRY(set_options(socket, options_of_server, COUNT_OF(options_of_server), address, diag));
    TRY(set_bytes(socket, ZMQ_ZAP_DOMAIN, zap_domain, strlen(zap_domain), address, diag));
    *ret_socket = TAKE(socket);
    return STATUS_OK;
}

enum status socket_new_client(int type, const char *address, const uint8_t *server_key,
                              const struct curve_keys *keys, zsock_t **ret_socket,
                              struct diag *diag)
{
    CLEANUP(zsock_destroy) zsock_t *socket = NULL;
    struct mechanism_option proofs[MECHANISM_OPTIONS_MAX];
    const size_t proof_count = mechanism_of_client(keys, server_key, proofs);

    TRY(socket_new(type, address, proofs, proof_count, &socket, diag));
    TRY(set_options(socket, options_of_client, COUNT_OF(options_of_client), address, diag));
    *ret_socket = TAKE(socket);
    return STATUS_OK;
}

static enum status address_refused(int error, const char *role, const char *address,
                                   struct diag *diag)
{
    switch (error) {
    case EADDRINUSE:
        diag_set(diag, "%s %s: address in use; another process listens there", role, address);
        return STATUS_ADDRESS_IN_USE;
    case EADDRNOTAVAIL:
    case ENODEV:
        diag_set(diag, "%s %s: not an address of this machine; configure one that is", role,
                 address);
        return STATUS_ADDRESS_IN_USE;
    case EACCES:
        diag_set(diag, "%s %s: not permitted; take a port above 1023", role, address);
        return STATUS_ADDRESS_IN_USE;
    case EINVAL:
    case EPROTONOSUPPORT:
    case ENOCOMPATPROTO:
        diag_set(diag, "%s %s: not an address; write tcp://IP:PORT", role, address);
        return STATUS_CONFIG_INVALID;
    default: /* errno is the system's list, not ours */
        diag_set(diag, "%s %s: %s", role, address, zmq_strerror(error));
        return STATUS_SYSTEM_FAILED;
    }
}

/* zmq_bind and zmq_connect, not czmq's: these give port numbers and patterns a meaning of their
 * own, and free memory before errno can be read. */
enum status socket_bind(zsock_t *socket, const char *role, const char *address, struct diag *diag)
{
    if (zmq_bind(zsock_resolve(socket), address) != 0)
        return address_refused(zmq_errno(), role, address, diag);
    return STATUS_OK;
}

enum status socket_connect(zsock_t *socket, const char *role, const char *address,
                           struct diag *diag)
{
    if (zmq_connect(zsock_resolve(socket), address) != 0)
        return address_refused(zmq_errno(), role, address, diag);
    return STATUS_OK;
}

int socket_send(zsock_t *socket, const void *bytes, size_t size, int flags)
{
    int sent = -1;

    do {
        sent = zmq_send(zsock_resolve(socket), bytes, size, flags | ZMQ_DONTWAIT);
    } while (sent < 0 && zmq_errno() == EINTR);
    return sent;
}

int socket_receive(zsock_t *socket, zmq_msg_t *message)
{
    int received = -1;

    do {
        received = zmq_msg_recv(message, zsock_resolve(socket), ZMQ_DONTWAIT);
    } while (received < 0 && zmq_errno() == EINTR);
    return received;
}
