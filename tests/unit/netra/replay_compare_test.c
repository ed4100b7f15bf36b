/* Is every field that differs named, and no other? */
#include "tests/support/test.h"

#include "common/base/sha256.h"
#include "common/wire/unpack.h"
#include "services/netra/replay_compare.h"

#include <string.h>

/* ---- decisions ---- */

static char text_a[] = "A";
static char text_b[] = "B";
static char *list_a[] = {text_a};
static char *list_ab[] = {text_a, text_b};

/* A decision and the row that classification shows of it; a case changes the row. */
struct decision_pair {
    Netra__V1__Verdict verdict;
    Netra__V1__DecisionMade made;
    Netra__V1__DecisionRow row;
    struct view bytes;
    uint8_t digest[SHA256_SIZE];
};

static void make_pair(struct decision_pair *pair)
{
    netra__v1__verdict__init(&pair->verdict);
    netra__v1__decision_made__init(&pair->made);
    netra__v1__decision_row__init(&pair->row);
    pair->verdict.outcome = NETRA__V1__OUTCOME__OUTCOME_VIOLATION;
    pair->verdict.primary = text_a;
    pair->verdict.codes = list_ab;
    pair->verdict.n_codes = 2;
    pair->made.verdict = &pair->verdict;
    pair->made.revision = 2;
    pair->row.revision = 2;
    pair->row.outcome = NETRA__V1__OUTCOME__OUTCOME_VIOLATION;
    pair->row.primary = text_a;
    pair->row.codes = list_ab;
    pair->row.n_codes = 2;
    pair->row.seq = 7;
    pair->bytes = view_of_text("payload");
    sha256_of(pair->bytes, pair->digest);
    pair->row.made_digest = wire_bytes(view_of(pair->digest, SHA256_SIZE));
}

static void same(struct decision_pair *pair)
{
    (void)pair;
}

#define CHANGE(name, statement)                  \
    static void name(struct decision_pair *pair) \
    {                                            \
        statement;                               \
    }
CHANGE(other_outcome, pair->row.outcome = NETRA__V1__OUTCOME__OUTCOME_NOT_A_VIOLATION)
CHANGE(other_disposition, pair->row.disposition = NETRA__V1__DISPOSITION__DISPOSITION_REVIEW)
CHANGE(other_primary, pair->row.primary = text_b)
CHANGE(fewer_codes, pair->row.n_codes = 1)
CHANGE(other_codes, pair->row.codes = list_a; pair->row.n_codes = 1)
CHANGE(other_stage, pair->row.stage = NETRA__V1__STAGE__STAGE_CALON)
CHANGE(other_election, pair->row.election = text_b)
CHANGE(other_actor, pair->row.actor = NETRA__V1__ACTOR__ACTOR_ASN)
CHANGE(other_authority, pair->row.authority = text_b)
CHANGE(other_flags, pair->row.flags = list_a; pair->row.n_flags = 1)
CHANGE(other_missing, pair->row.missing = list_a; pair->row.n_missing = 1)
CHANGE(other_confidence, pair->row.confidence_permille = 1000)
CHANGE(other_review_reason, pair->row.review_reason = text_b)
CHANGE(other_number, pair->row.case_number = text_b)
CHANGE(other_region, pair->row.region = text_b)
CHANGE(other_time, pair->row.decided_at = 1)
CHANGE(other_seq, pair->row.seq = 8)
CHANGE(other_payload, pair->digest[0] ^= 1)
CHANGE(no_digest, pair->row.made_digest.len = 0)
CHANGE(no_verdict, pair->made.verdict = NULL)

struct decision_case {
    const char *name;
    void (*change)(struct decision_pair *pair);
    const char *want_what; /* NULL: the two agree */
    const char *want_rebuilt;
    const char *want_running;
};

static struct decision_case decision_cases[] = {
    {"a decision as the log has it agrees", same, NULL, NULL, NULL},
    {"another outcome", other_outcome, "decision 2: outcome", "violation", "not_violation"},
    {"another disposition", other_disposition, "decision 2: disposition", NULL, "review"},
    {"another primary code", other_primary, "decision 2: primary", "A", "B"},
    {"a code less", fewer_codes, "decision 2: codes", "A,B", "A"},
    {"another list of codes", other_codes, "decision 2: codes", "A,B", "A"},
    {"another stage", other_stage, "decision 2: stage", NULL, "calon"},
    {"another election", other_election, "decision 2: election", "", "B"},
    {"another actor", other_actor, "decision 2: actor", NULL, "asn"},
    {"another authority", other_authority, "decision 2: authority", "", "B"},
    {"another flag", other_flags, "decision 2: flags", "", "A"},
    {"something more is missing", other_missing, "decision 2: missing", "", "A"},
    {"another confidence", other_confidence, "decision 2: confidence_permille", "0", "1000"},
    {"another reason for a review", other_review_reason, "decision 2: review_reason", "", "B"},
    {"another case number", other_number, "decision 2: case_number", "", "B"},
    {"another region", other_region, "decision 2: region", "", "B"},
    {"another time", other_time, "decision 2: decided_at", "0", "1"},
    {"another place in the stream", other_seq, "decision 2: seq", "7", "8"},
    {"what the list doesn't show", other_payload, "decision 2: payload", NULL, "altered"},
    {"a row without its digest", no_digest, "decision 2: payload", NULL, "altered"},
    {"a verdict where the log has none", no_verdict, "decision 2: outcome", NULL, "violation"},
};

static void test_decision(void **state)
{
    const struct decision_case *row = *state;
    struct replay_difference difference = {.what = ""};
    struct decision_pair pair;
    make_pair(&pair);
    row->change(&pair);
    assert_int_equal(replay_decision_differs(&pair.made, pair.bytes, 7, &pair.row, &difference),
                     row->want_what != NULL);
    if (row->want_what == NULL)
        return;
    assert_string_equal(difference.what, row->want_what);
    if (row->want_rebuilt != NULL)
        assert_string_equal(difference.rebuilt, row->want_rebuilt);
    assert_string_equal(difference.running, row->want_running);
}

/* ---- notices ---- */

struct notice_case {
    const char *name;
    struct replay_notice rebuilt;
    const char *running_state;
    const char *running_role;
    const char *running_channel;
    bool is_behind;
    const char *want_what;
};

#define QUEUED                                                 \
    {                                                          \
        .role = "PPK", .channel = "maildir", .state = "queued" \
    }
#define OVERTAKEN                                                                    \
    {                                                                                \
        .role = "PPK", .channel = "maildir", .state = "queued", .is_overtaken = true \
    }
#define HANDED                                                      \
    {                                                               \
        .role = "PPK", .channel = "maildir", .state = "handed_over" \
    }
#define RESENT                                                                    \
    {                                                                             \
        .role = "PPK", .channel = "maildir", .state = "failed", .is_resent = true \
    }
#define NOTICE "notice to bkd of decision 3: "

static struct notice_case notice_cases[] = {
    {"a notice as the log has it", HANDED, "handed_over", "PPK", "maildir", false, NULL},
    {"one that was handed over, the log says not", QUEUED, "handed_over", "PPK", "maildir", false,
     NOTICE "state"},
    {"the same where the log is behind", QUEUED, "handed_over", "PPK", "maildir", true, NULL},
    {"one that waits, the log says not", HANDED, "queued", "PPK", "maildir", true, NOTICE "state"},
    {"one that a later decision overtook", OVERTAKEN, "superseded", "PPK", "maildir", false, NULL},
    {"one that nothing overtook", QUEUED, "superseded", "PPK", "maildir", false, NOTICE "state"},
    {"one that was overtaken and yet failed", OVERTAKEN, "failed", "PPK", "maildir", false,
     NOTICE "state"},
    {"one that was ordered again and waits", RESENT, "queued", "PPK", "maildir", false, NULL},
    {"one that was ordered again and did not wait", RESENT, "failed", "PPK", "maildir", false,
     NOTICE "state"},
    {"one in another role", QUEUED, "queued", "BAWASLU", "maildir", false, NOTICE "role"},
    {"one by another channel", QUEUED, "queued", "PPK", "smtp", false, NOTICE "channel"},
};

static void test_notice(void **state)
{
    const struct notice_case *row = *state;
    struct replay_difference difference = {.what = ""};
    char recipient[] = "bkd";
    char running_state[32];
    char role[32];
    char channel[32];
    Netra__V1__NoticeRow running;
    netra__v1__notice_row__init(&running);
    memcpy(running_state, row->running_state, strlen(row->running_state) + 1);
    memcpy(role, row->running_role, strlen(row->running_role) + 1);
    memcpy(channel, row->running_channel, strlen(row->running_channel) + 1);
    running.recipient = recipient;
    running.revision = 3;
    running.state = running_state;
    running.role = role;
    running.channel = channel;
    assert_int_equal(replay_notice_differs(&row->rebuilt, &running, row->is_behind, &difference),
                     row->want_what != NULL);
    if (row->want_what != NULL)
        assert_string_equal(difference.what, row->want_what);
}

/* ---- cases ---- */

struct case_case {
    const char *name;
    const char *number;
    const char *region;
    const char *node;
    const char *submission_id;
    uint64_t accepted_at;
    uint32_t facts_revision;
    uint32_t incident_date;
    uint32_t received;
    const char *want_what;
};

static struct case_case case_cases[] = {
    {"a case as the log has it", "N", "36.04", "bkd", "s", 5, 2, 20241012, 20241015, NULL},
    {"another submission", "N", "36.04", "bkd", "t", 5, 2, 20241012, 20241015,
     "case: submission_id"},
    {"another number", "M", "36.04", "bkd", "s", 5, 2, 20241012, 20241015, "case: case_number"},
    {"another region", "N", "36.03", "bkd", "s", 5, 2, 20241012, 20241015, "case: region"},
    {"another node", "N", "36.04", "b", "s", 5, 2, 20241012, 20241015, "case: node"},
    {"another time", "N", "36.04", "bkd", "s", 6, 2, 20241012, 20241015, "case: accepted_at"},
    {"a revision less", "N", "36.04", "bkd", "s", 5, 1, 20241012, 20241015,
     "case: facts_revision"},
    {"another day of the act", "N", "36.04", "bkd", "s", 5, 2, 20241013, 20241015,
     "case: incident_date"},
    {"another day of receipt", "N", "36.04", "bkd", "s", 5, 2, 20241012, 20241016,
     "case: received"},
};

static void test_case(void **state)
{
    const struct case_case *row = *state;
    const struct replay_case rebuilt = {.case_number = "N", .region = "36.04", .node = "bkd"};
    const struct replay_facts first = {.revision = 1, .accepted_at = 5, .submission_id = "s"};
    const struct replay_facts newest = {
        .revision = 2, .incident_date = 20241012, .received = 20241015};
    struct replay_difference difference = {.what = ""};
    char number[32];
    char region[32];
    char node[32];
    char submission_id[32];
    Netra__V1__CaseRow running;
    netra__v1__case_row__init(&running);
    memcpy(number, row->number, strlen(row->number) + 1);
    memcpy(region, row->region, strlen(row->region) + 1);
    memcpy(node, row->node, strlen(row->node) + 1);
    memcpy(submission_id, row->submission_id, strlen(row->submission_id) + 1);
    running.case_number = number;
    running.submission_id = submission_id;
    running.region = region;
    running.node = node;
    running.accepted_at = row->accepted_at;
    running.facts_revision = row->facts_revision;
    running.incident_date = row->incident_date;
    running.received = row->received;
    assert_int_equal(replay_case_differs(&rebuilt, &first, &newest, &running, &difference),
                     row->want_what != NULL);
    if (row->want_what != NULL)
        assert_string_equal(difference.what, row->want_what);
}

struct facts_case {
    const char *name;
    const char *submission_id;
    uint8_t stream;
    uint64_t seq;
    const char *want_what;
};

static struct facts_case facts_cases[] = {
    {"facts as the log has them", "id", 1, 9, NULL},
    {"another submission", "other", 1, 9, "facts 2: submission_id"},
    {"an event of another stream", "id", 2, 9, "facts 2: stream_id"},
    {"another event", "id", 1, 8, "facts 2: seq"},
};

static void test_facts(void **state)
{
    const struct facts_case *row = *state;
    const struct replay_facts rebuilt = {
        .revision = 2, .submission_id = "id", .stream_id = {1}, .seq = 9};
    const uint8_t stream_id[STREAM_ID_SIZE] = {row->stream};
    struct replay_difference difference = {.what = ""};
    char submission_id[32];
    Netra__V1__FactsRevision running;
    netra__v1__facts_revision__init(&running);
    memcpy(submission_id, row->submission_id, strlen(row->submission_id) + 1);
    running.revision = 2;
    running.submission_id = submission_id;
    running.stream_id = wire_bytes(view_of(stream_id, STREAM_ID_SIZE));
    running.seq = row->seq;
    assert_int_equal(replay_facts_differ(&rebuilt, &running, &difference), row->want_what != NULL);
    if (row->want_what != NULL)
        assert_string_equal(difference.what, row->want_what);
}

static void test_missing__either_way__says_where(void **state)
{
    (void)state;
    struct replay_difference difference = {.what = ""};
    replay_tell_missing("decision 1", true, &difference);
    assert_string_equal(difference.what, "decision 1");
    assert_string_equal(difference.rebuilt, "there");
    assert_string_equal(difference.running, "missing");
    replay_tell_missing("link", false, &difference);
    assert_string_equal(difference.rebuilt, "missing");
    assert_string_equal(difference.running, "there");
}

static void test_judge__nothing_differs__every_case_agrees(void **state)
{
    (void)state;
    uint64_t agree = 0;
    assert_int_equal(replay_judge(9, 0, &agree), STATUS_OK);
    assert_int_equal(agree, 9);
}

static void test_judge__some_differ__the_others_agree(void **state)
{
    (void)state;
    uint64_t agree = 0;
    assert_int_equal(replay_judge(9, 2, &agree), STATUS_REPLAY_DIFFERS);
    assert_int_equal(agree, 7);
    assert_int_equal(replay_judge(1, 2, &agree), STATUS_REPLAY_DIFFERS);
    assert_int_equal(agree, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge__nothing_differs__every_case_agrees),
        cmocka_unit_test(test_judge__some_differ__the_others_agree),
        cmocka_unit_test(test_missing__either_way__says_where),
    };
    TEST_TABLE(decisions, decision_cases, test_decision);
    TEST_TABLE(notices, notice_cases, test_notice);
    TEST_TABLE(cases, case_cases, test_case);
    TEST_TABLE(facts, facts_cases, test_facts);
    int failed = cmocka_run_group_tests_name("netra/replay_compare", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/replay_compare/decisions", decisions, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/replay_compare/notices", notices, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/replay_compare/cases", cases, NULL, NULL);
    failed += cmocka_run_group_tests_name("netra/replay_compare/facts", facts, NULL, NULL);
    return failed;
}
