/*
 * Reading a service's own events back out of their segments: the newest from memory, others from
 * the store.
 */
#include "common/delivery/event_log.h"

#include <string.h>

/* A segment's row as the statement stands on it; STATUS_STORE_CORRUPT. */
static enum status read_row(struct statement *statement, struct segment *ret_segment)
{
    *ret_segment = (struct segment){
        .first = statement_u64(statement, 0),
        .last = statement_u64(statement, 1),
        .bytes_before = statement_u64(statement, 2),
    };
    if (ret_segment->first == 0 || ret_segment->last < ret_segment->first)
        return STATUS_STORE_CORRUPT;
    TRY(statement_blob_exact(statement, 3, ret_segment->digest_before, SHA256_SIZE));
    ret_segment->events = statement_blob(statement, 4);
    return STATUS_OK;
}

/* The segment that holds the position, borrowed until event_log_read_stop. STATUS_NOT_FOUND. */
static enum status find_segment(struct event_log *log, uint64_t position,
                                struct segment *ret_segment)
{
    const struct segment *recent = segment_ring_find(&log->recent, position);
    if (recent != NULL) {
        *ret_segment = *recent;
        return STATUS_OK;
    }
    struct statement *statement = &log->statements[EVENT_LOG_READ];
    bool has_row = false;
    statement_reset(statement);
    statement_bind_u64(statement, 1, position);
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    TRY(read_row(statement, ret_segment));
    return ret_segment->first <= position ? STATUS_OK : STATUS_NOT_FOUND;
}

/* Moves the reader over one event of its segment. */
static enum status read_event(struct event_log_reader *reader, struct segment_event *ret_event)
{
    TRY(segment_take(&reader->rest, ret_event));
    reader->position++;
    reader->bytes_through += HEADER_SIZE + ret_event->payload.size;
    memcpy(reader->digest, ret_event->digest, SHA256_SIZE);
    bool is_last = reader->position == reader->last;
    return is_last == (reader->rest.size == 0) ? STATUS_OK : STATUS_STORE_CORRUPT;
}

/* Stands the reader before the event at `position`. */
static enum status read_to(struct event_log *log, uint64_t position)
{
    struct event_log_reader *reader = &log->reader;
    struct segment_event event;
    struct segment segment;
    TRY(find_segment(log, position, &segment));
    *reader = (struct event_log_reader){
        .rest = segment.events,
        .position = segment.first - 1,
        .last = segment.last,
        .bytes_through = segment.bytes_before,
    };
    memcpy(reader->digest, segment.digest_before, SHA256_SIZE);
    while (reader->position + 1 < position)
        TRY(read_event(reader, &event));
    return STATUS_OK;
}

static enum status read_at(struct event_log *log, uint64_t position)
{
    struct segment_event event;
    TRY(read_to(log, position));
    return read_event(&log->reader, &event);
}

enum status event_log_at(struct event_log *log, uint64_t position, uint8_t digest[SHA256_SIZE],
                         uint64_t *ret_bytes_through)
{
    enum status status = read_at(log, position);
    event_log_read_stop(log);
    if (status != STATUS_OK)
        return status;
    memcpy(digest, log->reader.digest, SHA256_SIZE);
    *ret_bytes_through = log->reader.bytes_through;
    return STATUS_OK;
}

enum status event_log_read_start(struct event_log *log, uint64_t position,
                                 uint8_t digest[SHA256_SIZE])
{
    enum status status = read_to(log, position + 1);
    if (status == STATUS_OK)
        memcpy(digest, log->reader.digest, SHA256_SIZE);
    else
        event_log_read_stop(log);
    return status;
}

static enum status read_next(struct event_log *log, struct event_log_row *ret_row,
                             bool *ret_has_row)
{
    struct event_log_reader *reader = &log->reader;
    struct segment_event event;
    *ret_has_row = reader->position < log->committed.position;
    if (!*ret_has_row)
        return STATUS_OK;
    if (reader->position == reader->last)
        TRY(read_to(log, reader->position + 1));
    TRY(read_event(reader, &event));
    *ret_row = (struct event_log_row){
        .position = reader->position,
        .header_bytes = event.header_bytes,
        .payload = event.payload,
        .digest = event.digest,
        .bytes_through = reader->bytes_through,
    };
    return STATUS_OK;
}

enum status event_log_read_next(struct event_log *log, struct event_log_row *ret_row,
                                bool *ret_has_row)
{
    enum status status = read_next(log, ret_row, ret_has_row);
    if (status != STATUS_OK)
        event_log_read_stop(log);
    return status;
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
