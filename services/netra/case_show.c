/* `netra case list` and `netra case show`: what each service knows of cases, joined. */
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/case_rows.h"
#include "services/netra/command.h"
#include "services/netra/pages.h"

#include <string.h>
#include <strings.h>

static json_t *case_to_json(const Netra__V1__CaseRow *row, const struct case_decision *decision)
{
    json_t *object = json_object();

    json_put_text(object, "case_number", row->case_number);
    json_put_text(object, "submission_id", row->submission_id);
    json_put_text(object, "region", row->region);
    json_put_instant(object, "received_at", row->accepted_at);
    json_put_text(object, "node", row->node);
    json_put_hex(object, "case_handle", wire_view(row->case_handle));
    if (decision == NULL) {
        json_put_null(object, "revision");
        json_put_null(object, "outcome");
        json_put_null(object, "disposition");
        return object;
    }
    json_put_number(object, "revision", decision->revision);
    json_put_text(object, "outcome", outcome_text(decision->outcome));
    json_put_text(object, "disposition", disposition_text(decision->disposition));
    return object;
}

static enum status check_row(struct command *command, const Netra__V1__CaseRow *row)
{
    if (row->case_handle.len == CASE_HANDLE_SIZE)
        return STATUS_OK;
    diag_set(&command->diag, "intake: a case handle of %zu bytes", row->case_handle.len);
    return STATUS_MALFORMED;
}

static enum status ask_cases(struct command *command, uint64_t after,
                             const Netra__V1__CaseRows **ret_page)
{
    ProtobufCMessage *unpacked = NULL;

    TRY(page_ask(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASES, after,
                 &netra__v1__case_rows__descriptor, &unpacked));
    *ret_page = (const Netra__V1__CaseRows *)unpacked;
    for (size_t i = 0; i < (*ret_page)->n_cases; i++)
        TRY(check_row(command, (*ret_page)->cases[i]));
    return STATUS_OK;
}

enum status case_list(struct command *command)
{
    static const struct column columns[] = {
        {"case_number", 14}, {"region", 8},   {"received_at", 20},
        {"node", 12},        {"outcome", 13}, {"disposition", 11},
    };
    struct case_decisions decisions;
    const Netra__V1__CaseRows *page = NULL;
    uint64_t after = 0;

    /* Decisions first: a case that is newer than they are is only shown as not decided yet. */
    TRY(case_decisions_load(command, &decisions));
    TRY(ask_cases(command, 0, &page));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    while (page->n_cases > 0) {
        for (size_t i = 0; i < page->n_cases; i++) {
            const Netra__V1__CaseRow *row = page->cases[i];

            output_list_row(
                &command->output,
                case_to_json(row, case_decisions_find(&decisions, row->case_handle.data)));
        }
        after = page->cases[page->n_cases - 1]->id;
        TRY(ask_cases(command, after, &page));
    }
    output_list_end(&command->output);
    return STATUS_OK;
}

/* ---- one case ---- */

struct shown_case {
    json_t *object;
    uint8_t case_handle[CASE_HANDLE_SIZE];
};

/* Pages until the number turns up: case numbers are not guessable, so there is no asking for one
 * directly that would tell the guessers anything else. */
static enum status find_case(struct command *command, const char *number, struct shown_case *shown)
{
    const Netra__V1__CaseRows *page = NULL;
    uint64_t after = 0;

    for (;;) {
        TRY(ask_cases(command, after, &page));
        if (page->n_cases == 0)
            break;
        for (size_t i = 0; i < page->n_cases; i++) {
            if (strcasecmp(page->cases[i]->case_number, number) != 0)
                continue;
            shown->object = case_to_json(page->cases[i], NULL);
            memcpy(shown->case_handle, page->cases[i]->case_handle.data, CASE_HANDLE_SIZE);
            return STATUS_OK;
        }
        after = page->cases[page->n_cases - 1]->id;
    }
    diag_set(&command->diag, "no case has that number");
    return STATUS_NOT_FOUND;
}

static bool is_of_case(ProtobufCBinaryData handle, const struct shown_case *shown)
{
    return view_equals(wire_view(handle), view_of(shown->case_handle, CASE_HANDLE_SIZE));
}

static enum status add_decisions(struct command *command, const struct shown_case *shown,
                                 json_t *list)
{
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;

    for (;;) {
        TRY(page_ask(command, DOOR_CLASSIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_DECISIONS,
                     after, &netra__v1__decision_rows__descriptor, &unpacked));
        const Netra__V1__DecisionRows *page = (const Netra__V1__DecisionRows *)unpacked;

        if (page->n_decisions == 0)
            return STATUS_OK;
        for (size_t i = 0; i < page->n_decisions; i++) {
            const Netra__V1__DecisionRow *row = page->decisions[i];

            if (!is_of_case(row->case_handle, shown))
                continue;
            json_t *object = json_object();

            json_put_number(object, "revision", row->revision);
            json_put_text(object, "outcome", outcome_text(row->outcome));
            json_put_text(object, "disposition", disposition_text(row->disposition));
            json_put_number(object, "seq", row->seq);
            (void)json_array_append_new(list, object);
        }
        after = page->decisions[page->n_decisions - 1]->id;
    }
}

static enum status add_notices(struct command *command, const struct shown_case *shown,
                               json_t *list)
{
    ProtobufCMessage *unpacked = NULL;
    uint64_t after = 0;

    for (;;) {
        TRY(page_ask(command, DOOR_NOTIFICATION, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES,
                     after, &netra__v1__notice_rows__descriptor, &unpacked));
        const Netra__V1__NoticeRows *page = (const Netra__V1__NoticeRows *)unpacked;

        if (page->n_notices == 0)
            return STATUS_OK;
        for (size_t i = 0; i < page->n_notices; i++) {
            const Netra__V1__NoticeRow *row = page->notices[i];

            if (!is_of_case(row->case_handle, shown))
                continue;
            json_t *object = json_object();

            json_put_text(object, "recipient", row->recipient);
            json_put_text(object, "kind", notice_kind_text(row->kind));
            json_put_number(object, "revision", row->revision);
            json_put_text(object, "state", row->state);
            (void)json_array_append_new(list, object);
        }
        after = page->notices[page->n_notices - 1]->id;
    }
}

/* The newest decision's fields stand beside the case's own. */
static void put_newest(json_t *object, json_t *decisions)
{
    static const char *const keys[] = {"revision", "outcome", "disposition"};
    json_t *newest = NULL;

    for (size_t i = 0; i < json_array_size(decisions); i++) {
        json_t *decision = json_array_get(decisions, i);

        if (newest == NULL || json_integer_value(json_object_get(decision, "revision")) >
                                  json_integer_value(json_object_get(newest, "revision")))
            newest = decision;
    }
    for (size_t i = 0; newest != NULL && i < sizeof keys / sizeof keys[0]; i++)
        (void)json_object_set(object, keys[i], json_object_get(newest, keys[i]));
}

/* A silent service is named, on stderr and in the answer; the rest of the answer stands. */
static enum status tolerate(struct command *command, enum status status, enum door door,
                            json_t *silent)
{
    if (status_class_of(status) != STATUS_CLASS_RETRY || status == STATUS_NO_MEMORY)
        return status;
    command_note("%s; what it knows of the case is missing here", command->diag.text);
    diag_clear(&command->diag);
    (void)json_array_append_new(silent, json_string(door_name(door)));
    return STATUS_OK;
}

enum status case_show(struct command *command)
{
    struct shown_case shown = {.object = NULL};

    TRY(find_case(command, command->arguments->words[0], &shown));
    json_t *decisions = json_array();
    json_t *notices = json_array();
    json_t *silent = json_array();

    (void)json_object_set_new(shown.object, "decisions", decisions);
    (void)json_object_set_new(shown.object, "notices", notices);
    (void)json_object_set_new(shown.object, "silent", silent);
    enum status status =
        tolerate(command, add_decisions(command, &shown, decisions), DOOR_CLASSIFICATION, silent);

    if (status == STATUS_OK)
        status =
            tolerate(command, add_notices(command, &shown, notices), DOOR_NOTIFICATION, silent);
    if (status != STATUS_OK) {
        json_decref(shown.object);
        return status;
    }
    put_newest(shown.object, decisions);
    output_object(&command->output, shown.object);
    return STATUS_OK;
}
