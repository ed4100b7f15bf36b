/* What comes out of hostile bytes: a message in the arena, or a status; never a crash. */
#include "common/wire/unpack.h"

#include "common/wire/limits.h"
#include "netra/v1/link.pb-c.h"
#include "tests/support/test.h"
#include "tests/unit/wire/guarded.h"
#include "wire_test.pb-c.h"

#include <string.h>

#define ARENA_SIZE (LIMIT_UNPACKED_BYTES + LIMIT_FRAME_BYTES)
#define FLIPS 20000

static const ProtobufCMessageDescriptor *const every = &netra__test__every__descriptor;

static int open_arena(void **state)
{
    static struct arena arena;

    *state = &arena;
    return arena_open(&arena, ARENA_SIZE) != STATUS_OK;
}

static int close_arena(void **state)
{
    arena_close(*state);
    return 0;
}

/* A message with every field set, packed. */
static struct view pack_every(struct arena *arena)
{
    uint64_t numbers[] = {0, 1, UINT64_MAX};
    uint32_t fixed_numbers[] = {7, UINT32_MAX};
    Netra__Test__Colour colours[] = {NETRA__TEST__COLOUR__COLOUR_RED,
                                     NETRA__TEST__COLOUR__COLOUR_BELOW};
    protobuf_c_boolean flags[] = {0, 1};
    char text[] = "tahun \xE2\x80\x94";
    char *texts[] = {text, text};
    uint8_t raw[] = {0, 0xFF, 0};
    ProtobufCBinaryData raws[] = {wire_bytes(view_of(raw, 3)), wire_bytes(view_of(NULL, 0))};
    Netra__Test__Nest leaf;
    Netra__Test__Nest nest;
    Netra__Test__Nest *leaves[] = {&leaf, &leaf};
    Netra__Test__Every message;
    struct view bytes;

    netra__test__every__init(&message);
    netra__test__nest__init(&leaf);
    netra__test__nest__init(&nest);
    leaf.text = text;
    nest.inner = &leaf;
    nest.n_inners = 2;
    nest.inners = leaves;
    message.int32_value = INT32_MIN;
    message.int64_value = INT64_MIN;
    message.uint32_value = UINT32_MAX;
    message.uint64_value = UINT64_MAX;
    message.sint32_value = INT32_MIN;
    message.sint64_value = INT64_MIN;
    message.bool_value = 1;
    message.colour = NETRA__TEST__COLOUR__COLOUR_BELOW;
    message.fixed32_value = 1;
    message.fixed64_value = 2;
    message.sfixed32_value = -3;
    message.sfixed64_value = -4;
    message.float_value = 0.5F;
    message.double_value = 0.25;
    message.text = text;
    message.raw = wire_bytes(view_of(raw, 3));
    message.nest = &nest;
    message.n_numbers = 3;
    message.numbers = numbers;
    message.n_fixed_numbers = 2;
    message.fixed_numbers = fixed_numbers;
    message.n_colours = 2;
    message.colours = colours;
    message.n_texts = 2;
    message.texts = texts;
    message.n_raws = 2;
    message.raws = raws;
    message.n_nests = 2;
    message.nests = leaves;
    message.choice_case = NETRA__TEST__EVERY__CHOICE_CHOICE_NEST;
    message.choice_nest = &nest;
    message.n_flags = 2;
    message.flags = flags;
    assert_int_equal(wire_pack(&message.base, arena, &bytes), STATUS_OK);
    return bytes;
}

static void test_wire_unpack__every_field_set__comes_back_the_same(void **state)
{
    struct view bytes = pack_every(*state);
    struct diag diag = {.text = ""};
    ProtobufCMessage *message;
    struct view again;

    assert_int_equal(wire_unpack(every, guarded_copy(bytes), *state, &message, &diag), STATUS_OK);
    assert_int_equal(message->n_unknown_fields, 0);
    assert_int_equal(wire_pack(message, *state, &again), STATUS_OK);
    assert_true(view_equals(bytes, again));
    arena_reset(*state);
}

static void test_wire_unpack__cut_at_every_byte__never_reads_on(void **state)
{
    static uint8_t kept[4096];
    struct view bytes = pack_every(*state);
    size_t refused = 0;

    assert_true(bytes.size <= sizeof(kept));
    memcpy(kept, bytes.bytes, bytes.size);
    for (size_t size = 0; size < bytes.size; size++) {
        struct diag diag;
        ProtobufCMessage *message;
        enum status status;

        arena_reset(*state);
        status = wire_unpack(every, guarded_copy(view_of(kept, size)), *state, &message, &diag);
        assert_true(status == STATUS_OK || status == STATUS_MALFORMED);
        refused += status == STATUS_MALFORMED;
    }
    /* Cuts between two fields of the outermost message are messages themselves. */
    assert_true(refused > bytes.size / 2);
    arena_reset(*state);
}

/* xorshift64* (Vigna 2016): the same flips in every run. */
static uint64_t draw(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C(2685821657736338717);
}

static void test_wire_unpack__random_bytes_flipped__what_scan_lets_through_unpacks(void **state)
{
    static uint8_t kept[4096];
    uint64_t seed = 42;
    struct view bytes = pack_every(*state);

    memcpy(kept, bytes.bytes, bytes.size);
    for (size_t flip = 0; flip < FLIPS; flip++) {
        uint8_t altered[sizeof(kept)];
        ProtobufCMessage *message;
        struct diag diag;
        struct view copy;
        enum status status;

        memcpy(altered, kept, bytes.size);
        for (uint64_t i = draw(&seed) % 4 + 1; i > 0; i--)
            altered[draw(&seed) % bytes.size] ^= (uint8_t)(1u << (draw(&seed) % 8));
        copy = guarded_copy(view_of(altered, bytes.size));
        arena_reset(*state);
        status = wire_unpack(every, copy, *state, &message, &diag);
        /* What the scan took, protobuf-c takes too: neither reads it differently. */
        assert_int_equal(status, wire_scan(every, copy, &diag));
        assert_int_not_equal(status, STATUS_NO_MEMORY);
    }
    arena_reset(*state);
}

/* Whatever unpacks takes no more than the scan's limit, so an arena of that size is enough. */
static void test_wire_unpack__largest_batch__fits_the_limit(void **state)
{
    static uint8_t header[232];
    static Netra__V1__Entry entries[LIMIT_BATCH_ENTRIES];
    static Netra__V1__Entry *pointers[LIMIT_BATCH_ENTRIES];
    Netra__V1__Batch batch = NETRA__V1__BATCH__INIT;
    Netra__V1__Frame frame = NETRA__V1__FRAME__INIT;
    ProtobufCMessage *message;
    struct diag diag = {.text = ""};
    struct view bytes;
    size_t mark;

    for (size_t i = 0; i < LIMIT_BATCH_ENTRIES; i++) {
        netra__v1__entry__init(&entries[i]);
        entries[i].header = wire_bytes(view_of(header, sizeof(header)));
        entries[i].payload = wire_bytes(view_of(header, sizeof(header)));
        entries[i].case_key = wire_bytes(view_of(header, 32));
        pointers[i] = &entries[i];
    }
    batch.n_entries = LIMIT_BATCH_ENTRIES;
    batch.entries = pointers;
    frame.body_case = NETRA__V1__FRAME__BODY_BATCH;
    frame.batch = &batch;
    assert_int_equal(wire_pack(&frame.base, *state, &bytes), STATUS_OK);
    mark = arena_mark(*state);
    assert_int_equal(wire_unpack(&netra__v1__frame__descriptor, bytes, *state, &message, &diag),
                     STATUS_OK);
    assert_true(arena_mark(*state) - mark <= LIMIT_UNPACKED_BYTES);
    arena_reset(*state);
}

static void test_wire_unpack__arena_full__is_no_memory_and_takes_nothing(void **state)
{
    struct view bytes = pack_every(*state);
    struct arena *arena = *state;
    ProtobufCMessage *message;
    struct diag diag;
    size_t used;

    assert_non_null(arena_take(arena, arena->size - arena->used - 512));
    used = arena->used;
    assert_int_equal(wire_unpack(every, bytes, arena, &message, &diag), STATUS_NO_MEMORY);
    assert_int_equal(arena->used, used);
    arena_reset(arena);
}

static void test_wire_unpack__nothing__is_a_message_of_defaults(void **state)
{
    ProtobufCMessage *message;
    struct diag diag;

    assert_int_equal(wire_unpack(every, view_of(NULL, 0), *state, &message, &diag), STATUS_OK);
    assert_ptr_equal(message->descriptor, every);
    arena_reset(*state);
}

static void test_wire_exact__other_size__is_out_of_range_with_the_name(void **state)
{
    uint8_t from[3] = {1, 2, 3};
    uint8_t to[3] = {0};
    struct diag diag = {.text = ""};

    (void)state;
    assert_int_equal(wire_exact(wire_bytes(view_of(from, 3)), to, 3, "digest", &diag), STATUS_OK);
    assert_memory_equal(from, to, 3);
    assert_int_equal(wire_exact(wire_bytes(view_of(from, 2)), to, 3, "digest", &diag),
                     STATUS_OUT_OF_RANGE);
    assert_string_equal(diag.text, "digest: 2 bytes, must be 3");
    assert_int_equal(wire_exact(wire_bytes(view_of(NULL, 0)), to, 0, "none", &diag), STATUS_OK);
    assert_true(view_equals(wire_view(wire_bytes(view_of(from, 3))), view_of(from, 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_unpack__every_field_set__comes_back_the_same),
        cmocka_unit_test(test_wire_unpack__cut_at_every_byte__never_reads_on),
        cmocka_unit_test(test_wire_unpack__random_bytes_flipped__what_scan_lets_through_unpacks),
        cmocka_unit_test(test_wire_unpack__largest_batch__fits_the_limit),
        cmocka_unit_test(test_wire_unpack__arena_full__is_no_memory_and_takes_nothing),
        cmocka_unit_test(test_wire_unpack__nothing__is_a_message_of_defaults),
        cmocka_unit_test(test_wire_exact__other_size__is_out_of_range_with_the_name),
    };

    return cmocka_run_group_tests_name("wire/unpack", tests, open_arena, close_arena);
}
