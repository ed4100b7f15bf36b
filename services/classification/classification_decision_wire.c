/*
 * Decisions between the contract's messages and the structs: the event's payload, which is also
 * what the store keeps, and what the door shows of it.
 */
#include "services/classification/classification_wire.h"

#include "common/base/sha256.h"
#include "common/wire/fields.h"
#include "common/wire/unpack.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"

#include <string.h>

/* A field's tag and length, before each message of a list. */
#define LIST_ENTRY_BYTES 8u

/* The verdict's number in DecisionMade. */
#define MADE_VERDICT 2u

/* Fields of a message that stand for one value each, and the one that it is itself in its list. */
#define ROW_FIELDS_SINGLE 18u
#define MADE_FIELDS_SINGLE (4u + 14u + 10u)
#define REASON_FIELDS_SINGLE 4u
#define SPAN_FIELDS 4u
#define BASIS_FIELDS 7u

/* What an answer takes of what a frame may have (limits.h). */
struct extent {
    size_t bytes;
    size_t fields;
};

/* protobuf-c's text fields are char *, though packing never writes through them. */
static char *text_of(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* ---- the event ---- */

static enum status make_basis(const struct decision_made *made, struct arena *arena,
                              Netra__V1__DecisionMade *message)
{
    Netra__V1__Basis *rows = arena_take(arena, made->basis_count * sizeof(*rows));
    Netra__V1__Basis **list =
        arena_take(arena, made->basis_count * sizeof(struct Netra__V1__Basis *));
    if (rows == NULL || list == NULL)
        return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < made->basis_count; i++) {
        const struct code_basis *row = &made->basis[i];
        netra__v1__basis__init(&rows[i]);
        rows[i].code = text_of(row->code);
        rows[i].label = text_of(row->label);
        rows[i].skb = text_of(row->skb);
        rows[i].article = text_of(row->article);
        rows[i].source = text_of(row->source);
        rows[i].sanction_class = text_of(row->sanction);
        list[i] = &rows[i];
    }
    message->basis = list;
    message->n_basis = made->basis_count;
    return STATUS_OK;
}

/* The verdict stands behind the other fields, which is as good a place as its own. */
static enum status pack_with_verdict(const Netra__V1__DecisionMade *message,
                                     const struct verdict *verdict, struct arena *arena,
                                     struct view *ret_bytes)
{
    uint8_t encoded[VERDICT_WIRE_BYTES_MAX];
    size_t size = classification_wire_verdict(verdict, encoded);
    size_t size_before = protobuf_c_message_get_packed_size(&message->base);
    size_t size_all = size_before + wire_head_size(size) + size;
    uint8_t *bytes = arena_take(arena, size_all);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    (void)protobuf_c_message_pack(&message->base, bytes);
    memcpy(wire_put_head(bytes + size_before, MADE_VERDICT, size), encoded, size);
    *ret_bytes = view_of(bytes, size_all);
    return STATUS_OK;
}

enum status classification_wire_made(const struct decision_made *made, struct arena *arena,
                                     struct view *ret_bytes)
{
    Netra__V1__DecisionMade message;
    netra__v1__decision_made__init(&message);
    message.revision = made->revision;
    message.facts_stream = wire_bytes(view_of(made->facts_stream, STREAM_ID_SIZE));
    message.facts_seq = made->facts_seq;
    message.ruleset_digest = wire_bytes(view_of(made->pin.digest, SHA256_SIZE));
    message.engine = made->pin.engine;
    message.case_number = text_of(made->case_number);
    message.region = text_of(made->region);
    message.incident_date = made->incident_date;
    message.received = made->received;
    message.facts_revision = made->facts_revision;
    message.decided_at = made->decided_at;
    TRY(make_basis(made, arena, &message));
    if (made->is_of_person)
        message.reviewer_key_id = wire_bytes(view_of(made->reviewer_key_id, KEY_ID_SIZE));
    return pack_with_verdict(&message, &made->verdict, arena, ret_bytes);
}

static enum status read_basis(const Netra__V1__DecisionMade *message, struct arena *arena,
                              struct decision_made *made)
{
    struct code_basis *rows = arena_take(arena, message->n_basis * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < message->n_basis; i++) {
        const Netra__V1__Basis *row = message->basis[i];
        rows[i] = (struct code_basis){
            .code = row->code,
            .label = row->label,
            .skb = row->skb,
            .article = row->article,
            .source = row->source,
            .sanction = row->sanction_class,
        };
    }
    made->basis = rows;
    made->basis_count = (unsigned)message->n_basis;
    return STATUS_OK;
}

static enum status read_verdict(const Netra__V1__DecisionMade *message, struct arena *arena,
                                struct verdict *ret_verdict, struct diag *diag)
{
    struct view bytes;
    if (message->verdict == NULL) {
        diag_set(diag, "verdict: missing");
        return STATUS_FIELD_MISSING;
    }
    TRY(wire_pack(&message->verdict->base, arena, &bytes));
    return classification_wire_read_verdict(bytes, ret_verdict, diag);
}

enum status classification_wire_read_made(struct view bytes, struct arena *arena,
                                          struct decision_made *ret_made, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__decision_made__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__DecisionMade *message = (const Netra__V1__DecisionMade *)unpacked;
    *ret_made = (struct decision_made){
        .revision = message->revision,
        .facts_seq = message->facts_seq,
        .facts_revision = message->facts_revision,
        .case_number = message->case_number,
        .region = message->region,
        .incident_date = message->incident_date,
        .received = message->received,
        .pin.engine = message->engine,
        .decided_at = message->decided_at,
        .is_of_person = message->reviewer_key_id.len > 0,
    };
    TRY(read_verdict(message, arena, &ret_made->verdict, diag));
    TRY(wire_exact(message->facts_stream, ret_made->facts_stream, STREAM_ID_SIZE, "facts_stream",
                   diag));
    TRY(wire_exact(message->ruleset_digest, ret_made->pin.digest, SHA256_SIZE, "ruleset_digest",
                   diag));
    if (ret_made->is_of_person)
        TRY(wire_exact(message->reviewer_key_id, ret_made->reviewer_key_id, KEY_ID_SIZE,
                       "reviewer_key_id", diag));
    return read_basis(message, arena, ret_made);
}

/* ---- the door ---- */

/* Adds an entry's extent. False: with it an answer would be more than a frame may be. */
static bool extent_add(struct extent *extent, const ProtobufCMessage *message, size_t fields)
{
    extent->bytes += protobuf_c_message_get_packed_size(message) + LIST_ENTRY_BYTES;
    extent->fields += fields;
    return extent->bytes <= CLASSIFICATION_ANSWER_BYTES && extent->fields <= LIMIT_FIELDS;
}

static size_t fields_of_row(const Netra__V1__DecisionRow *row)
{
    return ROW_FIELDS_SINGLE + row->n_codes + row->n_flags + row->n_missing;
}

static size_t fields_of_verdict(const Netra__V1__Verdict *verdict)
{
    size_t fields =
        verdict->n_codes + verdict->n_flags + verdict->n_missing + verdict->n_conflicts;
    for (size_t i = 0; i < verdict->n_reasons; i++)
        fields += REASON_FIELDS_SINGLE + verdict->reasons[i]->n_spans * SPAN_FIELDS;
    return fields;
}

static size_t fields_of_made(const Netra__V1__DecisionMade *made)
{
    size_t fields = MADE_FIELDS_SINGLE + made->n_basis * BASIS_FIELDS;
    return made->verdict == NULL ? fields : fields + fields_of_verdict(made->verdict);
}

static enum status unpack_made(const struct decision *row, struct arena *arena,
                               Netra__V1__DecisionMade **ret_made)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__decision_made__descriptor, row->made, arena, &unpacked, NULL));
    *ret_made = (Netra__V1__DecisionMade *)unpacked;
    return STATUS_OK;
}

static void take_verdict(const Netra__V1__Verdict *verdict, Netra__V1__DecisionRow *message)
{
    message->primary = verdict->primary;
    message->codes = verdict->codes;
    message->n_codes = verdict->n_codes;
    message->stage = (uint32_t)verdict->stage;
    message->election = verdict->election;
    message->actor = (uint32_t)verdict->actor;
    message->authority = verdict->authority;
    message->flags = verdict->flags;
    message->n_flags = verdict->n_flags;
    message->missing = verdict->missing;
    message->n_missing = verdict->n_missing;
    message->confidence_permille = verdict->confidence_permille;
    message->review_reason = verdict->review_reason;
}

static enum status make_row(const struct decision *row, struct arena *arena,
                            Netra__V1__DecisionRow *message)
{
    Netra__V1__DecisionMade *made = NULL;
    uint8_t *digest = arena_take(arena, SHA256_SIZE);
    if (digest == NULL)
        return STATUS_NO_MEMORY;
    enum status status = unpack_made(row, arena, &made);
    if (status == STATUS_NO_MEMORY)
        return status;
    netra__v1__decision_row__init(message);
    sha256_of(row->made, digest);
    message->made_digest = wire_bytes(view_of(digest, SHA256_SIZE));
    message->id = row->id;
    message->case_handle = wire_bytes(view_of(row->case_handle, CASE_HANDLE_SIZE));
    message->revision = row->revision;
    message->outcome = (uint32_t)row->outcome;
    message->disposition = (uint32_t)row->disposition;
    message->seq = row->seq;
    if (status != STATUS_OK) /* altered: the row and its digest stand, and hold no list up */
        return STATUS_OK;
    message->case_number = made->case_number;
    message->region = made->region;
    message->decided_at = made->decided_at;
    if (made->verdict != NULL)
        take_verdict(made->verdict, message);
    return STATUS_OK;
}

enum status classification_wire_decision_rows(const struct decision *rows, size_t count,
                                              struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__DecisionRow *messages = arena_take(arena, count * sizeof(*messages));
    Netra__V1__DecisionRow **list =
        arena_take(arena, count * sizeof(struct Netra__V1__DecisionRow *));
    if (messages == NULL || list == NULL)
        return STATUS_NO_MEMORY;
    Netra__V1__DecisionRows message = NETRA__V1__DECISION_ROWS__INIT;
    message.decisions = list;
    struct extent extent = {.bytes = 0};
    for (size_t i = 0; i < count; i++) {
        TRY(make_row(&rows[i], arena, &messages[i]));
        if (!extent_add(&extent, &messages[i].base, fields_of_row(&messages[i])))
            break;
        list[i] = &messages[i];
        message.n_decisions = i + 1;
    }
    return wire_pack(&message.base, arena, ret_bytes);
}

static enum status make_case_decision(const struct decision *row, struct arena *arena,
                                      Netra__V1__CaseDecision *message)
{
    *message = (Netra__V1__CaseDecision)NETRA__V1__CASE_DECISION__INIT;
    TRY(unpack_made(row, arena, &message->made));
    if (row->seq != 0)
        message->stream_id = wire_bytes(view_of(row->stream_id, STREAM_ID_SIZE));
    message->seq = row->seq;
    return STATUS_OK;
}

enum status classification_wire_case_decisions(const struct decision *rows, size_t count,
                                               struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__CaseDecision *messages = arena_take(arena, count * sizeof(*messages));
    Netra__V1__CaseDecision **list =
        arena_take(arena, count * sizeof(struct Netra__V1__CaseDecision *));
    if (messages == NULL || list == NULL)
        return STATUS_NO_MEMORY;
    struct extent extent = {.bytes = 0};
    size_t first = count;
    while (first > 0) {
        Netra__V1__CaseDecision *message = &messages[first - 1];
        TRY(make_case_decision(&rows[first - 1], arena, message));
        bool has_room = extent_add(&extent, &message->base, fields_of_made(message->made));
        if (!has_room && first < count)
            break;
        list[--first] = message;
    }
    Netra__V1__CaseDecisions message = NETRA__V1__CASE_DECISIONS__INIT;
    message.decisions = list + first;
    message.n_decisions = count - first;
    return wire_pack(&message.base, arena, ret_bytes);
}
