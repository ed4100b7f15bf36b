/*
 * Everything a service does with sockets, as a struct of functions: the real one is ZeroMQ
 * (transport_zmq.h); a simulation brings its own.
 *
 * The shape (design.md "Two sockets"): one inlet (PULL, bound) takes frames from peers; one outlet
 * (PUSH) per peer; one door (ROUTER, bound) takes requests; one client (DEALER) per peer whose
 * door
 * this service asks.
 * Owns: every socket and the messages in them. What receive yields is valid until the next
 * receive.
 * Errors: nothing blocks and nothing aborts; what can't be sent now is NOT_CONNECTED or
 * WOULD_BLOCK.
 */
#ifndef NETRA_TRANSPORT_TRANSPORT_H
#define NETRA_TRANSPORT_TRANSPORT_H

#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CURVE_KEY_SIZE 32u
#define TRANSPORT_PEERS_MAX 8u /* four services, and room for shards to come */
#define TRANSPORT_ROUTE_BYTES 16u

/* How an answer finds back through the door. */
struct door_route {
    uint8_t bytes[TRANSPORT_ROUTE_BYTES];
    size_t size; /* 0: no route */
};

enum received_kind {
    RECEIVED_NOTHING,      /* nothing is waiting */
    RECEIVED_FRAME,        /* at the inlet, from a configured peer */
    RECEIVED_REQUEST,      /* at the door */
    RECEIVED_ANSWER,       /* at a client, from `peer`'s door */
    RECEIVED_CONNECTED,    /* the outlet to `peer` has a connection that passed its handshake */
    RECEIVED_DISCONNECTED, /* it lost it; what was queued for it is gone */
    RECEIVED_CLIENT_UP,    /* the client to `peer`'s door is connected */
    RECEIVED_CLIENT_DOWN,  /* it lost its connection: requests under way will get no answer */
    RECEIVED_REFUSED       /* something was refused at the edge; `refusal` says what */
};

/* Why something was refused before anyone looked at its content. */
enum refusal {
    REFUSAL_NONE,
    REFUSAL_UNKNOWN_KEY, /* ZAP: a key in no register, or at the inlet one of no peer */
    REFUSAL_MULTIPART,   /* more than one part where one is allowed */
    REFUSAL_OVERSIZE,    /* a frame just above LIMIT_FRAME_BYTES (far above: the sender's
                            connection is dropped, nothing is reported) */
    REFUSAL_HANDSHAKE,   /* with a peer: it refused us or isn't who we take it for, and the socket
                            is rebuilt with back-off; without: somebody at our inlet or door broke
                            the protocol */
    REFUSAL_COUNT
};

/* The refusal's name for logs and metrics, e.g. "unknown_key". Static text. */
const char *refusal_name(enum refusal refusal);

struct received {
    enum received_kind kind;
    unsigned peer;               /* index of the configured peer; TRANSPORT_PEERS_MAX: none */
    uint8_t key[CURVE_KEY_SIZE]; /* whose connection it came through (ZAP's user id) */
    struct door_route route;     /* RECEIVED_REQUEST: where the answer goes */
    struct view bytes;           /* the frame; borrowed until the next receive */
    enum refusal refusal;
};

/* Whether a connection with that key may be let in: asked by the ZAP handler for every handshake.
 * Known but revoked keys are let in, to be told once (design.md "Two sockets"). */
typedef bool (*key_is_known)(void *self, const uint8_t key[CURVE_KEY_SIZE]);

/* A peer as configured. Texts are borrowed for the transport's life. */
struct transport_peer {
    const char *name;                   /* "classification" */
    const char *inlet;                  /* "tcp://127.0.0.1:21002"; NULL: no outlet to it */
    const char *door;                   /* its door, where this service asks there; NULL: never */
    uint8_t public_key[CURVE_KEY_SIZE]; /* raw, not Z85 */
};

struct transport_spec {
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

struct transport {
    void *self;

    /* The next thing that happened, without waiting; RECEIVED_NOTHING when there is none. Also
     * does the transport's own work (ZAP answers, monitors, rebuilding outlets): after each wait,
     * and every 64 calls without one. Call it until RECEIVED_NOTHING, then wait. */
    void (*receive)(void *self, int64_t now_ms, struct received *ret_received);

    /* Waits until something may be received, a descriptor given to watch is readable, or
     * `timeout_ms` passed (-1: no limit; 0: only looks). May return early with nothing: a signal,
     * a rebuild that is due. STATUS_SYSTEM_FAILED. */
    enum status (*wait)(void *self, int64_t timeout_ms);

    /* Has wait return when the descriptor is readable (signals, HTTP). At most four; a fifth is
     * STATUS_SYSTEM_FAILED. */
    enum status (*watch)(void *self, int descriptor);

    /* Sends one frame to a peer's inlet. STATUS_NOT_CONNECTED, STATUS_WOULD_BLOCK,
     * STATUS_FRAME_TOO_LARGE; nothing was sent then. */
    enum status (*send)(void *self, unsigned peer, struct view frame);

    /* Throws the outlet and its queue away and makes it anew, at the next receive. Nothing is
     * reported until RECEIVED_CONNECTED; sends are NOT_CONNECTED until then. */
    void (*outlet_rebuild)(void *self, unsigned peer);

    /* Answers at the door. A route that is gone swallows it silently: the client asks again.
     * STATUS_NOT_CONNECTED without a door or route, STATUS_WOULD_BLOCK, STATUS_FRAME_TOO_LARGE. */
    enum status (*answer)(void *self, const struct door_route *route, struct view frame);

    /* Asks at a peer's door. STATUS_NOT_CONNECTED when this service has no client there or it is
     * down, STATUS_WOULD_BLOCK, STATUS_FRAME_TOO_LARGE. */
    enum status (*ask)(void *self, unsigned peer, struct view frame);

    /* Stops taking in (draining): inlet and door let nobody new in, who asks is told "later".
     * Connections that exist go on: frames still arrive and the door still answers; the caller
     * ignores what it no longer takes. */
    void (*stop_taking)(void *self);

    /* Closes everything and frees itself. What was sent lingers for 200 ms, in the background. */
    void (*close)(void *self);
};

#endif
