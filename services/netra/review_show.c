/*
 * `netra review show`: what was decided on a case and the text that it was decided on. Who is told
 * and what the log has of it are `case show`'s.
 */
#include "services/netra/case_ask.h"
#include "services/netra/case_print.h"
#include "services/netra/translate.h"

/* What was decided stands without the text: who may not read it still sees why. */
static enum status ask_text(struct command *command, struct case_known *known)
{
    const enum status status = case_ask_text(command, known);

    if (status != STATUS_NOT_FOUND && status != STATUS_NOT_AUTHORISED)
        return status;
    command_note(_("the text is not shown: %s"), _(status_text(status)));
    diag_clear(&command->diag);
    return STATUS_OK;
}

static enum status ask(struct command *command, struct case_known *known)
{
    TRY(case_ask_decisions(command, known));
    if (known->decided_facts_revision != 0)
        return ask_text(command, known);
    diag_set(&command->diag, _("case %s is not decided yet"), command->arguments->words[0]);
    return STATUS_NOT_FOUND;
}

enum status review_show(struct command *command)
{
    struct case_known known;

    TRY(case_ask_intake(command, command->arguments->words[0], &known));
    const enum status status = ask(command, &known);

    if (status == STATUS_OK && command->output.is_json)
        output_object(&command->output, json_incref(known.object));
    else if (status == STATUS_OK)
        case_print(command->output.stream, known.object, true);
    json_decref(known.object);
    return status;
}
