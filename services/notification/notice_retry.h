/*
 * When a notice that could not be handed over is tried again, and what a mail server's answer
 * means for it. Pure.
 *
 * Why the phase matters: 550 after RCPT TO is about this recipient and final; 554 in the greeting,
 * 535 after AUTH or 550 after MAIL FROM is about us or the server, and the recipient must not pay
 * for it.
 * Units: delays in milliseconds, instants in Unix seconds.
 */
#ifndef NETRA_NOTIFICATION_NOTICE_RETRY_H
#define NETRA_NOTIFICATION_NOTICE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define NOTICE_RETRY_BASE_MS 30000u
#define NOTICE_RETRY_MAX_MS 3600000u
#define NOTICE_RETRY_FOR_S 259200 /* 3 days, then it is given up */
#define NOTICE_WHY_BYTES 31u

/* What a hand-over came to. */
enum hand_over_outcome {
    HAND_OVER_DONE,    /* the channel has it */
    HAND_OVER_LATER,   /* not now, or nobody knows: again, with the same Message-ID */
    HAND_OVER_REFUSED, /* never */
};

/* How far a dialogue with a mail server had come: what we sent last. */
enum mail_phase {
    MAIL_PHASE_CONNECTING, /* nothing: no connection, or no greeting */
    MAIL_PHASE_GREETED,    /* EHLO, STARTTLS, AUTH */
    MAIL_PHASE_SENDER,     /* MAIL FROM */
    MAIL_PHASE_RECIPIENT,  /* RCPT TO */
    MAIL_PHASE_DATA,       /* DATA */
    MAIL_PHASE_BODY        /* the message itself */
};

/* What went wrong besides a code. */
enum mail_trouble {
    MAIL_TROUBLE_NONE,
    MAIL_TROUBLE_UNREACHABLE, /* no connection */
    MAIL_TROUBLE_TIMEOUT,
    MAIL_TROUBLE_TLS,
    MAIL_TROUBLE_CUT /* the connection ended */
};

/* How a dialogue ended. */
struct mail_end {
    bool is_accepted; /* the server took the message */
    enum mail_phase phase;
    enum mail_trouble trouble;
    unsigned code; /* of the reply to what we sent last; 0: none came */
};

/* What that means for the notice; `why` gets a stable code: SMTP_550, SMTP_TIMEOUT,
 * SMTP_CUT_AFTER_DATA …; "" when it is done. */
enum hand_over_outcome notice_retry_judge(const struct mail_end *end,
                                          char why[NOTICE_WHY_BYTES + 1]);

/* Whether the recipient may have the notice: it was taken, or sent and nobody said no. */
bool notice_retry_may_have(const struct mail_end *end);

/* How long to wait after that many attempts (from 1): the base, doubled each time, at most
 * NOTICE_RETRY_MAX_MS. */
int64_t notice_retry_delay_ms(uint32_t base_ms, uint32_t attempts);

/* Whether a notice that has been tried since `since` is given up. */
bool notice_retry_is_over(int64_t since, int64_t now);

#endif
