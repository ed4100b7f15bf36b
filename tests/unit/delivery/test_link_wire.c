/*
 * Frames: what is built comes back, and what is broken is refused by name.
 */
#include "tests/support/test.h"

#include "common/delivery/link_wire.h"
#include "tests/unit/delivery/stream_fixture.h"

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    return arena_open(&arena, 16u * 1024u * 1024u) == STATUS_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static struct link_ack some_ack(void)
{
    struct link_ack ack = {.position = fixture_position('w', 12, 9),
                           .credit_entries = 5,
                           .credit_bytes = 6,
                           .has_echo = true};
    memset(ack.echo, 3, LINK_NUMBER_SIZE);
    memset(ack.store_id, 4, STREAM_ID_SIZE);
    return ack;
}

static void test_ack__encoded_and_decoded__is_the_same(void **state)
{
    (void)state;
    struct view bytes;
    struct link_frame frame;
    struct diag diag = {0};
    struct link_ack ack = some_ack();
    assert_int_equal(link_ack_encode(&ack, &arena, &bytes), STATUS_OK);
    assert_int_equal(link_frame_decode(bytes, &arena, &frame, &diag), STATUS_OK);
    assert_int_equal(frame.kind, LINK_ACK);
    assert_memory_equal(&frame.as.ack, &ack, sizeof ack);
}

static struct link_hello some_hello(void)
{
    struct link_hello hello = {.from = "intake",
                               .end = fixture_position('w', 9, 9),
                               .has_held = true,
                               .held = some_ack(),
                               .has_echo = true,
                               .contract_min = LINK_CONTRACT_MIN,
                               .contract_max = LINK_CONTRACT_MAX};
    memset(hello.number, 8, LINK_NUMBER_SIZE);
    memset(hello.echo, 3, LINK_NUMBER_SIZE);
    return hello;
}

static void test_hello__encoded_and_decoded__is_the_same(void **state)
{
    (void)state;
    struct view bytes;
    struct link_frame frame;
    struct diag diag = {0};
    struct link_hello hello = some_hello();
    assert_int_equal(link_hello_encode(&hello, &arena, &bytes), STATUS_OK);
    assert_int_equal(link_frame_decode(bytes, &arena, &frame, &diag), STATUS_OK);
    assert_int_equal(frame.kind, LINK_HELLO);
    assert_string_equal(frame.as.hello.from, "intake");
    assert_memory_equal(&frame.as.hello.end, &hello.end, sizeof hello.end);
    assert_memory_equal(&frame.as.hello.held, &hello.held, sizeof hello.held);
    assert_memory_equal(frame.as.hello.number, hello.number, LINK_NUMBER_SIZE);
}

static void test_hello__contract_from_the_future__is_refused_until_we_know_it(void **state)
{
    (void)state;
    struct view bytes;
    struct link_frame frame;
    struct diag diag = {0};
    struct link_hello hello = some_hello();
    hello.contract_min = LINK_CONTRACT_MAX + 1;
    hello.contract_max = LINK_CONTRACT_MAX + 1;
    assert_int_equal(link_hello_encode(&hello, &arena, &bytes), STATUS_OK);
    assert_int_equal(link_frame_decode(bytes, &arena, &frame, &diag), STATUS_CONTRACT_NEWER);
}

/* A batch after entry 1: entry 2 with a key, 3 and 4 as one gap, entry 5. */
static struct view some_batch(void)
{
    struct link_builder builder;
    struct view bytes = {0};
    uint8_t key[CASE_KEY_SIZE] = {5};
    struct position before = fixture_position('w', 1, 9);
    assert_int_equal(link_builder_open(&builder, &arena, &before), STATUS_OK);
    for (uint64_t seq = 2; seq <= 5; seq++) {
        struct queued_entry entry = fixture_entry('w', seq, 9);
        struct position through = fixture_position('w', seq, 9);
        struct event_log_row row = {.position = seq,
                                    .header_bytes = entry.header_bytes,
                                    .payload = entry.payload,
                                    .digest = through.digest};
        bool is_gap = seq == 3 || seq == 4;
        enum status status = is_gap
                                 ? link_builder_gap(&builder, &row, seq)
                                 : link_builder_event(&builder, &row, seq, seq == 2 ? key : NULL);
        assert_int_equal(status, STATUS_OK);
    }
    assert_int_equal(link_builder_encode(&builder, &bytes), STATUS_OK);
    return bytes;
}

static void test_batch__with_a_gap_and_a_key__comes_back_entry_by_entry(void **state)
{
    (void)state;
    struct link_frame frame;
    struct diag diag = {0};
    struct queued_entry entry;
    struct position gap = fixture_position('w', 4, 9);
    assert_int_equal(link_frame_decode(some_batch(), &arena, &frame, &diag), STATUS_OK);
    assert_int_equal(frame.kind, LINK_BATCH);
    assert_int_equal(frame.as.batch.entry_count, 3);
    assert_int_equal(frame.as.batch.before.seq, 1);
    assert_int_equal(link_batch_entry(&frame.as.batch, 0, &entry, &diag), STATUS_OK);
    assert_int_equal(entry.key_state, ENTRY_KEY_HERE);
    assert_int_equal(entry.case_key[0], 5);
    assert_int_equal(link_batch_entry(&frame.as.batch, 1, &entry, &diag), STATUS_OK);
    assert_true(entry.is_gap);
    assert_memory_equal(&entry.through, &gap, sizeof gap);
    assert_int_equal(link_batch_entry(&frame.as.batch, 2, &entry, &diag), STATUS_OK);
    assert_int_equal(entry.through.seq, 5);
}

static void test_batch__cut_at_every_byte__is_refused_and_never_read_past(void **state)
{
    (void)state;
    struct view whole = some_batch();
    for (size_t size = 1; size < whole.size; size++) {
        size_t mark = arena_mark(&arena);
        struct link_frame frame;
        struct diag diag = {0};
        uint8_t *copy = arena_copy(&arena, view_of(whole.bytes, size));
        enum status status = link_frame_decode(view_of(copy, size), &arena, &frame, &diag);
        assert_int_not_equal(status, STATUS_OK);
        assert_int_equal(status_class_of(status), STATUS_CLASS_REJECT);
        arena_rewind(&arena, mark);
    }
}

static void test_batch__every_bit_flipped__is_refused_or_whole(void **state)
{
    (void)state;
    struct view whole = some_batch();
    for (size_t bit = 0; bit < whole.size * 8; bit++) {
        size_t mark = arena_mark(&arena);
        struct link_frame frame;
        struct diag diag = {0};
        struct queued_entry entry;
        uint8_t *copy = arena_copy(&arena, whole);
        copy[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        enum status status = link_frame_decode(view_of(copy, whole.size), &arena, &frame, &diag);
        if (status == STATUS_OK && frame.kind == LINK_BATCH)
            for (unsigned i = 0; i < frame.as.batch.entry_count; i++)
                (void)!link_batch_entry(&frame.as.batch, i, &entry, &diag);
        arena_rewind(&arena, mark);
    }
}

static void test_builder__full_frame__stays_within_the_frame_limit(void **state)
{
    (void)state;
    struct link_builder builder;
    struct view bytes;
    static uint8_t payload[1300];
    uint8_t key[CASE_KEY_SIZE] = {5};
    struct position before = fixture_position('w', 0, 9);
    assert_int_equal(link_builder_open(&builder, &arena, &before), STATUS_OK);
    uint64_t seq = 0;
    while (link_builder_fits(&builder, sizeof payload)) {
        struct queued_entry entry = fixture_entry('w', ++seq, 9);
        struct event_log_row row = {.header_bytes = entry.header_bytes,
                                    .payload = view_of(payload, sizeof payload)};
        assert_int_equal(link_builder_event(&builder, &row, seq, key), STATUS_OK);
    }
    assert_int_equal(link_builder_encode(&builder, &bytes), STATUS_OK);
    assert_true(bytes.size <= LIMIT_FRAME_BYTES);
    assert_true(bytes.size > LIMIT_FRAME_BYTES * 9 / 10);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_ack__encoded_and_decoded__is_the_same),
        WITH_ARENA(test_hello__encoded_and_decoded__is_the_same),
        WITH_ARENA(test_hello__contract_from_the_future__is_refused_until_we_know_it),
        WITH_ARENA(test_batch__with_a_gap_and_a_key__comes_back_entry_by_entry),
        WITH_ARENA(test_batch__cut_at_every_byte__is_refused_and_never_read_past),
        WITH_ARENA(test_batch__every_bit_flipped__is_refused_or_whole),
        WITH_ARENA(test_builder__full_frame__stays_within_the_frame_limit),
    };
    return cmocka_run_group_tests_name("link wire", tests, NULL, NULL);
}
