/*
 * A made-up stream for tests: entry n of a stream id made of one repeated byte, chained as real
 * ones are.
 */
#ifndef NETRA_TESTS_UNIT_DELIVERY_STREAM_FIXTURE_H
#define NETRA_TESTS_UNIT_DELIVERY_STREAM_FIXTURE_H

#include "common/delivery/entry_queue.h"
#include "common/delivery/position.h"

#include <string.h>

static inline struct event_header fixture_header(uint8_t stream, uint64_t seq, uint16_t type)
{
    struct event_header header = {.seq = seq, .type = type, .schema = 1};
    memset(header.stream_id, stream, STREAM_ID_SIZE);
    memset(header.commitment, (int)(seq & 0xff), SHA256_SIZE);
    return header;
}

/* The entry as a batch shows it; its payload is a static text. */
static inline struct queued_entry fixture_entry(uint8_t stream, uint64_t seq, uint16_t type)
{
    struct queued_entry entry = {.header = fixture_header(stream, seq, type)};
    header_encode(&entry.header, entry.header_bytes);
    memset(entry.through.stream_id, stream, STREAM_ID_SIZE);
    entry.through.seq = seq;
    entry.payload = view_of_text("\0payload of a fixture entry");
    entry.payload.size = 26;
    return entry;
}

/* The position after entry `seq` (0: before the first) when all entries are of type `type`. */
static inline struct position fixture_position(uint8_t stream, uint64_t seq, uint16_t type)
{
    struct position position = {.seq = seq};
    memset(position.stream_id, stream, STREAM_ID_SIZE);
    chain_start(position.stream_id, position.digest);
    for (uint64_t i = 1; i <= seq; i++) {
        struct queued_entry entry = fixture_entry(stream, i, type);
        chain_next(position.digest, entry.header_bytes);
    }
    return position;
}

#endif
