/*
 * Turns the loops of both sides until a condition holds or the deadline has passed; what each side
 * received is counted by kind.
 */
#include "tests/unit/transport/world.h"

#include "common/base/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_MS 20000

static int64_t now_ms(void)
{
    const struct clock clock = clock_of_system();

    return clock_boot_ms(&clock);
}

/* A port that was free a moment ago. */
static void free_address(char *to, size_t size)
{
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(descriptor >= 0);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &length), 0);
    close(descriptor);
    snprintf(to, size, "tcp://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
}

static void key_pair_draw(struct key_pair *pair)
{
    crypto_box_keypair(pair->public_key, pair->secret_key);
}

/* A test that failed left its world open; the next one's sockets would then be refused. */
static struct world *open_world;

struct world *world_make(void)
{
    if (open_world != NULL)
        world_end(open_world);

    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    open_world = world;
    assert_true(sodium_init() >= 0);
    key_pair_draw(&world->service.keys);
    key_pair_draw(&world->peer.keys);
    key_pair_draw(&world->stranger);
    key_pair_draw(&world->node);
    free_address(world->inlet, sizeof world->inlet);
    free_address(world->door, sizeof world->door);
    return world;
}

static bool is_known(void *self, const uint8_t key[CURVE_KEY_SIZE])
{
    const struct world *world = self;

    return memcmp(key, world->peer.keys.public_key, CURVE_KEY_SIZE) == 0 ||
           memcmp(key, world->node.public_key, CURVE_KEY_SIZE) == 0;
}

static enum status open_service(struct world *world, struct diag *diag)
{
    struct transport_peer peers[1] = {{.name = "peer"}};
    struct transport_spec spec = {
        .inlet = world->inlet,
        .door = world->door,
        .peers = peers,
        .peer_count = 1,
        .is_known = is_known,
        .is_known_self = world,
    };

    memcpy(peers[0].public_key, world->peer.keys.public_key, CURVE_KEY_SIZE);
    memcpy(spec.public_key, world->service.keys.public_key, CURVE_KEY_SIZE);
    memcpy(spec.secret_key, world->service.keys.secret_key, CURVE_KEY_SIZE);
    return transport_zmq_open(&spec, &world->service.transport, diag);
}

/* A listener that was closed goes a moment later, on libzmq's thread. */
void world_open_service(struct world *world)
{
    const int64_t deadline_ms = now_ms() + DEADLINE_MS;
    struct diag diag = {.text = ""};
    enum status status = open_service(world, &diag);

    while (status == STATUS_ADDRESS_IN_USE && now_ms() < deadline_ms) {
        world_turn(world);
        status = open_service(world, &diag);
    }
    if (status != STATUS_OK)
        fail_msg("%s: %s", status_name(status), diag.text);
    world->service.is_open = true;
    world->service.echoes = true;
}

void world_open_peer(struct world *world, const struct key_pair *keys, const uint8_t *server_key)
{
    struct transport_peer peers[1] = {
        {.name = "service", .inlet = world->inlet, .door = world->door}};
    struct transport_spec spec = {.peers = peers, .peer_count = 1};
    struct diag diag = {.text = ""};

    memcpy(peers[0].public_key, server_key, CURVE_KEY_SIZE);
    memcpy(spec.public_key, keys->public_key, CURVE_KEY_SIZE);
    memcpy(spec.secret_key, keys->secret_key, CURVE_KEY_SIZE);
    assert_int_equal(transport_zmq_open(&spec, &world->peer.transport, &diag), STATUS_OK);
    world->peer.is_open = true;
}

void world_close(struct side *side)
{
    if (side->is_open)
        side->transport.close(side->transport.self);
    side->is_open = false;
}

void world_end(struct world *world)
{
    world_close(&world->peer);
    world_close(&world->service);
    free(world);
    open_world = NULL;
}

struct world *world_make_connected(void)
{
    struct world *world = world_make();

    world_open_service(world);
    world_open_peer(world, &world->peer.keys, world->service.keys.public_key);
    world_await(world, &world->peer.kinds[RECEIVED_CONNECTED], 1);
    world_await(world, &world->peer.kinds[RECEIVED_CLIENT_UP], 1);
    return world;
}

static void note(struct side *side, const struct received *received)
{
    side->kinds[received->kind]++;
    side->last[received->kind] = *received;
    if (received->kind == RECEIVED_REFUSED)
        side->refusals[received->refusal]++;
    if (received->bytes.size != 0) {
        assert_true(received->bytes.size <= sizeof side->last_bytes);
        memcpy(side->last_bytes, received->bytes.bytes, received->bytes.size);
        side->last_size = received->bytes.size;
    }
    if (received->kind == RECEIVED_REQUEST && side->echoes)
        assert_int_equal(
            side->transport.answer(side->transport.self, &received->route, received->bytes),
            STATUS_OK);
}

static void turn(struct side *side)
{
    struct received received;

    if (!side->is_open)
        return;
    assert_int_equal(side->transport.wait(side->transport.self, 5), STATUS_OK);
    for (;;) {
        side->transport.receive(side->transport.self, now_ms(), &received);
        if (received.kind == RECEIVED_NOTHING)
            return;
        note(side, &received);
    }
}

void world_turn(struct world *world)
{
    turn(&world->service);
    turn(&world->peer);
}

void world_await(struct world *world, const unsigned *count, unsigned wanted)
{
    const int64_t deadline_ms = now_ms() + DEADLINE_MS;

    while (*count < wanted) {
        assert_true(now_ms() < deadline_ms);
        world_turn(world);
    }
}

static void send_until_taken(struct world *world,
                             enum status (*send)(void *, unsigned, struct view), struct view frame)
{
    const int64_t deadline_ms = now_ms() + DEADLINE_MS;

    while (send(world->peer.transport.self, PEER, frame) != STATUS_OK) {
        assert_true(now_ms() < deadline_ms);
        world_turn(world);
    }
}

void world_send(struct world *world, const void *bytes, size_t size)
{
    send_until_taken(world, world->peer.transport.send, view_of(bytes, size));
}

void world_ask(struct world *world, const void *bytes, size_t size)
{
    send_until_taken(world, world->peer.transport.ask, view_of(bytes, size));
}

zsock_t *world_raw(const struct world *world, int type, const char *address,
                   const struct key_pair *keys, const char *routing_id)
{
    zsock_t *socket = zsock_new(type);

    assert_non_null(socket);
    if (keys != NULL) {
        zsock_set_curve_serverkey_bin(socket, world->service.keys.public_key);
        zsock_set_curve_publickey_bin(socket, keys->public_key);
        zsock_set_curve_secretkey_bin(socket, keys->secret_key);
    }
    if (routing_id != NULL)
        zsock_set_identity(socket, routing_id);
    assert_int_equal(zmq_connect(zsock_resolve(socket), address), 0);
    return socket;
}
