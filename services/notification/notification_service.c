/*
 * netra-notification: goes from a decision to those who must be told. See README.md.
 */
#include "services/notification/notification_service.h"

#include "common/base/log.h"
#include "common/service/key_file.h"
#include "services/notification/notification_app.h"
#include "services/notification/notification_wire.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PATH_BYTES_MAX 4095
#define TEXT_BYTES_MAX 255

static const cyaml_schema_field_t smtp_fields[] = {
    CYAML_FIELD_STRING_PTR("url", CYAML_FLAG_POINTER, struct notification_config_smtp, url, 1,
                           TEXT_BYTES_MAX),
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct notification_config_smtp, from, 3, TEXT_BYTES_MAX - 1),
    CYAML_FIELD_STRING_PTR("user", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct notification_config_smtp, user, 1, TEXT_BYTES_MAX),
    CYAML_FIELD_STRING_PTR("password_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct notification_config_smtp, password_file, 1, PATH_BYTES_MAX),
    CYAML_FIELD_STRING_PTR("ca_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct notification_config_smtp, ca_file, 1, PATH_BYTES_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t config_fields[] = {
    CONFIG_COMMON_FIELDS(struct notification_config),
    CYAML_FIELD_STRING_PTR("routing_file", CYAML_FLAG_POINTER, struct notification_config,
                           routing_file, 1, PATH_BYTES_MAX),
    CYAML_FIELD_STRING_PTR("templates_file", CYAML_FLAG_POINTER, struct notification_config,
                           templates_file, 1, PATH_BYTES_MAX),
    CYAML_FIELD_STRING_PTR("message_id_file", CYAML_FLAG_POINTER, struct notification_config,
                           message_id_file, 1, PATH_BYTES_MAX),
    CYAML_FIELD_STRING_PTR("mail_folder", CYAML_FLAG_POINTER, struct notification_config,
                           mail_folder, 1, PATH_BYTES_MAX),
    CYAML_FIELD_MAPPING_PTR("smtp", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                            struct notification_config, smtp, smtp_fields),
    CYAML_FIELD_UINT("retry_base_ms", CYAML_FLAG_OPTIONAL, struct notification_config,
                     retry_base_ms),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct notification_config, config_fields),
};

/* ---- start and stop ---- */

static enum status open_tables(struct notification *notification, struct diag *diag)
{
    uint8_t recorded[SHA256_SIZE];
    TRY(notification_tables_load(notification->config->routing_file,
                                 notification->config->templates_file, &notification->tables[0],
                                 diag));
    notification->desk.tables = &notification->tables[0];
    enum status status = notification_store_get_tables(&notification->store, recorded);
    notification->is_record_due =
        status == STATUS_NOT_FOUND ||
        memcmp(recorded, notification->tables[0].digest, SHA256_SIZE) != 0;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status open_sender(struct notification *notification, const char *origin,
                               struct diag *diag)
{
    const struct notification_config_smtp *smtp = notification->config->smtp;
    struct notice_sender *sender = &notification->desk.sender;
    struct key_secret secret;
    TRY(key_secret_read(notification->config->message_id_file, &secret, diag));
    memcpy(sender->secret, secret.secret, sizeof sender->secret);
    sodium_memzero(&secret, sizeof secret);
    notice_host_of(origin, sender->host);
    if (smtp != NULL && smtp->from != NULL)
        (void)snprintf(sender->address, sizeof sender->address, "%s", smtp->from);
    else
        (void)snprintf(sender->address, sizeof sender->address, "netra@%s", sender->host);
    if (notice_address_is_valid(sender->address))
        return STATUS_OK;
    diag_set(diag, "smtp.from: expected one mail address");
    return STATUS_CONFIG_INVALID;
}

static enum status open_smtp(struct notification *notification, const char *origin,
                             struct diag *diag)
{
    const struct notification_config_smtp *smtp = notification->config->smtp;
    struct notice_desk *desk = &notification->desk;
    if (smtp == NULL) {
        log_line(LOG_LEVEL_WARN, "no_mail_server",
                 LOG_TEXT("detail", "without smtp in the configuration every notice goes to "
                                    "mail_folder"));
        return STATUS_OK;
    }
    struct smtp_settings settings = {
        .url = smtp->url,
        .user = smtp->user,
        .password_file = smtp->password_file,
        .ca_file = smtp->ca_file,
        .helo = desk->sender.host,
    };
    bool is_demonstration = strncmp(origin, "demo.invalid", strlen("demo.invalid")) == 0;
    TRY(channel_smtp_open(&desk->smtp, &settings, is_demonstration, diag));
    desk->has_smtp = true;
    return STATUS_OK;
}

static enum status on_open(void *app, struct service *service, const struct config *config,
                           struct diag *diag)
{
    struct notification *notification = app;
    notification->config = (const struct notification_config *)config;
    TRY(notification_store_open(&notification->store, service_store(service)));
    notification->desk.store = &notification->store;
    notification->desk.files = service_files(service);
    notification->desk.mail_folder = notification->config->mail_folder;
    notification->desk.retry_base_ms = notification->config->retry_base_ms == 0
                                           ? NOTICE_RETRY_BASE_MS
                                           : notification->config->retry_base_ms;
    TRY(open_tables(notification, diag));
    TRY(open_sender(notification, config->origin, diag));
    TRY(open_smtp(notification, config->origin, diag));
    return notice_desk_open(&notification->desk, diag);
}

static void on_close(void *app, struct service *service)
{
    struct notification *notification = app;
    notice_desk_close(&notification->desk, service_store(service));
    notification_tables_close(&notification->tables[0]);
    notification_tables_close(&notification->tables[1]);
    sodium_memzero(&notification->desk.sender, sizeof notification->desk.sender);
    notification_store_close(&notification->store);
}

static int64_t on_tick(void *app, struct service *service, int64_t now_boot_ms)
{
    struct notification *notification = app;
    struct diag diag = {.text = ""};
    if (notification->is_record_due &&
        service_run(service, notification_record_tables, NULL, &diag) == STATUS_OK)
        notification->is_record_due = false;
    return notice_desk_tick(&notification->desk, service, now_boot_ms);
}

static size_t on_metrics(void *app, char *text, size_t size)
{
    struct notification *notification = app;
    const struct notice_desk *desk = &notification->desk;
    uint64_t counts[NOTICE_STATE_COUNT];
    struct notice_buffer buffer;
    char line[160];
    notice_buffer_begin(&buffer, text, size);
    if (size == 0 || notification_store_count(&notification->store, counts) != STATUS_OK)
        return 0;
    notice_buffer_add_text(&buffer, "# TYPE netra_notification_notices gauge\n");
    for (unsigned state = 0; state < NOTICE_STATE_COUNT; state++) {
        (void)snprintf(line, sizeof line, "netra_notification_notices{state=\"%s\"} %llu\n",
                       notice_state_name((enum notice_state)state),
                       (unsigned long long)counts[state]);
        notice_buffer_add_text(&buffer, line);
    }
    const struct {
        const char *outcome;
        uint64_t value;
    } hand_overs[] = {
        {"done", desk->handed_over}, {"put_off", desk->put_off}, {"given_up", desk->given_up}};
    notice_buffer_add_text(&buffer, "# TYPE netra_notification_hand_overs_total counter\n");
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(line, sizeof line,
                       "netra_notification_hand_overs_total{outcome=\"%s\"} %llu\n",
                       hand_overs[i].outcome, (unsigned long long)hand_overs[i].value);
        notice_buffer_add_text(&buffer, line);
    }
    return buffer.used;
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
                {.type = NOTIFICATION_EVENT_DECISION_MADE, .handle = notification_on_decision},
            },
    },
};

static const struct service_output outputs[] = {
    {.destination = "audit-log"},
};

#define VIEWERS                                                                   \
    (ROLE_BIT(NOTIFICATION_ROLE_OPERATOR) | ROLE_BIT(NOTIFICATION_ROLE_OFFICER) | \
     ROLE_BIT(NOTIFICATION_ROLE_REVIEWER) | ROLE_BIT(NOTIFICATION_ROLE_AUDITOR) | \
     ROLE_BIT(NOTIFICATION_ROLE_NODE))
#define READERS                                                                    \
    (ROLE_BIT(NOTIFICATION_ROLE_OPERATOR) | ROLE_BIT(NOTIFICATION_ROLE_REVIEWER) | \
     ROLE_BIT(NOTIFICATION_ROLE_AUDITOR))

static const struct door_entry door[] = {
    {
        .kind = NOTIFICATION_REQUEST_NOTICES,
        .roles = VIEWERS,
        .body = &netra__v1__list_request__descriptor,
        .handle = notification_on_notices,
    },
    {
        .kind = NOTIFICATION_REQUEST_CASE_NOTICES,
        .roles = VIEWERS,
        .body = &netra__v1__case_request__descriptor,
        .handle = notification_on_case_notices,
    },
    {
        .kind = NOTIFICATION_REQUEST_NOTICE_PREVIEW,
        .roles = READERS,
        .body = &netra__v1__notice_request__descriptor,
        .handle = notification_on_preview,
    },
    {
        .kind = NOTIFICATION_REQUEST_ROUTE,
        .roles = VIEWERS,
        .body = &netra__v1__case_request__descriptor,
        .handle = notification_on_route,
    },
};

static const struct act_entry acts[] = {
    {
        .type = NOTIFICATION_EVENT_NOTICE_RESENT,
        .roles = ROLE_BIT(NOTIFICATION_ROLE_OPERATOR),
        .handle = notification_on_resend,
    },
    {
        .type = NOTIFICATION_EVENT_TABLES_LOADED,
        .roles = ROLE_BIT(NOTIFICATION_ROLE_OPERATOR),
        .handle = notification_on_tables,
    },
    {0},
};

const struct service_spec notification_service = {
    .name = "notification",
    .application_id = NOTIFICATION_APPLICATION_ID,
    .migrations = {.steps = notification_migration_steps, .count = NOTIFICATION_MIGRATION_COUNT},
    .config_schema = &config_schema,
    .app_size = sizeof(struct notification),
    .inputs = inputs,
    .input_count = sizeof(inputs) / sizeof(inputs[0]),
    .outputs = outputs,
    .output_count = sizeof(outputs) / sizeof(outputs[0]),
    .door = door,
    .door_count = sizeof(door) / sizeof(door[0]),
    .acts = acts,
    .open = on_open,
    .committed = notification_on_committed,
    .abandoned = notification_on_abandoned,
    .tick = on_tick,
    .metrics = on_metrics,
    .close = on_close,
};
