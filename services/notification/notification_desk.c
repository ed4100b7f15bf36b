/*
 * Two lanes: Maildir takes a batch, hands it over and settles it within a tick; SMTP fills its
 * places, goes on from tick to tick and settles what has ended.
 */
#include "services/notification/notification_desk.h"

#include "common/base/fault_point.h"
#include "common/base/log.h"
#include "services/notification/channel_maildir.h"
#include "services/notification/notification_settle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SMTP_GO_ON_MS 2   /* while transfers run */
#define AGAIN_MS 100      /* after a transaction that could not be made */
#define LOOK_MAX_MS 60000 /* the clock on the wall may be set */
#define CALM_MS 5         /* decisions go first: this long after one, Maildir waits … */
#define WAIT_MAX_MS 250   /* … but not longer than this */

/* ---- what a notice says ---- */

void notice_desk_message_id(const struct notice_desk *desk, const struct notice_row *row,
                            char id[NOTICE_MESSAGE_ID_BYTES])
{
    struct notice_identity identity = {
        .recipient = row->recipient,
        .case_handle = row->case_handle,
        .revision = row->revision,
        .kind = row->kind,
    };
    notice_message_id(&desk->sender, &identity, id);
}

enum status notice_desk_compose(const struct notice_desk *desk, const struct notice_row *row,
                                struct notice_buffer *buffer)
{
    const struct routing *routing = &desk->tables->routing;
    const struct routing_office *office =
        routing_find_office(routing, row->recipient, row->received);
    char id[NOTICE_MESSAGE_ID_BYTES];
    if (office == NULL)
        return STATUS_NOT_FOUND;
    notice_desk_message_id(desk, row, id);
    struct notice_mail mail = {
        .address = office->address,
        .message_id = id,
        .at = row->at,
        .facts = {.kind = row->kind,
                  .role = row->role,
                  .case_number = row->case_number,
                  .region_name = routing_region_name(routing, row->region),
                  .recipient_name = office->name,
                  .received = row->received,
                  .revision = row->revision},
    };
    TRY(notice_mail_write(&desk->tables->templates, &desk->sender, &mail, buffer));
    if (row->channel == NOTICE_CHANNEL_MAILDIR)
        notice_mail_to_lines(buffer);
    return STATUS_OK;
}

static void end_item(struct desk_item *item, enum hand_over_outcome outcome, const char *why)
{
    if (outcome == HAND_OVER_DONE)
        FAULT_POINT_KEYED(notice_handed_over, item->row.id);
    item->is_over = true;
    item->outcome = outcome;
    (void)snprintf(item->why, sizeof item->why, "%s", why);
}

/* Writes the item's message into the bytes. False: it can't be, which ends the item. */
static bool compose_item(const struct notice_desk *desk, struct desk_item *item, char *bytes,
                         size_t size, struct view *ret_message)
{
    struct notice_buffer buffer;
    notice_buffer_begin(&buffer, bytes, size);
    enum status status = notice_desk_compose(desk, &item->row, &buffer);
    if (status == STATUS_OK)
        *ret_message = view_of(buffer.bytes, buffer.used);
    else
        end_item(item, HAND_OVER_REFUSED,
                 status == STATUS_NOT_FOUND ? "RECIPIENT_UNKNOWN" : "TEXT_UNFIT");
    return status == STATUS_OK;
}

/* ---- transactions ---- */

/* Looks for what is due and marks it. False: nothing can be done now. */
static bool take(struct notice_desk *desk, struct desk_lane *lane, struct service *service,
                 int64_t now_ms)
{
    struct desk_take take = {.desk = desk, .lane = lane, .looked_utc_s = lane->looked_utc_s};
    struct diag diag = {.text = ""};
    enum status status = service_run(service, notification_take, &take, &diag);
    if (status != STATUS_OK) {
        lane->look_at_ms = now_ms + AGAIN_MS;
        notification_untake(lane);
        return false;
    }
    for (unsigned i = 0; i < lane->place_count; i++) {
        if (lane->items[i].is_used && lane->items[i].is_fresh && !lane->items[i].is_over)
            FAULT_POINT_KEYED(notice_marked, lane->items[i].row.id);
        lane->items[i].is_fresh = false;
    }
    desk->suspect_count -= take.suspect_count;
    lane->looked_utc_s = take.looked_utc_s;
    int64_t wait_ms = take.wait_s > LOOK_MAX_MS / 1000 ? LOOK_MAX_MS : take.wait_s * 1000;
    lane->look_at_ms = now_ms + wait_ms;
    return true;
}

/* Settles what is over. False: it could not be, and is tried again. */
static bool settle(struct notice_desk *desk, struct desk_lane *lane, struct service *service,
                   int64_t now_ms)
{
    struct desk_take take = {.desk = desk, .lane = lane};
    struct diag diag = {.text = ""};
    if (service_run(service, notification_settle, &take, &diag) != STATUS_OK) {
        lane->look_at_ms = now_ms + AGAIN_MS;
        return false;
    }
    notification_settled(desk, lane);
    return true;
}

static bool has_over(const struct desk_lane *lane)
{
    for (unsigned i = 0; i < lane->place_count; i++)
        if (lane->items[i].is_used && lane->items[i].is_over)
            return true;
    return false;
}

static unsigned used_count(const struct desk_lane *lane)
{
    unsigned count = 0;
    for (unsigned i = 0; i < lane->place_count; i++)
        count += lane->items[i].is_used ? 1 : 0;
    return count;
}

/* ---- Maildir ---- */

static const char *why_of(int error)
{
    bool is_full = error == ENOSPC || error == EDQUOT;
    return is_full ? "MAILDIR_FULL" : "MAILDIR_IO";
}

static void hand_over_maildir(struct notice_desk *desk)
{
    static char scratch[NOTICE_MESSAGE_BYTES_MAX];
    struct desk_lane *lane = &desk->maildir;
    struct maildir_item files[DESK_BATCH_MAX];
    char ids[DESK_BATCH_MAX][NOTICE_MESSAGE_ID_BYTES];
    struct desk_item *items[DESK_BATCH_MAX];
    unsigned count = 0;
    arena_reset(&desk->arena);
    for (unsigned i = 0; i < lane->place_count; i++) {
        struct desk_item *item = &lane->items[i];
        struct view message;
        if (!item->is_used || item->is_over ||
            !compose_item(desk, item, scratch, sizeof scratch, &message))
            continue;
        message.bytes = arena_copy(&desk->arena, message);
        if (message.bytes == NULL)
            continue; /* with the next batch */
        notice_desk_message_id(desk, &item->row, ids[count]);
        files[count] = (struct maildir_item){
            .recipient = item->row.recipient,
            .message_id = ids[count],
            .message = message,
            .is_repeat = item->is_repeat,
        };
        items[count++] = item;
    }
    channel_maildir_hand_over(desk->files, desk->mail_folder, files, count);
    for (unsigned i = 0; i < count; i++)
        end_item(items[i], files[i].is_done ? HAND_OVER_DONE : HAND_OVER_LATER,
                 files[i].is_done ? "" : why_of(files[i].error));
}

/* Decisions go first, but not for ever. */
static bool must_wait(const struct notice_desk *desk, int64_t now_ms)
{
    return now_ms - desk->decision_at_ms < CALM_MS && now_ms - desk->batch_at_ms < WAIT_MAX_MS;
}

static int64_t tick_maildir(struct notice_desk *desk, struct service *service, int64_t now_ms)
{
    struct desk_lane *lane = &desk->maildir;
    if (lane->look_at_ms > now_ms)
        return lane->look_at_ms;
    if (must_wait(desk, now_ms))
        return desk->decision_at_ms + CALM_MS;
    if (used_count(lane) == 0 && !take(desk, lane, service, now_ms))
        return lane->look_at_ms;
    if (used_count(lane) == 0)
        return lane->look_at_ms;
    desk->batch_at_ms = now_ms;
    hand_over_maildir(desk);
    if (settle(desk, lane, service, now_ms))
        lane->look_at_ms = now_ms;
    return lane->look_at_ms;
}

/* ---- SMTP ---- */

static void begin_item(struct notice_desk *desk, unsigned place)
{
    struct desk_item *item = &desk->mail.items[place];
    struct view message;
    if (!desk->has_smtp) {
        end_item(item, HAND_OVER_LATER, "SMTP_NOT_CONFIGURED");
        return;
    }
    if (!compose_item(desk, item, desk->smtp_messages[place], NOTICE_MESSAGE_BYTES_MAX, &message))
        return;
    const struct routing_office *office =
        routing_find_office(&desk->tables->routing, item->row.recipient, item->row.received);
    if (office == NULL ||
        !channel_smtp_begin(&desk->smtp, place, desk->sender.address, office->address, message))
        end_item(item, HAND_OVER_LATER, "SMTP_NOT_BEGUN");
}

static void collect_ended(struct notice_desk *desk)
{
    for (unsigned place = 0; place < SMTP_TRANSFERS_MAX; place++) {
        struct smtp_transfer *transfer = &desk->smtp.transfers[place];
        struct desk_item *item = &desk->mail.items[place];
        char why[NOTICE_WHY_BYTES + 1];
        if (!transfer->has_ended)
            continue;
        enum hand_over_outcome outcome = notice_retry_judge(&transfer->end, why);
        item->may_have = notice_retry_may_have(&transfer->end);
        channel_smtp_free(&desk->smtp, place);
        end_item(item, outcome, why);
    }
}

/* Fills free places with what is due. A suspect waits until all are free, and is then alone. */
static void fill_places(struct notice_desk *desk, struct service *service, int64_t now_ms)
{
    struct desk_lane *lane = &desk->mail;
    bool was_used[SMTP_TRANSFERS_MAX];
    for (unsigned i = 0; i < SMTP_TRANSFERS_MAX; i++)
        was_used[i] = lane->items[i].is_used;
    if (used_count(lane) == lane->place_count || (lane->is_alone && used_count(lane) > 0) ||
        !take(desk, lane, service, now_ms))
        return;
    for (unsigned i = 0; i < SMTP_TRANSFERS_MAX; i++)
        if (lane->items[i].is_used && !was_used[i] && !lane->items[i].is_over)
            begin_item(desk, i);
}

static int64_t tick_mail(struct notice_desk *desk, struct service *service, int64_t now_ms)
{
    struct desk_lane *lane = &desk->mail;
    if (used_count(lane) > 0) {
        channel_smtp_go_on(&desk->smtp);
        collect_ended(desk);
    }
    if (has_over(lane) && settle(desk, lane, service, now_ms))
        lane->look_at_ms = now_ms;
    if (lane->look_at_ms <= now_ms)
        fill_places(desk, service, now_ms);
    if (has_over(lane))
        return now_ms + AGAIN_MS;
    return used_count(lane) > 0 ? now_ms + SMTP_GO_ON_MS : lane->look_at_ms;
}

/* ---- the desk ---- */

enum status notice_desk_open(struct notice_desk *desk, struct diag *diag)
{
    desk->maildir.channel = NOTICE_CHANNEL_MAILDIR;
    desk->maildir.place_count = DESK_BATCH_MAX;
    desk->maildir.looked_utc_s = INT64_MAX;
    desk->mail.channel = NOTICE_CHANNEL_SMTP;
    desk->mail.place_count = SMTP_TRANSFERS_MAX;
    desk->mail.looked_utc_s = INT64_MAX;
    TRY(channel_maildir_open(desk->files, desk->mail_folder, diag));
    TRY(arena_open(&desk->arena, DESK_BATCH_MAX * (NOTICE_MESSAGE_BYTES_MAX + 64u)));
    return notification_store_marked(desk->store, desk->suspects, DESK_SUSPECTS_MAX,
                                     &desk->suspect_count);
}

static enum status let_go(struct notice_desk *desk, unsigned place)
{
    const struct desk_item *item = &desk->mail.items[place];
    if (!item->is_used)
        return STATUS_OK;
    if (item->may_have || desk->smtp.transfers[place].phase == MAIL_PHASE_BODY)
        TRY(notification_store_suppose_told(desk->store, item->row.id));
    return notification_store_unmark(desk->store, item->row.id);
}

static void let_all_go(struct notice_desk *desk, struct store *store)
{
    enum status status = store_begin(store);
    if (status != STATUS_OK)
        return;
    /* Suspects that weren't tried again stay what they are. */
    for (unsigned i = 0; i < desk->mail.place_count && status == STATUS_OK; i++)
        status = let_go(desk, i);
    if (status == STATUS_OK)
        status = store_commit(store);
    if (status != STATUS_OK)
        store_rollback(store);
}

void notice_desk_close(struct notice_desk *desk, struct store *store)
{
    if (desk->store != NULL)
        let_all_go(desk, store);
    channel_smtp_close(&desk->smtp);
    arena_close(&desk->arena);
}

void notice_desk_wake(struct notice_desk *desk)
{
    desk->maildir.look_at_ms = 0;
    desk->mail.look_at_ms = 0;
}

int64_t notice_desk_tick(struct notice_desk *desk, struct service *service, int64_t now_boot_ms)
{
    int64_t maildir_ms = tick_maildir(desk, service, now_boot_ms);
    int64_t mail_ms = tick_mail(desk, service, now_boot_ms);
    return maildir_ms < mail_ms ? maildir_ms : mail_ms;
}
