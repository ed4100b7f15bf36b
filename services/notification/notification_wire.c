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

#include <stdio.h>
#include <string.h>

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(NOTIFICATION_REQUEST_NOTICES, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICES);
SAME(NOTIFICATION_REQUEST_CASE_NOTICES, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_NOTICES);
SAME(NOTIFICATION_REQUEST_NOTICE_PREVIEW, NETRA__V1__REQUEST_KIND__REQUEST_KIND_NOTICE_PREVIEW);
SAME(NOTIFICATION_REQUEST_ROUTE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_ROUTE);
SAME(NOTIFICATION_EVENT_TABLES_LOADED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_TABLES_LOADED);
SAME(NOTIFICATION_EVENT_KEY_AUTHORISED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED);
SAME(NOTIFICATION_EVENT_KEY_REVOKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED);
SAME(NOTIFICATION_EVENT_DECISION_MADE, NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_MADE);
SAME(NOTIFICATION_EVENT_NOTICE_QUEUED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_QUEUED);
SAME(NOTIFICATION_EVENT_NOTICE_BLOCKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_BLOCKED);
SAME(NOTIFICATION_EVENT_NOTICE_HANDED_OVER, NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_HANDED_OVER);
SAME(NOTIFICATION_EVENT_NOTICE_FAILED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_FAILED);
SAME(NOTIFICATION_EVENT_NOTICE_RESENT, NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_RESENT);
SAME(NOTIFICATION_ROLE_NODE, NETRA__V1__ROLE__ROLE_NODE);
SAME(NOTIFICATION_ROLE_OFFICER, NETRA__V1__ROLE__ROLE_OFFICER);
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
SAME(DECISION_DISPOSITION_CONFIRMED, NETRA__V1__DISPOSITION__DISPOSITION_CONFIRMED);
SAME(DECISION_DISPOSITION_OVERRIDDEN, NETRA__V1__DISPOSITION__DISPOSITION_OVERRIDDEN);
SAME(DECISION_ACTOR_UNKNOWN, NETRA__V1__ACTOR__ACTOR_UNKNOWN);
SAME(DECISION_ACTOR_ASN, NETRA__V1__ACTOR__ACTOR_ASN);
SAME(DECISION_ACTOR_ASN_VERTICAL, NETRA__V1__ACTOR__ACTOR_ASN_VERTICAL);
SAME(DECISION_ACTOR_PJ_KEPALA_DAERAH, NETRA__V1__ACTOR__ACTOR_PJ_KEPALA_DAERAH);
SAME(DECISION_ACTOR_KADES, NETRA__V1__ACTOR__ACTOR_KADES);
SAME(DECISION_ACTOR_TNI_POLRI, NETRA__V1__ACTOR__ACTOR_TNI_POLRI);
SAME(DECISION_ACTOR_HONORER, NETRA__V1__ACTOR__ACTOR_HONORER);
SAME(DECISION_ACTOR_ELECTED, NETRA__V1__ACTOR__ACTOR_ELECTED);
SAME(DECISION_ACTOR_ORGANISER, NETRA__V1__ACTOR__ACTOR_ORGANISER);
SAME(NOTICE_DECISION, NETRA__V1__NOTICE_KIND__NOTICE_KIND_DECISION);
SAME(NOTICE_REVIEW, NETRA__V1__NOTICE_KIND__NOTICE_KIND_REVIEW);
SAME(NOTICE_INFORMATION, NETRA__V1__NOTICE_KIND__NOTICE_KIND_INFORMATION);
SAME(NOTICE_WITHDRAWN, NETRA__V1__NOTICE_KIND__NOTICE_KIND_WITHDRAWN);

/* protobuf-c's text fields are char *, though packing never writes through them: a copy keeps
 * const honest. NULL when the arena is full. */
static char *text_in(struct arena *arena, const char *text)
{
    return (char *)arena_copy(arena, view_of(text, strlen(text) + 1));
}

/* ---- reading ---- */

static enum status copy_text(const char *from, char *to, size_t size, const char *field,
                             struct diag *diag)
{
    if (strlen(from) >= size) {
        diag_set(diag, "%s: expected at most %zu bytes", field, size - 1);
        return STATUS_OUT_OF_RANGE;
    }
    (void)snprintf(to, size, "%s", from);
    return STATUS_OK;
}

static enum status read_conflicts(const Netra__V1__Verdict *verdict, struct decision *decision,
                                  struct diag *diag)
{
    if (verdict->n_conflicts > DECISION_CONFLICTS_MAX) {
        diag_set(diag, "verdict.conflicts: expected at most %u", DECISION_CONFLICTS_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    for (size_t i = 0; i < verdict->n_conflicts; i++)
        TRY(copy_text(verdict->conflicts[i], decision->conflicts[i], sizeof decision->conflicts[i],
                      "verdict.conflicts", diag));
    decision->conflict_count = (unsigned)verdict->n_conflicts;
    return STATUS_OK;
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
    int actor = (int)made->verdict->actor;
    if (outcome < 0 || outcome >= DECISION_OUTCOME_COUNT || disposition < 0 ||
        disposition >= DECISION_DISPOSITION_COUNT || actor < 0 || actor >= DECISION_ACTOR_COUNT) {
        diag_set(diag, "verdict: outcome %d, disposition %d, actor %d", outcome, disposition,
                 actor);
        return STATUS_CONTRACT_NEWER;
    }
    *ret_decision = (struct decision){
        .revision = made->revision,
        .outcome = (enum decision_outcome)outcome,
        .disposition = (enum decision_disposition)disposition,
        .actor = (enum decision_actor)actor,
        .incident_date = made->incident_date,
        .received = made->received,
    };
    TRY(copy_text(made->case_number, ret_decision->case_number, sizeof ret_decision->case_number,
                  "case_number", diag));
    TRY(copy_text(made->region, ret_decision->region, sizeof ret_decision->region, "region",
                  diag));
    TRY(copy_text(made->verdict->primary, ret_decision->primary, sizeof ret_decision->primary,
                  "verdict.primary", diag));
    return read_conflicts(made->verdict, ret_decision, diag);
}

static enum status check_key(uint64_t key, const char *field, struct diag *diag)
{
    if (key <= INT64_MAX)
        return STATUS_OK;
    diag_set(diag, "%s: no row has this key", field);
    return STATUS_OUT_OF_RANGE;
}

enum status notification_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                        uint32_t *ret_rows_max, struct diag *diag)
{
    const Netra__V1__ListRequest *request = (const Netra__V1__ListRequest *)message;
    if (request->rows_max == 0 || request->rows_max > LIMIT_LIST_ROWS) {
        diag_set(diag, "rows_max: expected 1 to %u", LIMIT_LIST_ROWS);
        return STATUS_OUT_OF_RANGE;
    }
    *ret_after = request->after;
    *ret_rows_max = request->rows_max;
    return check_key(request->after, "after", diag);
}

enum status notification_wire_read_case(const ProtobufCMessage *message,
                                        uint8_t case_handle[CASE_HANDLE_SIZE], struct diag *diag)
{
    const Netra__V1__CaseRequest *request = (const Netra__V1__CaseRequest *)message;
    return wire_exact(request->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle", diag);
}

enum status notification_wire_read_notice(const ProtobufCMessage *message, uint64_t *ret_id,
                                          struct diag *diag)
{
    *ret_id = ((const Netra__V1__NoticeRequest *)message)->id;
    return check_key(*ret_id, "id", diag);
}

enum status notification_wire_read_resend(const ProtobufCMessage *message, uint64_t *ret_id,
                                          struct diag *diag)
{
    *ret_id = ((const Netra__V1__ResendNotice *)message)->id;
    return check_key(*ret_id, "id", diag);
}

enum status notification_wire_read_tables(const ProtobufCMessage *message,
                                          uint8_t digest[SHA256_SIZE], struct diag *diag)
{
    const Netra__V1__TablesLoaded *loaded = (const Netra__V1__TablesLoaded *)message;
    if (strcmp(loaded->service, "notification") != 0) {
        diag_set(diag, "service: the act is for another service than notification");
        return STATUS_NOT_AUTHORISED;
    }
    return wire_exact(loaded->digest, digest, SHA256_SIZE, "digest", diag);
}

/* ---- writing ---- */

enum status notification_wire_tables(const uint8_t digest[SHA256_SIZE], const char *version,
                                     struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__TablesLoaded message;
    netra__v1__tables_loaded__init(&message);
    message.service = text_in(arena, "notification");
    message.digest = wire_bytes(view_of(digest, SHA256_SIZE));
    message.version = text_in(arena, version);
    if (message.service == NULL || message.version == NULL)
        return STATUS_NO_MEMORY;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status notification_wire_queued(const struct notice_row *row, struct arena *arena,
                                     struct view *ret_bytes)
{
    Netra__V1__NoticeQueued message;
    netra__v1__notice_queued__init(&message);
    message.recipient = text_in(arena, row->recipient);
    message.kind = (Netra__V1__NoticeKind)row->kind;
    message.revision = row->revision;
    message.role = text_in(arena, row->role);
    message.channel = text_in(arena, notice_channel_name(row->channel));
    message.rule = text_in(arena, row->rule);
    message.blocked_why = text_in(arena, row->state == NOTICE_BLOCKED ? row->why : "");
    if (message.recipient == NULL || message.role == NULL || message.channel == NULL ||
        message.rule == NULL || message.blocked_why == NULL)
        return STATUS_NO_MEMORY;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status notification_wire_settled(const struct notice_row *row, const char *why,
                                      struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__NoticeSettled message;
    netra__v1__notice_settled__init(&message);
    message.stream_id = wire_bytes(view_of(row->stream_id, STREAM_ID_SIZE));
    message.seq = row->seq;
    message.attempts = row->attempts;
    message.why = text_in(arena, why);
    if (message.why == NULL)
        return STATUS_NO_MEMORY;
    return wire_pack(&message.base, arena, ret_bytes);
}

static enum status fill_row(const struct notification_notice *notice, struct arena *arena,
                            Netra__V1__NoticeRow *message)
{
    const struct notice_row *row = notice->row;
    netra__v1__notice_row__init(message);
    message->id = row->id;
    message->case_handle = wire_bytes(view_of(row->case_handle, sizeof(row->case_handle)));
    message->revision = row->revision;
    message->kind = (uint32_t)row->kind;
    message->recipient = text_in(arena, row->recipient);
    message->state = text_in(arena, notice_state_name(row->state));
    message->role = text_in(arena, row->role);
    message->channel = text_in(arena, notice_channel_name(row->channel));
    message->attempts = row->attempts;
    int64_t next_at = row->next_at == 0 ? row->since : row->next_at;
    message->next_at = row->state == NOTICE_QUEUED ? (uint64_t)next_at : 0;
    message->why = text_in(arena, row->why);
    message->case_number = text_in(arena, row->case_number);
    message->message_id = text_in(arena, notice->message_id);
    bool is_whole = message->recipient != NULL && message->state != NULL &&
                    message->role != NULL && message->channel != NULL && message->why != NULL &&
                    message->case_number != NULL && message->message_id != NULL;
    return is_whole ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status notification_wire_rows(const struct notification_notice *notices, size_t count,
                                   struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__NoticeRow *messages = arena_take(arena, count * sizeof(*messages));
    Netra__V1__NoticeRow **pointers = arena_take(arena, count * sizeof(*pointers));
    if (messages == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (size_t index = 0; index < count; index++) {
        TRY(fill_row(&notices[index], arena, &messages[index]));
        pointers[index] = &messages[index];
    }
    Netra__V1__NoticeRows message;
    netra__v1__notice_rows__init(&message);
    message.n_notices = count;
    message.notices = pointers;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status notification_wire_text(const char *text, struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__NoticeText message;
    netra__v1__notice_text__init(&message);
    message.message = text_in(arena, text);
    if (message.message == NULL)
        return STATUS_NO_MEMORY;
    return wire_pack(&message.base, arena, ret_bytes);
}

static enum status fill_step(const struct route_step *step, bool has_smtp, struct arena *arena,
                             Netra__V1__RouteStep *message)
{
    enum notice_channel channel = has_smtp ? step->office->channel : NOTICE_CHANNEL_MAILDIR;
    const char *instead = step->instead_of == NULL ? "" : step->instead_of->office;
    netra__v1__route_step__init(message);
    message->recipient = text_in(arena, step->office->office);
    message->recipient_name = text_in(arena, step->office->name);
    message->role = text_in(arena, step->role);
    message->kind = (uint32_t)step->notice;
    message->channel = text_in(arena, notice_channel_name(channel));
    message->rule = text_in(arena, step->rule);
    message->source = text_in(arena, step->source);
    message->blocked_why = text_in(arena, step->blocked_why == NULL ? "" : step->blocked_why);
    message->instead_of = text_in(arena, instead);
    bool is_whole = message->recipient != NULL && message->recipient_name != NULL &&
                    message->role != NULL && message->channel != NULL && message->rule != NULL &&
                    message->source != NULL && message->blocked_why != NULL &&
                    message->instead_of != NULL;
    return is_whole ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status notification_wire_route(const struct route *route, uint32_t revision, bool has_smtp,
                                    struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__RouteStep steps[ROUTE_STEPS_MAX];
    Netra__V1__RouteStep *pointers[ROUTE_STEPS_MAX];
    for (unsigned i = 0; i < route->count; i++) {
        TRY(fill_step(&route->steps[i], has_smtp, arena, &steps[i]));
        pointers[i] = &steps[i];
    }
    Netra__V1__Route message;
    netra__v1__route__init(&message);
    message.n_steps = route->count;
    message.steps = pointers;
    message.revision = revision;
    return wire_pack(&message.base, arena, ret_bytes);
}
