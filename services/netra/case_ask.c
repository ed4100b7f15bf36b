/* One question per service. Whoever holds the case's key gives what its role may see. */
#include "services/netra/case_ask.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/case_json.h"
#include "services/netra/event_text.h"
#include "services/netra/names.h"
#include "services/netra/pages.h"
#include "services/netra/translate.h"

#include <string.h>

enum status case_tolerate(struct command *command, enum status status, enum door door,
                          struct case_known *known)
{
    if (status_class_of(status) != STATUS_CLASS_RETRY || status == STATUS_NO_MEMORY)
        return status;
    command_note(_("%s; what it knows of the case is missing here"), command->diag.text);
    diag_clear(&command->diag);
    (void)json_array_append_new(known->silent, json_string(door_name(door)));
    return STATUS_OK;
}

/* ---- intake ---- */

static enum status ask_view(struct command *command, const char *number,
                            const Netra__V1__CaseView **ret_view)
{
    Netra__V1__CaseRequest question;
    ProtobufCMessage *unpacked = NULL;
    uint8_t *copy =
        arena_copy(&command->arena, view_of((const uint8_t *)number, strlen(number) + 1));

    if (copy == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__case_request__init(&question);
    question.case_number = (char *)copy;
    const enum status status =
        page_ask_message(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE,
                         &question.base, &netra__v1__case_view__descriptor, &unpacked);

    /* What can't be a number is no case's: the word was mistyped, not the message broken. */
    TRY(status == STATUS_MALFORMED || status == STATUS_OUT_OF_RANGE ? STATUS_NOT_FOUND : status);
    *ret_view = (const Netra__V1__CaseView *)unpacked;
    if ((*ret_view)->row != NULL && (*ret_view)->row->case_handle.len == CASE_HANDLE_SIZE)
        return STATUS_OK;
    diag_set(&command->diag, "intake: a case without a handle");
    return STATUS_MALFORMED;
}

enum status case_ask_handle(struct command *command, const char *number,
                            uint8_t case_handle[CASE_HANDLE_SIZE])
{
    const Netra__V1__CaseView *view = NULL;

    TRY(ask_view(command, number, &view));
    memcpy(case_handle, view->row->case_handle.data, CASE_HANDLE_SIZE);
    return STATUS_OK;
}

static json_t *links_to_json(const Netra__V1__CaseView *view)
{
    json_t *list = json_array();

    for (size_t i = 0; i < view->n_links; i++) {
        json_t *object = json_object();

        json_put_text(object, "case_number", view->links[i]->other_case_number);
        json_put_text(object, "kind", name_of(NAME_LINK_KIND, (uint32_t)view->links[i]->kind));
        json_put_bool(object, "from_other", view->links[i]->is_other_way);
        json_put_instant(object, "at", view->links[i]->at);
        (void)json_array_append_new(list, object);
    }
    return list;
}

static json_t *revisions_to_json(const Netra__V1__CaseView *view)
{
    json_t *list = json_array();

    for (size_t i = 0; i < view->n_revisions; i++) {
        const Netra__V1__FactsRevision *revision = view->revisions[i];
        json_t *object = json_object();

        json_put_number(object, "facts_revision", revision->revision);
        json_put_text(object, "submission_id", revision->submission_id);
        json_put_instant(object, "accepted_at", revision->accepted_at);
        case_put_day(object, "incident_date", revision->incident_date);
        case_put_day(object, "received", revision->received);
        json_put_hex(object, "stream_id", wire_view(revision->stream_id));
        json_put_number(object, "seq", revision->seq);
        (void)json_array_append_new(list, object);
    }
    return list;
}

enum status case_ask_intake(struct command *command, const char *number,
                            struct case_known *ret_known)
{
    const Netra__V1__CaseView *view = NULL;

    *ret_known = (struct case_known){.object = NULL};
    TRY(ask_view(command, number, &view));
    memcpy(ret_known->case_handle, view->row->case_handle.data, CASE_HANDLE_SIZE);
    ret_known->object = case_new();
    ret_known->silent = json_array();
    case_put_row(ret_known->object, view->row);
    (void)json_object_set_new(ret_known->object, "facts_revisions", revisions_to_json(view));
    (void)json_object_set_new(ret_known->object, "links", links_to_json(view));
    json_put_bool(ret_known->object, "has_reporter", view->has_reporter);
    json_put_bool(ret_known->object, "is_clock_off", view->is_clock_off);
    (void)json_object_set_new(ret_known->object, "silent", ret_known->silent);
    return STATUS_OK;
}

/* ---- the others, by handle ---- */

static enum status ask_by_handle(struct command *command, struct case_known *known, enum door door,
                                 uint32_t kind, const ProtobufCMessageDescriptor *descriptor,
                                 ProtobufCMessage **ret_message)
{
    Netra__V1__CaseRequest question;

    netra__v1__case_request__init(&question);
    question.case_handle = wire_bytes(view_of(known->case_handle, CASE_HANDLE_SIZE));
    return page_ask_message(command, door, kind, &question.base, descriptor, ret_message);
}

/* A case that a service has not heard of yet is no error: it is on its way. */
static enum status not_yet(struct command *command, enum status status)
{
    if (status != STATUS_NOT_FOUND)
        return status;
    diag_clear(&command->diag);
    return STATUS_OK;
}

enum status case_ask_decisions(struct command *command, struct case_known *known)
{
    ProtobufCMessage *unpacked = NULL;
    json_t *list = json_array();

    (void)json_object_set_new(known->object, "reasons", json_array());
    (void)json_object_set_new(known->object, "basis", json_array());
    (void)json_object_set_new(known->object, "decisions", list);
    const enum status status = ask_by_handle(command, known, DOOR_CLASSIFICATION,
                                             NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_DECISIONS,
                                             &netra__v1__case_decisions__descriptor, &unpacked);

    if (status != STATUS_OK)
        return not_yet(command, status);
    const Netra__V1__CaseDecisions *decisions = (const Netra__V1__CaseDecisions *)unpacked;

    for (size_t i = 0; i < decisions->n_decisions; i++) {
        const Netra__V1__CaseDecision *decision = decisions->decisions[i];
        json_t *object = case_decision_to_json(decision);

        if (object == NULL)
            continue;
        (void)json_array_append_new(list, object);
        case_put_decision(known->object, decision);
        known->decided_facts_revision = decision->made->facts_revision;
    }
    return STATUS_OK;
}

enum status case_ask_notices(struct command *command, struct case_known *known)
{
    ProtobufCMessage *unpacked = NULL;
    json_t *list = json_array();

    (void)json_object_set_new(known->object, "notices", list);
    const enum status status = ask_by_handle(command, known, DOOR_NOTIFICATION,
                                             NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_NOTICES,
                                             &netra__v1__notice_rows__descriptor, &unpacked);

    if (status != STATUS_OK)
        return not_yet(command, status);
    const Netra__V1__NoticeRows *rows = (const Netra__V1__NoticeRows *)unpacked;

    for (size_t i = 0; i < rows->n_notices; i++)
        (void)json_array_append_new(list, case_notice_to_json(rows->notices[i]));
    return STATUS_OK;
}

enum status case_ask_audit(struct command *command, struct case_known *known)
{
    ProtobufCMessage *unpacked = NULL;
    json_t *list = json_array();

    (void)json_object_set_new(known->object, "audit", list);
    const enum status status = ask_by_handle(command, known, DOOR_AUDIT_LOG,
                                             NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_CASE,
                                             &netra__v1__audit_leaves__descriptor, &unpacked);

    if (status != STATUS_OK)
        return not_yet(command, status);
    const Netra__V1__AuditLeaves *leaves = (const Netra__V1__AuditLeaves *)unpacked;

    for (size_t i = 0; i < leaves->n_leaves; i++) {
        struct event_header header;

        TRY(header_decode(wire_view(leaves->leaves[i]->leaf), &header));
        (void)json_array_append_new(list, leaf_to_json(leaves->leaves[i]->index, &header));
    }
    return STATUS_OK;
}

/* ---- the text ---- */

/* The value at a path of two names, such as "incident.place". */
static const char *text_at(json_t *facts, const char *path)
{
    const char *dot = strchr(path, '.');
    char outer[32] = "";

    if (dot == NULL || (size_t)(dot - path) >= sizeof outer)
        return NULL;
    memcpy(outer, path, (size_t)(dot - path));
    return json_string_value(json_object_get(json_object_get(facts, outer), dot + 1));
}

/* The words behind a span's offsets; left out when they don't lie in the text. */
static void put_words(json_t *span, json_t *facts)
{
    const char *text = text_at(facts, json_string_value(json_object_get(span, "field")));
    const size_t begin = (size_t)json_integer_value(json_object_get(span, "begin"));
    const size_t end = (size_t)json_integer_value(json_object_get(span, "end"));

    if (text == NULL || begin > end || end > strlen(text))
        return;
    json_t *words = json_stringn(text + begin, end - begin);

    if (words != NULL)
        (void)json_object_set_new(span, "words", words);
}

enum status case_ask_text(struct command *command, struct case_known *known)
{
    Netra__V1__CaseTextRequest question;
    ProtobufCMessage *unpacked = NULL;
    size_t i = 0;
    json_t *reason = NULL;

    netra__v1__case_text_request__init(&question);
    question.case_handle = wire_bytes(view_of(known->case_handle, CASE_HANDLE_SIZE));
    question.facts_revision = known->decided_facts_revision;
    TRY(page_ask_message(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_TEXT,
                         &question.base, &netra__v1__case_text__descriptor, &unpacked));
    const Netra__V1__CaseText *text = (const Netra__V1__CaseText *)unpacked;

    if (text->facts == NULL) {
        diag_set(&command->diag, "intake: a text without facts");
        return STATUS_FIELD_MISSING;
    }
    json_t *facts = case_facts_to_json(text->facts);

    json_put_number(facts, "facts_revision", text->facts_revision);
    (void)json_object_set_new(known->object, "text", facts);
    json_array_foreach(json_object_get(known->object, "reasons"), i, reason)
    {
        size_t j = 0;
        json_t *span = NULL;

        json_array_foreach(json_object_get(reason, "spans"), j, span) put_words(span, facts);
    }
    return STATUS_OK;
}
