/*
 * Stage one of the benchmark: takes opaque bytes at its door and appends each as a sealed event of
 * a case of its own; in the plain build (NETRA_BENCH_PLAIN) as a clear one of no case. The relay
 * gets the events with their key; the sink gets gap markers, so that it knows the causes of what
 * the relay sends.
 *
 * Limits: one case key for the whole run, in memory: keeping keys is intake's work, not the
 * spine's.
 */
#include "common/base/bytes.h"
#include "common/service/service.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "tests/bench/bench.h"
#include "tests/bench/bench_config.h"

#include <string.h>

#define APPLICATION_ID 0x62736f75u
#define SEQ_SIZE 8u

struct bench_source {
    uint8_t case_key[CASE_KEY_SIZE];
};

static enum status on_open(void *app, struct service *service, const struct config *config,
                           struct diag *diag)
{
    (void)config;
    (void)diag;
    struct bench_source *source = app;
    random_fill(service_random(service), source->case_key, CASE_KEY_SIZE);
    return STATUS_OK;
}

static enum status on_take(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag)
{
    (void)diag;
    const struct bench_source *source = app;
    const Netra__V1__SubmitCase *message = (const Netra__V1__SubmitCase *)request->message;
    uint8_t stream_id[STREAM_ID_SIZE];
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint64_t seq = 0;
    struct event_draft draft = {
        .type = BENCH_EVENT_TAKEN,
        .schema = BENCH_SCHEMA,
        .payload = view_of(message->sealed_reporter.data, message->sealed_reporter.len),
    };
    if (BENCH_IS_PLAIN)
        return turn_append(turn, &draft, NULL);
    turn_next_point(turn, stream_id, &seq);
    bytes_put_u64(case_handle, seq);
    random_fill(turn->random, case_handle + SEQ_SIZE, CASE_HANDLE_SIZE - SEQ_SIZE);
    draft.case_handle = case_handle;
    draft.case_key = source->case_key;
    return turn_append(turn, &draft, NULL);
}

static enum status on_case_key(void *app, const uint8_t case_handle[CASE_HANDLE_SIZE],
                               uint8_t case_key[CASE_KEY_SIZE])
{
    (void)case_handle;
    const struct bench_source *source = app;
    memcpy(case_key, source->case_key, CASE_KEY_SIZE);
    return STATUS_OK;
}

static bool is_for_sink(uint16_t type)
{
    (void)type;
    return false;
}

static const struct service_output outputs[] = {
    {.destination = BENCH_RELAY, .carries_case_keys = true},
    {.destination = BENCH_SINK, .wants = is_for_sink},
};

static const struct door_entry door[] = {
    {
        .kind = BENCH_REQUEST_TAKE,
        .roles = ROLE_BIT(NETRA__V1__ROLE__ROLE_SERVICE),
        .body = &netra__v1__submit_case__descriptor,
        .handle = on_take,
        .takes_in = true,
    },
};

int main(int argc, char **argv)
{
    static const struct service_spec spec = {
        .name = BENCH_SOURCE,
        .application_id = APPLICATION_ID,
        .config_schema = &bench_config_schema,
        .app_size = sizeof(struct bench_source),
        .outputs = outputs,
        .output_count = sizeof(outputs) / sizeof(outputs[0]),
        .door = door,
        .door_count = sizeof(door) / sizeof(door[0]),
        .open = on_open,
        .case_key = on_case_key,
    };
    return service_main(argc, argv, &spec);
}
