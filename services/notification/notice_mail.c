/*
 * Writing a mail. RFC 5322 (headers), RFC 2047 (encoded words), RFC 2045 6.7 (quoted-printable).
 */
#include "services/notification/notice_mail.h"

#include "common/base/bytes.h"
#include "common/case/day.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_ID_HASH_BYTES 20u
#define WORD_BYTES_MAX 63u  /* of an encoded word's inner text: 75 with its frame */
#define HEADER_LINE_MAX 76u /* folded before it grows longer, where there is a blank */
#define BODY_LINE_MAX 76u
#define ZONE_TEXT "+0700"

void notice_host_of(const char *origin, char host[NOTICE_HOST_BYTES])
{
    size_t size = strcspn(origin, "/");
    (void)snprintf(host, NOTICE_HOST_BYTES, "%.*s", (int)size, origin);
}

bool notice_address_is_valid(const char *text)
{
    size_t size = strlen(text);
    const char *at = strchr(text, '@');
    if (size > NOTICE_ADDRESS_BYTES_MAX || at == NULL || at == text || at[1] == '\0' ||
        strchr(at + 1, '@') != NULL)
        return false;
    for (const char *byte = text; *byte != '\0'; byte++)
        if (*byte <= ' ' || *byte >= 0x7f || strchr("<>()[]\\,;:\"", *byte) != NULL)
            return false;
    return true;
}

void notice_message_id(const struct notice_sender *sender, const struct notice_identity *identity,
                       char id[NOTICE_MESSAGE_ID_BYTES])
{
    static const char domain[] = "netra-message-id/v1\n";
    uint8_t tail[CASE_HANDLE_SIZE + 5];
    uint8_t hash[MESSAGE_ID_HASH_BYTES];
    char hex[2 * MESSAGE_ID_HASH_BYTES + 1];
    size_t size = strlen(identity->recipient);
    uint8_t size_byte = (uint8_t)(size & 0xffu);
    memcpy(tail, identity->case_handle, CASE_HANDLE_SIZE);
    bytes_put_u32(tail + CASE_HANDLE_SIZE, identity->revision);
    tail[CASE_HANDLE_SIZE + 4] = (uint8_t)identity->kind;
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, sender->secret, sizeof sender->secret, sizeof hash);
    (void)crypto_generichash_update(&state, (const uint8_t *)domain, sizeof domain - 1);
    (void)crypto_generichash_update(&state, &size_byte, 1);
    (void)crypto_generichash_update(&state, (const uint8_t *)identity->recipient, size);
    (void)crypto_generichash_update(&state, tail, sizeof tail);
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    bytes_to_hex(view_of(hash, sizeof hash), hex);
    (void)snprintf(id, NOTICE_MESSAGE_ID_BYTES, "%s@%s", hex, sender->host);
}

/* ---- headers ---- */

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text >= 0x7f)
            return false;
    return true;
}

/* Bytes of the UTF-8 character that begins here; 1 for what is none. */
static size_t character_size(const char *text)
{
    unsigned char lead = (unsigned char)text[0];
    size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    for (size_t i = 1; i < size; i++)
        if (((unsigned char)text[i] & 0xc0u) != 0x80u)
            return 1;
    return size;
}

/* A byte as encoded words and quoted-printable write it: "=C3". */
static void put_code(char byte, char code[4])
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned value = (unsigned char)byte;
    code[0] = '=';
    code[1] = digits[value >> 4];
    code[2] = digits[value & 15u];
    code[3] = '\0';
}

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

/* Encoded words, folded between them; a character is never cut in two. `used` bytes of the header
 * are on the first line: a line with such words is at most 76 bytes (RFC 2047 2). */
static void add_words(struct notice_buffer *buffer, const char *text, size_t used)
{
    size_t line = WORD_BYTES_MAX; /* full: the first character opens a word */
    const char *open = "=?UTF-8?Q?";
    while (*text != '\0') {
        size_t size = character_size(text);
        size_t room = size == 1 && is_word_byte(text[0]) ? 1 : 3 * size;
        if (line + room > WORD_BYTES_MAX) {
            notice_buffer_add_text(buffer, open);
            open = "?=\r\n =?UTF-8?Q?";
            line = used;
            used = 0;
        }
        for (size_t i = 0; i < size; i++) {
            char code[4];
            put_code(text[i], code);
            notice_buffer_add(buffer, room == 1 ? text : code, room == 1 ? 1 : 3);
        }
        line += room;
        text += size;
    }
    notice_buffer_add_text(buffer, "?=");
}

/* Plain words, folded before one that would make the line too long; `used` bytes are on it. */
static void add_folded(struct notice_buffer *buffer, const char *text, size_t used)
{
    bool is_first = true;
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        bool is_too_long = used + 1 + word > HEADER_LINE_MAX && !is_first;
        if (!is_first)
            notice_buffer_add_text(buffer, is_too_long ? "\r\n " : " ");
        notice_buffer_add(buffer, text, word);
        used = is_too_long ? 1 + word : used + 1 + word;
        text += word;
        text += *text == ' ' ? 1 : 0;
        is_first = false;
    }
}

static void add_subject(struct notice_buffer *buffer, const char *subject)
{
    notice_buffer_add_text(buffer, "Subject: ");
    if (is_plain(subject))
        add_folded(buffer, subject, strlen("Subject: "));
    else
        add_words(buffer, subject, strlen("Subject: "));
    notice_buffer_add_text(buffer, "\r\n");
}

static void add_mailbox(struct notice_buffer *buffer, const char *header, const char *name,
                        const char *address)
{
    notice_buffer_add_text(buffer, header);
    if (is_plain(name)) {
        notice_buffer_add_text(buffer, "\"");
        for (const char *at = name; *at != '\0'; at++) {
            if (*at == '"' || *at == '\\')
                notice_buffer_add_text(buffer, "\\");
            notice_buffer_add(buffer, at, 1);
        }
        notice_buffer_add_text(buffer, "\"");
    } else {
        add_words(buffer, name, strlen(header));
    }
    /* On a line of its own: a long name and a long address fit their lines. */
    notice_buffer_add_text(buffer, "\r\n <");
    notice_buffer_add_text(buffer, address);
    notice_buffer_add_text(buffer, ">\r\n");
}

static void add_date(struct notice_buffer *buffer, int64_t at)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    uint32_t day = day_of_instant(at, DAY_ZONE_JAKARTA_SECONDS);
    unsigned second = (unsigned)((at + DAY_ZONE_JAKARTA_SECONDS) % 86400);
    (void)snprintf(text, sizeof text, "Date: %s, %u %s %u %02u:%02u:%02u " ZONE_TEXT "\r\n",
                   weekdays[day_weekday(day)], day % 100u, months[day / 100u % 100u - 1u],
                   day / 10000u, second / 3600u, second / 60u % 60u, second % 60u);
    notice_buffer_add_text(buffer, text);
}

/* ---- the body ---- */

static bool is_literal(const char *text)
{
    char byte = *text;
    bool is_blank_at_end = byte == ' ' && (text[1] == '\n' || text[1] == '\0');
    return byte >= ' ' && byte < 0x7f && byte != '=' && !is_blank_at_end;
}

/* Quoted-printable: lines that are too long are broken softly, never inside a character's code. */
static void add_body(struct notice_buffer *buffer, const char *text)
{
    size_t line = 0;
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            notice_buffer_add_text(buffer, "\r\n");
            line = 0;
            continue;
        }
        char code[4];
        put_code(*text, code);
        size_t size = is_literal(text) ? 1 : 3;
        if (line + size >= BODY_LINE_MAX) {
            notice_buffer_add_text(buffer, "=\r\n");
            line = 0;
        }
        notice_buffer_add(buffer, size == 1 ? text : code, size);
        line += size;
    }
    if (line > 0)
        notice_buffer_add_text(buffer, "\r\n");
}

enum status notice_mail_write(const struct notice_templates *templates,
                              const struct notice_sender *sender, const struct notice_mail *mail,
                              struct notice_buffer *buffer)
{
    char text[2 * NOTICE_BODY_BYTES_MAX + 2 * NOTICE_ACTION_BYTES_MAX];
    char subject[4 * NOTICE_SUBJECT_BYTES_MAX];
    struct notice_buffer filled;
    const struct notice_template *template =
        notice_template_find(templates, mail->facts.kind, mail->facts.role);
    const struct notice_action *action =
        notice_action_find(templates, mail->facts.kind, mail->facts.role);
    if (template == NULL || action == NULL)
        return STATUS_OUT_OF_RANGE;
    notice_buffer_begin(&filled, subject, sizeof subject);
    notice_text_fill(template->subject, &mail->facts, "", &filled);
    bool is_full = filled.is_full;
    notice_buffer_begin(&filled, text, sizeof text);
    notice_text_fill(template->body, &mail->facts, action->text, &filled);
    is_full |= filled.is_full;
    add_date(buffer, mail->at);
    add_mailbox(buffer, "From: ", "Netra", sender->address);
    add_mailbox(buffer, "To: ", mail->facts.recipient_name, mail->address);
    add_subject(buffer, subject);
    notice_buffer_add_text(buffer, "Message-ID: <");
    notice_buffer_add_text(buffer, mail->message_id);
    notice_buffer_add_text(buffer, ">\r\nMIME-Version: 1.0\r\n"
                                   "Content-Type: text/plain; charset=utf-8\r\n"
                                   "Content-Transfer-Encoding: quoted-printable\r\n"
                                   "Content-Language: id\r\n"
                                   "Auto-Submitted: auto-generated\r\n\r\n");
    add_body(buffer, text);
    return is_full || buffer->is_full ? STATUS_OUT_OF_RANGE : STATUS_OK;
}

void notice_mail_to_lines(struct notice_buffer *buffer)
{
    size_t to = 0;
    for (size_t from = 0; from < buffer->used; from++)
        if (!(buffer->bytes[from] == '\r' && buffer->bytes[from + 1] == '\n'))
            buffer->bytes[to++] = buffer->bytes[from];
    buffer->used = to;
    buffer->bytes[to] = '\0';
}
