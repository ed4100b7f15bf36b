/*
 * Decisions come page by page in the order in which they were made; sorted by case, and of each
 * case only the newest kept, they are found by a binary search.
 */
#include "services/netra/case_rows.h"

#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/pages.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *outcome_text(uint32_t outcome)
{
    switch (outcome) {
    case NETRA__V1__OUTCOME__OUTCOME_VIOLATION:
        return "violation";
    case NETRA__V1__OUTCOME__OUTCOME_NOT_A_VIOLATION:
        return "not_violation";
    case NETRA__V1__OUTCOME__OUTCOME_NEEDS_INFORMATION:
        return "needs_info";
    case NETRA__V1__OUTCOME__OUTCOME_UNDECIDED:
        return "undecided";
    default:
        return "unknown";
    }
}

const char *disposition_text(uint32_t disposition)
{
    switch (disposition) {
    case NETRA__V1__DISPOSITION__DISPOSITION_AUTO:
        return "auto";
    case NETRA__V1__DISPOSITION__DISPOSITION_REVIEW:
        return "review";
    default:
        return "unknown";
    }
}

const char *notice_kind_text(uint32_t kind)
{
    switch (kind) {
    case NETRA__V1__NOTICE_KIND__NOTICE_KIND_DECISION:
        return "decision";
    case NETRA__V1__NOTICE_KIND__NOTICE_KIND_REVIEW:
        return "review";
    default:
        return "unknown";
    }
}

/* By handle, and among a case's by revision. */
static int compare(const void *left, const void *right)
{
    const struct case_decision *a = left;
    const struct case_decision *b = right;
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
                             memcmp(decisions->rows[i].case_handle,
                                    decisions->rows[i + 1].case_handle, CASE_HANDLE_SIZE) != 0;

        if (is_last)
            decisions->rows[kept++] = decisions->rows[i];
    }
    decisions->count = kept;
}

/* One after the other, without a gap: nothing else is taken from the arena meanwhile. */
static enum status add(struct command *command, const Netra__V1__DecisionRow *row,
                       struct case_decisions *decisions)
{
    struct case_decision *added = arena_take(&command->arena, sizeof *added);

    if (added == NULL)
        return STATUS_NO_MEMORY;
    if (decisions->rows == NULL)
        decisions->rows = added;
    *added = (struct case_decision){.seq = row->seq,
                                    .revision = row->revision,
                                    .outcome = (uint16_t)row->outcome,
                                    .disposition = (uint16_t)row->disposition};
    decisions->count++;
    return wire_exact(row->case_handle, added->case_handle, CASE_HANDLE_SIZE, "case_handle",
                      &command->diag);
}

/* The arena aligns to that, so rows taken one by one lie side by side. */
_Static_assert(sizeof(struct case_decision) % alignof(max_align_t) == 0, "rows lie side by side");

static enum status load(struct command *command, struct case_decisions *decisions)
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
            TRY(add(command, page->decisions[i], decisions));
        after = page->decisions[page->n_decisions - 1]->id;
    }
}

enum status case_decisions_load(struct command *command, struct case_decisions *ret_decisions)
{
    *ret_decisions = (struct case_decisions){.rows = NULL};
    const enum status status = load(command, ret_decisions);

    keep_newest(ret_decisions);
    if (status_class_of(status) != STATUS_CLASS_RETRY || status == STATUS_NO_MEMORY)
        return status;
    ret_decisions->is_silent = true;
    command_note("%s; decisions are missing here", command->diag.text);
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
            memcmp(decisions->rows[middle].case_handle, case_handle, CASE_HANDLE_SIZE);

        if (order == 0)
            return &decisions->rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
