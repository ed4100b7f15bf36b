/*
 * Stage two of the benchmark, the worker: opens each event it takes and appends the same bytes
 * sealed anew (in the plain build: clear as they came), with the event as its cause.
 */
#include "common/service/service.h"
#include "tests/bench/bench.h"
#include "tests/bench/bench_config.h"

#define APPLICATION_ID 0x6272656cu

static enum status on_taken(void *app, struct turn *turn, const struct event_in *event,
                            struct diag *diag)
{
    (void)app;
    (void)diag;
    struct view payload;
    TRY(seal_open(turn->arena, event->case_key, event->header_bytes, event->sealed, &payload));
    struct event_draft draft = {
        .type = BENCH_EVENT_RELAYED,
        .schema = BENCH_SCHEMA,
        .case_handle = BENCH_IS_PLAIN ? NULL : event->header.case_handle,
        .case_key = event->case_key,
        .payload = payload,
        .cause_stream_id = event->header.stream_id,
        .cause_seq = event->header.seq,
    };
    return turn_append(turn, &draft, NULL);
}

static const struct service_input inputs[] = {
    {
        .producer = BENCH_SOURCE,
        .needs_case_keys = true,
        .events = {{.type = BENCH_EVENT_TAKEN, .handle = on_taken}},
    },
};

static const struct service_output outputs[] = {
    {.destination = BENCH_SINK},
};

int main(int argc, char **argv)
{
    static const struct service_spec spec = {
        .name = BENCH_RELAY,
        .application_id = APPLICATION_ID,
        .config_schema = &bench_config_schema,
        .app_size = 1,
        .inputs = inputs,
        .input_count = sizeof(inputs) / sizeof(inputs[0]),
        .outputs = outputs,
        .output_count = sizeof(outputs) / sizeof(outputs[0]),
    };
    return service_main(argc, argv, &spec);
}
