/* What audit-log adds to a header, and what it finds wrong in a leaf. */
#include "services/audit-log/audit_log.h"

#include "common/base/merkle.h"
#include "tests/support/test.h"

#include <sodium.h>
#include <string.h>

/* 2026-11-21 22:43:59 UTC, in the last second of a minute. */
#define NOW_S INT64_C(1795301039)
#define MINUTE_OF_NOW_S UINT64_C(1795300980)

/* The header of an event as chained. */
static void make_header(bool is_of_case, uint8_t header[HEADER_SIZE])
{
    struct event_header fields = {
        .stream_id = {1},
        .seq = 5,
        .type = 32,
        .schema = 1,
        .case_handle = {is_of_case ? 7 : 0},
        .commitment = {9},
        .signature = {11},
    };

    header_encode(&fields, header);
}

struct make_case {
    const char *name;
    bool is_of_case;
    struct audit_log_case before;
    int64_t utc_s;
    enum status want;
    uint64_t want_number;
    uint64_t want_time;
};

static struct make_case makes[] = {
    {.name = "the first event of a case has number 1 and no hash before it",
     .is_of_case = true,
     .utc_s = NOW_S,
     .want = STATUS_OK,
     .want_number = 1,
     .want_time = MINUTE_OF_NOW_S},
    {.name = "the next has the next number and the hash before it",
     .is_of_case = true,
     .before = {.number = 41, .leaf_hash = {3, 4}},
     .utc_s = NOW_S,
     .want = STATUS_OK,
     .want_number = 42,
     .want_time = MINUTE_OF_NOW_S},
    {.name = "an event of no case has neither, whatever is given",
     .before = {.number = 41, .leaf_hash = {3, 4}},
     .utc_s = NOW_S,
     .want = STATUS_OK,
     .want_number = 0,
     .want_time = MINUTE_OF_NOW_S},
    {.name = "a whole minute stays",
     .utc_s = MINUTE_OF_NOW_S,
     .want = STATUS_OK,
     .want_time = MINUTE_OF_NOW_S},
    {.name = "the second before it is of the minute before",
     .utc_s = MINUTE_OF_NOW_S - 1,
     .want = STATUS_OK,
     .want_time = MINUTE_OF_NOW_S - 60},
    {.name = "1970 is a time", .utc_s = 0, .want = STATUS_OK, .want_time = 0},
    {.name = "before 1970 the clock is wrong", .utc_s = -1, .want = STATUS_SYSTEM_FAILED},
    {.name = "a case has no number beyond the last",
     .is_of_case = true,
     .before = {.number = UINT64_MAX, .leaf_hash = {1}},
     .utc_s = NOW_S,
     .want = STATUS_OUT_OF_RANGE},
};

static void test_audit_log_make_leaf(void **state)
{
    const struct make_case *row = *state;
    uint8_t header[HEADER_SIZE];
    uint8_t chained[HEADER_SIZE];
    uint8_t hash[SHA256_SIZE];
    struct audit_log_leaf leaf;
    struct event_header fields;
    struct diag diag;

    make_header(row->is_of_case, header);
    assert_int_equal(audit_log_make_leaf(header, &row->before, row->utc_s, &leaf, &diag),
                     row->want);
    if (row->want != STATUS_OK)
        return;
    assert_int_equal(leaf.number_in_case, row->want_number);
    assert_int_equal(header_decode(view_of(leaf.bytes, HEADER_SIZE), &fields), STATUS_OK);
    assert_int_equal(fields.number_in_case, row->want_number);
    assert_int_equal(fields.append_time, row->want_time);
    if (row->is_of_case)
        assert_memory_equal(fields.previous_leaf_hash, row->before.leaf_hash, SHA256_SIZE);
    else
        assert_true(view_is_zero(view_of(fields.previous_leaf_hash, SHA256_SIZE)));

    /* Nothing else moved, and the hash is the leaf's. */
    assert_int_equal(audit_log_header_of_leaf(view_of(leaf.bytes, HEADER_SIZE), chained),
                     STATUS_OK);
    assert_memory_equal(chained, header, HEADER_SIZE);
    merkle_leaf_hash(view_of(leaf.bytes, HEADER_SIZE), hash);
    assert_memory_equal(hash, leaf.hash, SHA256_SIZE);
}

struct alter_case {
    const char *name;
    size_t byte; /* of the leaf, altered by one bit */
    enum status want_make;
    enum status want_check;
};

static struct alter_case alters[] = {
    {.name = "the magic",
     .byte = 13,
     .want_make = STATUS_MALFORMED,
     .want_check = STATUS_MALFORMED},
    {.name = "the number in the case",
     .byte = 65,
     .want_make = STATUS_MALFORMED,
     .want_check = STATUS_VERIFICATION_FAILED},
    {.name = "the append time",
     .byte = 73,
     .want_make = STATUS_MALFORMED,
     .want_check = STATUS_VERIFICATION_FAILED},
    {.name = "the previous leaf hash",
     .byte = 111,
     .want_make = STATUS_MALFORMED,
     .want_check = STATUS_VERIFICATION_FAILED},
    {.name = "the commitment: only the tree's root sees that",
     .byte = 112,
     .want_make = STATUS_OK,
     .want_check = STATUS_OK},
};

static void test_audit_log__altered_leaf(void **state)
{
    const struct alter_case *row = *state;
    const struct audit_log_case before = {.number = 1, .leaf_hash = {3}};
    uint8_t header[HEADER_SIZE];
    struct audit_log_leaf leaf;
    struct audit_log_leaf checked;
    struct diag diag;

    make_header(true, header);
    assert_int_equal(audit_log_make_leaf(header, &before, NOW_S, &leaf, &diag), STATUS_OK);
    leaf.bytes[row->byte] ^= 1;
    assert_int_equal(
        audit_log_check_leaf(view_of(leaf.bytes, HEADER_SIZE), &before, &checked, &diag),
        row->want_check);
    header[row->byte] ^= 1;
    assert_int_equal(audit_log_make_leaf(header, &before, NOW_S, &leaf, &diag), row->want_make);
}

static void test_audit_log_check_leaf__a_case_of_three__each_follows_only_the_one_before(
    void **state)
{
    struct audit_log_case history[4] = {{.number = 0}};
    uint8_t header[HEADER_SIZE];
    struct audit_log_leaf leaves[3];
    struct audit_log_leaf checked;
    struct diag diag;

    (void)state;
    make_header(true, header);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(audit_log_make_leaf(header, &history[i], NOW_S, &leaves[i], &diag),
                         STATUS_OK);
        history[i + 1].number = leaves[i].number_in_case;
        memcpy(history[i + 1].leaf_hash, leaves[i].hash, SHA256_SIZE);
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t before = 0; before < 4; before++)
            assert_int_equal(audit_log_check_leaf(view_of(leaves[i].bytes, HEADER_SIZE),
                                                  &history[before], &checked, &diag),
                             before == i ? STATUS_OK : STATUS_VERIFICATION_FAILED);
        assert_int_equal(audit_log_check_leaf(view_of(leaves[i].bytes, HEADER_SIZE), &history[i],
                                              &checked, &diag),
                         STATUS_OK);
        assert_memory_equal(checked.hash, leaves[i].hash, SHA256_SIZE);
        assert_int_equal(checked.number_in_case, i + 1);
    }
}

static void test_audit_log_check_leaf__of_no_case__needs_nothing_before_it(void **state)
{
    uint8_t header[HEADER_SIZE];
    struct audit_log_leaf leaf;
    struct audit_log_leaf checked;
    struct diag diag;

    (void)state;
    make_header(false, header);
    assert_int_equal(audit_log_make_leaf(header, NULL, NOW_S, &leaf, &diag), STATUS_OK);
    assert_int_equal(audit_log_check_leaf(view_of(leaf.bytes, HEADER_SIZE), NULL, &checked, &diag),
                     STATUS_OK);
    leaf.bytes[65] = 1;
    assert_int_equal(audit_log_check_leaf(view_of(leaf.bytes, HEADER_SIZE), NULL, &checked, &diag),
                     STATUS_VERIFICATION_FAILED);
}

static void test_audit_log__another_size__is_malformed(void **state)
{
    const struct audit_log_case before = {.number = 0};
    uint8_t header[HEADER_SIZE];
    struct audit_log_leaf leaf;
    struct diag diag;

    (void)state;
    make_header(true, header);
    assert_int_equal(audit_log_check_leaf(view_of(header, HEADER_SIZE - 1), &before, &leaf, &diag),
                     STATUS_MALFORMED);
    assert_int_equal(audit_log_header_of_leaf(view_of(header, HEADER_SIZE - 1), leaf.bytes),
                     STATUS_MALFORMED);
}

/* libsodium is the second opinion. */
static int start_sodium(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_audit_log_check_leaf__a_case_of_three__each_follows_only_the_one_before),
        cmocka_unit_test(test_audit_log_check_leaf__of_no_case__needs_nothing_before_it),
        cmocka_unit_test(test_audit_log__another_size__is_malformed),
    };
    TEST_TABLE(make_tests, makes, test_audit_log_make_leaf)
    TEST_TABLE(alter_tests, alters, test_audit_log__altered_leaf)
    int failed = cmocka_run_group_tests_name("audit-log/rules", tests, start_sodium, NULL);

    failed += cmocka_run_group_tests_name("audit-log/make_leaf", make_tests, start_sodium, NULL);
    return failed +
           cmocka_run_group_tests_name("audit-log/altered leaf", alter_tests, start_sodium, NULL);
}
