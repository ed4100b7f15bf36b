/* The walk's limits: nesting, fields, frame and memory, at each limit and one beyond. */
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "tests/support/test.h"
#include "tests/unit/wire/guarded.h"
#include "wire_test.pb-c.h"

#include <string.h>

static const ProtobufCMessageDescriptor *const every = &netra__test__every__descriptor;
static const ProtobufCMessageDescriptor *const nest = &netra__test__nest__descriptor;

/* What is put, again and again, to make large bytes. */
struct builder {
    uint8_t *bytes;
    size_t size;
};

static void put(struct builder *builder, const char *bytes, size_t size, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        memcpy(builder->bytes + builder->size, bytes, size);
        builder->size += size;
    }
}

static uint8_t room[GUARDED_SIZE_MAX];

/* A varint in five bytes, however small: nesting from the inside out then needs no moving. */
static void put_length(uint8_t *to, size_t length)
{
    for (size_t i = 0; i < 5; i++)
        to[i] = (uint8_t)((length >> (7 * i) & 0x7F) | (i < 4 ? 0x80 : 0));
}

/* `levels` messages within the first, built from the inside out at the end of the room. */
static struct view nested(size_t levels)
{
    size_t at = sizeof(room);

    for (size_t i = 0; i < levels; i++) {
        size_t inner = sizeof(room) - at;

        at -= 6;
        room[at] = 0x0A;
        put_length(room + at + 1, inner);
    }
    return guarded_copy(view_of(room + at, sizeof(room) - at));
}

static void test_wire_scan__nesting_at_the_limit__is_fine(void **state)
{
    struct diag diag;

    (void)state;
    assert_int_equal(wire_scan(nest, nested(LIMIT_NESTING), &diag), STATUS_OK);
}

static void test_wire_scan__one_level_more__is_nested_too_deep(void **state)
{
    struct diag diag;

    (void)state;
    assert_int_equal(wire_scan(nest, nested(LIMIT_NESTING + 1), &diag), STATUS_NESTED_TOO_DEEP);
    assert_ptr_equal(strstr(diag.text, "Nest.inner.inner."), diag.text);
}

static void test_wire_scan__34_kb_of_nesting__is_nested_too_deep(void **state)
{
    struct diag diag;

    (void)state;
    assert_int_equal(wire_scan(nest, nested(34 * 1024 / 6), &diag), STATUS_NESTED_TOO_DEEP);
}

struct bulk_case {
    const char *name;
    const char *field; /* repeated */
    size_t size;
    size_t times;
    enum status want;
};

#define FIELD(literal) .field = (literal), .size = sizeof(literal) - 1

static struct bulk_case bulks[] = {
    {.name = "a megabyte of empty messages is too large a frame",
     FIELD("\xBA\x01\x00"),
     .times = 1048576 / 3,
     .want = STATUS_FRAME_TOO_LARGE},
    {.name = "a frame of empty messages has too many fields",
     FIELD("\xBA\x01\x00"),
     .times = LIMIT_FRAME_BYTES / 3,
     .want = STATUS_TOO_MANY_FIELDS},
    {.name = "fields at the limit are fine",
     FIELD("\xBA\x01\x00"),
     .times = LIMIT_FIELDS,
     .want = STATUS_OK},
    {.name = "one field more is too many",
     FIELD("\xBA\x01\x00"),
     .times = LIMIT_FIELDS + 1,
     .want = STATUS_TOO_MANY_FIELDS},
    {.name = "unknown fields count",
     FIELD("\xA0\x06\x01"),
     .times = LIMIT_FIELDS + 1,
     .want = STATUS_TOO_MANY_FIELDS},
    {.name = "fields within messages count",
     FIELD("\xBA\x01\x02\x1A\x00"),
     .times = LIMIT_FIELDS / 2 + 1,
     .want = STATUS_TOO_MANY_FIELDS},
};

static void test_wire_scan_bulk(void **state)
{
    const struct bulk_case *row = *state;
    struct builder builder = {.bytes = room};
    struct diag diag;

    put(&builder, row->field, row->size, row->times);
    assert_int_equal(wire_scan(every, guarded_copy(view_of(room, builder.size)), &diag),
                     row->want);
}

static void test_wire_scan__frame_at_the_limit__is_fine_and_one_more_is_not(void **state)
{
    struct diag diag;

    (void)state;
    /* One bytes field that fills the frame: two bytes of tag, five of length. */
    memset(room, 0, LIMIT_FRAME_BYTES + 1);
    memcpy(room, "\x82\x01", 2);
    put_length(room + 2, LIMIT_FRAME_BYTES - 7);
    assert_int_equal(wire_scan(every, view_of(room, LIMIT_FRAME_BYTES), &diag), STATUS_OK);
    put_length(room + 2, LIMIT_FRAME_BYTES - 6);
    assert_int_equal(wire_scan(every, view_of(room, LIMIT_FRAME_BYTES + 1), &diag),
                     STATUS_FRAME_TOO_LARGE);
}

/* No message of the contract can get there within a frame; one with a huge struct can. */
static void test_wire_scan__memory_over_the_limit__is_frame_too_large(void **state)
{
    ProtobufCFieldDescriptor field = nest->fields[1];
    ProtobufCMessageDescriptor huge = *nest;
    struct builder builder = {.bytes = room};
    struct diag diag;

    (void)state;
    huge.sizeof_message = LIMIT_UNPACKED_BYTES / 16;
    field.descriptor = &huge;
    huge.fields = &field;
    huge.n_fields = 1;
    huge.n_field_ranges = 1;
    huge.field_ranges = (const ProtobufCIntRange[]){{2, 0}, {0, 1}};
    put(&builder, "\x12\x00", 2, 14);
    assert_int_equal(wire_scan(&huge, view_of(room, builder.size), &diag), STATUS_OK);
    put(&builder, "\x12\x00", 2, 1);
    assert_int_equal(wire_scan(&huge, view_of(room, builder.size), &diag), STATUS_FRAME_TOO_LARGE);
}

/* The count must be no less than what protobuf-c takes, slabs, arrays and unknown fields too: with
 * the outermost message made so much larger that the whole is one byte over, it is refused. */
static void test_wire_scan__counted_memory__is_at_least_what_unpacking_takes(void **state)
{
    static const struct bulk_case mixes[] = {
        {.name = "messages", FIELD("\xBA\x01\x00")},
        {.name = "unknown varints", FIELD("\xA0\x06\x01")},
        {.name = "unknown bytes", FIELD("\xA2\x06\x01\x01")},
        {.name = "texts",
         FIELD("\xAA\x01\x01"
               "a")},
        {.name = "empty bytes", FIELD("\xB2\x01\x00")},
        {.name = "packed numbers", FIELD("\x92\x01\x04\x00\x01\x02\x03")},
        {.name = "a text given again and again",
         FIELD("\x7A\x01"
               "a")},
        {.name = "a choice given again and again",
         FIELD("\xCA\x01\x01"
               "a")},
        {.name = "messages with messages", FIELD("\xBA\x01\x04\x12\x00\x12\x00")},
    };
    struct arena arena;

    (void)state;
    assert_int_equal(arena_open(&arena, 2 * LIMIT_UNPACKED_BYTES), STATUS_OK);
    for (size_t i = 0; i < sizeof(mixes) / sizeof(mixes[0]); i++) {
        struct builder builder = {.bytes = room};
        ProtobufCMessageDescriptor padded = *every;
        ProtobufCMessage *message;
        struct diag diag;

        arena_reset(&arena);
        put(&builder, mixes[i].field, mixes[i].size, LIMIT_FIELDS / 3);
        assert_int_equal(wire_unpack(every, view_of(room, builder.size), &arena, &message, &diag),
                         STATUS_OK);
        assert_true(arena.used <= LIMIT_UNPACKED_BYTES);
        padded.sizeof_message += LIMIT_UNPACKED_BYTES - arena.used + 1;
        assert_int_equal(wire_scan(&padded, view_of(room, builder.size), &diag),
                         STATUS_FRAME_TOO_LARGE);
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire_scan__nesting_at_the_limit__is_fine),
        cmocka_unit_test(test_wire_scan__one_level_more__is_nested_too_deep),
        cmocka_unit_test(test_wire_scan__34_kb_of_nesting__is_nested_too_deep),
        cmocka_unit_test(test_wire_scan__frame_at_the_limit__is_fine_and_one_more_is_not),
        cmocka_unit_test(test_wire_scan__memory_over_the_limit__is_frame_too_large),
        cmocka_unit_test(test_wire_scan__counted_memory__is_at_least_what_unpacking_takes),
    };
    TEST_TABLE(bulk_rows, bulks, test_wire_scan_bulk)
    int failed = cmocka_run_group_tests_name("wire/scan limits", tests, NULL, NULL);

    return failed + cmocka_run_group_tests_name("wire/scan bulk", bulk_rows, NULL, NULL);
}
