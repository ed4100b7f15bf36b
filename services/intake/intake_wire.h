/*
 * Between the contract's messages and intake's own structs; intake_wire.c and intake_view_wire.c
 * alone see the generated code. Whatever is encoded lies in the arena given; whatever is read is
 * borrowed from the message.
 */
#ifndef NETRA_INTAKE_INTAKE_WIRE_H
#define NETRA_INTAKE_INTAKE_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/seal.h"
#include "services/intake/bootstrap_line.h"
#include "services/intake/intake.h"
#include "services/intake/receipt_tree.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

/* The contract's numbers that the spec table names; intake_wire.c asserts that they are the
 * contract's. */
enum intake_request_kind {
    INTAKE_REQUEST_SUBMIT_CASE = 1,
    INTAKE_REQUEST_CORRECT_CASE = 2,
    INTAKE_REQUEST_CASE_KEYS = 16,
    INTAKE_REQUEST_CASES = 80,
    INTAKE_REQUEST_CASE = 83,
    INTAKE_REQUEST_CASE_TEXT = 84
};

enum intake_event_type {
    INTAKE_EVENT_KEY_AUTHORISED = 16,
    INTAKE_EVENT_KEY_REVOKED = 17,
    INTAKE_EVENT_CASE_ACCEPTED = 32,
    INTAKE_EVENT_CASE_CORRECTED = 33,
    INTAKE_EVENT_CASES_LINKED = 34,
    INTAKE_EVENT_CASE_READ = 35,
    INTAKE_EVENT_REPORTER_OPENED = 36,
    INTAKE_EVENT_CASE_KEYS_GIVEN = 37
};

enum intake_role {
    INTAKE_ROLE_NODE = 1,
    INTAKE_ROLE_OFFICER = 3,
    INTAKE_ROLE_REVIEWER = 4,
    INTAKE_ROLE_PROTECTION_OFFICER = 6,
    INTAKE_ROLE_OPERATOR = 7,
    INTAKE_ROLE_AUDITOR = 8,
    INTAKE_ROLE_SERVICE = 9
};

/* The schema of every payload that intake writes. */
#define INTAKE_SCHEMA 1u

/* The bodies of the door's requests, as generated. */
extern const ProtobufCMessageDescriptor netra__v1__submit_case__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__correct_case__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__case_keys_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__list_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__case_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__case_text_request__descriptor;

/* A SubmitCase; a CorrectCase. facts_wire_read's statuses. */
enum status intake_wire_read_submission(const ProtobufCMessage *message,
                                        struct submission *ret_submission,
                                        struct diag *diag) MUST_USE;
enum status intake_wire_read_correction(const ProtobufCMessage *message,
                                        struct correction *ret_correction,
                                        struct diag *diag) MUST_USE;

/* A CaseKeysRequest: its handles one after the other in the arena. STATUS_OUT_OF_RANGE (more than
 * LIMIT_LIST_ROWS, or one that isn't CASE_HANDLE_SIZE bytes), STATUS_NO_MEMORY. */
enum status intake_wire_read_handles(const ProtobufCMessage *message, struct arena *arena,
                                     const uint8_t (**ret_handles)[CASE_HANDLE_SIZE],
                                     size_t *ret_count, struct diag *diag) MUST_USE;

/* A ListRequest. STATUS_OUT_OF_RANGE: rows_max is not 1 to LIMIT_LIST_ROWS, or `after` is no key
 * that a row can have. */
enum status intake_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                  uint32_t *ret_rows_max, struct diag *diag) MUST_USE;

/* Packed Facts: what submission_hash takes. STATUS_NO_MEMORY, as all below. */
enum status intake_wire_facts(const struct facts *facts, struct arena *arena,
                              struct view *ret_bytes) MUST_USE;

/* A CaseAccepted. */
enum status intake_wire_accepted(const struct accepted_facts *facts, struct arena *arena,
                                 struct view *ret_bytes) MUST_USE;

/* A ReceiptBody, the bytes that receipt_leaf_make takes. */
enum status intake_wire_receipt_body(const struct receipt_facts *facts, struct arena *arena,
                                     struct view *ret_bytes) MUST_USE;

/* A Receipt. */
enum status intake_wire_receipt(const struct signed_receipt *receipt, struct arena *arena,
                                struct view *ret_bytes) MUST_USE;

/* A Receipt and the ReceiptBody in it, read back; the texts lie in the arena. wire_unpack's
 * statuses, and STATUS_OUT_OF_RANGE for a field of another size. */
enum status intake_wire_read_receipt(struct view bytes, struct arena *arena,
                                     struct signed_receipt *ret_receipt,
                                     struct diag *diag) MUST_USE;
enum status intake_wire_read_receipt_body(struct view bytes, struct arena *arena,
                                          struct receipt_facts *ret_facts,
                                          struct diag *diag) MUST_USE;

/* A case's key as it is handed out. */
struct case_key_row {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t key[CASE_KEY_SIZE];
};

/* CaseKeys. The bytes hold keys: they lie in an arena that is wiped. */
enum status intake_wire_case_keys(const struct case_key_row *rows, size_t count,
                                  struct arena *arena, struct view *ret_bytes) MUST_USE;

/* Who was shown something. */
struct event_reader {
    const char *name;
    uint8_t key_id[KEY_ID_SIZE];
};

/* CaseKeysGiven. */
enum status intake_wire_keys_given(const struct event_reader *reader, uint32_t count,
                                   struct arena *arena, struct view *ret_bytes) MUST_USE;

/* A KeyAuthorised. STATUS_CONFIG_INVALID: the role's name is none. */
enum status intake_wire_key_authorised(const struct bootstrap_key *key, struct arena *arena,
                                       struct view *ret_bytes, struct diag *diag) MUST_USE;

/* ---- what is shown of cases (intake_view_wire.c) ---- */

/* Which case is asked for: its number as it was typed, or (NULL) its handle. */
struct case_asked {
    const char *case_number;
    uint8_t case_handle[CASE_HANDLE_SIZE];
};

/* A CaseRequest. STATUS_FIELD_MISSING (neither or both), STATUS_OUT_OF_RANGE (the handle's size).
 */
enum status intake_wire_read_case(const ProtobufCMessage *message, struct case_asked *ret_asked,
                                  struct diag *diag) MUST_USE;

/* A CaseTextRequest. STATUS_OUT_OF_RANGE: the handle's size. */
enum status intake_wire_read_text_request(const ProtobufCMessage *message,
                                          uint8_t case_handle[CASE_HANDLE_SIZE],
                                          uint32_t *ret_revision, struct diag *diag) MUST_USE;

/* CaseRows; a CaseView. */
enum status intake_wire_case_rows(const struct case_row *rows, size_t count, struct arena *arena,
                                  struct view *ret_bytes) MUST_USE;
enum status intake_wire_case_view(const struct case_view *view, struct arena *arena,
                                  struct view *ret_bytes) MUST_USE;

/* A CaseText of an encoded CaseAccepted. wire_unpack's statuses. */
enum status intake_wire_case_text(struct view accepted, struct arena *arena,
                                  struct view *ret_bytes, struct diag *diag) MUST_USE;

/* A CaseRead. */
enum status intake_wire_case_read(const struct event_reader *reader, uint32_t revision,
                                  struct arena *arena, struct view *ret_bytes) MUST_USE;

/* What an act links. */
struct case_link {
    uint8_t other_case_handle[CASE_HANDLE_SIZE];
    uint32_t kind; /* LinkKind */
};

/* A LinkCases; an OpenReporter. wire_unpack's statuses, and STATUS_OUT_OF_RANGE (a size, or a kind
 * that is none). */
enum status intake_wire_read_link(struct view payload, struct arena *arena,
                                  struct case_link *ret_link, struct diag *diag) MUST_USE;
enum status intake_wire_read_open_reporter(struct view payload, struct arena *arena,
                                           uint8_t second_key_id[KEY_ID_SIZE],
                                           struct diag *diag) MUST_USE;

#endif
