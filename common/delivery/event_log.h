/*
 * A service's own events: contiguous positions, chained digests (protocol.md 1, 2, 17), resting in
 * segments (segment.h).
 *
 * A position counts events over all streams of the store, from 1; a stream covers a run of
 * positions: position = base of the stream + seq. So a recovered service's windows go on through
 * the closed stream into the new one without noticing more than a stream boundary.
 * What a transaction appends is gathered in memory and written when a segment is full and by
 * event_log_flush before the commit; until then it can't be read.
 * Owns: tables stream and segment; the tip in memory, which follows commit and rollback by the
 * calls below.
 * Limits: EVENT_LOG_STREAMS_MAX streams (recoveries) in a store's life.
 */
#ifndef NETRA_DELIVERY_EVENT_LOG_H
#define NETRA_DELIVERY_EVENT_LOG_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/delivery/position.h"
#include "common/delivery/segment_ring.h"
#include "common/store/store.h"
#include "common/wire/header.h"

#include <stdbool.h>
#include <stdint.h>

#define EVENT_LOG_STREAMS_MAX 256u

/* The SQL of the tables, one migration step; part of the shared migrations. */
extern const char event_log_migration[];

struct event_log_stream {
    uint8_t stream_id[STREAM_ID_SIZE];
    uint64_t base;       /* position of its seq 0 */
    uint64_t closed_seq; /* with is_closed: the last seq that counts */
    uint8_t closed_digest[SHA256_SIZE];
    bool is_closed;
};

/* The end of the log. */
struct event_log_tip {
    unsigned stream_count;  /* the last one is current; 0: the store is new */
    uint64_t position;      /* of the last event; 0: none */
    uint64_t seq;           /* of the last event in the current stream */
    uint64_t bytes_through; /* bytes of headers and payloads of all events */
    uint8_t digest[SHA256_SIZE];
};

enum event_log_statement {
    EVENT_LOG_INSERT,
    EVENT_LOG_READ,
    EVENT_LOG_LAST,
    EVENT_LOG_FIRST,
    EVENT_LOG_TRIM,
    EVENT_LOG_STREAMS,
    EVENT_LOG_STREAM_OPEN,
    EVENT_LOG_STREAM_CLOSE,
    EVENT_LOG_STATEMENT_COUNT
};

/* What the open transaction appended and is not written yet: one segment, as far as it got. */
struct event_log_pending {
    uint8_t *bytes;
    size_t used;
    struct segment segment; /* its events and last are set when it is written */
};

/* Where reading stands within a segment. */
struct event_log_reader {
    struct view rest;       /* borrowed from the statement or the ring */
    uint64_t position;      /* of the event read last, or before the segment's first */
    uint64_t last;          /* position of the segment's last event */
    uint64_t bytes_through; /* position's */
    uint8_t digest[SHA256_SIZE];
};

struct event_log {
    struct store *store;
    struct arena memory; /* of pending */
    struct event_log_pending pending;
    struct segment_ring recent;
    struct event_log_reader reader;
    struct statement statements[EVENT_LOG_STATEMENT_COUNT];
    struct event_log_stream streams[EVENT_LOG_STREAMS_MAX];
    struct event_log_tip tip;       /* with what the open transaction appended */
    struct event_log_tip committed; /* what is on disk */
    struct event_log_tip saved;     /* at the savepoint */
};

/* One event as read back; views are valid until the next call on the log. */
struct event_log_row {
    uint64_t position;
    const uint8_t *header_bytes; /* HEADER_SIZE */
    struct view payload;
    const uint8_t *digest; /* SHA256_SIZE, after it */
    uint64_t bytes_through;
};

/* Loads streams and tip, and checks that they fit each other. STATUS_STORE_CORRUPT, or the
 * store's. */
enum status event_log_open(struct event_log *log, struct store *store, struct diag *diag) MUST_USE;
void event_log_close(struct event_log *log);

/* Closes the current stream, if any, at the tip and begins a new one with that id, inside the
 * caller's transaction. STATUS_OUT_OF_RANGE when there were too many. */
enum status event_log_begin_stream(struct event_log *log,
                                   const uint8_t stream_id[STREAM_ID_SIZE]) MUST_USE;

/* The current stream's end, with what the open transaction appended / as committed. */
struct position event_log_end(const struct event_log *log);
struct position event_log_committed_end(const struct event_log *log);

/* Appends an event whose header carries the current stream id and the next seq, inside the
 * caller's transaction. `header_bytes` is the header encoded. STATUS_OUT_OF_RANGE when seq or
 * stream don't fit or the payload is too long; or the store's. */
enum status event_log_append(struct event_log *log, const struct event_header *header,
                             const uint8_t header_bytes[HEADER_SIZE],
                             struct view payload) MUST_USE;

/* Writes what was appended into the open transaction. Before each commit. */
enum status event_log_flush(struct event_log *log) MUST_USE;

/* The tip follows the store's transaction and savepoint. event_log_saved comes before the
 * savepoint: it writes what was appended until then. */
void event_log_committed(struct event_log *log);
void event_log_rolled_back(struct event_log *log);
enum status event_log_saved(struct event_log *log) MUST_USE;
void event_log_restored(struct event_log *log);

/* The stream that covers a position (1-based), and the seq there. */
const struct event_log_stream *event_log_stream_of(const struct event_log *log, uint64_t position,
                                                   uint64_t *ret_seq);

/*
 * Where a point that a peer names lies in this log. A seq beyond what counts of a closed stream is
 * the closed stream's end: an operator's recovery has accepted that. STATUS_NOT_FOUND: a stream
 * this store never had, or a seq past the current stream's committed end.
 */
enum status event_log_locate(const struct event_log *log, const uint8_t stream_id[STREAM_ID_SIZE],
                             uint64_t seq, uint64_t *ret_position) MUST_USE;

/* Digest and bytes through a position; position 0 has neither. STATUS_NOT_FOUND when it was
 * trimmed. */
enum status event_log_at(struct event_log *log, uint64_t position, uint8_t digest[SHA256_SIZE],
                         uint64_t *ret_bytes_through) MUST_USE;

/* Begins reading after `position`: `digest` is where the chain stands before the next event, in
 * that event's stream. event_log_read_next yields what follows in order, *ret_has_row false at the
 * end; event_log_read_stop when leaving earlier. STATUS_NOT_FOUND: nothing follows, or it was
 * trimmed. */
enum status event_log_read_start(struct event_log *log, uint64_t position,
                                 uint8_t digest[SHA256_SIZE]) MUST_USE;
enum status event_log_read_next(struct event_log *log, struct event_log_row *ret_row,
                                bool *ret_has_row) MUST_USE;
void event_log_read_stop(struct event_log *log);

/* The lowest position still held; 0 when the log is empty. */
enum status event_log_first(struct event_log *log, uint64_t *ret_position) MUST_USE;

/* Deletes the oldest segments that end below `position`, about `events_max` events at a time,
 * inside the caller's transaction. The event at `position` itself stays: its digest answers acks.
 */
enum status event_log_trim(struct event_log *log, uint64_t position, unsigned events_max) MUST_USE;

#endif
