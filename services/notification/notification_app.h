/*
 * What the service is made of, for its own edges.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_APP_H
#define NETRA_NOTIFICATION_NOTIFICATION_APP_H

#include "common/service/service.h"
#include "services/notification/notification_desk.h"
#include "services/notification/notification_store.h"
#include "services/notification/notification_tables.h"

#include <stdbool.h>
#include <stdint.h>

struct notification_config_smtp {
    char *url;           /* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
    char *from;          /* the sender's address; NULL: netra@ the origin's host */
    char *user;          /* NULL: no login */
    char *password_file; /* with a user */
    char *ca_file;       /* NULL: the system's */
};

struct notification_config {
    struct config common;
    char *routing_file;
    char *templates_file;
    char *message_id_file;                 /* a plain secret (key_file.h) */
    char *mail_folder;                     /* the Maildirs' root */
    struct notification_config_smtp *smtp; /* NULL: no mail server */
    uint32_t retry_base_ms;                /* 0: NOTICE_RETRY_BASE_MS */
};

struct notification {
    struct notification_store store;
    struct notification_tables tables[2]; /* one is in force, the other is free or waits */
    unsigned tables_in_force;
    bool has_next_tables; /* the other one comes into force with the transaction */
    bool is_record_due;   /* other tables than last recorded came into force at the start */
    const struct notification_config *config;
    struct notice_desk desk;
};

/* The tables in force. */
const struct notification_tables *notification_tables_of(const struct notification *notification);

/* How the office is told: by what its row says, or by Maildir where no mail server is configured.
 */
enum notice_channel notification_channel_of(const struct notification *notification,
                                            const struct routing_office *office);

/* Records the tables in force: an event of the service's own. A service_work. */
enum status notification_record_tables(void *app, struct turn *turn, void *context,
                                       struct diag *diag) MUST_USE;

/* Tables that an act brought come into force with its transaction, or go with it. */
void notification_on_committed(void *app, struct service *service);
void notification_on_abandoned(void *app, struct service *service);

/* ---- notification_decision.c: DECISION_MADE ---- */

enum status notification_on_decision(void *app, struct turn *turn, const struct event_in *event,
                                     struct diag *diag) MUST_USE;

/* Keeps a notice that the event leads to, queued or blocked, and says so in an event of its own,
 * whose place is put into the row. A notice that was there stays as it was. */
enum status notification_keep_notice(struct notification *notification, struct turn *turn,
                                     const struct event_in *event,
                                     struct notice_row *row) MUST_USE;

/* ---- notification_withdraw.c: who was told and is told no longer ---- */

/* Queues a withdrawal for each office that has an earlier decision of the case and isn't told of
 * this one by the route, unless the wall stands before it now. While a reviewer must look, what
 * was told stands. */
enum status notification_withdraw(struct notification *notification, struct turn *turn,
                                  const struct event_in *event, const struct decision *decision,
                                  const struct route *route) MUST_USE;

/* ---- notification_door.c: what people ask for ---- */

enum status notification_on_notices(void *app, struct turn *turn, struct door_request *request,
                                    struct diag *diag) MUST_USE;
enum status notification_on_case_notices(void *app, struct turn *turn,
                                         struct door_request *request, struct diag *diag) MUST_USE;
enum status notification_on_preview(void *app, struct turn *turn, struct door_request *request,
                                    struct diag *diag) MUST_USE;
enum status notification_on_route(void *app, struct turn *turn, struct door_request *request,
                                  struct diag *diag) MUST_USE;
/* ---- notification_acts.c: what they order ---- */

enum status notification_on_resend(void *app, struct turn *turn, const struct act *act,
                                   const struct principal *who, struct view *ret_answer,
                                   struct diag *diag) MUST_USE;
enum status notification_on_tables(void *app, struct turn *turn, const struct act *act,
                                   const struct principal *who, struct view *ret_answer,
                                   struct diag *diag) MUST_USE;

#endif
