/*
 * A notice as a mail (RFC 5322, MIME): headers, quoted-printable body, and the Message-ID. Pure.
 *
 * Why quoted-printable and encoded words: the bytes are ASCII, whatever a server on the way can
 * or can't carry, and no value can end its header: a line end in it would be encoded too.
 * The Message-ID: "<hex>@<host>", where hex is 20 bytes of BLAKE2b keyed with the installation's
 * secret over "netra-message-id/v1\n" | size of recipient[1] | recipient | case handle[16]
 * | revision[4] | kind[1], integers big-endian. Stable, so that a repeat is known as one; keyed,
 * so that it confirms no guess.
 * Units: instants are Unix seconds; the Date is told in the province's zone.
 */
#ifndef NETRA_NOTIFICATION_NOTICE_MAIL_H
#define NETRA_NOTIFICATION_NOTICE_MAIL_H

#include "common/base/status.h"
#include "services/notification/notice_text.h"
#include "services/notification/notification.h"

#include <stdbool.h>
#include <stdint.h>

#define NOTICE_MESSAGE_BYTES_MAX 32768u
#define NOTICE_MESSAGE_ID_BYTES 128u
#define NOTICE_HOST_BYTES 64u
#define NOTICE_ADDRESS_BYTES_MAX 254u /* RFC 5321 4.5.3.1.3 */

/* Who sends all notices. */
struct notice_sender {
    uint8_t secret[32];           /* keys the Message-IDs */
    char host[NOTICE_HOST_BYTES]; /* the origin's host part */
    char address[NOTICE_ADDRESS_BYTES_MAX + 1];
};

/* Which notice it is. */
struct notice_identity {
    const char *recipient;
    const uint8_t *case_handle; /* CASE_HANDLE_SIZE */
    uint32_t revision;
    enum notice_kind kind;
};

/* A mail to write. */
struct notice_mail {
    const char *address; /* of the recipient; checked */
    const char *message_id;
    int64_t at; /* the Date: when it was queued, so that a repeat has the same bytes */
    struct notice_facts facts;
};

/* The part of an origin before its first '/', as mail wants it, cut to its room. */
void notice_host_of(const char *origin, char host[NOTICE_HOST_BYTES]);

/* Whether the text is an address that mail takes: one '@', no blanks, no brackets, quotes, commas
 * or other bytes that could end a header or an envelope. */
bool notice_address_is_valid(const char *text);

/* Writes the Message-ID, without its <>. */
void notice_message_id(const struct notice_sender *sender, const struct notice_identity *identity,
                       char id[NOTICE_MESSAGE_ID_BYTES]);

/* Appends headers and body with CRLF line ends. STATUS_OUT_OF_RANGE: it doesn't fit, or no
 * template is for it. */
enum status notice_mail_write(const struct notice_templates *templates,
                              const struct notice_sender *sender, const struct notice_mail *mail,
                              struct notice_buffer *buffer) MUST_USE;

/* CRLF becomes LF, as files on a disk have it; in place. */
void notice_mail_to_lines(struct notice_buffer *buffer);

#endif
