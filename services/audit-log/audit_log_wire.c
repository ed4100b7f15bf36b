/* The contract's messages, to and from audit-log's own structs. */
#include "services/audit-log/audit_log_wire.h"

#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"

#include <string.h>

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(AUDIT_LOG_REQUEST_HEAD, NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_HEAD);
SAME(AUDIT_LOG_REQUEST_LEAVES, NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_LEAVES);
SAME(AUDIT_LOG_REQUEST_STREAM, NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_STREAM);
SAME(AUDIT_LOG_REQUEST_CASE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_AUDIT_CASE);
SAME(AUDIT_LOG_EVENT_SERVICE_RECOVERED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_SERVICE_RECOVERED);
SAME(AUDIT_LOG_EVENT_KEY_AUTHORISED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED);
SAME(AUDIT_LOG_EVENT_KEY_REVOKED, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED);
SAME(AUDIT_LOG_ROLE_NODE, NETRA__V1__ROLE__ROLE_NODE);
SAME(AUDIT_LOG_ROLE_OFFICER, NETRA__V1__ROLE__ROLE_OFFICER);
SAME(AUDIT_LOG_ROLE_REVIEWER, NETRA__V1__ROLE__ROLE_REVIEWER);
SAME(AUDIT_LOG_ROLE_OPERATOR, NETRA__V1__ROLE__ROLE_OPERATOR);
SAME(AUDIT_LOG_ROLE_AUDITOR, NETRA__V1__ROLE__ROLE_AUDITOR);

/* protobuf-c's text fields are char *, though packing never writes through them: a copy keeps
 * const honest, and ends the text (the arena's bytes are zero). NULL when the arena is full. */
static char *text_in(struct arena *arena, struct view text)
{
    char *copy = arena_take(arena, text.size + 1);
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.bytes, text.size);
    return copy;
}

static enum status check_page_request(uint64_t after, uint32_t rows_max, const char *after_name,
                                      struct diag *diag)
{
    if (rows_max == 0 || rows_max > LIMIT_LIST_ROWS) {
        diag_set(diag, "rows_max: expected 1 to %u", LIMIT_LIST_ROWS);
        return STATUS_OUT_OF_RANGE;
    }
    if (after > INT64_MAX) {
        diag_set(diag, "%s: expected below 2^63", after_name);
        return STATUS_OUT_OF_RANGE;
    }
    return STATUS_OK;
}

enum status audit_log_wire_read_list(const ProtobufCMessage *message, uint64_t *ret_after,
                                     uint32_t *ret_rows_max, struct diag *diag)
{
    const Netra__V1__ListRequest *request = (const Netra__V1__ListRequest *)message;
    *ret_after = request->after;
    *ret_rows_max = request->rows_max;
    return check_page_request(request->after, request->rows_max, "after", diag);
}

enum status audit_log_wire_read_stream(const ProtobufCMessage *message,
                                       uint8_t stream_id[STREAM_ID_SIZE], uint64_t *ret_after,
                                       uint32_t *ret_rows_max, struct diag *diag)
{
    const Netra__V1__AuditStreamRequest *request = (const Netra__V1__AuditStreamRequest *)message;
    *ret_after = request->after_seq;
    *ret_rows_max = request->rows_max;
    TRY(wire_exact(request->stream_id, stream_id, STREAM_ID_SIZE, "stream_id", diag));
    return check_page_request(request->after_seq, request->rows_max, "after_seq", diag);
}

enum status audit_log_wire_read_case(const ProtobufCMessage *message,
                                     uint8_t case_handle[CASE_HANDLE_SIZE], struct diag *diag)
{
    const Netra__V1__CaseRequest *request = (const Netra__V1__CaseRequest *)message;
    if (request->case_number[0] != '\0') {
        diag_set(diag, "case_number: expected none, only intake knows numbers");
        return STATUS_OUT_OF_RANGE;
    }
    return wire_exact(request->case_handle, case_handle, CASE_HANDLE_SIZE, "case_handle", diag);
}

enum status audit_log_wire_head(const char *origin, const struct audit_log_signed *newest,
                                struct view verifier_key, struct arena *arena,
                                struct view *ret_bytes)
{
    Netra__V1__AuditHead message;
    netra__v1__audit_head__init(&message);
    message.origin = text_in(arena, view_of_text(origin));
    message.verifier_key = text_in(arena, verifier_key);
    if (message.origin == NULL || message.verifier_key == NULL)
        return STATUS_NO_MEMORY;
    message.size = newest->size;
    message.root = wire_bytes(view_of(newest->root, SHA256_SIZE));
    message.checkpoint = wire_bytes(view_of(newest->checkpoint, newest->checkpoint_size));
    return wire_pack(&message.base, arena, ret_bytes);
}

static void fill_leaf(const struct audit_log_row *row, Netra__V1__AuditLeaf *message)
{
    netra__v1__audit_leaf__init(message);
    message->index = row->index;
    message->leaf = wire_bytes(view_of(row->leaf, HEADER_SIZE));
    message->leaf_hash = wire_bytes(view_of(row->leaf_hash, SHA256_SIZE));
    message->payload = wire_bytes(row->payload);
}

enum status audit_log_wire_page(const struct audit_log_page *page, struct arena *arena,
                                struct view *ret_bytes)
{
    Netra__V1__AuditLeaf *leaves = arena_take(arena, page->count * sizeof(*leaves));
    Netra__V1__AuditLeaf **pointers = arena_take(arena, page->count * sizeof(*pointers));
    Netra__V1__AuditLeaves message;
    Netra__V1__AuditNode node;
    Netra__V1__AuditNode *nodes[] = {&node};
    if (leaves == NULL || pointers == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < page->count; i++) {
        fill_leaf(&page->rows[i], &leaves[i]);
        pointers[i] = &leaves[i];
    }
    netra__v1__audit_leaves__init(&message);
    message.n_leaves = page->count;
    message.leaves = pointers;
    netra__v1__audit_node__init(&node);
    if (page->has_node) {
        node.index = page->node_index;
        node.hash = wire_bytes(view_of(page->node_hash, SHA256_SIZE));
        message.n_nodes = 1;
        message.nodes = nodes;
    }
    return wire_pack(&message.base, arena, ret_bytes);
}
