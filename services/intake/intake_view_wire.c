/*
 * What is shown of cases, and persons' acts on them: translation only.
 */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/intake_to_classification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/intake/intake_wire.h"

#include <string.h>

/* As in intake_wire.c: a copy keeps const honest. */
static enum status text_in(struct arena *arena, const char *text, char **ret_text)
{
    *ret_text = (char *)arena_copy(arena, view_of(text, strlen(text) + 1));
    return *ret_text == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

/* ---- requests ---- */

enum status intake_wire_read_case(const ProtobufCMessage *message, struct case_asked *ret_asked,
                                  struct diag *diag)
{
    const Netra__V1__CaseRequest *request = (const Netra__V1__CaseRequest *)message;
    bool has_number = request->case_number[0] != '\0';
    if (has_number == (request->case_handle.len != 0)) {
        diag_set(diag, "expected either a case_number or a case_handle");
        return STATUS_FIELD_MISSING;
    }
    *ret_asked = (struct case_asked){.case_number = request->case_number};
    if (has_number)
        return STATUS_OK;
    ret_asked->case_number = NULL;
    return wire_exact(request->case_handle, ret_asked->case_handle, CASE_HANDLE_SIZE,
                      "case_handle", diag);
}

enum status intake_wire_read_text_request(const ProtobufCMessage *message,
                                          uint8_t case_handle[CASE_HANDLE_SIZE],
                                          uint32_t *ret_revision, struct diag *diag)
{
    const Netra__V1__CaseTextRequest *request = (const Netra__V1__CaseTextRequest *)message;
    *ret_revision = request->facts_revision;
    return wire_exact(request->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle", diag);
}

/* ---- answers ---- */

static enum status fill_row(const struct case_row *row, struct arena *arena,
                            Netra__V1__CaseRow *message)
{
    netra__v1__case_row__init(message);
    message->id = row->id;
    TRY(text_in(arena, row->case_number, &message->case_number));
    TRY(text_in(arena, row->submission_id, &message->submission_id));
    TRY(text_in(arena, row->region, &message->region));
    TRY(text_in(arena, row->node, &message->node));
    message->case_handle = wire_bytes(view_of(row->case_handle, sizeof(row->case_handle)));
    message->accepted_at = row->accepted_at;
    message->facts_revision = row->facts_revision;
    message->incident_date = row->incident_date;
    message->received = row->received;
    return STATUS_OK;
}

enum status intake_wire_case_rows(const struct case_row *rows, size_t count, struct arena *arena,
                                  struct view *ret_bytes)
{
    Netra__V1__CaseRow *messages = arena_take(arena, count * sizeof(*messages));
    Netra__V1__CaseRow **pointers = arena_take(arena, count * sizeof(*pointers));
    if (messages == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (size_t index = 0; index < count; index++) {
        TRY(fill_row(&rows[index], arena, &messages[index]));
        pointers[index] = &messages[index];
    }
    Netra__V1__CaseRows message;
    netra__v1__case_rows__init(&message);
    message.n_cases = count;
    message.cases = pointers;
    return wire_pack(&message.base, arena, ret_bytes);
}

static enum status fill_revisions(const struct case_view *view, struct arena *arena,
                                  Netra__V1__CaseView *message)
{
    Netra__V1__FactsRevision *rows = arena_take(arena, view->revision_count * sizeof(*rows));
    Netra__V1__FactsRevision **pointers =
        arena_take(arena, view->revision_count * sizeof(*pointers));
    if (rows == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (size_t index = 0; index < view->revision_count; index++) {
        const struct revision_row *revision = &view->revisions[index];
        netra__v1__facts_revision__init(&rows[index]);
        rows[index].revision = revision->revision;
        TRY(text_in(arena, revision->submission_id, &rows[index].submission_id));
        rows[index].accepted_at = revision->accepted_at;
        rows[index].incident_date = revision->incident_date;
        rows[index].received = revision->received;
        rows[index].stream_id = wire_bytes(view_of(revision->stream_id, STREAM_ID_SIZE));
        rows[index].seq = revision->seq;
        pointers[index] = &rows[index];
    }
    message->n_revisions = view->revision_count;
    message->revisions = pointers;
    return STATUS_OK;
}

static enum status fill_links(const struct case_view *view, struct arena *arena,
                              Netra__V1__CaseView *message)
{
    Netra__V1__CaseLink *rows = arena_take(arena, view->link_count * sizeof(*rows));
    Netra__V1__CaseLink **pointers = arena_take(arena, view->link_count * sizeof(*pointers));
    if (rows == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (size_t index = 0; index < view->link_count; index++) {
        const struct link_row *link = &view->links[index];
        netra__v1__case_link__init(&rows[index]);
        TRY(text_in(arena, link->other_case_number, &rows[index].other_case_number));
        rows[index].other_case_handle =
            wire_bytes(view_of(link->other_case_handle, CASE_HANDLE_SIZE));
        rows[index].kind = (Netra__V1__LinkKind)link->kind;
        rows[index].is_other_way = link->is_other_way;
        rows[index].at = link->at;
        pointers[index] = &rows[index];
    }
    message->n_links = view->link_count;
    message->links = pointers;
    return STATUS_OK;
}

enum status intake_wire_case_view(const struct case_view *view, struct arena *arena,
                                  struct view *ret_bytes)
{
    Netra__V1__CaseRow row;
    TRY(fill_row(&view->row, arena, &row));
    Netra__V1__CaseView message;
    netra__v1__case_view__init(&message);
    message.row = &row;
    TRY(fill_revisions(view, arena, &message));
    TRY(fill_links(view, arena, &message));
    message.has_reporter = view->has_reporter;
    message.is_clock_off = view->is_clock_off;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status intake_wire_case_text(struct view accepted, struct arena *arena,
                                  struct view *ret_bytes, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__case_accepted__descriptor, accepted, arena, &unpacked, diag));
    const Netra__V1__CaseAccepted *event = (const Netra__V1__CaseAccepted *)unpacked;
    Netra__V1__CaseText message;
    netra__v1__case_text__init(&message);
    message.facts = event->facts;
    message.facts_revision = event->facts_revision;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status intake_wire_case_read(const struct event_reader *reader, uint32_t revision,
                                  struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__CaseRead message;
    netra__v1__case_read__init(&message);
    TRY(text_in(arena, reader->name, &message.reader));
    message.key_id = wire_bytes(view_of(reader->key_id, KEY_ID_SIZE));
    message.facts_revision = revision;
    return wire_pack(&message.base, arena, ret_bytes);
}

/* ---- acts ---- */

enum status intake_wire_read_link(struct view payload, struct arena *arena,
                                  struct case_link *ret_link, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__link_cases__descriptor, payload, arena, &unpacked, diag));
    const Netra__V1__LinkCases *message = (const Netra__V1__LinkCases *)unpacked;
    TRY(wire_exact(message->other_case_handle, ret_link->other_case_handle, CASE_HANDLE_SIZE,
                   "other_case_handle", diag));
    if ((int)message->kind < (int)NETRA__V1__LINK_KIND__LINK_KIND_DUPLICATE ||
        (int)message->kind > (int)NETRA__V1__LINK_KIND__LINK_KIND_RESPONSE) {
        diag_set(diag, "kind: expected duplicate, same_event or response");
        return STATUS_OUT_OF_RANGE;
    }
    ret_link->kind = (uint32_t)message->kind;
    return STATUS_OK;
}

enum status intake_wire_read_open_reporter(struct view payload, struct arena *arena,
                                           uint8_t second_key_id[KEY_ID_SIZE], struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__open_reporter__descriptor, payload, arena, &unpacked, diag));
    const Netra__V1__OpenReporter *message = (const Netra__V1__OpenReporter *)unpacked;
    return wire_exact(message->second_key_id, second_key_id, KEY_ID_SIZE, "second_key_id", diag);
}
