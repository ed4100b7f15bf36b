/*
 * Reading: what is asked for is looked up, the asker's regions decide, and what was opened is
 * written down before it is answered.
 */
#include "services/intake/intake_cases.h"

#include "common/base/cleanup.h"
#include "services/intake/intake.h"
#include "services/intake/intake_store.h"
#include "services/intake/intake_wire.h"

#include <string.h>

static struct event_reader reader_of(const struct principal *who)
{
    struct event_reader reader = {.name = who->name};
    memcpy(reader.key_id, who->key_id, sizeof(reader.key_id));
    return reader;
}

/* A case of another region is as good as none, so that nobody learns of it by asking. */
static enum status show_to(const struct principal *who, enum status found,
                           const struct case_view *view, struct diag *diag)
{
    enum status status = found;
    if (status == STATUS_OK && !principal_has_region(who, view->row.region))
        status = STATUS_NOT_FOUND;
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "no such case in the regions of %s", who->name);
    return status;
}

enum status intake_find_case(struct intake *intake, struct turn *turn, const struct principal *who,
                             const uint8_t case_handle[CASE_HANDLE_SIZE],
                             struct case_view *ret_case, struct diag *diag)
{
    enum status found =
        intake_store_case_by_handle(&intake->tables, case_handle, turn->arena, ret_case);
    return show_to(who, found, ret_case, diag);
}

/* ---- without content ---- */

enum status intake_on_cases(void *app, struct turn *turn, struct door_request *request,
                            struct diag *diag)
{
    struct intake *intake = app;
    uint64_t after = 0;
    uint32_t rows_max = 0;
    TRY(intake_wire_read_list(request->message, &after, &rows_max, diag));
    const struct region_filter filter = {
        .regions = request->who->regions,
        .is_exact = request->who->role == INTAKE_ROLE_NODE,
    };
    const struct case_row *rows = NULL;
    size_t count = 0;
    TRY(intake_store_list(&intake->tables, after, rows_max, &filter, turn->arena, &rows, &count));
    return intake_wire_case_rows(rows, count, turn->arena, &request->answer);
}

static enum status find_asked(struct intake *intake, struct turn *turn,
                              const struct principal *who, const struct case_asked *asked,
                              struct case_view *ret_case, struct diag *diag)
{
    if (asked->case_number == NULL)
        return intake_find_case(intake, turn, who, asked->case_handle, ret_case, diag);
    char number[CASE_NUMBER_TEXT_SIZE];
    TRY(case_number_read(asked->case_number, number, diag));
    enum status found =
        intake_store_case_by_number(&intake->tables, number, turn->arena, ret_case);
    return show_to(who, found, ret_case, diag);
}

enum status intake_on_case(void *app, struct turn *turn, struct door_request *request,
                           struct diag *diag)
{
    struct intake *intake = app;
    struct case_asked asked;
    struct case_view view;
    TRY(intake_wire_read_case(request->message, &asked, diag));
    TRY(find_asked(intake, turn, request->who, &asked, &view, diag));
    TRY(intake_store_complete_case(&intake->tables, turn->arena, &view));
    return intake_wire_case_view(&view, turn->arena, &request->answer);
}

/* ---- a case's text ---- */

static enum status append_read(struct turn *turn, const struct principal *who,
                               const struct case_row *row, const struct case_secret *secret,
                               uint32_t revision)
{
    struct event_reader reader = reader_of(who);
    struct event_draft draft = {
        .type = INTAKE_EVENT_CASE_READ,
        .schema = INTAKE_SCHEMA,
        .case_handle = row->case_handle,
        .case_key = secret->key,
    };
    TRY(intake_wire_case_read(&reader, revision, turn->arena, &draft.payload));
    return turn_append(turn, &draft, NULL);
}

/* Opens a revision of the case and makes the answer of it. */
static enum status open_text(struct intake *intake, struct turn *turn, const struct case_row *row,
                             uint32_t revision, const struct case_secret *secret,
                             struct view *ret_text, struct diag *diag)
{
    struct kept_revision kept;
    struct view payload;
    enum status status =
        intake_store_find_revision(&intake->tables, row->id, revision, turn->arena, &kept);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "facts_revision: case %s has 1 to %u", row->case_number,
                 row->facts_revision);
    TRY(status);
    TRY(seal_open(turn->arena, secret->key, kept.header, kept.sealed, &payload));
    return intake_wire_case_text(payload, turn->arena, ret_text, diag);
}

enum status intake_on_case_text(void *app, struct turn *turn, struct door_request *request,
                                struct diag *diag)
{
    struct intake *intake = app;
    struct case_view view;
    uint8_t handle[CASE_HANDLE_SIZE];
    uint32_t revision = 0;
    TRY(intake_wire_read_text_request(request->message, handle, &revision, diag));
    TRY(intake_find_case(intake, turn, request->who, handle, &view, diag));
    if (revision == 0)
        revision = view.row.facts_revision;
    CLEANUP(case_secret_wipe) struct case_secret secret;
    enum status status = intake_find_case_key(intake, handle, secret.key);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "case %s was erased", view.row.case_number);
    TRY(status);
    TRY(open_text(intake, turn, &view.row, revision, &secret, &request->answer, diag));
    return append_read(turn, request->who, &view.row, &secret, revision);
}

/* ---- keys ---- */

/* STATUS_NOT_FOUND: left out of the answer. */
static enum status find_key_for(struct intake *intake, struct turn *turn,
                                const struct principal *who, struct case_key_row *row)
{
    if (who->role == INTAKE_ROLE_AUDITOR) {
        struct case_view view;
        TRY(intake_find_case(intake, turn, who, row->case_handle, &view, NULL));
    }
    return intake_find_case_key(intake, row->case_handle, row->key);
}

static enum status append_given(struct turn *turn, const struct principal *who, size_t count)
{
    if (who->role != INTAKE_ROLE_AUDITOR || count == 0)
        return STATUS_OK;
    struct event_reader reader = reader_of(who);
    struct event_draft draft = {.type = INTAKE_EVENT_CASE_KEYS_GIVEN, .schema = INTAKE_SCHEMA};
    TRY(intake_wire_keys_given(&reader, (uint32_t)count, turn->arena, &draft.payload));
    return turn_append(turn, &draft, NULL);
}

enum status intake_on_case_keys(void *app, struct turn *turn, struct door_request *request,
                                struct diag *diag)
{
    struct intake *intake = app;
    const struct principal *who = request->who;
    if (who->role != INTAKE_ROLE_AUDITOR && !intake_hands_keys_to(who->name)) {
        diag_set(diag, "case keys go to classification, notification and auditors only");
        return STATUS_NOT_AUTHORISED;
    }
    const uint8_t(*handles)[CASE_HANDLE_SIZE] = NULL;
    size_t handle_count = 0;
    TRY(intake_wire_read_handles(request->message, turn->arena, &handles, &handle_count, diag));
    struct case_key_row *rows = arena_take(turn->arena, handle_count * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    for (size_t index = 0; index < handle_count; index++) {
        memcpy(rows[count].case_handle, handles[index], CASE_HANDLE_SIZE);
        enum status status = find_key_for(intake, turn, who, &rows[count]);
        if (status == STATUS_NOT_FOUND)
            continue;
        TRY(status);
        count++;
    }
    TRY(append_given(turn, who, count));
    return intake_wire_case_keys(rows, count, turn->arena, &request->answer);
}
