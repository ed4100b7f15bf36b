/*
 * The operational log: a line is built in a bounded buffer and leaves with one write, so that the
 * lines of several processes on one pipe don't mix.
 *
 * Format, logfmt:  time=2026-11-21T22:00:00Z level=info service=intake event=started port=1234
 *         JSON:    {"time":"2026-11-21T22:00:00Z","level":"info","service":"intake",…,"port":1234}
 * In both, a quoted value escapes as JSON does; bytes that are not UTF-8 become \ufffd.
 */
#include "common/base/log.h"

#include "common/base/clock.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A write to a pipe is atomic up to PIPE_BUF, 4,096 bytes. */
#define LINE_MAX_BYTES 2000u
/* Kept free for what closes a line that was cut: quote, brace, newline. */
#define LINE_TAIL_BYTES 3u

struct line {
    char text[LINE_MAX_BYTES];
    size_t used;
    bool is_cut; /* something did not fit: nothing more is put */
};

static struct {
    const char *service;
    enum log_level level_min;
    bool is_json;
} settings = {.service = "netra", .level_min = LOG_LEVEL_INFO};

static const struct log_listener *listening;

void log_open(const char *service, enum log_level level_min, bool is_json)
{
    settings.service = service;
    settings.level_min = level_min;
    settings.is_json = is_json;
}

/* Puts all of it or, when it doesn't fit, none and nothing from then on. */
static bool line_put(struct line *line, const char *text, size_t size)
{
    if (line->is_cut || line->used + size > sizeof line->text - LINE_TAIL_BYTES) {
        line->is_cut = true;
        return false;
    }
    memcpy(line->text + line->used, text, size);
    line->used += size;
    return true;
}

/* Puts one of the characters that the tail is kept free for. */
static void line_put_tail(struct line *line, char closing)
{
    line->text[line->used++] = closing;
}

/* The size of the valid UTF-8 sequence (RFC 3629) that `text` begins with, or 0. Stops at a
 * NUL. */
static size_t sequence_size(const unsigned char *text)
{
    unsigned char lead = text[0];
    unsigned char second_min = 0x80;
    unsigned char second_max = 0xbf;
    size_t size = 0;
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        size = 2;
    else if (lead >= 0xe0 && lead <= 0xef)
        size = 3;
    else if (lead >= 0xf0 && lead <= 0xf4)
        size = 4;
    else
        return 0;
    /* Over-long forms, surrogates, and what lies above U+10FFFF. */
    if (lead == 0xe0)
        second_min = 0xa0;
    else if (lead == 0xf0)
        second_min = 0x90;
    else if (lead == 0xed)
        second_max = 0x9f;
    else if (lead == 0xf4)
        second_max = 0x8f;
    if (text[1] < second_min || text[1] > second_max)
        return 0;
    for (size_t index = 2; index < size; index++) {
        if ((text[index] & 0xc0) != 0x80)
            return 0;
    }
    return size;
}

/* Puts a value's bytes, escaped for the inside of quotes. */
static void line_put_escaped(struct line *line, const char *value)
{
    const unsigned char *cursor = (const unsigned char *)value;
    while (*cursor != '\0' && !line->is_cut) {
        size_t size = sequence_size(cursor);
        char escape[8] = "";
        if (size == 0)
            (void)snprintf(escape, sizeof escape, "\\ufffd");
        else if (*cursor == '"' || *cursor == '\\')
            (void)snprintf(escape, sizeof escape, "\\%c", *cursor);
        else if (*cursor == '\n')
            (void)snprintf(escape, sizeof escape, "\\n");
        else if (*cursor == '\t')
            (void)snprintf(escape, sizeof escape, "\\t");
        else if (*cursor < 0x20 || *cursor == 0x7f)
            (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*cursor);
        else if (*cursor == 0xc2 && cursor[1] < 0xa0) /* C1 controls steer terminals too */
            (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)cursor[1]);
        if (escape[0] != '\0')
            (void)line_put(line, escape, strlen(escape));
        else
            (void)line_put(line, (const char *)cursor, size);
        cursor += size == 0 ? 1 : size;
    }
}

static bool logfmt_needs_quotes(const char *value)
{
    if (*value == '\0')
        return true;
    for (const unsigned char *cursor = (const unsigned char *)value; *cursor != '\0'; cursor++) {
        if (*cursor <= ' ' || *cursor >= 0x7f || *cursor == '"' || *cursor == '=' ||
            *cursor == '\\')
            return true;
    }
    return false;
}

/* Puts what stands before a value, the opening quote included: all of it or the field is left
 * out. */
static bool line_begin_field(struct line *line, const char *name, bool is_quoted)
{
    char text[100];
    const char *quote = is_quoted ? "\"" : "";
    int length = 0;
    if (settings.is_json)
        length =
            snprintf(text, sizeof text, "%s\"%s\":%s", line->used == 0 ? "{" : ",", name, quote);
    else
        length = snprintf(text, sizeof text, "%s%s=%s", line->used == 0 ? "" : " ", name, quote);
    if (length < 0 || (size_t)length >= sizeof text)
        return false;
    return line_put(line, text, (size_t)length);
}

static void line_put_text(struct line *line, const char *name, const char *value)
{
    bool is_quoted = settings.is_json || logfmt_needs_quotes(value);
    if (!line_begin_field(line, name, is_quoted))
        return;
    line_put_escaped(line, value);
    if (is_quoted)
        line_put_tail(line, '"');
}

static void line_put_number(struct line *line, const char *name, long long number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", number);
    /* A number that was cut would be another number: it fits with its name or the field is left
     * out. */
    size_t field_bytes = strlen(name) + (size_t)length + sizeof ",\"\":";
    if (line->used + field_bytes > sizeof line->text - LINE_TAIL_BYTES) {
        line->is_cut = true;
        return;
    }
    if (line_begin_field(line, name, false))
        (void)line_put(line, text, (size_t)length);
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG:
        return "debug";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_WARN:
        return "warn";
    case LOG_LEVEL_ERROR:
        return "error";
    }
    return "unknown";
}

void log_listen(const struct log_listener *listener)
{
    listening = listener;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               unsigned count)
{
    if (listening != NULL) {
        listening->wrote(listening->self, level, event, fields, count);
        return;
    }
    if (level < settings.level_min)
        return;
    const struct clock clock = clock_of_system();
    time_t now = (time_t)clock_utc_s(&clock);
    struct tm utc = {.tm_sec = 0};
    char stamp[32] = "";
    if (gmtime_r(&now, &utc) != NULL)
        (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    struct line line = {.used = 0};
    line_put_text(&line, "time", stamp);
    line_put_text(&line, "level", level_name(level));
    line_put_text(&line, "service", settings.service);
    line_put_text(&line, "event", event);
    for (unsigned index = 0; index < count && !line.is_cut; index++) {
        if (fields[index].text != NULL)
            line_put_text(&line, fields[index].name, fields[index].text);
        else
            line_put_number(&line, fields[index].name, fields[index].number);
    }
    if (settings.is_json)
        line_put_tail(&line, '}');
    line_put_tail(&line, '\n');
    /* A log that can't be written must not stop the service, and there is nobody to tell. */
    ssize_t written = write(STDERR_FILENO, line.text, line.used);
    (void)written;
}
