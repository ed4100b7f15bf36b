/* Which submissions come in, and which are the same as one before? */
#include "tests/support/test.h"

#include "services/intake/intake.h"

#include <sodium.h>
#include <string.h>

#define ID "0192f0c4-8a3b-7c21-9def-0123456789ab"

#define TODAY 20241120u

struct check_case {
    const char *name;
    const char *id;
    const char *region;
    size_t reporter_size;
    uint64_t sent_at;
    const char *want; /* the one problem begins with it; "": none */
};

static struct check_case check_cases[] = {
    {"a lower-case id is taken", ID, "36.04", 0, 0, ""},
    {"an upper-case id is taken", "0192F0C4-8A3B-7C21-9DEF-0123456789AB", "36.04", 0, 0, ""},
    {"no id is refused", "", "36.04", 0, 0, "submission_id: "},
    {"an id cut by one is refused", "0192f0c4-8a3b-7c21-9def-0123456789a", "36.04", 0, 0,
     "submission_id: "},
    {"an id with one more is refused", ID "c", "36.04", 0, 0, "submission_id: "},
    {"an id with a letter beyond f is refused", "0192f0c4-8a3b-7c21-9def-0123456789ag", "36.04", 0,
     0, "submission_id: "},
    {"an id without dashes is refused", "0192f0c408a3b07c21099def00123456789ab", "36.04", 0, 0,
     "submission_id: "},
    {"an id with a digit in a dash's place is refused", "0192f0c408a3b-7c21-9def-0123456789ab",
     "36.04", 0, 0, "submission_id: "},
    {"an id with a dash in a digit's place is refused", "-192f0c4-8a3b-7c21-9def-0123456789ab",
     "36.04", 0, 0, "submission_id: "},
    {"an id in braces is refused", "{0192f0c4-8a3b-7c21-9def-0123456789}", "36.04", 0, 0,
     "submission_id: "},
    {"an id with a blank is refused", "0192f0c4-8a3b-7c21-9def-0123456789a ", "36.04", 0, 0,
     "submission_id: "},
    {"facts are checked too", ID, "Banten", 0, 0, "region: "},
    {"the smallest sealed reporter is taken", ID, "36.04", REPORTER_BYTES_MIN, 0, ""},
    {"less than two seals are refused", ID, "36.04", REPORTER_BYTES_MIN - 1, 0,
     "sealed_reporter: "},
    {"the largest sealed reporter is taken", ID, "36.04", REPORTER_BYTES_MAX, 0, ""},
    {"a larger sealed reporter is refused", ID, "36.04", REPORTER_BYTES_MAX + 1, 0,
     "sealed_reporter: "},
    {"a clock that is far off is taken", ID, "36.04", 0, 7258118399u, ""},
    {"milliseconds are refused", ID, "36.04", 0, 1732060800000u, "sent_at: "},
};

static struct submission submission_of(const struct check_case *row)
{
    static const uint8_t reporter[REPORTER_BYTES_MAX + 1];
    struct submission submission = {
        .id = row->id,
        .sent_at = row->sent_at,
        .sealed_reporter = view_of(reporter, row->reporter_size),
    };
    facts_clear(&submission.facts);
    submission.facts.region = row->region;
    submission.facts.incident.description = "Memasang baliho.";
    return submission;
}

static void test_check(void **state)
{
    const struct check_case *row = *state;
    struct submission submission = submission_of(row);
    struct facts_problems problems = {.count = 0};
    struct diag diag = {.text = ""};
    char id[SUBMISSION_ID_TEXT_SIZE] = "x";
    submission_check(&submission, TODAY, id, &problems);
    bool is_right = row->want[0] == '\0';
    assert_int_equal(problems.count, is_right ? 0 : 1);
    assert_int_equal(problems_verdict(&problems, &diag),
                     is_right ? STATUS_OK : STATUS_FACTS_INVALID);
    assert_memory_equal(diag.text, row->want, strlen(row->want));
    assert_string_equal(id, strncmp(row->want, "submission_id", 13) == 0 ? "" : ID);
}

static void test_check__several_problems__are_told_at_once(void **state)
{
    (void)state;
    const struct check_case row = {.id = "", .region = "", .sent_at = UINT64_MAX};
    struct submission submission = submission_of(&row);
    struct facts_problems problems = {.count = 0};
    struct diag diag = {.text = ""};
    char id[SUBMISSION_ID_TEXT_SIZE];
    submission_check(&submission, TODAY, id, &problems);
    assert_int_equal(problems.count, 3);
    assert_int_equal(problems_verdict(&problems, &diag), STATUS_FACTS_INVALID);
    assert_non_null(strstr(diag.text, "submission_id: "));
    assert_non_null(strstr(diag.text, "\nregion: required\nsent_at: "));
    assert_true(problems_have(&problems, "region"));
    assert_false(problems_have(&problems, "received"));
}

struct hash_case {
    const char *name;
    const char *packed;
    uint8_t key; /* every byte of it */
    bool want_same;
};

static struct hash_case hash_cases[] = {
    {"the same is the same", "one", 1, true},
    {"other content differs", "two", 1, false},
    {"another key differs", "one", 2, false},
};

static void test_hash(void **state)
{
    const struct hash_case *row = *state;
    uint8_t key[32];
    uint8_t want[SUBMISSION_HASH_SIZE];
    uint8_t hash[SUBMISSION_HASH_SIZE];
    memset(key, 1, sizeof(key));
    submission_hash(view_of_text("one"), key, want);
    memset(key, row->key, sizeof(key));
    submission_hash(view_of_text(row->packed), key, hash);
    assert_int_equal(memcmp(hash, want, sizeof(hash)) == 0, row->want_same);
}

struct clock_case {
    const char *name;
    uint64_t sent_at;
    bool want;
};

/* Against 1000000. */
static struct clock_case clock_cases[] = {
    {"a time that wasn't said", 0, false},         {"the same second", 1000000, false},
    {"five minutes behind", 1000000 - 300, false}, {"five minutes ahead", 1000000 + 300, false},
    {"a second more behind", 1000000 - 301, true}, {"a second more ahead", 1000000 + 301, true},
};

static void test_clock(void **state)
{
    const struct clock_case *row = *state;
    assert_int_equal(clock_is_off(row->sent_at, 1000000), row->want);
}

struct admit_case {
    const char *name;
    uint32_t newest;
    uint32_t expected;
    uint8_t hash; /* every byte of it; the newest revision's is 1 */
    enum status want;
    const char *want_piece; /* of the diag */
};

static struct admit_case admit_cases[] = {
    {"any revision is corrected", 3, 0, 2, STATUS_OK, ""},
    {"the newest is corrected", 3, 3, 2, STATUS_OK, ""},
    {"one before the newest has moved on", 3, 2, 2, STATUS_REVISION_MOVED,
     "the newest of case 1002-24G0-0T is 3"},
    {"one to come has moved on too", 3, 4, 2, STATUS_REVISION_MOVED, "is 3"},
    {"the same facts change nothing", 3, 0, 1, STATUS_OUT_OF_RANGE, "nothing changed"},
    {"the last revision there can be", REVISIONS_MAX - 1, 0, 2, STATUS_OK, ""},
    {"one more than there can be", REVISIONS_MAX, 0, 2, STATUS_OUT_OF_RANGE, "most"},
};

static void test_admit(void **state)
{
    const struct admit_case *row = *state;
    const struct case_row corrected = {
        .case_number = "1002-24G0-0T",
        .facts_revision = row->newest,
    };
    uint8_t newest[SUBMISSION_HASH_SIZE];
    uint8_t hash[SUBMISSION_HASH_SIZE];
    struct diag diag = {.text = ""};
    memset(newest, 1, sizeof(newest));
    memset(hash, row->hash, sizeof(hash));
    assert_int_equal(correction_admit(&corrected, row->expected, newest, hash, &diag), row->want);
    assert_non_null(strstr(diag.text, row->want_piece));
}

struct number_case {
    const char *name;
    const char *text;
    enum status want;
    const char *want_piece; /* of the diag */
};

static struct number_case number_cases[] = {
    {"a number is read", "1002-24g0-0t", STATUS_OK, ""},
    {"a mistyped one is said to be", "1002-24G0-1T", STATUS_OUT_OF_RANGE, "mistyped"},
    {"another text is told the form", "nine", STATUS_MALFORMED, "ten letters and digits"},
};

static void test_number(void **state)
{
    const struct number_case *row = *state;
    char number[CASE_NUMBER_TEXT_SIZE];
    struct diag diag = {.text = ""};
    assert_int_equal(case_number_read(row->text, number, &diag), row->want);
    assert_non_null(strstr(diag.text, row->want_piece));
    if (row->want == STATUS_OK)
        assert_string_equal(number, "1002-24G0-0T");
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
    TEST_TABLE(clocks, clock_cases, test_clock)
    TEST_TABLE(admits, admit_cases, test_admit)
    TEST_TABLE(numbers, number_cases, test_number)
    TEST_TABLE(peers, peer_cases, test_peer)
    const struct CMUnitTest handles[] = {
        cmocka_unit_test(test_check__several_problems__are_told_at_once),
        cmocka_unit_test(test_case_handle__of_a_seq__begins_with_it_big_endian),
    };

    if (sodium_init() < 0)
        return 1;
    int failed = cmocka_run_group_tests_name("intake/submission", checks, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/submission_hash", hashes, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/clock", clocks, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/correction", admits, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/number", numbers, NULL, NULL);
    failed += cmocka_run_group_tests_name("intake/key_peers", peers, NULL, NULL);
    return failed + cmocka_run_group_tests_name("intake/case_handle", handles, NULL, NULL);
}
