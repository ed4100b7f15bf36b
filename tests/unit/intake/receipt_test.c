/* Does a receipt verify for as long as nobody touched it, and no longer? */
#include "tests/support/test.h"

#include "services/intake/intake_wire.h"
#include "services/intake/receipt.h"

#include <sodium.h>
#include <string.h>

struct fixture {
    struct arena arena;
    uint8_t sign_public[32];
    uint8_t sign_secret[64];
    struct receipt_facts facts;
    struct view encoded; /* a Receipt */
};

static int set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof(fixture));
    assert_int_equal(arena_open(&fixture.arena, 65536), STATUS_OK);
    (void)crypto_sign_keypair(fixture.sign_public, fixture.sign_secret);
    fixture.facts = (struct receipt_facts){
        .origin = "demo.invalid/netra/ab12cd34",
        .case_number = "1002-24G0-0T",
        .submission_id = "0192f0c4-8a3b-7c21-9def-0123456789ab",
        .accepted_at = 1728700000,
        .seq = 4711,
        .facts_revision = 2,
    };
    memset(fixture.facts.commitment, 1, sizeof(fixture.facts.commitment));
    memset(fixture.facts.stream_id, 2, sizeof(fixture.facts.stream_id));
    memset(fixture.facts.case_handle, 3, sizeof(fixture.facts.case_handle));
    struct view body;
    struct signed_receipt receipt;
    assert_int_equal(intake_wire_receipt_body(&fixture.facts, &fixture.arena, &body), STATUS_OK);
    assert_int_equal(receipt_sign(body, fixture.sign_secret, &fixture.arena, &receipt), STATUS_OK);
    assert_int_equal(intake_wire_receipt(&receipt, &fixture.arena, &fixture.encoded), STATUS_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_close(&fixture->arena);
    return 0;
}

static struct signed_receipt read_receipt(struct fixture *fixture)
{
    struct signed_receipt receipt;
    assert_int_equal(intake_wire_read_receipt(fixture->encoded, &fixture->arena, &receipt, NULL),
                     STATUS_OK);
    return receipt;
}

static void test_receipt__as_it_was_given__verifies_and_says_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct signed_receipt receipt = read_receipt(fixture);
    struct view body;
    assert_int_equal(receipt_verify(&receipt, fixture->sign_public, &body), STATUS_OK);
    struct receipt_facts facts;
    assert_int_equal(intake_wire_read_receipt_body(body, &fixture->arena, &facts, NULL),
                     STATUS_OK);
    assert_string_equal(facts.origin, fixture->facts.origin);
    assert_string_equal(facts.case_number, fixture->facts.case_number);
    assert_string_equal(facts.submission_id, fixture->facts.submission_id);
    assert_int_equal(facts.accepted_at, fixture->facts.accepted_at);
    assert_int_equal(facts.seq, fixture->facts.seq);
    assert_int_equal(facts.facts_revision, 2);
    assert_memory_equal(facts.commitment, fixture->facts.commitment, SHA256_SIZE);
    assert_memory_equal(facts.stream_id, fixture->facts.stream_id, STREAM_ID_SIZE);
    assert_memory_equal(facts.case_handle, fixture->facts.case_handle, CASE_HANDLE_SIZE);
}

static void test_receipt__any_byte_altered__does_not_verify(void **state)
{
    struct fixture *fixture = *state;
    struct signed_receipt receipt = read_receipt(fixture);
    uint8_t *bytes = arena_copy(&fixture->arena, receipt.signed_bytes);
    assert_non_null(bytes);
    receipt.signed_bytes.bytes = bytes;
    struct view body;
    for (size_t index = 0; index < receipt.signed_bytes.size; index++) {
        bytes[index] ^= 0x01;
        assert_int_equal(receipt_verify(&receipt, fixture->sign_public, &body),
                         STATUS_SIGNATURE_INVALID);
        bytes[index] ^= 0x01;
    }
    for (size_t index = 0; index < sizeof(receipt.signature); index++) {
        receipt.signature[index] ^= 0x01;
        assert_int_equal(receipt_verify(&receipt, fixture->sign_public, &body),
                         STATUS_SIGNATURE_INVALID);
        receipt.signature[index] ^= 0x01;
    }
    assert_int_equal(receipt_verify(&receipt, fixture->sign_public, &body), STATUS_OK);
}

static void test_receipt__under_another_key__does_not_verify(void **state)
{
    struct fixture *fixture = *state;
    struct signed_receipt receipt = read_receipt(fixture);
    uint8_t other_public[32];
    uint8_t other_secret[64];
    (void)crypto_sign_keypair(other_public, other_secret);
    struct view body;
    assert_int_equal(receipt_verify(&receipt, other_public, &body), STATUS_SIGNATURE_INVALID);
}

static void test_receipt__signed_bytes_of_another_kind__are_malformed(void **state)
{
    struct fixture *fixture = *state;
    static const char act[] = "netra-act/v1\n";
    struct signed_receipt receipt = {.signed_bytes = view_of_text(act)};
    (void)crypto_sign_detached(receipt.signature, NULL, receipt.signed_bytes.bytes,
                               receipt.signed_bytes.size, fixture->sign_secret);
    struct view body;
    assert_int_equal(receipt_verify(&receipt, fixture->sign_public, &body), STATUS_MALFORMED);
}

static void test_receipt__in_a_full_arena__is_no_memory(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t body[65536];
    struct signed_receipt receipt;
    assert_int_equal(
        receipt_sign(view_of(body, sizeof(body)), fixture->sign_secret, &fixture->arena, &receipt),
        STATUS_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_receipt__as_it_was_given__verifies_and_says_the_same,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_receipt__any_byte_altered__does_not_verify, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_receipt__under_another_key__does_not_verify, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_receipt__signed_bytes_of_another_kind__are_malformed,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_receipt__in_a_full_arena__is_no_memory, set_up,
                                        tear_down),
    };

    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("intake/receipt", tests, NULL, NULL);
}
