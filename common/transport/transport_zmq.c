/*
 * Opening and closing the transport over ZeroMQ, and what it sends; receiving.c has what it
 * receives. The ZAP handler is opened first and closed last: a bound socket without it would let
 * every key in.
 */
#include "common/transport/transport_zmq.h"

#include "common/base/cleanup.h"
#include "common/base/invariant.h"
#include "common/transport/transport_state.h"
#include "common/wire/limits.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* libzmq allocates every message, and a full frame is larger than what glibc maps and unmaps or
 * gives back by itself: each batch would fault its pages in anew, on both threads. So freed
 * memory is kept, as much as two streams' credit brings, and only what is larger than any frame
 * is mapped. */
#define FREED_KEPT_BYTES (4 * 1024 * 1024)
#define MAPPED_BYTES_MIN (1024 * 1024)

static void incoming_close(struct incoming *incoming)
{
    monitor_close(incoming->socket, &incoming->monitor);
    zsock_destroy(&incoming->socket);
}

static enum status incoming_open(struct incoming *incoming, int type, const char *role,
                                 const char *address, const char *zap_domain,
                                 const struct curve_keys *keys, struct diag *diag)
{
    TRY(socket_new_server(type, address, zap_domain, keys, &incoming->socket, diag));
    incoming->monitor = monitor_open(incoming->socket, MONITOR_OF_SERVER);
    if (incoming->monitor == NULL) {
        diag_set(diag, "%s %s: no monitor: %s", role, address, zmq_strerror(zmq_errno()));
        return STATUS_SYSTEM_FAILED;
    }
    return socket_bind(incoming->socket, role, address, diag);
}

/* Closes whatever is open; sound at every stage of opening. */
static void state_close(struct transport_state *state)
{
    for (unsigned peer = 0; peer < state->peer_count; peer++) {
        outgoing_close(&state->outlets[peer]);
        outgoing_close(&state->clients[peer]);
    }
    incoming_close(&state->inlet);
    incoming_close(&state->door);
    zap_close(&state->zap);
    zmq_msg_close(&state->message);
    explicit_bzero(&state->keys, sizeof state->keys);
    free(state);
}

static void state_release(struct transport_state **state)
{
    if (*state != NULL)
        state_close(*state);
}

static void transport_close(void *self)
{
    state_close(self);
}

static enum status open_bound(struct transport_state *state, const struct transport_spec *spec,
                              struct diag *diag)
{
    if (spec->inlet == NULL && spec->door == NULL)
        return STATUS_OK;
    INVARIANT(spec->is_known != NULL);
    state->zap.peer_keys = (const uint8_t(*)[CURVE_KEY_SIZE])state->peer_keys;
    state->zap.peer_count = state->peer_count;
    state->zap.is_known = spec->is_known;
    state->zap.is_known_self = spec->is_known_self;
    TRY(zap_open(&state->zap, diag)); /* before the first bind: no handshake goes unasked */
    if (spec->inlet != NULL)
        TRY(incoming_open(&state->inlet, ZMQ_PULL, "inlet", spec->inlet, ZAP_DOMAIN_INLET,
                          &state->keys, diag));
    if (spec->door != NULL)
        TRY(incoming_open(&state->door, ZMQ_ROUTER, "door", spec->door, ZAP_DOMAIN_DOOR,
                          &state->keys, diag));
    return STATUS_OK;
}

static enum status open_outgoing(struct transport_state *state, struct outgoing *outgoing,
                                 int type, const char *role, const char *address,
                                 const struct transport_peer *peer, unsigned index,
                                 struct diag *diag)
{
    *outgoing = (struct outgoing){
        .type = type,
        .role = role,
        .address = address,
        .server_key = state->peer_keys[index],
        .keys = &state->keys,
    };
    if (address == NULL)
        return STATUS_OK;

    const enum status status = outgoing_open(outgoing, diag);

    if (status != STATUS_OK)
        diag_prefix(diag, "peer %s", peer->name);
    return status;
}

static enum status transport_send(void *self, unsigned peer, struct view frame)
{
    struct transport_state *state = self;

    return peer < state->peer_count ? outgoing_send(&state->outlets[peer], frame)
                                    : STATUS_NOT_CONNECTED;
}

static enum status transport_ask(void *self, unsigned peer, struct view frame)
{
    struct transport_state *state = self;

    if (peer >= state->peer_count)
        return STATUS_NOT_CONNECTED;
    state->clients[peer].is_ready = true; /* sending consumes what its descriptor would tell */
    return outgoing_send(&state->clients[peer], frame);
}

/* The next receive makes it anew. */
static void transport_outlet_rebuild(void *self, unsigned peer)
{
    struct transport_state *state = self;

    if (peer >= state->peer_count || state->outlets[peer].address == NULL)
        return;
    outgoing_discard(&state->outlets[peer], state->now_ms);
    state->is_upkeep_due = true;
}

/* A ROUTER drops what it has no route for, or whose client takes nothing more, and says success.
 */
static enum status transport_answer(void *self, const struct door_route *route, struct view frame)
{
    struct transport_state *state = self;

    if (frame.size > LIMIT_FRAME_BYTES)
        return STATUS_FRAME_TOO_LARGE;
    if (state->door.socket == NULL || route->size == 0)
        return STATUS_NOT_CONNECTED;
    state->door.is_ready = true; /* sending consumes what its descriptor would tell */
    if (socket_send(state->door.socket, route->bytes, route->size, ZMQ_SNDMORE) < 0 ||
        socket_send(state->door.socket, frame.bytes, frame.size, 0) < 0)
        return STATUS_WOULD_BLOCK;
    return STATUS_OK;
}

static enum status transport_watch(void *self, int descriptor)
{
    struct transport_state *state = self;

    if (state->watched_count == WATCHED_MAX)
        return STATUS_SYSTEM_FAILED;
    state->watched[state->watched_count] = descriptor;
    state->watched_count++;
    return STATUS_OK;
}

/* Not by zmq_unbind: that ends the connections the listener accepted as well (measured, libzmq
 * 4.3.4), and answers under way with them. */
static void transport_stop_taking(void *self)
{
    struct transport_state *state = self;

    state->zap.is_closed_to_new = true;
}

enum status transport_zmq_open(const struct transport_spec *spec, struct transport *ret_transport,
                               struct diag *diag)
{
    if (spec->peer_count > TRANSPORT_PEERS_MAX) {
        diag_set(diag, "%u peers; at most %u", spec->peer_count, TRANSPORT_PEERS_MAX);
        return STATUS_CONFIG_INVALID;
    }
    (void)mallopt(M_TRIM_THRESHOLD, FREED_KEPT_BYTES);
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES_MIN);
    zsys_handler_set(NULL); /* SIGINT and SIGTERM are the service's (messaging.md 1.7) */

    /* The one allocation: at start, of a fixed size, and it outlives every arena. */
    CLEANUP(state_release) struct transport_state *state = calloc(1, sizeof *state);

    if (state == NULL) {
        diag_set(diag, "no memory for the transport");
        return STATUS_SYSTEM_FAILED;
    }
    zmq_msg_init(&state->message);
    memcpy(state->keys.public_key, spec->public_key, CURVE_KEY_SIZE);
    memcpy(state->keys.secret_key, spec->secret_key, CURVE_KEY_SIZE);
    state->is_upkeep_due = true;
    state->peer_count = spec->peer_count;
    for (unsigned i = 0; i < spec->peer_count; i++)
        memcpy(state->peer_keys[i], spec->peers[i].public_key, CURVE_KEY_SIZE);
    TRY(open_bound(state, spec, diag));
    for (unsigned i = 0; i < spec->peer_count; i++) {
        const struct transport_peer *peer = &spec->peers[i];

        TRY(open_outgoing(state, &state->outlets[i], ZMQ_PUSH, "outlet", peer->inlet, peer, i,
                          diag));
        TRY(open_outgoing(state, &state->clients[i], ZMQ_DEALER, "client", peer->door, peer, i,
                          diag));
    }
    *ret_transport = (struct transport){
        .self = TAKE(state),
        .receive = transport_receive,
        .wait = transport_wait,
        .watch = transport_watch,
        .send = transport_send,
        .outlet_rebuild = transport_outlet_rebuild,
        .answer = transport_answer,
        .ask = transport_ask,
        .stop_taking = transport_stop_taking,
        .close = transport_close,
    };
    return STATUS_OK;
}
