/*
 * What people ask of notification, and the two acts it carries out: a notice ordered again, and
 * tables put into force. Rows outside the asker's regions are left out; who has no regions sees
 * all.
 */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "services/notification/notification_app.h"
#include "services/notification/notification_wire.h"

#include <string.h>

static bool may_see(const struct principal *who, const char *region)
{
    return who->regions[0] == '\0' || principal_has_region(who, region);
}

/* ---- lists ---- */

/* The rows that the asker may see, each with its Message-ID, as an answer. */
static enum status answer_rows(const struct notification *notification, struct turn *turn,
                               struct door_request *request, const struct notice_row *rows,
                               uint32_t count)
{
    struct notification_notice *notices = arena_take(turn->arena, count * sizeof *notices);
    if (notices == NULL)
        return STATUS_NO_MEMORY;
    size_t seen = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!may_see(request->who, rows[i].region))
            continue;
        char *id = arena_take(turn->arena, NOTICE_MESSAGE_ID_BYTES);
        if (id == NULL)
            return STATUS_NO_MEMORY;
        if (rows[i].state != NOTICE_BLOCKED)
            notice_desk_message_id(&notification->desk, &rows[i], id);
        notices[seen++] = (struct notification_notice){.row = &rows[i], .message_id = id};
    }
    return notification_wire_rows(notices, seen, turn->arena, &request->answer);
}

/* A page of rows of which the asker sees none must not look like the list's end: pages are read
 * until one has a row to show. */
static enum status read_page(struct notification *notification, const struct principal *who,
                             uint64_t after, struct notice_row *rows, uint32_t rows_max,
                             uint32_t *ret_count)
{
    for (;;) {
        TRY(notification_store_list(&notification->store, after, rows, rows_max, ret_count));
        if (*ret_count == 0)
            return STATUS_OK;
        for (uint32_t i = 0; i < *ret_count; i++)
            if (may_see(who, rows[i].region))
                return STATUS_OK;
        after = rows[*ret_count - 1].id;
    }
}

enum status notification_on_notices(void *app, struct turn *turn, struct door_request *request,
                                    struct diag *diag)
{
    struct notification *notification = app;
    uint64_t after = 0;
    uint32_t rows_max = 0;
    uint32_t count = 0;
    TRY(notification_wire_read_list(request->message, &after, &rows_max, diag));
    struct notice_row *rows = arena_take(turn->arena, rows_max * sizeof *rows);
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    TRY(read_page(notification, request->who, after, rows, rows_max, &count));
    return answer_rows(notification, turn, request, rows, count);
}

enum status notification_on_case_notices(void *app, struct turn *turn,
                                         struct door_request *request, struct diag *diag)
{
    struct notification *notification = app;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t count = 0;
    TRY(notification_wire_read_case(request->message, case_handle, diag));
    struct notice_row *rows = arena_take(turn->arena, LIMIT_LIST_ROWS * sizeof *rows);
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    TRY(notification_store_of_case(&notification->store, case_handle, rows, LIMIT_LIST_ROWS,
                                   &count));
    return answer_rows(notification, turn, request, rows, count);
}

/* ---- one notice, one route ---- */

enum status notification_on_preview(void *app, struct turn *turn, struct door_request *request,
                                    struct diag *diag)
{
    struct notification *notification = app;
    struct notice_row row;
    struct notice_buffer buffer;
    uint64_t id = 0;
    TRY(notification_wire_read_notice(request->message, &id, diag));
    TRY(notification_store_get(&notification->store, id, &row));
    if (!may_see(request->who, row.region))
        return STATUS_NOT_FOUND;
    char *bytes = arena_take(turn->arena, NOTICE_MESSAGE_BYTES_MAX);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    notice_buffer_begin(&buffer, bytes, NOTICE_MESSAGE_BYTES_MAX);
    enum status status = notice_desk_compose(&notification->desk, &row, &buffer);
    if (status != STATUS_OK) {
        diag_set(diag, "the tables in force have no office or no template for this notice");
        return status;
    }
    return notification_wire_text(buffer.bytes, turn->arena, &request->answer);
}

enum status notification_on_route(void *app, struct turn *turn, struct door_request *request,
                                  struct diag *diag)
{
    struct notification *notification = app;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct decision decision;
    struct route route;
    TRY(notification_wire_read_case(request->message, case_handle, diag));
    TRY(notification_store_get_facts(&notification->store, case_handle, &decision));
    if (!may_see(request->who, decision.region))
        return STATUS_NOT_FOUND;
    routing_evaluate(&notification_tables_of(notification)->routing, &decision, &route);
    return notification_wire_route(&route, decision.revision, notification->desk.has_smtp,
                                   turn->arena, &request->answer);
}

/* ---- acts ---- */

static enum status check_act(const struct act *act, struct diag *diag)
{
    if (act->schema == NOTIFICATION_SCHEMA &&
        view_is_zero(view_of(act->case_handle, CASE_HANDLE_SIZE)))
        return STATUS_OK;
    diag_set(diag, "an operator's act has schema %u and no case", NOTIFICATION_SCHEMA);
    return STATUS_OUT_OF_RANGE;
}

static enum status append_act(struct turn *turn, const struct act *act)
{
    struct event_draft draft = {
        .type = act->type,
        .schema = act->schema,
        .payload = act->payload,
        .act = act,
    };
    return turn_append(turn, &draft, NULL);
}

enum status notification_on_resend(void *app, struct turn *turn, const struct act *act,
                                   const struct principal *who, struct view *ret_answer,
                                   struct diag *diag)
{
    struct notification *notification = app;
    ProtobufCMessage *message = NULL;
    struct notice_row row;
    uint64_t id = 0;
    (void)ret_answer;
    TRY(check_act(act, diag));
    TRY(wire_unpack(&netra__v1__resend_notice__descriptor, act->payload, turn->arena, &message,
                    diag));
    TRY(notification_wire_read_resend(message, &id, diag));
    TRY(notification_store_get(&notification->store, id, &row));
    if (!may_see(who, row.region))
        return STATUS_NOT_FOUND;
    enum status status = notification_store_resend(&notification->store, id, turn->now_utc_s);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag,
                 "only a notice that was handed over or has failed is handed over again; "
                 "this one is %s",
                 notice_state_name(row.state));
    TRY(status);
    notice_desk_wake(&notification->desk);
    return append_act(turn, act);
}

/* Loads the files anew. They must be the ones that the operator has checked. */
static enum status load_next(struct notification *notification, const uint8_t digest[SHA256_SIZE],
                             struct diag *diag)
{
    struct notification_tables *next = &notification->tables[1 - notification->tables_in_force];
    notification_tables_close(next);
    notification->has_next_tables = false;
    if (notification_tables_load(notification->config->routing_file,
                                 notification->config->templates_file, next, diag) != STATUS_OK)
        return STATUS_TABLES_INVALID;
    if (memcmp(next->digest, digest, SHA256_SIZE) == 0)
        return STATUS_OK;
    diag_set(diag, "digest: the service's own files are not the ones that were checked");
    notification_tables_close(next);
    return STATUS_TABLES_INVALID;
}

enum status notification_on_tables(void *app, struct turn *turn, const struct act *act,
                                   const struct principal *who, struct view *ret_answer,
                                   struct diag *diag)
{
    struct notification *notification = app;
    ProtobufCMessage *message = NULL;
    uint8_t digest[SHA256_SIZE];
    (void)who;
    (void)ret_answer;
    TRY(check_act(act, diag));
    TRY(wire_unpack(&netra__v1__tables_loaded__descriptor, act->payload, turn->arena, &message,
                    diag));
    TRY(notification_wire_read_tables(message, digest, diag));
    TRY(load_next(notification, digest, diag));
    TRY(append_act(turn, act));
    TRY(notification_store_put_tables(&notification->store, digest));
    notification->has_next_tables = true;
    return STATUS_OK;
}
