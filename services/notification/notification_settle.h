/*
 * The desk's two transactions: taking what is due, and settling what came of it. Each runs in
 * service_run, so that a notice's state and the event that says so become true together.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_SETTLE_H
#define NETRA_NOTIFICATION_NOTIFICATION_SETTLE_H

#include "services/notification/notification_desk.h"

/* What a transaction is about, and what it found. */
struct desk_take {
    struct notice_desk *desk;
    struct desk_lane *lane;
    unsigned suspect_count; /* how many of the desk's suspects, from the last, this one took */
    int64_t wait_s;         /* until something is due; 0: perhaps more is due now */
    int64_t looked_utc_s;   /* the lane's, once this is on disk */
};

/* A service_work: fills the lane's free places, counting each hand-over; a suspect alone. What it
 * put there is taken away again by notification_untake when the transaction failed. */
enum status notification_take(void *app, struct turn *turn, void *context,
                              struct diag *diag) MUST_USE;
void notification_untake(struct desk_lane *lane);

/* A service_work: settles the lane's items that are over. notification_settled then frees their
 * places, counts and raises alarms, once the transaction is on disk. */
enum status notification_settle(void *app, struct turn *turn, void *context,
                                struct diag *diag) MUST_USE;
void notification_settled(struct notice_desk *desk, struct desk_lane *lane);

#endif
