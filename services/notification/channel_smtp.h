/*
 * Handing notices over to a mail server by SMTP, several at a time, never blocking: libcurl's
 * multi interface, driven from the service's tick.
 *
 * TLS is required (smtps:// or STARTTLS) unless the server is this machine. No proxy is used and
 * no other protocol spoken.
 * Owns: libcurl's handles, from open to close. The messages are the caller's until their transfer
 * has ended.
 * Limits: SMTP_TRANSFERS_MAX at once; SMTP_CONNECT_MS to connect, SMTP_TRANSFER_MS for the whole.
 * Errors: STATUS_CONFIG_INVALID with one message; later ones are struct mail_end's.
 */
#ifndef NETRA_NOTIFICATION_CHANNEL_SMTP_H
#define NETRA_NOTIFICATION_CHANNEL_SMTP_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "services/notification/notice_retry.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SMTP_TRANSFERS_MAX 4u
#define SMTP_CONNECT_MS 10000
#define SMTP_TRANSFER_MS 60000
#define SMTP_PASSWORD_BYTES 256u

/* What the configuration says. Texts may be NULL but `url`. */
struct smtp_settings {
    const char *url;           /* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
    const char *user;          /* NULL: no login */
    const char *password_file; /* mode 0600; its first line */
    const char *ca_file;       /* NULL: the system's */
    const char *helo;          /* what we call ourselves */
};

/* A transfer; free while `handle` is NULL. */
struct smtp_transfer {
    void *handle;     /* CURL */
    void *recipients; /* curl_slist */
    struct view message;
    size_t sent;
    enum mail_phase phase;
    bool is_answered; /* what was sent last has its reply */
    bool is_unwanted; /* libcurl is to end it, and its connection with it */
    bool has_ended;
    struct mail_end end; /* once it has */
};

struct channel_smtp {
    void *multi; /* CURLM; NULL: closed */
    struct smtp_settings settings;
    char url[512]; /* with our own name, as libcurl wants it */
    char password[SMTP_PASSWORD_BYTES];
    bool is_loopback;
    struct smtp_transfer transfers[SMTP_TRANSFERS_MAX];
};

/* Whether mail to that server stays on this machine: 127.0.0.0/8, [::1] or localhost. */
bool channel_smtp_is_loopback(const char *url);

/*
 * Checks the settings and opens the channel. STATUS_CONFIG_INVALID: the url is none of smtp or
 * smtps, the password can't be read or others can read it, or `is_demonstration` and the server is
 * another machine: from a demonstration no mail leaves the machine.
 */
enum status channel_smtp_open(struct channel_smtp *channel, const struct smtp_settings *settings,
                              bool is_demonstration, struct diag *diag) MUST_USE;

/* Ends all transfers unanswered. A channel of all zero is fine. */
void channel_smtp_close(struct channel_smtp *channel);

/* Begins a transfer at a free place. False: libcurl has no memory; then the place stays free. */
bool channel_smtp_begin(struct channel_smtp *channel, unsigned place, const char *from,
                        const char *to, struct view message);

/* Goes on with whatever can go on now; ended ones have has_ended set. */
void channel_smtp_go_on(struct channel_smtp *channel);

/* Gives an ended transfer's place free. */
void channel_smtp_free(struct channel_smtp *channel, unsigned place);

#endif
