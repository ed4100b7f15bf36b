/*
 * Taking and settling. A notice that was superseded while it was under way is recorded as what
 * became of it: handed over, or superseded.
 */
#include "services/notification/notification_settle.h"

#include "common/base/invariant.h"
#include "common/base/log.h"
#include "common/base/mutant.h"
#include "services/notification/notification_wire.h"

#include <stdio.h>
#include <string.h>

/* ---- taking ---- */

/* Puts a row at a free place. */
static struct desk_item *place_row(struct desk_lane *lane, const struct notice_row *row)
{
    for (unsigned i = 0; i < lane->place_count; i++) {
        struct desk_item *item = &lane->items[i];
        if (item->is_used)
            continue;
        *item = (struct desk_item){.row = *row, .is_used = true, .is_fresh = true};
        return item;
    }
    return NULL;
}

static unsigned free_count(const struct desk_lane *lane)
{
    unsigned count = 0;
    for (unsigned i = 0; i < lane->place_count; i++)
        count += lane->items[i].is_used ? 0 : 1;
    return count;
}

/* The lane's next suspect, moved to the end of the desk's list; NULL: none. */
static const struct notice_row *next_suspect(struct notice_desk *desk,
                                             const struct desk_lane *lane)
{
    unsigned count = desk->suspect_count;
    for (unsigned i = 0; i < count; i++) {
        if (desk->suspects[i].channel != lane->channel)
            continue;
        struct notice_row found = desk->suspects[i];
        desk->suspects[i] = desk->suspects[count - 1];
        desk->suspects[count - 1] = found;
        return &desk->suspects[count - 1];
    }
    return NULL;
}

/* Alone, and counted as a death until it is settled. */
static enum status take_suspect(struct desk_take *take, uint64_t id)
{
    struct notice_desk *desk = take->desk;
    struct notice_row row;
    take->suspect_count = 1;
    TRY(notification_store_get(desk->store, id, &row));
    TRY(notification_store_suppose_told(desk->store, id));
    if (row.state != NOTICE_QUEUED)
        return notification_store_unmark(desk->store, id);
    struct desk_item *item = place_row(take->lane, &row);
    INVARIANT(item != NULL); /* nothing else is taken beside a suspect */
    item->is_repeat = true;
    take->lane->is_alone = true;
    if (row.deaths >= DEATHS_MAX) {
        item->is_over = true;
        item->outcome = HAND_OVER_REFUSED;
        (void)snprintf(item->why, sizeof item->why, "%s", status_name(STATUS_DIED_ALONE));
        return STATUS_OK;
    }
    item->row.attempts++;
    return notification_store_mark(desk->store, id, true);
}

static enum status take_due(struct desk_take *take, int64_t now_utc_s)
{
    struct notice_desk *desk = take->desk;
    struct desk_lane *lane = take->lane;
    static struct notice_row rows[DESK_BATCH_MAX];
    uint32_t room = free_count(lane);
    uint32_t count = 0;
    int64_t next_at = 0;
    lane->is_alone = false;
    take->looked_utc_s = now_utc_s;
    if (now_utc_s < lane->looked_utc_s)
        TRY(notification_store_hasten(desk->store, lane->channel, now_utc_s, desk->retry_base_ms));
    TRY(notification_store_due(desk->store, lane->channel, now_utc_s, rows, room, &count));
    for (uint32_t i = 0; i < count; i++) {
        struct desk_item *item = place_row(lane, &rows[i]);
        item->row.attempts++;
        if (!MUTANT(hand_over_unmarked))
            TRY(notification_store_mark(desk->store, rows[i].id, false));
    }
    take->wait_s = 0;
    if (count == room)
        return STATUS_OK;
    TRY(notification_store_next_due(desk->store, lane->channel, &next_at));
    if (next_at > now_utc_s)
        take->wait_s = next_at - now_utc_s;
    return STATUS_OK;
}

enum status notification_take(void *app, struct turn *turn, void *context, struct diag *diag)
{
    struct desk_take *take = context;
    (void)app;
    (void)diag;
    const struct notice_row *suspect = next_suspect(take->desk, take->lane);
    if (suspect == NULL)
        return take_due(take, turn->now_utc_s);
    if (free_count(take->lane) < take->lane->place_count)
        return STATUS_OK;
    return take_suspect(take, suspect->id);
}

void notification_untake(struct desk_lane *lane)
{
    for (unsigned i = 0; i < lane->place_count; i++)
        if (lane->items[i].is_used && lane->items[i].is_fresh)
            lane->items[i].is_used = false;
}

/* ---- settling ---- */

static enum status append_settled(struct turn *turn, const struct desk_item *item, uint16_t type)
{
    struct event_draft draft = {.type = type, .schema = NOTIFICATION_SCHEMA};
    TRY(notification_wire_settled(&item->row, item->why, turn->arena, &draft.payload));
    return turn_append(turn, &draft, NULL);
}

static bool is_given_up(const struct desk_item *item, int64_t now_utc_s)
{
    return item->outcome == HAND_OVER_REFUSED ||
           (item->outcome == HAND_OVER_LATER && notice_retry_is_over(item->row.since, now_utc_s));
}

static enum status settle_item(struct notice_desk *desk, struct turn *turn, struct desk_item *item)
{
    if (item->outcome == HAND_OVER_DONE) {
        TRY(append_settled(turn, item, NOTIFICATION_EVENT_NOTICE_HANDED_OVER));
        return notification_store_settle(desk->store, item->row.id, NOTICE_HANDED_OVER, "");
    }
    if (item->may_have)
        TRY(notification_store_suppose_told(desk->store, item->row.id));
    if (is_given_up(item, turn->now_utc_s)) {
        item->outcome = HAND_OVER_REFUSED;
        TRY(append_settled(turn, item, NOTIFICATION_EVENT_NOTICE_FAILED));
        return notification_store_settle(desk->store, item->row.id, NOTICE_FAILED, item->why);
    }
    int64_t delay_ms = notice_retry_delay_ms(desk->retry_base_ms, item->row.attempts);
    return notification_store_retry(desk->store, item->row.id, turn->now_utc_s + delay_ms / 1000,
                                    item->why);
}

enum status notification_settle(void *app, struct turn *turn, void *context, struct diag *diag)
{
    struct desk_take *take = context;
    (void)app;
    (void)diag;
    for (unsigned i = 0; i < take->lane->place_count; i++)
        if (take->lane->items[i].is_used && take->lane->items[i].is_over)
            TRY(settle_item(take->desk, turn, &take->lane->items[i]));
    return STATUS_OK;
}

static void tell_operator(const struct desk_item *item)
{
    log_line(LOG_LEVEL_ERROR, "notice_failed", LOG_NUMBER("notice", item->row.id),
             LOG_TEXT("recipient", item->row.recipient), LOG_TEXT("why", item->why),
             LOG_NUMBER("attempts", item->row.attempts));
}

void notification_settled(struct notice_desk *desk, struct desk_lane *lane)
{
    for (unsigned i = 0; i < lane->place_count; i++) {
        struct desk_item *item = &lane->items[i];
        if (!item->is_used || !item->is_over)
            continue;
        desk->handed_over += item->outcome == HAND_OVER_DONE ? 1 : 0;
        desk->put_off += item->outcome == HAND_OVER_LATER ? 1 : 0;
        desk->given_up += item->outcome == HAND_OVER_REFUSED ? 1 : 0;
        if (item->outcome == HAND_OVER_REFUSED)
            tell_operator(item);
        item->is_used = false;
    }
}
