/*
 * Operational log: one line per event on stderr, logfmt, or JSON on request.
 *
 * Why: an operator greps it. Never personal data, never a payload: names of statuses, peers,
 * counts, seqs.
 * Only the turn and the programs' main files log; library code reports through status and diag.
 */
#ifndef NETRA_BASE_LOG_H
#define NETRA_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Once, at start: who logs (static text), from which level on, and whether as JSON. */
void log_open(const char *service, enum log_level level_min, bool is_json);

/* One field of a line. `text` NULL: `number` is printed. */
struct log_field {
    const char *name;
    const char *text;
    long long number;
};

/* Fields of a line; use inside log_line's argument list. */
#define LOG_TEXT(field_name, value) ((struct log_field){.name = (field_name), .text = (value)})
#define LOG_NUMBER(field_name, value) \
    ((struct log_field){.name = (field_name), .number = (long long)(value)})

/* Writes one line with one write(2): time, level, service, event, then the fields; values are
 * quoted where logfmt needs it and control bytes are escaped. Lines are cut at 2,000 bytes. */
void log_write(enum log_level level, const char *event, const struct log_field *fields,
               unsigned count);

/* Who gets every line instead of stderr, as it was asked for: a simulation's trace. */
struct log_listener {
    void (*wrote)(void *self, enum log_level level, const char *event,
                  const struct log_field *fields, unsigned count);
    void *self;
};

/* Sets it; NULL: nobody, lines go to stderr. It must live until then. */
void log_listen(const struct log_listener *listener);

/* log_line(LEVEL, "event", LOG_TEXT(…), LOG_NUMBER(…), …): at least one field. */
#define log_line(level, event, ...)                                \
    log_write(                                                     \
        (level), (event), (const struct log_field[]){__VA_ARGS__}, \
        (unsigned)(sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field)))

#endif
