/*
 * From a decision to its notices: what the routes say becomes rows, and events caused by the
 * decision, in the turn's transaction.
 */
#include "common/base/invariant.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "services/notification/notification_app.h"
#include "services/notification/notification_wire.h"

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

/* The event that a notice is queued or blocked: the row has its place already. */
static enum status append_notice(struct turn *turn, const struct event_in *event,
                                 const struct notice_row *row)
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
    INVARIANT(made.header.seq == row->seq);
    return STATUS_OK;
}

static void fill_row(const struct notification *notification, const struct turn *turn,
                     const struct event_in *event, const struct decision *decision,
                     const struct route_step *step, struct notice_row *row)
{
    *row = (struct notice_row){
        .revision = decision->revision,
        .kind = step->notice,
        .state = step->blocked_why == NULL || MUTANT(wall_passed) ? NOTICE_QUEUED : NOTICE_BLOCKED,
        .channel = notification_channel_of(notification, step->office),
        .received = decision->received,
        .at = turn->now_utc_s,
        .since = turn->now_utc_s,
    };
    memcpy(row->case_handle, event->header.case_handle, sizeof row->case_handle);
    notice_put_text(row->recipient, sizeof row->recipient, view_of_text(step->office->office));
    notice_put_text(row->role, sizeof row->role, view_of_text(step->role));
    notice_put_text(row->rule, sizeof row->rule, view_of_text(step->rule));
    if (step->blocked_why != NULL)
        notice_put_text(row->why, sizeof row->why, view_of_text(step->blocked_why));
    notice_put_text(row->case_number, sizeof row->case_number,
                    view_of_text(decision->case_number));
    notice_put_text(row->region, sizeof row->region, view_of_text(decision->region));
}

enum status notification_keep_notice(struct notification *notification, struct turn *turn,
                                     const struct event_in *event, struct notice_row *row)
{
    uint64_t id = 0;
    turn_next_point(turn, row->stream_id, &row->seq);
    TRY(notification_store_put(&notification->store, row, &id));
    return id == 0 ? STATUS_OK : append_notice(turn, event, row);
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

/* The newest revision of the case's decision that came before; 0: this is the first. */
static enum status find_newest(struct notification *notification, const struct event_in *event,
                               uint32_t *ret_revision)
{
    struct decision newest = {.revision = 0};
    enum status status =
        notification_store_get_facts(&notification->store, event->header.case_handle, &newest);
    *ret_revision = newest.revision;
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
    uint32_t newest = 0;
    TRY(read_decision(turn, event, &decision, diag));
    TRY(find_newest(notification, event, &newest));
    bool has_higher = newest > decision.revision && !MUTANT(late_decision_tells);
    /* With the first decision nobody was told of another. */
    bool has_before = newest > 0 && !has_higher;
    TRY(notification_store_put_facts(&notification->store, event->header.case_handle, &decision));
    if (has_before && !MUTANT(superseded_still_sent))
        TRY(notification_store_supersede(&notification->store, event->header.case_handle,
                                         decision.revision));
    routing_evaluate(&notification_tables_of(notification)->routing, &decision, &route);
    for (unsigned i = 0; i < route.count; i++)
        TRY(follow_step(notification, turn, event, &decision, &route.steps[i], has_higher));
    if (has_before)
        TRY(notification_withdraw(notification, turn, event, &decision, &route));
    if (route.is_left_to_reviewers)
        tell_operator(&decision);
    notification->desk.decision_at_ms = turn->now_boot_ms;
    notice_desk_wake(&notification->desk);
    return STATUS_OK;
}
