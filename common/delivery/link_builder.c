/*
 * Building a batch: events as bytes that are never re-encoded, gap markers for what the
 * destination has no use for.
 */
#include "common/base/invariant.h"
#include "common/delivery/link_wire.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/link.pb-c.h"

#include <string.h>

/* Tags, lengths and the case key around one entry, and around the batch: generous bounds. */
#define ENTRY_OVERHEAD (HEADER_SIZE + CASE_KEY_SIZE + 32u)
#define BATCH_OVERHEAD 256u

struct entries {
    Netra__V1__Entry *pointers[LIMIT_BATCH_ENTRIES];
    Netra__V1__Entry rows[LIMIT_BATCH_ENTRIES];
};

enum status link_builder_open(struct link_builder *builder, struct arena *arena,
                              const struct position *before)
{
    *builder = (struct link_builder){
        .arena = arena,
        .entries = arena_take(arena, sizeof(struct entries)),
        .bytes = BATCH_OVERHEAD,
        .before = *before,
        .through = *before,
    };
    return builder->entries == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

bool link_builder_fits(const struct link_builder *builder, size_t payload_size)
{
    return builder->count < LIMIT_BATCH_ENTRIES &&
           builder->bytes + ENTRY_OVERHEAD + payload_size <= LIMIT_FRAME_BYTES;
}

static Netra__V1__Entry *next_row(struct link_builder *builder, size_t payload_size)
{
    struct entries *entries = builder->entries;
    INVARIANT(builder->count < LIMIT_BATCH_ENTRIES);
    Netra__V1__Entry *row = &entries->rows[builder->count];
    netra__v1__entry__init(row);
    entries->pointers[builder->count] = row;
    builder->count++;
    builder->bytes += ENTRY_OVERHEAD + payload_size;
    return row;
}

/* A copy in the arena as a protobuf-c bytes field. */
static enum status copy_bytes(struct arena *arena, struct view from, ProtobufCBinaryData *to)
{
    uint8_t *copy = arena_copy(arena, from);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    *to = (ProtobufCBinaryData){.data = copy, .len = from.size};
    return STATUS_OK;
}

enum status link_builder_event(struct link_builder *builder, const struct event_log_row *row,
                               uint64_t seq, const uint8_t *case_key)
{
    Netra__V1__Entry *entry = next_row(builder, row->payload.size);
    builder->is_gap_open = false;
    builder->through.seq = seq;
    TRY(copy_bytes(builder->arena, view_of(row->header_bytes, HEADER_SIZE), &entry->header));
    TRY(copy_bytes(builder->arena, row->payload, &entry->payload));
    if (case_key == NULL)
        return STATUS_OK;
    return copy_bytes(builder->arena, view_of(case_key, CASE_KEY_SIZE), &entry->case_key);
}

enum status link_builder_gap(struct link_builder *builder, const struct event_log_row *row,
                             uint64_t seq)
{
    struct entries *entries = builder->entries;
    Netra__V1__Entry *entry =
        builder->is_gap_open ? &entries->rows[builder->count - 1] : next_row(builder, 0);
    if (!builder->is_gap_open)
        TRY(copy_bytes(builder->arena, view_of(row->digest, SHA256_SIZE), &entry->gap_digest));
    else
        memcpy(entry->gap_digest.data, row->digest, SHA256_SIZE);
    entry->gap_seq = seq;
    builder->is_gap_open = true;
    builder->through.seq = seq;
    return STATUS_OK;
}

enum status link_builder_encode(struct link_builder *builder, struct view *ret_bytes)
{
    struct entries *entries = builder->entries;
    Netra__V1__Position before = NETRA__V1__POSITION__INIT;
    before.stream_id = wire_bytes(view_of(builder->before.stream_id, STREAM_ID_SIZE));
    before.digest = wire_bytes(view_of(builder->before.digest, SHA256_SIZE));
    before.seq = builder->before.seq;
    Netra__V1__Batch batch = NETRA__V1__BATCH__INIT;
    batch.before = &before;
    batch.n_entries = builder->count;
    batch.entries = entries->pointers;
    Netra__V1__Frame frame = NETRA__V1__FRAME__INIT;
    frame.body_case = NETRA__V1__FRAME__BODY_BATCH;
    frame.batch = &batch;
    return wire_pack(&frame.base, builder->arena, ret_bytes);
}
