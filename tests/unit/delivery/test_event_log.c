/*
 * The event log: one contiguous chain over commits, roll-backs, recoveries and restarts.
 */
#include "tests/support/test.h"

#include "tests/unit/delivery/log_fixture.h"

/* Stream 'a' with five committed events. */
static void begin_with_five(struct log_fixture *fixture)
{
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 'a'), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'a', 5), STATUS_OK);
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
}

static void test_append__five_events__chain_is_the_streams_chain(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_five(fixture);
    struct position end = event_log_committed_end(&fixture->log);
    struct position want = fixture_position('a', 5, 9);
    assert_memory_equal(&end, &want, sizeof want);
}

static void test_append__wrong_seq_or_stream__is_refused(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_five(fixture);
    struct queued_entry late = fixture_entry('a', 7, 9);
    struct queued_entry other = fixture_entry('b', 6, 9);
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(
        event_log_append(&fixture->log, &late.header, late.header_bytes, late.payload),
        STATUS_OUT_OF_RANGE);
    assert_int_equal(
        event_log_append(&fixture->log, &other.header, other.header_bytes, other.payload),
        STATUS_OUT_OF_RANGE);
    store_rollback(&fixture->store);
}

static void test_roll_back__after_append_and_new_stream__is_as_before(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_five(fixture);
    struct position before = event_log_committed_end(&fixture->log);
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'a', 8), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 'b'), STATUS_OK);
    store_rollback(&fixture->store);
    event_log_rolled_back(&fixture->log);
    struct position after = event_log_end(&fixture->log);
    assert_memory_equal(&after, &before, sizeof before);
}

static void test_savepoint__rolled_back__keeps_earlier_events(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_five(fixture);
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'a', 6), STATUS_OK);
    assert_int_equal(event_log_saved(&fixture->log), STATUS_OK);
    assert_int_equal(store_savepoint(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'a', 9), STATUS_OK);
    assert_int_equal(store_savepoint_rollback(&fixture->store), STATUS_OK);
    event_log_restored(&fixture->log);
    assert_int_equal(log_fixture_append(fixture, 'a', 7), STATUS_OK);
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
    struct position end = event_log_committed_end(&fixture->log);
    struct position want = fixture_position('a', 7, 9);
    assert_memory_equal(&end, &want, sizeof want);
}

static void test_restart__with_two_streams__finds_tip_and_streams(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_five(fixture);
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 'b'), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'b', 2), STATUS_OK);
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
    log_fixture_stop(fixture);
    assert_int_equal(log_fixture_store(fixture), STATUS_OK);
    struct position end = event_log_committed_end(&fixture->log);
    struct position want = fixture_position('b', 2, 9);
    assert_memory_equal(&end, &want, sizeof want);
    assert_true(fixture->log.streams[0].is_closed);
    assert_int_equal(fixture->log.streams[0].closed_seq, 5);
    uint64_t seq = 0;
    assert_int_equal(event_log_stream_of(&fixture->log, 5, &seq)->stream_id[0], 'a');
    assert_int_equal(seq, 5);
    assert_int_equal(event_log_stream_of(&fixture->log, 6, &seq)->stream_id[0], 'b');
    assert_int_equal(seq, 1);
}

struct locate_case {
    const char *name;
    uint8_t stream;
    uint64_t seq;
    enum status want_status;
    uint64_t want_position;
};

/* 'a' was closed at 5, 'b' has 2. */
static const struct locate_case locate_cases[] = {
    {"within the closed stream", 'a', 3, STATUS_OK, 3},
    {"beyond its closing counts as its end", 'a', 90, STATUS_OK, 5},
    {"before the new stream is where the old one ended", 'b', 0, STATUS_OK, 5},
    {"within the new stream", 'b', 2, STATUS_OK, 7},
    {"beyond our end is not ours", 'b', 3, STATUS_NOT_FOUND, 0},
    {"a stream we never had is not ours", 'c', 1, STATUS_NOT_FOUND, 0},
};

static void test_locate__points_of_peers__are_found_or_not(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_five(fixture);
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 'b'), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'b', 2), STATUS_OK);
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
    for (size_t i = 0; i < sizeof locate_cases / sizeof locate_cases[0]; i++) {
        const struct locate_case *row = &locate_cases[i];
        uint8_t stream_id[STREAM_ID_SIZE];
        uint64_t position = 0;
        memset(stream_id, row->stream, sizeof stream_id);
        print_message("  %s\n", row->name);
        assert_int_equal(event_log_locate(&fixture->log, stream_id, row->seq, &position),
                         row->want_status);
        if (row->want_status == STATUS_OK)
            assert_int_equal(position, row->want_position);
    }
}

/* Stream 'a' with nine events in three segments of three. */
static void begin_with_segments(struct log_fixture *fixture)
{
    for (uint64_t last = 3; last <= 9; last += 3) {
        assert_int_equal(store_begin(&fixture->store), STATUS_OK);
        if (last == 3)
            assert_int_equal(log_fixture_stream(fixture, 'a'), STATUS_OK);
        assert_int_equal(log_fixture_append(fixture, 'a', last), STATUS_OK);
        assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
    }
}

struct trim_case {
    const char *name;
    uint64_t position;
    unsigned events_max;
    uint64_t want_first;
};

static const struct trim_case trim_cases[] = {
    {"nothing below the first event", 1, 100, 1},
    {"a segment that holds the position stays", 6, 100, 4},
    {"a segment whose last event is the position stays whole", 3, 100, 1},
    {"whole segments below the position go", 7, 100, 7},
    {"some events at a time", 9, 3, 4},
};

static void test_trim__below_the_cursor__keeps_the_event_that_answers_acks(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_segments(fixture);
    /* Reopened, nothing is read from memory. */
    log_fixture_stop(fixture);
    assert_int_equal(log_fixture_store(fixture), STATUS_OK);
    for (size_t i = 0; i < sizeof trim_cases / sizeof trim_cases[0]; i++) {
        const struct trim_case *row = &trim_cases[i];
        struct position want = fixture_position('a', row->position, 9);
        uint8_t digest[SHA256_SIZE];
        uint64_t bytes_through = 0;
        uint64_t first = 0;
        print_message("  %s\n", row->name);
        assert_int_equal(store_begin(&fixture->store), STATUS_OK);
        assert_int_equal(event_log_trim(&fixture->log, row->position, row->events_max), STATUS_OK);
        assert_int_equal(event_log_first(&fixture->log, &first), STATUS_OK);
        assert_int_equal(first, row->want_first);
        assert_int_equal(event_log_at(&fixture->log, row->position, digest, &bytes_through),
                         STATUS_OK);
        assert_memory_equal(digest, want.digest, SHA256_SIZE);
        assert_int_equal(bytes_through, row->position * (HEADER_SIZE + 26));
        if (first > 1)
            assert_int_equal(event_log_at(&fixture->log, first - 1, digest, &bytes_through),
                             STATUS_NOT_FOUND);
        store_rollback(&fixture->store);
    }
}

/* Reads from one position to the end. */
static void read_from(struct log_fixture *fixture, uint64_t from)
{
    uint8_t digest[SHA256_SIZE];
    struct position before = fixture_position('a', from, 9);
    assert_int_equal(event_log_read_start(&fixture->log, from, digest), STATUS_OK);
    assert_memory_equal(digest, before.digest, SHA256_SIZE);
    struct event_log_row row;
    bool has_row = true;
    for (uint64_t want = from + 1; want <= 9; want++) {
        struct queued_entry entry = fixture_entry('a', want, 9);
        struct position after = fixture_position('a', want, 9);
        assert_int_equal(event_log_read_next(&fixture->log, &row, &has_row), STATUS_OK);
        assert_true(has_row);
        assert_int_equal(row.position, want);
        assert_memory_equal(row.header_bytes, entry.header_bytes, HEADER_SIZE);
        assert_memory_equal(row.digest, after.digest, SHA256_SIZE);
        assert_int_equal(row.payload.size, 26);
        assert_int_equal(row.bytes_through, want * (HEADER_SIZE + 26));
    }
    assert_int_equal(event_log_read_next(&fixture->log, &row, &has_row), STATUS_OK);
    assert_false(has_row);
    event_log_read_stop(&fixture->log);
}

static void test_read__from_every_position__yields_what_is_behind_it_in_order(void **state)
{
    struct log_fixture *fixture = *state;
    uint8_t digest[SHA256_SIZE];
    begin_with_segments(fixture);
    for (uint64_t from = 0; from < 18; from++) {
        /* From memory first, then from the store. */
        if (from == 9) {
            log_fixture_stop(fixture);
            assert_int_equal(log_fixture_store(fixture), STATUS_OK);
        }
        read_from(fixture, from % 9);
    }
    assert_int_equal(event_log_read_start(&fixture->log, 9, digest), STATUS_NOT_FOUND);
}

static void test_append__more_than_a_segment__is_read_back_whole(void **state)
{
    struct log_fixture *fixture = *state;
    const uint64_t events = 2 * SEGMENT_BYTES / (SEGMENT_EVENT_BYTES + 26);
    uint8_t digest[SHA256_SIZE];
    uint64_t bytes_through = 0;
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(log_fixture_stream(fixture, 'a'), STATUS_OK);
    assert_int_equal(log_fixture_append(fixture, 'a', events), STATUS_OK);
    assert_int_equal(log_fixture_commit(fixture), STATUS_OK);
    log_fixture_stop(fixture);
    assert_int_equal(log_fixture_store(fixture), STATUS_OK);
    struct position want = fixture_position('a', events, 9);
    struct position end = event_log_committed_end(&fixture->log);
    assert_memory_equal(&end, &want, sizeof want);
    assert_int_equal(event_log_at(&fixture->log, events, digest, &bytes_through), STATUS_OK);
    assert_int_equal(bytes_through, events * (HEADER_SIZE + 26));
}

/* Each statement spoils the row of five events. */
static const char *const spoilers[] = {
    "DELETE FROM segment",
    "UPDATE segment SET events = substr(events, 1, length(events) - 1)",
    "UPDATE segment SET events = CAST(events || x'00' AS BLOB)",
    "UPDATE segment SET last = 6",
    "UPDATE segment SET first = 6",
    "UPDATE segment SET digest_before = x'00'",
};

static void test_open__a_spoiled_row__is_corrupt(void **state)
{
    struct log_fixture *fixture = *state;
    struct diag diag = {0};
    begin_with_five(fixture);
    event_log_close(&fixture->log);
    for (size_t i = 0; i < sizeof spoilers / sizeof spoilers[0]; i++) {
        assert_int_equal(store_begin(&fixture->store), STATUS_OK);
        assert_int_equal(store_run(&fixture->store, spoilers[i]), STATUS_OK);
        assert_int_equal(event_log_open(&fixture->log, &fixture->store, &diag),
                         STATUS_STORE_CORRUPT);
        assert_string_not_equal(diag.text, "");
        store_rollback(&fixture->store);
    }
}

#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, log_fixture_open, log_fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOG(test_append__five_events__chain_is_the_streams_chain),
        WITH_LOG(test_append__wrong_seq_or_stream__is_refused),
        WITH_LOG(test_roll_back__after_append_and_new_stream__is_as_before),
        WITH_LOG(test_savepoint__rolled_back__keeps_earlier_events),
        WITH_LOG(test_restart__with_two_streams__finds_tip_and_streams),
        WITH_LOG(test_locate__points_of_peers__are_found_or_not),
        WITH_LOG(test_trim__below_the_cursor__keeps_the_event_that_answers_acks),
        WITH_LOG(test_read__from_every_position__yields_what_is_behind_it_in_order),
        WITH_LOG(test_append__more_than_a_segment__is_read_back_whole),
        WITH_LOG(test_open__a_spoiled_row__is_corrupt),
    };
    return cmocka_run_group_tests_name("event log", tests, NULL, NULL);
}
