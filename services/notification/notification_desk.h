/*
 * The desk at which notices leave: takes what is due, counts each hand-over durably before it
 * begins, hands over through the channels, and settles what came of it. An edge, driven from the
 * service's tick; every change of a notice is a transaction of its own (service_run).
 *
 * Why counted before: a process that dies while it hands over must find that out when it starts
 * again (protocol.md 14). What was marked then is a suspect: it is handed over alone, with the
 * same Message-ID, counted before each; after DEATHS_MAX deaths it is given up (DIED_ALONE).
 * Lanes: Maildir and SMTP go on independently, so that a slow server holds up nobody else.
 * Owns: the SMTP channel, an arena for messages.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_DESK_H
#define NETRA_NOTIFICATION_NOTIFICATION_DESK_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/service/service.h"
#include "services/notification/channel_smtp.h"
#include "services/notification/notice_mail.h"
#include "services/notification/notification_store.h"
#include "services/notification/notification_tables.h"

#include <stdbool.h>
#include <stdint.h>

#define DESK_BATCH_MAX 64u /* notices of one Maildir batch: two transactions for all of them */
#define DESK_SUSPECTS_MAX (DESK_BATCH_MAX + SMTP_TRANSFERS_MAX) /* as many as can be marked */

/* A notice on its way out. */
struct desk_item {
    struct notice_row row;
    bool is_used;
    bool is_fresh;  /* its taking is not on disk yet */
    bool is_repeat; /* it may have been handed over before the process died */
    bool may_have;  /* the office may have it, whatever came of it: nobody answered */
    bool is_over;   /* what came of it is known, and is yet to be settled */
    enum hand_over_outcome outcome;
    char why[NOTICE_WHY_BYTES + 1];
};

struct desk_lane {
    enum notice_channel channel;
    struct desk_item items[DESK_BATCH_MAX];
    unsigned place_count; /* items that are used at most */
    bool is_alone;        /* the only item is a suspect */
    int64_t look_at_ms;   /* boot time at which due notices are looked for again */
    int64_t looked_utc_s; /* the clock on the wall when they last were: behind it, it was set back.
                             INT64_MAX: nobody knows yet */
};

struct notice_desk {
    struct notification_store *store;
    const struct notification_tables *tables; /* in force */
    struct notice_sender sender;
    const struct files *files; /* of the mail folder */
    const char *mail_folder;
    uint32_t retry_base_ms;
    bool has_smtp;
    struct channel_smtp smtp;
    char smtp_messages[SMTP_TRANSFERS_MAX][NOTICE_MESSAGE_BYTES_MAX];
    struct desk_lane maildir;
    struct desk_lane mail;
    struct arena arena; /* a Maildir batch's messages */
    struct notice_row suspects[DESK_SUSPECTS_MAX];
    unsigned suspect_count;
    int64_t decision_at_ms; /* boot time of the last decision */
    int64_t batch_at_ms;    /* boot time of the last Maildir batch */
    uint64_t handed_over;   /* since the start, for metrics */
    uint64_t put_off;
    uint64_t given_up;
};

/* Opens the desk: everything above but what it sets itself is filled in. Reads the suspects. */
enum status notice_desk_open(struct notice_desk *desk, struct diag *diag) MUST_USE;

/* Ends transfers and, with the store still open, unmarks: an orderly stop is no death. */
void notice_desk_close(struct notice_desk *desk, struct store *store);

/* New notices are queued: look for them. */
void notice_desk_wake(struct notice_desk *desk);

/* Does what is due. Returns the boot time at which it wants to be called again. */
int64_t notice_desk_tick(struct notice_desk *desk, struct service *service, int64_t now_boot_ms);

/* Writes the notice as its channel hands it over. STATUS_NOT_FOUND: its recipient is not in the
 * tables any more. STATUS_OUT_OF_RANGE: it doesn't fit, or has no template. */
enum status notice_desk_compose(const struct notice_desk *desk, const struct notice_row *row,
                                struct notice_buffer *buffer) MUST_USE;

/* The Message-ID of a notice. */
void notice_desk_message_id(const struct notice_desk *desk, const struct notice_row *row,
                            char id[NOTICE_MESSAGE_ID_BYTES]);

#endif
