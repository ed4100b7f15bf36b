/*
 * The benchmark's client: keeps a window of requests under way at the source's door on one
 * connection, and may wait until the sink has stored them all.
 *
 *     bench_client -c FILE -n EVENTS -w WINDOW [-u WARM-UP] [-s]
 *
 * Prints "accepted MS", how long until the last answer, and with -s "stored MS", how long until
 * the sink had committed the last event; both from the first request after the warm-up.
 * Errors: an answer other than OK, a lost connection or DEADLINE_MS without an answer end it with
 * exit status 1.
 */
#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/service/door_wire.h"
#include "common/service/key_file.h"
#include "common/service/process.h"
#include "common/transport/transport_zmq.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "tests/bench/bench.h"
#include "tests/bench/bench_config.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BYTES 1048576u
#define DEADLINE_MS 60000
#define STORED_ID UINT64_MAX /* the request to the sink; the source's are numbered from 1 */

enum door { DOOR_SOURCE, DOOR_SINK, DOOR_COUNT };

static const char *const door_names[DOOR_COUNT] = {BENCH_SOURCE, BENCH_SINK};

struct options {
    const char *config_path;
    uint64_t events;
    uint64_t warm_up;
    uint64_t window;
    bool is_until_stored;
};

struct client {
    struct transport transport;
    struct clock clock;
    struct arena arena;
    uint8_t content[BENCH_PAYLOAD_BYTES];
    unsigned doors_up;
    uint64_t asked;
    uint64_t answered;
    bool is_stored;
    int64_t heard_at_ms;
    char failure[512];
};

/* ---- asking ---- */

static enum status ask(struct client *client, enum door door, uint64_t request_id, uint32_t kind,
                       const ProtobufCMessage *message)
{
    struct door_request_parts parts = {.request_id = request_id, .kind = kind};
    struct view frame;
    arena_reset(&client->arena);
    TRY(wire_pack(message, &client->arena, &parts.body));
    TRY(door_request_encode(&parts, &client->arena, &frame));
    return client->transport.ask(client->transport.self, door, frame);
}

static enum status ask_next(struct client *client)
{
    Netra__V1__SubmitCase message;
    netra__v1__submit_case__init(&message);
    bytes_put_u64(client->content, client->asked);
    message.content = wire_bytes(view_of(client->content, sizeof client->content));
    TRY(ask(client, DOOR_SOURCE, client->asked + 1, BENCH_REQUEST_TAKE, &message.base));
    client->asked++;
    return STATUS_OK;
}

static enum status ask_stored(struct client *client, uint64_t events)
{
    Netra__V1__ListRequest message;
    netra__v1__list_request__init(&message);
    message.after = events;
    message.rows_max = 1;
    client->is_stored = false;
    return ask(client, DOOR_SINK, STORED_ID, BENCH_REQUEST_STORED, &message.base);
}

/* ---- receiving ---- */

static enum status take_answer(struct client *client, const struct received *received)
{
    struct door_answer_parts answer;
    struct diag diag = {0};
    arena_reset(&client->arena);
    TRY(door_answer_decode(received->bytes, &client->arena, &answer, &diag));
    if (answer.status != STATUS_OK) {
        (void)snprintf(client->failure, sizeof client->failure, "%s answers: %s %s",
                       door_names[received->peer], status_name(answer.status), answer.detail);
        return STATUS_FAILED;
    }
    if (answer.request_id == STORED_ID)
        client->is_stored = true;
    else
        client->answered++;
    return STATUS_OK;
}

static enum status take(struct client *client, const struct received *received)
{
    client->heard_at_ms = clock_boot_ms(&client->clock);
    if (received->kind == RECEIVED_CLIENT_UP)
        client->doors_up++;
    if (received->kind == RECEIVED_ANSWER)
        return take_answer(client, received);
    if (received->kind != RECEIVED_CLIENT_DOWN)
        return STATUS_OK;
    (void)snprintf(client->failure, sizeof client->failure, "%s is gone",
                   door_names[received->peer]);
    return STATUS_FAILED;
}

static enum status receive_all(struct client *client)
{
    struct received received = {.kind = RECEIVED_NOTHING};
    int64_t now_ms = clock_boot_ms(&client->clock);
    do {
        client->transport.receive(client->transport.self, now_ms, &received);
        if (received.kind != RECEIVED_NOTHING)
            TRY(take(client, &received));
    } while (received.kind != RECEIVED_NOTHING);
    if (now_ms - client->heard_at_ms < DEADLINE_MS)
        return STATUS_OK;
    (void)snprintf(client->failure, sizeof client->failure, "silence after %llu answers",
                   (unsigned long long)client->answered);
    return STATUS_FAILED;
}

static enum status wait_some(struct client *client)
{
    return client->transport.wait(client->transport.self, DEADLINE_MS);
}

/* ---- phases ---- */

static enum status connect_doors(struct client *client)
{
    while (client->doors_up < DOOR_COUNT) {
        TRY(wait_some(client));
        TRY(receive_all(client));
    }
    return STATUS_OK;
}

/* Asks until `through` requests were asked in all, and takes every answer. */
static enum status run(struct client *client, uint64_t through, uint64_t window)
{
    while (client->answered < through) {
        while (client->asked < through && client->asked - client->answered < window)
            TRY(ask_next(client));
        TRY(wait_some(client));
        TRY(receive_all(client));
    }
    return STATUS_OK;
}

static enum status run_phase(struct client *client, const struct options *options,
                             uint64_t through, int64_t *ret_accepted_ms, int64_t *ret_stored_ms)
{
    if (options->is_until_stored)
        TRY(ask_stored(client, through));
    int64_t from_ms = clock_boot_ms(&client->clock);
    TRY(run(client, through, options->window));
    *ret_accepted_ms = clock_boot_ms(&client->clock) - from_ms;
    while (options->is_until_stored && !client->is_stored) {
        TRY(wait_some(client));
        TRY(receive_all(client));
    }
    *ret_stored_ms = clock_boot_ms(&client->clock) - from_ms;
    return STATUS_OK;
}

static enum status measure(struct client *client, const struct options *options)
{
    int64_t accepted_ms = 0;
    int64_t stored_ms = 0;
    TRY(connect_doors(client));
    TRY(run_phase(client, options, options->warm_up, &accepted_ms, &stored_ms));
    TRY(run_phase(client, options, options->warm_up + options->events, &accepted_ms, &stored_ms));
    (void)printf("accepted %lld\n", (long long)accepted_ms);
    if (options->is_until_stored)
        (void)printf("stored %lld\n", (long long)stored_ms);
    return STATUS_OK;
}

/* ---- opening ---- */

static enum status open_transport(struct client *client, const struct config *config,
                                  struct diag *diag)
{
    struct transport_peer peers[DOOR_COUNT] = {{.name = NULL}};
    struct key_pair key;
    TRY(key_pair_read(config->key, &key, diag));
    for (unsigned i = 0; i < config->peers_count; i++) {
        const struct config_peer *peer = &config->peers[i];
        unsigned door = strcmp(peer->name, BENCH_SOURCE) == 0 ? DOOR_SOURCE : DOOR_SINK;
        peers[door] = (struct transport_peer){.name = peer->name, .door = peer->door};
        if (!bytes_from_hex(peer->public_key, peers[door].public_key, CURVE_KEY_SIZE))
            return STATUS_CONFIG_INVALID;
    }
    struct transport_zmq_spec spec = {.peers = peers, .peer_count = DOOR_COUNT};
    memcpy(spec.public_key, key.curve_public, CURVE_KEY_SIZE);
    memcpy(spec.secret_key, key.curve_secret, CURVE_KEY_SIZE);
    return transport_zmq_open(&spec, &client->transport, diag);
}

static enum status live(struct client *client, const struct options *options,
                        const struct config *config)
{
    struct diag diag = {0};
    enum status status = open_transport(client, config, &diag);
    if (status == STATUS_OK) {
        status = arena_open(&client->arena, ARENA_BYTES);
        if (status == STATUS_OK)
            status = measure(client, options);
        client->transport.close(client->transport.self);
    }
    if (status != STATUS_OK)
        (void)fprintf(stderr, "bench_client: %s: %s%s\n", status_name(status), diag.text,
                      client->failure);
    arena_close(&client->arena);
    return status;
}

static bool read_options(int argc, char **argv, struct options *ret_options)
{
    *ret_options = (struct options){.window = 64};
    int option = 0;
    while ((option = getopt(argc, argv, "c:n:w:u:s")) != -1) {
        if (option == 'c')
            ret_options->config_path = optarg;
        else if (option == 'n')
            ret_options->events = strtoull(optarg, NULL, 10);
        else if (option == 'w')
            ret_options->window = strtoull(optarg, NULL, 10);
        else if (option == 'u')
            ret_options->warm_up = strtoull(optarg, NULL, 10);
        else if (option == 's')
            ret_options->is_until_stored = true;
        else
            return false;
    }
    return ret_options->config_path != NULL && ret_options->events > 0 &&
           ret_options->warm_up > 0 && ret_options->window > 0 && optind == argc;
}

int main(int argc, char **argv)
{
    static struct client client;
    struct options options;
    struct diag diag = {0};
    struct config *config = NULL;
    if (!read_options(argc, argv, &options)) {
        (void)fprintf(stderr, "usage: bench_client -c FILE -n EVENTS -w WINDOW -u WARM-UP [-s]\n");
        return status_exit(STATUS_USAGE);
    }
    enum status status = process_harden();
    if (status == STATUS_OK)
        status =
            config_load(options.config_path, BENCH_CLIENT, &bench_config_schema, &config, &diag);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "bench_client: %s: %s\n", status_name(status), diag.text);
        return status_exit(status);
    }
    client.clock = clock_of_system();
    client.heard_at_ms = clock_boot_ms(&client.clock);
    randombytes_buf(client.content, sizeof client.content);
    status = live(&client, &options, config);
    config_free(&bench_config_schema, config);
    return status_exit(status);
}
