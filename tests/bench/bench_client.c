/*
 * The benchmark's client: keeps a window of requests under way at the source's door on one
 * connection, and may wait until the sink has stored them all.
 *
 *     bench_client -c FILE -n EVENTS -w WINDOW -u WARM-UP [-s] [-f NARRATIVES]
 *
 * Without -f each request is BENCH_PAYLOAD_BYTES of opaque bytes; with it, a whole report whose
 * description is one of the file's lines in turn, for intake to take.
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
#define NARRATIVES_BYTES_MAX 1048576u
#define NARRATIVES_MAX 1024u
#define UUID_TEXT_SIZE 37u
#define REPORT_REGION "36.04"
#define REPORT_DAY 20241012u
#define REPORT_RECEIVED 20241015u
#define STORED_ID UINT64_MAX /* the request to the sink; the source's are numbered from 1 */

enum door { DOOR_SOURCE, DOOR_SINK, DOOR_COUNT };

static const char *const door_names[DOOR_COUNT] = {BENCH_SOURCE, BENCH_SINK};

struct options {
    const char *config_path;
    const char *narratives_path; /* NULL: opaque requests */
    uint64_t events;
    uint64_t warm_up;
    uint64_t window;
    bool is_until_stored;
};

/* What reports say, a line each. */
struct narratives {
    char bytes[NARRATIVES_BYTES_MAX];
    char *lines[NARRATIVES_MAX];
    unsigned count;
};

struct client {
    struct transport transport;
    struct narratives narratives; /* none: opaque requests */
    struct clock clock;
    struct arena arena;
    uint8_t content[BENCH_PAYLOAD_BYTES];
    unsigned doors; /* the source's, and the sink's where it is asked */
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

/* A new submission id, as intake wants it: the form of a UUID. */
static void draw_id(char text[UUID_TEXT_SIZE])
{
    uint8_t id[16];
    randombytes_buf(id, sizeof id);
    (void)snprintf(text, UUID_TEXT_SIZE,
                   "%02x%02x%02x%02x-%02x%02x-7%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x", id[0],
                   id[1], id[2], id[3], id[4], id[5], id[6] & 15u, id[7], id[8] & 15u, id[9],
                   id[10], id[11], id[12], id[13], id[14], id[15]);
}

static enum status ask_report(struct client *client)
{
    Netra__V1__SubmitCase message;
    Netra__V1__Facts facts;
    Netra__V1__Incident incident;
    char region[] = REPORT_REGION;
    char id[UUID_TEXT_SIZE];
    netra__v1__submit_case__init(&message);
    netra__v1__facts__init(&facts);
    netra__v1__incident__init(&incident);
    draw_id(id);
    incident.date = REPORT_DAY;
    incident.date_known = REPORT_DAY;
    incident.description = client->narratives.lines[client->asked % client->narratives.count];
    facts.region = region;
    facts.received = REPORT_RECEIVED;
    facts.incident = &incident;
    message.submission_id = id;
    message.facts = &facts;
    TRY(ask(client, DOOR_SOURCE, client->asked + 1, BENCH_REQUEST_TAKE, &message.base));
    client->asked++;
    return STATUS_OK;
}

static enum status ask_next(struct client *client)
{
    if (client->narratives.count > 0)
        return ask_report(client);
    Netra__V1__SubmitCase message;
    netra__v1__submit_case__init(&message);
    bytes_put_u64(client->content, client->asked);
    message.sealed_reporter = wire_bytes(view_of(client->content, sizeof client->content));
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
    while (client->doors_up < client->doors) {
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
    struct transport_zmq_spec spec = {.peers = peers, .peer_count = client->doors};
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

/* Cuts the file into lines. Exit status 2: it can't be read, is too long or has no line. */
static enum status read_narratives(const char *path, struct narratives *narratives)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return STATUS_USAGE;
    size_t size = fread(narratives->bytes, 1, NARRATIVES_BYTES_MAX - 1, file);
    bool is_whole = feof(file) != 0;
    (void)fclose(file);
    narratives->bytes[size] = '\0';
    char *line = narratives->bytes;
    char *end = strchr(line, '\n');
    while (end != NULL && narratives->count < NARRATIVES_MAX) {
        *end = '\0';
        narratives->lines[narratives->count++] = line;
        line = end + 1;
        end = strchr(line, '\n');
    }
    return is_whole && narratives->count > 0 ? STATUS_OK : STATUS_USAGE;
}

static bool read_options(int argc, char **argv, struct options *ret_options)
{
    *ret_options = (struct options){.window = 64};
    int option = 0;
    while ((option = getopt(argc, argv, "c:n:w:u:sf:")) != -1) {
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
        else if (option == 'f')
            ret_options->narratives_path = optarg;
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
        (void)fprintf(stderr, "usage: bench_client -c FILE -n EVENTS -w WINDOW -u WARM-UP [-s]"
                              " [-f NARRATIVES]\n");
        return status_exit(STATUS_USAGE);
    }
    enum status status = process_harden();
    if (status == STATUS_OK && options.narratives_path != NULL)
        status = read_narratives(options.narratives_path, &client.narratives);
    if (status == STATUS_OK)
        status =
            config_load(options.config_path, BENCH_CLIENT, &bench_config_schema, &config, &diag);
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "bench_client: %s: %s\n", status_name(status), diag.text);
        return status_exit(status);
    }
    client.clock = clock_of_system();
    client.doors = options.is_until_stored ? DOOR_COUNT : 1;
    client.heard_at_ms = clock_boot_ms(&client.clock);
    randombytes_buf(client.content, sizeof client.content);
    status = live(&client, &options, config);
    config_free(&bench_config_schema, config);
    return status_exit(status);
}
