/*
 * `netra case import`: a submission per row, up to IMPORT_WINDOW under way, killed and resumed at
 * any instant (result_file.h says how).
 */
#include "common/base/bytes.h"
#include "common/base/fault_point.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/command.h"
#include "services/netra/import_prepare.h"
#include "services/netra/import_report.h"
#include "services/netra/receipt_parts.h"
#include "services/netra/translate.h"

#include <stdio.h>
#include <string.h>

#define RETRY_MS_MIN 20    /* a peer that names no delay is not asked without pause */
#define RETRY_MS_OTHER 500 /* not now, for another reason than a backlog */
#define WAIT_MS_MAX 1000
#define SILENT_NOTE_MS 5000      /* how long nothing may be heard before we say so */
#define SILENT_GIVE_UP_MS 300000 /* and before the import gives up; it can be run again */

struct import {
    struct command *command;
    struct import_window window;
    struct result_file results;
    struct import_maker maker;
    struct import_report report;
    int64_t heard_ms; /* when intake last said anything about a row */
    bool is_noted;    /* that it is silent */
    bool is_full;     /* it said so of its disk when it last answered */
    bool is_at_end;
    struct diag broken; /* why the file can't be read to its end; "": it can */
};

/* ---- what becomes of a row ---- */

static void seen(void *self, const struct result_line *line)
{
    struct import *import = self;

    if (line->kind == RESULT_RECEIPT)
        import_report_skipped(&import->report, line);
}

static enum status reject(struct import *import, const struct import_slot *slot,
                          enum status status, const char *detail)
{
    struct result_line line = {.kind = RESULT_REJECTED, .row = slot->row};

    memcpy(line.id, slot->id, UUID_SIZE);
    (void)snprintf(line.status, sizeof line.status, "%s", status_name(status));
    (void)snprintf(line.detail, sizeof line.detail, "%s", detail);
    import_report_rejected(&import->report, &line);
    return result_file_add(&import->results, &line);
}

static enum status accept(struct import *import, const struct import_slot *slot,
                          struct view answer)
{
    struct result_line line = {.kind = RESULT_RECEIPT, .row = slot->row, .status = "OK"};
    struct receipt receipt = {.seq = 0};
    char id[UUID_TEXT_SIZE];

    arena_reset(&import->command->page);
    TRY(receipt_unpack(answer, &import->command->page, &receipt, &import->command->diag));
    uuid_to_text(slot->id, id);
    if (strcmp(id, receipt.submission_id) != 0) {
        diag_set(&import->command->diag, _("row %llu: intake's receipt is of another submission"),
                 (unsigned long long)slot->row);
        return STATUS_VERIFICATION_FAILED;
    }
    memcpy(line.id, slot->id, UUID_SIZE);
    (void)snprintf(line.case_number, sizeof line.case_number, "%s", receipt.case_number);
    bytes_to_hex(view_of(receipt.commitment, 32), line.commitment);
    line.seq = receipt.seq;
    FAULT_POINT(import_receipt_told);
    import_report_accepted(&import->report, &line);
    return result_file_add(&import->results, &line);
}

/* ---- reading rows ---- */

/* Writes down the id under which the row is sent, unless an earlier run did. */
static enum status note_id(struct import *import, const struct import_slot *slot,
                           struct row_state before)
{
    struct result_line line = {.kind = RESULT_ID, .row = slot->row};

    if (before.kind != RESULT_NONE && memcmp(before.id, slot->id, UUID_SIZE) == 0)
        return STATUS_OK;
    memcpy(line.id, slot->id, UUID_SIZE);
    return result_file_add(&import->results, &line);
}

static enum status prepare(struct import *import, struct import_slot *slot)
{
    const struct row_state before = result_file_row(&import->results, slot->row);
    struct command *command = import->command;
    char detail[RESULT_DETAIL_BYTES];

    arena_reset(&command->page);
    const enum status status =
        import_prepare(&import->maker, before, &command->page, slot, detail, &command->diag);

    if (status_class_of(status) == STATUS_CLASS_REJECT) {
        diag_clear(&command->diag);
        return reject(import, slot, status, detail);
    }
    TRY(status);
    slot->request_id = door_client_draw_id(&command->doors);
    import_window_move(&import->window, slot, SLOT_PREPARED);
    return note_id(import, slot, before);
}

/* Reads the next row that has no receipt yet into the slot. */
static enum status read_row(struct import *import, struct import_slot *slot)
{
    struct import_row row;
    const enum status status = import_rows_next(import->maker.rows, &row, &import->broken);

    if (status == STATUS_FACTS_INVALID) { /* what was read before is still handed in */
        import_report_broken(&import->report, row.number, import->broken.text);
        import->is_at_end = true;
        return STATUS_OK;
    }
    if (status != STATUS_OK) {
        diag_set(&import->command->diag, "%s: %s", import->command->arguments->words[0],
                 import->broken.text);
        return status;
    }
    import->is_at_end = !row.is_there;
    if (import->is_at_end || row.is_blank ||
        result_file_row(&import->results, row.number).kind == RESULT_RECEIPT)
        return STATUS_OK;
    slot->row = row.number;
    return prepare(import, slot);
}

/* Prepares a whole group once there is room for one: one sync for all its ids. */
static enum status read_group(struct import *import)
{
    if (import->is_at_end || IMPORT_SLOTS - import->window.used < IMPORT_GROUP)
        return STATUS_OK;
    const unsigned until = import->window.used + IMPORT_GROUP;

    while (!import->is_at_end && import->window.used < until)
        TRY(read_row(import, import_window_free(&import->window)));
    return result_file_sync(&import->results);
}

/* ---- sending and hearing ---- */

static enum status send_row(struct import *import, struct import_slot *slot)
{
    struct command *command = import->command;
    struct view body;

    arena_reset(&command->page);
    TRY(submission_stamp(view_of(slot->bytes, slot->size), &command->page, &body));
    FAULT_POINT(import_id_written);
    TRY(door_client_send(&command->doors, DOOR_INTAKE, slot->request_id,
                         NETRA__V1__REQUEST_KIND__REQUEST_KIND_SUBMIT_CASE, body));
    slot->due_ms = door_client_now_ms(&command->doors) + command->timeout_ms;
    import_window_move(&import->window, slot, SLOT_SENT);
    return STATUS_OK;
}

static enum status send_rows(struct import *import)
{
    while (import->command->doors.is_up[DOOR_INTAKE]) {
        struct import_slot *slot = import_window_next(&import->window);

        if (slot == NULL)
            break;
        const enum status status = send_row(import, slot);

        if (status == STATUS_NOT_CONNECTED || status == STATUS_WOULD_BLOCK)
            break;
        TRY(status);
    }
    return STATUS_OK;
}

/* Not now: the row waits, and whether that counts as being heard depends on why. */
static void postpone(struct import *import, struct import_slot *slot,
                     const struct door_answer_parts *answer, int64_t now_ms)
{
    const bool is_backlog =
        answer->status == STATUS_BACKLOG || answer->status == STATUS_TRY_AGAIN_LATER;
    int64_t delay_ms = is_backlog ? RETRY_MS_MIN : RETRY_MS_OTHER;

    if (answer->retry_after_ms > delay_ms)
        delay_ms = answer->retry_after_ms;
    if (is_backlog)
        import->heard_ms = now_ms;
    slot->due_ms = now_ms + delay_ms;
    import_window_move(&import->window, slot, SLOT_WAITING);
}

static enum status take_answer(struct import *import, const struct door_answer_parts *answer,
                               int64_t now_ms)
{
    struct import_slot *slot = import_window_find(&import->window, answer->request_id);

    if (slot == NULL)
        return STATUS_OK;
    import->is_noted = false;
    import->is_full = answer->status == STATUS_STORE_FULL;
    switch (status_class_of(answer->status)) {
    case STATUS_CLASS_RETRY:
        postpone(import, slot, answer, now_ms);
        return STATUS_OK;
    case STATUS_CLASS_FATAL:
        diag_set(&import->command->diag, "intake: %s", answer->detail);
        return answer->status;
    case STATUS_CLASS_OK:
    case STATUS_CLASS_REJECT:
        break;
    }
    /* No row can go through with this key. */
    if (answer->status == STATUS_REVOKED || answer->status == STATUS_NOT_AUTHORISED) {
        diag_set(&import->command->diag, "intake: %s", answer->detail);
        return answer->status;
    }
    import->heard_ms = now_ms;
    import_window_move(&import->window, slot, SLOT_FREE);
    return answer->status == STATUS_OK ? accept(import, slot, answer->body)
                                       : reject(import, slot, answer->status, answer->detail);
}

static enum status take_event(struct import *import, const struct door_event *event,
                              int64_t now_ms)
{
    if (event->door != DOOR_INTAKE)
        return STATUS_OK;
    if (event->kind == DOOR_EVENT_DOWN)
        import_window_lost(&import->window);
    if (event->kind == DOOR_EVENT_REFUSED &&
        import->command->doors.refusals[DOOR_INTAKE] >= REFUSALS_MAX &&
        import->report.accepted == 0) {
        diag_set(&import->command->diag, "intake: its door refuses this key");
        return STATUS_NOT_AUTHORISED;
    }
    return event->kind == DOOR_EVENT_ANSWER ? take_answer(import, &event->answer, now_ms)
                                            : STATUS_OK;
}

static enum status hear(struct import *import)
{
    struct door_client *doors = &import->command->doors;
    struct door_event event;

    for (door_client_receive(doors, &event); event.kind != DOOR_EVENT_NOTHING;
         door_client_receive(doors, &event))
        TRY(take_event(import, &event, door_client_now_ms(doors)));
    return result_file_flush(&import->results);
}

static enum status check_silence(struct import *import, int64_t now_ms)
{
    if (import->window.used == 0)
        import->heard_ms = now_ms;
    const int64_t silent_ms = now_ms - import->heard_ms;

    if (silent_ms > SILENT_NOTE_MS && !import->is_noted) {
        import_report_note(&import->report,
                           _("intake accepts nothing at the moment; still trying"));
        import->is_noted = true;
    }
    if (silent_ms <= SILENT_GIVE_UP_MS)
        return STATUS_OK;
    if (import->is_full) {
        diag_set(&import->command->diag,
                 _("intake's disk has been full for %d s; run the same import again"),
                 SILENT_GIVE_UP_MS / 1000);
        return STATUS_STORE_FULL;
    }
    diag_set(&import->command->diag,
             _("intake accepted nothing for %d s; run the same import again (a revoked key is "
               "told so once, then not answered)"),
             SILENT_GIVE_UP_MS / 1000);
    return STATUS_NOT_CONNECTED;
}

/* Hears, reads, sends and waits once. */
static enum status step(struct import *import, bool *ret_is_done)
{
    struct door_client *doors = &import->command->doors;

    TRY(hear(import));
    TRY(read_group(import));
    const int64_t now_ms = door_client_now_ms(doors);

    import_report_tick(&import->report, now_ms);
    const int64_t due_ms = import_window_tick(&import->window, now_ms);

    *ret_is_done = import->is_at_end && import->window.used == 0;
    if (*ret_is_done)
        return result_file_sync(&import->results);
    TRY(send_rows(import));
    TRY(check_silence(import, now_ms));
    return door_client_wait(doors, due_ms - now_ms < WAIT_MS_MAX ? due_ms - now_ms : WAIT_MS_MAX);
}

static enum status run(struct import *import)
{
    bool is_done = false;

    import->heard_ms = door_client_now_ms(&import->command->doors);
    while (!is_done)
        TRY(step(import, &is_done));
    return STATUS_OK;
}

/* Reads the file once to its end: only where somebody watches is it worth that. */
static enum status count_rows(struct import *import, const char *path)
{
    if (!import->report.is_terminal)
        return STATUS_OK;
    import->report.total = import_rows_count(import->maker.rows);
    import_rows_close(import->maker.rows);
    return import_rows_open(import->maker.rows, path, &import->command->diag);
}

static enum status open_import(struct import *import)
{
    struct command *command = import->command;
    const char *path = command->arguments->words[0];
    char results[PATH_MAX];

    if (command->arguments->region_count > 1) {
        diag_set(&command->diag, "%s", _("one --region at most"));
        return STATUS_USAGE;
    }
    if (!result_file_path(path, results, sizeof results)) {
        diag_set(&command->diag, "%s", _("the file's path is too long"));
        return STATUS_USAGE;
    }
    import->maker.setting = (struct submission_setting){.config = command->config,
                                                        .region = command->arguments->regions[0],
                                                        .file = path,
                                                        .today = submission_today()};
    import->maker.rows = arena_take(&command->arena, sizeof *import->maker.rows);
    import->window.slots = arena_take(&command->arena, IMPORT_SLOTS * sizeof(struct import_slot));
    if (import->maker.rows == NULL || import->window.slots == NULL)
        return STATUS_NO_MEMORY;
    TRY(import_rows_open(import->maker.rows, path, &command->diag));
    TRY(count_rows(import, path));
    return result_file_open(&import->results, results, command->config->common.origin, seen,
                            import, &command->diag);
}

/* What the whole import ends with, once everything readable was handed in. */
static enum status end(struct import *import)
{
    struct command *command = import->command;

    import_report_end(&import->report, door_client_now_ms(&command->doors));
    if (import->broken.text[0] != '\0') {
        diag_set(&command->diag,
                 _("%s: %s; the rows before it were handed in, it and what "
                   "follows were not: mend the file and run the same import again"),
                 command->arguments->words[0], import->broken.text);
        return STATUS_FACTS_INVALID;
    }
    if (import->report.accepted + import->report.rejected + import->report.skipped == 0) {
        diag_set(&command->diag, _("%s: no row is in it"), command->arguments->words[0]);
        return STATUS_BODY_EMPTY;
    }
    if (import->report.rejected > 0)
        command->exit_status = status_exit(STATUS_FACTS_INVALID);
    return STATUS_OK;
}

enum status case_import(struct command *command)
{
    struct import *import = arena_take(&command->arena, sizeof *import);

    if (import == NULL)
        return STATUS_NO_MEMORY;
    import->command = command;
    import->results.descriptor = -1;
    import_report_start(&import->report, command);
    enum status status = open_import(import);

    if (status == STATUS_OK)
        status = run(import);
    result_file_close(&import->results);
    if (import->maker.rows != NULL)
        import_rows_close(import->maker.rows);
    TRY(status);
    return end(import);
}
