/*
 * Stage three of the benchmark: stores header and sealed payload of what the relay sends, in an
 * append-only table, and says when it has stored so many. It bears audit-log's name because every
 * service asks the peer of that name before it acts (protocol.md 10); it has no tree.
 *
 * Limits: AWAITED_MAX questions after the count at a time; one more is told to come later.
 */
#include "common/service/service.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "tests/bench/bench.h"
#include "tests/bench/bench_config.h"

#define APPLICATION_ID 0x6273696eu
#define AWAITED_MAX 256u

static const char *const migration_steps[] = {
    "CREATE TABLE stored ("
    "  id INTEGER PRIMARY KEY,"
    "  header BLOB NOT NULL,"
    "  payload BLOB NOT NULL"
    ") STRICT",
};

/* Who waits until so many events are stored. */
struct awaited {
    uint64_t events;
    struct door_ticket ticket;
};

struct bench_sink {
    struct statement put;
    uint64_t stored;    /* in the turn's transaction */
    uint64_t committed; /* on disk */
    struct awaited awaited[AWAITED_MAX];
    unsigned awaited_count;
};

static enum status on_open(void *app, struct service *service, const struct config *config,
                           struct diag *diag)
{
    (void)config;
    (void)diag;
    struct bench_sink *sink = app;
    return statement_open(&sink->put, service_store(service),
                          "INSERT INTO stored (id, header, payload) VALUES (?1, ?2, ?3)");
}

static void on_close(void *app, struct service *service)
{
    (void)service;
    struct bench_sink *sink = app;
    statement_close(&sink->put);
}

static enum status on_relayed(void *app, struct turn *turn, const struct event_in *event,
                              struct diag *diag)
{
    (void)turn;
    (void)diag;
    struct bench_sink *sink = app;
    statement_bind_u64(&sink->put, 1, sink->stored + 1);
    statement_bind_blob(&sink->put, 2, view_of(event->header_bytes, HEADER_SIZE));
    statement_bind_blob(&sink->put, 3, event->sealed);
    TRY(statement_run(&sink->put));
    sink->stored++;
    return STATUS_OK;
}

static enum status on_stored(void *app, struct turn *turn, struct door_request *request,
                             struct diag *diag)
{
    (void)turn;
    (void)diag;
    struct bench_sink *sink = app;
    const Netra__V1__ListRequest *message = (const Netra__V1__ListRequest *)request->message;
    if (sink->stored >= message->after)
        return STATUS_OK; /* answered after this turn's commit */
    if (sink->awaited_count == AWAITED_MAX)
        return STATUS_TRY_AGAIN_LATER;
    sink->awaited[sink->awaited_count++] =
        (struct awaited){.events = message->after, .ticket = request->ticket};
    request->is_deferred = true;
    return STATUS_OK;
}

static void on_committed(void *app, struct service *service)
{
    struct bench_sink *sink = app;
    unsigned left = 0;
    sink->committed = sink->stored;
    for (unsigned i = 0; i < sink->awaited_count; i++) {
        if (sink->awaited[i].events > sink->committed)
            sink->awaited[left++] = sink->awaited[i];
        else
            service_answer(service, &sink->awaited[i].ticket, STATUS_OK, (struct view){0}, "");
    }
    sink->awaited_count = left;
}

static void on_abandoned(void *app, struct service *service)
{
    (void)service;
    struct bench_sink *sink = app;
    sink->stored = sink->committed;
}

static const struct service_input inputs[] = {
    {.producer = BENCH_SOURCE},
    {
        .producer = BENCH_RELAY,
        .events = {{.type = BENCH_EVENT_RELAYED, .handle = on_relayed}},
    },
};

static const struct door_entry door[] = {
    {
        .kind = BENCH_REQUEST_STORED,
        .roles = ROLE_BIT(NETRA__V1__ROLE__ROLE_SERVICE),
        .body = &netra__v1__list_request__descriptor,
        .handle = on_stored,
    },
};

int main(int argc, char **argv)
{
    static const struct service_spec spec = {
        .name = BENCH_SINK,
        .application_id = APPLICATION_ID,
        .migrations = {.steps = migration_steps, .count = 1},
        .config_schema = &bench_config_schema,
        .app_size = sizeof(struct bench_sink),
        .inputs = inputs,
        .input_count = sizeof(inputs) / sizeof(inputs[0]),
        .door = door,
        .door_count = sizeof(door) / sizeof(door[0]),
        .open = on_open,
        .committed = on_committed,
        .abandoned = on_abandoned,
        .close = on_close,
    };
    return service_main(argc, argv, &spec);
}
