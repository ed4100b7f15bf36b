/* Every rule of the walk over hostile bytes, each row with the bytes that break it. */
#include "common/wire/unpack.h"
#include "tests/support/test.h"
#include "tests/unit/wire/guarded.h"
#include "wire_test.pb-c.h"

#include <string.h>

struct scan_case {
    const char *name;
    const char *bytes;
    size_t size;
    enum status want;
    const char *want_diag; /* how the detail begins; NULL: not looked at */
};

#define BYTES(literal) .bytes = (literal), .size = sizeof(literal) - 1
#define FF9 "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"

static struct scan_case cases[] = {
    {.name = "nothing is a message", BYTES(""), .want = STATUS_OK},

    /* Varints. */
    {.name = "a varint", BYTES("\x20\x96\x01"), .want = STATUS_OK},
    {.name = "a varint of ten bytes", BYTES("\x20" FF9 "\x01"), .want = STATUS_OK},
    {.name = "a tenth byte above one is refused",
     BYTES("\x20" FF9 "\x02"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.uint64_value: not a varint"},
    {.name = "a varint of eleven bytes is refused",
     BYTES("\x20" FF9 "\x81\x00"),
     .want = STATUS_MALFORMED},
    {.name = "a varint that ends with the message is refused",
     BYTES("\x20\x96"),
     .want = STATUS_MALFORMED},
    {.name = "a longer form of a small number is a number",
     BYTES("\x20\x81\x00"),
     .want = STATUS_OK},
    {.name = "a scalar given twice is fine", BYTES("\x20\x01\x20\x02"), .want = STATUS_OK},

    /* Tags. */
    {.name = "tag 0 is refused",
     BYTES("\x00\x01"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.(unknown): not a tag"},
    {.name = "tag 0 of a string is refused", BYTES("\x02\x00"), .want = STATUS_MALFORMED},
    {.name = "the highest tag is an unknown field",
     BYTES("\xF8\xFF\xFF\xFF\x0F\x01"),
     .want = STATUS_OK},
    {.name = "a tag above 2^29 is refused",
     BYTES("\xF8\xFF\xFF\xFF\x1F\x01"),
     .want = STATUS_MALFORMED},
    {.name = "a tag of six bytes is refused",
     BYTES("\xA0\x80\x80\x80\x80\x00\x01"),
     .want = STATUS_MALFORMED},
    {.name = "a tag alone is refused", BYTES("\x20"), .want = STATUS_MALFORMED},
    {.name = "a cut tag is refused", BYTES("\x82"), .want = STATUS_MALFORMED},

    /* Groups and wire types. */
    {.name = "a group is refused",
     BYTES("\x0B\x0C"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.int32_value: a group"},
    {.name = "a group in an unknown field is refused",
     BYTES("\xA3\x06\xA4\x06"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.(unknown): a group"},
    {.name = "the end of a group is refused", BYTES("\x0C"), .want = STATUS_MALFORMED},
    {.name = "wire type 6 is refused", BYTES("\x0E\x00"), .want = STATUS_MALFORMED},
    {.name = "wire type 7 is refused", BYTES("\x0F\x00"), .want = STATUS_MALFORMED},
    {.name = "a number where a text belongs is refused",
     BYTES("\x78\x01"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.text: the wire type"},
    {.name = "bytes where a number belongs are refused",
     BYTES("\x22\x01\x01"),
     .want = STATUS_MALFORMED},
    {.name = "a number where a message belongs is refused",
     BYTES("\x88\x01\x01"),
     .want = STATUS_MALFORMED},
    {.name = "64 bits where 32 belong are refused",
     BYTES("\x49"
           "12345678"),
     .want = STATUS_MALFORMED},
    {.name = "a varint where 32 bits belong is refused",
     BYTES("\x48\x01"),
     .want = STATUS_MALFORMED},
    {.name = "64 bits for many texts are refused",
     BYTES("\xA9\x01"
           "12345678"),
     .want = STATUS_MALFORMED},

    /* Fixed-size numbers. */
    {.name = "a fixed32",
     BYTES("\x4D"
           "1234"),
     .want = STATUS_OK},
    {.name = "a fixed32 cut short is refused",
     BYTES("\x4D"
           "123"),
     .want = STATUS_MALFORMED},
    {.name = "a fixed64",
     BYTES("\x51"
           "12345678"),
     .want = STATUS_OK},
    {.name = "a fixed64 cut short is refused",
     BYTES("\x51"
           "1234567"),
     .want = STATUS_MALFORMED},
    {.name = "a double",
     BYTES("\x71"
           "12345678"),
     .want = STATUS_OK},
    {.name = "a float",
     BYTES("\x6D"
           "1234"),
     .want = STATUS_OK},

    /* Numbers beyond their type are refused, never cut. */
    {.name = "the lowest int32 in ten bytes",
     BYTES("\x08\x80\x80\x80\x80\xF8\xFF\xFF\xFF\xFF\x01"),
     .want = STATUS_OK},
    {.name = "the highest int32", BYTES("\x08\xFF\xFF\xFF\xFF\x07"), .want = STATUS_OK},
    {.name = "one above the highest int32 is refused",
     BYTES("\x08\x80\x80\x80\x80\x08"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.int32_value: not a 32-bit number"},
    {.name = "the highest uint32", BYTES("\x18\xFF\xFF\xFF\xFF\x0F"), .want = STATUS_OK},
    {.name = "one above the highest uint32 is refused",
     BYTES("\x18\x80\x80\x80\x80\x10"),
     .want = STATUS_MALFORMED},
    {.name = "one above the highest sint32 is refused",
     BYTES("\x28\x80\x80\x80\x80\x10"),
     .want = STATUS_MALFORMED},
    {.name = "true", BYTES("\x38\x01"), .want = STATUS_OK},
    {.name = "truer than true is refused", BYTES("\x38\x02"), .want = STATUS_MALFORMED},

    /* Enums. */
    {.name = "a known value", BYTES("\x40\x01"), .want = STATUS_OK},
    {.name = "a known value below zero", BYTES("\x40" FF9 "\x01"), .want = STATUS_OK},
    {.name = "an unknown value is from a newer contract",
     BYTES("\x40\x63"),
     .want = STATUS_CONTRACT_NEWER,
     .want_diag = "Every.colour: "},
    {.name = "a value of 2^32 + 1 isn't cut to a known one",
     BYTES("\x40\x81\x80\x80\x80\x10"),
     .want = STATUS_CONTRACT_NEWER},

    /* Texts and bytes. */
    {.name = "a text",
     BYTES("\x7A\x03"
           "abc"),
     .want = STATUS_OK},
    {.name = "an empty text", BYTES("\x7A\x00"), .want = STATUS_OK},
    {.name = "a text with a NUL is refused",
     BYTES("\x7A\x03"
           "a\0c"),
     .want = STATUS_NOT_UTF8,
     .want_diag = "Every.text: "},
    {.name = "a text in Latin-1 is refused",
     BYTES("\x7A\x02"
           "a\xE9"),
     .want = STATUS_NOT_UTF8},
    {.name = "a text cut within a character is refused",
     BYTES("\x7A\x02"
           "a\xC3"),
     .want = STATUS_NOT_UTF8},
    {.name = "one of many texts isn't UTF-8",
     BYTES("\xAA\x01\x01"
           "a\xAA\x01\x01\xFF"),
     .want = STATUS_NOT_UTF8,
     .want_diag = "Every.texts: "},
    {.name = "bytes may hold anything", BYTES("\x82\x01\x02\x00\xFF"), .want = STATUS_OK},
    {.name = "a length beyond the message is refused",
     BYTES("\x7A\x04"
           "abc"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.text: longer"},
    {.name = "the highest length is refused",
     BYTES("\x7A\xFF\xFF\xFF\xFF\x0F"
           "abc"),
     .want = STATUS_MALFORMED},
    {.name = "a length of six bytes is refused",
     BYTES("\x7A\x81\x80\x80\x80\x80\x00"
           "a"),
     .want = STATUS_MALFORMED},
    {.name = "a length that wraps 64 bits is refused",
     BYTES("\x7A" FF9 "\x01"
           "abc"),
     .want = STATUS_MALFORMED},
    {.name = "a length alone is refused", BYTES("\x7A"), .want = STATUS_MALFORMED},

    /* Messages within. */
    {.name = "an empty message within", BYTES("\x8A\x01\x00"), .want = STATUS_OK},
    {.name = "a text within a message within",
     BYTES("\x8A\x01\x05\x0A\x03\x1A\x01"
           "a"),
     .want = STATUS_OK},
    {.name = "the path names every level",
     BYTES("\x8A\x01\x05\x0A\x03\x1A\x01\xFF"),
     .want = STATUS_NOT_UTF8,
     .want_diag = "Every.nest.inner.text: "},
    {.name = "an inner length beyond the inner message is refused",
     BYTES("\x8A\x01\x03\x1A\x02"
           "ab"),
     .want = STATUS_MALFORMED},
    {.name = "a single message given twice is refused",
     BYTES("\x8A\x01\x00\x8A\x01\x00"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.nest: given twice"},
    {.name = "two in a list are two", BYTES("\xBA\x01\x00\xBA\x01\x00"), .want = STATUS_OK},
    {.name = "one of each of a choice: the last wins",
     BYTES("\xC2\x01\x00\xCA\x01\x01"
           "a"),
     .want = STATUS_OK},
    {.name = "a choice's message given twice is refused",
     BYTES("\xC2\x01\x00\xC2\x01\x00"),
     .want = STATUS_MALFORMED},

    /* Packed numbers. */
    {.name = "packed numbers", BYTES("\x92\x01\x04\x00\x96\x01\x05"), .want = STATUS_OK},
    {.name = "no packed numbers", BYTES("\x92\x01\x00"), .want = STATUS_OK},
    {.name = "the same numbers one by one",
     BYTES("\x90\x01\x00\x90\x01\x96\x01"),
     .want = STATUS_OK},
    {.name = "a packed number that ends beyond the run",
     BYTES("\x92\x01\x02\x00\x96\x01\x05"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.numbers: not a varint"},
    {.name = "packed fixed32",
     BYTES("\x9A\x01\x08"
           "12345678"),
     .want = STATUS_OK},
    {.name = "packed fixed32 cut short",
     BYTES("\x9A\x01\x07"
           "1234567"),
     .want = STATUS_MALFORMED},
    {.name = "packed enums", BYTES("\xA2\x01\x02\x00\x01"), .want = STATUS_OK},
    {.name = "a packed enum from a newer contract",
     BYTES("\xA2\x01\x02\x00\x63"),
     .want = STATUS_CONTRACT_NEWER,
     .want_diag = "Every.colours: "},
    {.name = "packed flags", BYTES("\xD2\x01\x02\x00\x01"), .want = STATUS_OK},
    {.name = "a packed flag of two", BYTES("\xD2\x01\x02\x00\x02"), .want = STATUS_MALFORMED},

    /* Unknown fields. */
    {.name = "an unknown varint is skipped", BYTES("\xA0\x06\x01"), .want = STATUS_OK},
    {.name = "an unknown run of bytes is skipped, whatever is in it",
     BYTES("\xA2\x06\x03\xFF\xFF\xFF"),
     .want = STATUS_OK},
    {.name = "an unknown run beyond the message is refused",
     BYTES("\xA2\x06\x04\xFF\xFF\xFF"),
     .want = STATUS_MALFORMED,
     .want_diag = "Every.(unknown): longer"},
    {.name = "an unknown fixed64 cut short is refused",
     BYTES("\xA1\x06"
           "1234567"),
     .want = STATUS_MALFORMED},
};

static const ProtobufCMessageDescriptor *const every = &netra__test__every__descriptor;

static void test_wire_scan(void **state)
{
    const struct scan_case *row = *state;
    struct diag diag = {.text = ""};
    struct view bytes = guarded_copy(view_of(row->bytes, row->size));

    assert_int_equal(wire_scan(every, bytes, &diag), row->want);
    assert_int_equal(wire_scan(every, bytes, NULL), row->want);
    if (row->want_diag != NULL && strstr(diag.text, row->want_diag) != diag.text)
        fail_msg("the detail is \"%s\"", diag.text);
}

int main(void)
{
    TEST_TABLE(rows, cases, test_wire_scan)

    return cmocka_run_group_tests_name("wire/scan", rows, NULL, NULL);
}
