/* `netra case link`: two cases belong together. Nothing is merged. */
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/act_request.h"
#include "services/netra/case_ask.h"
#include "services/netra/names.h"
#include "services/netra/translate.h"

#include <string.h>

enum status case_link(struct command *command)
{
    const struct arguments *arguments = command->arguments;
    const char *kind = arguments->values[OPTION_kind];
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t other_handle[CASE_HANDLE_SIZE];
    Netra__V1__LinkCases payload;
    struct act_done done;

    netra__v1__link_cases__init(&payload);
    payload.kind = (Netra__V1__LinkKind)(kind == NULL ? 0 : name_number(NAME_LINK_KIND, kind));
    if (payload.kind == NETRA__V1__LINK_KIND__LINK_KIND_UNSPECIFIED) {
        diag_set(&command->diag, "--kind: %s", _(option_text(OPTION_kind)));
        return STATUS_USAGE;
    }
    TRY(case_ask_handle(command, arguments->words[0], case_handle));
    TRY(case_ask_handle(command, arguments->words[1], other_handle));
    if (memcmp(case_handle, other_handle, CASE_HANDLE_SIZE) == 0) {
        diag_set(&command->diag, "%s", _("a case is not linked to itself"));
        return STATUS_USAGE;
    }
    payload.other_case_handle = wire_bytes(view_of(other_handle, CASE_HANDLE_SIZE));
    const struct act_order order = {.door = DOOR_INTAKE,
                                    .type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASES_LINKED,
                                    .role = NETRA__V1__ROLE__ROLE_REVIEWER,
                                    .case_handle = case_handle,
                                    .payload = &payload.base};

    TRY(act_request_order(command, &order, &done));
    act_print(command, DOOR_INTAKE, &done);
    return STATUS_OK;
}
