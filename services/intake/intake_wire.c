/*
 * Translation only: protobuf-c's structs are filled and read here, and none leaves this file.
 */
#include "services/intake/intake_wire.h"

#include "common/case/facts_wire.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/intake_to_any.pb-c.h"
#include "netra/v1/intake_to_classification.pb-c.h"
#include "netra/v1/node_to_intake.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "netra/v1/service_to_intake.pb-c.h"

#include <stdio.h>
#include <string.h>

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(INTAKE_REQUEST_SUBMIT_CASE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_SUBMIT_CASE);
SAME(INTAKE_REQUEST_CORRECT_CASE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CORRECT_CASE);
SAME(INTAKE_REQUEST_CASE_KEYS, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_KEYS);
SAME(INTAKE_REQUEST_CASES, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASES);
SAME(INTAKE_REQUEST_CASE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE);
SAME(INTAKE_REQUEST_CASE_TEXT, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_TEXT);
SAME(INTAKE_EVENT_KEY_AUTHORISED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED);
SAME(INTAKE_EVENT_KEY_REVOKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED);
SAME(INTAKE_EVENT_CASE_ACCEPTED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_ACCEPTED);
SAME(INTAKE_EVENT_CASE_CORRECTED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_CORRECTED);
SAME(INTAKE_EVENT_CASES_LINKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASES_LINKED);
SAME(INTAKE_EVENT_CASE_READ, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_READ);
SAME(INTAKE_EVENT_REPORTER_OPENED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_REPORTER_OPENED);
SAME(INTAKE_EVENT_CASE_KEYS_GIVEN, NETRA__V1__EVENT_TYPE__EVENT_TYPE_CASE_KEYS_GIVEN);
SAME(INTAKE_ROLE_NODE, NETRA__V1__ROLE__ROLE_NODE);
SAME(INTAKE_ROLE_OFFICER, NETRA__V1__ROLE__ROLE_OFFICER);
SAME(INTAKE_ROLE_REVIEWER, NETRA__V1__ROLE__ROLE_REVIEWER);
SAME(INTAKE_ROLE_PROTECTION_OFFICER, NETRA__V1__ROLE__ROLE_PROTECTION_OFFICER);
SAME(INTAKE_ROLE_OPERATOR, NETRA__V1__ROLE__ROLE_OPERATOR);
SAME(INTAKE_ROLE_AUDITOR, NETRA__V1__ROLE__ROLE_AUDITOR);
SAME(INTAKE_ROLE_SERVICE, NETRA__V1__ROLE__ROLE_SERVICE);

#define ROLE_NAME_BYTES 64u

/* protobuf-c's text fields are char *, though packing never writes through them: a copy keeps
 * const honest. NULL when the arena is full. */
static char *text_in(struct arena *arena, const char *text)
{
    return (char *)arena_copy(arena, view_of(text, strlen(text) + 1));
}

/* ---- requests ---- */

enum status intake_wire_read_submission(const ProtobufCMessage *message,
                                        struct submission *ret_submission, struct diag *diag)
{
    const Netra__V1__SubmitCase *submit = (const Netra__V1__SubmitCase *)message;
    ret_submission->id = submit->submission_id;
    ret_submission->sent_at = submit->sent_at;
    ret_submission->sealed_reporter = wire_view(submit->sealed_reporter);
    return facts_wire_read(submit->facts, &ret_submission->facts, diag);
}

enum status intake_wire_read_correction(const ProtobufCMessage *message,
                                        struct correction *ret_correction, struct diag *diag)
{
    const Netra__V1__CorrectCase *correct = (const Netra__V1__CorrectCase *)message;
    ret_correction->case_number = correct->case_number;
    ret_correction->expected_revision = correct->expected_revision;
    ret_correction->submission.id = correct->submission_id;
    ret_correction->submission.sent_at = correct->sent_at;
    ret_correction->submission.sealed_reporter = (struct view){0};
    return facts_wire_read(correct->facts, &ret_correction->submission.facts, diag);
}

enum status intake_wire_read_handles(const ProtobufCMessage *message, struct arena *arena,
                                     const uint8_t (**ret_handles)[CASE_HANDLE_SIZE],
                                     size_t *ret_count, struct diag *diag)
{
    const Netra__V1__CaseKeysRequest *request = (const Netra__V1__CaseKeysRequest *)message;
    if (request->n_case_handles > LIMIT_LIST_ROWS) {
        diag_set(diag, "case_handles: %zu; at most %u are answered", request->n_case_handles,
                 LIMIT_LIST_ROWS);
        return STATUS_OUT_OF_RANGE;
    }
    uint8_t(*handles)[CASE_HANDLE_SIZE] =
        arena_take(arena, request->n_case_handles * CASE_HANDLE_SIZE);
    if (handles == NULL)
        return STATUS_NO_MEMORY;
    for (size_t index = 0; index < request->n_case_handles; index++)
        TRY(wire_exact(request->case_handles[index], handles[index], CASE_HANDLE_SIZE,
                       "case_handles", diag));
    *ret_handles = (const uint8_t(*)[CASE_HANDLE_SIZE])handles;
    *ret_count = request->n_case_handles;
    return STATUS_OK;
}

enum status intake_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
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

/* ---- a case in the making ---- */

enum status intake_wire_facts(const struct facts *facts, struct arena *arena,
                              struct view *ret_bytes)
{
    Netra__V1__Facts *message = NULL;
    TRY(facts_wire_make(facts, arena, &message));
    return wire_pack(&message->base, arena, ret_bytes);
}

enum status intake_wire_accepted(const struct accepted_facts *facts, struct arena *arena,
                                 struct view *ret_bytes)
{
    Netra__V1__CaseAccepted message;
    netra__v1__case_accepted__init(&message);
    message.case_number = text_in(arena, facts->case_number);
    message.submission_id = text_in(arena, facts->submission_id);
    message.node = text_in(arena, facts->node);
    message.region = text_in(arena, facts->region);
    if (message.case_number == NULL || message.submission_id == NULL || message.node == NULL ||
        message.region == NULL)
        return STATUS_NO_MEMORY;
    message.accepted_at = facts->accepted_at;
    message.facts_revision = facts->facts_revision;
    message.sent_at = facts->sent_at;
    TRY(facts_wire_make(facts->facts, arena, &message.facts));
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status intake_wire_receipt_body(const struct receipt_facts *facts, struct arena *arena,
                                     struct view *ret_bytes)
{
    Netra__V1__ReceiptBody message;
    netra__v1__receipt_body__init(&message);
    message.origin = text_in(arena, facts->origin);
    message.case_number = text_in(arena, facts->case_number);
    message.submission_id = text_in(arena, facts->submission_id);
    if (message.origin == NULL || message.case_number == NULL || message.submission_id == NULL)
        return STATUS_NO_MEMORY;
    message.accepted_at = facts->accepted_at;
    message.commitment = wire_bytes(view_of(facts->commitment, sizeof(facts->commitment)));
    message.stream_id = wire_bytes(view_of(facts->stream_id, sizeof(facts->stream_id)));
    message.seq = facts->seq;
    message.case_handle = wire_bytes(view_of(facts->case_handle, sizeof(facts->case_handle)));
    message.facts_revision = facts->facts_revision;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status intake_wire_receipt(const struct signed_receipt *receipt, struct arena *arena,
                                struct view *ret_bytes)
{
    Netra__V1__Receipt message;
    netra__v1__receipt__init(&message);
    message.leaf = wire_bytes(receipt->leaf);
    message.signature = wire_bytes(view_of(receipt->signature, sizeof(receipt->signature)));
    message.leaf_index = receipt->leaf_index;
    message.tree_size = receipt->tree_size;
    message.path = wire_bytes(receipt->path);
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status intake_wire_read_receipt(struct view bytes, struct arena *arena,
                                     struct signed_receipt *ret_receipt, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__receipt__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__Receipt *message = (const Netra__V1__Receipt *)unpacked;
    ret_receipt->leaf = wire_view(message->leaf);
    ret_receipt->leaf_index = message->leaf_index;
    ret_receipt->tree_size = message->tree_size;
    ret_receipt->path = wire_view(message->path);
    if (message->path.len % SHA256_SIZE != 0 ||
        message->path.len > (size_t)RECEIPT_PATH_HASHES_MAX * SHA256_SIZE) {
        diag_set(diag, "path: at most %u hashes are expected", RECEIPT_PATH_HASHES_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    return wire_exact(message->signature, ret_receipt->signature, sizeof(ret_receipt->signature),
                      "signature", diag);
}

enum status intake_wire_read_receipt_body(struct view bytes, struct arena *arena,
                                          struct receipt_facts *ret_facts, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__receipt_body__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__ReceiptBody *message = (const Netra__V1__ReceiptBody *)unpacked;
    *ret_facts = (struct receipt_facts){
        .origin = message->origin,
        .case_number = message->case_number,
        .submission_id = message->submission_id,
        .accepted_at = message->accepted_at,
        .seq = message->seq,
        .facts_revision = message->facts_revision,
    };
    TRY(wire_exact(message->commitment, ret_facts->commitment, sizeof(ret_facts->commitment),
                   "commitment", diag));
    TRY(wire_exact(message->stream_id, ret_facts->stream_id, sizeof(ret_facts->stream_id),
                   "stream_id", diag));
    return wire_exact(message->case_handle, ret_facts->case_handle, sizeof(ret_facts->case_handle),
                      "case_handle", diag);
}

/* ---- keys of cases ---- */

enum status intake_wire_case_keys(const struct case_key_row *rows, size_t count,
                                  struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__CaseKey *messages = arena_take(arena, count * sizeof(*messages));
    Netra__V1__CaseKey **pointers = arena_take(arena, count * sizeof(*pointers));
    if (messages == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (size_t index = 0; index < count; index++) {
        const struct case_key_row *row = &rows[index];
        netra__v1__case_key__init(&messages[index]);
        messages[index].case_handle =
            wire_bytes(view_of(row->case_handle, sizeof(row->case_handle)));
        messages[index].key = wire_bytes(view_of(row->key, sizeof(row->key)));
        pointers[index] = &messages[index];
    }
    Netra__V1__CaseKeys message;
    netra__v1__case_keys__init(&message);
    message.n_keys = count;
    message.keys = pointers;
    return wire_pack(&message.base, arena, ret_bytes);
}

enum status intake_wire_keys_given(const struct event_reader *reader, uint32_t count,
                                   struct arena *arena, struct view *ret_bytes)
{
    Netra__V1__CaseKeysGiven message;
    netra__v1__case_keys_given__init(&message);
    message.reader = text_in(arena, reader->name);
    if (message.reader == NULL)
        return STATUS_NO_MEMORY;
    message.key_id = wire_bytes(view_of(reader->key_id, KEY_ID_SIZE));
    message.count = count;
    return wire_pack(&message.base, arena, ret_bytes);
}

/* ---- the register ---- */

/* The contract's own names are the file's words: ROLE_OPERATOR is "operator". */
static enum status role_of_word(const char *word, Netra__V1__Role *ret_role, struct diag *diag)
{
    char name[ROLE_NAME_BYTES];
    int length = snprintf(name, sizeof(name), "ROLE_%s", word);
    if (length > 0 && (size_t)length < sizeof(name)) {
        for (char *letter = name; *letter != '\0'; letter++)
            *letter = (char)(*letter >= 'a' && *letter <= 'z' ? *letter - 'a' + 'A' : *letter);
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value_by_name(&netra__v1__role__descriptor, name);
        if (value != NULL && value->value != NETRA__V1__ROLE__ROLE_UNSPECIFIED &&
            value->value != NETRA__V1__ROLE__ROLE_SERVICE) {
            *ret_role = (Netra__V1__Role)value->value;
            return STATUS_OK;
        }
    }
    diag_set(diag, "role: expected operator, node, worker or a person's role");
    return STATUS_CONFIG_INVALID;
}

enum status intake_wire_key_authorised(const struct bootstrap_key *key, struct arena *arena,
                                       struct view *ret_bytes, struct diag *diag)
{
    Netra__V1__KeyAuthorised message;
    netra__v1__key_authorised__init(&message);
    TRY(role_of_word(key->role, &message.role, diag));
    message.name = text_in(arena, key->name);
    message.regions = arena_take(arena, key->region_count * sizeof(*message.regions));
    if (message.name == NULL || message.regions == NULL)
        return STATUS_NO_MEMORY;
    message.n_regions = key->region_count;
    for (size_t index = 0; index < key->region_count; index++) {
        message.regions[index] = text_in(arena, key->regions[index]);
        if (message.regions[index] == NULL)
            return STATUS_NO_MEMORY;
    }
    message.curve_public = wire_bytes(view_of(key->curve_public, sizeof(key->curve_public)));
    if (key->has_sign_public)
        message.sign_public = wire_bytes(view_of(key->sign_public, sizeof(key->sign_public)));
    return wire_pack(&message.base, arena, ret_bytes);
}
