/*
 * Building a batch: events as bytes that are never re-encoded, gap markers for what the
 * destination has no use for. Each entry is written where it leaves from, in the format of
 * link.proto; the frame's beginning is written last, before them, when their length is known.
 */
#include "common/base/invariant.h"
#include "common/delivery/link_fields.h"
#include "common/delivery/link_wire.h"
#include "common/wire/fields.h"
#include "common/wire/limits.h"

#include <string.h>

/* Tags, lengths and the case key around one entry, and around the batch: generous bounds. */
#define ENTRY_OVERHEAD (HEADER_SIZE + CASE_KEY_SIZE + 32u)
#define BATCH_OVERHEAD 256u

#define HEAD_BYTES 8u /* more than the tag and length of any frame's batch */

/* Where `size` more bytes are to be written; NULL: no memory. Nothing else was taken from the
 * arena since the batch was begun. */
static uint8_t *make_room(struct link_builder *builder, size_t size)
{
    size_t end = builder->used + size;
    if (end > builder->room) {
        INVARIANT(builder->frame + builder->room == builder->arena->base + builder->arena->used);
        if (!arena_extend(builder->arena, end - builder->room))
            return NULL;
        builder->room = end;
    }
    return builder->frame + builder->used;
}

static void put_before(struct link_builder *builder)
{
    const struct position *before = &builder->before;
    size_t size = wire_bytes_size(STREAM_ID_SIZE) + wire_number_size(before->seq) +
                  wire_bytes_size(SHA256_SIZE);
    uint8_t *to = wire_put_head(builder->frame + builder->used, LINK_BATCH_BEFORE, size);
    to = wire_put_bytes(to, LINK_POSITION_STREAM_ID, view_of(before->stream_id, STREAM_ID_SIZE));
    to = wire_put_number(to, LINK_POSITION_SEQ, before->seq);
    to = wire_put_bytes(to, LINK_POSITION_DIGEST, view_of(before->digest, SHA256_SIZE));
    builder->used = (size_t)(to - builder->frame);
    INVARIANT(builder->used <= builder->room);
}

enum status link_builder_open(struct link_builder *builder, struct arena *arena,
                              const struct position *before)
{
    *builder = (struct link_builder){
        .arena = arena,
        .frame = arena_take(arena, BATCH_OVERHEAD),
        .room = BATCH_OVERHEAD,
        .used = HEAD_BYTES,
        .bytes = BATCH_OVERHEAD,
        .before = *before,
        .through = *before,
    };
    if (builder->frame == NULL)
        return STATUS_NO_MEMORY;
    put_before(builder);
    return STATUS_OK;
}

bool link_builder_fits(const struct link_builder *builder, size_t payload_size)
{
    return builder->count < LIMIT_BATCH_ENTRIES &&
           builder->bytes + ENTRY_OVERHEAD + payload_size <= LIMIT_FRAME_BYTES;
}

static void count_entry(struct link_builder *builder, size_t payload_size)
{
    INVARIANT(builder->count < LIMIT_BATCH_ENTRIES);
    builder->count++;
    builder->bytes += ENTRY_OVERHEAD + payload_size;
}

enum status link_builder_event(struct link_builder *builder, const struct event_log_row *row,
                               uint64_t seq, const uint8_t *case_key)
{
    struct view key = view_of(case_key, case_key == NULL ? 0 : CASE_KEY_SIZE);
    size_t size = wire_bytes_size(HEADER_SIZE) + wire_bytes_size(row->payload.size) +
                  wire_bytes_size(key.size);
    uint8_t *to = make_room(builder, wire_head_size(size) + size);
    if (to == NULL)
        return STATUS_NO_MEMORY;
    count_entry(builder, row->payload.size);
    to = wire_put_head(to, LINK_BATCH_ENTRIES, size);
    to = wire_put_bytes(to, LINK_ENTRY_HEADER, view_of(row->header_bytes, HEADER_SIZE));
    to = wire_put_bytes(to, LINK_ENTRY_PAYLOAD, row->payload);
    to = wire_put_bytes(to, LINK_ENTRY_CASE_KEY, key);
    builder->used = (size_t)(to - builder->frame);
    builder->is_gap_open = false;
    builder->through.seq = seq;
    return STATUS_OK;
}

/* Writes the gap marker that begins at gap_at, again if need be: it may have become longer. */
static enum status put_gap(struct link_builder *builder, uint64_t seq, const uint8_t *digest,
                           struct view case_handle, struct view case_key)
{
    const size_t size = wire_bytes_size(case_key.size) + wire_number_size(seq) +
                        wire_bytes_size(SHA256_SIZE) + wire_bytes_size(case_handle.size);
    builder->used = builder->gap_at;
    uint8_t *to = make_room(builder, wire_head_size(size) + size);
    if (to == NULL)
        return STATUS_NO_MEMORY;
    to = wire_put_head(to, LINK_BATCH_ENTRIES, size);
    to = wire_put_bytes(to, LINK_ENTRY_CASE_KEY, case_key);
    to = wire_put_number(to, LINK_ENTRY_GAP_SEQ, seq);
    to = wire_put_bytes(to, LINK_ENTRY_GAP_DIGEST, view_of(digest, SHA256_SIZE));
    to = wire_put_bytes(to, LINK_ENTRY_CASE_HANDLE, case_handle);
    builder->used = (size_t)(to - builder->frame);
    return STATUS_OK;
}

enum status link_builder_gap(struct link_builder *builder, const struct event_log_row *row,
                             uint64_t seq)
{
    if (!builder->is_gap_open) {
        builder->gap_at = builder->used;
        count_entry(builder, 0);
    }
    builder->is_gap_open = true;
    builder->through.seq = seq;
    return put_gap(builder, seq, row->digest, (struct view){0}, (struct view){0});
}

enum status link_builder_gap_key(struct link_builder *builder,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE],
                                 const uint8_t case_key[CASE_KEY_SIZE])
{
    uint8_t digest[SHA256_SIZE]; /* ends the gap marker as it stands */
    INVARIANT(builder->is_gap_open);
    memcpy(digest, builder->frame + builder->used - sizeof digest, sizeof digest);
    builder->is_gap_open = false;
    return put_gap(builder, builder->through.seq, digest, view_of(case_handle, CASE_HANDLE_SIZE),
                   view_of(case_key, CASE_KEY_SIZE));
}

struct view link_builder_encode(struct link_builder *builder)
{
    size_t size = builder->used - HEAD_BYTES;
    uint8_t *head = builder->frame + HEAD_BYTES - wire_head_size(size);
    wire_put_head(head, LINK_FRAME_BATCH, size);
    return view_of(head, wire_head_size(size) + size);
}
