/*
 * The queue of received entries: a ring of rows beside a ring of payload bytes.
 */
#include "common/delivery/entry_queue.h"

#include "common/base/invariant.h"

#include <sodium.h>
#include <string.h>

/* Payloads are never split at the ring's end, so up to one payload's room is lost there. */
#define RING_BYTES ((size_t)CREDIT_BYTES + 2u * (size_t)LIMIT_EVENT_PAYLOAD_BYTES)

enum status entry_queue_open(struct entry_queue *queue)
{
    *queue = (struct entry_queue){.ring_size = RING_BYTES};
    size_t rows = CREDIT_ENTRIES * sizeof(struct queued_entry);
    TRY(arena_open(&queue->memory, rows + RING_BYTES + 64));
    queue->entries = arena_take(&queue->memory, rows);
    queue->ring = arena_take(&queue->memory, RING_BYTES);
    INVARIANT(queue->entries != NULL && queue->ring != NULL);
    return STATUS_OK;
}

void entry_queue_close(struct entry_queue *queue)
{
    arena_close(&queue->memory);
    *queue = (struct entry_queue){0};
}

/* Where `size` payload bytes fit in one piece; NULL when nowhere. */
static uint8_t *ring_place(struct entry_queue *queue, size_t size)
{
    if (queue->bytes == 0)
        queue->ring_head = queue->ring_tail = 0;
    bool is_wrapped = queue->ring_tail < queue->ring_head;
    size_t room = (is_wrapped ? queue->ring_head : queue->ring_size) - queue->ring_tail;
    if (size < room || (!is_wrapped && size == room))
        return queue->ring + queue->ring_tail;
    if (is_wrapped || size >= queue->ring_head)
        return NULL;
    queue->ring_tail = 0;
    return queue->ring;
}

struct queued_entry *entry_queue_push(struct entry_queue *queue, const struct queued_entry *entry)
{
    if (queue->count == CREDIT_ENTRIES)
        return NULL;
    size_t size = entry->payload.size;
    uint8_t *place = ring_place(queue, size);
    if (place == NULL)
        return NULL;
    struct queued_entry *row = &queue->entries[(queue->first + queue->count) % CREDIT_ENTRIES];
    *row = *entry;
    if (size > 0) {
        memcpy(place, entry->payload.bytes, size);
        queue->ring_tail = (size_t)(place - queue->ring) + size;
    }
    row->payload = view_of(place, size);
    queue->bytes += size;
    queue->count++;
    return row;
}

struct queued_entry *entry_queue_at(struct entry_queue *queue, unsigned index)
{
    if (index >= queue->count)
        return NULL;
    return &queue->entries[(queue->first + index) % CREDIT_ENTRIES];
}

void entry_queue_pop(struct entry_queue *queue)
{
    INVARIANT(queue->count > 0);
    struct queued_entry *row = &queue->entries[queue->first];
    if (row->payload.size > 0) {
        size_t offset = (size_t)(row->payload.bytes - queue->ring);
        sodium_memzero(queue->ring + offset, row->payload.size);
        queue->ring_head = offset + row->payload.size;
        queue->bytes -= row->payload.size;
    }
    sodium_memzero(row, sizeof *row);
    queue->first = (queue->first + 1) % CREDIT_ENTRIES;
    queue->count--;
}

void entry_queue_clear(struct entry_queue *queue)
{
    while (queue->count > 0)
        entry_queue_pop(queue);
}
