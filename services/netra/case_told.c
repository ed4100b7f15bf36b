/*
 * Notices come page by page in the order in which they were queued; sorted by case they are found
 * by a binary search.
 */
#include "services/netra/case_told.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/pages.h"
#include "services/netra/translate.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const struct case_notice *a = *(const struct case_notice *const *)left;
    const struct case_notice *b = *(const struct case_notice *const *)right;
    const int by_handle = memcmp(a->case_handle, b->case_handle, CASE_HANDLE_SIZE);

    if (by_handle != 0)
        return by_handle;
    if (a->revision != b->revision)
        return a->revision < b->revision ? -1 : 1;
    return a->role < b->role ? -1 : a->role > b->role;
}

/* The role's index; a table beyond the limit is refused. */
static enum status find_role(struct command *command, struct case_told *told, const char *role,
                             unsigned *ret_role)
{
    for (*ret_role = 0; *ret_role < told->role_count; (*ret_role)++) {
        if (strcmp(told->roles[*ret_role], role) == 0)
            return STATUS_OK;
    }
    if (told->role_count == TOLD_ROLES_MAX) {
        diag_set(&command->diag, "notification: more than %u roles", TOLD_ROLES_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    const uint8_t *copy = arena_copy(&command->arena, view_of(role, strlen(role) + 1));

    if (copy == NULL)
        return STATUS_NO_MEMORY;
    told->roles[told->role_count++] = (const char *)copy;
    return STATUS_OK;
}

static bool is_told(const Netra__V1__NoticeRow *row)
{
    return strcmp(row->state, "blocked") != 0 && strcmp(row->state, "superseded") != 0;
}

static enum status add(struct command *command, struct case_told *told,
                       const Netra__V1__NoticeRow *row, struct case_notice **first)
{
    struct case_notice *added = arena_take(&command->arena, sizeof *added);

    if (added == NULL)
        return STATUS_NO_MEMORY;
    *added = (struct case_notice){.revision = row->revision, .next = *first};
    TRY(find_role(command, told, row->role, &added->role));
    *first = added;
    told->count++;
    return wire_exact(row->case_handle, added->case_handle, CASE_HANDLE_SIZE, "case_handle",
                      &command->diag);
}

static enum status load(struct command *command, struct case_told *told,
                        struct case_notice **first)
{
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;

    for (;;) {
        TRY(page_ask(command, DOOR_NOTIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES,
                     after, &netra__v1__notice_rows__descriptor, &unpacked));
        const Netra__V1__NoticeRows *page = (const Netra__V1__NoticeRows *)unpacked;

        if (page->n_notices == 0)
            return STATUS_OK;
        for (size_t i = 0; i < page->n_notices; i++) {
            if (is_told(page->notices[i]))
                TRY(add(command, told, page->notices[i], first));
        }
        after = page->notices[page->n_notices - 1]->id;
    }
}

static enum status sort(struct command *command, struct case_notice *first, struct case_told *told)
{
    size_t at = 0;

    told->notices = arena_take(&command->arena, told->count * sizeof(struct case_notice *));
    if (told->notices == NULL)
        return STATUS_NO_MEMORY;
    for (; first != NULL && at < told->count; first = first->next)
        told->notices[at++] = first;
    if (at > 0)
        qsort(told->notices, at, sizeof(struct case_notice *), compare);
    return STATUS_OK;
}

enum status case_told_load(struct command *command, struct case_told *ret_told)
{
    struct case_notice *first = NULL;

    *ret_told = (struct case_told){.role_count = 0};
    const enum status status = load(command, ret_told, &first);

    if (status == STATUS_OK)
        return sort(command, first, ret_told);
    *ret_told = (struct case_told){.role_count = 0};
    if (status_class_of(status) != STATUS_CLASS_RETRY || status == STATUS_NO_MEMORY)
        return status;
    command_note(_("%s; who was told is missing here"), command->diag.text);
    diag_clear(&command->diag);
    return STATUS_OK;
}

/* The first notice behind the case's last one. */
static size_t find_end(const struct case_told *told, const uint8_t *case_handle)
{
    size_t low = 0;
    size_t high = told->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (memcmp(told->notices[middle]->case_handle, case_handle, CASE_HANDLE_SIZE) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

json_t *case_told_roles(const struct case_told *told, const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    json_t *roles = json_array();
    size_t begin = find_end(told, case_handle);
    const size_t end = begin;

    while (begin > 0 &&
           memcmp(told->notices[begin - 1]->case_handle, case_handle, CASE_HANDLE_SIZE) == 0 &&
           told->notices[begin - 1]->revision == told->notices[end - 1]->revision)
        begin--;
    for (size_t i = begin; i < end; i++) {
        const bool is_first = i == begin || told->notices[i]->role != told->notices[i - 1]->role;

        if (is_first)
            (void)json_array_append_new(roles, json_string(told->roles[told->notices[i]->role]));
    }
    return roles;
}
