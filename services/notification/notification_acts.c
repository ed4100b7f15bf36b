/*
 * The two acts that notification carries out: a notice ordered again, and tables put into force.
 */
#include "common/wire/unpack.h"
#include "services/notification/notification_app.h"
#include "services/notification/notification_wire.h"

#include <string.h>

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

/* Of a case with a newer decision nothing older is told: its withdrawal may have been. */
static enum status check_newest(struct notification *notification, const struct notice_row *row,
                                struct diag *diag)
{
    struct decision newest;
    enum status status =
        notification_store_get_facts(&notification->store, row->case_handle, &newest);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    TRY(status);
    if (newest.revision <= row->revision)
        return STATUS_OK;
    diag_set(diag, "the notice tells of revision %u of the decision, and %u is the newest",
             row->revision, newest.revision);
    return STATUS_REVISION_MOVED;
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
    if (!principal_has_region(who, row.region))
        return STATUS_NOT_FOUND;
    TRY(check_newest(notification, &row, diag));
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
    /* A second order in one turn would take away what the first one has promised. */
    if (notification->has_next_tables) {
        diag_set(diag, "other tables are being loaded; try again");
        return STATUS_TRY_AGAIN_LATER;
    }
    notification_tables_close(next);
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
