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
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
    event_log_committed(&fixture->log);
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
    assert_int_equal(event_log_append(&fixture->log, &late.header, late.payload),
                     STATUS_OUT_OF_RANGE);
    assert_int_equal(event_log_append(&fixture->log, &other.header, other.payload),
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
    assert_int_equal(store_savepoint(&fixture->store), STATUS_OK);
    event_log_saved(&fixture->log);
    assert_int_equal(log_fixture_append(fixture, 'a', 9), STATUS_OK);
    assert_int_equal(store_savepoint_rollback(&fixture->store), STATUS_OK);
    event_log_restored(&fixture->log);
    assert_int_equal(log_fixture_append(fixture, 'a', 7), STATUS_OK);
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
    event_log_committed(&fixture->log);
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
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
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
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
    event_log_committed(&fixture->log);
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

static void test_trim__below_the_cursor__keeps_the_row_that_answers_acks(void **state)
{
    struct log_fixture *fixture = *state;
    uint8_t digest[SHA256_SIZE];
    uint64_t bytes_through = 0;
    uint64_t first = 0;
    int64_t deleted = 0;
    struct position want = fixture_position('a', 4, 9);
    begin_with_five(fixture);
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    assert_int_equal(event_log_trim(&fixture->log, 4, 100, &deleted), STATUS_OK);
    assert_int_equal(store_commit(&fixture->store), STATUS_OK);
    assert_int_equal(deleted, 3);
    assert_int_equal(event_log_first(&fixture->log, &first), STATUS_OK);
    assert_int_equal(first, 4);
    assert_int_equal(event_log_at(&fixture->log, 4, digest, &bytes_through), STATUS_OK);
    assert_memory_equal(digest, want.digest, SHA256_SIZE);
    assert_int_equal(event_log_at(&fixture->log, 3, digest, &bytes_through), STATUS_NOT_FOUND);
}

static void test_read__from_a_position__yields_what_is_behind_it_in_order(void **state)
{
    struct log_fixture *fixture = *state;
    begin_with_five(fixture);
    event_log_read_start(&fixture->log, 2, 100);
    for (uint64_t want = 3; want <= 5; want++) {
        struct event_log_row row;
        bool has_row = false;
        assert_int_equal(event_log_read_next(&fixture->log, &row, &has_row), STATUS_OK);
        assert_true(has_row);
        assert_int_equal(row.position, want);
    }
    event_log_read_stop(&fixture->log);
}

static void test_open__tip_row_missing__is_corrupt(void **state)
{
    struct log_fixture *fixture = *state;
    struct diag diag = {0};
    begin_with_five(fixture);
    event_log_close(&fixture->log);
    assert_int_equal(store_run(&fixture->store, "DELETE FROM event"), STATUS_OK);
    assert_int_equal(event_log_open(&fixture->log, &fixture->store, &diag), STATUS_STORE_CORRUPT);
    assert_string_not_equal(diag.text, "");
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
        WITH_LOG(test_trim__below_the_cursor__keeps_the_row_that_answers_acks),
        WITH_LOG(test_read__from_a_position__yields_what_is_behind_it_in_order),
        WITH_LOG(test_open__tip_row_missing__is_corrupt),
    };
    return cmocka_run_group_tests_name("event log", tests, NULL, NULL);
}
