/*
 * A service's own events.
 */
#include "common/delivery/event_log.h"

#include "common/base/invariant.h"

#include <string.h>

const char event_log_migration[] = "CREATE TABLE stream ("
                                   "  generation INTEGER PRIMARY KEY,"
                                   "  stream_id BLOB NOT NULL,"
                                   "  base INTEGER NOT NULL,"
                                   "  closed_seq INTEGER,"
                                   "  closed_digest BLOB"
                                   ") STRICT;"
                                   "CREATE TABLE event ("
                                   "  position INTEGER PRIMARY KEY,"
                                   "  header BLOB NOT NULL,"
                                   "  payload BLOB NOT NULL,"
                                   "  digest BLOB NOT NULL,"
                                   "  bytes_through INTEGER NOT NULL"
                                   ") STRICT;";

static const char *const texts[EVENT_LOG_STATEMENT_COUNT] = {
    [EVENT_LOG_INSERT] = "INSERT INTO event (position, header, payload, digest, bytes_through)"
                         " VALUES (?, ?, ?, ?, ?)",
    [EVENT_LOG_READ] = "SELECT position, header, payload, digest, bytes_through FROM event"
                       " WHERE position > ? ORDER BY position LIMIT ?",
    [EVENT_LOG_AT] = "SELECT digest, bytes_through FROM event WHERE position = ?",
    [EVENT_LOG_LAST] = "SELECT position, digest, bytes_through FROM event"
                       " ORDER BY position DESC LIMIT 1",
    [EVENT_LOG_FIRST] = "SELECT position FROM event ORDER BY position LIMIT 1",
    [EVENT_LOG_TRIM] = "DELETE FROM event WHERE position < ? AND position <"
                       " (SELECT position FROM event ORDER BY position LIMIT 1) + ?",
    [EVENT_LOG_STREAMS] = "SELECT stream_id, base, closed_seq, closed_digest FROM stream"
                          " ORDER BY generation",
    [EVENT_LOG_STREAM_OPEN] = "INSERT INTO stream (generation, stream_id, base) VALUES (?, ?, ?)",
    [EVENT_LOG_STREAM_CLOSE] = "UPDATE stream SET closed_seq = ?, closed_digest = ?"
                               " WHERE generation = ?",
};

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
    log->tip.bytes_through = statement_u64(statement, 2);
    enum status status = statement_blob_exact(statement, 1, log->tip.digest, SHA256_SIZE);
    statement_reset(statement);
    TRY(status);
    if (log->tip.stream_count == 0)
        return STATUS_STORE_CORRUPT;
    const struct event_log_stream *current = &log->streams[log->tip.stream_count - 1];
    if (current->is_closed || current->base >= log->tip.position)
        return STATUS_STORE_CORRUPT;
    log->tip.seq = log->tip.position - current->base;
    return STATUS_OK;
}

enum status event_log_open(struct event_log *log, struct store *store, struct diag *diag)
{
    *log = (struct event_log){.store = store};
    TRY(statements_open(log->statements, store, texts, EVENT_LOG_STATEMENT_COUNT));
    enum status status = load_streams(log);
    if (status == STATUS_OK)
        status = load_tip(log);
    if (status != STATUS_OK) {
        diag_set(diag, "tables stream and event: expected streams that cover every event");
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

enum status event_log_append(struct event_log *log, const struct event_header *header,
                             struct view payload)
{
    struct position end = event_log_end(log);
    if (header->seq != end.seq + 1 ||
        memcmp(header->stream_id, end.stream_id, STREAM_ID_SIZE) != 0)
        return STATUS_OUT_OF_RANGE;
    uint8_t bytes[HEADER_SIZE];
    header_encode(header, bytes);
    struct event_log_tip next = log->tip;
    next.position++;
    next.seq++;
    next.bytes_through += HEADER_SIZE + payload.size;
    chain_next(next.digest, bytes);
    struct statement *statement = &log->statements[EVENT_LOG_INSERT];
    statement_bind_u64(statement, 1, next.position);
    statement_bind_blob(statement, 2, view_of(bytes, HEADER_SIZE));
    statement_bind_blob(statement, 3, payload);
    statement_bind_blob(statement, 4, view_of(next.digest, SHA256_SIZE));
    statement_bind_u64(statement, 5, next.bytes_through);
    TRY(statement_run(statement));
    log->tip = next;
    return STATUS_OK;
}

void event_log_committed(struct event_log *log)
{
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
    reopen_current(log);
}

void event_log_saved(struct event_log *log)
{
    log->saved = log->tip;
}

void event_log_restored(struct event_log *log)
{
    log->tip = log->saved;
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

enum status event_log_at(struct event_log *log, uint64_t position, uint8_t digest[SHA256_SIZE],
                         uint64_t *ret_bytes_through)
{
    struct statement *statement = &log->statements[EVENT_LOG_AT];
    statement_bind_u64(statement, 1, position);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    enum status status = statement_blob_exact(statement, 0, digest, SHA256_SIZE);
    *ret_bytes_through = statement_u64(statement, 1);
    statement_reset(statement);
    return status;
}

void event_log_read_start(struct event_log *log, uint64_t position, unsigned rows_max)
{
    struct statement *statement = &log->statements[EVENT_LOG_READ];
    statement_reset(statement);
    statement_bind_u64(statement, 1, position);
    statement_bind_u64(statement, 2, rows_max);
}

enum status event_log_read_next(struct event_log *log, struct event_log_row *ret_row,
                                bool *ret_has_row)
{
    struct statement *statement = &log->statements[EVENT_LOG_READ];
    TRY(statement_step(statement, ret_has_row));
    if (!*ret_has_row)
        return STATUS_OK;
    struct view header = statement_blob(statement, 1);
    struct view digest = statement_blob(statement, 3);
    if (header.size != HEADER_SIZE || digest.size != SHA256_SIZE) {
        statement_reset(statement);
        return STATUS_STORE_CORRUPT;
    }
    *ret_row = (struct event_log_row){
        .position = statement_u64(statement, 0),
        .header_bytes = header.bytes,
        .payload = statement_blob(statement, 2),
        .digest = digest.bytes,
        .bytes_through = statement_u64(statement, 4),
    };
    return STATUS_OK;
}

void event_log_read_stop(struct event_log *log)
{
    statement_reset(&log->statements[EVENT_LOG_READ]);
}

enum status event_log_first(struct event_log *log, uint64_t *ret_position)
{
    struct statement *statement = &log->statements[EVENT_LOG_FIRST];
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    *ret_position = has_row ? statement_u64(statement, 0) : 0;
    statement_reset(statement);
    return STATUS_OK;
}

enum status event_log_trim(struct event_log *log, uint64_t position, unsigned rows_max,
                           int64_t *ret_deleted)
{
    struct statement *statement = &log->statements[EVENT_LOG_TRIM];
    statement_bind_u64(statement, 1, position);
    statement_bind_u64(statement, 2, rows_max);
    return statement_run_changes(statement, ret_deleted);
}
