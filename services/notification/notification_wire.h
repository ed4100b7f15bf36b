/*
 * Between the contract's messages and notification's own structs; notification_wire.c alone sees
 * the generated code. Whatever is encoded lies in the arena given.
 */
#ifndef NETRA_NOTIFICATION_NOTIFICATION_WIRE_H
#define NETRA_NOTIFICATION_NOTIFICATION_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "services/notification/notification.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

/* The contract's numbers that the spec table names; notification_wire.c asserts that they are the
 * contract's. */
enum notification_request_kind { NOTIFICATION_REQUEST_NOTICES = 82 };

enum notification_event_type {
    NOTIFICATION_EVENT_KEY_AUTHORISED = 16,
    NOTIFICATION_EVENT_KEY_REVOKED = 17,
    NOTIFICATION_EVENT_DECISION_MADE = 48,
    NOTIFICATION_EVENT_NOTICE_QUEUED = 64
};

enum notification_role {
    NOTIFICATION_ROLE_REVIEWER = 4,
    NOTIFICATION_ROLE_OPERATOR = 7,
    NOTIFICATION_ROLE_AUDITOR = 8
};

/* The schema of every payload that notification writes. */
#define NOTIFICATION_SCHEMA 1u

/* What comes in, as generated. */
extern const ProtobufCMessageDescriptor netra__v1__decision_made__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__list_request__descriptor;

/* A DecisionMade; the result is yet to be checked. STATUS_FIELD_MISSING: no verdict.
 * STATUS_CONTRACT_NEWER: a value that this program doesn't know. */
enum status notification_wire_read_decision(const ProtobufCMessage *message,
                                            struct decision *ret_decision,
                                            struct diag *diag) MUST_USE;

/* A ListRequest. STATUS_OUT_OF_RANGE: rows_max is not 1 to LIMIT_LIST_ROWS, or `after` is no key
 * that a row can have. */
enum status notification_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                        uint32_t *ret_rows_max, struct diag *diag) MUST_USE;

/* A NoticeQueued. STATUS_NO_MEMORY. */
enum status notification_wire_queued(const struct recipient *recipient, uint32_t revision,
                                     struct arena *arena, struct view *ret_bytes) MUST_USE;

/* NoticeRows. STATUS_NO_MEMORY. */
enum status notification_wire_rows(const struct notice_row *rows, size_t count,
                                   struct arena *arena, struct view *ret_bytes) MUST_USE;

#endif
