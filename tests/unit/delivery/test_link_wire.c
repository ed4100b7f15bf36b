/*
 * Frames: what is built comes back, and what is broken is refused by name.
 */
#include "tests/support/test.h"

#include "common/delivery/link_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/link.pb-c.h"
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
                           .received = fixture_position('x', 2, 9),
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

/* As a sender from before there was the field says it. */
static void test_ack__without_what_was_received__tells_nothing_of_it(void **state)
{
    (void)state;
    static const struct position nothing;
    struct view bytes;
    struct link_frame frame;
    struct diag diag = {0};
    struct link_ack ack = some_ack();
    assert_int_equal(link_ack_encode(&ack, &arena, &bytes), STATUS_OK);
    Netra__V1__Frame *message = netra__v1__frame__unpack(NULL, bytes.size, bytes.bytes);
    assert_non_null(message);
    netra__v1__position__free_unpacked(message->ack->received, NULL);
    message->ack->received = NULL;
    uint8_t *older = arena_take(&arena, netra__v1__frame__get_packed_size(message));
    size_t size = netra__v1__frame__pack(message, older);
    netra__v1__frame__free_unpacked(message, NULL);
    assert_int_equal(link_frame_decode(view_of(older, size), &arena, &frame, &diag), STATUS_OK);
    assert_memory_equal(&frame.as.ack.position, &ack.position, sizeof ack.position);
    assert_memory_equal(&frame.as.ack.received, &nothing, sizeof nothing);
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

/* A batch after entry 1: entry 2 with a key, 3 and 4 as one gap that tells one, entry 5. */
static struct view some_batch(void)
{
    static const uint8_t told_handle[CASE_HANDLE_SIZE] = {7};
    static const uint8_t told_key[CASE_KEY_SIZE] = {6};
    struct link_builder builder;
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
        if (seq == 4)
            assert_int_equal(link_builder_gap_key(&builder, told_handle, told_key), STATUS_OK);
    }
    return link_builder_encode(&builder);
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
    assert_int_equal(entry.key_state, ENTRY_KEY_HERE);
    assert_int_equal(entry.header.case_handle[0], 7);
    assert_int_equal(entry.case_key[0], 6);
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
    struct view bytes = link_builder_encode(&builder);
    assert_true(bytes.size <= LIMIT_FRAME_BYTES);
    assert_true(bytes.size > LIMIT_FRAME_BYTES * 9 / 10);
}

/* The same frame as protobuf-c writes it: what it reads from ours, written again. */
static void assert_as_protobuf_writes(struct view bytes)
{
    Netra__V1__Frame *frame = netra__v1__frame__unpack(NULL, bytes.size, bytes.bytes);
    assert_non_null(frame);
    uint8_t *again = arena_take(&arena, bytes.size);
    assert_int_equal(netra__v1__frame__get_packed_size(frame), bytes.size);
    assert_int_equal(netra__v1__frame__pack(frame, again), bytes.size);
    assert_memory_equal(again, bytes.bytes, bytes.size);
    netra__v1__frame__free_unpacked(frame, NULL);
}

static void test_builder__events_keys_and_gaps__are_bytes_as_protobuf_writes_them(void **state)
{
    (void)state;
    assert_as_protobuf_writes(some_batch());
}

struct gap_case {
    const char *name;
    uint64_t before;
    uint64_t first;
    uint64_t last;
};

static const struct gap_case gap_cases[] = {
    {"a gap from the stream's very beginning", 0, 1, 1},
    {"a gap whose seq takes a second byte as it grows", 126, 127, 128},
    {"a gap whose seq takes a third byte as it grows", 16380, 16381, 16390},
    {"a gap at the highest seq there is", UINT64_MAX - 2, UINT64_MAX - 1, UINT64_MAX},
};

static void test_builder__gap_that_grows__is_one_entry_as_protobuf_writes_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof gap_cases / sizeof gap_cases[0]; i++) {
        const struct gap_case *row = &gap_cases[i];
        struct position before = fixture_position('w', 0, 9);
        struct link_builder builder;
        struct link_frame frame;
        struct queued_entry entry;
        struct diag diag = {0};
        uint8_t digest[SHA256_SIZE] = {6};
        print_message("  %s\n", row->name);
        before.seq = row->before;
        assert_int_equal(link_builder_open(&builder, &arena, &before), STATUS_OK);
        for (uint64_t seq = row->first;; seq++) {
            struct event_log_row event = {.digest = digest};
            digest[1] = (uint8_t)seq;
            assert_int_equal(link_builder_gap(&builder, &event, seq), STATUS_OK);
            if (seq == row->last)
                break;
        }
        struct view bytes = link_builder_encode(&builder);
        assert_as_protobuf_writes(bytes);
        assert_int_equal(link_frame_decode(bytes, &arena, &frame, &diag), STATUS_OK);
        assert_int_equal(frame.as.batch.entry_count, 1);
        assert_int_equal(link_batch_entry(&frame.as.batch, 0, &entry, &diag), STATUS_OK);
        assert_int_equal(entry.through.seq, row->last);
        assert_int_equal(entry.key_state, ENTRY_KEY_UNNEEDED);
        assert_memory_equal(entry.through.digest, digest, SHA256_SIZE);
    }
}

struct told_case {
    const char *name;
    size_t handle_size;
    size_t key_size;
    enum status want_status;
};

static const struct told_case told_cases[] = {
    {"a gap that tells a key", CASE_HANDLE_SIZE, CASE_KEY_SIZE, STATUS_OK},
    {"a gap that tells a key of no case", 0, CASE_KEY_SIZE, STATUS_OUT_OF_RANGE},
    {"a gap that tells half a key", CASE_HANDLE_SIZE, CASE_KEY_SIZE / 2, STATUS_OUT_OF_RANGE},
};

static void test_gap__that_tells_a_key__is_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof told_cases / sizeof told_cases[0]; i++) {
        const struct told_case *row = &told_cases[i];
        static const uint8_t bytes[SHA256_SIZE];
        Netra__V1__Entry message = NETRA__V1__ENTRY__INIT;
        struct view entry_bytes;
        struct queued_entry entry;
        struct diag diag = {0};
        print_message("  %s\n", row->name);
        message.gap_seq = 4;
        message.gap_digest = wire_bytes(view_of(bytes, SHA256_SIZE));
        message.case_handle = wire_bytes(view_of(bytes, row->handle_size));
        message.case_key = wire_bytes(view_of(bytes, row->key_size));
        assert_int_equal(wire_pack(&message.base, &arena, &entry_bytes), STATUS_OK);
        struct link_batch batch = {.entries = &entry_bytes, .entry_count = 1};
        assert_int_equal(link_batch_entry(&batch, 0, &entry, &diag), row->want_status);
    }
}

struct body_case {
    const char *name;
    struct view bytes;
    enum status want_status;
};

#define BYTES(text)                                                \
    {                                                              \
        .bytes = (const uint8_t *)(text), .size = sizeof(text) - 1 \
    }

/* Tags: 0x0a a Hello, 0x12 a batch, 0x1a an Ack, 0x22 what nobody knows. */
static const struct body_case body_cases[] = {
    {"no body", BYTES(""), STATUS_FIELD_MISSING},
    {"a body that nobody knows", BYTES("\x22\x00"), STATUS_FIELD_MISSING},
    {"a batch without entries", BYTES("\x12\x00"), STATUS_OUT_OF_RANGE},
    {"a batch of an empty entry without a stream", BYTES("\x12\x02\x12\x00"),
     STATUS_FIELD_MISSING},
    {"a batch and then a Hello is a Hello", BYTES("\x12\x00\x0a\x00"), STATUS_CONTRACT_NEWER},
    {"a Hello and then a batch is a batch", BYTES("\x0a\x00\x12\x00"), STATUS_OUT_OF_RANGE},
    {"a batch and then what nobody knows is a batch", BYTES("\x12\x00\x22\x00"),
     STATUS_OUT_OF_RANGE},
    {"two batches", BYTES("\x12\x00\x12\x00"), STATUS_MALFORMED},
};

static void test_decode__odd_bodies__are_refused_as_what_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof body_cases / sizeof body_cases[0]; i++) {
        struct link_frame frame;
        struct diag diag = {0};
        print_message("  %s\n", body_cases[i].name);
        assert_int_equal(link_frame_decode(body_cases[i].bytes, &arena, &frame, &diag),
                         body_cases[i].want_status);
    }
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_ack__encoded_and_decoded__is_the_same),
        WITH_ARENA(test_ack__without_what_was_received__tells_nothing_of_it),
        WITH_ARENA(test_hello__encoded_and_decoded__is_the_same),
        WITH_ARENA(test_hello__contract_from_the_future__is_refused_until_we_know_it),
        WITH_ARENA(test_batch__with_a_gap_and_a_key__comes_back_entry_by_entry),
        WITH_ARENA(test_batch__cut_at_every_byte__is_refused_and_never_read_past),
        WITH_ARENA(test_batch__every_bit_flipped__is_refused_or_whole),
        WITH_ARENA(test_builder__full_frame__stays_within_the_frame_limit),
        WITH_ARENA(test_builder__events_keys_and_gaps__are_bytes_as_protobuf_writes_them),
        WITH_ARENA(test_builder__gap_that_grows__is_one_entry_as_protobuf_writes_it),
        WITH_ARENA(test_gap__that_tells_a_key__is_checked),
        WITH_ARENA(test_decode__odd_bodies__are_refused_as_what_they_are),
    };
    return cmocka_run_group_tests_name("link wire", tests, NULL, NULL);
}
