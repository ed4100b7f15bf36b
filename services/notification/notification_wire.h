/*
 * Between the contract's messages and notification's own structs; notification_wire.c alone sees
 * the generated code. Whatever is encoded lies in the arena given.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_WIRE_H
#define NETRA_NOTIFICATION_NOTIFICATION_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "services/notification/notification.h"
#include "services/notification/notification_store.h"
#include "services/notification/routing.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

/* The contract's numbers that the spec table names; notification_wire.c asserts that they are the
 * contract's. */
enum notification_request_kind {
    NOTIFICATION_REQUEST_NOTICES = 82,
    NOTIFICATION_REQUEST_CASE_NOTICES = 87,
    NOTIFICATION_REQUEST_NOTICE_PREVIEW = 88,
    NOTIFICATION_REQUEST_ROUTE = 89
};

enum notification_event_type {
    NOTIFICATION_EVENT_TABLES_LOADED = 7,
    NOTIFICATION_EVENT_KEY_AUTHORISED = 16,
    NOTIFICATION_EVENT_KEY_REVOKED = 17,
    NOTIFICATION_EVENT_DECISION_MADE = 48,
    NOTIFICATION_EVENT_NOTICE_QUEUED = 64,
    NOTIFICATION_EVENT_NOTICE_BLOCKED = 65,
    NOTIFICATION_EVENT_NOTICE_HANDED_OVER = 66,
    NOTIFICATION_EVENT_NOTICE_FAILED = 67,
    NOTIFICATION_EVENT_NOTICE_RESENT = 68
};

enum notification_role {
    NOTIFICATION_ROLE_NODE = 1,
    NOTIFICATION_ROLE_OFFICER = 3,
    NOTIFICATION_ROLE_REVIEWER = 4,
    NOTIFICATION_ROLE_OPERATOR = 7,
    NOTIFICATION_ROLE_AUDITOR = 8
};

/* The schema of every payload that notification writes. */
#define NOTIFICATION_SCHEMA 1u

/* What comes in, as generated. */
extern const ProtobufCMessageDescriptor netra__v1__decision_made__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__list_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__case_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__notice_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__resend_notice__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__tables_loaded__descriptor;

/* A notice with the Message-ID its mail has; "" where it has none. */
struct notification_notice {
    const struct notice_row *row;
    const char *message_id;
};

/* A DecisionMade; the result is yet to be checked. STATUS_FIELD_MISSING: no verdict.
 * STATUS_OUT_OF_RANGE: a text longer than such are, too many conflicts. STATUS_CONTRACT_NEWER: a
 * value that this program doesn't know. */
enum status notification_wire_read_decision(const ProtobufCMessage *message,
                                            struct decision *ret_decision,
                                            struct diag *diag) MUST_USE;

/* A ListRequest. STATUS_OUT_OF_RANGE: rows_max is not 1 to LIMIT_LIST_ROWS, or `after` is no key
 * that a row can have. */
enum status notification_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                        uint32_t *ret_rows_max, struct diag *diag) MUST_USE;

/* A CaseRequest by handle: numbers are known at intake alone. STATUS_OUT_OF_RANGE: no handle. */
enum status notification_wire_read_case(const ProtobufCMessage *message,
                                        uint8_t case_handle[CASE_HANDLE_SIZE],
                                        struct diag *diag) MUST_USE;

/* The id of a NoticeRequest, or of a ResendNotice. STATUS_OUT_OF_RANGE: no row has this id. */
enum status notification_wire_read_notice(const ProtobufCMessage *message, uint64_t *ret_id,
                                          struct diag *diag) MUST_USE;
enum status notification_wire_read_resend(const ProtobufCMessage *message, uint64_t *ret_id,
                                          struct diag *diag) MUST_USE;

/* A TablesLoaded for notification. STATUS_NOT_AUTHORISED: it is another service's.
 * STATUS_OUT_OF_RANGE: no digest. */
enum status notification_wire_read_tables(const ProtobufCMessage *message,
                                          uint8_t digest[SHA256_SIZE], struct diag *diag) MUST_USE;

/* A TablesLoaded. STATUS_NO_MEMORY, here and below. */
enum status notification_wire_tables(const uint8_t digest[SHA256_SIZE], const char *version,
                                     struct arena *arena, struct view *ret_bytes) MUST_USE;

/* A NoticeQueued, of a notice that is queued or blocked. */
enum status notification_wire_queued(const struct notice_row *row, struct arena *arena,
                                     struct view *ret_bytes) MUST_USE;

/* A NoticeSettled. */
enum status notification_wire_settled(const struct notice_row *row, const char *why,
                                      struct arena *arena, struct view *ret_bytes) MUST_USE;

/* NoticeRows. */
enum status notification_wire_rows(const struct notification_notice *notices, size_t count,
                                   struct arena *arena, struct view *ret_bytes) MUST_USE;

/* A NoticeText. */
enum status notification_wire_text(const char *text, struct arena *arena,
                                   struct view *ret_bytes) MUST_USE;

/* A Route; `has_smtp`: smtp is spoken here, else its offices are told by Maildir. */
enum status notification_wire_route(const struct route *route, uint32_t revision, bool has_smtp,
                                    struct arena *arena, struct view *ret_bytes) MUST_USE;

#endif
