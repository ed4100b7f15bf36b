/*
 * The benchmark's clock: asks at the first door at a steady pace and notes how long each event
 * takes until it is on disk everywhere.
 *
 *     bench_latency -c FILE -n EVENTS -u WARM-UP -p EVENTS-PER-SECOND
 *                   [-f NARRATIVES -s STORE -s STORE]
 *
 * Without -f the end is the sink's answer that it has committed the event. With it, events are
 * reports, and the end is that both services that take decisions have committed what they make of
 * this one: their stores are looked at every LOOK_US from the receipt on. They aren't asked at
 * their doors: questions take the processor from the cases, and who does something else answers
 * late.
 * Prints "us N" for each event after the warm-up: microseconds from the request to that end as the
 * client sees it; and "receipt_us N", to the first door's answer.
 * Errors: an answer other than OK, a store that can't be read, or BENCH_SILENCE_US without an
 * answer end it with exit status 1.
 */
#include "common/base/bytes.h"
#include "common/service/process.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "tests/bench/bench_config.h"
#include "tests/bench/bench_links.h"
#include "tests/bench/bench_requests.h"
#include "tests/bench/bench_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EVENTS_MAX 65536u
#define LOOK_US 100
#define US_PER_S 1000000
#define STORE_COUNT 2u

enum link { LINK_SOURCE, LINK_SINK, LINK_COUNT };

static const char *const link_names[LINK_COUNT] = {BENCH_SOURCE, BENCH_SINK};

struct options {
    const char *config_path;
    const char *narratives_path;
    const char *store_paths[STORE_COUNT];
    unsigned store_count;
    uint64_t events;
    uint64_t warm_up;
    uint64_t pace;
};

struct meter {
    struct bench_links links;
    struct bench_requests requests;
    const struct options *options;
    struct bench_store stores[STORE_COUNT];
    int64_t asked_us[EVENTS_MAX];
    int64_t receipt_us[EVENTS_MAX];
    int64_t stored_us[EVENTS_MAX];
    uint64_t asked;
    uint64_t receipts;
    uint64_t stored;
    int64_t look_us; /* when the stores are read next */
    struct diag diag;
};

static bool is_product(const struct meter *meter)
{
    return meter->options->narratives_path != NULL;
}

static unsigned link_count(const struct meter *meter)
{
    return is_product(meter) ? LINK_SINK : LINK_COUNT;
}

/* ---- asking ---- */

static enum status ask_stored(struct meter *meter, uint64_t event)
{
    Netra__V1__ListRequest message;
    struct view frame;
    netra__v1__list_request__init(&message);
    message.after = event;
    message.rows_max = 1;
    TRY(bench_requests_one(&meter->requests, event, BENCH_REQUEST_STORED, &message.base, &frame));
    return bench_links_send(&meter->links, LINK_SINK, frame);
}

static enum status ask_event(struct meter *meter)
{
    struct view frame;
    const uint64_t event = meter->asked + 1;
    if (!is_product(meter))
        TRY(ask_stored(meter, event));
    TRY(bench_requests_frame(&meter->requests, event, 1, &frame));
    meter->asked_us[meter->asked] = bench_now_us();
    TRY(bench_links_send(&meter->links, LINK_SOURCE, frame));
    meter->asked = event;
    return STATUS_OK;
}

/* ---- looking ---- */

static void note_stored(struct meter *meter, uint64_t through)
{
    const int64_t now_us = bench_now_us();
    while (meter->stored < through && meter->stored < meter->asked)
        meter->stored_us[meter->stored++] = now_us;
}

static enum status look(struct meter *meter)
{
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; i < STORE_COUNT; i++) {
        TRY(bench_store_look(&meter->stores[i], &meter->diag));
        if (meter->stores[i].decisions < least)
            least = meter->stores[i].decisions;
    }
    note_stored(meter, least);
    meter->look_us = bench_now_us() + LOOK_US;
    return STATUS_OK;
}

/* ---- receiving ---- */

static enum status take(struct meter *meter, unsigned link, struct view frame)
{
    struct door_answer_parts answer;
    unsigned count = 0;
    TRY(bench_requests_answered(&meter->requests, frame, &count, &answer, &meter->diag));
    if (link == LINK_SOURCE) {
        meter->receipt_us[answer.request_id - 1] = bench_now_us();
        meter->receipts++;
    } else {
        note_stored(meter, answer.request_id);
    }
    return STATUS_OK;
}

static enum status wait_and_take(struct meter *meter, int64_t until_us)
{
    struct view frame;
    TRY(bench_links_wait(&meter->links, until_us));
    for (unsigned link = 0; link < meter->links.count; link++) {
        while (bench_links_is_readable(&meter->links, link) &&
               bench_links_receive(&meter->links, link, &frame))
            TRY(take(meter, link, frame));
    }
    return STATUS_OK;
}

/* ---- the run ---- */

static enum status run(struct meter *meter)
{
    const uint64_t total = meter->options->warm_up + meter->options->events;
    const int64_t from_us = bench_now_us();
    while (meter->stored < total || meter->receipts < total) {
        const int64_t due_us = from_us + (int64_t)(meter->asked * US_PER_S / meter->options->pace);
        const bool is_looking = is_product(meter) && meter->stored < meter->receipts;
        if (meter->asked < total && bench_now_us() >= due_us)
            TRY(ask_event(meter));
        if (is_looking && bench_now_us() >= meter->look_us)
            TRY(look(meter));
        int64_t until_us = meter->asked < total ? due_us : INT64_MAX;
        if (is_looking && meter->look_us < until_us)
            until_us = meter->look_us;
        if (is_looking && meter->receipts == meter->asked) /* no answer is awaited */
            TRY(bench_links_rest(&meter->links, until_us));
        else
            TRY(wait_and_take(meter, until_us));
    }
    return STATUS_OK;
}

static void tell(const struct meter *meter)
{
    for (uint64_t i = meter->options->warm_up; i < meter->stored; i++) {
        (void)printf("us %lld\n", (long long)(meter->stored_us[i] - meter->asked_us[i]));
        (void)printf("receipt_us %lld\n", (long long)(meter->receipt_us[i] - meter->asked_us[i]));
    }
}

/* ---- opening ---- */

static enum status connect_all(struct meter *meter, const struct config *config)
{
    struct key_pair key;
    TRY(key_pair_read(config->key, &key, &meter->diag));
    TRY(bench_links_open(&meter->links));
    for (unsigned link = 0; link < link_count(meter); link++)
        TRY(bench_links_add(&meter->links, config, link_names[link], &key, &meter->diag));
    return STATUS_OK;
}

static enum status open_stores(struct meter *meter)
{
    for (unsigned i = 0; i < meter->options->store_count; i++)
        TRY(bench_store_open(&meter->stores[i], meter->options->store_paths[i], &meter->diag));
    return STATUS_OK;
}

static void close_stores(struct meter *meter)
{
    for (unsigned i = 0; i < meter->options->store_count; i++)
        bench_store_close(&meter->stores[i]);
}

static enum status live(struct meter *meter, const struct config *config)
{
    TRY(bench_requests_open(&meter->requests, meter->options->narratives_path));
    TRY(connect_all(meter, config));
    TRY(open_stores(meter));
    TRY(run(meter));
    tell(meter);
    return STATUS_OK;
}

static bool read_options(int argc, char **argv, struct options *ret_options)
{
    *ret_options = (struct options){.pace = 0};
    int option = 0;
    while ((option = getopt(argc, argv, "c:n:u:p:f:s:")) != -1) {
        if (option == 'c')
            ret_options->config_path = optarg;
        else if (option == 'f')
            ret_options->narratives_path = optarg;
        else if (option == 's' && ret_options->store_count < STORE_COUNT)
            ret_options->store_paths[ret_options->store_count++] = optarg;
        else if (option == 'n')
            ret_options->events = strtoull(optarg, NULL, 10);
        else if (option == 'u')
            ret_options->warm_up = strtoull(optarg, NULL, 10);
        else if (option == 'p')
            ret_options->pace = strtoull(optarg, NULL, 10);
        else
            return false;
    }
    return ret_options->config_path != NULL && ret_options->events > 0 && ret_options->pace > 0 &&
           ret_options->events + ret_options->warm_up <= EVENTS_MAX &&
           ret_options->store_count == (ret_options->narratives_path == NULL ? 0 : STORE_COUNT) &&
           optind == argc;
}

int main(int argc, char **argv)
{
    static struct meter meter;
    struct options options;
    struct config *config = NULL;
    if (!read_options(argc, argv, &options)) {
        (void)fprintf(stderr, "usage: bench_latency -c FILE -n EVENTS -u WARM-UP"
                              " -p EVENTS-PER-SECOND [-f NARRATIVES -s STORE -s STORE]\n");
        return status_exit(STATUS_USAGE);
    }
    meter.options = &options;
    enum status status = process_harden();
    if (status == STATUS_OK)
        status = config_load(options.config_path, BENCH_CLIENT, &bench_config_schema, &config,
                             &meter.diag);
    if (status == STATUS_OK)
        status = live(&meter, config);
    if (status != STATUS_OK)
        (void)fprintf(stderr, "bench_latency: %s after %llu events: %s\n", status_name(status),
                      (unsigned long long)meter.stored, meter.diag.text);
    close_stores(&meter);
    bench_links_close(&meter.links);
    bench_requests_close(&meter.requests);
    if (config != NULL)
        config_free(&bench_config_schema, config);
    return status_exit(status);
}
