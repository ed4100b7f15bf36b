/*
 * The entries that were received from one producer and are not applied yet, first in, first out.
 *
 * Why: an entry may have to wait (for its cause, its key, a worker's result) while the inlet is
 * read on. What waits is bounded by the credit that was granted, so the queue can't overflow
 * unless the producer breaks the protocol.
 * Owns: one mapping: the table of entries and a ring for their payloads. Case keys lie in it:
 * wiped as entries leave, kept out of dumps.
 * Limits: CREDIT_ENTRIES entries, CREDIT_BYTES bytes of payload beside one event of the largest
 * size.
 * Errors: none; a push that doesn't fit yields NULL.
 */
#ifndef NETRA_DELIVERY_ENTRY_QUEUE_H
#define NETRA_DELIVERY_ENTRY_QUEUE_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/delivery/position.h"
#include "common/wire/limits.h"
#include "common/wire/seal.h"

#include <stdbool.h>

#define CREDIT_ENTRIES 1024u  /* four full batches: enough to keep both sides busy during a sync */
#define CREDIT_BYTES 2097152u /* and as many bytes as those take with 2 KiB payloads */

/* Where an entry stands on its way to being applied. */
enum entry_key_state {
    ENTRY_KEY_UNNEEDED, /* in the clear, or content nobody here reads */
    ENTRY_KEY_MISSING,  /* to be asked for at intake's door */
    ENTRY_KEY_ASKED,
    ENTRY_KEY_HERE,
    ENTRY_KEY_ERASED /* intake has none any more */
};

struct queued_entry {
    struct position through; /* this entry's stream and seq, the digest after it */
    bool is_gap;             /* a gap marker: `through` counts, and a key that it tells */
    bool is_counted;         /* a death of it was counted by this process */
    bool is_offered;         /* the app was told of it */
    enum entry_key_state key_state;
    enum status condemned; /* not OK: to be dead-lettered with this */
    struct event_header header;
    uint8_t header_bytes[HEADER_SIZE];
    uint8_t case_key[CASE_KEY_SIZE];
    struct view payload; /* lies in the ring; valid until the entry is popped */
};

struct entry_queue {
    struct arena memory;
    struct queued_entry *entries; /* CREDIT_ENTRIES rows, a ring */
    uint8_t *ring;
    size_t ring_size;
    size_t ring_head; /* where the oldest payload begins */
    size_t ring_tail; /* where the next payload goes */
    unsigned first;   /* row of the oldest entry */
    unsigned count;
    size_t bytes; /* payload bytes waiting */
};

/* STATUS_SYSTEM_FAILED when the memory is refused. */
enum status entry_queue_open(struct entry_queue *queue) MUST_USE;
void entry_queue_close(struct entry_queue *queue);

/* Appends a copy of the entry (its payload view is borrowed for the call). NULL when it doesn't
 * fit. */
struct queued_entry *entry_queue_push(struct entry_queue *queue, const struct queued_entry *entry);

/* The entry `index` places behind the oldest; NULL beyond the end. */
struct queued_entry *entry_queue_at(struct entry_queue *queue, unsigned index);

/* Drops the oldest entry, wiping its key and payload. The queue must not be empty. */
void entry_queue_pop(struct entry_queue *queue);

/* Drops them all. */
void entry_queue_clear(struct entry_queue *queue);

#endif
