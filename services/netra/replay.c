/* One function per event type; the table at the end. */
#include "services/netra/replay.h"

#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/intake_to_any.pb-c.h"
#include "netra/v1/intake_to_classification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"

#include <string.h>

#define CURVE_KEY_SIZE 32u

/* An event under application. */
struct applying {
    struct replay_store *store;
    const struct event_header *header;
    const ProtobufCMessage *message;
    struct view payload;
    struct diag *diag;
};

static enum status copy_text(const struct applying *event, const char *from, const char *name,
                             char to[REPLAY_TEXT_BYTES])
{
    const size_t size = strlen(from) + 1;

    if (size > REPLAY_TEXT_BYTES) {
        diag_set(event->diag, "%s: expected at most %u bytes", name, REPLAY_TEXT_BYTES - 1);
        return STATUS_OUT_OF_RANGE;
    }
    memcpy(to, from, size);
    return STATUS_OK;
}

/* ---- the register ---- */

static enum status apply_key(const struct applying *event)
{
    const Netra__V1__KeyAuthorised *key = (const Netra__V1__KeyAuthorised *)event->message;
    uint8_t curve_public[CURVE_KEY_SIZE];

    TRY(wire_exact(key->curve_public, curve_public, CURVE_KEY_SIZE, "curve_public", event->diag));
    return replay_store_put_key(event->store, curve_public, key->name, (uint32_t)key->role);
}

static enum status apply_revocation(const struct applying *event)
{
    const Netra__V1__KeyRevoked *key = (const Netra__V1__KeyRevoked *)event->message;
    uint8_t curve_public[CURVE_KEY_SIZE];

    TRY(wire_exact(key->curve_public, curve_public, CURVE_KEY_SIZE, "curve_public", event->diag));
    return replay_store_revoke_key(event->store, curve_public);
}

/* ---- cases ---- */

static enum status apply_case(const struct applying *event)
{
    const Netra__V1__CaseAccepted *accepted = (const Netra__V1__CaseAccepted *)event->message;
    const Netra__V1__Facts *said = accepted->facts;
    struct replay_facts facts = {
        .revision = accepted->facts_revision,
        .accepted_at = accepted->accepted_at,
        .incident_date = said == NULL || said->incident == NULL ? 0 : said->incident->date,
        .received = said == NULL ? 0 : said->received,
        .seq = event->header->seq,
    };

    memcpy(facts.stream_id, event->header->stream_id, STREAM_ID_SIZE);
    TRY(copy_text(event, accepted->submission_id, "submission_id", facts.submission_id));
    TRY(replay_store_put_case(event->store, event->header->case_handle, accepted->case_number,
                              accepted->region, accepted->node));
    return replay_store_put_facts(event->store, event->header->case_handle, &facts);
}

static enum status apply_link(const struct applying *event)
{
    const Netra__V1__LinkCases *link = (const Netra__V1__LinkCases *)event->message;
    uint8_t other[CASE_HANDLE_SIZE];

    TRY(wire_exact(link->other_case_handle, other, CASE_HANDLE_SIZE, "other_case_handle",
                   event->diag));
    return replay_store_put_link(event->store, event->header->case_handle, other,
                                 (uint32_t)link->kind);
}

/* ---- decisions and notices ---- */

static enum status apply_decision(const struct applying *event)
{
    const Netra__V1__DecisionMade *made = (const Netra__V1__DecisionMade *)event->message;

    return replay_store_put_decision(event->store, event->header->case_handle, made->revision,
                                     event->header->seq, event->payload);
}

static enum status apply_notice(const struct applying *event)
{
    const Netra__V1__NoticeQueued *queued = (const Netra__V1__NoticeQueued *)event->message;
    const bool is_blocked =
        event->header->type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_BLOCKED;
    struct replay_notice_key key = {.revision = queued->revision,
                                    .kind = (uint32_t)queued->kind,
                                    .recipient = queued->recipient};
    struct replay_notice notice = {.state = ""};

    memcpy(key.case_handle, event->header->case_handle, CASE_HANDLE_SIZE);
    TRY(copy_text(event, is_blocked ? "blocked" : "queued", "state", notice.state));
    TRY(copy_text(event, queued->role, "role", notice.role));
    TRY(copy_text(event, queued->channel, "channel", notice.channel));
    return replay_store_put_notice(event->store, &key, &notice, event->header->stream_id,
                                   event->header->seq);
}

static enum status apply_settling(const struct applying *event)
{
    const Netra__V1__NoticeSettled *settled = (const Netra__V1__NoticeSettled *)event->message;
    const bool is_failed = event->header->type == NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_FAILED;
    uint8_t stream_id[STREAM_ID_SIZE];

    TRY(wire_exact(settled->stream_id, stream_id, STREAM_ID_SIZE, "stream_id", event->diag));
    return replay_store_settle_notice(event->store, stream_id, settled->seq,
                                      is_failed ? "failed" : "handed_over");
}

static enum status apply_resending(const struct applying *event)
{
    const Netra__V1__ResendNotice *resend = (const Netra__V1__ResendNotice *)event->message;

    return replay_store_resend_notice(event->store, resend->id);
}

/* ---- the table ---- */

static const struct effect {
    Netra__V1__EventType type;
    const ProtobufCMessageDescriptor *payload;
    enum status (*apply)(const struct applying *event);
} effects[] = {
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED, &netra__v1__key_authorised__descriptor,
     apply_key},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED, &netra__v1__key_revoked__descriptor,
     apply_revocation},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_ACCEPTED, &netra__v1__case_accepted__descriptor,
     apply_case},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_CORRECTED, &netra__v1__case_accepted__descriptor,
     apply_case},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASES_LINKED, &netra__v1__link_cases__descriptor,
     apply_link},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_DECISION_MADE, &netra__v1__decision_made__descriptor,
     apply_decision},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_QUEUED, &netra__v1__notice_queued__descriptor,
     apply_notice},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_BLOCKED, &netra__v1__notice_queued__descriptor,
     apply_notice},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_HANDED_OVER, &netra__v1__notice_settled__descriptor,
     apply_settling},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_FAILED, &netra__v1__notice_settled__descriptor,
     apply_settling},
    {NETRA__V1__EVENT_TYPE__EVENT_TYPE_NOTICE_RESENT, &netra__v1__resend_notice__descriptor,
     apply_resending},
};

static const struct effect *effect_of(uint16_t type)
{
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++) {
        if ((unsigned)effects[i].type == type)
            return &effects[i];
    }
    return NULL;
}

bool replay_takes(uint16_t type)
{
    return effect_of(type) != NULL;
}

enum status replay_apply(struct replay_store *store, const struct event_header *header,
                         struct view payload, struct arena *arena, struct diag *diag)
{
    const struct effect *effect = effect_of(header->type);
    struct applying event = {.store = store, .header = header, .payload = payload, .diag = diag};
    ProtobufCMessage *unpacked = NULL;

    if (effect == NULL)
        return STATUS_OK;
    TRY(wire_unpack(effect->payload, payload, arena, &unpacked, diag));
    event.message = unpacked;
    return effect->apply(&event);
}

enum status replay_apply_erased(struct replay_store *store, const struct event_header *header)
{
    return replay_store_put_erased(store, header->case_handle);
}
