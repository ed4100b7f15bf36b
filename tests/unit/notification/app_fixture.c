/*
 * A service put together by hand, as service_main would.
 */
#include "tests/unit/notification/app_fixture.h"

#include "common/wire/unpack.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "services/notification/notification_wire.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BYTES 4194304u

const uint8_t app_case[CASE_HANDLE_SIZE] = {1, 1, 1};
static const uint8_t case_key[CASE_KEY_SIZE] = {7};

static const struct service_spec spec = {.name = "notification",
                                         .committed = notification_on_committed,
                                         .abandoned = notification_on_abandoned};

static int64_t boot_ms(void *self)
{
    (void)self;
    return 0;
}

static int64_t utc_s(void *self)
{
    const struct app_fixture *fixture = self;
    return APP_NOW + fixture->clock_jump_s;
}

static void fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    memset(bytes, 7, size);
}

static enum status open_service(struct app_fixture *fixture, const struct fixture *files,
                                struct diag *diag)
{
    struct service *service = &fixture->service;
    static const uint8_t stream[STREAM_ID_SIZE] = {'s'};
    const char *steps[] = {event_log_migration, delivery_store_migration};
    struct store_spec store = {
        .application_id = NOTIFICATION_APPLICATION_ID,
        .shared = {.steps = steps, .count = 2},
        .own = {.steps = notification_migration_steps, .count = NOTIFICATION_MIGRATION_COUNT},
    };
    service->spec = &spec;
    service->app = &fixture->app;
    service->phase = SERVICE_READY;
    service->edges = (struct service_edges){
        .clock = {.utc_s = utc_s, .boot_ms = boot_ms, .self = fixture},
        .random = {.fill = fill},
        .files = files_of_system(),
    };
    TRY(store_open(&service->store, files->path, &store, diag));
    TRY(delivery_store_open(&service->delivery, &service->store));
    TRY(event_log_open(&service->log, &service->store, diag));
    if (event_log_end(&service->log).seq == 0)
        TRY(event_log_begin_stream(&service->log, stream));
    event_log_committed(&service->log);
    return arena_open(&service->arena, ARENA_BYTES);
}

static enum status open_app(struct app_fixture *fixture, struct diag *diag)
{
    static char routing[] = "deploy/rules/routing.yaml";
    static char templates[] = "deploy/rules/templates.yaml";
    struct notification *app = &fixture->app;
    fixture->config.routing_file = routing;
    fixture->config.templates_file = templates;
    app->config = &fixture->config;
    TRY(notification_store_open(&app->store, &fixture->service.store));
    TRY(notification_tables_load(routing, templates, &app->tables[0], diag));
    app->desk.store = &app->store;
    app->desk.tables = &app->tables[0];
    app->desk.files = &fixture->service.edges.files;
    app->desk.mail_folder = fixture->mail_folder;
    app->desk.retry_base_ms = NOTICE_RETRY_BASE_MS;
    (void)snprintf(app->desk.sender.host, sizeof app->desk.sender.host, "log.test.invalid");
    (void)snprintf(app->desk.sender.address, sizeof app->desk.sender.address,
                   "netra@log.test.invalid");
    return notice_desk_open(&app->desk, diag);
}

bool app_fixture_open(struct app_fixture *fixture, const struct fixture *files)
{
    struct diag diag = {.text = ""};
    memset(fixture, 0, sizeof *fixture);
    (void)snprintf(fixture->mail_folder, sizeof fixture->mail_folder, "%s/mail", files->folder);
    if (open_service(fixture, files, &diag) == STATUS_OK && open_app(fixture, &diag) == STATUS_OK)
        return true;
    (void)fprintf(stderr, "%s\n", diag.text);
    return false;
}

void app_fixture_close(struct app_fixture *fixture)
{
    struct service *service = &fixture->service;
    notice_desk_close(&fixture->app.desk, &service->store);
    notification_tables_close(&fixture->app.tables[0]);
    notification_tables_close(&fixture->app.tables[1]);
    notification_store_close(&fixture->app.store);
    arena_close(&service->arena);
    event_log_close(&service->log);
    delivery_store_close(&service->delivery);
    store_close(&service->store);
}

/* ---- a decision ---- */

static enum status pack_decision(const struct app_decision *decision, struct arena *arena,
                                 struct view *ret_bytes)
{
    static char number[] = "NTR-7Q2K-4";
    static char region[] = "36.04";
    char primary[DECISION_CODE_BYTES + 1];
    char conflict[DECISION_CONFLICT_BYTES + 1];
    char *conflicts[] = {conflict};
    Netra__V1__DecisionMade made;
    Netra__V1__Verdict verdict;
    netra__v1__decision_made__init(&made);
    netra__v1__verdict__init(&verdict);
    (void)snprintf(primary, sizeof primary, "%s", decision->primary);
    (void)snprintf(conflict, sizeof conflict, "%s",
                   decision->conflict == NULL ? "" : decision->conflict);
    verdict.outcome = (Netra__V1__Outcome)decision->outcome;
    verdict.disposition = (Netra__V1__Disposition)decision->disposition;
    verdict.actor = NETRA__V1__ACTOR__ACTOR_ASN;
    verdict.primary = primary;
    verdict.conflicts = conflicts;
    verdict.n_conflicts = decision->conflict == NULL ? 0 : 1;
    made.verdict = &verdict;
    made.revision = decision->revision;
    made.case_number = number;
    made.region = region;
    made.received = 20241012;
    return wire_pack(&made.base, arena, ret_bytes);
}

/* The decision is sealed as an event of the service's own: the same bytes as a peer's. */
static enum status take_in(void *app, struct turn *turn, void *context, struct diag *diag)
{
    struct event_made made;
    struct event_draft draft = {
        .type = NOTIFICATION_EVENT_DECISION_MADE,
        .schema = NOTIFICATION_SCHEMA,
        .case_handle = app_case,
        .case_key = case_key,
    };
    TRY(pack_decision(context, turn->arena, &draft.payload));
    TRY(turn_append(turn, &draft, &made));
    struct event_in event = {
        .producer = "classification",
        .header_bytes = made.header_bytes,
        .header = made.header,
        .sealed = made.sealed,
        .case_key = case_key,
    };
    return notification_on_decision(app, turn, &event, diag);
}

enum status app_fixture_decide(struct app_fixture *fixture, const struct app_decision *decision)
{
    struct app_decision copy = *decision;
    struct diag diag = {.text = ""};
    return service_run(&fixture->service, take_in, &copy, &diag);
}

void app_fixture_tick(struct app_fixture *fixture)
{
    notice_desk_wake(&fixture->app.desk);
    (void)notice_desk_tick(&fixture->app.desk, &fixture->service, 10000);
}
