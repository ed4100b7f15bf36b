/*
 * From a decision to its notices: what the routes say becomes rows, and events caused by the
 * decision, in the turn's transaction.
 */
#include "common/base/log.h"
#include "services/notification/notification_app.h"
#include "services/notification/notification_wire.h"

#include <stdio.h>
#include <string.h>

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

/* The event that a notice is queued or blocked, and its place in the row. */
static enum status append_notice(struct notification *notification, struct turn *turn,
                                 const struct event_in *event, const struct notice_row *row,
                                 uint64_t id)
{
    struct event_made made;
    struct event_draft draft = {
        .type = row->state == NOTICE_BLOCKED ? NOTIFICATION_EVENT_NOTICE_BLOCKED
                                             : NOTIFICATION_EVENT_NOTICE_QUEUED,
        .schema = NOTIFICATION_SCHEMA,
        .case_handle = event->header.case_handle,
        .case_key = event->case_key,
        .cause_stream_id = event->header.stream_id,
        .cause_seq = event->header.seq,
    };
    TRY(notification_wire_queued(row, turn->arena, &draft.payload));
    TRY(turn_append(turn, &draft, &made));
    return notification_store_set_event(&notification->store, id, made.header.stream_id,
                                        made.header.seq);
}

static void fill_row(const struct notification *notification, const struct turn *turn,
                     const struct event_in *event, const struct decision *decision,
                     const struct route_step *step, struct notice_row *row)
{
    *row = (struct notice_row){
        .revision = decision->revision,
        .kind = step->notice,
        .state = step->blocked_why == NULL ? NOTICE_QUEUED : NOTICE_BLOCKED,
        .channel = notification_channel_of(notification, step->office),
        .received = decision->received,
        .at = turn->now_utc_s,
        .since = turn->now_utc_s,
        .next_at = turn->now_utc_s,
    };
    memcpy(row->case_handle, event->header.case_handle, sizeof row->case_handle);
    (void)snprintf(row->recipient, sizeof row->recipient, "%s", step->office->office);
    (void)snprintf(row->role, sizeof row->role, "%s", step->role);
    (void)snprintf(row->rule, sizeof row->rule, "%s", step->rule);
    (void)snprintf(row->why, sizeof row->why, "%s",
                   step->blocked_why == NULL ? "" : step->blocked_why);
    (void)snprintf(row->case_number, sizeof row->case_number, "%s", decision->case_number);
    (void)snprintf(row->region, sizeof row->region, "%s", decision->region);
}

enum status notification_keep_notice(struct notification *notification, struct turn *turn,
                                     const struct event_in *event, const struct notice_row *row)
{
    uint64_t id = 0;
    TRY(notification_store_put(&notification->store, row, &id));
    return id == 0 ? STATUS_OK : append_notice(notification, turn, event, row, id);
}

static enum status follow_step(struct notification *notification, struct turn *turn,
                               const struct event_in *event, const struct decision *decision,
                               const struct route_step *step, bool is_superseded)
{
    struct notice_row row;
    uint64_t id = 0;
    fill_row(notification, turn, event, decision, step, &row);
    if (!is_superseded)
        return notification_keep_notice(notification, turn, event, &row);
    if (row.state == NOTICE_QUEUED)
        row.state = NOTICE_SUPERSEDED;
    return notification_store_put(&notification->store, &row, &id);
}

static void tell_operator(const struct decision *decision)
{
    log_line(LOG_LEVEL_ERROR, "nobody_left_to_tell", LOG_TEXT("case", decision->case_number),
             LOG_TEXT("region", decision->region),
             LOG_TEXT("actor", decision_actor_name(decision->actor)));
}

/* Whether a higher revision of the case's decision came before. */
static enum status find_higher(struct notification *notification, const struct event_in *event,
                               uint32_t revision, bool *ret_has_higher)
{
    struct decision newest;
    enum status status =
        notification_store_get_facts(&notification->store, event->header.case_handle, &newest);
    *ret_has_higher = status == STATUS_OK && newest.revision > revision;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status notification_on_decision(void *app, struct turn *turn, const struct event_in *event,
                                     struct diag *diag)
{
    struct notification *notification = app;
    /* Nobody can be told of a case whose content is gone, and nothing could be sealed of it. */
    if (event->is_erased)
        return STATUS_OK;
    struct decision decision;
    struct route route;
    bool has_higher = false;
    TRY(read_decision(turn, event, &decision, diag));
    TRY(find_higher(notification, event, decision.revision, &has_higher));
    TRY(notification_store_put_facts(&notification->store, event->header.case_handle, &decision));
    if (!has_higher)
        TRY(notification_store_supersede(&notification->store, event->header.case_handle,
                                         decision.revision));
    routing_evaluate(&notification_tables_of(notification)->routing, &decision, &route);
    for (unsigned i = 0; i < route.count; i++)
        TRY(follow_step(notification, turn, event, &decision, &route.steps[i], has_higher));
    if (!has_higher)
        TRY(notification_withdraw(notification, turn, event, &decision, &route));
    if (route.is_left_to_reviewers)
        tell_operator(&decision);
    notification->desk.decision_at_ms = turn->now_boot_ms;
    notice_desk_wake(&notification->desk);
    return STATUS_OK;
}
