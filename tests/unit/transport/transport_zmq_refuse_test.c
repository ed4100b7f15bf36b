/* What is refused at the edge, while others go on. */
#include "tests/unit/transport/world.h"

#include <string.h>

enum intruder { INTRUDER_STRANGER, INTRUDER_NODE, INTRUDER_PEER, INTRUDER_WITHOUT_CURVE };

struct refuse_case {
    const char *name;
    enum intruder intruder;
    bool is_at_door;
    const char *routing_id; /* NULL: the door gives one */
    size_t parts;
    size_t size; /* of each part */
    enum refusal want;
    bool want_key; /* the refusal names the intruder's key */
};

static struct refuse_case refuse_cases[] = {
    {"a stranger's key is refused at the inlet", INTRUDER_STRANGER, false, NULL, 1, 1,
     REFUSAL_UNKNOWN_KEY, true},
    {"a stranger's key is refused at the door", INTRUDER_STRANGER, true, NULL, 1, 1,
     REFUSAL_UNKNOWN_KEY, true},
    {"a known key that is no peer's is refused at the inlet", INTRUDER_NODE, false, NULL, 1, 1,
     REFUSAL_UNKNOWN_KEY, true},
    {"a connection without CURVE is refused at the inlet", INTRUDER_WITHOUT_CURVE, false, NULL, 1,
     1, REFUSAL_HANDSHAKE, false},
    {"a connection without CURVE is refused at the door", INTRUDER_WITHOUT_CURVE, true, NULL, 1, 1,
     REFUSAL_HANDSHAKE, false},
    {"two parts are refused at the inlet", INTRUDER_PEER, false, NULL, 2, 1, REFUSAL_MULTIPART,
     true},
    {"two parts are refused at the door", INTRUDER_NODE, true, NULL, 2, 1, REFUSAL_MULTIPART,
     true},
    {"ten thousand parts are drained and refused once", INTRUDER_PEER, false, NULL, 10000, 10,
     REFUSAL_MULTIPART, true},
    {"a frame just above the limit is refused by name", INTRUDER_PEER, false, NULL, 1,
     LIMIT_FRAME_BYTES + 1u, REFUSAL_OVERSIZE, true},
    {"a request just above the limit is refused by name", INTRUDER_NODE, true, NULL, 1,
     LIMIT_FRAME_BYTES + 1u, REFUSAL_OVERSIZE, true},
    {"a routing id of the client's own choice is refused", INTRUDER_NODE, true, "mine!", 1, 1,
     REFUSAL_HANDSHAKE, true},
    {"a long routing id is refused", INTRUDER_NODE, true,
     "a routing id that is longer than any route the door could keep", 1, 1, REFUSAL_HANDSHAKE,
     true},
};

static uint8_t part[LIMIT_FRAME_BYTES * 2u];

static const struct key_pair *keys_of(const struct world *world, enum intruder intruder)
{
    switch (intruder) {
    case INTRUDER_STRANGER:
        return &world->stranger;
    case INTRUDER_NODE:
        return &world->node;
    case INTRUDER_PEER:
        return &world->peer.keys;
    case INTRUDER_WITHOUT_CURVE:
        break;
    }
    return NULL;
}

static void send_parts(zsock_t *socket, size_t parts, size_t size)
{
    for (size_t i = 0; i < parts; i++)
        assert_int_equal(
            zmq_send(zsock_resolve(socket), part, size, i + 1 < parts ? ZMQ_SNDMORE : 0), size);
}

static zsock_t *intrude(const struct world *world, const struct refuse_case *row)
{
    return world_raw(world, row->is_at_door ? ZMQ_DEALER : ZMQ_PUSH,
                     row->is_at_door ? world->door : world->inlet, keys_of(world, row->intruder),
                     row->routing_id);
}

static void test_refuse(void **state)
{
    const struct refuse_case *row = *state;
    struct world *world = world_make_connected();
    struct side *service = &world->service;
    zsock_t *intruder = intrude(world, row);

    send_parts(intruder, row->parts, row->size);
    world_await(world, &service->refusals[row->want], 1);
    if (row->want_key)
        assert_memory_equal(service->last[RECEIVED_REFUSED].key,
                            keys_of(world, row->intruder)->public_key, CURVE_KEY_SIZE);
    /* The others go on. */
    world_send(world, "frame", 5);
    world_ask(world, "request", 7);
    world_await(world, &service->kinds[RECEIVED_FRAME], 1);
    world_await(world, &world->peer.kinds[RECEIVED_ANSWER], 1);
    assert_int_equal(service->kinds[RECEIVED_FRAME], 1);
    assert_int_equal(service->kinds[RECEIVED_REQUEST], 1);
    if (row->intruder != INTRUDER_WITHOUT_CURVE)
        assert_int_equal(service->kinds[RECEIVED_REFUSED], 1);
    zsock_destroy(&intruder);
    world_end(world);
}

/* Far above the limit libzmq drops the sender's connection; the inlet serves the others. */
static void test_inlet__a_frame_far_above_the_limit__others_go_on(void **state)
{
    struct world *world = world_make_connected();
    zsock_t *intruder = world_raw(world, ZMQ_PUSH, world->inlet, &world->peer.keys, NULL);

    (void)state;
    send_parts(intruder, 1, 3);
    world_await(world, &world->service.kinds[RECEIVED_FRAME], 1);
    send_parts(intruder, 1, sizeof part);
    send_parts(intruder, 1, 4); /* comes through after a reconnection, or never */
    for (unsigned i = 0; i < 20; i++) {
        world_send(world, "frame", 5);
        world_await(world, &world->service.kinds[RECEIVED_FRAME], i + 2u);
    }
    assert_int_equal(world->peer.kinds[RECEIVED_DISCONNECTED], 0);
    zsock_destroy(&intruder);
    world_end(world);
}

struct answer_case {
    const char *name;
    size_t parts;
    size_t size;      /* of each part */
    const char *want; /* the refusal's name; NULL: the connection is dropped and remade */
};

static struct answer_case answer_cases[] = {
    {"an answer in two parts is refused", 2, 1, "multipart"},
    {"an answer just above the limit is refused", 1, LIMIT_FRAME_BYTES + 1u, "oversize"},
    {"an answer far above the limit costs the connection, which is remade", 1,
     2u * LIMIT_FRAME_BYTES, NULL},
};

/* A door that is no transport: it says what no door of ours would. */
static void test_answer(void **state)
{
    const struct answer_case *row = *state;
    struct world *world = world_make();
    struct side *peer = &world->peer;
    zsock_t *door = zsock_new(ZMQ_ROUTER);
    uint8_t route[16];

    zsock_set_curve_server(door, 1);
    zsock_set_curve_secretkey_bin(door, world->service.keys.secret_key);
    assert_int_equal(zmq_bind(zsock_resolve(door), world->door), 0);
    world_open_peer(world, &peer->keys, world->service.keys.public_key);
    world_await(world, &peer->kinds[RECEIVED_CLIENT_UP], 1);
    world_ask(world, "q", 1);
    const int size = zmq_recv(zsock_resolve(door), route, sizeof route, 0);

    assert_true(size > 0);
    assert_int_equal(zmq_recv(zsock_resolve(door), part, sizeof part, 0), 1);
    assert_int_equal(zmq_send(zsock_resolve(door), route, (size_t)size, ZMQ_SNDMORE), size);
    send_parts(door, row->parts, row->size);
    if (row->want == NULL) {
        world_await(world, &peer->kinds[RECEIVED_CLIENT_DOWN], 1);
        world_await(world, &peer->kinds[RECEIVED_CLIENT_UP], 2);
    } else {
        world_await(world, &peer->kinds[RECEIVED_REFUSED], 1);
        assert_string_equal(refusal_name(peer->last[RECEIVED_REFUSED].refusal), row->want);
        assert_int_equal(peer->last[RECEIVED_REFUSED].peer, PEER);
    }
    zsock_destroy(&door);
    world_end(world);
}

int main(void)
{
    TEST_TABLE(refuse_tests, refuse_cases, test_refuse);
    TEST_TABLE(answer_tests, answer_cases, test_answer);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inlet__a_frame_far_above_the_limit__others_go_on),
    };
    int failed = cmocka_run_group_tests(refuse_tests, NULL, NULL);

    failed += cmocka_run_group_tests(answer_tests, NULL, NULL);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
