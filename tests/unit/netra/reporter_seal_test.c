/* A reporter's identity: sealed for two, opened by both and by nobody else. */
#include "tests/support/test.h"

#include "services/netra/evidence.h"
#include "services/netra/reporter_seal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct officer {
    uint8_t public_key[REPORTER_KEY_SIZE];
    uint8_t secret_key[REPORTER_KEY_SIZE];
};

struct sealing {
    struct officer first;
    struct officer second;
    uint8_t sealed[REPORTER_SEALED_SIZE];
};

static struct reporter_key key_of(const struct officer *officer)
{
    return (struct reporter_key){officer->public_key, officer->secret_key};
}

static void seal(struct sealing *sealing, const struct reporter *reporter)
{
    assert_int_equal(0, crypto_box_keypair(sealing->first.public_key, sealing->first.secret_key));
    assert_int_equal(0,
                     crypto_box_keypair(sealing->second.public_key, sealing->second.secret_key));
    assert_int_equal(STATUS_OK, reporter_seal(reporter, sealing->first.public_key,
                                              sealing->second.public_key, sealing->sealed));
}

struct reporter_case {
    const char *name;
    const char *reporter_name;
    const char *contact;
};

static char longest[FACTS_LINE_BYTES_MAX + 1];

static struct reporter_case reporter_cases[] = {
    {"a name and a contact come back", "Siti", "0812-0000"},
    {"a name alone comes back", "Siti", ""},
    {"a contact alone comes back", "", "siti@contoh.invalid"},
    {"the longest lines come back", longest, longest},
};

static void test_roundtrip(void **state)
{
    const struct reporter_case *row = *state;
    struct reporter reporter = {.name = ""};
    struct reporter opened;
    struct sealing sealing;
    struct diag diag = {.text = ""};

    (void)snprintf(reporter.name, sizeof reporter.name, "%s", row->reporter_name);
    (void)snprintf(reporter.contact, sizeof reporter.contact, "%s", row->contact);
    seal(&sealing, &reporter);
    const struct reporter_key first = key_of(&sealing.first);
    const struct reporter_key second = key_of(&sealing.second);

    assert_int_equal(STATUS_OK, reporter_unseal(view_of(sealing.sealed, sizeof sealing.sealed),
                                                &first, &second, &opened, &diag));
    assert_string_equal(row->reporter_name, opened.name);
    assert_string_equal(row->contact, opened.contact);
}

static void test_reporter_unseal__other_keys_order_or_bytes__refused(void **state)
{
    const struct reporter reporter = {.name = "Siti", .contact = "0812"};
    struct reporter opened;
    struct sealing sealing;
    struct diag diag = {.text = ""};

    (void)state;
    seal(&sealing, &reporter);
    const struct reporter_key first = key_of(&sealing.first);
    const struct reporter_key second = key_of(&sealing.second);
    const struct view sealed = view_of(sealing.sealed, sizeof sealing.sealed);

    assert_int_equal(STATUS_SEAL_BROKEN, reporter_unseal(sealed, &second, &first, &opened, &diag));
    assert_non_null(strstr(diag.text, "second key"));
    assert_int_equal(STATUS_SEAL_BROKEN,
                     reporter_unseal(sealed, &second, &second, &opened, &diag));
    assert_non_null(strstr(diag.text, "first key"));
    assert_int_equal(STATUS_SEAL_BROKEN,
                     reporter_unseal(view_of(sealing.sealed, sizeof sealing.sealed - 1), &first,
                                     &second, &opened, &diag));
    sealing.sealed[700] ^= 1;
    assert_int_equal(STATUS_SEAL_BROKEN, reporter_unseal(sealed, &first, &second, &opened, &diag));
}

static void test_reporter_unseal__something_else_sealed__malformed(void **state)
{
    struct sealing sealing;
    struct reporter reporter = {.name = "Siti"};
    struct reporter opened;
    struct diag diag = {.text = ""};
    uint8_t plain[REPORTER_PLAIN_SIZE] = "something else";
    uint8_t inner[REPORTER_PLAIN_SIZE + REPORTER_LAYER_BYTES];

    (void)state;
    seal(&sealing, &reporter);
    assert_int_equal(0, crypto_box_seal(inner, plain, sizeof plain, sealing.first.public_key));
    assert_int_equal(
        0, crypto_box_seal(sealing.sealed, inner, sizeof inner, sealing.second.public_key));
    const struct reporter_key first = key_of(&sealing.first);
    const struct reporter_key second = key_of(&sealing.second);

    assert_int_equal(STATUS_MALFORMED,
                     reporter_unseal(view_of(sealing.sealed, sizeof sealing.sealed), &first,
                                     &second, &opened, &diag));
}

static void test_reporter_seal__key_of_no_point__refused(void **state)
{
    const struct reporter reporter = {.name = "Siti"};
    const uint8_t zero[REPORTER_KEY_SIZE] = {0};
    uint8_t sealed[REPORTER_SEALED_SIZE];

    (void)state;
    assert_int_equal(STATUS_OUT_OF_RANGE, reporter_seal(&reporter, zero, zero, sealed));
}

static void test_evidence_read__file__digest_and_size(void **state)
{
    char path[] = "/tmp/netra-evidence-XXXXXX";
    const int descriptor = mkstemp(path);
    struct facts_evidence evidence;
    static const uint8_t want[] = {0xba, 0x78, 0x16, 0xbf}; /* SHA-256("abc"), FIPS 180-4 */

    (void)state;
    assert_int_equal(3, write(descriptor, "abc", 3));
    (void)close(descriptor);
    assert_null(evidence_read(path, &evidence));
    assert_int_equal(3, evidence.size);
    assert_memory_equal(want, evidence.digest, sizeof want);
    assert_int_equal(0, unlink(path));
    assert_string_equal("No such file or directory", evidence_read(path, &evidence));
    assert_string_equal("no ordinary file", evidence_read("/tmp", &evidence));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reporter_unseal__other_keys_order_or_bytes__refused),
        cmocka_unit_test(test_reporter_unseal__something_else_sealed__malformed),
        cmocka_unit_test(test_reporter_seal__key_of_no_point__refused),
        cmocka_unit_test(test_evidence_read__file__digest_and_size),
    };
    TEST_TABLE(roundtrips, reporter_cases, test_roundtrip)

    memset(longest, 'x', FACTS_LINE_BYTES_MAX);
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("reporters", roundtrips, NULL, NULL) +
           cmocka_run_group_tests_name("reporter_seal", tests, NULL, NULL);
}
