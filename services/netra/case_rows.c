/*
 * Decisions come page by page in the order in which they were made; sorted by case, and of each
 * case only the newest kept, they are found by a binary search.
 */
#include "services/netra/case_rows.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/pages.h"
#include "services/netra/translate.h"

#include <stdlib.h>
#include <string.h>

/* By handle, and among a case's by revision. */
static int compare(const void *left, const void *right)
{
    const struct case_decision *a = *(const struct case_decision *const *)left;
    const struct case_decision *b = *(const struct case_decision *const *)right;
    const int by_handle = memcmp(a->case_handle, b->case_handle, CASE_HANDLE_SIZE);

    if (by_handle != 0)
        return by_handle;
    return a->revision < b->revision ? -1 : a->revision > b->revision;
}

/* Sorts, and keeps the newest of each case. */
static void keep_newest(struct case_decisions *decisions)
{
    size_t kept = 0;

    if (decisions->count > 0)
        qsort(decisions->rows, decisions->count, sizeof decisions->rows[0], compare);
    for (size_t i = 0; i < decisions->count; i++) {
        const bool is_last = i + 1 == decisions->count ||
                             memcmp(decisions->rows[i]->case_handle,
                                    decisions->rows[i + 1]->case_handle, CASE_HANDLE_SIZE) != 0;

        if (is_last)
            decisions->rows[kept++] = decisions->rows[i];
    }
    decisions->count = kept;
}

/* Puts the row before the others. */
static enum status add(struct command *command, const Netra__V1__DecisionRow *row,
                       struct case_decision **first)
{
    struct case_decision *added = arena_take(&command->arena, sizeof *added);

    if (added == NULL)
        return STATUS_NO_MEMORY;
    *added = (struct case_decision){.revision = row->revision, .next = *first};
    *first = added;
    TRY(wire_exact(row->case_handle, added->case_handle, CASE_HANDLE_SIZE, "case_handle",
                   &command->diag));
    return wire_pack(&row->base, &command->arena, &added->packed);
}

static enum status load(struct command *command, struct case_decision **first, size_t *count)
{
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;

    for (;;) {
        TRY(page_ask(command, DOOR_CLASSIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_DECISIONS,
                     after, &netra__v1__decision_rows__descriptor, &unpacked));
        const Netra__V1__DecisionRows *page = (const Netra__V1__DecisionRows *)unpacked;

        if (page->n_decisions == 0)
            return STATUS_OK;
        for (size_t i = 0; i < page->n_decisions; i++)
            TRY(add(command, page->decisions[i], first));
        *count += page->n_decisions;
        after = page->decisions[page->n_decisions - 1]->id;
    }
}

/* The list as a sorted array. */
static enum status sort(struct command *command, struct case_decision *first, size_t count,
                        struct case_decisions *decisions)
{
    decisions->rows = arena_take(&command->arena, count * sizeof(struct case_decision *));
    if (decisions->rows == NULL)
        return STATUS_NO_MEMORY;
    for (; first != NULL && decisions->count < count; first = first->next)
        decisions->rows[decisions->count++] = first;
    keep_newest(decisions);
    return STATUS_OK;
}

enum status case_decisions_load(struct command *command, struct case_decisions *ret_decisions)
{
    struct case_decision *first = NULL;
    size_t count = 0;

    *ret_decisions = (struct case_decisions){.rows = NULL};
    const enum status status = load(command, &first, &count);

    if (status == STATUS_OK)
        return sort(command, first, count, ret_decisions);
    if (status_class_of(status) != STATUS_CLASS_RETRY || status == STATUS_NO_MEMORY)
        return status;
    ret_decisions->is_silent = true;
    command_note(_("%s; decisions are missing here"), command->diag.text);
    diag_clear(&command->diag);
    return STATUS_OK;
}

const struct case_decision *case_decisions_find(const struct case_decisions *decisions,
                                                const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    size_t low = 0;
    size_t high = decisions->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order =
            memcmp(decisions->rows[middle]->case_handle, case_handle, CASE_HANDLE_SIZE);

        if (order == 0)
            return decisions->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

enum status case_decision_row(const struct case_decision *decision, struct arena *arena,
                              const Netra__V1__DecisionRow **ret_row, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;

    TRY(wire_unpack(&netra__v1__decision_row__descriptor, decision->packed, arena, &unpacked,
                    diag));
    *ret_row = (const Netra__V1__DecisionRow *)unpacked;
    return STATUS_OK;
}
