/* `netra review list`, `confirm`, `override`: what waits for a reviewer, and a reviewer's acts. */
#include "common/base/bytes.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "services/netra/act_request.h"
#include "services/netra/case_json.h"
#include "services/netra/file.h"
#include "services/netra/names.h"
#include "services/netra/pages.h"
#include "services/netra/review_case.h"
#include "services/netra/translate.h"

#include <string.h>

#define REASON_BYTES_MAX 4096u

/* ---- list ---- */

static json_t *row_to_json(const Netra__V1__DecisionRow *row)
{
    json_t *object = json_object();

    json_put_text(object, "case_number", row->case_number);
    json_put_text(object, "region", row->region);
    json_put_number(object, "revision", row->revision);
    json_put_text(object, "outcome", name_of(NAME_OUTCOME, row->outcome));
    json_put_text(object, "primary", row->primary);
    json_put_text(object, "stage", name_of(NAME_STAGE, row->stage));
    json_put_text(object, "actor", name_of(NAME_ACTOR, row->actor));
    case_put_confidence(object, row->confidence_permille);
    json_put_text(object, "review_reason", row->review_reason);
    json_put_instant(object, "decided_at", row->decided_at);
    json_put_hex(object, "case_handle", wire_view(row->case_handle));
    return object;
}

enum status review_list(struct command *command)
{
    static const struct column columns[] = {
        {"case_number", 14}, {"region", 8},         {"revision", 8},
        {"outcome", 13},     {"primary", 22},       {"confidence", 10},
        {"actor", 8},        {"review_reason", 24}, {"decided_at", 20}};
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;
    uint64_t last = 0;

    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    do {
        after = last;
        TRY(page_ask(command, DOOR_CLASSIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_REVIEWS,
                     after, &netra__v1__decision_rows__descriptor, &unpacked));
        const Netra__V1__DecisionRows *page = (const Netra__V1__DecisionRows *)unpacked;

        for (size_t i = 0; i < page->n_decisions; i++) {
            if (review_is_of_regions(command->arguments, page->decisions[i]->region))
                output_list_row(&command->output, row_to_json(page->decisions[i]));
            last = page->decisions[i]->id;
        }
    } while (last > after);
    output_list_end(&command->output);
    return STATUS_OK;
}

/* ---- acts ---- */

/* The act's answer is the revision that it made. */
static void print_done(struct command *command, const Netra__V1__CaseRow *of_case,
                       uint32_t revision, const struct act_done *done)
{
    json_t *object = json_object();

    json_put_text(object, "case_number", of_case->case_number);
    json_put_number(object, "acted_on_revision", revision);
    if (done->answer.size == 4)
        json_put_number(object, "revision", bytes_get_u32(done->answer.bytes));
    json_put_hex(object, "stream_id", view_of(done->stream_id, sizeof done->stream_id));
    json_put_number(object, "seq", done->seq);
    output_object(&command->output, object);
}

static enum status act(struct command *command, const Netra__V1__CaseRow *of_case, uint16_t type,
                       uint32_t revision, const ProtobufCMessage *payload)
{
    const struct act_order order = {.door = DOOR_CLASSIFICATION,
                                    .type = type,
                                    .role = NETRA__V1__ROLE__ROLE_REVIEWER,
                                    .case_handle = of_case->case_handle.data,
                                    .payload = payload};
    struct act_done done;

    TRY(act_request_order(command, &order, &done));
    print_done(command, of_case, revision, &done);
    return STATUS_OK;
}

enum status review_confirm(struct command *command)
{
    const Netra__V1__CaseRow *of_case = NULL;
    Netra__V1__ConfirmDecision payload;

    netra__v1__confirm_decision__init(&payload);
    TRY(review_find_case(command, command->arguments->words[0], &of_case));
    TRY(review_revision(command, of_case, &payload.revision));
    return act(command, of_case, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_CONFIRMED,
               payload.revision, &payload.base);
}

/* A reviewer's words may name people: they come from a file or a pipe, never from the command
 * line, which shells remember and other users see. */
static enum status read_reason(struct command *command, char **ret_reason)
{
    const char *path = command->arguments->values[OPTION_reason];
    struct view text;
    size_t size = 0;

    const enum status status =
        path == NULL ? STATUS_NOT_FOUND
                     : file_read(path, REASON_BYTES_MAX, &command->arena, &text, &command->diag);

    if (status == STATUS_NOT_FOUND) {
        diag_set(&command->diag, _("--reason: expected - or a file that has the reason: what is "
                                   "typed into a command line is remembered by shells"));
        return STATUS_USAGE;
    }
    TRY(status);
    size = text.size;
    while (size > 0 && strchr(" \t\r\n", text.bytes[size - 1]) != NULL)
        size--;
    if (size == 0) {
        diag_set(&command->diag, _("--reason: expected a reason, found nothing"));
        return STATUS_FIELD_MISSING;
    }
    *ret_reason = arena_take(&command->arena, size + 1);
    if (*ret_reason == NULL)
        return STATUS_NO_MEMORY;
    memcpy(*ret_reason, text.bytes, size);
    return STATUS_OK;
}

enum status review_override(struct command *command)
{
    const char *code = command->arguments->values[OPTION_code];
    const Netra__V1__CaseRow *of_case = NULL;
    Netra__V1__OverrideDecision payload;

    netra__v1__override_decision__init(&payload);
    if (code == NULL) {
        diag_set(&command->diag, _("--code: expected a code of the ruleset"));
        return STATUS_USAGE;
    }
    payload.code = (char *)(uintptr_t)code; /* packing never writes through it */
    TRY(read_reason(command, &payload.reason));
    TRY(review_find_case(command, command->arguments->words[0], &of_case));
    TRY(review_revision(command, of_case, &payload.revision));
    return act(command, of_case, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_OVERRIDDEN,
               payload.revision, &payload.base);
}
