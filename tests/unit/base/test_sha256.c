/*
 * SHA-256 against NIST's examples, in both implementations.
 */
#include "tests/support/test.h"

#include "common/base/bytes.h"
#include "common/base/sha256.h"

#include <string.h>

struct sha256_case {
    const char *name;
    const char *parts[3];
    const char *want_hex;
};

static struct sha256_case sha256_cases[] = {
    {.name = "no part at all",
     .want_hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {.name = "NIST: abc",
     .parts = {"abc"},
     .want_hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {.name = "abc in three parts",
     .parts = {"a", "b", "c"},
     .want_hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {.name = "an empty part between changes nothing",
     .parts = {"ab", "", "c"},
     .want_hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {.name = "NIST: two blocks",
     .parts = {"abcdbcdecdefdefgefghfghighijhijkijkl", "jklmklmnlmnomnopnopq"},
     .want_hex = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void test_sha256(void **state)
{
    const struct sha256_case *row = *state;
    struct view parts[3];
    size_t count = 0;
    while (count < 3 && row->parts[count] != NULL) {
        size_t size = strlen(row->parts[count]);
        /* An empty view may hold NULL: the part that is empty does here. */
        parts[count] = view_of(size == 0 ? NULL : row->parts[count], size);
        count++;
    }
    uint8_t want[SHA256_SIZE];
    uint8_t found[SHA256_SIZE];
    assert_true(bytes_from_hex(row->want_hex, want, sizeof want));
    sha256_of_parts(parts, count, found);
    assert_memory_equal(found, want, sizeof want);
    sha256_second_opinion(parts, count, found);
    assert_memory_equal(found, want, sizeof want);
}

static void test_sha256_of__million_bytes__as_the_second_opinion(void **state)
{
    (void)state;
    static uint8_t bytes[1000000];
    memset(bytes, 'a', sizeof bytes);
    uint8_t want[SHA256_SIZE];
    uint8_t found[SHA256_SIZE];
    assert_true(bytes_from_hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
                               want, sizeof want));
    const struct view view = view_of(bytes, sizeof bytes);
    sha256_of(view, found);
    assert_memory_equal(found, want, sizeof want);
    sha256_second_opinion(&view, 1, found);
    assert_memory_equal(found, want, sizeof want);
}

int main(void)
{
    TEST_TABLE(tests, sha256_cases, test_sha256)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_sha256_of__million_bytes__as_the_second_opinion),
    };
    int failed = cmocka_run_group_tests_name("sha256_of_parts", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("sha256", single, NULL, NULL);
    return failed;
}
