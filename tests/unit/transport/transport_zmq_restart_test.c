/* Connections that come and go, keys that are wrong, addresses that can't be bound. */
#include "tests/unit/transport/world.h"

#include "common/base/clock.h"

#include <dirent.h>
#include <string.h>

static void test_service__restarted__is_found_again_and_frames_flow(void **state)
{
    struct world *world = world_make_connected();
    struct side *peer = &world->peer;

    (void)state;
    for (unsigned round = 1; round <= 5; round++) {
        world_close(&world->service);
        world_await(world, &peer->kinds[RECEIVED_DISCONNECTED], round);
        world_await(world, &peer->kinds[RECEIVED_CLIENT_DOWN], round);
        assert_int_equal(peer->transport.send(peer->transport.self, PEER, view_of("x", 1)),
                         STATUS_NOT_CONNECTED);
        assert_int_equal(peer->transport.ask(peer->transport.self, PEER, view_of("x", 1)),
                         STATUS_NOT_CONNECTED);
        world_open_service(world);
        world_await(world, &peer->kinds[RECEIVED_CONNECTED], round + 1);
        world_await(world, &peer->kinds[RECEIVED_CLIENT_UP], round + 1);
        world_send(world, "frame", 5);
        world_await(world, &world->service.kinds[RECEIVED_FRAME], round);
        world_ask(world, "request", 7);
        world_await(world, &peer->kinds[RECEIVED_ANSWER], round);
        assert_int_equal(peer->kinds[RECEIVED_DISCONNECTED], round);
        assert_int_equal(peer->kinds[RECEIVED_CONNECTED], round + 1);
    }
    world_end(world);
}

/* What was queued for a peer that died never reaches the next one. */
static void test_queue__of_a_service_that_died__is_thrown_away(void **state)
{
    struct world *world = world_make_connected();
    struct side *peer = &world->peer;

    (void)state;
    world_close(&world->service);
    for (unsigned i = 0; i < 100; i++)
        (void)!peer->transport.send(peer->transport.self, PEER, view_of("old", 3));
    world_await(world, &peer->kinds[RECEIVED_DISCONNECTED], 1);
    world_open_service(world);
    world_send(world, "new", 3);
    world_await(world, &world->service.kinds[RECEIVED_FRAME], 1);
    assert_memory_equal(world->service.last_bytes, "new", 3);
    assert_int_equal(world->service.kinds[RECEIVED_FRAME], 1);
    world_end(world);
}

static void test_outlet__rebuilt_by_hand__connects_again(void **state)
{
    struct world *world = world_make_connected();
    struct transport *peer = &world->peer.transport;

    (void)state;
    peer->outlet_rebuild(peer->self, PEER);
    assert_int_equal(peer->send(peer->self, PEER, view_of("x", 1)), STATUS_NOT_CONNECTED);
    world_await(world, &world->peer.kinds[RECEIVED_CONNECTED], 2);
    world_send(world, "frame", 5);
    world_await(world, &world->service.kinds[RECEIVED_FRAME], 1);
    assert_int_equal(world->peer.kinds[RECEIVED_DISCONNECTED], 0);
    peer->outlet_rebuild(peer->self, 7); /* no such peer: nothing happens */
    world_end(world);
}

static void test_send__before_anything_listens__is_not_connected(void **state)
{
    struct world *world = world_make();
    struct transport *peer = &world->peer.transport;

    (void)state;
    world_open_peer(world, &world->peer.keys, world->service.keys.public_key);
    assert_int_equal(peer->send(peer->self, PEER, view_of("x", 1)), STATUS_NOT_CONNECTED);
    assert_int_equal(peer->ask(peer->self, PEER, view_of("x", 1)), STATUS_NOT_CONNECTED);
    assert_int_equal(peer->send(peer->self, 7, view_of("x", 1)), STATUS_NOT_CONNECTED);
    assert_int_equal(peer->ask(peer->self, 7, view_of("x", 1)), STATUS_NOT_CONNECTED);
    world_end(world);
}

static void test_send__to_a_service_that_reads_nothing__would_block(void **state)
{
    struct world *world = world_make_connected();
    struct transport *peer = &world->peer.transport;
    static const uint8_t frame[32768];
    enum status status = STATUS_OK;

    (void)state;
    for (unsigned i = 0; i < 100000 && status == STATUS_OK; i++)
        status = peer->send(peer->self, PEER, view_of(frame, sizeof frame));
    assert_int_equal(status, STATUS_WOULD_BLOCK);
    world_end(world);
}

static unsigned descriptors_open(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

struct wrong_case {
    const char *name;
    bool is_stranger;     /* our key is unknown there */
    bool is_wrong_server; /* the key we expect there is another's */
    enum refusal want_at_service;
};

static struct wrong_case wrong_cases[] = {
    {"a peer with the wrong server key is refused and tries again with back-off", false, true,
     REFUSAL_HANDSHAKE},
    {"a peer with an unknown key is refused and tries again with back-off", true, false,
     REFUSAL_UNKNOWN_KEY},
};

static void test_wrong(void **state)
{
    const struct wrong_case *row = *state;
    struct world *world = world_make();
    struct side *peer = &world->peer;
    const struct clock clock = clock_of_system();

    world_open_service(world);
    world_open_peer(world, row->is_stranger ? &world->stranger : &peer->keys,
                    row->is_wrong_server ? world->stranger.public_key
                                         : world->service.keys.public_key);
    const int64_t began_ms = clock_boot_ms(&clock);

    /* Outlet and client: eight refusals are four each, with at least 50 + 100 + 200 ms between. */
    world_await(world, &peer->refusals[REFUSAL_HANDSHAKE], 8);
    const unsigned descriptors = descriptors_open();

    assert_true(clock_boot_ms(&clock) - began_ms >= 340);
    world_await(world, &world->service.refusals[row->want_at_service], 8);
    assert_int_equal(peer->last[RECEIVED_REFUSED].peer, PEER);
    assert_int_equal(peer->kinds[RECEIVED_CONNECTED] + peer->kinds[RECEIVED_DISCONNECTED], 0);
    world_await(world, &peer->refusals[REFUSAL_HANDSHAKE], 16);
    assert_true(descriptors_open() <= descriptors + 8u); /* nothing leaks with each rebuild */
    world_end(world);
}

struct open_case {
    const char *name;
    const char *inlet;  /* NULL: none */
    const char *outlet; /* NULL: none */
    unsigned peer_count;
    enum status want;
    const char *want_diag;
};

static struct open_case open_cases[] = {
    {"an inlet without a port", "tcp://127.0.0.1", NULL, 1, STATUS_CONFIG_INVALID,
     "inlet tcp://127.0.0.1: not an address; write tcp://IP:PORT"},
    {"an inlet of no known transport", "carrier-pigeon://roof", NULL, 1, STATUS_CONFIG_INVALID,
     "inlet carrier-pigeon://roof: not an address; write tcp://IP:PORT"},
    {"an inlet of another machine", "tcp://192.0.2.1:21001", NULL, 1, STATUS_ADDRESS_IN_USE,
     "inlet tcp://192.0.2.1:21001: not an address of this machine; configure one that is"},
    {"an outlet without a port", NULL, "tcp://127.0.0.1", 1, STATUS_CONFIG_INVALID,
     "peer other: outlet tcp://127.0.0.1: not an address; write tcp://IP:PORT"},
    {"more peers than there is room for", NULL, NULL, TRANSPORT_PEERS_MAX + 1u,
     STATUS_CONFIG_INVALID, "9 peers; at most 8"},
};

static bool nobody_is_known(void *self, const uint8_t key[CURVE_KEY_SIZE])
{
    (void)self;
    (void)key;
    return false;
}

static void test_open(void **state)
{
    const struct open_case *row = *state;
    const struct transport_peer peers[TRANSPORT_PEERS_MAX + 1u] = {
        {.name = "other", .inlet = row->outlet}};
    const struct transport_spec spec = {
        .inlet = row->inlet,
        .peers = peers,
        .peer_count = row->peer_count,
        .is_known = nobody_is_known,
    };
    struct transport transport = {.self = NULL};
    struct diag diag = {.text = ""};

    assert_int_equal(transport_zmq_open(&spec, &transport, &diag), row->want);
    assert_string_equal(diag.text, row->want_diag);
    assert_null(transport.self);
}

static void test_open__on_a_port_that_is_taken__says_so_and_leaves_nothing(void **state)
{
    struct world *world = world_make();
    zsock_t *other = zsock_new(ZMQ_PULL);
    const struct transport_spec spec = {
        .inlet = world->inlet, .door = world->door, .is_known = nobody_is_known};
    struct transport transport = {.self = NULL};
    struct diag diag = {.text = ""};
    char want[160];

    (void)state;
    assert_int_equal(zmq_bind(zsock_resolve(other), world->door), 0);
    assert_int_equal(transport_zmq_open(&spec, &transport, &diag), STATUS_ADDRESS_IN_USE);
    snprintf(want, sizeof want, "door %s: address in use; another process listens there",
             world->door);
    assert_string_equal(diag.text, want);
    zsock_destroy(&other);
    world_open_service(world); /* neither the inlet nor the ZAP handler stayed */
    world_end(world);
}

static void test_open__a_second_bound_transport_in_the_process__is_refused(void **state)
{
    struct world *world = world_make_connected();
    const struct transport_spec spec = {.inlet = "tcp://127.0.0.1:*",
                                            .is_known = nobody_is_known};
    struct transport transport = {.self = NULL};
    struct diag diag = {.text = ""};

    (void)state;
    assert_int_equal(transport_zmq_open(&spec, &transport, &diag), STATUS_SYSTEM_FAILED);
    assert_non_null(strstr(diag.text, "one transport only"));
    world_end(world);
}

int main(void)
{
    TEST_TABLE(wrong_tests, wrong_cases, test_wrong);
    TEST_TABLE(open_tests, open_cases, test_open);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_service__restarted__is_found_again_and_frames_flow),
        cmocka_unit_test(test_queue__of_a_service_that_died__is_thrown_away),
        cmocka_unit_test(test_outlet__rebuilt_by_hand__connects_again),
        cmocka_unit_test(test_send__before_anything_listens__is_not_connected),
        cmocka_unit_test(test_send__to_a_service_that_reads_nothing__would_block),
        cmocka_unit_test(test_open__on_a_port_that_is_taken__says_so_and_leaves_nothing),
        cmocka_unit_test(test_open__a_second_bound_transport_in_the_process__is_refused),
    };
    int failed = cmocka_run_group_tests(wrong_tests, NULL, NULL);

    failed += cmocka_run_group_tests(open_tests, NULL, NULL);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
