/* `netra case show`: what each service knows of one case, joined. */
#include "services/netra/case_ask.h"
#include "services/netra/case_print.h"
#include "services/netra/command.h"

static enum status ask_all(struct command *command, struct case_known *known)
{
    TRY(case_tolerate(command, case_ask_decisions(command, known), DOOR_CLASSIFICATION, known));
    TRY(case_tolerate(command, case_ask_notices(command, known), DOOR_NOTIFICATION, known));
    TRY(case_tolerate(command, case_ask_audit(command, known), DOOR_AUDIT_LOG, known));
    if (command->arguments->values[OPTION_text] == NULL)
        return STATUS_OK;
    return case_ask_text(command, known);
}

enum status case_show(struct command *command)
{
    struct case_known known;

    TRY(case_ask_intake(command, command->arguments->words[0], &known));
    const enum status status = ask_all(command, &known);

    if (status != STATUS_OK) {
        json_decref(known.object);
        return status;
    }
    if (!command->output.is_json)
        case_print(command->output.stream, known.object, false);
    else
        output_object(&command->output, json_incref(known.object));
    json_decref(known.object);
    return STATUS_OK;
}
