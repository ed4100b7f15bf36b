/*
 * Two transports that talk to each other over 127.0.0.1: a service, with inlet and door, and a
 * peer of it, with an outlet and a client; and raw sockets for whoever breaks the rules.
 *
 * Both live in this process: the peer binds nothing (transport_zmq.h, Limits). Conditions are
 * awaited by turning both loops until a deadline; nothing sleeps.
 */
#ifndef NETRA_TESTS_UNIT_TRANSPORT_WORLD_H
#define NETRA_TESTS_UNIT_TRANSPORT_WORLD_H

#include "tests/support/test.h"

#include "common/transport/transport_zmq.h"
#include "common/wire/limits.h"

#include <czmq.h>

#define KINDS (RECEIVED_REFUSED + 1)
#define PEER 0u /* each knows the other as its peer 0 */

struct key_pair {
    uint8_t public_key[CURVE_KEY_SIZE];
    uint8_t secret_key[CURVE_KEY_SIZE];
};

/* One side and everything it received. */
struct side {
    bool is_open;
    bool echoes; /* answers each request with its own bytes */
    struct key_pair keys;
    struct transport transport;
    unsigned kinds[KINDS];
    unsigned refusals[REFUSAL_COUNT];
    struct received last[KINDS]; /* bytes: of no use any more */
    size_t last_size;
    uint8_t last_bytes[LIMIT_FRAME_BYTES];
};

struct world {
    struct side service;
    struct side peer;
    struct key_pair stranger; /* unknown to the service */
    struct key_pair node;     /* known to the service, not its peer */
    char inlet[64];
    char door[64];
};

struct world *world_make(void); /* nothing open yet; fresh keys, free ports */
void world_end(struct world *world);

/* Opens a side; the service until its old listeners are gone. */
void world_open_service(struct world *world);
void world_open_peer(struct world *world, const struct key_pair *keys, const uint8_t *server_key);
void world_close(struct side *side);

/* Both open and connected. */
struct world *world_make_connected(void);

/* Turns both loops once. */
void world_turn(struct world *world);

/* Turns them until *count reached `wanted`; fails the test after 20 s. */
void world_await(struct world *world, const unsigned *count, unsigned wanted);

/* Turns them until the frame was taken, or the request; fails the test after 20 s. */
void world_send(struct world *world, const void *bytes, size_t size);
void world_ask(struct world *world, const void *bytes, size_t size);

/* A socket that is no transport; NULL keys: without CURVE; NULL routing id: the
 * door gives one. The caller destroys it. */
zsock_t *world_raw(const struct world *world, int type, const char *address,
                   const struct key_pair *keys, const char *routing_id);

#endif
