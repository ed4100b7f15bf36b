/*
 * The state of the transport over ZeroMQ, shared by the two files that work on it:
 * transport_zmq.c (opening, sending, closing) and receiving.c (receive and wait).
 */
#ifndef NETRA_TRANSPORT_TRANSPORT_STATE_H
#define NETRA_TRANSPORT_TRANSPORT_STATE_H

#include "common/transport/outgoing.h"
#include "common/transport/transport_zmq.h"
#include "common/transport/zap.h"

#include <czmq.h>

#define WATCHED_MAX 4u

/* A bound socket: inlet or door. */
struct incoming {
    zsock_t *socket;  /* NULL: none */
    zsock_t *monitor; /* NULL exactly when socket is */
    bool is_ready;    /* it may have a message */
    bool is_monitor_ready;
};

struct transport_state {
    struct curve_keys keys;
    unsigned peer_count;
    uint8_t peer_keys[TRANSPORT_PEERS_MAX][CURVE_KEY_SIZE];

    struct zap zap;
    struct incoming inlet;
    struct incoming door;
    struct outgoing outlets[TRANSPORT_PEERS_MAX];
    struct outgoing clients[TRANSPORT_PEERS_MAX];

    int watched[WATCHED_MAX];
    unsigned watched_count;

    zmq_msg_t message;        /* what the last receive yielded; always initialised */
    int64_t now_ms;           /* of the last receive */
    bool is_polled;           /* is_ready tells which sockets to look at; else all */
    bool is_upkeep_due;       /* ZAP, monitors and rebuilds are looked at in the next receive */
    bool has_reported_upkeep; /* the last receive reported one of these: traffic goes first now */
    unsigned receives;        /* since all sockets were looked at */
    unsigned source;          /* whose turn it is: 0 inlet, 1 door, 2 + peer a client */
    unsigned burst;           /* messages taken from it in this turn */
};

/* struct transport's receive and wait. */
void transport_receive(void *self, int64_t now_ms, struct received *ret_received);
enum status transport_wait(void *self, int64_t timeout_ms);

#endif
