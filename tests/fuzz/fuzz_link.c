/* Frames of a pipeline: Hello, Batch with each of its entries, Ack (link_wire.c). */
#include "common/delivery/link_wire.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/link.pb-c.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_position(const struct position *a, const struct position *b)
{
    FUZZ_CHECK(a->seq == b->seq);
    FUZZ_CHECK(memcmp(a->stream_id, b->stream_id, STREAM_ID_SIZE) == 0);
    FUZZ_CHECK(memcmp(a->digest, b->digest, SHA256_SIZE) == 0);
}

static void check_ack(const struct link_ack *a, const struct link_ack *b)
{
    check_position(&a->position, &b->position);
    FUZZ_CHECK(a->credit_entries == b->credit_entries && a->credit_bytes == b->credit_bytes);
    FUZZ_CHECK(a->has_echo == b->has_echo);
    FUZZ_CHECK(memcmp(a->echo, b->echo, LINK_NUMBER_SIZE) == 0);
    FUZZ_CHECK(memcmp(a->store_id, b->store_id, STREAM_ID_SIZE) == 0);
}

static void decode_again(struct view bytes, struct arena *arena, enum link_kind kind,
                         struct link_frame *ret_frame)
{
    struct diag diag = {0};
    FUZZ_CHECK(link_frame_decode(bytes, arena, ret_frame, &diag) == STATUS_OK);
    FUZZ_CHECK(ret_frame->kind == kind);
}

static void hello(const struct link_hello *first, struct arena *arena)
{
    struct link_frame frame;
    struct view bytes;
    FUZZ_CHECK(first->contract_min <= LINK_CONTRACT_MAX);
    FUZZ_CHECK(first->contract_max >= LINK_CONTRACT_MIN);
    FUZZ_CHECK(link_hello_encode(first, arena, &bytes) == STATUS_OK);
    decode_again(bytes, arena, LINK_HELLO, &frame);
    const struct link_hello *second = &frame.as.hello;
    FUZZ_CHECK(strcmp(first->from, second->from) == 0);
    FUZZ_CHECK(memcmp(first->number, second->number, LINK_NUMBER_SIZE) == 0);
    FUZZ_CHECK(first->contract_min == second->contract_min);
    FUZZ_CHECK(first->contract_max == second->contract_max);
    FUZZ_CHECK(first->has_echo == second->has_echo && first->has_held == second->has_held);
    FUZZ_CHECK(memcmp(first->echo, second->echo, LINK_NUMBER_SIZE) == 0);
    check_position(&first->end, &second->end);
    if (first->has_held)
        check_ack(&first->held, &second->held);
}

static void ack(const struct link_ack *first, struct arena *arena)
{
    struct link_frame frame;
    struct view bytes;
    FUZZ_CHECK(link_ack_encode(first, arena, &bytes) == STATUS_OK);
    decode_again(bytes, arena, LINK_ACK, &frame);
    check_ack(first, &frame.as.ack);
}

/* What came through is what its producer may make. */
static void check_entry(const struct queued_entry *entry)
{
    uint8_t header[HEADER_SIZE];
    struct diag diag = {0};
    if (entry->is_gap) {
        FUZZ_CHECK(entry->through.seq != 0);
        return;
    }
    header_encode(&entry->header, header);
    FUZZ_CHECK(memcmp(header, entry->header_bytes, HEADER_SIZE) == 0);
    FUZZ_CHECK(header_check(&entry->header, entry->payload, &diag) == STATUS_OK);
    FUZZ_CHECK(entry->payload.size <= LIMIT_EVENT_PAYLOAD_BYTES);
    FUZZ_CHECK(entry->through.seq == entry->header.seq);
}

/* Batches are read without protobuf-c: it must find the same in them. */
static void check_as_protobuf(const struct queued_entry *entry, const Netra__V1__Entry *message)
{
    FUZZ_CHECK(entry->is_gap == (message->gap_seq != 0));
    if (entry->is_gap) {
        FUZZ_CHECK(entry->through.seq == message->gap_seq);
        FUZZ_CHECK(memcmp(entry->through.digest, message->gap_digest.data, SHA256_SIZE) == 0);
        if (entry->key_state == ENTRY_KEY_HERE)
            FUZZ_CHECK(view_equals(view_of(entry->header.case_handle, CASE_HANDLE_SIZE),
                                   wire_view(message->case_handle)));
    } else {
        FUZZ_CHECK(memcmp(entry->header_bytes, message->header.data, HEADER_SIZE) == 0);
        FUZZ_CHECK(view_equals(entry->payload, wire_view(message->payload)));
    }
    FUZZ_CHECK((entry->key_state == ENTRY_KEY_HERE) == (message->case_key.len > 0));
    if (message->case_key.len > 0)
        FUZZ_CHECK(memcmp(entry->case_key, message->case_key.data, CASE_KEY_SIZE) == 0);
}

static const Netra__V1__Batch *unpack_batch(struct view bytes, struct arena *arena)
{
    ProtobufCMessage *unpacked = NULL;
    struct diag diag = {0};
    FUZZ_CHECK(wire_unpack(&netra__v1__frame__descriptor, bytes, arena, &unpacked, &diag) ==
               STATUS_OK);
    const Netra__V1__Frame *frame = (const Netra__V1__Frame *)unpacked;
    FUZZ_CHECK(frame->body_case == NETRA__V1__FRAME__BODY_BATCH);
    return frame->batch;
}

static void batch(const struct link_batch *batch, const Netra__V1__Batch *message)
{
    FUZZ_CHECK(batch->entry_count == message->n_entries);
    FUZZ_CHECK(batch->before.seq == message->before->seq);
    FUZZ_CHECK(batch->entry_count >= 1 && batch->entry_count <= LIMIT_BATCH_ENTRIES);
    FUZZ_CHECK(!view_is_zero(view_of(batch->before.stream_id, STREAM_ID_SIZE)));
    for (unsigned i = 0; i < batch->entry_count; i++) {
        struct queued_entry entry;
        struct diag diag = {0};
        enum status status = link_batch_entry(batch, i, &entry, &diag);
        if (status == STATUS_OK) {
            check_entry(&entry);
            check_as_protobuf(&entry, message->entries[i]);
        } else {
            fuzz_check_refused(status, &diag);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct link_frame frame;
    struct diag diag = {0};
    enum status status = link_frame_decode(view_of(bytes, size), arena, &frame, &diag);
    if (status != STATUS_OK) {
        fuzz_check_refused(status, &diag);
        return 0;
    }
    switch (frame.kind) {
    case LINK_HELLO:
        hello(&frame.as.hello, arena);
        break;
    case LINK_BATCH:
        batch(&frame.as.batch, unpack_batch(view_of(bytes, size), arena));
        break;
    case LINK_ACK:
        ack(&frame.as.ack, arena);
        break;
    }
    fuzz_done();
    return 0;
}
