/*
 * The words of a notice: templates, what may stand in them, and filling them in. Pure.
 *
 * Why a fixed list of placeholders: what is not on it can't be put into a notice, so that no
 * template can carry a name, a NIP or a report's text out of the house.
 *
 * A placeholder is a name in braces, {case_number}; no other brace may stand in a template.
 * Owns: nothing; texts are borrowed.
 * Limits: those below, in bytes.
 */
#ifndef NETRA_NOTIFICATION_NOTICE_TEXT_H
#define NETRA_NOTIFICATION_NOTICE_TEXT_H

#include "services/notification/notification.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NOTICE_TEMPLATES_MAX 64u
#define NOTICE_ACTIONS_MAX 128u
#define NOTICE_SUBJECT_BYTES_MAX 160u
#define NOTICE_BODY_BYTES_MAX 4096u
#define NOTICE_ACTION_BYTES_MAX 1024u

/* Subject and body of a kind of notice, for some roles or for all that have none of their own. */
struct notice_template {
    enum notice_kind notice;
    const char *const *roles;
    unsigned role_count; /* 0: all others */
    const char *subject;
    const char *body;
};

/* What the recipient is asked to do: {what_to_do}. */
struct notice_action {
    enum notice_kind notice;
    const char *const *roles;
    unsigned role_count; /* 0: all others */
    const char *text;
};

struct notice_templates {
    const char *name;
    const char *version;
    const struct notice_template *templates;
    unsigned template_count;
    const struct notice_action *actions;
    unsigned action_count;
};

/* What a notice says; none of it is personal. */
struct notice_facts {
    enum notice_kind kind;
    const char *role;
    const char *case_number;
    const char *region_name;
    const char *recipient_name;
    uint32_t received; /* as in common/case/day.h */
    uint32_t revision;
};

/* A text in a buffer of the caller; NUL-terminated; what doesn't fit makes it full. */
struct notice_buffer {
    char *bytes;
    size_t size;
    size_t used;
    bool is_full;
};

/* Begins an empty text; appends to it. */
void notice_buffer_begin(struct notice_buffer *buffer, char *bytes, size_t size);
void notice_buffer_add(struct notice_buffer *buffer, const char *text, size_t size);
void notice_buffer_add_text(struct notice_buffer *buffer, const char *text);

/* Checks a template's text. True: only placeholders of the list stand in it. False: `wrong` gets
 * what stands there instead, cut to its room. An action must not ask for {what_to_do} itself. */
bool notice_text_check(const char *text, bool is_action, char *wrong, size_t size);

/* The list of what may stand in a template: "{case_number}, {region_name}, …". Static text. */
const char *notice_text_list(void);

/* The template, or the action, of a kind and role: the role's own, else the one for all others;
 * NULL: none, which the loader refuses. */
const struct notice_template *notice_template_find(const struct notice_templates *templates,
                                                   enum notice_kind kind, const char *role);
const struct notice_action *notice_action_find(const struct notice_templates *templates,
                                               enum notice_kind kind, const char *role);

/* Appends the checked text with every placeholder filled in. */
void notice_text_fill(const char *text, const struct notice_facts *facts, const char *what_to_do,
                      struct notice_buffer *buffer);

#endif
