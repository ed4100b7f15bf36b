/*
 * netra-audit-log: keeps every event of every service as a leaf of one tree, signs the tree and
 * publishes its checkpoint. See README.md.
 */
#include "services/audit-log/audit_log_service.h"

#include "common/base/log.h"
#include "common/service/key_file.h"
#include "services/audit-log/audit_log_published.h"
#include "services/audit-log/audit_log_store.h"
#include "services/audit-log/audit_log_tree.h"
#include "services/audit-log/audit_log_wire.h"

#include <inttypes.h>
#include <stdio.h>

struct audit_log_config {
    struct config common;
    char *checkpoint_file;
};

static const cyaml_schema_field_t config_fields[] = {
    CONFIG_COMMON_FIELDS(struct audit_log_config),
    CYAML_FIELD_STRING_PTR("checkpoint_file", CYAML_FLAG_POINTER, struct audit_log_config,
                           checkpoint_file, 1, 4095),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct audit_log_config, config_fields),
};

struct audit_log_app {
    struct audit_log_store tables;
    struct audit_log_tree tree;
    struct audit_log_published published;
    bool was_empty; /* at open: then a missing file is no wonder */
};

/* ---- events ---- */

static enum status on_event(void *app, struct turn *turn, const struct event_in *event,
                            struct diag *diag)
{
    struct audit_log_app *audit_log = app;
    uint64_t index = 0;
    return audit_log_tree_append(&audit_log->tree, event->header_bytes, event->sealed,
                                 turn->now_utc_s, &index, diag);
}

static enum status on_key_event(void *app, struct turn *turn, const struct event_in *event,
                                struct diag *diag)
{
    enum status status = turn_apply_key_event(app, turn, event, diag);
    if (status_class_of(status) == STATUS_CLASS_OK ||
        status_class_of(status) == STATUS_CLASS_FATAL)
        return status;
    bool is_of_store = status == STATUS_STORE_FULL || status == STATUS_STORE_BUSY ||
                       status == STATUS_STORE_IO || status == STATUS_NO_MEMORY;
    if (is_of_store)
        return status;
    /* The register beside the tree serves this door alone: it never holds the tree up. */
    log_line(LOG_LEVEL_ERROR, "key_event_not_applied", LOG_NUMBER("seq", event->header.seq),
             LOG_TEXT("status", status_name(status)));
    return STATUS_OK;
}

/* Own events are leaves too: what is done at audit-log stands in the tree. */
static enum status on_appended(void *app, struct turn *turn,
                               const uint8_t header_bytes[HEADER_SIZE], struct view payload)
{
    struct audit_log_app *audit_log = app;
    struct event_header header;
    uint64_t index = 0;
    TRY(audit_log_tree_append(&audit_log->tree, header_bytes, payload, turn->now_utc_s, &index,
                              NULL));
    TRY(header_decode(view_of(header_bytes, HEADER_SIZE), &header));
    if (header.type != AUDIT_LOG_EVENT_SERVICE_RECOVERED)
        return STATUS_OK;
    return audit_log_store_put_recovery(&audit_log->tables, index);
}

/* ---- the transaction ---- */

static enum status on_before_commit(void *app, struct turn *turn, struct diag *diag)
{
    struct audit_log_app *audit_log = app;
    return audit_log_tree_seal(&audit_log->tree, turn->arena, diag);
}

static enum status on_saved(void *app)
{
    struct audit_log_app *audit_log = app;
    return audit_log_tree_saved(&audit_log->tree);
}

static void on_restored(void *app)
{
    struct audit_log_app *audit_log = app;
    audit_log_tree_restored(&audit_log->tree);
}

static void on_committed(void *app, struct service *service)
{
    (void)service;
    struct audit_log_app *audit_log = app;
    audit_log_tree_committed(&audit_log->tree);
}

static void on_abandoned(void *app, struct service *service)
{
    (void)service;
    struct audit_log_app *audit_log = app;
    audit_log_tree_abandoned(&audit_log->tree);
}

/* ---- publishing ---- */

static void log_failure(const char *event, enum status status, const char *detail)
{
    log_line(LOG_LEVEL_ERROR, event, LOG_TEXT("status", status_name(status)),
             LOG_TEXT("detail", detail));
}

static void publish(struct audit_log_app *audit_log, struct service *service)
{
    struct diag diag = {.text = ""};
    enum status status =
        audit_log_published_write(&audit_log->published, service_now_boot_ms(service), &diag);
    if (status != STATUS_OK)
        log_failure("publish_failed", status, diag.text);
}

static enum status settle_recovery(void *app, struct turn *turn, void *context, struct diag *diag)
{
    (void)turn;
    (void)context;
    (void)diag;
    struct audit_log_app *audit_log = app;
    return audit_log_store_settle_recovery(&audit_log->tables);
}

static void settle(struct audit_log_app *audit_log, struct service *service)
{
    struct diag diag = {.text = ""};
    enum status status = service_run(service, settle_recovery, NULL, &diag);
    if (status == STATUS_OK)
        audit_log->tree.recovery.is_unsettled = false;
    else if (status != STATUS_TRY_AGAIN_LATER)
        log_failure("recovery_not_settled", status, store_error_text(service_store(service)));
}

static int64_t on_tick(void *app, struct service *service, int64_t now_boot_ms)
{
    struct audit_log_app *audit_log = app;
    struct audit_log_published *published = &audit_log->published;
    if (audit_log_published_is_behind(published) && now_boot_ms >= published->not_before)
        publish(audit_log, service);
    if (audit_log_published_settles(published))
        settle(audit_log, service);
    return audit_log_published_is_behind(published) ? published->not_before : INT64_MAX;
}

/* ---- the door ---- */

static enum status on_head(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag)
{
    (void)diag;
    struct audit_log_app *audit_log = app;
    struct view verifier_key;
    TRY(note_key_write(&audit_log->tree.key, turn->arena, &verifier_key));
    return audit_log_wire_head(service_origin(turn->service), &audit_log->tree.committed.newest,
                               verifier_key, turn->arena, &request->answer);
}

static enum status on_leaves(void *app, struct turn *turn, struct door_request *request,
                             struct diag *diag)
{
    struct audit_log_app *audit_log = app;
    struct audit_log_page page;
    uint64_t after = 0;
    uint32_t rows_max = 0;
    TRY(audit_log_wire_read_list(request->message, &after, &rows_max, diag));
    TRY(audit_log_page_open(&page, rows_max, AUDIT_LOG_PAGE_BYTES_MAX, turn->arena));
    TRY(audit_log_tree_read(&audit_log->tree, after, turn->arena, &page));
    return audit_log_wire_page(&page, turn->arena, &request->answer);
}

static enum status on_stream(void *app, struct turn *turn, struct door_request *request,
                             struct diag *diag)
{
    struct audit_log_app *audit_log = app;
    struct audit_log_page page;
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t after = 0;
    uint32_t rows_max = 0;
    TRY(audit_log_wire_read_stream(request->message, stream_id, &after, &rows_max, diag));
    TRY(audit_log_page_open(&page, rows_max, AUDIT_LOG_PAGE_BYTES_MAX, turn->arena));
    TRY(audit_log_tree_read_stream(&audit_log->tree, stream_id, after, turn->arena, &page));
    return audit_log_wire_page(&page, turn->arena, &request->answer);
}

static enum status on_case(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag)
{
    struct audit_log_app *audit_log = app;
    struct audit_log_page page;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    TRY(audit_log_wire_read_case(request->message, case_handle, diag));
    TRY(audit_log_page_open(&page, LIMIT_LIST_ROWS, AUDIT_LOG_PAGE_BYTES_MAX, turn->arena));
    TRY(audit_log_tree_read_case(&audit_log->tree, case_handle, &page));
    return audit_log_wire_page(&page, turn->arena, &request->answer);
}

/* ---- start and stop ---- */

static enum status on_open(void *app, struct service *service, const struct config *common,
                           struct diag *diag)
{
    struct audit_log_app *audit_log = app;
    const struct audit_log_config *config = (const struct audit_log_config *)common;
    const struct key_pair *keys = service_keys(service);
    const struct audit_log_signer signer = {
        .origin = service_origin(service),
        .sign_public = keys->sign_public,
        .sign_secret = keys->sign_secret,
    };
    TRY(audit_log_store_open(&audit_log->tables, service_store(service)));
    TRY(audit_log_tree_open(&audit_log->tree, &audit_log->tables, &signer, diag));
    audit_log->was_empty = audit_log->tree.committed.newest.size == 0;
    audit_log->published = (struct audit_log_published){
        .tree = &audit_log->tree,
        .files = service_files(service),
        .path = config->checkpoint_file,
    };
    return STATUS_OK;
}

static enum status on_check(void *app, struct service *service, struct diag *diag)
{
    (void)service;
    struct audit_log_app *audit_log = app;
    enum audit_log_finding finding = AUDIT_LOG_FILE_FITS;
    uint64_t size = audit_log->tree.committed.newest.size;
    TRY(audit_log_published_check(&audit_log->published, &finding, diag));
    switch (finding) {
    case AUDIT_LOG_FILE_FITS:
        break;
    case AUDIT_LOG_FILE_ABSENT:
        if (!audit_log->was_empty)
            log_line(LOG_LEVEL_WARN, "checkpoint_absent", LOG_NUMBER("leaves", size));
        break;
    case AUDIT_LOG_FILE_SET_ASIDE:
        log_line(LOG_LEVEL_WARN, "checkpoint_set_aside", LOG_NUMBER("leaves", size));
        break;
    }
    return STATUS_OK;
}

static size_t on_metrics(void *app, char *text, size_t size)
{
    const struct audit_log_app *audit_log = app;
    int written = snprintf(text, size,
                           "# TYPE netra_audit_log_leaves gauge\n"
                           "netra_audit_log_leaves %" PRIu64 "\n"
                           "# TYPE netra_audit_log_published_leaves gauge\n"
                           "netra_audit_log_published_leaves %" PRIu64 "\n",
                           audit_log->tree.committed.newest.size, audit_log->published.size);
    return written < 0 || (size_t)written >= size ? 0 : (size_t)written;
}

static void on_close(void *app, struct service *service)
{
    struct audit_log_app *audit_log = app;
    bool is_behind =
        audit_log->published.tree != NULL && audit_log_published_is_behind(&audit_log->published);
    if (is_behind && !service_is_forked(service))
        publish(audit_log, service);
    audit_log_store_close(&audit_log->tables);
}

/* ---- the spec ---- */

static const struct service_input inputs[] = {
    {
        .producer = "intake",
        .every = on_event,
        .events =
            {
                {.type = AUDIT_LOG_EVENT_KEY_AUTHORISED, .handle = on_key_event},
                {.type = AUDIT_LOG_EVENT_KEY_REVOKED, .handle = on_key_event},
            },
    },
    {.producer = "classification", .every = on_event},
    {.producer = "notification", .every = on_event},
};

#define READERS (ROLE_BIT(AUDIT_LOG_ROLE_OPERATOR) | ROLE_BIT(AUDIT_LOG_ROLE_AUDITOR))
#define PEOPLE (READERS | ROLE_BIT(AUDIT_LOG_ROLE_OFFICER) | ROLE_BIT(AUDIT_LOG_ROLE_REVIEWER))

static const struct door_entry door[] = {
    {
        .kind = AUDIT_LOG_REQUEST_HEAD,
        .roles = PEOPLE,
        .body = &netra__v1__empty__descriptor,
        .handle = on_head,
    },
    {
        .kind = AUDIT_LOG_REQUEST_LEAVES,
        .roles = READERS,
        .body = &netra__v1__list_request__descriptor,
        .handle = on_leaves,
    },
    {
        .kind = AUDIT_LOG_REQUEST_STREAM,
        .roles = READERS,
        .body = &netra__v1__audit_stream_request__descriptor,
        .handle = on_stream,
    },
    {
        .kind = AUDIT_LOG_REQUEST_CASE,
        .roles = PEOPLE | ROLE_BIT(AUDIT_LOG_ROLE_NODE),
        .body = &netra__v1__case_request__descriptor,
        .handle = on_case,
    },
};

const struct service_spec audit_log_service = {
    .name = "audit-log",
    .application_id = AUDIT_LOG_APPLICATION_ID,
    .migrations = {.steps = audit_log_migration_steps, .count = AUDIT_LOG_MIGRATION_COUNT},
    .config_schema = &config_schema,
    .app_size = sizeof(struct audit_log_app),
    .inputs = inputs,
    .input_count = sizeof(inputs) / sizeof(inputs[0]),
    .door = door,
    .door_count = sizeof(door) / sizeof(door[0]),
    .open = on_open,
    .check = on_check,
    .never_sets_aside = true,
    .appended = on_appended,
    .saved = on_saved,
    .restored = on_restored,
    .before_commit = on_before_commit,
    .committed = on_committed,
    .abandoned = on_abandoned,
    .tick = on_tick,
    .metrics = on_metrics,
    .close = on_close,
};
