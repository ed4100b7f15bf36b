/* What passes: frames, requests and answers, fairly; and what wait wakes for. */
#include "tests/unit/transport/world.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

struct frame_case {
    const char *name;
    size_t size;
    enum status want;
};

static struct frame_case frame_cases[] = {
    {"an empty frame passes", 0, STATUS_OK},
    {"a small frame passes", 5, STATUS_OK},
    {"a frame of the limit passes", LIMIT_FRAME_BYTES, STATUS_OK},
    {"a frame above the limit isn't sent", LIMIT_FRAME_BYTES + 1u, STATUS_FRAME_TOO_LARGE},
};

static uint8_t large[LIMIT_FRAME_BYTES + 1u];

static void test_frame(void **state)
{
    const struct frame_case *row = *state;
    struct world *world = world_make_connected();
    struct side *service = &world->service;

    memset(large, 0x5a, sizeof large);
    assert_int_equal(
        world->peer.transport.send(world->peer.transport.self, PEER, view_of(large, row->size)),
        row->want);
    if (row->want == STATUS_OK) {
        world_await(world, &service->kinds[RECEIVED_FRAME], 1);
        assert_int_equal(service->last[RECEIVED_FRAME].bytes.size, row->size);
        assert_memory_equal(service->last_bytes, large, service->last_size);
        assert_int_equal(service->last[RECEIVED_FRAME].peer, PEER);
        assert_memory_equal(service->last[RECEIVED_FRAME].key, world->peer.keys.public_key,
                            CURVE_KEY_SIZE);
    }
    world_end(world);
}

static void test_frames__in_a_burst__arrive_in_order(void **state)
{
    struct world *world = world_make_connected();

    (void)state;
    for (uint32_t i = 0; i < 3000; i++) {
        world_send(world, &i, sizeof i);
        if (i % 500 == 0)
            world_await(world, &world->service.kinds[RECEIVED_FRAME], i + 1u);
    }
    world_await(world, &world->service.kinds[RECEIVED_FRAME], 3000);
    uint32_t last = 0;

    memcpy(&last, world->service.last_bytes, sizeof last);
    assert_int_equal(last, 2999);
    assert_int_equal(world->service.kinds[RECEIVED_REFUSED], 0);
    world_end(world);
}

static void test_request__at_the_door__is_answered(void **state)
{
    struct world *world = world_make_connected();
    struct side *peer = &world->peer;

    (void)state;
    world_ask(world, "what?", 5);
    world_await(world, &peer->kinds[RECEIVED_ANSWER], 1);
    assert_int_equal(peer->last_size, 5);
    assert_memory_equal(peer->last_bytes, "what?", 5);
    assert_int_equal(peer->last[RECEIVED_ANSWER].peer, PEER);
    assert_memory_equal(peer->last[RECEIVED_ANSWER].key, world->service.keys.public_key,
                        CURVE_KEY_SIZE);
    assert_memory_equal(world->service.last[RECEIVED_REQUEST].key, peer->keys.public_key,
                        CURVE_KEY_SIZE);
    world_end(world);
}

static void test_answer__to_a_route_that_is_gone__is_swallowed(void **state)
{
    struct world *world = world_make_connected();
    struct transport *service = &world->service.transport;
    const struct door_route none = {.size = 0};

    (void)state;
    world_ask(world, "1", 1);
    world_await(world, &world->service.kinds[RECEIVED_REQUEST], 1);
    world_close(&world->peer);
    assert_int_equal(service->answer(service->self, &world->service.last[RECEIVED_REQUEST].route,
                                     view_of("2", 1)),
                     STATUS_OK);
    assert_int_equal(service->answer(service->self, &none, view_of("2", 1)), STATUS_NOT_CONNECTED);
    assert_int_equal(service->answer(service->self, &world->service.last[RECEIVED_REQUEST].route,
                                     view_of(large, sizeof large)),
                     STATUS_FRAME_TOO_LARGE);
    world_end(world);
}

/* At full load, receive alone, without wait, must still come to every socket. */
static void test_door__while_the_inlet_is_flooded__is_still_read(void **state)
{
    struct world *world = world_make_connected();
    struct transport *service = &world->service.transport;
    struct transport *peer = &world->peer.transport;
    struct received received = {.kind = RECEIVED_NOTHING};
    uint64_t calls = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(peer->send(peer->self, PEER, view_of(large, 100)), STATUS_OK);
    world_ask(world, "q", 1);
    while (received.kind != RECEIVED_REQUEST) {
        /* WOULD_BLOCK is as good: the inlet is full then. */
        (void)!peer->send(peer->self, PEER, view_of(large, 100));
        service->receive(service->self, 0, &received);
        assert_true(++calls < 10000000u);
    }
    world_end(world);
}

static void test_open__of_anything__leaves_the_signals_alone(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    struct world *world = world_make_connected();

    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction action;

        assert_int_equal(sigaction(signals[i], NULL, &action), 0);
        assert_true(action.sa_handler == SIG_DFL);
    }
    world_end(world);
}

static void test_wait__with_a_readable_descriptor__returns(void **state)
{
    struct world *world = world_make_connected();
    struct transport *service = &world->service.transport;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(service->watch(service->self, ends[0]), STATUS_OK);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(service->wait(service->self, -1), STATUS_OK); /* else ctest's timeout */
    for (unsigned i = 1; i < 4; i++)
        assert_int_equal(service->watch(service->self, ends[0]), STATUS_OK);
    assert_int_equal(service->watch(service->self, ends[0]), STATUS_SYSTEM_FAILED);
    world_end(world);
    close(ends[0]);
    close(ends[1]);
}

static void test_stop_taking__with_a_connection__still_answers_it(void **state)
{
    struct world *world = world_make_connected();
    struct transport *service = &world->service.transport;
    unsigned answers = 0;

    (void)state;
    service->stop_taking(service->self);
    for (unsigned i = 1; i <= 3; i++) {
        world_ask(world, "still?", 6);
        world_await(world, &world->peer.kinds[RECEIVED_ANSWER], i);
    }
    zsock_t *late = world_raw(world, ZMQ_DEALER, world->door, &world->node, NULL);

    zmq_send(zsock_resolve(late), "new", 3, ZMQ_DONTWAIT);
    for (unsigned i = 4; i <= 40; i++) {
        world_ask(world, "still?", 6);
        world_await(world, &world->peer.kinds[RECEIVED_ANSWER], i);
        answers = i;
    }
    assert_int_equal(world->service.kinds[RECEIVED_REQUEST], answers);
    assert_int_equal(world->peer.kinds[RECEIVED_CLIENT_DOWN], 0);
    zsock_destroy(&late);
    world_end(world);
}

int main(void)
{
    TEST_TABLE(frame_tests, frame_cases, test_frame);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames__in_a_burst__arrive_in_order),
        cmocka_unit_test(test_request__at_the_door__is_answered),
        cmocka_unit_test(test_answer__to_a_route_that_is_gone__is_swallowed),
        cmocka_unit_test(test_door__while_the_inlet_is_flooded__is_still_read),
        cmocka_unit_test(test_open__of_anything__leaves_the_signals_alone),
        cmocka_unit_test(test_wait__with_a_readable_descriptor__returns),
        cmocka_unit_test(test_stop_taking__with_a_connection__still_answers_it),
    };
    const int failed = cmocka_run_group_tests(frame_tests, NULL, NULL);

    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
