/*
 * The tables in force: which they are, that they are recorded, and how others take their place.
 */
#include "services/notification/notification_app.h"

#include "common/base/log.h"
#include "services/notification/notification_wire.h"

const struct notification_tables *notification_tables_of(const struct notification *notification)
{
    return &notification->tables[notification->tables_in_force];
}

enum notice_channel notification_channel_of(const struct notification *notification,
                                            const struct routing_office *office)
{
    return notification->desk.has_smtp ? office->channel : NOTICE_CHANNEL_MAILDIR;
}

enum status notification_record_tables(void *app, struct turn *turn, void *context,
                                       struct diag *diag)
{
    struct notification *notification = app;
    const struct notification_tables *tables = notification_tables_of(notification);
    struct event_draft draft = {
        .type = NOTIFICATION_EVENT_TABLES_LOADED,
        .schema = NOTIFICATION_SCHEMA,
    };
    (void)context;
    (void)diag;
    TRY(notification_wire_tables(tables->digest, tables->routing.version, turn->arena,
                                 &draft.payload));
    TRY(turn_append(turn, &draft, NULL));
    return notification_store_put_tables(&notification->store, tables->digest);
}

void notification_on_committed(void *app, struct service *service)
{
    struct notification *notification = app;
    (void)service;
    if (!notification->has_next_tables)
        return;
    notification->has_next_tables = false;
    unsigned old = notification->tables_in_force;
    notification->tables_in_force = 1 - old;
    notification->is_record_due = false;
    notification->desk.tables = notification_tables_of(notification);
    notification_tables_close(&notification->tables[old]);
    log_line(LOG_LEVEL_INFO, "tables_loaded",
             LOG_TEXT("version", notification->desk.tables->routing.version));
}

void notification_on_abandoned(void *app, struct service *service)
{
    struct notification *notification = app;
    (void)service;
    if (!notification->has_next_tables)
        return;
    notification->has_next_tables = false;
    notification_tables_close(&notification->tables[1 - notification->tables_in_force]);
}
