/* `netra receipt`: what a receipt says, whether it is true, and how far its case is. */
#include "common/base/cleanup.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/command.h"
#include "services/netra/file.h"
#include "services/netra/pages.h"
#include "services/netra/receipt_parts.h"
#include "services/netra/translate.h"

#include <string.h>

#define RECEIPT_FILE_BYTES_MAX 65536u

/* Reads the file as what `case submit --json` printed; the caller releases the object. */
static enum status read_shown(struct command *command, json_t **ret_shown)
{
    struct view text;

    TRY(file_read(command->arguments->words[0], RECEIPT_FILE_BYTES_MAX, &command->arena, &text,
                  &command->diag));
    *ret_shown = json_loadb((const char *)text.bytes, text.size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(*ret_shown))
        return STATUS_OK;
    diag_set(&command->diag, "%s", _("expected what `netra case submit --json` printed"));
    return STATUS_MALFORMED;
}

static enum status verify_shown(struct command *command, const json_t *shown,
                                struct receipt *receipt)
{
    TRY(receipt_from_json(shown, &command->arena, receipt, &command->diag));
    TRY(receipt_check(receipt, command->config->receipt_public, &command->diag));
    if (strcmp(receipt->origin, command->config->common.origin) != 0) {
        diag_set(&command->diag, _("it is of another installation: %s"), receipt->origin);
        return STATUS_SIGNATURE_INVALID;
    }
    return receipt_compare(shown, receipt, &command->diag);
}

static enum status verify(struct command *command, struct receipt *receipt)
{
    CLEANUP(json_release) json_t *shown = NULL;

    if (command->config->receipt_public == NULL) {
        diag_set(&command->diag, "%s", _("netra.yaml: receipt_public is needed for this"));
        return STATUS_CONFIG_INVALID;
    }
    TRY(read_shown(command, &shown));
    return verify_shown(command, shown, receipt);
}

static json_t *summary(const struct receipt *receipt)
{
    json_t *object = json_object();

    json_put_text(object, "case_number", receipt->case_number);
    json_put_text(object, "submission_id", receipt->submission_id);
    json_put_instant(object, "accepted_at", receipt->accepted_at);
    json_put_number(object, "facts_revision", receipt->facts_revision);
    json_put_hex(object, "commitment", view_of(receipt->commitment, 32));
    json_put_text(object, "origin", receipt->origin);
    return object;
}

enum status receipt_verify(struct command *command)
{
    struct receipt receipt = {.seq = 0};

    TRY(verify(command, &receipt));
    json_t *object = json_object();

    json_put_bool(object, "verified", 1);
    (void)json_object_update_new(object, summary(&receipt));
    output_object(&command->output, object);
    return STATUS_OK;
}

enum status receipt_show(struct command *command)
{
    CLEANUP(json_release) json_t *shown = NULL;
    struct receipt receipt = {.seq = 0};

    TRY(read_shown(command, &shown));
    TRY(receipt_from_json(shown, &command->arena, &receipt, &command->diag));
    output_object(&command->output, summary(&receipt));
    command_note("%s", _("this is what it says; `netra receipt verify` checks its signature"));
    return STATUS_OK;
}

/* ---- how far the case is ---- */

/* Intake's view of the case; it must be the one the receipt was given for. */
static enum status ask_case(struct command *command, const struct receipt *receipt, json_t *object)
{
    Netra__V1__CaseRequest question;
    ProtobufCMessage *unpacked = NULL;
    uint8_t *number = arena_copy(&command->arena, view_of((const uint8_t *)receipt->case_number,
                                                          strlen(receipt->case_number) + 1));

    if (number == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__case_request__init(&question);
    question.case_number = (char *)number;
    const enum status status =
        page_ask_message(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE,
                         &question.base, &netra__v1__case_view__descriptor, &unpacked);

    if (status == STATUS_NOT_FOUND) {
        diag_set(&command->diag, "%s", _("intake signed this receipt, but has no such case"));
        return STATUS_VERIFICATION_FAILED;
    }
    TRY(status);
    const Netra__V1__CaseView *view = (const Netra__V1__CaseView *)unpacked;

    if (view->row == NULL || !view_equals(wire_view(view->row->case_handle),
                                          view_of(receipt->case_handle, CASE_HANDLE_SIZE))) {
        diag_set(&command->diag, "%s", _("intake has another case under that number"));
        return STATUS_VERIFICATION_FAILED;
    }
    json_put_number(object, "facts_revision_newest", view->row->facts_revision);
    return STATUS_OK;
}

/* "received", "under_review" or "decided": nothing that tells what was decided. */
static const char *state_of(const Netra__V1__CaseDecisions *decisions)
{
    if (decisions->n_decisions == 0)
        return "received";
    const Netra__V1__DecisionMade *made = decisions->decisions[decisions->n_decisions - 1]->made;

    if (made == NULL || made->verdict == NULL ||
        made->verdict->disposition == NETRA__V1__DISPOSITION__DISPOSITION_REVIEW)
        return "under_review";
    return "decided";
}

static enum status ask_state(struct command *command, const struct receipt *receipt,
                             json_t *object)
{
    Netra__V1__CaseRequest question;
    ProtobufCMessage *unpacked = NULL;

    netra__v1__case_request__init(&question);
    question.case_handle = wire_bytes(view_of(receipt->case_handle, CASE_HANDLE_SIZE));
    const enum status status = page_ask_message(
        command, DOOR_CLASSIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_DECISIONS,
        &question.base, &netra__v1__case_decisions__descriptor, &unpacked);

    if (status == STATUS_NOT_FOUND) { /* it has not come there yet */
        diag_clear(&command->diag);
        json_put_text(object, "state", "received");
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        json_put_text(object, "state", state_of((const Netra__V1__CaseDecisions *)unpacked));
    return status;
}

enum status receipt_status(struct command *command)
{
    CLEANUP(json_release) json_t *object = json_object();
    struct receipt receipt = {.seq = 0};

    TRY(verify(command, &receipt));
    json_put_bool(object, "verified", 1);
    (void)json_object_update_new(object, summary(&receipt));
    TRY(ask_case(command, &receipt, object));
    TRY(ask_state(command, &receipt, object));
    output_object(&command->output, json_incref(object));
    return STATUS_OK;
}
