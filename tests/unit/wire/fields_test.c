/* Single fields: what is read, what isn't a field, and that what is written is read again. */
#include "common/wire/fields.h"
#include "tests/support/test.h"
#include "tests/unit/wire/guarded.h"

#include <string.h>

#define BYTES(literal) .bytes = (literal), .size = sizeof(literal) - 1
#define FF9 "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"

struct good_case {
    const char *name;
    const char *bytes;
    size_t size;
    uint32_t want_number;
    enum wire_type want_type;
    uint64_t want_value;
    const char *want_bytes; /* of anything but a varint */
    size_t want_left;       /* how many bytes stand behind the field */
};

static struct good_case good_cases[] = {
    {.name = "a varint", BYTES("\x08\x96\x01"), .want_number = 1, .want_value = 150},
    {.name = "zero is a value", BYTES("\x08\x00"), .want_number = 1},
    {.name = "the greatest varint",
     BYTES("\x08" FF9 "\x01"),
     .want_number = 1,
     .want_value = UINT64_MAX},
    {.name = "a longer form of a small number",
     BYTES("\x08\x81\x00"),
     .want_number = 1,
     .want_value = 1},
    {.name = "bytes, and a field behind them",
     BYTES("\x12\x03"
           "abc\x18\x01"),
     .want_number = 2,
     .want_type = WIRE_BYTES,
     .want_bytes = "abc",
     .want_left = 2},
    {.name = "bytes, none",
     BYTES("\x12\x00"),
     .want_number = 2,
     .want_type = WIRE_BYTES,
     .want_bytes = ""},
    {.name = "eight bytes",
     BYTES("\x19"
           "abcdefgh"),
     .want_number = 3,
     .want_type = WIRE_FIXED_64,
     .want_bytes = "abcdefgh"},
    {.name = "four bytes",
     BYTES("\x25"
           "abcd"),
     .want_number = 4,
     .want_type = WIRE_FIXED_32,
     .want_bytes = "abcd"},
    {.name = "the greatest field number",
     BYTES("\xF8\xFF\xFF\xFF\x0F\x07"),
     .want_number = (1u << 29) - 1,
     .want_value = 7},
};

static void test_read(void **state)
{
    const struct good_case *row = *state;
    struct view message = guarded_copy(view_of(row->bytes, row->size));
    struct wire_field field;

    assert_true(wire_field_read(&message, &field));
    assert_int_equal(field.number, row->want_number);
    assert_int_equal(field.type, row->want_type);
    assert_int_equal(field.value, row->want_value);
    if (row->want_bytes != NULL)
        assert_true(view_equals(field.bytes, view_of_text(row->want_bytes)));
    assert_int_equal(message.size, row->want_left);
}

struct bad_case {
    const char *name;
    const char *bytes;
    size_t size;
};

static struct bad_case bad_cases[] = {
    {.name = "nothing is no field", BYTES("")},
    {.name = "a tag that ends with the message", BYTES("\x88")},
    {.name = "a tag alone", BYTES("\x08")},
    {.name = "a varint that ends with the message", BYTES("\x08\x96")},
    {.name = "a varint of eleven bytes", BYTES("\x08" FF9 "\x81\x00")},
    {.name = "a varint of more than 64 bits", BYTES("\x08" FF9 "\x02")},
    {.name = "field number 0", BYTES("\x00\x01")},
    {.name = "a tag of more than 32 bits", BYTES("\x88\x80\x80\x80\x10\x01")},
    {.name = "a length of which a part is missing", BYTES("\x12\x83")},
    {.name = "a length beyond the message",
     BYTES("\x12\x04"
           "abc")},
    {.name = "the greatest length",
     BYTES("\x12" FF9 "\x01"
           "abc")},
    {.name = "eight bytes, cut",
     BYTES("\x19"
           "abcdefg")},
    {.name = "four bytes, cut",
     BYTES("\x25"
           "abc")},
    {.name = "a group begins", BYTES("\x1B\x1C")},
    {.name = "a group ends", BYTES("\x1C")},
    {.name = "type 6", BYTES("\x0E\x01")},
    {.name = "type 7", BYTES("\x0F\x01")},
};

static void test_read__of_no_field__leaves_the_message(void **state)
{
    const struct bad_case *row = *state;
    struct view bytes = guarded_copy(view_of(row->bytes, row->size));
    struct view message = bytes;
    struct wire_field field;

    assert_false(wire_field_read(&message, &field));
    assert_ptr_equal(message.bytes, bytes.bytes);
    assert_int_equal(message.size, bytes.size);
}

static void test_written_fields__are_read_again(void **state)
{
    (void)state;
    static const uint64_t values[] = {1, 0x7F, 0x80, 0x3FFF, 0x4000, UINT32_MAX, UINT64_MAX};
    uint8_t bytes[64];
    struct wire_field field;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        uint8_t *end = wire_put_number(bytes, 15, values[i]);
        end = wire_put_bytes(end, 2, view_of_text("netra"));
        struct view message = view_of(bytes, (size_t)(end - bytes));
        assert_int_equal(message.size, wire_number_size(values[i]) + wire_bytes_size(5));
        assert_true(wire_field_take(&message, &field));
        assert_int_equal(field.number, 15);
        assert_int_equal(field.value, values[i]);
        assert_true(wire_field_take(&message, &field));
        assert_true(view_equals(field.bytes, view_of_text("netra")));
        assert_false(wire_field_take(&message, &field));
    }
}

static void test_what_is_zero_or_empty__is_not_written(void **state)
{
    (void)state;
    uint8_t bytes[8];

    assert_ptr_equal(wire_put_number(bytes, 1, 0), bytes);
    assert_ptr_equal(wire_put_bytes(bytes, 1, view_of(NULL, 0)), bytes);
    assert_int_equal(wire_number_size(0) + wire_bytes_size(0), 0);
    assert_int_equal(wire_put_head(bytes, 1, 0) - bytes, 2);
    assert_int_equal(wire_head_size(0), 2);
}

int main(void)
{
    TEST_TABLE(good, good_cases, test_read)
    TEST_TABLE(bad, bad_cases, test_read__of_no_field__leaves_the_message)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_fields__are_read_again),
        cmocka_unit_test(test_what_is_zero_or_empty__is_not_written),
    };

    int failed = cmocka_run_group_tests_name("wire/fields/read", good, NULL, NULL);
    failed += cmocka_run_group_tests_name("wire/fields/none", bad, NULL, NULL);
    return failed + cmocka_run_group_tests_name("wire/fields", tests, NULL, NULL);
}
