/*
 * The benchmark's reader of the log: walks audit-log's leaves page by page, payloads included, as
 * `netra audit replay` asks for them, and does nothing with them.
 *
 *     bench_walk -c FILE -n LEAVES
 *
 * Prints "walked MS": how long LEAVES leaves took, pages asked for ahead as audit_walk.c does;
 * each leaf must be the one expected.
 * Errors: an answer other than OK, a leaf that is not the next one or BENCH_SILENCE_US without an
 * answer end it with exit status 1.
 */
#include "common/service/process.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/door_client.h"
#include "services/netra/page_plan.h"
#include "tests/bench/bench_config.h"
#include "tests/bench/bench_links.h"
#include "tests/bench/bench_requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct walk {
    struct bench_links links;
    struct bench_requests requests;
    struct page_plan plan;
    struct page_asked asked[DOOR_AHEAD_MAX]; /* under way, in order */
    unsigned asked_count;
    uint64_t next;
    struct diag diag;
};

/* A question's number: its first leaf's, which is never 0. */
static enum status ask_page(struct walk *walk, const struct page_asked *asked)
{
    Netra__V1__ListRequest message;
    struct view frame;
    netra__v1__list_request__init(&message);
    message.after = asked->first;
    message.rows_max = asked->rows;
    TRY(bench_requests_one(&walk->requests, asked->first + 1,
                           NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_LEAVES, &message.base,
                           &frame));
    return bench_links_send(&walk->links, 0, frame);
}

static enum status ask_ahead(struct walk *walk)
{
    while (walk->asked_count < DOOR_AHEAD_MAX &&
           page_plan_ask(&walk->plan, &walk->asked[walk->asked_count]))
        TRY(ask_page(walk, &walk->asked[walk->asked_count++]));
    return STATUS_OK;
}

/* The answer to the question of that number; others are of pages that are not wanted any more. */
static enum status receive_answer(struct walk *walk, uint64_t id, struct view *ret_body)
{
    struct door_answer_parts answer = {.request_id = 0};
    struct view frame;
    unsigned count = 0;
    while (answer.request_id != id) {
        while (!bench_links_receive(&walk->links, 0, &frame))
            TRY(bench_links_wait(&walk->links, INT64_MAX));
        TRY(bench_requests_answered(&walk->requests, frame, &count, &answer, &walk->diag));
    }
    *ret_body = answer.body;
    return STATUS_OK;
}

static enum status read_page(struct walk *walk)
{
    ProtobufCMessage *unpacked = NULL;
    struct view body;
    TRY(ask_ahead(walk));
    const struct page_asked asked = walk->asked[0];
    TRY(receive_answer(walk, asked.first + 1, &body));
    TRY(wire_unpack(&netra__v1__audit_leaves__descriptor, body, &walk->requests.arena, &unpacked,
                    &walk->diag));
    const Netra__V1__AuditLeaves *page = (const Netra__V1__AuditLeaves *)unpacked;
    for (size_t i = 0; i < page->n_leaves; i++) {
        if (page->leaves[i]->index != walk->next)
            return STATUS_FAILED;
        walk->next++;
    }
    if (page->n_leaves == 0)
        return STATUS_NOT_FOUND;
    walk->asked[0] = walk->asked[1];
    walk->asked_count =
        page_plan_took(&walk->plan, &asked, page->n_leaves) ? walk->asked_count - 1 : 0;
    return STATUS_OK;
}

static enum status live(struct walk *walk, const struct config *config, uint64_t leaves)
{
    struct key_pair key;
    TRY(key_pair_read(config->key, &key, &walk->diag));
    TRY(bench_requests_open(&walk->requests, NULL));
    TRY(bench_links_open(&walk->links));
    TRY(bench_links_add(&walk->links, config, BENCH_SINK, &key, &walk->diag));
    page_plan_begin(&walk->plan, 0, 1);
    TRY(read_page(walk)); /* the handshake is not part of it */
    walk->next = 0;
    page_plan_begin(&walk->plan, 0, leaves);
    int64_t from_us = bench_now_us();
    while (walk->next < leaves)
        TRY(read_page(walk));
    int64_t took_us = bench_now_us() - from_us;
    (void)printf("walked %lld.%03lld\n", (long long)(took_us / 1000), (long long)(took_us % 1000));
    (void)printf("leaves %llu\n", (unsigned long long)walk->next);
    return STATUS_OK;
}

int main(int argc, char **argv)
{
    static struct walk walk;
    struct config *config = NULL;
    const char *path = NULL;
    uint64_t leaves = 0;
    int option = 0;
    while ((option = getopt(argc, argv, "c:n:")) != -1) {
        if (option == 'c')
            path = optarg;
        else if (option == 'n')
            leaves = strtoull(optarg, NULL, 10);
    }
    if (path == NULL || leaves == 0) {
        (void)fprintf(stderr, "usage: bench_walk -c FILE -n LEAVES\n");
        return status_exit(STATUS_USAGE);
    }
    enum status status = process_harden();
    if (status == STATUS_OK)
        status = config_load(path, BENCH_CLIENT, &bench_config_schema, &config, &walk.diag);
    if (status == STATUS_OK)
        status = live(&walk, config, leaves);
    if (status != STATUS_OK)
        (void)fprintf(stderr, "bench_walk: %s at leaf %llu: %s\n", status_name(status),
                      (unsigned long long)walk.next, walk.diag.text);
    bench_links_close(&walk.links);
    bench_requests_close(&walk.requests);
    if (config != NULL)
        config_free(&bench_config_schema, config);
    return status_exit(status);
}
