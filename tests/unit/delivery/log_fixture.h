/*
 * A store with delivery's tables in a folder of its own.
 */
#ifndef NETRA_TESTS_UNIT_DELIVERY_LOG_FIXTURE_H
#define NETRA_TESTS_UNIT_DELIVERY_LOG_FIXTURE_H

#include "common/delivery/delivery_store.h"
#include "common/delivery/event_log.h"
#include "tests/unit/delivery/stream_fixture.h"
#include "tests/unit/store/store_fixture.h"

struct log_fixture {
    struct fixture files;
    struct store store;
    struct event_log log;
    struct delivery_store delivery;
};

static inline enum status log_fixture_store(struct log_fixture *fixture)
{
    const char *steps[2];
    steps[0] = event_log_migration;
    steps[1] = delivery_store_migration;
    struct store_spec spec = {.application_id = FIXTURE_APPLICATION_ID};
    struct diag diag = {0};
    spec.shared = (struct migrations){.steps = steps, .count = 2};
    TRY(store_open(&fixture->store, fixture->files.path, &spec, &diag));
    TRY(delivery_store_open(&fixture->delivery, &fixture->store));
    return event_log_open(&fixture->log, &fixture->store, &diag);
}

static inline void log_fixture_stop(struct log_fixture *fixture)
{
    event_log_close(&fixture->log);
    delivery_store_close(&fixture->delivery);
    store_close(&fixture->store);
}

static inline int log_fixture_open(void **state)
{
    static struct log_fixture fixture;
    fixture = (struct log_fixture){0};
    *state = &fixture;
    bool is_open = fixture_open(&fixture.files) && log_fixture_store(&fixture) == STATUS_OK;
    return is_open ? 0 : -1;
}

static inline int log_fixture_close(void **state)
{
    struct log_fixture *fixture = *state;
    log_fixture_stop(fixture);
    fixture_close(&fixture->files);
    return 0;
}

/* Appends entries up to `last` of the current stream, whose id repeats `stream`. */
static inline enum status log_fixture_append(struct log_fixture *fixture, uint8_t stream,
                                             uint64_t last)
{
    for (uint64_t seq = fixture->log.tip.seq + 1; seq <= last; seq++) {
        struct queued_entry entry = fixture_entry(stream, seq, 9);
        TRY(event_log_append(&fixture->log, &entry.header, entry.header_bytes, entry.payload));
    }
    return STATUS_OK;
}

/* What was appended is on disk. */
static inline enum status log_fixture_commit(struct log_fixture *fixture)
{
    TRY(event_log_flush(&fixture->log));
    TRY(store_commit(&fixture->store));
    event_log_committed(&fixture->log);
    return STATUS_OK;
}

/* Begins a stream whose id repeats `stream`. */
static inline enum status log_fixture_stream(struct log_fixture *fixture, uint8_t stream)
{
    uint8_t stream_id[STREAM_ID_SIZE];
    memset(stream_id, stream, sizeof stream_id);
    return event_log_begin_stream(&fixture->log, stream_id);
}

#endif
