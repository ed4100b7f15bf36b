/*
 * Placeholders: the list of them, finding them, filling them in.
 */
#include "services/notification/notice_text.h"

#include "common/case/day.h"

#include <stdio.h>
#include <string.h>

/* Everything that may stand in a template. Nothing personal is ever added here. */
#define PLACEHOLDER_LIST(X) \
    X(case_number)          \
    X(region_name)          \
    X(recipient_name)       \
    X(role)                 \
    X(received_date)        \
    X(decision_revision)    \
    X(what_to_do)

enum placeholder {
#define X(name) PLACEHOLDER_##name,
    PLACEHOLDER_LIST(X)
#undef X
        PLACEHOLDER_COUNT
};

static const char *const names[PLACEHOLDER_COUNT] = {
#define X(name) #name,
    PLACEHOLDER_LIST(X)
#undef X
};

const char *notice_text_list(void)
{
#define X(name) "{" #name "} "
    return PLACEHOLDER_LIST(X);
#undef X
}

void notice_buffer_begin(struct notice_buffer *buffer, char *bytes, size_t size)
{
    *buffer = (struct notice_buffer){.bytes = bytes, .size = size};
    if (size > 0)
        bytes[0] = '\0';
}

void notice_buffer_add(struct notice_buffer *buffer, const char *text, size_t size)
{
    if (buffer->is_full || size >= buffer->size - buffer->used) {
        buffer->is_full = true;
        return;
    }
    memcpy(buffer->bytes + buffer->used, text, size);
    buffer->used += size;
    buffer->bytes[buffer->used] = '\0';
}

void notice_buffer_add_text(struct notice_buffer *buffer, const char *text)
{
    notice_buffer_add(buffer, text, strlen(text));
}

/* ---- finding ---- */

/* The placeholder whose name the bytes are; PLACEHOLDER_COUNT: none. */
static enum placeholder placeholder_of(const char *name, size_t size)
{
    unsigned found = 0;
    while (found < PLACEHOLDER_COUNT &&
           !(strlen(names[found]) == size && memcmp(names[found], name, size) == 0))
        found++;
    return (enum placeholder)found;
}

/* The first brace at or after `text`, and how many bytes belong to it: "{name}", or what there is
 * up to the next blank. NULL: no brace. */
static const char *find_brace(const char *text, size_t *ret_size)
{
    const char *brace = text + strcspn(text, "{}");
    if (*brace == '\0')
        return NULL;
    size_t size = 1 + strcspn(brace + 1, "{} \n");
    *ret_size = brace[0] == '{' && brace[size] == '}' ? size + 1 : size;
    return brace;
}

static bool is_placeholder(const char *brace, size_t size, bool is_action)
{
    if (size < 3 || brace[0] != '{' || brace[size - 1] != '}')
        return false;
    enum placeholder found = placeholder_of(brace + 1, size - 2);
    return found != PLACEHOLDER_COUNT && !(is_action && found == PLACEHOLDER_what_to_do);
}

bool notice_text_check(const char *text, bool is_action, char *wrong, size_t size)
{
    size_t brace_size = 0;
    for (const char *brace = find_brace(text, &brace_size); brace != NULL;
         brace = find_brace(brace + brace_size, &brace_size)) {
        if (is_placeholder(brace, brace_size, is_action))
            continue;
        (void)snprintf(wrong, size, "%.*s", (int)brace_size, brace);
        return false;
    }
    return true;
}

static bool has_role(const char *const *roles, unsigned count, const char *role)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(roles[i], role) == 0)
            return true;
    return false;
}

const struct notice_template *notice_template_find(const struct notice_templates *templates,
                                                   enum notice_kind kind, const char *role)
{
    const struct notice_template *found = NULL;
    for (unsigned i = 0; i < templates->template_count; i++) {
        const struct notice_template *row = &templates->templates[i];
        if (row->notice == kind && has_role(row->roles, row->role_count, role))
            return row;
        if (row->notice == kind && row->role_count == 0 && found == NULL)
            found = row;
    }
    return found;
}

const struct notice_action *notice_action_find(const struct notice_templates *templates,
                                               enum notice_kind kind, const char *role)
{
    const struct notice_action *found = NULL;
    for (unsigned i = 0; i < templates->action_count; i++) {
        const struct notice_action *row = &templates->actions[i];
        if (row->notice == kind && has_role(row->roles, row->role_count, role))
            return row;
        if (row->notice == kind && row->role_count == 0 && found == NULL)
            found = row;
    }
    return found;
}

/* ---- filling in ---- */

/* "12 Oktober 2024" */
static void add_day(struct notice_buffer *buffer, uint32_t day)
{
    static const char *const months[] = {"Januari",   "Februari", "Maret",    "April",
                                         "Mei",       "Juni",     "Juli",     "Agustus",
                                         "September", "Oktober",  "November", "Desember"};
    char text[40];
    if (!day_is_valid(day))
        return;
    (void)snprintf(text, sizeof text, "%u %s %u", day % 100u, months[day / 100u % 100u - 1u],
                   day / 10000u);
    notice_buffer_add_text(buffer, text);
}

static void add_number(struct notice_buffer *buffer, uint32_t number)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", number);
    notice_buffer_add_text(buffer, text);
}

static void add_value(struct notice_buffer *buffer, enum placeholder placeholder,
                      const struct notice_facts *facts, const char *what_to_do)
{
    switch (placeholder) {
    case PLACEHOLDER_case_number:
        notice_buffer_add_text(buffer, facts->case_number);
        return;
    case PLACEHOLDER_region_name:
        notice_buffer_add_text(buffer, facts->region_name);
        return;
    case PLACEHOLDER_recipient_name:
        notice_buffer_add_text(buffer, facts->recipient_name);
        return;
    case PLACEHOLDER_role:
        notice_buffer_add_text(buffer, facts->role);
        return;
    case PLACEHOLDER_received_date:
        add_day(buffer, facts->received);
        return;
    case PLACEHOLDER_decision_revision:
        add_number(buffer, facts->revision);
        return;
    case PLACEHOLDER_what_to_do:
        /* An action has no {what_to_do}: this ends. */
        notice_text_fill(what_to_do, facts, "", buffer);
        return;
    case PLACEHOLDER_COUNT:
        return;
    }
}

void notice_text_fill(const char *text, const struct notice_facts *facts, const char *what_to_do,
                      struct notice_buffer *buffer)
{
    size_t size = 0;
    const char *at = text;
    for (const char *brace = find_brace(at, &size); brace != NULL; brace = find_brace(at, &size)) {
        notice_buffer_add(buffer, at, (size_t)(brace - at));
        if (size >= 3)
            add_value(buffer, placeholder_of(brace + 1, size - 2), facts, what_to_do);
        at = brace + size;
    }
    notice_buffer_add_text(buffer, at);
}
