/* The leaf's bytes, the check of an event, and the chain. The wanted bytes were computed elsewhere
 * (Python's struct and hashlib). */
#include "common/wire/header.h"

#include "common/base/bytes.h"
#include "common/wire/limits.h"
#include "tests/support/test.h"

#include <string.h>

static const char leaf_hex[] =
    "6e657472612d6c6561662f76310a101112131415161718191a1b1c1d1e1f01020304050607080920"
    "0a01202122232425262728292a2b2c2d2e2f000000000000000000000000000000000b0cd0d1d2d3"
    "00000000000000000000000000000000000000000000000000000000000000004041424344454647"
    "48494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f"
    "1112131415161718808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf";
static const char digest_0_hex[] =
    "28ed648048c3da9c97b8b6ba4a060b298cb8c0c96c1574f95ef3026019456a8c";
static const char digest_1_hex[] =
    "1b8595a014c521b6730e495ecc7c9cee09dde6b6665b8aba097de98810342801";
static const char digest_2_hex[] =
    "55661d9fd405caf709c6005b1bceb8369c82b0838533c211066ae4f7add2c710";

/* Bytes counting up from `first`. */
static void count_up(uint8_t *bytes, size_t size, uint8_t first)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(first + i);
}

static struct event_header example(void)
{
    struct event_header header = {
        .seq = 0x0102030405060708,
        .type = 0x0920,
        .schema = 0x0A01,
        .actor_role = 0x0B0C,
        .cause_seq = 0x1112131415161718,
    };

    count_up(header.stream_id, STREAM_ID_SIZE, 0x10);
    count_up(header.case_handle, CASE_HANDLE_SIZE, 0x20);
    count_up(header.actor_key_id, KEY_ID_SIZE, 0xD0);
    count_up(header.commitment, SHA256_SIZE, 0x40);
    count_up(header.cause_stream_id, STREAM_ID_SIZE, 0x60);
    count_up(header.signature, SIGNATURE_SIZE, 0x80);
    return header;
}

static void assert_hex(const uint8_t *bytes, size_t size, const char *want_hex)
{
    char hex[2 * HEADER_SIZE + 1];

    bytes_to_hex(view_of(bytes, size), hex);
    assert_string_equal(hex, want_hex);
}

static void test_header_encode__every_field_set__is_the_leaf_of_protocol_md(void **state)
{
    struct event_header header = example();
    uint8_t bytes[HEADER_SIZE];

    (void)state;
    header_encode(&header, bytes);
    assert_hex(bytes, HEADER_SIZE, leaf_hex);
}

static void test_header_encode__fields_of_audit_log__stand_at_58_66_and_80(void **state)
{
    struct event_header header = {.number_in_case = 0xA1A2, .append_time = 0xB1B2};
    uint8_t bytes[HEADER_SIZE];

    (void)state;
    count_up(header.previous_leaf_hash, SHA256_SIZE, 0xC0);
    header_encode(&header, bytes);
    assert_hex(bytes + 58, 16, "000000000000a1a2000000000000b1b2");
    assert_memory_equal(bytes + 80, header.previous_leaf_hash, SHA256_SIZE);
}

static void test_header_decode__what_was_encoded__is_the_same_again(void **state)
{
    struct event_header header = example();
    struct event_header decoded;
    uint8_t bytes[HEADER_SIZE];
    uint8_t again[HEADER_SIZE];

    (void)state;
    header.number_in_case = 7;
    header.append_time = 60;
    count_up(header.previous_leaf_hash, SHA256_SIZE, 1);
    header_encode(&header, bytes);
    assert_int_equal(header_decode(view_of(bytes, HEADER_SIZE), &decoded), STATUS_OK);
    header_encode(&decoded, again);
    assert_memory_equal(bytes, again, HEADER_SIZE);
    assert_int_equal(decoded.seq, header.seq);
    assert_int_equal(decoded.cause_seq, header.cause_seq);
}

static void test_header_decode__other_size_or_magic__is_malformed(void **state)
{
    struct event_header header = example();
    struct event_header decoded;
    uint8_t bytes[HEADER_SIZE + 1] = {0};

    (void)state;
    header_encode(&header, bytes);
    for (size_t size = 0; size <= HEADER_SIZE + 1; size++)
        assert_int_equal(header_decode(view_of(bytes, size), &decoded),
                         size == HEADER_SIZE ? STATUS_OK : STATUS_MALFORMED);
    assert_int_equal(header_decode(view_of(NULL, 0), &decoded), STATUS_MALFORMED);
    for (size_t i = 0; i < 14; i++) {
        bytes[i] ^= 1;
        assert_int_equal(header_decode(view_of(bytes, HEADER_SIZE), &decoded), STATUS_MALFORMED);
        bytes[i] ^= 1;
    }
}

static void test_chain__known_stream__has_the_known_digests(void **state)
{
    struct event_header header = example();
    uint8_t bytes[HEADER_SIZE];
    uint8_t digest[SHA256_SIZE];

    (void)state;
    header_encode(&header, bytes);
    chain_start(header.stream_id, digest);
    assert_hex(digest, SHA256_SIZE, digest_0_hex);
    chain_next(digest, bytes);
    assert_hex(digest, SHA256_SIZE, digest_1_hex);
    chain_next(digest, bytes);
    assert_hex(digest, SHA256_SIZE, digest_2_hex);
}

struct check_case {
    const char *name;
    struct event_header change; /* added to the example, field by field where not zero */
    enum {
        SET,
        CLEAR_STREAM,
        CLEAR_SEQ,
        CLEAR_TYPE,
        CLEAR_CAUSE,
        CLEAR_CAUSE_SEQ,
        CLEAR_CAUSE_STREAM,
        CAUSE_SELF,
        CAUSE_BEFORE,
        CAUSE_AFTER
    } edit;
    size_t payload_size;
    enum status want;
    const char *want_diag; /* how the detail begins */
};

static struct check_case checks[] = {
    {.name = "an event with everything is fine", .payload_size = 34, .want = STATUS_OK},
    {.name = "no cause is fine", .edit = CLEAR_CAUSE, .payload_size = 34, .want = STATUS_OK},
    {.name = "stream id zero is refused",
     .edit = CLEAR_STREAM,
     .payload_size = 34,
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "stream id:"},
    {.name = "seq zero is refused",
     .edit = CLEAR_SEQ,
     .payload_size = 34,
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "seq:"},
    {.name = "type zero is refused",
     .edit = CLEAR_TYPE,
     .payload_size = 34,
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "event type:"},
    {.name = "a cause without seq is refused",
     .edit = CLEAR_CAUSE_SEQ,
     .payload_size = 34,
     .want = STATUS_MALFORMED,
     .want_diag = "cause:"},
    {.name = "a cause without stream is refused",
     .edit = CLEAR_CAUSE_STREAM,
     .payload_size = 34,
     .want = STATUS_MALFORMED,
     .want_diag = "cause:"},
    {.name = "a cause before it in its own stream is fine",
     .edit = CAUSE_BEFORE,
     .payload_size = 34,
     .want = STATUS_OK},
    {.name = "an event is not its own cause",
     .edit = CAUSE_SELF,
     .payload_size = 34,
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "cause:"},
    {.name = "a cause after it in its own stream is refused",
     .edit = CAUSE_AFTER,
     .payload_size = 34,
     .want = STATUS_OUT_OF_RANGE,
     .want_diag = "cause:"},
    {.name = "a number in the case is audit-log's",
     .change = {.number_in_case = 1},
     .payload_size = 34,
     .want = STATUS_MALFORMED,
     .want_diag = "number in the case"},
    {.name = "an append time is audit-log's",
     .change = {.append_time = 60},
     .payload_size = 34,
     .want = STATUS_MALFORMED,
     .want_diag = "number in the case"},
    {.name = "a previous leaf hash is audit-log's",
     .change = {.previous_leaf_hash = {[31] = 1}},
     .payload_size = 34,
     .want = STATUS_MALFORMED,
     .want_diag = "number in the case"},
    {.name = "no payload is refused",
     .payload_size = 0,
     .want = STATUS_MALFORMED,
     .want_diag = "payload:"},
    {.name = "the largest payload is fine",
     .payload_size = LIMIT_EVENT_PAYLOAD_BYTES,
     .want = STATUS_OK},
    {.name = "one byte more is too large",
     .payload_size = LIMIT_EVENT_PAYLOAD_BYTES + 1,
     .want = STATUS_EVENT_TOO_LARGE,
     .want_diag = "payload:"},
};

static void edit_example(struct event_header *header, const struct check_case *row)
{
    header->number_in_case = row->change.number_in_case;
    header->append_time = row->change.append_time;
    memcpy(header->previous_leaf_hash, row->change.previous_leaf_hash, SHA256_SIZE);
    if (row->edit == CLEAR_STREAM)
        memset(header->stream_id, 0, STREAM_ID_SIZE);
    if (row->edit == CLEAR_SEQ)
        header->seq = 0;
    if (row->edit == CLEAR_TYPE)
        header->type = 0;
    if (row->edit == CLEAR_CAUSE || row->edit == CLEAR_CAUSE_SEQ)
        header->cause_seq = 0;
    if (row->edit == CLEAR_CAUSE || row->edit == CLEAR_CAUSE_STREAM)
        memset(header->cause_stream_id, 0, STREAM_ID_SIZE);
    if (row->edit == CAUSE_SELF || row->edit == CAUSE_BEFORE || row->edit == CAUSE_AFTER)
        memcpy(header->cause_stream_id, header->stream_id, STREAM_ID_SIZE);
    if (row->edit == CAUSE_SELF)
        header->cause_seq = header->seq;
    if (row->edit == CAUSE_BEFORE)
        header->cause_seq = header->seq - 1;
    if (row->edit == CAUSE_AFTER)
        header->cause_seq = header->seq + 1;
}

static void test_header_check(void **state)
{
    static const uint8_t payload[LIMIT_EVENT_PAYLOAD_BYTES + 1];
    const struct check_case *row = *state;
    struct event_header header = example();
    struct diag diag = {.text = ""};

    edit_example(&header, row);
    assert_int_equal(header_check(&header, view_of(payload, row->payload_size), &diag), row->want);
    if (row->want_diag != NULL)
        assert_ptr_equal(strstr(diag.text, row->want_diag), diag.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header_encode__every_field_set__is_the_leaf_of_protocol_md),
        cmocka_unit_test(test_header_encode__fields_of_audit_log__stand_at_58_66_and_80),
        cmocka_unit_test(test_header_decode__what_was_encoded__is_the_same_again),
        cmocka_unit_test(test_header_decode__other_size_or_magic__is_malformed),
        cmocka_unit_test(test_chain__known_stream__has_the_known_digests),
    };
    TEST_TABLE(check_tests, checks, test_header_check)
    int failed = cmocka_run_group_tests_name("wire/header", tests, NULL, NULL);

    return failed + cmocka_run_group_tests_name("wire/header_check", check_tests, NULL, NULL);
}
