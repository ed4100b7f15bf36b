/*
 * `netra case import`: a submission per line, up to IMPORT_WINDOW under way, killed and resumed at
 * any instant (result_file.h says how).
 */
#include "common/base/bytes.h"
#include "common/base/cleanup.h"
#include "common/base/fault_point.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/command.h"
#include "services/netra/import.h"
#include "services/netra/line_reader.h"
#include "services/netra/result_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RETRY_MS_MIN 20     /* a peer that names no delay is not asked without pause */
#define RETRY_MS_OTHER 500  /* not now, for another reason than a backlog */
#define REJECTIONS_TOLD 20u /* on stderr; the result file has them all */
#define WAIT_MS_MAX 1000
#define SILENT_NOTE_MS 5000      /* how long nothing may be heard before we say so */
#define SILENT_GIVE_UP_MS 300000 /* and before the import gives up; it can be run again */

struct import {
    struct command *command;
    struct import_window window;
    struct result_file results;
    struct line_reader reader;
    int descriptor;
    uint64_t row; /* the last one read */
    uint64_t accepted;
    uint64_t rejected;
    uint64_t skipped; /* had their receipt already */
    int64_t heard_ms; /* when intake last said anything about a row */
    bool is_noted;    /* that it is silent */
    bool is_at_end;
    enum status stopped; /* why it can't go on; STATUS_OK: it can */
};

static void close_import(struct import *import)
{
    result_file_close(&import->results);
    if (import->descriptor >= 0)
        (void)close(import->descriptor);
}

/* ---- what becomes of a row ---- */

static void print_line(struct command *command, const struct result_line *line)
{
    json_t *object = json_object();
    json_t *errors = json_array();
    char id[UUID_TEXT_SIZE];

    uuid_to_text(line->id, id);
    json_put_number(object, "row", line->row);
    json_put_text(object, "submission_id", id);
    if (line->kind == RESULT_RECEIPT)
        json_put_text(object, "case_number", line->case_number);
    else
        json_put_null(object, "case_number");
    json_put_text(object, "status", line->status);
    if (line->detail[0] != '\0')
        (void)json_array_append_new(errors, json_string(line->detail));
    (void)json_object_set_new(object, "errors", errors);
    output_json_line(&command->output, object);
}

static void seen(void *self, const struct result_line *line)
{
    struct import *import = self;

    if (line->kind != RESULT_RECEIPT)
        return;
    import->skipped++;
    print_line(import->command, line);
}

static enum status reject(struct import *import, const struct import_slot *slot,
                          enum status status, const char *detail)
{
    struct result_line line = {.kind = RESULT_REJECTED, .row = slot->row};

    memcpy(line.id, slot->submission.id, UUID_SIZE);
    (void)snprintf(line.status, sizeof line.status, "%s", status_name(status));
    (void)snprintf(line.detail, sizeof line.detail, "%s", detail);
    import->rejected++;
    print_line(import->command, &line);
    if (import->rejected <= REJECTIONS_TOLD)
        command_note("row %llu: %s: %s%s%s", (unsigned long long)slot->row, status_name(status),
                     status_text(status), detail[0] == '\0' ? "" : ": ", detail);
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
    uuid_to_text(slot->submission.id, id);
    if (strcmp(id, receipt.submission_id) != 0) {
        diag_set(&import->command->diag, "row %llu: intake's receipt is of another submission",
                 (unsigned long long)slot->row);
        return STATUS_VERIFICATION_FAILED;
    }
    memcpy(line.id, slot->submission.id, UUID_SIZE);
    (void)snprintf(line.case_number, sizeof line.case_number, "%s", receipt.case_number);
    bytes_to_hex(view_of(receipt.commitment, 32), line.commitment);
    line.seq = receipt.seq;
    import->accepted++;
    FAULT_POINT(import_receipt_told);
    print_line(import->command, &line);
    return result_file_add(&import->results, &line);
}

/* ---- reading rows ---- */

/* Writes down the id under which the row is sent, unless an earlier run did. */
static enum status note_id(struct import *import, const struct import_slot *slot,
                           struct row_state before)
{
    struct result_line line = {.kind = RESULT_ID, .row = slot->row};

    if (before.kind != RESULT_NONE && memcmp(before.id, slot->submission.id, UUID_SIZE) == 0)
        return STATUS_OK;
    memcpy(line.id, slot->submission.id, UUID_SIZE);
    return result_file_add(&import->results, &line);
}

static enum status prepare(struct import *import, struct import_slot *slot,
                           const struct line *line)
{
    const struct row_state before = result_file_row(&import->results, slot->row);
    const struct arguments *arguments = import->command->arguments;
    struct diag diag = {.text = ""};
    char id[UUID_TEXT_SIZE];

    uuid_to_text(before.id, id);
    slot->submission = (struct submission){.content = view_of(slot->bytes, line->size)};
    const enum status status =
        line->is_too_long ? STATUS_BODY_TOO_LARGE
                          : submission_complete(&slot->submission, arguments->regions[0],
                                                before.kind == RESULT_NONE ? NULL : id, &diag);

    if (before.kind != RESULT_NONE)
        memcpy(slot->submission.id, before.id, UUID_SIZE);
    else if (view_is_zero(view_of(slot->submission.id, UUID_SIZE)))
        submission_draw_id(slot->submission.id);
    if (status != STATUS_OK)
        return reject(import, slot, status, diag.text);
    slot->request_id = door_client_draw_id(&import->command->doors);
    import_window_move(&import->window, slot, SLOT_PREPARED);
    return note_id(import, slot, before);
}

/* Reads the next row that has no receipt yet into the slot. */
static enum status read_row(struct import *import, struct import_slot *slot)
{
    struct line line;

    if (line_reader_next(&import->reader, slot->bytes, sizeof slot->bytes, &line) != STATUS_OK) {
        diag_set(&import->command->diag, "%s: %s", import->command->arguments->words[0],
                 strerror(errno));
        return STATUS_SYSTEM_FAILED;
    }
    import->is_at_end = !line.is_there;
    if (import->is_at_end)
        return STATUS_OK;
    import->row++;
    if ((line_is_blank(view_of(slot->bytes, line.size)) && !line.is_too_long) ||
        result_file_row(&import->results, import->row).kind == RESULT_RECEIPT)
        return STATUS_OK;
    slot->row = import->row;
    return prepare(import, slot, &line);
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
    TRY(submission_pack(&slot->submission, &command->page, &body));
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
        import->command->doors.refusals[DOOR_INTAKE] >= REFUSALS_MAX && import->accepted == 0) {
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
        command_note("intake accepts nothing at the moment; still trying");
        import->is_noted = true;
    }
    if (silent_ms <= SILENT_GIVE_UP_MS)
        return STATUS_OK;
    diag_set(&import->command->diag, "intake accepted nothing for %d s; run the same import again",
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

static enum status open_import(struct import *import)
{
    struct command *command = import->command;
    const char *path = command->arguments->words[0];
    char results[PATH_MAX];

    if (command->arguments->region_count > 1) {
        diag_set(&command->diag, "one --region at most");
        return STATUS_USAGE;
    }
    import->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (import->descriptor < 0) {
        diag_set(&command->diag, "%s: %s", path, strerror(errno));
        return STATUS_NOT_FOUND;
    }
    if (!result_file_path(path, results, sizeof results)) {
        diag_set(&command->diag, "the file's path is too long");
        return STATUS_USAGE;
    }
    import->window.slots = arena_take(&command->arena, IMPORT_SLOTS * sizeof(struct import_slot));
    if (import->window.slots == NULL)
        return STATUS_NO_MEMORY;
    line_reader_start(&import->reader, import->descriptor);
    return result_file_open(&import->results, results, seen, import, &command->diag);
}

enum status case_import(struct command *command)
{
    struct import *import = arena_take(&command->arena, sizeof *import);

    if (import == NULL)
        return STATUS_NO_MEMORY;
    import->command = command;
    import->descriptor = -1;
    import->results.descriptor = -1;
    enum status status = open_import(import);

    if (status == STATUS_OK)
        status = run(import);
    close_import(import);
    TRY(status);
    output_sentence(&command->output,
                    "%llu accepted, %llu rejected, %llu had their receipt before",
                    (unsigned long long)import->accepted, (unsigned long long)import->rejected,
                    (unsigned long long)import->skipped);
    if (import->rejected == 0)
        return STATUS_OK;
    command_note("%llu rows were rejected; the result file says which and why",
                 (unsigned long long)import->rejected);
    command->exit_status = status_exit(STATUS_MALFORMED);
    return STATUS_OK;
}
