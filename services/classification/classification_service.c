/*
 * netra-classification: owns the decisions on cases and their revisions; leases cases to workers
 * and decides in-process when there are none. See README.md.
 */
#include "services/classification/classification_service.h"

#include "services/classification/classification_app.h"

#include <stdio.h>

#define LEASE_MS_DEFAULT 10000u
#define LEASE_MS_MIN 100u    /* below, ordinary cases would be taken for killers */
#define LEASE_MS_MAX 600000u /* above, a stopped worker would hold the stream up for too long */

/* How soon the tables in force are said again when the store could not just now. */
#define TELL_AGAIN_MS 1000

struct classification_config {
    struct config common;
    char *rules_file;
    char *calendar_file;
    uint64_t lease_ms; /* 0: absent */
};

static const cyaml_schema_field_t config_fields[] = {
    CONFIG_COMMON_FIELDS(struct classification_config),
    CYAML_FIELD_STRING_PTR("rules_file", CYAML_FLAG_POINTER, struct classification_config,
                           rules_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("calendar_file", CYAML_FLAG_POINTER, struct classification_config,
                           calendar_file, 1, 4095),
    CYAML_FIELD_UINT("lease_ms", CYAML_FLAG_OPTIONAL, struct classification_config, lease_ms),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct classification_config, config_fields),
};

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
    TRY(tables_open(classification, config->rules_file, config->calendar_file, diag));
    TRY(lease_desk_open(&classification->desk, service, classification->rulesets.in_force,
                        (int64_t)lease_ms));
    TRY(classification_store_open(&classification->tables, service_store(service)));
    return tables_find_said(classification);
}

static void on_offered(void *app, struct service *service, const struct event_in *event)
{
    (void)service;
    struct classification *classification = app;
    if (case_is_decided_by(event->header.type))
        lease_desk_offer(&classification->desk, event);
}

static bool on_is_ready(void *app, const struct event_in *event)
{
    struct classification *classification = app;
    if (!case_is_decided_by(event->header.type))
        return true;
    /* Which tables decide is said before they do. */
    if (classification->is_tables_due)
        return false;
    struct entry_point point = case_point_of(event);
    return lease_desk_is_ready(&classification->desk, &point);
}

static enum status on_before_commit(void *app, struct turn *turn, struct diag *diag)
{
    (void)turn;
    (void)diag;
    return tables_before_commit(app);
}

static void on_committed(void *app, struct service *service)
{
    (void)service;
    struct classification *classification = app;
    if (classification->has_handled)
        lease_pool_forget_through(&classification->desk.pool, &classification->handled);
    classification->has_handled = false;
    tables_committed(classification);
}

static void on_abandoned(void *app, struct service *service)
{
    (void)service;
    struct classification *classification = app;
    classification->has_handled = false;
    rulesets_drop_next(&classification->rulesets);
}

static int64_t on_tick(void *app, struct service *service, int64_t now_boot_ms)
{
    struct classification *classification = app;
    tables_tell(classification, service);
    int64_t next_ms = lease_desk_tick(&classification->desk, now_boot_ms);
    int64_t again_ms = now_boot_ms + TELL_AGAIN_MS;
    return classification->is_tables_due && again_ms < next_ms ? again_ms : next_ms;
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
        {"older_facts_total", "counter", classification->older_facts},
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
    rulesets_close(&classification->rulesets);
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
                {.type = CLASSIFICATION_EVENT_CASE_ACCEPTED, .handle = case_decide},
                {.type = CLASSIFICATION_EVENT_CASE_CORRECTED, .handle = case_decide},
                {.type = CLASSIFICATION_EVENT_KEY_AUTHORISED, .handle = turn_apply_key_event},
                {.type = CLASSIFICATION_EVENT_KEY_REVOKED, .handle = turn_apply_key_event},
            },
    },
};

static const struct service_output outputs[] = {
    {.destination = "notification", .wants = is_for_notification},
    {.destination = "audit-log"},
};

#define WORKER ROLE_BIT(CLASSIFICATION_ROLE_WORKER)
#define REVIEWER ROLE_BIT(CLASSIFICATION_ROLE_REVIEWER)
#define OPERATOR ROLE_BIT(CLASSIFICATION_ROLE_OPERATOR)

/* Whoever may see decisions, of the own regions. */
#define SEES_DECISIONS                                             \
    (OPERATOR | REVIEWER | ROLE_BIT(CLASSIFICATION_ROLE_OFFICER) | \
     ROLE_BIT(CLASSIFICATION_ROLE_AUDITOR) | ROLE_BIT(CLASSIFICATION_ROLE_NODE))

static const struct door_entry door[] = {
    {
        .kind = CLASSIFICATION_REQUEST_WORK,
        .roles = WORKER,
        .body = &netra__v1__work_request__descriptor,
        .handle = work_ask,
    },
    {
        .kind = CLASSIFICATION_REQUEST_RESULT,
        .roles = WORKER,
        .body = &netra__v1__work_results__descriptor,
        .handle = work_result,
    },
    {
        .kind = CLASSIFICATION_REQUEST_RULESET,
        .roles = WORKER,
        .body = &netra__v1__ruleset_request__descriptor,
        .handle = work_ruleset,
    },
    {
        .kind = CLASSIFICATION_REQUEST_DECISIONS,
        .roles = SEES_DECISIONS,
        .body = &netra__v1__list_request__descriptor,
        .handle = review_decisions,
    },
    {
        .kind = CLASSIFICATION_REQUEST_REVIEWS,
        .roles = SEES_DECISIONS,
        .body = &netra__v1__list_request__descriptor,
        .handle = review_reviews,
    },
    {
        .kind = CLASSIFICATION_REQUEST_CASE_DECISIONS,
        .roles = SEES_DECISIONS,
        .body = &netra__v1__case_request__descriptor,
        .handle = review_case_decisions,
    },
};

static const struct act_entry acts[] = {
    {CLASSIFICATION_EVENT_DECISION_CONFIRMED, REVIEWER, review_act_confirm},
    {CLASSIFICATION_EVENT_DECISION_OVERRIDDEN, REVIEWER, review_act_override},
    {CLASSIFICATION_EVENT_TABLES_LOADED, OPERATOR, tables_load},
    {0},
};

const struct service_spec classification_service = {
    .name = CLASSIFICATION_NAME,
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
    .acts = acts,
    .open = on_open,
    .offered = on_offered,
    .is_ready = on_is_ready,
    .dead_lettered = case_dead_lettered,
    .before_commit = on_before_commit,
    .committed = on_committed,
    .abandoned = on_abandoned,
    .tick = on_tick,
    .metrics = on_metrics,
    .close = on_close,
};
