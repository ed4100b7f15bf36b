/*
 * Big-endian integers and hex.
 */
#include "tests/support/test.h"

#include "common/base/bytes.h"

#include <string.h>

struct integer_case {
    const char *name;
    unsigned width; /* bytes */
    uint64_t value;
    const char *want_hex;
};

static struct integer_case integer_cases[] = {
    {.name = "u16, high byte first", .width = 2, .value = 0x0102, .want_hex = "0102"},
    {.name = "u16, largest", .width = 2, .value = UINT16_MAX, .want_hex = "ffff"},
    {.name = "u32, high byte first", .width = 4, .value = 0x01020304, .want_hex = "01020304"},
    {.name = "u32, top bit", .width = 4, .value = 0x80000000, .want_hex = "80000000"},
    {.name = "u64, high byte first",
     .width = 8,
     .value = 0x0102030405060708,
     .want_hex = "0102030405060708"},
    {.name = "u64, largest", .width = 8, .value = UINT64_MAX, .want_hex = "ffffffffffffffff"},
    {.name = "u64, zero", .width = 8, .value = 0, .want_hex = "0000000000000000"},
};

static void test_integer(void **state)
{
    const struct integer_case *row = *state;
    /* From an odd address, with a guard on both sides. */
    uint8_t buffer[12];
    memset(buffer, 0xa5, sizeof buffer);
    uint64_t found = 0;
    if (row->width == 2) {
        bytes_put_u16(buffer + 1, (uint16_t)row->value);
        found = bytes_get_u16(buffer + 1);
    } else if (row->width == 4) {
        bytes_put_u32(buffer + 1, (uint32_t)row->value);
        found = bytes_get_u32(buffer + 1);
    } else {
        bytes_put_u64(buffer + 1, row->value);
        found = bytes_get_u64(buffer + 1);
    }
    assert_true(found == row->value);
    assert_int_equal(buffer[0], 0xa5);
    assert_int_equal(buffer[1 + row->width], 0xa5);
    char hex[17];
    bytes_to_hex(view_of(buffer + 1, row->width), hex);
    assert_string_equal(hex, row->want_hex);
}

struct hex_case {
    const char *name;
    const char *text;
    bool want;
};

static struct hex_case hex_cases[] = {
    {.name = "exactly the digits", .text = "00ff10", .want = true},
    {.name = "upper case digits", .text = "00FF10", .want = true},
    {.name = "too short", .text = "00ff1", .want = false},
    {.name = "far too short", .text = "", .want = false},
    {.name = "too long", .text = "00ff100", .want = false},
    {.name = "not a digit", .text = "00fg10", .want = false},
    {.name = "a space is not a digit", .text = "00 f10", .want = false},
    {.name = "no prefix", .text = "0xff10", .want = false},
};

static void test_hex(void **state)
{
    const struct hex_case *row = *state;
    static const uint8_t want[] = {0x00, 0xff, 0x10};
    uint8_t found[3] = {0};
    assert_int_equal(bytes_from_hex(row->text, found, sizeof found), row->want);
    if (row->want)
        assert_memory_equal(found, want, sizeof want);
}

static void test_bytes_to_hex__empty__only_a_nul(void **state)
{
    (void)state;
    char hex[1] = {'x'};
    bytes_to_hex(view_of(NULL, 0), hex);
    assert_int_equal(hex[0], '\0');
    assert_true(bytes_from_hex("", NULL, 0));
}

/* Every byte at every place of eight. */
static void test_bytes_plain_size__one_byte_changed__plain_only_where_it_is(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 8; place++) {
            uint8_t text[] = "a b~c d e";
            bool is_plain = byte >= 0x20 && byte < 0x7f;
            text[place] = (uint8_t)byte;
            assert_int_equal(bytes_plain_size(text, 9), is_plain ? 8 : 0);
        }
    }
    assert_int_equal(bytes_plain_size((const uint8_t *)"seven..", 7), 0);
    assert_int_equal(bytes_plain_size(NULL, 0), 0);
}

int main(void)
{
    TEST_TABLE(integers, integer_cases, test_integer)
    TEST_TABLE(hex, hex_cases, test_hex)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_bytes_to_hex__empty__only_a_nul),
        cmocka_unit_test(test_bytes_plain_size__one_byte_changed__plain_only_where_it_is),
    };
    int failed = cmocka_run_group_tests_name("bytes_put", integers, NULL, NULL);
    failed += cmocka_run_group_tests_name("bytes_from_hex", hex, NULL, NULL);
    failed += cmocka_run_group_tests_name("bytes", single, NULL, NULL);
    return failed;
}
