/*
 * Translation only: protobuf-c's structs are filled and read here, and none leaves this file.
 */
#include "services/notification/notification_wire.h"

#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"

#include <string.h>

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(NOTIFICATION_REQUEST_NOTICES, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES);
SAME(NOTIFICATION_EVENT_KEY_AUTHORISED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED);
SAME(NOTIFICATION_EVENT_KEY_REVOKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED);
SAME(NOTIFICATION_EVENT_DECISION_MADE, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_MADE);
SAME(NOTIFICATION_EVENT_NOTICE_QUEUED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_QUEUED);
SAME(NOTIFICATION_ROLE_REVIEWER, NETRA__V1__ROLE__ROLE_REVIEWER);
SAME(NOTIFICATION_ROLE_OPERATOR, NETRA__V1__ROLE__ROLE_OPERATOR);
SAME(NOTIFICATION_ROLE_AUDITOR, NETRA__V1__ROLE__ROLE_AUDITOR);
SAME(DECISION_OUTCOME_UNSPECIFIED, NETRA__V1__OUTCOME__OUTCOME_UNSPECIFIED);
SAME(DECISION_OUTCOME_VIOLATION, NETRA__V1__OUTCOME__OUTCOME_VIOLATION);
SAME(DECISION_OUTCOME_NOT_A_VIOLATION, NETRA__V1__OUTCOME__OUTCOME_NOT_A_VIOLATION);
SAME(DECISION_OUTCOME_NEEDS_INFORMATION, NETRA__V1__OUTCOME__OUTCOME_NEEDS_INFORMATION);
SAME(DECISION_OUTCOME_UNDECIDED, NETRA__V1__OUTCOME__OUTCOME_UNDECIDED);
SAME(DECISION_DISPOSITION_UNSPECIFIED, NETRA__V1__DISPOSITION__DISPOSITION_UNSPECIFIED);
SAME(DECISION_DISPOSITION_AUTO, NETRA__V1__DISPOSITION__DISPOSITION_AUTO);
SAME(DECISION_DISPOSITION_REVIEW, NETRA__V1__DISPOSITION__DISPOSITION_REVIEW);
SAME(NOTICE_DECISION, NETRA__V1__NOTICE_KIND__NOTICE_KIND_DECISION);
SAME(NOTICE_REVIEW, NETRA__V1__NOTICE_KIND__NOTICE_KIND_REVIEW);

/* protobuf-c's text fields are char *, though packing never writes through them: a copy keeps
 * const honest. NULL when the arena is full. */
static char *text_in(struct arena *arena, const char *text)
{
    return (char *)arena_copy(arena, view_of(text, strlen(text) + 1));
}

enum status notification_wire_read_decision(const ProtobufCMessage *message,
                                            struct decision *ret_decision, struct diag *diag)
{
    const Netra__V1__DecisionMade *made = (const Netra__V1__DecisionMade *)message;
    if (made->verdict == NULL) {
        diag_set(diag, "verdict: a decision must have one");
        return STATUS_FIELD_MISSING;
    }
    int outcome = (int)made->verdict->outcome;
    int disposition = (int)made->verdict->disposition;
    if (outcome < DECISION_OUTCOME_UNSPECIFIED || outcome > DECISION_OUTCOME_UNDECIDED ||
        disposition < DECISION_DISPOSITION_UNSPECIFIED ||
        disposition > DECISION_DISPOSITION_REVIEW) {
        diag_set(diag, "verdict: outcome %d, disposition %d", outcome, disposition);
        return STATUS_CONTRACT_NEWER;
    }
    *ret_decision = (struct decision){
        .revision = made->revision,
        .outcome = (enum decision_outcome)outcome,
        .disposition = (enum decision_disposition)disposition,
    };
    return STATUS_OK;
}

enum status notification_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                        uint32_t *ret_rows_max, struct diag *diag)
{
    const Netra__V1__ListRequest *request = (const Netra__V1__ListRequest *)message;
    if (request->rows_max == 0 || request->rows_max > LIMIT_LIST_ROWS) {
        diag_set(diag, "rows_max: expected 1 to %u", LIMIT_LIST_ROWS);
        return STATUS_OUT_OF_RANGE;
    }
    if (request->after > INT64_MAX) {
        diag_set(diag, "after: no row has this key");
        return STATUS_OUT_OF_RANGE;
    }
    *ret_after = request->after;
    *ret_rows_max = request->rows_max;
    return STATUS_OK;
}

enum status notification_wire_queued(const struct recipient *recipient, uint32_t revision,
                                     struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__NoticeQueued message;
    netra__v1__notice_queued__init(&message);
    message.recipient = text_in(arena, recipient->name);
    if (message.recipient == NULL)
        return STATUS_NO_MEMORY;
    message.kind = (Netra__V1__NoticeKind)recipient->kind;
    message.revision = revision;
    return wire_pack(&message.base, arena, ret_bytes);
}

static enum status fill_row(const struct notice_row *row, struct arena *arena,
                            Netra__V1__NoticeRow *message)
{
    netra__v1__notice_row__init(message);
    message->id = row->id;
    message->case_handle = wire_bytes(view_of(row->case_handle, sizeof(row->case_handle)));
    message->revision = row->revision;
    message->kind = row->kind;
    message->recipient = text_in(arena, row->recipient);
    message->state = text_in(arena, row->state);
    return message->recipient == NULL || message->state == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status notification_wire_rows(const struct notice_row *rows, size_t count,
                                   struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__NoticeRow *messages = arena_take(arena, count * sizeof(*messages));
    Netra__V1__NoticeRow **pointers = arena_take(arena, count * sizeof(*pointers));
    if (messages == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (size_t index = 0; index < count; index++) {
        TRY(fill_row(&rows[index], arena, &messages[index]));
        pointers[index] = &messages[index];
    }
    Netra__V1__NoticeRows message;
    netra__v1__notice_rows__init(&message);
    message.n_notices = count;
    message.notices = pointers;
    return wire_pack(&message.base, arena, ret_bytes);
}
