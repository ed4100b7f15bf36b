/*
 * A segment: a run of events of one stream as they rest in one row of the event log, pure.
 *
 * Why: a row of its own for each event costs more than the event. What one turn appends is written
 * as few rows, read as few, and trimmed as few.
 * Format, for each event, in order:
 *   0 header[232]   232 digest[32] of the chain after it   264 payload size[4]   268 payload
 * Units: bytes; integers are big-endian.
 * Limits: SEGMENT_BYTES, unless a single event is longer.
 */
#ifndef NETRA_DELIVERY_SEGMENT_H
#define NETRA_DELIVERY_SEGMENT_H

#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"

/* Some fifty events of 1 KiB: a reader that begins in the middle reads little in vain. */
#define SEGMENT_BYTES 65536u
/* What an event takes beside its payload. */
#define SEGMENT_EVENT_BYTES (HEADER_SIZE + SHA256_SIZE + 4u)

/* One event of a segment; views into its bytes. */
struct segment_event {
    const uint8_t *header_bytes; /* HEADER_SIZE */
    const uint8_t *digest;       /* SHA256_SIZE */
    struct view payload;
};

/* Writes the event to `to`, which has room for SEGMENT_EVENT_BYTES and the payload. Returns how
 * many bytes that were. */
size_t segment_put(uint8_t *to, const struct segment_event *event);

/* Takes the first event off `rest`. STATUS_STORE_CORRUPT: what is left is no whole event. */
enum status segment_take(struct view *rest, struct segment_event *ret_event) MUST_USE;

#endif
