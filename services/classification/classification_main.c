/*
 * netra-classification: owns the decisions on cases and their revisions; leases cases to workers
 * and decides in-process when there are none. See README.md.
 */
#include "common/base/log.h"
#include "common/service/service.h"
#include "services/classification/classification.h"
#include "services/classification/classification_store.h"
#include "services/classification/classification_wire.h"
#include "services/classification/lease_desk.h"

#include <stdio.h>
#include <string.h>

#define LEASE_MS_DEFAULT 10000u
#define LEASE_MS_MIN 100u    /* below, ordinary cases would be taken for killers */
#define LEASE_MS_MAX 600000u /* above, a stopped worker would hold the stream up for too long */

struct classification_config {
    struct config common;
    uint64_t lease_ms; /* 0: absent */
};

static const cyaml_schema_field_t config_fields[] = {
    CONFIG_COMMON_FIELDS(struct classification_config),
    CYAML_FIELD_UINT("lease_ms", CYAML_FLAG_OPTIONAL, struct classification_config, lease_ms),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct classification_config, config_fields),
};

struct classification {
    struct classification_store tables;
    struct ruleset_pin pin;
    struct lease_desk desk;
    bool has_handled;           /* the turn took an entry … */
    struct entry_point handled; /* … and this one last */
};

static struct entry_point point_of(const struct event_in *event)
{
    struct entry_point point = {.seq = event->header.seq};
    memcpy(point.stream_id, event->header.stream_id, sizeof(point.stream_id));
    return point;
}

/* The pool forgets it once the turn is on disk. */
static void note_handled(struct classification *classification, const struct event_in *event)
{
    classification->has_handled = true;
    classification->handled = point_of(event);
}

/* ---- decisions ---- */

static enum status append_decision(const struct classification *classification, struct turn *turn,
                                   const struct event_in *event, struct decision *decision)
{
    struct event_draft draft = {
        .type = CLASSIFICATION_EVENT_DECISION_MADE,
        .schema = CLASSIFICATION_SCHEMA,
        .case_handle = event->header.case_handle,
        .case_key = event->case_key,
        .cause_stream_id = event->header.stream_id,
        .cause_seq = event->header.seq,
    };
    TRY(classification_wire_decision(decision, &classification->pin, turn->arena, &draft.payload));
    struct event_header header;
    TRY(turn_append(turn, &draft, &header));
    decision->seq = header.seq;
    return STATUS_OK;
}

/* The next revision of the case's decision; its event only where the case's key is at hand. */
static enum status record_decision(struct classification *classification, struct turn *turn,
                                   const struct event_in *event, const struct verdict *verdict)
{
    struct decision decision = {.verdict = *verdict, .facts_seq = event->header.seq};
    memcpy(decision.case_handle, event->header.case_handle, sizeof(decision.case_handle));
    memcpy(decision.facts_stream, event->header.stream_id, sizeof(decision.facts_stream));
    uint32_t revision = 0;
    TRY(classification_store_find_revision(&classification->tables, decision.case_handle,
                                           &revision));
    decision.revision = revision + 1;
    if (event->case_key != NULL)
        TRY(append_decision(classification, turn, event, &decision));
    return classification_store_put(&classification->tables, &decision);
}

/* The verdict a worker found, or one found here. */
static enum status find_verdict(const struct classification *classification, struct turn *turn,
                                const struct event_in *event, struct verdict *ret_verdict,
                                struct diag *diag)
{
    struct entry_point point = point_of(event);
    const struct verdict *at_hand = lease_pool_verdict(&classification->desk.pool, &point);
    if (at_hand != NULL) {
        *ret_verdict = *at_hand;
        return STATUS_OK;
    }
    struct view facts;
    TRY(seal_open(turn->arena, event->case_key, event->header_bytes, event->sealed, &facts));
    TRY(classification_wire_check_facts(facts, diag));
    classification_decide(facts, ret_verdict);
    return STATUS_OK;
}

static enum status on_case_accepted(void *app, struct turn *turn, const struct event_in *event,
                                    struct diag *diag)
{
    struct classification *classification = app;
    note_handled(classification, event);
    /* An erased case can't be read, and what is said of it can't be sealed. */
    if (event->is_erased)
        return STATUS_OK;
    struct verdict verdict;
    TRY(find_verdict(classification, turn, event, &verdict, diag));
    return record_decision(classification, turn, event, &verdict);
}

/* A case that can't be decided enters review (protocol.md 13). */
static enum status on_dead_lettered(void *app, struct turn *turn, const struct event_in *event,
                                    enum status why, struct diag *diag)
{
    (void)diag;
    struct classification *classification = app;
    if (event->header.type != CLASSIFICATION_EVENT_CASE_ACCEPTED)
        return STATUS_OK;
    note_handled(classification, event);
    struct verdict verdict;
    classification_undecided(status_name(why), &verdict);
    return record_decision(classification, turn, event, &verdict);
}

/* ---- the door ---- */

static enum status on_work(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag)
{
    struct classification *classification = app;
    struct lease_ask ask;
    TRY(classification_wire_read_ask(request->message, &ask, diag));
    memcpy(ask.key, request->who->curve_public, sizeof(ask.key));
    if (ask.cases_max == 0) {
        lease_pool_withdraw(&classification->desk.pool, ask.key, turn->now_boot_ms);
        return STATUS_OK;
    }
    enum status status = lease_desk_ask(&classification->desk, &ask, &request->ticket);
    request->is_deferred = status == STATUS_OK;
    request->retry_after_ms = status == STATUS_OK ? 0 : LEASE_WORKER_GRACE_MS;
    return status;
}

static enum status on_result(void *app, struct turn *turn, struct door_request *request,
                             struct diag *diag)
{
    struct classification *classification = app;
    struct lease_result result;
    TRY(classification_wire_read_result(request->message, &result, diag));
    memcpy(result.key, request->who->curve_public, sizeof(result.key));
    enum status status = lease_pool_result(&classification->desk.pool, &result, turn->now_boot_ms);
    if (status != STATUS_OK)
        diag_set(diag, "ruleset_digest, engine: not the ones pinned for this case");
    return status;
}

static enum status on_decisions(void *app, struct turn *turn, struct door_request *request,
                                struct diag *diag)
{
    struct classification *classification = app;
    uint64_t after = 0;
    uint32_t rows_max = 0;
    TRY(classification_wire_read_list(request->message, &after, &rows_max, diag));
    const struct decision *rows = NULL;
    size_t count = 0;
    TRY(classification_store_list(&classification->tables, after, rows_max, turn->arena, &rows,
                                  &count));
    return classification_wire_decision_rows(rows, count, turn->arena, &request->answer);
}

/* ---- the moments of its life ---- */

static enum status on_open(void *app, struct service *service, const struct config *common,
                           struct diag *diag)
{
    struct classification *classification = app;
    const struct classification_config *config = (const struct classification_config *)common;
    uint64_t lease_ms = config->lease_ms == 0 ? LEASE_MS_DEFAULT : config->lease_ms;
    if (lease_ms < LEASE_MS_MIN || lease_ms > LEASE_MS_MAX) {
        diag_set(diag, "lease_ms: expected %u to %u", LEASE_MS_MIN, LEASE_MS_MAX);
        return STATUS_CONFIG_INVALID;
    }
    classification_pin(&classification->pin);
    TRY(lease_desk_open(&classification->desk, service, &classification->pin, (int64_t)lease_ms));
    return classification_store_open(&classification->tables, service_store(service));
}

static void on_offered(void *app, struct service *service, const struct event_in *event)
{
    (void)service;
    struct classification *classification = app;
    if (event->header.type == CLASSIFICATION_EVENT_CASE_ACCEPTED)
        lease_desk_offer(&classification->desk, event);
}

static bool on_is_ready(void *app, const struct event_in *event)
{
    struct classification *classification = app;
    if (event->header.type != CLASSIFICATION_EVENT_CASE_ACCEPTED)
        return true;
    struct entry_point point = point_of(event);
    return lease_desk_is_ready(&classification->desk, &point);
}

static void on_committed(void *app, struct service *service)
{
    (void)service;
    struct classification *classification = app;
    if (classification->has_handled)
        lease_pool_forget_through(&classification->desk.pool, &classification->handled);
    classification->has_handled = false;
}

static void on_abandoned(void *app, struct service *service)
{
    (void)service;
    struct classification *classification = app;
    classification->has_handled = false;
}

static int64_t on_tick(void *app, struct service *service, int64_t now_boot_ms)
{
    (void)service;
    struct classification *classification = app;
    return lease_desk_tick(&classification->desk, now_boot_ms);
}

static size_t on_metrics(void *app, char *text, size_t size)
{
    const struct classification *classification = app;
    const struct lease_pool *pool = &classification->desk.pool;
    const struct lease_counters *counters = &pool->counters;
    const struct {
        const char *name;
        const char *type;
        uint64_t value;
    } metrics[] = {
        {"leases_total", "counter", counters->leases},
        {"results_total", "counter", counters->results},
        {"results_late_total", "counter", counters->results_late},
        {"results_refused_total", "counter", counters->refused},
        {"suspects_total", "counter", counters->suspects},
        {"condemned_total", "counter", counters->condemned},
        {"no_room_total", "counter", counters->no_room},
        {"waiting_cases", "gauge",
         pool->state_counts[LEASE_STATE_WAITING] + pool->state_counts[LEASE_STATE_SUSPECT]},
        {"leased_cases", "gauge",
         pool->state_counts[LEASE_STATE_LEASED] + pool->state_counts[LEASE_STATE_LEASED_ALONE]},
    };
    size_t used = 0;
    for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++) {
        int written = snprintf(text + used, size - used,
                               "# TYPE netra_classification_%s %s\n"
                               "netra_classification_%s %llu\n",
                               metrics[i].name, metrics[i].type, metrics[i].name,
                               (unsigned long long)metrics[i].value);
        if (written < 0 || (size_t)written >= size - used)
            return used;
        used += (size_t)written;
    }
    return used;
}

static void on_close(void *app, struct service *service)
{
    (void)service;
    struct classification *classification = app;
    classification_store_close(&classification->tables);
    lease_desk_close(&classification->desk);
}

/* ---- the spec ---- */

static bool is_for_notification(uint16_t type)
{
    return type == CLASSIFICATION_EVENT_DECISION_MADE;
}

static const struct service_input inputs[] = {
    {
        .producer = "intake",
        .needs_case_keys = true,
        .events =
            {
                {.type = CLASSIFICATION_EVENT_CASE_ACCEPTED, .handle = on_case_accepted},
                {.type = CLASSIFICATION_EVENT_KEY_AUTHORISED, .handle = turn_apply_key_event},
                {.type = CLASSIFICATION_EVENT_KEY_REVOKED, .handle = turn_apply_key_event},
            },
    },
};

static const struct service_output outputs[] = {
    {.destination = "notification", .wants = is_for_notification},
    {.destination = "audit-log"},
};

static const struct door_entry door[] = {
    {
        .kind = CLASSIFICATION_REQUEST_WORK,
        .roles = ROLE_BIT(CLASSIFICATION_ROLE_WORKER),
        .body = &netra__v1__work_request__descriptor,
        .handle = on_work,
    },
    {
        .kind = CLASSIFICATION_REQUEST_RESULT,
        .roles = ROLE_BIT(CLASSIFICATION_ROLE_WORKER),
        .body = &netra__v1__work_result__descriptor,
        .handle = on_result,
    },
    {
        .kind = CLASSIFICATION_REQUEST_DECISIONS,
        .roles = ROLE_BIT(CLASSIFICATION_ROLE_OPERATOR) | ROLE_BIT(CLASSIFICATION_ROLE_REVIEWER) |
                 ROLE_BIT(CLASSIFICATION_ROLE_AUDITOR),
        .body = &netra__v1__list_request__descriptor,
        .handle = on_decisions,
    },
};

static const struct service_spec spec = {
    .name = "classification",
    .application_id = 0x4e54434cu, /* "NTCL" */
    .migrations = {.steps = classification_migration_steps,
                   .count = CLASSIFICATION_MIGRATION_COUNT},
    .config_schema = &config_schema,
    .app_size = sizeof(struct classification),
    .inputs = inputs,
    .input_count = sizeof(inputs) / sizeof(inputs[0]),
    .outputs = outputs,
    .output_count = sizeof(outputs) / sizeof(outputs[0]),
    .door = door,
    .door_count = sizeof(door) / sizeof(door[0]),
    .open = on_open,
    .offered = on_offered,
    .is_ready = on_is_ready,
    .dead_lettered = on_dead_lettered,
    .committed = on_committed,
    .abandoned = on_abandoned,
    .tick = on_tick,
    .metrics = on_metrics,
    .close = on_close,
};

int main(int argc, char **argv)
{
    return service_main(argc, argv, &spec);
}
