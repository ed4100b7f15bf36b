/*
 * netra-notification: goes from a decision to those who must be told. See README.md.
 */
#include "common/service/service.h"
#include "services/notification/notification.h"
#include "services/notification/notification_store.h"
#include "services/notification/notification_wire.h"

#include <string.h>

struct notification_config {
    struct config common;
};

static const cyaml_schema_field_t config_fields[] = {
    CONFIG_COMMON_FIELDS(struct notification_config),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct notification_config, config_fields),
};

struct notification {
    struct notification_store tables;
};

/* ---- intake's stream ---- */

/* ---- classification's stream ---- */

static enum status read_decision(struct turn *turn, const struct event_in *event,
                                 struct decision *ret_decision, struct diag *diag)
{
    if (view_is_zero(view_of(event->header.case_handle, CASE_HANDLE_SIZE))) {
        diag_set(diag, "case handle: a decision must have one");
        return STATUS_FIELD_MISSING;
    }
    ProtobufCMessage *message = NULL;
    TRY(turn_open_event(turn, event, &netra__v1__decision_made__descriptor, &message, diag));
    TRY(notification_wire_read_decision(message, ret_decision, diag));
    return decision_check(ret_decision, diag);
}

static enum status append_queued(struct turn *turn, const struct event_in *event,
                                 const struct notice *notice)
{
    struct event_draft draft = {
        .type = NOTIFICATION_EVENT_NOTICE_QUEUED,
        .schema = NOTIFICATION_SCHEMA,
        .case_handle = notice->case_handle,
        .case_key = event->case_key,
        .cause_stream_id = event->header.stream_id,
        .cause_seq = event->header.seq,
    };
    TRY(notification_wire_queued(&notice->recipient, notice->revision, turn->arena,
                                 &draft.payload));
    return turn_append(turn, &draft, NULL);
}

static enum status on_decision_made(void *app, struct turn *turn, const struct event_in *event,
                                    struct diag *diag)
{
    struct notification *notification = app;
    /* Nobody can be told of a case whose content is gone, and nothing could be sealed of it. */
    if (event->is_erased)
        return STATUS_OK;
    struct decision decision;
    TRY(read_decision(turn, event, &decision, diag));
    bool has_higher = false;
    TRY(notification_store_has_higher(&notification->tables, event->header.case_handle,
                                      decision.revision, &has_higher));
    struct notice notice = {
        .revision = decision.revision,
        .state = has_higher ? NOTICE_SUPERSEDED : NOTICE_QUEUED,
        .at = turn->now_utc_s,
    };
    memcpy(notice.case_handle, event->header.case_handle, sizeof(notice.case_handle));
    struct recipient recipients[RECIPIENTS_MAX];
    size_t count = decision_recipients(&decision, recipients);
    for (size_t index = 0; index < count; index++) {
        notice.recipient = recipients[index];
        bool is_new = false;
        TRY(notification_store_put(&notification->tables, &notice, &is_new));
        if (is_new && notice.state == NOTICE_QUEUED)
            TRY(append_queued(turn, event, &notice));
    }
    return STATUS_OK;
}

/* ---- the door ---- */

static enum status on_notices(void *app, struct turn *turn, struct door_request *request,
                              struct diag *diag)
{
    struct notification *notification = app;
    uint64_t after = 0;
    uint32_t rows_max = 0;
    TRY(notification_wire_read_list(request->message, &after, &rows_max, diag));
    const struct notice_row *rows = NULL;
    size_t count = 0;
    TRY(notification_store_list(&notification->tables, after, rows_max, turn->arena, &rows,
                                &count));
    return notification_wire_rows(rows, count, turn->arena, &request->answer);
}

/* ---- start and stop ---- */

static enum status on_open(void *app, struct service *service, const struct config *config,
                           struct diag *diag)
{
    (void)config;
    (void)diag;
    struct notification *notification = app;
    return notification_store_open(&notification->tables, service_store(service));
}

static void on_close(void *app, struct service *service)
{
    (void)service;
    struct notification *notification = app;
    notification_store_close(&notification->tables);
}

/* ---- the spec ---- */

static const struct service_input inputs[] = {
    {
        .producer = "intake",
        .events =
            {
                {.type = NOTIFICATION_EVENT_KEY_AUTHORISED, .handle = turn_apply_key_event},
                {.type = NOTIFICATION_EVENT_KEY_REVOKED, .handle = turn_apply_key_event},
            },
    },
    {
        .producer = "classification",
        .needs_case_keys = true,
        .events =
            {
                {.type = NOTIFICATION_EVENT_DECISION_MADE, .handle = on_decision_made},
            },
    },
};

static const struct service_output outputs[] = {
    {.destination = "audit-log"},
};

static const struct door_entry door[] = {
    {
        .kind = NOTIFICATION_REQUEST_NOTICES,
        .roles = ROLE_BIT(NOTIFICATION_ROLE_OPERATOR) | ROLE_BIT(NOTIFICATION_ROLE_REVIEWER) |
                 ROLE_BIT(NOTIFICATION_ROLE_AUDITOR),
        .body = &netra__v1__list_request__descriptor,
        .handle = on_notices,
    },
};

int main(int argc, char **argv)
{
    static const struct service_spec spec = {
        .name = "notification",
        .application_id = NOTIFICATION_APPLICATION_ID,
        .migrations = {.steps = notification_migration_steps,
                       .count = NOTIFICATION_MIGRATION_COUNT},
        .config_schema = &config_schema,
        .app_size = sizeof(struct notification),
        .inputs = inputs,
        .input_count = sizeof(inputs) / sizeof(inputs[0]),
        .outputs = outputs,
        .output_count = sizeof(outputs) / sizeof(outputs[0]),
        .door = door,
        .door_count = sizeof(door) / sizeof(door[0]),
        .open = on_open,
        .close = on_close,
    };
    return service_main(argc, argv, &spec);
}
