/* Answers are kept in the command's arena: a case is joined from three doors. */
#include "services/netra/review_case.h"

#include "common/wire/header.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/translate.h"

#include <string.h>

enum status review_ask(struct command *command, enum door door, uint32_t kind,
                       const ProtobufCMessage *question,
                       const ProtobufCMessageDescriptor *descriptor,
                       const ProtobufCMessage **ret_message)
{
    struct door_ask ask = {.door = door, .kind = kind};
    ProtobufCMessage *unpacked = NULL;

    TRY(wire_pack(question, &command->arena, &ask.body));
    TRY(door_client_ask(&command->doors, &ask, command->timeout_ms, &command->arena,
                        &command->diag));
    TRY(wire_unpack(descriptor, ask.answer, &command->arena, &unpacked, &command->diag));
    *ret_message = unpacked;
    return STATUS_OK;
}

enum status review_find_case(struct command *command, const char *case_number,
                             const Netra__V1__CaseRow **ret_case)
{
    const uint8_t *text =
        arena_copy(&command->arena, view_of(case_number, strlen(case_number) + 1));
    const ProtobufCMessage *message = NULL;
    Netra__V1__CaseRequest question;

    if (text == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__case_request__init(&question);
    question.case_number = (char *)(uintptr_t)text; /* packing never writes through it */
    const enum status status =
        review_ask(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE,
                   &question.base, &netra__v1__case_view__descriptor, &message);

    /* What can't be a number is no case's: as `case show` has it. */
    TRY(status == STATUS_MALFORMED || status == STATUS_OUT_OF_RANGE ? STATUS_NOT_FOUND : status);
    *ret_case = ((const Netra__V1__CaseView *)message)->row;
    if (*ret_case != NULL && (*ret_case)->case_handle.len == CASE_HANDLE_SIZE)
        return STATUS_OK;
    diag_set(&command->diag, _("intake: expected a case with its handle"));
    return STATUS_FIELD_MISSING;
}

enum status review_ask_of_case(struct command *command, enum door door, uint32_t kind,
                               const Netra__V1__CaseRow *of_case,
                               const ProtobufCMessageDescriptor *descriptor,
                               const ProtobufCMessage **ret_message)
{
    Netra__V1__CaseRequest question;

    netra__v1__case_request__init(&question);
    question.case_handle = of_case->case_handle;
    return review_ask(command, door, kind, &question.base, descriptor, ret_message);
}

enum status review_newest(struct command *command, const Netra__V1__CaseRow *of_case,
                          const Netra__V1__DecisionMade **ret_newest)
{
    const ProtobufCMessage *message = NULL;

    TRY(review_ask_of_case(command, DOOR_CLASSIFICATION,
                           NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_DECISIONS, of_case,
                           &netra__v1__case_decisions__descriptor, &message));
    const Netra__V1__CaseDecisions *all = (const Netra__V1__CaseDecisions *)message;

    *ret_newest = NULL;
    for (size_t i = 0; i < all->n_decisions; i++) {
        const Netra__V1__DecisionMade *made = all->decisions[i]->made;

        if (made != NULL && (*ret_newest == NULL || made->revision > (*ret_newest)->revision))
            *ret_newest = made;
    }
    if (*ret_newest != NULL)
        return STATUS_OK;
    diag_set(&command->diag, _("case %s is not decided yet"), of_case->case_number);
    return STATUS_NOT_FOUND;
}

enum status review_revision(struct command *command, const Netra__V1__CaseRow *of_case,
                            uint32_t *ret_revision)
{
    const char *text = command->arguments->values[OPTION_revision];
    const Netra__V1__DecisionMade *newest = NULL;
    uint64_t revision = 0;

    if (text != NULL && !number_from_text(text, 1, UINT32_MAX, &revision)) {
        diag_set(&command->diag, _("--revision: expected a whole number from 1"));
        return STATUS_USAGE;
    }
    *ret_revision = (uint32_t)revision;
    if (text != NULL)
        return STATUS_OK;
    TRY(review_newest(command, of_case, &newest));
    *ret_revision = newest->revision;
    return STATUS_OK;
}

bool review_is_of_regions(const struct arguments *arguments, const char *region)
{
    bool is_of = arguments->region_count == 0;

    for (unsigned i = 0; i < arguments->region_count && !is_of; i++) {
        const size_t size = strlen(arguments->regions[i]);

        is_of = strncmp(region, arguments->regions[i], size) == 0 &&
                (region[size] == '\0' || region[size] == '.');
    }
    return is_of;
}
