/*
 * What people ask of notification. Rows outside the asker's regions are left out; who has no
 * regions sees all.
 */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "services/notification/notification_app.h"
#include "services/notification/notification_wire.h"

#include <string.h>

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
        if (!principal_has_region(request->who, rows[i].region))
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
    struct notice_scope scope = {
        .regions = request->who->regions,
        .is_exact = request->who->role == NOTIFICATION_ROLE_NODE,
    };
    TRY(notification_store_list(&notification->store, &scope, after, rows, rows_max, &count));
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
    if (!principal_has_region(request->who, row.region))
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
    if (!principal_has_region(request->who, decision.region))
        return STATUS_NOT_FOUND;
    routing_evaluate(&notification_tables_of(notification)->routing, &decision, &route);
    return notification_wire_route(&route, decision.revision, notification->desk.has_smtp,
                                   turn->arena, &request->answer);
}
