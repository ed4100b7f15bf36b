/*
 * Frames of a pipeline to and from bytes: Hello, Batch, Ack (proto/netra/v1/link.proto). The only
 * file of delivery that sees link.pb-c.h is link_wire.c.
 */
#ifndef NETRA_DELIVERY_LINK_WIRE_H
#define NETRA_DELIVERY_LINK_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/delivery/entry_queue.h"
#include "common/delivery/event_log.h"
#include "common/delivery/inbox.h"
#include "common/delivery/position.h"

#include <stdbool.h>
#include <stdint.h>

#define LINK_NUMBER_SIZE 16u /* start[8] | counter[8] */
#define LINK_CONTRACT_MIN 1u
#define LINK_CONTRACT_MAX 1u

struct link_ack {
    struct position position; /* applied; zero stream id: nothing known */
    struct position received; /* there or beyond; zero stream id: nothing, or not told */
    uint64_t credit_entries;
    uint64_t credit_bytes;
    bool has_echo;
    uint8_t echo[LINK_NUMBER_SIZE];
    uint8_t store_id[STREAM_ID_SIZE];
};

struct link_hello {
    const char *from; /* in the arena when decoded */
    uint8_t number[LINK_NUMBER_SIZE];
    struct position end;
    bool has_held;
    struct link_ack held; /* its echo is the Hello's */
    uint32_t contract_min;
    uint32_t contract_max;
    bool has_echo;
    uint8_t echo[LINK_NUMBER_SIZE];
};

/* A batch as received: entries are decoded one by one. */
struct link_batch {
    struct position before;
    bool is_opening;              /* its first entry begins a stream */
    struct inbox_opening opening; /* then: what that says */
    const struct view *entries;   /* each as it stands in the frame; the list is in the arena */
    unsigned entry_count;
};

enum link_kind { LINK_HELLO, LINK_BATCH, LINK_ACK };

struct link_frame {
    enum link_kind kind;
    union {
        struct link_hello hello;
        struct link_batch batch;
        struct link_ack ack;
    } as;
};

/* Decodes and checks a frame: sizes, presence, contract. wire_unpack's statuses, and
 * STATUS_FIELD_MISSING, STATUS_OUT_OF_RANGE, STATUS_CONTRACT_NEWER; `diag` names the field. */
enum status link_frame_decode(struct view bytes, struct arena *arena, struct link_frame *ret_frame,
                              struct diag *diag) MUST_USE;

/* Entry `index` of a batch, checked as its producer checked it (header_check). The payload view
 * lies in the frame. Its `through.digest` is only set for a gap marker: the inbox computes the
 * others. A gap marker that tells a key (ENTRY_KEY_HERE) has the case's handle in its header. */
enum status link_batch_entry(const struct link_batch *batch, unsigned index,
                             struct queued_entry *ret_entry, struct diag *diag) MUST_USE;

/* Encoding. STATUS_NO_MEMORY. */
enum status link_hello_encode(const struct link_hello *hello, struct arena *arena,
                              struct view *ret_bytes) MUST_USE;
enum status link_ack_encode(const struct link_ack *ack, struct arena *arena,
                            struct view *ret_bytes) MUST_USE;

/* A batch under construction, in the arena, from which nothing else is taken meanwhile. */
struct link_builder {
    struct arena *arena;
    uint8_t *frame; /* what is written of it, behind room for its beginning */
    size_t used;    /* bytes of it */
    size_t room;    /* bytes taken for it */
    size_t gap_at;  /* with is_gap_open: where that entry begins */
    unsigned count; /* entries and gap markers so far */
    size_t bytes;   /* an upper bound of the encoded size so far */
    struct position before;
    struct position through; /* stream and seq of the last entry; the digest is not kept */
    bool is_gap_open;        /* the last entry is a gap marker that may still grow */
};

/* Begins a batch after `before`. STATUS_NO_MEMORY. */
enum status link_builder_open(struct link_builder *builder, struct arena *arena,
                              const struct position *before) MUST_USE;

/* Whether one more event with that payload size fits the frame. */
bool link_builder_fits(const struct link_builder *builder, size_t payload_size);

/* Adds an event; `case_key` may be NULL. Bytes are copied. STATUS_NO_MEMORY. */
enum status link_builder_event(struct link_builder *builder, const struct event_log_row *row,
                               uint64_t seq, const uint8_t *case_key) MUST_USE;

/* Adds one event the destination has no use for: grows the gap marker, or begins one. */
enum status link_builder_gap(struct link_builder *builder, const struct event_log_row *row,
                             uint64_t seq) MUST_USE;

/* Tells the key of a case with the gap marker that was added last, which doesn't grow any more.
 * STATUS_NO_MEMORY. */
enum status link_builder_gap_key(struct link_builder *builder,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE],
                                 const uint8_t case_key[CASE_KEY_SIZE]) MUST_USE;

/* The frame, in the arena. */
struct view link_builder_encode(struct link_builder *builder);

#endif
