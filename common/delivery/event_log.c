/*
 * A service's own events: streams, appending, trimming. (Reading: event_log_read.c.)
 */
#include "common/delivery/event_log.h"

#include "common/base/invariant.h"
#include "common/wire/limits.h"

#include <string.h>

/* A segment, or one event that is longer. */
#define PENDING_BYTES (SEGMENT_BYTES + SEGMENT_EVENT_BYTES + LIMIT_EVENT_PAYLOAD_BYTES)

const char event_log_migration[] = "CREATE TABLE stream ("
                                   "  generation INTEGER PRIMARY KEY,"
                                   "  stream_id BLOB NOT NULL,"
                                   "  base INTEGER NOT NULL,"
                                   "  closed_seq INTEGER,"
                                   "  closed_digest BLOB"
                                   ") STRICT;"
                                   "CREATE TABLE segment ("
                                   "  last INTEGER PRIMARY KEY,"
                                   "  first INTEGER NOT NULL,"
                                   "  bytes_before INTEGER NOT NULL,"
                                   "  digest_before BLOB NOT NULL,"
                                   "  events BLOB NOT NULL"
                                   ") STRICT;";

static const char *const texts[EVENT_LOG_STATEMENT_COUNT] = {
    [EVENT_LOG_INSERT] = "INSERT INTO segment (last, first, bytes_before, digest_before, events)"
                         " VALUES (?, ?, ?, ?, ?)",
    [EVENT_LOG_READ] = "SELECT first, last, bytes_before, digest_before, events FROM segment"
                       " WHERE last >= ? ORDER BY last LIMIT 1",
    [EVENT_LOG_LAST] = "SELECT last FROM segment ORDER BY last DESC LIMIT 1",
    [EVENT_LOG_FIRST] = "SELECT first FROM segment ORDER BY last LIMIT 1",
    [EVENT_LOG_TRIM] = "DELETE FROM segment WHERE last < ? AND last <"
                       " (SELECT first FROM segment ORDER BY last LIMIT 1) + ?",
    [EVENT_LOG_STREAMS] = "SELECT stream_id, base, closed_seq, closed_digest FROM stream"
                          " ORDER BY generation",
    [EVENT_LOG_STREAM_OPEN] = "INSERT INTO stream (generation, stream_id, base) VALUES (?, ?, ?)",
    [EVENT_LOG_STREAM_CLOSE] = "UPDATE stream SET closed_seq = ?, closed_digest = ?"
                               " WHERE generation = ?",
};

/* ---- opening ---- */

static enum status load_stream(struct event_log *log, struct statement *statement)
{
    if (log->tip.stream_count == EVENT_LOG_STREAMS_MAX)
        return STATUS_STORE_CORRUPT;
    struct event_log_stream *stream = &log->streams[log->tip.stream_count];
    *stream = (struct event_log_stream){
        .base = statement_u64(statement, 1),
        .is_closed = !statement_is_null(statement, 2),
    };
    TRY(statement_blob_exact(statement, 0, stream->stream_id, STREAM_ID_SIZE));
    if (stream->is_closed) {
        stream->closed_seq = statement_u64(statement, 2);
        TRY(statement_blob_exact(statement, 3, stream->closed_digest, SHA256_SIZE));
    }
    log->tip.stream_count++;
    return STATUS_OK;
}

static enum status load_streams(struct event_log *log)
{
    struct statement *statement = &log->statements[EVENT_LOG_STREAMS];
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    while (has_row) {
        enum status status = load_stream(log, statement);
        if (status != STATUS_OK) {
            statement_reset(statement);
            return status;
        }
        TRY(statement_step(statement, &has_row));
    }
    return STATUS_OK;
}

static enum status load_tip(struct event_log *log)
{
    struct statement *statement = &log->statements[EVENT_LOG_LAST];
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return log->tip.stream_count == 0 ? STATUS_OK : STATUS_STORE_CORRUPT;
    log->tip.position = statement_u64(statement, 0);
    statement_reset(statement);
    enum status status =
        event_log_at(log, log->tip.position, log->tip.digest, &log->tip.bytes_through);
    if (status == STATUS_NOT_FOUND)
        return STATUS_STORE_CORRUPT;
    TRY(status);
    if (log->tip.stream_count == 0)
        return STATUS_STORE_CORRUPT;
    const struct event_log_stream *current = &log->streams[log->tip.stream_count - 1];
    if (current->is_closed || current->base >= log->tip.position)
        return STATUS_STORE_CORRUPT;
    log->tip.seq = log->tip.position - current->base;
    return STATUS_OK;
}

static enum status open_parts(struct event_log *log)
{
    TRY(arena_open(&log->memory, PENDING_BYTES));
    log->pending.bytes = arena_take(&log->memory, PENDING_BYTES);
    TRY(segment_ring_open(&log->recent));
    return statements_open(log->statements, log->store, texts, EVENT_LOG_STATEMENT_COUNT);
}

enum status event_log_open(struct event_log *log, struct store *store, struct diag *diag)
{
    *log = (struct event_log){.store = store};
    enum status status = open_parts(log);
    if (status == STATUS_OK) {
        status = load_streams(log);
        if (status == STATUS_OK)
            status = load_tip(log);
        if (status != STATUS_OK)
            diag_set(diag, "tables stream and segment: expected streams that cover every event");
    }
    if (status != STATUS_OK) {
        event_log_close(log);
        return status;
    }
    log->committed = log->tip;
    log->saved = log->tip;
    return STATUS_OK;
}

void event_log_close(struct event_log *log)
{
    statements_close(log->statements, EVENT_LOG_STATEMENT_COUNT);
    segment_ring_close(&log->recent);
    arena_close(&log->memory);
}

/* ---- appending ---- */

enum status event_log_flush(struct event_log *log)
{
    struct event_log_pending *pending = &log->pending;
    if (pending->used == 0)
        return STATUS_OK;
    struct statement *statement = &log->statements[EVENT_LOG_INSERT];
    struct segment *segment = &pending->segment;
    segment->last = log->tip.position;
    segment->events = view_of(pending->bytes, pending->used);
    pending->used = 0;
    statement_bind_u64(statement, 1, segment->last);
    statement_bind_u64(statement, 2, segment->first);
    statement_bind_u64(statement, 3, segment->bytes_before);
    statement_bind_blob(statement, 4, view_of(segment->digest_before, SHA256_SIZE));
    statement_bind_blob(statement, 5, segment->events);
    TRY(statement_run(statement));
    segment_ring_put(&log->recent, segment);
    return STATUS_OK;
}

static enum status close_stream(struct event_log *log)
{
    struct event_log_stream *current = &log->streams[log->tip.stream_count - 1];
    current->is_closed = true;
    current->closed_seq = log->tip.seq;
    memcpy(current->closed_digest, log->tip.digest, SHA256_SIZE);
    struct statement *statement = &log->statements[EVENT_LOG_STREAM_CLOSE];
    statement_bind_u64(statement, 1, current->closed_seq);
    statement_bind_blob(statement, 2, view_of(current->closed_digest, SHA256_SIZE));
    statement_bind_u64(statement, 3, log->tip.stream_count);
    return statement_run(statement);
}

enum status event_log_begin_stream(struct event_log *log, const uint8_t stream_id[STREAM_ID_SIZE])
{
    if (log->tip.stream_count == EVENT_LOG_STREAMS_MAX)
        return STATUS_OUT_OF_RANGE;
    TRY(event_log_flush(log));
    if (log->tip.stream_count > 0)
        TRY(close_stream(log));
    struct event_log_stream *stream = &log->streams[log->tip.stream_count];
    *stream = (struct event_log_stream){.base = log->tip.position};
    memcpy(stream->stream_id, stream_id, STREAM_ID_SIZE);
    log->tip.stream_count++;
    log->tip.seq = 0;
    chain_start(stream_id, log->tip.digest);
    struct statement *statement = &log->statements[EVENT_LOG_STREAM_OPEN];
    statement_bind_u64(statement, 1, log->tip.stream_count);
    statement_bind_blob(statement, 2, view_of(stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 3, stream->base);
    return statement_run(statement);
}

static struct position end_of(const struct event_log *log, const struct event_log_tip *tip)
{
    struct position end = {0};
    if (tip->stream_count == 0)
        return end;
    memcpy(end.stream_id, log->streams[tip->stream_count - 1].stream_id, STREAM_ID_SIZE);
    end.seq = tip->seq;
    memcpy(end.digest, tip->digest, SHA256_SIZE);
    return end;
}

struct position event_log_end(const struct event_log *log)
{
    return end_of(log, &log->tip);
}

struct position event_log_committed_end(const struct event_log *log)
{
    return end_of(log, &log->committed);
}

/* A segment begins at the tip. */
static void begin_segment(struct event_log *log)
{
    log->pending.segment = (struct segment){
        .first = log->tip.position + 1,
        .bytes_before = log->tip.bytes_through,
    };
    memcpy(log->pending.segment.digest_before, log->tip.digest, SHA256_SIZE);
}

enum status event_log_append(struct event_log *log, const struct event_header *header,
                             const uint8_t header_bytes[HEADER_SIZE], struct view payload)
{
    struct event_log_pending *pending = &log->pending;
    struct position end = event_log_end(log);
    if (header->seq != end.seq + 1 ||
        memcmp(header->stream_id, end.stream_id, STREAM_ID_SIZE) != 0 ||
        payload.size > LIMIT_EVENT_PAYLOAD_BYTES)
        return STATUS_OUT_OF_RANGE;
    size_t size = SEGMENT_EVENT_BYTES + payload.size;
    if (pending->used > 0 && pending->used + size > SEGMENT_BYTES)
        TRY(event_log_flush(log));
    if (pending->used == 0)
        begin_segment(log);
    struct event_log_tip *tip = &log->tip;
    tip->position++;
    tip->seq++;
    tip->bytes_through += HEADER_SIZE + payload.size;
    chain_next(tip->digest, header_bytes);
    struct segment_event event = {header_bytes, tip->digest, payload};
    pending->used += segment_put(pending->bytes + pending->used, &event);
    return STATUS_OK;
}

void event_log_committed(struct event_log *log)
{
    INVARIANT(log->pending.used == 0); /* flushed before the commit */
    log->committed = log->tip;
}

/* Streams begun since are beyond stream_count again; the one that was closed for them is open. */
static void reopen_current(struct event_log *log)
{
    if (log->tip.stream_count > 0)
        log->streams[log->tip.stream_count - 1].is_closed = false;
}

void event_log_rolled_back(struct event_log *log)
{
    log->tip = log->committed;
    log->pending.used = 0;
    segment_ring_cut(&log->recent, log->tip.position);
    reopen_current(log);
}

enum status event_log_saved(struct event_log *log)
{
    TRY(event_log_flush(log));
    log->saved = log->tip;
    return STATUS_OK;
}

void event_log_restored(struct event_log *log)
{
    log->tip = log->saved;
    log->pending.used = 0;
    segment_ring_cut(&log->recent, log->tip.position);
    reopen_current(log);
}

const struct event_log_stream *event_log_stream_of(const struct event_log *log, uint64_t position,
                                                   uint64_t *ret_seq)
{
    unsigned i = log->tip.stream_count;
    INVARIANT(i > 0 && position > 0);
    while (i > 1 && log->streams[i - 1].base >= position)
        i--;
    *ret_seq = position - log->streams[i - 1].base;
    return &log->streams[i - 1];
}

enum status event_log_locate(const struct event_log *log, const uint8_t stream_id[STREAM_ID_SIZE],
                             uint64_t seq, uint64_t *ret_position)
{
    for (unsigned i = log->committed.stream_count; i > 0; i--) {
        const struct event_log_stream *stream = &log->streams[i - 1];
        if (memcmp(stream->stream_id, stream_id, STREAM_ID_SIZE) != 0)
            continue;
        bool is_past_closing = stream->is_closed && seq > stream->closed_seq;
        if (!stream->is_closed && seq > log->committed.seq)
            return STATUS_NOT_FOUND;
        *ret_position = stream->base + (is_past_closing ? stream->closed_seq : seq);
        return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

enum status event_log_trim(struct event_log *log, uint64_t position, unsigned events_max)
{
    struct statement *statement = &log->statements[EVENT_LOG_TRIM];
    statement_bind_u64(statement, 1, position);
    statement_bind_u64(statement, 2, events_max);
    return statement_run(statement);
}
