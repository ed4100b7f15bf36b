/* `netra case submit` and `netra case correct`: one file, one receipt. */
#include "common/base/cleanup.h"
#include "common/wire/limits.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/case_ask.h"
#include "services/netra/command.h"
#include "services/netra/file.h"
#include "services/netra/receipt_parts.h"
#include "services/netra/submission.h"
#include "services/netra/translate.h"

#include <string.h>

/* Each on a line of its own: a diag has no room for all of them. */
static void say_problems(const struct facts_problems *problems)
{
    for (unsigned i = 0; i < problems->count && i < FACTS_PROBLEMS_MAX; i++)
        command_note("%s: %s", problems->problems[i].path, problems->problems[i].rule);
}

/* Reads the file and makes the submission; *ret_object must live as long as that. */
static enum status make(struct command *command, const char *path, json_t **ret_object,
                        struct submission *submission)
{
    const struct arguments *arguments = command->arguments;
    const struct submission_setting setting = {.config = command->config,
                                               .region = arguments->regions[0],
                                               .id = arguments->values[OPTION_submission_id],
                                               .file = path,
                                               .attachments = arguments->attachments,
                                               .attachment_count = arguments->attachment_count,
                                               .today = submission_today()};
    struct facts_problems problems = {.count = 0};
    struct view text;

    if (arguments->region_count > 1) {
        diag_set(&command->diag, "%s", _("one --region: a submission has one handling region"));
        return STATUS_USAGE;
    }
    TRY(file_read(path, LIMIT_SUBMISSION_BYTES, &command->arena, &text, &command->diag));
    enum status status = facts_json_parse(text, ret_object, &command->diag);

    if (status == STATUS_OK)
        status = submission_make(facts_json_submission(*ret_object), &setting, &command->arena,
                                 submission, &problems, &command->diag);
    say_problems(&problems);
    if (status != STATUS_OK)
        diag_prefix(&command->diag, "%s", path);
    return status;
}

/* Whoever got no answer must be able to ask again under the same id: a second id would be a second
 * case. */
static void say_how_to_repeat(const struct command *command, const char *id, enum status status)
{
    if (status_class_of(status) == STATUS_CLASS_RETRY &&
        command->arguments->values[OPTION_submission_id] == NULL)
        command_note(_("to try again without making two cases of it: --submission-id %s"), id);
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

/* Hands the request in and prints the receipt. */
static enum status hand_in(struct command *command, uint32_t kind, struct view body,
                           const struct submission *submission)
{
    struct receipt receipt = {.seq = 0};
    struct view answer;
    char id[UUID_TEXT_SIZE];

    uuid_to_text(submission->id, id);
    const enum status status = command_ask(command, DOOR_INTAKE, kind, body, &answer);

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

static enum status submit(struct command *command, json_t **object)
{
    struct submission *submission = arena_take(&command->arena, sizeof *submission);
    struct view packed;
    struct view body;

    if (submission == NULL)
        return STATUS_NO_MEMORY;
    TRY(make(command, command->arguments->words[0], object, submission));
    TRY(submission_pack(submission, &command->arena, &packed));
    TRY(submission_stamp(packed, &command->arena, &body));
    return hand_in(command, NETRA__V1__REQUEST_KIND__REQUEST_KIND_SUBMIT_CASE, body, submission);
}

enum status case_submit(struct command *command)
{
    CLEANUP(json_release) json_t *object = NULL;

    return submit(command, &object);
}

static enum status correct(struct command *command, json_t **object)
{
    const struct arguments *arguments = command->arguments;
    const char *expected = arguments->values[OPTION_expected_revision];
    struct submission *submission = arena_take(&command->arena, sizeof *submission);
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint64_t revision = 0;
    struct view body;

    if (submission == NULL)
        return STATUS_NO_MEMORY;
    if (expected != NULL && !number_from_text(expected, 1, UINT32_MAX, &revision)) {
        diag_set(&command->diag, "%s", _("--expected-revision: a whole number from 1"));
        return STATUS_USAGE;
    }
    TRY(case_ask_handle(command, arguments->words[0], case_handle)); /* is there such a case? */
    TRY(make(command, arguments->words[1], object, submission));
    if (submission->has_reporter)
        command_note("%s", _("a correction doesn't change who reported; `reporter` was not sent"));
    TRY(submission_pack_correction(submission, arguments->words[0], (uint32_t)revision,
                                   &command->arena, &body));
    return hand_in(command, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CORRECT_CASE, body, submission);
}

enum status case_correct(struct command *command)
{
    CLEANUP(json_release) json_t *object = NULL;

    return correct(command, &object);
}
