/* The header's bytes and the chain over them; the layout stands in header.h. */
#include "common/wire/header.h"

#include "common/base/bytes.h"
#include "common/wire/limits.h"

#include <string.h>

static const char header_magic[] = "netra-leaf/v1\n";
static const char stream_magic[] = "netra-stream/v1\n";

enum offset {
    OFFSET_STREAM_ID = 14,
    OFFSET_SEQ = 30,
    OFFSET_TYPE = 38,
    OFFSET_SCHEMA = 40,
    OFFSET_CASE_HANDLE = 42,
    OFFSET_NUMBER_IN_CASE = 58,
    OFFSET_APPEND_TIME = 66,
    OFFSET_ACTOR_ROLE = 74,
    OFFSET_ACTOR_KEY_ID = 76,
    OFFSET_PREVIOUS_LEAF_HASH = 80,
    OFFSET_COMMITMENT = 112,
    OFFSET_CAUSE_STREAM_ID = 144,
    OFFSET_CAUSE_SEQ = 160,
    OFFSET_SIGNATURE = 168,
};

_Static_assert(sizeof(header_magic) - 1 == OFFSET_STREAM_ID, "the magic is 14 bytes");
_Static_assert(OFFSET_SIGNATURE + SIGNATURE_SIZE == HEADER_SIZE, "the signature ends the leaf");

void header_encode(const struct event_header *header, uint8_t bytes[HEADER_SIZE])
{
    memcpy(bytes, header_magic, OFFSET_STREAM_ID);
    memcpy(bytes + OFFSET_STREAM_ID, header->stream_id, STREAM_ID_SIZE);
    bytes_put_u64(bytes + OFFSET_SEQ, header->seq);
    bytes_put_u16(bytes + OFFSET_TYPE, header->type);
    bytes_put_u16(bytes + OFFSET_SCHEMA, header->schema);
    memcpy(bytes + OFFSET_CASE_HANDLE, header->case_handle, CASE_HANDLE_SIZE);
    bytes_put_u64(bytes + OFFSET_NUMBER_IN_CASE, header->number_in_case);
    bytes_put_u64(bytes + OFFSET_APPEND_TIME, header->append_time);
    bytes_put_u16(bytes + OFFSET_ACTOR_ROLE, header->actor_role);
    memcpy(bytes + OFFSET_ACTOR_KEY_ID, header->actor_key_id, KEY_ID_SIZE);
    memcpy(bytes + OFFSET_PREVIOUS_LEAF_HASH, header->previous_leaf_hash, SHA256_SIZE);
    memcpy(bytes + OFFSET_COMMITMENT, header->commitment, SHA256_SIZE);
    memcpy(bytes + OFFSET_CAUSE_STREAM_ID, header->cause_stream_id, STREAM_ID_SIZE);
    bytes_put_u64(bytes + OFFSET_CAUSE_SEQ, header->cause_seq);
    memcpy(bytes + OFFSET_SIGNATURE, header->signature, SIGNATURE_SIZE);
}

enum status header_decode(struct view bytes, struct event_header *ret_header)
{
    const uint8_t *from = bytes.bytes;

    if (bytes.size != HEADER_SIZE || memcmp(from, header_magic, OFFSET_STREAM_ID) != 0)
        return STATUS_MALFORMED;

    *ret_header = (struct event_header){
        .seq = bytes_get_u64(from + OFFSET_SEQ),
        .type = bytes_get_u16(from + OFFSET_TYPE),
        .schema = bytes_get_u16(from + OFFSET_SCHEMA),
        .number_in_case = bytes_get_u64(from + OFFSET_NUMBER_IN_CASE),
        .append_time = bytes_get_u64(from + OFFSET_APPEND_TIME),
        .actor_role = bytes_get_u16(from + OFFSET_ACTOR_ROLE),
        .cause_seq = bytes_get_u64(from + OFFSET_CAUSE_SEQ),
    };
    memcpy(ret_header->stream_id, from + OFFSET_STREAM_ID, STREAM_ID_SIZE);
    memcpy(ret_header->case_handle, from + OFFSET_CASE_HANDLE, CASE_HANDLE_SIZE);
    memcpy(ret_header->actor_key_id, from + OFFSET_ACTOR_KEY_ID, KEY_ID_SIZE);
    memcpy(ret_header->previous_leaf_hash, from + OFFSET_PREVIOUS_LEAF_HASH, SHA256_SIZE);
    memcpy(ret_header->commitment, from + OFFSET_COMMITMENT, SHA256_SIZE);
    memcpy(ret_header->cause_stream_id, from + OFFSET_CAUSE_STREAM_ID, STREAM_ID_SIZE);
    memcpy(ret_header->signature, from + OFFSET_SIGNATURE, SIGNATURE_SIZE);
    return STATUS_OK;
}

static enum status check_cause(const struct event_header *header, struct diag *diag)
{
    struct view cause = view_of(header->cause_stream_id, STREAM_ID_SIZE);

    if (view_is_zero(cause) != (header->cause_seq == 0)) {
        diag_set(diag, "cause: stream id and seq must both be there, or neither");
        return STATUS_MALFORMED;
    }
    /* A consumer applies nothing before its cause: this one would wait for ever. */
    if (header->cause_seq >= header->seq &&
        view_equals(cause, view_of(header->stream_id, STREAM_ID_SIZE))) {
        diag_set(diag, "cause: must come before the event itself");
        return STATUS_OUT_OF_RANGE;
    }
    return STATUS_OK;
}

enum status header_check(const struct event_header *header, struct view payload, struct diag *diag)
{
    if (view_is_zero(view_of(header->stream_id, STREAM_ID_SIZE))) {
        diag_set(diag, "stream id: must not be zero");
        return STATUS_OUT_OF_RANGE;
    }
    if (header->seq == 0 || header->type == 0) {
        diag_set(diag, "%s: must not be zero", header->seq == 0 ? "seq" : "event type");
        return STATUS_OUT_OF_RANGE;
    }
    if (header->number_in_case != 0 || header->append_time != 0 ||
        !view_is_zero(view_of(header->previous_leaf_hash, SHA256_SIZE))) {
        diag_set(diag, "number in the case, append time and previous leaf hash: must be zero, "
                       "audit-log fills them");
        return STATUS_MALFORMED;
    }
    TRY(check_cause(header, diag));
    if (payload.size == 0) {
        diag_set(diag, "payload: must not be empty");
        return STATUS_MALFORMED;
    }
    if (payload.size > LIMIT_EVENT_PAYLOAD_BYTES) {
        diag_set(diag, "payload: %zu bytes, at most %u", payload.size, LIMIT_EVENT_PAYLOAD_BYTES);
        return STATUS_EVENT_TOO_LARGE;
    }
    return STATUS_OK;
}

void chain_start(const uint8_t stream_id[STREAM_ID_SIZE], uint8_t digest[SHA256_SIZE])
{
    const struct view parts[] = {view_of_text(stream_magic), view_of(stream_id, STREAM_ID_SIZE)};

    sha256_of_parts(parts, 2, digest);
}

void chain_next(uint8_t digest[SHA256_SIZE], const uint8_t header[HEADER_SIZE])
{
    const struct view parts[] = {view_of(digest, SHA256_SIZE), view_of(header, HEADER_SIZE)};
    uint8_t next[SHA256_SIZE];

    sha256_of_parts(parts, 2, next);
    memcpy(digest, next, SHA256_SIZE);
}
