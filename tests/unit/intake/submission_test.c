/* Which submissions come in, and which are the same as one before? */
#include "tests/support/test.h"

#include "common/wire/limits.h"
#include "services/intake/intake.h"

#include <sodium.h>
#include <string.h>

#define ID "0192f0c4-8a3b-7c21-9def-0123456789ab"

struct check_case {
    const char *name;
    const char *id;
    const char *region;
    size_t content_size;
    enum status want;
    const char *want_place; /* the diag begins with it */
};

static struct check_case check_cases[] = {
    {"a lower-case id is taken", ID, "36.04", 1, STATUS_OK, ""},
    {"an upper-case id is taken", "0192F0C4-8A3B-7C21-9DEF-0123456789AB", "36.04", 1, STATUS_OK,
     ""},
    {"the largest content is taken", ID, "36.04", LIMIT_SUBMISSION_BYTES, STATUS_OK, ""},
    {"a province is a region", ID, "36", 1, STATUS_OK, ""},
    {"a desa is a region", ID, "36.04.01.2001", 1, STATUS_OK, ""},
    {"no id is refused", "", "36.04", 1, STATUS_FIELD_MISSING, "submission_id"},
    {"an id cut by one is refused", "0192f0c4-8a3b-7c21-9def-0123456789a", "36.04", 1,
     STATUS_OUT_OF_RANGE, "submission_id"},
    {"an id with one more is refused", ID "c", "36.04", 1, STATUS_OUT_OF_RANGE, "submission_id"},
    {"an id with a letter beyond f is refused", "0192f0c4-8a3b-7c21-9def-0123456789ag", "36.04", 1,
     STATUS_OUT_OF_RANGE, "submission_id"},
    {"an id without dashes is refused", "0192f0c408a3b07c21099def00123456789ab", "36.04", 1,
     STATUS_OUT_OF_RANGE, "submission_id"},
    {"an id with a digit in a dash's place is refused", "0192f0c408a3b-7c21-9def-0123456789ab",
     "36.04", 1, STATUS_OUT_OF_RANGE, "submission_id"},
    {"an id with a dash in a digit's place is refused", "-192f0c4-8a3b-7c21-9def-0123456789ab",
     "36.04", 1, STATUS_OUT_OF_RANGE, "submission_id"},
    {"an id in braces is refused", "{0192f0c4-8a3b-7c21-9def-0123456789}", "36.04", 1,
     STATUS_OUT_OF_RANGE, "submission_id"},
    {"an id with a blank is refused", "0192f0c4-8a3b-7c21-9def-0123456789a ", "36.04", 1,
     STATUS_OUT_OF_RANGE, "submission_id"},
    {"no region is refused", ID, "", 1, STATUS_FIELD_MISSING, "region"},
    {"a region in words is refused", ID, "Banten", 1, STATUS_OUT_OF_RANGE, "region"},
    {"a region of dots is refused", ID, "..", 1, STATUS_OUT_OF_RANGE, "region"},
    {"a region that begins with a dot is refused", ID, ".36", 1, STATUS_OUT_OF_RANGE, "region"},
    {"a region that ends with a dot is refused", ID, "36.", 1, STATUS_OUT_OF_RANGE, "region"},
    {"a region with two dots together is refused", ID, "36..04", 1, STATUS_OUT_OF_RANGE, "region"},
    {"a region with a blank is refused", ID, "36.04 ", 1, STATUS_OUT_OF_RANGE, "region"},
    {"a region longer than a desa's is refused", ID, "36.04.01.20011", 1, STATUS_OUT_OF_RANGE,
     "region"},
    {"no content is refused", ID, "36.04", 0, STATUS_BODY_EMPTY, "content"},
    {"content one byte too large is refused", ID, "36.04", LIMIT_SUBMISSION_BYTES + 1,
     STATUS_BODY_TOO_LARGE, "content"},
};

static void test_check(void **state)
{
    static const uint8_t content[LIMIT_SUBMISSION_BYTES + 1];
    const struct check_case *row = *state;
    struct submission submission = {
        .id = row->id,
        .region = row->region,
        .content = view_of(content, row->content_size),
    };
    char id[SUBMISSION_ID_TEXT_SIZE] = "";
    struct diag diag = {0};
    assert_int_equal(submission_check(&submission, id, &diag), row->want);
    assert_int_equal(strncmp(diag.text, row->want_place, strlen(row->want_place)), 0);
    if (row->want == STATUS_OK)
        assert_string_equal(id, ID);
}

struct hash_case {
    const char *name;
    struct submission submission;
    uint8_t key; /* every byte of it */
    bool want_same;
};

/* Against region "36.04", content "one", key 1. */
static struct hash_case hash_cases[] = {
    {"the same is the same", {ID, "36.04", {(const uint8_t *)"one", 3}}, 1, true},
    {"other content differs", {ID, "36.04", {(const uint8_t *)"two", 3}}, 1, false},
    {"another region differs", {ID, "36.03", {(const uint8_t *)"one", 3}}, 1, false},
    {"another key differs", {ID, "36.04", {(const uint8_t *)"one", 3}}, 2, false},
    {"a byte moved from region to content differs",
     {ID, "36.0", {(const uint8_t *)"4one", 4}},
     1,
     false},
    {"the id is not part of it", {"", "36.04", {(const uint8_t *)"one", 3}}, 1, true},
};

static void test_hash(void **state)
{
    const struct hash_case *row = *state;
    uint8_t key[32];
    memset(key, 1, sizeof(key));
    uint8_t want[SUBMISSION_HASH_SIZE];
    submission_hash(&hash_cases[0].submission, key, want);
    memset(key, row->key, sizeof(key));
    uint8_t hash[SUBMISSION_HASH_SIZE];
    submission_hash(&row->submission, key, hash);
    assert_int_equal(memcmp(hash, want, sizeof(hash)) == 0, row->want_same);
}

static void test_case_handle__of_a_seq__begins_with_it_big_endian(void **state)
{
    (void)state;
    const uint8_t random[CASE_HANDLE_RANDOM_BYTES] = {9, 8, 7, 6, 5, 4, 3, 2};
    const uint8_t want[CASE_HANDLE_SIZE] = {0, 0, 0, 0, 0, 1, 2, 3, 9, 8, 7, 6, 5, 4, 3, 2};
    uint8_t handle[CASE_HANDLE_SIZE];
    case_handle_make(0x010203, random, handle);
    assert_memory_equal(handle, want, sizeof(want));
}

struct peer_case {
    const char *name;
    const char *peer;
    bool want;
};

static struct peer_case peer_cases[] = {
    {"classification reads content", "classification", true},
    {"notification seals notices", "notification", true},
    {"audit-log never gets a key", "audit-log", false},
    {"intake asks itself nothing", "intake", false},
    {"no name gets no key", "", false},
};

static void test_peer(void **state)
{
    const struct peer_case *row = *state;
    assert_int_equal(intake_hands_keys_to(row->peer), row->want);
}

int main(void)
{
    TEST_TABLE(checks, check_cases, test_check)
    TEST_TABLE(hashes, hash_cases, test_hash)
    TEST_TABLE(peers, peer_cases, test_peer)
    const struct CMUnitTest handles[] = {
        cmocka_unit_test(test_case_handle__of_a_seq__begins_with_it_big_endian),
    };

    if (sodium_init() < 0)
        return 1;
    int failed = cmocka_run_group_tests_name("intake/submission", checks, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/submission_hash", hashes, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/key_peers", peers, NULL, NULL);
    return failed + cmocka_run_group_tests_name("intake/case_handle", handles, NULL, NULL);
}
