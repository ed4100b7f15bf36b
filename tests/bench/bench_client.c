/*
 * The benchmark's client: keeps a window of requests under way at the first door on each of its
 * connections, and may wait until the sink has stored them all.
 *
 *     bench_client -c FILE -n EVENTS -u WARM-UP -w WINDOW [-k CONNECTIONS] [-s] [-f NARRATIVES]
 *     bench_client -c FILE -i -w WINDOW [-k CONNECTIONS] [-f NARRATIVES]
 *
 * Without -f each request is BENCH_PAYLOAD_BYTES of opaque bytes; with it, a whole report whose
 * description is one of the file's lines in turn, for intake to take.
 * Prints "accepted MS", how long until the last answer, and with -s "stored MS", how long until
 * the sink had committed the last event; both from the first request after the warm-up. With -i it
 * reads numbers, a line each, asks so many and then says "accepted MS", until its input ends.
 * Errors: an answer other than OK or BENCH_SILENCE_US without an answer end it with exit status 1.
 */
#include "common/service/process.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "tests/bench/bench_config.h"
#include "tests/bench/bench_links.h"
#include "tests/bench/bench_requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64u
#define LINE_BYTES 32
#define STORED_ID UINT64_MAX /* the request to the sink; the others are numbered from 1 */

struct options {
    const char *config_path;
    const char *narratives_path; /* NULL: opaque requests */
    uint64_t events;
    uint64_t warm_up;
    uint64_t window;      /* of each connection */
    uint64_t connections; /* to the first door */
    bool is_until_stored;
    bool is_told_how_many; /* on stdin */
};

struct client {
    struct bench_links links; /* to the first door; behind them one to the sink's, where asked */
    struct bench_requests requests;
    const struct options *options;
    uint64_t under_way[CONNECTIONS_MAX];
    uint64_t asked;
    uint64_t answered;
    bool is_stored;
    struct diag diag;
};

/* ---- asking ---- */

static enum status ask(struct client *client, unsigned link, unsigned count)
{
    struct view frame;
    TRY(bench_requests_frame(&client->requests, client->asked + 1, count, &frame));
    TRY(bench_links_send(&client->links, link, frame));
    client->asked += count;
    client->under_way[link] += count;
    return STATUS_OK;
}

/* Fills the connection's window. */
static enum status fill(struct client *client, unsigned link, uint64_t through)
{
    const uint64_t window = client->options->window;
    while (client->asked < through && client->under_way[link] < window) {
        uint64_t count = window - client->under_way[link];
        if (count > through - client->asked)
            count = through - client->asked;
        TRY(ask(client, link, count < BENCH_GROUP_MAX ? (unsigned)count : BENCH_GROUP_MAX));
    }
    return STATUS_OK;
}

static enum status ask_stored(struct client *client, uint64_t events)
{
    Netra__V1__ListRequest message;
    struct view frame;
    netra__v1__list_request__init(&message);
    message.after = events;
    message.rows_max = 1;
    client->is_stored = false;
    TRY(bench_requests_one(&client->requests, STORED_ID, BENCH_REQUEST_STORED, &message.base,
                           &frame));
    return bench_links_send(&client->links, (unsigned)client->options->connections, frame);
}

/* ---- receiving ---- */

static enum status take(struct client *client, unsigned link, struct view frame)
{
    struct door_answer_parts first;
    unsigned count = 0;
    TRY(bench_requests_answered(&client->requests, frame, &count, &first, &client->diag));
    if (link == client->options->connections) {
        client->is_stored = true;
        return STATUS_OK;
    }
    client->answered += count;
    client->under_way[link] -= count;
    return STATUS_OK;
}

/* Whatever is answered makes room for what is asked at once: asked together, all of it would be in
 * one turn again, and the services would wait for the client. */
static enum status wait_and_take(struct client *client, uint64_t through)
{
    struct view frame;
    TRY(bench_links_wait(&client->links, INT64_MAX));
    for (unsigned link = 0; link < client->links.count; link++) {
        while (bench_links_is_readable(&client->links, link) &&
               bench_links_receive(&client->links, link, &frame)) {
            TRY(take(client, link, frame));
            if (link < client->options->connections)
                TRY(fill(client, link, through));
        }
    }
    return STATUS_OK;
}

/* ---- phases ---- */

/* Asks until `through` requests were asked in all, and takes every answer. */
static enum status run(struct client *client, uint64_t through)
{
    for (unsigned link = 0; link < client->options->connections; link++)
        TRY(fill(client, link, through));
    while (client->answered < through)
        TRY(wait_and_take(client, through));
    return STATUS_OK;
}

static enum status run_phase(struct client *client, uint64_t through, int64_t *ret_accepted_us,
                             int64_t *ret_stored_us)
{
    const bool is_until_stored = client->options->is_until_stored;
    if (is_until_stored)
        TRY(ask_stored(client, through));
    int64_t from_us = bench_now_us();
    client->links.heard_us = from_us;
    TRY(run(client, through));
    *ret_accepted_us = bench_now_us() - from_us;
    while (is_until_stored && !client->is_stored)
        TRY(wait_and_take(client, through));
    *ret_stored_us = bench_now_us() - from_us;
    return STATUS_OK;
}

static void tell(const char *what, int64_t took_us)
{
    (void)printf("%s %lld.%03lld\n", what, (long long)(took_us / 1000),
                 (long long)(took_us % 1000));
    (void)fflush(stdout);
}

static enum status measure(struct client *client)
{
    const struct options *options = client->options;
    int64_t accepted_us = 0;
    int64_t stored_us = 0;
    TRY(run_phase(client, options->warm_up, &accepted_us, &stored_us));
    TRY(run_phase(client, options->warm_up + options->events, &accepted_us, &stored_us));
    tell("accepted", accepted_us);
    if (options->is_until_stored)
        tell("stored", stored_us);
    return STATUS_OK;
}

static enum status do_as_told(struct client *client)
{
    char line[LINE_BYTES];
    int64_t accepted_us = 0;
    int64_t stored_us = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        uint64_t count = strtoull(line, NULL, 10);
        TRY(run_phase(client, client->asked + count, &accepted_us, &stored_us));
        tell("accepted", accepted_us);
    }
    return STATUS_OK;
}

/* ---- opening ---- */

static enum status connect_all(struct client *client, const struct config *config)
{
    struct key_pair key;
    TRY(key_pair_read(config->key, &key, &client->diag));
    TRY(bench_links_open(&client->links));
    for (uint64_t i = 0; i < client->options->connections; i++)
        TRY(bench_links_add(&client->links, config, BENCH_SOURCE, &key, &client->diag));
    if (!client->options->is_until_stored)
        return STATUS_OK;
    return bench_links_add(&client->links, config, BENCH_SINK, &key, &client->diag);
}

static enum status live(struct client *client, const struct config *config)
{
    TRY(bench_requests_open(&client->requests, client->options->narratives_path));
    TRY(connect_all(client, config));
    return client->options->is_told_how_many ? do_as_told(client) : measure(client);
}

static void read_flag(int option, struct options *options)
{
    if (option == 's')
        options->is_until_stored = true;
    else if (option == 'i')
        options->is_told_how_many = true;
    else if (option == 'c')
        options->config_path = optarg;
    else if (option == 'f')
        options->narratives_path = optarg;
    else if (option == 'n')
        options->events = strtoull(optarg, NULL, 10);
    else if (option == 'u')
        options->warm_up = strtoull(optarg, NULL, 10);
    else if (option == 'w')
        options->window = strtoull(optarg, NULL, 10);
    else if (option == 'k')
        options->connections = strtoull(optarg, NULL, 10);
}

static bool read_options(int argc, char **argv, struct options *ret_options)
{
    *ret_options = (struct options){.window = 64, .connections = 1};
    int option = 0;
    while ((option = getopt(argc, argv, "c:n:w:u:k:sf:i")) != -1) {
        if (option == '?')
            return false;
        read_flag(option, ret_options);
    }
    bool has_amount =
        ret_options->is_told_how_many || (ret_options->events > 0 && ret_options->warm_up > 0);
    return ret_options->config_path != NULL && has_amount && ret_options->window > 0 &&
           ret_options->connections > 0 && ret_options->connections <= CONNECTIONS_MAX &&
           optind == argc;
}

int main(int argc, char **argv)
{
    static struct client client;
    struct options options;
    struct config *config = NULL;
    if (!read_options(argc, argv, &options)) {
        (void)fprintf(stderr, "usage: bench_client -c FILE -n EVENTS -u WARM-UP -w WINDOW"
                              " [-k CONNECTIONS] [-s] [-f NARRATIVES]\n"
                              "       bench_client -c FILE -i -w WINDOW ...\n");
        return status_exit(STATUS_USAGE);
    }
    client.options = &options;
    enum status status = process_harden();
    if (status == STATUS_OK)
        status = config_load(options.config_path, BENCH_CLIENT, &bench_config_schema, &config,
                             &client.diag);
    if (status == STATUS_OK)
        status = live(&client, config);
    if (status != STATUS_OK)
        (void)fprintf(stderr, "bench_client: %s after %llu answers: %s\n", status_name(status),
                      (unsigned long long)client.answered, client.diag.text);
    bench_links_close(&client.links);
    bench_requests_close(&client.requests);
    if (config != NULL)
        config_free(&bench_config_schema, config);
    return status_exit(status);
}
