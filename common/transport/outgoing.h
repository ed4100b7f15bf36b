/*
 * One connecting socket, watched and remade: an outlet (PUSH to a peer's inlet) or a client
 * (DEALER to a peer's door).
 *
 * Why: libzmq keeps a lost connection's queue and sends it to whoever comes next, and gives up for
 * ever after a refusal (messaging.md 1.1, 1.6); so socket and queue are thrown away and made anew.
 * Limits: back-off from 50 ms doubling to 1 s, back to 50 ms once a handshake succeeded.
 * Units: milliseconds, of the clock receive is called with.
 */
#ifndef NETRA_TRANSPORT_OUTGOING_H
#define NETRA_TRANSPORT_OUTGOING_H

#include "common/transport/monitor.h"
#include "common/transport/socket.h"

struct outgoing {
    int type;            /* ZMQ_PUSH or ZMQ_DEALER */
    const char *role;    /* "outlet" or "client" */
    const char *address; /* NULL: there is none */
    const uint8_t *server_key;
    const struct curve_keys *keys;
    zsock_t *socket;  /* NULL: waits for rebuild_at_ms, or there is none */
    zsock_t *monitor; /* NULL exactly when socket is */
    bool is_ready;    /* it may have a message */
    bool is_monitor_ready;
    bool is_up;
    int64_t delay_ms; /* back-off before the next rebuild */
    int64_t rebuild_at_ms;
};

enum outgoing_event {
    OUTGOING_NOTHING,
    OUTGOING_UP,     /* connected, handshake passed */
    OUTGOING_DOWN,   /* the connection and what was queued are gone */
    OUTGOING_REFUSED /* the handshake failed: the peer refused us, or isn't who we take it for */
};

/* Makes the socket and begins to connect. STATUS_CONFIG_INVALID, STATUS_SYSTEM_FAILED. */
enum status outgoing_open(struct outgoing *outgoing, struct diag *diag) MUST_USE;

/* Reads its monitor and rebuilds it when due; yields one event a call, OUTGOING_NOTHING last. */
enum outgoing_event outgoing_step(struct outgoing *outgoing, int64_t now_ms);

/* Sends one frame. STATUS_NOT_CONNECTED, STATUS_WOULD_BLOCK, STATUS_FRAME_TOO_LARGE. */
enum status outgoing_send(struct outgoing *outgoing, struct view frame) MUST_USE;

/* Throws socket and queue away and has a new one made at the next step. */
void outgoing_discard(struct outgoing *outgoing, int64_t rebuild_at_ms);

/* Whether it waits for its rebuild, and whether that is due. */
bool outgoing_waits(const struct outgoing *outgoing);
bool outgoing_is_due(const struct outgoing *outgoing, int64_t now_ms);

/* Closes it for good; what was sent lingers (SOCKET_LINGER_MS). */
void outgoing_close(struct outgoing *outgoing);

#endif
