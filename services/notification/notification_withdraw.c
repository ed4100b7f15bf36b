/*
 * An office that was told of a decision and isn't told of the newer one must learn that: else it
 * goes on against somebody whom the case no longer accuses.
 */
#include "services/notification/notification_app.h"

#include "common/base/mutant.h"

#include <stdio.h>
#include <string.h>

#define PAGE_ROWS 64u /* told offices that are looked at together */

static bool is_told(const struct route *route, const char *office)
{
    for (unsigned i = 0; i < route->count; i++) {
        const struct route_step *step = &route->steps[i];
        if (step->notice == NOTICE_DECISION && step->blocked_why == NULL &&
            strcmp(step->office->office, office) == 0)
            return true;
    }
    return false;
}

/* An office that the tables don't have any more gets a notice nonetheless: it will fail, and an
 * operator sees that somebody must be told by other means. */
static enum status withdraw(struct notification *notification, struct turn *turn,
                            const struct event_in *event, const struct decision *decision,
                            const struct notice_row *told)
{
    const struct routing *routing = &notification_tables_of(notification)->routing;
    const struct routing_office *office =
        routing_find_office(routing, told->recipient, decision->received);
    if (office != NULL && routing_wall(routing, office, decision) != NULL)
        return STATUS_OK;
    struct notice_row row = *told;
    row.revision = decision->revision;
    row.kind = NOTICE_WITHDRAWN;
    row.state = NOTICE_QUEUED;
    row.received = decision->received;
    row.why[0] = '\0';
    row.at = turn->now_utc_s;
    row.since = turn->now_utc_s;
    row.next_at = 0;
    if (office != NULL)
        row.channel = notification_channel_of(notification, office);
    (void)snprintf(row.case_number, sizeof row.case_number, "%s", decision->case_number);
    (void)snprintf(row.region, sizeof row.region, "%s", decision->region);
    return notification_keep_notice(notification, turn, event, &row);
}

enum status notification_withdraw(struct notification *notification, struct turn *turn,
                                  const struct event_in *event, const struct decision *decision,
                                  const struct route *route)
{
    uint32_t count = 0;
    if (decision_waits_for_review(decision) || MUTANT(withdrawal_not_sent))
        return STATUS_OK;
    struct notice_row *rows = arena_take(turn->arena, PAGE_ROWS * sizeof *rows);
    uint64_t after = 0;
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    do {
        TRY(notification_store_told(&notification->store, event->header.case_handle,
                                    decision->revision, after, rows, PAGE_ROWS, &count));
        for (uint32_t i = 0; i < count; i++)
            if (!is_told(route, rows[i].recipient))
                TRY(withdraw(notification, turn, event, decision, &rows[i]));
        after = count == 0 ? after : rows[count - 1].id;
    } while (count == PAGE_ROWS);
    return STATUS_OK;
}
