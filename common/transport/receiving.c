/*
 * receive and wait. Two kinds of work: upkeep (handshakes, monitors, rebuilds), which is looked at
 * after each wait and every UPKEEP_EVERY receives; and traffic, in turns of TURN_MESSAGES per
 * socket, so that a flooded one starves nobody.
 *
 * Looking at a socket costs two system calls, and zmq_poll looks at all of them, twice. So wait
 * polls their descriptors (ZMQ_FD), and receive looks at those alone that have spoken. Such a
 * descriptor tells of changes, once: a socket counts as ready until it was read empty, and again
 * after each send, which may take what the descriptor would have told.
 */
#include "common/base/invariant.h"
#include "common/transport/message.h"
#include "common/transport/transport_state.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#define UPKEEP_EVERY 64u
#define TURN_MESSAGES 32u
#define HANDSHAKES_PER_UPKEEP 32u

enum source { SOURCE_INLET, SOURCE_DOOR, SOURCE_CLIENTS };

/* Everything wait looks at. */
#define POLLED_MAX (1u + 2u * 2u + 3u * TRANSPORT_PEERS_MAX + WATCHED_MAX)

static bool refused(struct received *ret_received, enum refusal refusal)
{
    ret_received->kind = RECEIVED_REFUSED;
    ret_received->refusal = refusal;
    return true;
}

/* True when a handshake was refused. More than a few at once wait for the next receive. */
static bool serve_handshakes(struct transport_state *state, struct received *ret_received)
{
    if (!state->zap.is_ready)
        return false;
    for (unsigned i = 0; i < HANDSHAKES_PER_UPKEEP; i++) {
        switch (zap_serve(&state->zap, ret_received->key)) {
        case ZAP_IDLE:
            state->zap.is_ready = false;
            return false;
        case ZAP_ANSWERED:
            break;
        case ZAP_REFUSED:
            return refused(ret_received, REFUSAL_UNKNOWN_KEY);
        }
    }
    return false;
}

static bool read_monitor(struct incoming *incoming, struct received *ret_received)
{
    if (!incoming->is_monitor_ready)
        return false;
    if (monitor_read(incoming->monitor) == MONITOR_HANDSHAKE_FAILED)
        return refused(ret_received, REFUSAL_HANDSHAKE);
    incoming->is_monitor_ready = false;
    return false;
}

/* Asking consumes what the descriptor would have told, as a send does. */
static bool has_input(zsock_t *socket)
{
    int events = 0;
    size_t size = sizeof events;

    return zmq_getsockopt(zsock_resolve(socket), ZMQ_EVENTS, &events, &size) == 0 &&
           (events & ZMQ_POLLIN) != 0;
}

static bool step_outgoing(struct transport_state *state, struct outgoing *outgoing, unsigned peer,
                          struct received *ret_received)
{
    const bool is_outlet = outgoing->type == ZMQ_PUSH;

    if (!outgoing->is_monitor_ready && !outgoing_is_due(outgoing, state->now_ms))
        return false;
    /* Answers that arrived before their connection ended are read before it is thrown away. */
    if (!is_outlet && outgoing->is_up && has_input(outgoing->socket)) {
        outgoing->is_ready = true;
        return false;
    }

    const enum outgoing_event event = outgoing_step(outgoing, state->now_ms);

    if (event == OUTGOING_NOTHING) {
        outgoing->is_monitor_ready = false;
        return false;
    }
    ret_received->peer = peer;
    memcpy(ret_received->key, state->peer_keys[peer], CURVE_KEY_SIZE);
    switch (event) {
    case OUTGOING_NOTHING:
        break;
    case OUTGOING_UP:
        ret_received->kind = is_outlet ? RECEIVED_CONNECTED : RECEIVED_CLIENT_UP;
        break;
    case OUTGOING_DOWN:
        ret_received->kind = is_outlet ? RECEIVED_DISCONNECTED : RECEIVED_CLIENT_DOWN;
        break;
    case OUTGOING_REFUSED:
        return refused(ret_received, REFUSAL_HANDSHAKE);
    }
    return true;
}

/* True when it has something to report; then it stays due, for there may be more. */
static bool upkeep(struct transport_state *state, struct received *ret_received)
{
    if (serve_handshakes(state, ret_received) || read_monitor(&state->inlet, ret_received) ||
        read_monitor(&state->door, ret_received))
        return true;
    for (unsigned peer = 0; peer < state->peer_count; peer++) {
        if (step_outgoing(state, &state->outlets[peer], peer, ret_received) ||
            step_outgoing(state, &state->clients[peer], peer, ret_received))
            return true;
    }
    state->is_upkeep_due = false;
    return false;
}

static unsigned peer_of(const struct transport_state *state, const uint8_t *key)
{
    for (unsigned peer = 0; peer < state->peer_count; peer++) {
        if (memcmp(state->peer_keys[peer], key, CURVE_KEY_SIZE) == 0)
            return peer;
    }
    return TRANSPORT_PEERS_MAX;
}

/* Fills in what was read; false when nothing was: then the socket is empty. */
static bool take(struct transport_state *state, enum message_reading reading,
                 enum received_kind kind, bool *is_ready, struct received *ret_received)
{
    switch (reading) {
    case MESSAGE_NOTHING:
        *is_ready = false;
        return false;
    case MESSAGE_MULTIPART:
        return refused(ret_received, REFUSAL_MULTIPART);
    case MESSAGE_OVERSIZE:
        return refused(ret_received, REFUSAL_OVERSIZE);
    case MESSAGE_ROUTE_FOREIGN:
        return refused(ret_received, REFUSAL_HANDSHAKE);
    case MESSAGE_WHOLE:
        break;
    }
    ret_received->kind = kind;
    ret_received->bytes = view_of(zmq_msg_data(&state->message), zmq_msg_size(&state->message));
    return true;
}

static bool read_inlet(struct transport_state *state, struct received *ret_received)
{
    if (!state->inlet.is_ready || !take(state, message_read(state->inlet.socket, &state->message),
                                        RECEIVED_FRAME, &state->inlet.is_ready, ret_received))
        return false;
    message_key(&state->message, ret_received->key);
    ret_received->peer = peer_of(state, ret_received->key);
    /* ZAP let in nobody else; if ever it did, the frame stops here. */
    if (ret_received->peer == TRANSPORT_PEERS_MAX)
        return refused(ret_received, REFUSAL_UNKNOWN_KEY);
    return true;
}

static bool read_door(struct transport_state *state, struct received *ret_received)
{
    if (!state->door.is_ready ||
        !take(state,
              message_read_routed(state->door.socket, &state->message, &ret_received->route),
              RECEIVED_REQUEST, &state->door.is_ready, ret_received))
        return false;
    if (!message_key(&state->message, ret_received->key))
        return refused(ret_received, REFUSAL_UNKNOWN_KEY);
    ret_received->peer = peer_of(state, ret_received->key);
    return true;
}

static bool read_client(struct transport_state *state, unsigned peer,
                        struct received *ret_received)
{
    struct outgoing *client = &state->clients[peer];

    if (!client->is_up || !client->is_ready ||
        !take(state, message_read(client->socket, &state->message), RECEIVED_ANSWER,
              &client->is_ready, ret_received))
        return false;
    ret_received->peer = peer;
    memcpy(ret_received->key, state->peer_keys[peer], CURVE_KEY_SIZE); /* CURVE proved it */
    return true;
}

static bool read_source(struct transport_state *state, struct received *ret_received)
{
    switch (state->source) {
    case SOURCE_INLET:
        return read_inlet(state, ret_received);
    case SOURCE_DOOR:
        return read_door(state, ret_received);
    default: /* SOURCE_CLIENTS + peer */
        return read_client(state, state->source - SOURCE_CLIENTS, ret_received);
    }
}

static bool traffic(struct transport_state *state, struct received *ret_received)
{
    const unsigned sources = SOURCE_CLIENTS + state->peer_count;

    for (unsigned i = 0; i <= sources; i++) {
        if (state->burst < TURN_MESSAGES && read_source(state, ret_received)) {
            state->burst++;
            return true;
        }
        state->source = (state->source + 1u) % sources;
        state->burst = 0;
    }
    return false;
}

/* What wait listens to: descriptors, and who is told when one speaks (NULL: nobody). */
struct polled {
    struct pollfd items[POLLED_MAX];
    bool *is_ready[POLLED_MAX];
    zsock_t *sockets[POLLED_MAX];
    unsigned count;
};

static void poll_descriptor(struct polled *polled, int descriptor, zsock_t *socket, bool *is_ready)
{
    INVARIANT(polled->count < POLLED_MAX);
    polled->items[polled->count] = (struct pollfd){.fd = descriptor, .events = POLLIN};
    polled->is_ready[polled->count] = is_ready;
    polled->sockets[polled->count] = socket;
    polled->count++;
}

static void poll_socket(struct polled *polled, zsock_t *socket, bool *is_ready)
{
    int descriptor = -1;
    size_t size = sizeof descriptor;

    if (socket == NULL)
        return;
    INVARIANT(zmq_getsockopt(zsock_resolve(socket), ZMQ_FD, &descriptor, &size) == 0);
    poll_descriptor(polled, descriptor, socket, is_ready);
}

static void poll_everything(struct transport_state *state, struct polled *polled)
{
    polled->count = 0;
    poll_socket(polled, state->zap.socket, &state->zap.is_ready);
    poll_socket(polled, state->inlet.socket, &state->inlet.is_ready);
    poll_socket(polled, state->inlet.monitor, &state->inlet.is_monitor_ready);
    poll_socket(polled, state->door.socket, &state->door.is_ready);
    poll_socket(polled, state->door.monitor, &state->door.is_monitor_ready);
    for (unsigned peer = 0; peer < state->peer_count; peer++) {
        struct outgoing *client = &state->clients[peer];

        poll_socket(polled, state->outlets[peer].monitor, &state->outlets[peer].is_monitor_ready);
        poll_socket(polled, client->monitor, &client->is_monitor_ready);
        if (client->is_up)
            poll_socket(polled, client->socket, &client->is_ready);
    }
    for (unsigned i = 0; i < state->watched_count; i++)
        poll_descriptor(polled, state->watched[i], NULL, NULL);
}

/* Without having asked the descriptors, every socket is looked at. */
static void expect_everything(struct transport_state *state)
{
    struct polled polled;

    poll_everything(state, &polled);
    for (unsigned i = 0; i < polled.count; i++)
        if (polled.is_ready[i] != NULL)
            *polled.is_ready[i] = true;
    state->is_upkeep_due = true;
    state->receives = 0;
}

void transport_receive(void *self, int64_t now_ms, struct received *ret_received)
{
    struct transport_state *state = self;
    const bool is_traffics_turn = state->has_reported_upkeep;

    *ret_received = (struct received){.kind = RECEIVED_NOTHING, .peer = TRANSPORT_PEERS_MAX};
    state->now_ms = now_ms;
    state->has_reported_upkeep = false;
    state->receives++;
    if (!state->is_polled || state->receives >= UPKEEP_EVERY)
        expect_everything(state);
    state->is_polled = true;

    /* In turns, so that a flood of handshakes doesn't starve the traffic. */
    if (is_traffics_turn && traffic(state, ret_received))
        return;
    if (state->is_upkeep_due && upkeep(state, ret_received)) {
        state->has_reported_upkeep = true;
        return;
    }
    if (is_traffics_turn || !traffic(state, ret_received))
        state->is_polled = false;
}

static int64_t sooner(int64_t timeout_ms, const struct outgoing *outgoing, int64_t now_ms)
{
    if (!outgoing_waits(outgoing))
        return timeout_ms;

    const int64_t until_ms =
        outgoing->rebuild_at_ms > now_ms ? outgoing->rebuild_at_ms - now_ms : 0;

    return timeout_ms < 0 || timeout_ms > until_ms ? until_ms : timeout_ms;
}

/* Not beyond the next rebuild; the last receive's time is the only one known here. */
static int64_t timeout_until_rebuild(const struct transport_state *state, int64_t timeout_ms)
{
    for (unsigned peer = 0; peer < state->peer_count; peer++) {
        timeout_ms = sooner(timeout_ms, &state->outlets[peer], state->now_ms);
        timeout_ms = sooner(timeout_ms, &state->clients[peer], state->now_ms);
    }
    return timeout_ms;
}

/* Whether a socket that counts as ready has something indeed; the others speak when they have. */
static bool is_any_ready(const struct polled *polled)
{
    bool is_any = false;

    for (unsigned i = 0; i < polled->count; i++) {
        if (polled->is_ready[i] == NULL || !*polled->is_ready[i])
            continue;
        *polled->is_ready[i] = has_input(polled->sockets[i]);
        is_any = is_any || *polled->is_ready[i];
    }
    return is_any;
}

enum status transport_wait(void *self, int64_t timeout_ms)
{
    struct transport_state *state = self;
    struct polled polled;

    poll_everything(state, &polled);
    timeout_ms = is_any_ready(&polled) ? 0 : timeout_until_rebuild(state, timeout_ms);
    if (timeout_ms > INT_MAX)
        timeout_ms = INT_MAX;
    if (poll(polled.items, polled.count, (int)timeout_ms) < 0 && errno != EINTR)
        return STATUS_SYSTEM_FAILED;
    for (unsigned i = 0; i < polled.count; i++)
        if (polled.is_ready[i] != NULL && polled.items[i].revents != 0)
            *polled.is_ready[i] = true;
    state->is_upkeep_due = true;
    state->is_polled = true;
    return STATUS_OK;
}
