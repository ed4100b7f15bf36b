/*
 * What a socket's own monitor tells: connections that came up, went, or failed their handshake.
 *
 * Why: read on the loop's own thread, without czmq's zmonitor, which is a thread per socket.
 * Limits: a monitor holds 100,000 unread events; then libzmq's I/O thread waits for us. Only
 * events that are acted on are asked for.
 */
#ifndef NETRA_TRANSPORT_MONITOR_H
#define NETRA_TRANSPORT_MONITOR_H

#include <czmq.h>

enum monitor_event {
    MONITOR_NOTHING,
    MONITOR_UP,              /* a connection passed its handshake */
    MONITOR_DOWN,            /* a connection ended */
    MONITOR_HANDSHAKE_FAILED /* a connection ended before it could carry a frame */
};

/* What to ask for: of connecting sockets everything above; of bound sockets only failures that the
 * ZAP handler doesn't see (no CURVE, another server's key, silence). */
#define MONITOR_OF_CLIENT                                                         \
    (ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |                     \
     ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | \
     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
#define MONITOR_OF_SERVER \
    (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)

/* Begins to watch `watched` for those events; yields what to read them from, NULL when out of
 * sockets. Before bind or connect, so that nothing is missed. */
zsock_t *monitor_open(zsock_t *watched, int events);

/* The next event, without waiting. */
enum monitor_event monitor_read(zsock_t *monitor);

/* Ends it. While `watched` is still open; either may be NULL. */
void monitor_close(zsock_t *watched, zsock_t **monitor);

#endif
