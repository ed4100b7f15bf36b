/*
 * Frames of a pipeline to and from bytes.
 */
#include "common/delivery/link_wire.h"

#include "common/delivery/link_fields.h"
#include "common/wire/fields.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/link.pb-c.h"

#include <string.h>

/* ---- decoding ---- */

static enum status decode_position(const Netra__V1__Position *message,
                                   struct position *ret_position, const char *name,
                                   struct diag *diag)
{
    *ret_position = (struct position){0};
    if (message == NULL || message->stream_id.len == 0)
        return STATUS_OK;
    TRY(wire_exact(message->stream_id, ret_position->stream_id, STREAM_ID_SIZE, name, diag));
    TRY(wire_exact(message->digest, ret_position->digest, SHA256_SIZE, name, diag));
    ret_position->seq = message->seq;
    return STATUS_OK;
}

static enum status decode_echo(ProtobufCBinaryData echo, bool *ret_has, uint8_t *to,
                               struct diag *diag)
{
    *ret_has = echo.len > 0;
    return *ret_has ? wire_exact(echo, to, LINK_NUMBER_SIZE, "echo", diag) : STATUS_OK;
}

static enum status decode_ack(const Netra__V1__Ack *message, struct link_ack *ret_ack,
                              struct diag *diag)
{
    *ret_ack = (struct link_ack){
        .credit_entries = message->credit_entries,
        .credit_bytes = message->credit_bytes,
    };
    TRY(decode_position(message->position, &ret_ack->position, "ack.position", diag));
    TRY(decode_position(message->received, &ret_ack->received, "ack.received", diag));
    TRY(decode_echo(message->echo, &ret_ack->has_echo, ret_ack->echo, diag));
    return wire_exact(message->store_id, ret_ack->store_id, STREAM_ID_SIZE, "ack.store_id", diag);
}

static enum status decode_hello(const Netra__V1__Hello *message, struct link_hello *ret_hello,
                                struct diag *diag)
{
    *ret_hello = (struct link_hello){
        .from = message->from,
        .has_held = message->held != NULL,
        .contract_min = message->contract_min,
        .contract_max = message->contract_max,
    };
    if (message->contract_min > LINK_CONTRACT_MAX || message->contract_max < LINK_CONTRACT_MIN) {
        diag_set(diag, "hello: contract %u to %u, expected one that includes %u",
                 message->contract_min, message->contract_max, LINK_CONTRACT_MAX);
        return STATUS_CONTRACT_NEWER;
    }
    TRY(wire_exact(message->number, ret_hello->number, LINK_NUMBER_SIZE, "hello.number", diag));
    TRY(decode_position(message->end, &ret_hello->end, "hello.end", diag));
    TRY(decode_echo(message->echo, &ret_hello->has_echo, ret_hello->echo, diag));
    if (message->held == NULL)
        return STATUS_OK;
    TRY(decode_ack(message->held, &ret_hello->held, diag));
    ret_hello->held.has_echo = ret_hello->has_echo;
    memcpy(ret_hello->held.echo, ret_hello->echo, LINK_NUMBER_SIZE);
    return STATUS_OK;
}

/* What a stream's first event says. The payload is in the clear. */
static enum status open_opening(const Netra__V1__Entry *entry, struct arena *arena,
                                struct view *ret_payload, struct diag *diag)
{
    struct event_header header;
    enum status status = header_decode(wire_view(entry->header), &header);
    if (status == STATUS_OK)
        status =
            seal_open(arena, NULL, entry->header.data, wire_view(entry->payload), ret_payload);
    if (status != STATUS_OK)
        diag_set(diag, "batch.entries: a stream's first event that can't be opened");
    return status;
}

/* What an opening names of one stream; nothing where it names none. */
static enum status decode_closing(ProtobufCBinaryData stream_id, uint64_t seq,
                                  ProtobufCBinaryData digest, struct position *ret_position,
                                  struct diag *diag)
{
    if (stream_id.len == 0)
        return STATUS_OK;
    ret_position->seq = seq;
    TRY(wire_exact(stream_id, ret_position->stream_id, STREAM_ID_SIZE, "stream_opened: a stream",
                   diag));
    return wire_exact(digest, ret_position->digest, SHA256_SIZE, "stream_opened: a digest", diag);
}

/* Notes it when the batch begins with a stream's first event. */
static enum status decode_opening(const Netra__V1__Entry *entry, struct arena *arena,
                                  struct link_batch *batch, struct diag *diag)
{
    struct view payload = {0};
    if (batch->before.seq != 0 || entry->header.len == 0)
        return STATUS_OK;
    TRY(open_opening(entry, arena, &payload, diag));
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__stream_opened__descriptor, payload, arena, &unpacked, diag));
    const Netra__V1__StreamOpened *opened = (const Netra__V1__StreamOpened *)unpacked;
    batch->is_opening = true;
    TRY(decode_closing(opened->closed_stream, opened->closed_seq, opened->closed_digest,
                       &batch->opening.closed, diag));
    return decode_closing(opened->own_stream, opened->own_seq, opened->own_digest,
                          &batch->opening.own, diag);
}

/* ---- a batch's bytes ---- */

/* Batches are read where they stand in the frame; of a field that is given twice the last counts,
 * as with protobuf-c. */

static void read_position(struct view bytes, Netra__V1__Position *ret_message)
{
    struct wire_field field;
    netra__v1__position__init(ret_message);
    while (wire_field_take(&bytes, &field)) {
        if (field.number == LINK_POSITION_STREAM_ID)
            ret_message->stream_id = wire_bytes(field.bytes);
        else if (field.number == LINK_POSITION_SEQ)
            ret_message->seq = field.value;
        else if (field.number == LINK_POSITION_DIGEST)
            ret_message->digest = wire_bytes(field.bytes);
    }
}

static void read_entry(struct view bytes, Netra__V1__Entry *ret_message)
{
    struct wire_field field;
    netra__v1__entry__init(ret_message);
    while (wire_field_take(&bytes, &field)) {
        if (field.number == LINK_ENTRY_HEADER)
            ret_message->header = wire_bytes(field.bytes);
        else if (field.number == LINK_ENTRY_PAYLOAD)
            ret_message->payload = wire_bytes(field.bytes);
        else if (field.number == LINK_ENTRY_CASE_KEY)
            ret_message->case_key = wire_bytes(field.bytes);
        else if (field.number == LINK_ENTRY_GAP_SEQ)
            ret_message->gap_seq = field.value;
        else if (field.number == LINK_ENTRY_GAP_DIGEST)
            ret_message->gap_digest = wire_bytes(field.bytes);
        else if (field.number == LINK_ENTRY_CASE_HANDLE)
            ret_message->case_handle = wire_bytes(field.bytes);
    }
}

/* Notes where the entries stand; the position before them is written where there is one. */
static enum status read_batch(struct view bytes, struct arena *arena, struct link_batch *batch,
                              Netra__V1__Position *ret_before, struct diag *diag)
{
    struct view *entries = arena_take(arena, LIMIT_BATCH_ENTRIES * sizeof *entries);
    struct wire_field field;
    size_t count = 0;
    netra__v1__position__init(ret_before);
    if (entries == NULL)
        return STATUS_NO_MEMORY;
    while (wire_field_take(&bytes, &field)) {
        if (field.number == LINK_BATCH_BEFORE)
            read_position(field.bytes, ret_before);
        if (field.number != LINK_BATCH_ENTRIES)
            continue;
        if (count < LIMIT_BATCH_ENTRIES)
            entries[count] = field.bytes;
        count++;
    }
    if (count == 0 || count > LIMIT_BATCH_ENTRIES) {
        diag_set(diag, "batch.entries: %zu, expected 1 to %u", count, LIMIT_BATCH_ENTRIES);
        return STATUS_OUT_OF_RANGE;
    }
    batch->entries = entries;
    batch->entry_count = (unsigned)count;
    return STATUS_OK;
}

static enum status decode_batch(struct view bytes, struct arena *arena,
                                struct link_batch *ret_batch, struct diag *diag)
{
    Netra__V1__Position before;
    Netra__V1__Entry first;
    *ret_batch = (struct link_batch){.entry_count = 0};
    TRY(read_batch(bytes, arena, ret_batch, &before, diag));
    TRY(decode_position(&before, &ret_batch->before, "batch.before", diag));
    if (view_is_zero(view_of(ret_batch->before.stream_id, STREAM_ID_SIZE))) {
        diag_set(diag, "batch.before: expected a stream id");
        return STATUS_FIELD_MISSING;
    }
    read_entry(ret_batch->entries[0], &first);
    return decode_opening(&first, arena, ret_batch, diag);
}

/* Whether the frame's body, the last one given, is a batch, and its bytes. */
static bool find_batch(struct view frame, struct view *ret_batch)
{
    struct wire_field field;
    bool is_batch = false;
    while (wire_field_take(&frame, &field)) {
        if (field.number == LINK_FRAME_BATCH)
            *ret_batch = field.bytes;
        if (field.number <= LINK_FRAME_BODIES)
            is_batch = field.number == LINK_FRAME_BATCH;
    }
    return is_batch;
}

/* ---- frames ---- */

static enum status decode_small(struct view bytes, struct arena *arena,
                                struct link_frame *ret_frame, struct diag *diag)
{
    ProtobufCMessage *unpacked = NULL;
    TRY(wire_unpack(&netra__v1__frame__descriptor, bytes, arena, &unpacked, diag));
    const Netra__V1__Frame *message = (const Netra__V1__Frame *)unpacked;
    if (message->body_case == NETRA__V1__FRAME__BODY_HELLO) {
        ret_frame->kind = LINK_HELLO;
        return decode_hello(message->hello, &ret_frame->as.hello, diag);
    }
    if (message->body_case == NETRA__V1__FRAME__BODY_ACK) {
        ret_frame->kind = LINK_ACK;
        return decode_ack(message->ack, &ret_frame->as.ack, diag);
    }
    diag_set(diag, "frame: expected hello, batch or ack");
    return STATUS_FIELD_MISSING;
}

enum status link_frame_decode(struct view bytes, struct arena *arena, struct link_frame *ret_frame,
                              struct diag *diag)
{
    struct view batch;
    TRY(wire_scan(&netra__v1__frame__descriptor, bytes, diag));
    if (!find_batch(bytes, &batch))
        return decode_small(bytes, arena, ret_frame, diag);
    ret_frame->kind = LINK_BATCH;
    return decode_batch(batch, arena, &ret_frame->as.batch, diag);
}

static enum status decode_told_key(const Netra__V1__Entry *entry, struct queued_entry *ret_entry,
                                   struct diag *diag)
{
    TRY(wire_exact(entry->case_handle, ret_entry->header.case_handle, CASE_HANDLE_SIZE,
                   "entry.case_handle", diag));
    TRY(wire_exact(entry->case_key, ret_entry->case_key, CASE_KEY_SIZE, "entry.case_key", diag));
    ret_entry->key_state = ENTRY_KEY_HERE;
    return STATUS_OK;
}

enum status link_batch_entry(const struct link_batch *batch, unsigned index,
                             struct queued_entry *ret_entry, struct diag *diag)
{
    Netra__V1__Entry message;
    const Netra__V1__Entry *entry = &message;
    read_entry(batch->entries[index], &message);
    *ret_entry = (struct queued_entry){.condemned = STATUS_OK};
    memcpy(ret_entry->through.stream_id, batch->before.stream_id, STREAM_ID_SIZE);
    if (entry->gap_seq != 0) {
        ret_entry->is_gap = true;
        ret_entry->through.seq = entry->gap_seq;
        TRY(wire_exact(entry->gap_digest, ret_entry->through.digest, SHA256_SIZE,
                       "entry.gap_digest", diag));
        return entry->case_key.len == 0 ? STATUS_OK : decode_told_key(entry, ret_entry, diag);
    }
    TRY(wire_exact(entry->header, ret_entry->header_bytes, HEADER_SIZE, "entry.header", diag));
    if (header_decode(wire_view(entry->header), &ret_entry->header) != STATUS_OK) {
        diag_set(diag, "entry.header: not a leaf of this version");
        return STATUS_MALFORMED;
    }
    ret_entry->payload = wire_view(entry->payload);
    TRY(header_check(&ret_entry->header, ret_entry->payload, diag));
    memcpy(ret_entry->through.stream_id, ret_entry->header.stream_id, STREAM_ID_SIZE);
    ret_entry->through.seq = ret_entry->header.seq;
    ret_entry->key_state = ENTRY_KEY_UNNEEDED;
    if (entry->case_key.len == 0)
        return STATUS_OK;
    ret_entry->key_state = ENTRY_KEY_HERE;
    return wire_exact(entry->case_key, ret_entry->case_key, CASE_KEY_SIZE, "entry.case_key", diag);
}

/* ---- encoding ---- */

/* Messages that point into the caller's structs; valid as long as those. */
static void fill_position(Netra__V1__Position *message, const struct position *position)
{
    netra__v1__position__init(message);
    if (view_is_zero(view_of(position->stream_id, STREAM_ID_SIZE)))
        return;
    message->stream_id = wire_bytes(view_of(position->stream_id, STREAM_ID_SIZE));
    message->digest = wire_bytes(view_of(position->digest, SHA256_SIZE));
    message->seq = position->seq;
}

/* What an Ack's message points into. */
struct ack_positions {
    Netra__V1__Position applied;
    Netra__V1__Position received;
};

static void fill_ack(Netra__V1__Ack *message, struct ack_positions *positions,
                     const struct link_ack *ack)
{
    netra__v1__ack__init(message);
    fill_position(&positions->applied, &ack->position);
    fill_position(&positions->received, &ack->received);
    message->position = &positions->applied;
    message->received = &positions->received;
    message->credit_entries = ack->credit_entries;
    message->credit_bytes = ack->credit_bytes;
    message->store_id = wire_bytes(view_of(ack->store_id, STREAM_ID_SIZE));
    if (ack->has_echo)
        message->echo = wire_bytes(view_of(ack->echo, LINK_NUMBER_SIZE));
}

enum status link_ack_encode(const struct link_ack *ack, struct arena *arena,
                            struct view *ret_bytes)
{
    struct ack_positions positions;
    Netra__V1__Ack message;
    fill_ack(&message, &positions, ack);
    Netra__V1__Frame frame = NETRA__V1__FRAME__INIT;
    frame.body_case = NETRA__V1__FRAME__BODY_ACK;
    frame.ack = &message;
    return wire_pack(&frame.base, arena, ret_bytes);
}

enum status link_hello_encode(const struct link_hello *hello, struct arena *arena,
                              struct view *ret_bytes)
{
    Netra__V1__Position end;
    struct ack_positions held_positions;
    Netra__V1__Ack held;
    Netra__V1__Hello message;
    netra__v1__hello__init(&message);
    const uint8_t *from = arena_copy(arena, view_of(hello->from, strlen(hello->from) + 1));
    if (from == NULL)
        return STATUS_NO_MEMORY;
    message.from = (char *)(uintptr_t)from;
    message.number = wire_bytes(view_of(hello->number, LINK_NUMBER_SIZE));
    message.contract_min = hello->contract_min;
    message.contract_max = hello->contract_max;
    fill_position(&end, &hello->end);
    message.end = &end;
    if (hello->has_echo)
        message.echo = wire_bytes(view_of(hello->echo, LINK_NUMBER_SIZE));
    if (hello->has_held) {
        fill_ack(&held, &held_positions, &hello->held);
        message.held = &held;
    }
    Netra__V1__Frame frame = NETRA__V1__FRAME__INIT;
    frame.body_case = NETRA__V1__FRAME__BODY_HELLO;
    frame.hello = &message;
    return wire_pack(&frame.base, arena, ret_bytes);
}
