/* Cases against intake's: each page's rows, then each case's whole view, many at once. */
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/replay_compare.h"
#include "services/netra/replay_running_parts.h"

#include <inttypes.h>
#include <stdio.h>

/* Questions for single cases under way at once: their answers fit the command's arena. */
#define CASES_AT_ONCE 64u

static enum status compare_row(const struct comparing *comparing, const Netra__V1__CaseRow *row,
                               const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    struct replay *replay = comparing->replay;
    struct replay_difference difference = {.what = ""};
    struct replay_case found;
    struct replay_facts first;
    struct replay_facts newest;
    uint64_t facts = 0;
    uint64_t links = 0;

    enum status status =
        replay_store_take_case(&replay->store, comparing->round, case_handle, &found);

    if (status == STATUS_NOT_FOUND)
        return replay_unexpected(comparing, DOOR_INTAKE, case_handle, row->case_number, "case");
    TRY(status);
    TRY(replay_store_count_of_case(&replay->store, case_handle, &facts, &links));
    if (found.is_erased || (replay->is_behind[DOOR_INTAKE] && row->facts_revision > facts))
        return STATUS_OK;
    status = replay_store_get_facts(&replay->store, case_handle, 1, &first);
    if (status == STATUS_OK)
        status = replay_store_get_facts(&replay->store, case_handle, (uint32_t)facts, &newest);
    if (status == STATUS_NOT_FOUND) {
        replay_tell_missing("facts", false, &difference);
        return replay_differs(comparing, case_handle, row->case_number, &difference);
    }
    TRY(status);
    if (replay_case_differs(&found, &first, &newest, row, &difference))
        return replay_differs(comparing, case_handle, row->case_number, &difference);
    return STATUS_OK;
}

static enum status compare_revisions(const struct comparing *comparing,
                                     const Netra__V1__CaseView *view,
                                     const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    struct replay_difference difference = {.what = ""};
    struct replay_facts facts;

    for (size_t i = 0; i < view->n_revisions; i++) {
        const enum status status = replay_store_get_facts(&comparing->replay->store, case_handle,
                                                          view->revisions[i]->revision, &facts);
        char what[64];

        (void)snprintf(what, sizeof what, "facts %" PRIu32, view->revisions[i]->revision);
        if (status == STATUS_NOT_FOUND) {
            TRY(replay_unexpected(comparing, DOOR_INTAKE, case_handle, view->row->case_number,
                                  what));
            continue;
        }
        TRY(status);
        if (replay_facts_differ(&facts, view->revisions[i], &difference))
            return replay_differs(comparing, case_handle, view->row->case_number, &difference);
    }
    return STATUS_OK;
}

static enum status compare_links(const struct comparing *comparing,
                                 const Netra__V1__CaseView *view,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    struct replay_store *store = &comparing->replay->store;
    struct replay_difference difference = {.what = ""};
    uint64_t facts = 0;
    uint64_t links = 0;

    for (size_t i = 0; i < view->n_links; i++) {
        const Netra__V1__CaseLink *link = view->links[i];
        uint8_t linked[CASE_HANDLE_SIZE];

        TRY(wire_exact(link->other_case_handle, linked, CASE_HANDLE_SIZE, "other_case_handle",
                       &comparing->replay->command->diag));
        const uint8_t *from = link->is_other_way ? linked : case_handle;
        const uint8_t *to = link->is_other_way ? case_handle : linked;
        const enum status status = replay_store_get_link(store, from, to, (uint32_t)link->kind);

        if (status == STATUS_NOT_FOUND)
            return replay_unexpected(comparing, DOOR_INTAKE, case_handle, view->row->case_number,
                                     "link");
        TRY(status);
    }
    TRY(replay_store_count_of_case(store, case_handle, &facts, &links));
    if (links <= view->n_links)
        return STATUS_OK;
    replay_tell_missing("link", true, &difference);
    return replay_differs(comparing, case_handle, view->row->case_number, &difference);
}

static enum status compare_view(const struct comparing *comparing, struct view answer)
{
    struct replay *replay = comparing->replay;
    ProtobufCMessage *unpacked = NULL;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct replay_case found;

    arena_reset(&replay->scratch);
    TRY(wire_unpack(&netra__v1__case_view__descriptor, answer, &replay->scratch, &unpacked,
                    &replay->command->diag));
    const Netra__V1__CaseView *view = (const Netra__V1__CaseView *)unpacked;

    if (view->row == NULL)
        return STATUS_FIELD_MISSING;
    TRY(wire_exact(view->row->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle",
                   &replay->command->diag));
    const enum status status =
        replay_store_take_case(&replay->store, comparing->round, case_handle, &found);

    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && found.is_erased))
        return STATUS_OK; /* told by its row */
    TRY(status);
    TRY(compare_revisions(comparing, view, case_handle));
    return compare_links(comparing, view, case_handle);
}

/* Asks for the whole view of some cases at once: their revisions and links. */
static enum status compare_views(const struct comparing *comparing,
                                 Netra__V1__CaseRow *const *rows, size_t count)
{
    struct command *command = comparing->replay->command;
    struct door_ask asks[CASES_AT_ONCE];

    for (size_t i = 0; i < count; i++) {
        Netra__V1__CaseRequest request;

        netra__v1__case_request__init(&request);
        request.case_handle = rows[i]->case_handle;
        asks[i] = (struct door_ask){.door = DOOR_INTAKE,
                                    .kind = NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE};
        TRY(wire_pack(&request.base, &command->arena, &asks[i].body));
    }
    TRY(door_client_ask_many(&command->doors, asks, (unsigned)count, command->timeout_ms,
                             &command->arena));
    for (size_t i = 0; i < count; i++) {
        if (asks[i].status != STATUS_OK) {
            diag_set(&command->diag, "intake: %s", asks[i].detail);
            return asks[i].status;
        }
        TRY(compare_view(comparing, asks[i].answer));
    }
    return STATUS_OK;
}

static enum status compare_case_page(const struct comparing *comparing,
                                     const Netra__V1__CaseRows *page)
{
    struct command *command = comparing->replay->command;
    const size_t mark = arena_mark(&command->arena);
    uint8_t case_handle[CASE_HANDLE_SIZE];

    for (size_t i = 0; i < page->n_cases; i++) {
        TRY(wire_exact(page->cases[i]->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle",
                       &command->diag));
        TRY(compare_row(comparing, page->cases[i], case_handle));
    }
    for (size_t first = 0; first < page->n_cases; first += CASES_AT_ONCE) {
        const size_t left = page->n_cases - first;
        const enum status status = compare_views(comparing, page->cases + first,
                                                 left < CASES_AT_ONCE ? left : CASES_AT_ONCE);

        arena_rewind(&command->arena, mark);
        TRY(status);
    }
    return STATUS_OK;
}

enum status replay_compare_cases(const struct comparing *comparing,
                                 const ProtobufCMessage *message, uint64_t *ret_last)
{
    const Netra__V1__CaseRows *page = (const Netra__V1__CaseRows *)message;

    *ret_last = page->n_cases == 0 ? 0 : page->cases[page->n_cases - 1]->id;
    return compare_case_page(comparing, page);
}
