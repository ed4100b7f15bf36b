/*
 * Between the contract's messages and audit-log's own structs; audit_log_wire.c alone sees the
 * generated code. Whatever is encoded lies in the arena given.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_WIRE_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"
#include "common/wire/limits.h"
#include "services/audit-log/audit_log_store.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

/* The contract's numbers that the spec table names; audit_log_wire.c asserts that they are the
 * contract's. */
enum audit_log_request_kind {
    AUDIT_LOG_REQUEST_HEAD = 96,
    AUDIT_LOG_REQUEST_LEAVES = 97,
    AUDIT_LOG_REQUEST_STREAM = 98,
    AUDIT_LOG_REQUEST_CASE = 99
};

enum audit_log_event_type {
    AUDIT_LOG_EVENT_SERVICE_RECOVERED = 2,
    AUDIT_LOG_EVENT_KEY_AUTHORISED = 16,
    AUDIT_LOG_EVENT_KEY_REVOKED = 17
};

enum audit_log_role {
    AUDIT_LOG_ROLE_NODE = 1,
    AUDIT_LOG_ROLE_OFFICER = 3,
    AUDIT_LOG_ROLE_REVIEWER = 4,
    AUDIT_LOG_ROLE_OPERATOR = 7,
    AUDIT_LOG_ROLE_AUDITOR = 8
};

/* What a page may take: a frame, less its envelope (at most a status, a detail and three numbers).
 * Any one leaf fits. */
#define AUDIT_LOG_PAGE_BYTES_MAX (LIMIT_FRAME_BYTES - 1024u - AUDIT_LOG_NODE_BYTES)

/* What comes in, as generated. */
extern const ProtobufCMessageDescriptor netra__v1__empty__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__list_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__audit_stream_request__descriptor;
extern const ProtobufCMessageDescriptor netra__v1__case_request__descriptor;

/* A ListRequest whose `after` is how many leaves were seen: the first index of the page.
 * STATUS_OUT_OF_RANGE: rows_max is not 1 to LIMIT_LIST_ROWS, or `after` is no index. */
enum status audit_log_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                     uint32_t *ret_rows_max, struct diag *diag) MUST_USE;

/* An AuditStreamRequest. STATUS_OUT_OF_RANGE: as above, or the stream id isn't 16 bytes. */
enum status audit_log_wire_read_stream(const ProtobufCMessage *message,
                                       uint8_t stream_id[STREAM_ID_SIZE], uint64_t *ret_after,
                                       uint32_t *ret_rows_max, struct diag *diag) MUST_USE;

/* A CaseRequest by handle. STATUS_OUT_OF_RANGE: the handle isn't 16 bytes, or it came with a case
 * number, which only intake knows. */
enum status audit_log_wire_read_case(const ProtobufCMessage *message,
                                     uint8_t case_handle[CASE_HANDLE_SIZE],
                                     struct diag *diag) MUST_USE;

/* An AuditHead. STATUS_NO_MEMORY. */
enum status audit_log_wire_head(const char *origin, const struct audit_log_signed *newest,
                                struct view verifier_key, struct arena *arena,
                                struct view *ret_bytes) MUST_USE;

/* AuditLeaves. STATUS_NO_MEMORY. */
enum status audit_log_wire_page(const struct audit_log_page *page, struct arena *arena,
                                struct view *ret_bytes) MUST_USE;

#endif
