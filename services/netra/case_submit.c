/* `netra case submit`: one submission, one receipt. */
#include "common/wire/limits.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/command.h"
#include "services/netra/file.h"
#include "services/netra/submission.h"

#include <string.h>

/* Whoever got no answer must be able to ask again under the same id: a second id would be a second
 * case. */
static void say_how_to_repeat(const struct command *command, const char *id, enum status status)
{
    if (status_class_of(status) == STATUS_CLASS_RETRY &&
        command->arguments->values[OPTION_submission_id] == NULL)
        command_note("to try again without making two cases of it: --submission-id %s", id);
}

static enum status check(struct command *command, const struct receipt *receipt, const char *id)
{
    if (strcmp(receipt->submission_id, id) != 0) {
        diag_set(&command->diag, "intake: the receipt is of another submission");
        return STATUS_VERIFICATION_FAILED;
    }
    if (command->config->receipt_public == NULL)
        return STATUS_OK;
    return receipt_check(receipt, command->config->receipt_public, &command->diag);
}

enum status case_submit(struct command *command)
{
    const struct arguments *arguments = command->arguments;
    struct submission submission = {.region = ""};
    struct receipt receipt = {.seq = 0};
    struct view body;
    struct view answer;
    char id[UUID_TEXT_SIZE];

    if (arguments->region_count > 1) {
        diag_set(&command->diag, "one --region: a submission has one handling region");
        return STATUS_USAGE;
    }
    TRY(file_read(arguments->words[0], LIMIT_SUBMISSION_BYTES, &command->arena,
                  &submission.content, &command->diag));
    TRY(submission_complete(&submission, arguments->regions[0],
                            arguments->values[OPTION_submission_id], &command->diag));
    TRY(submission_pack(&submission, &command->arena, &body));
    uuid_to_text(submission.id, id);
    const enum status status = command_ask(
        command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_SUBMIT_CASE, body, &answer);

    if (status != STATUS_OK)
        say_how_to_repeat(command, id, status);
    TRY(status);
    TRY(receipt_unpack(answer, &command->page, &receipt, &command->diag));
    TRY(check(command, &receipt, id));
    if (command->output.is_json)
        output_object(&command->output, receipt_to_json(&receipt));
    else
        output_sentence(&command->output, "%s", receipt.case_number);
    return STATUS_OK;
}
