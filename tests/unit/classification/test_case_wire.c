/*
 * A case as intake sends it: read, refused, decided with the real ruleset.
 */
#include "tests/support/test.h"

#include "common/case/facts_wire.h"
#include "common/wire/unpack.h"
#include "netra/v1/intake_to_classification.pb-c.h"
#include "ruleset_fixture.h"
#include "services/classification/classification_wire.h"

#include <string.h>

static struct arena arena;
static struct arena scratch;

static int open_arenas(void **state)
{
    assert_int_equal(arena_open(&arena, 8u << 20), STATUS_OK);
    assert_int_equal(arena_open(&scratch, CLASSIFICATION_SCRATCH_BYTES), STATUS_OK);
    return ruleset_fixture_load(state);
}

static int close_arenas(void **state)
{
    arena_close(&arena);
    arena_close(&scratch);
    return ruleset_fixture_release(state);
}

/* What a case has that is told apart below. */
struct sent_case {
    const char *case_number;
    const char *region;
    uint32_t facts_revision;
    uint32_t received;
    size_t description_size;
};

static const struct sent_case whole = {
    .case_number = "AAA-BBBB-CCC",
    .region = "36.04",
    .facts_revision = 1,
    .received = 20241015,
};

static struct view pack(const struct sent_case *sent)
{
    struct facts facts;
    facts_clear(&facts);
    facts.region = "36.04";
    facts.received = sent->received;
    facts.incident.date = 20241012;
    facts.incident.description = "Lurah mengunggah dukungan kepada pasangan calon di Facebook";
    facts.subject.position = "Lurah";
    facts.subject.employment = EMPLOYMENT_PNS;
    if (sent->description_size > 0) {
        char *text = arena_take(&arena, sent->description_size + 1);
        assert_non_null(text);
        memset(text, 'a', sent->description_size);
        facts.incident.description = text;
    }
    Netra__V1__CaseAccepted message;
    netra__v1__case_accepted__init(&message);
    message.case_number = (char *)(uintptr_t)sent->case_number;
    message.region = (char *)(uintptr_t)sent->region;
    message.facts_revision = sent->facts_revision;
    assert_int_equal(facts_wire_make(&facts, &arena, &message.facts), STATUS_OK);
    struct view bytes;
    assert_int_equal(wire_pack(&message.base, &arena, &bytes), STATUS_OK);
    return bytes;
}

struct read_case {
    const char *name;
    struct sent_case sent;
    enum status want;
    const char *want_field;
};

static struct read_case read_cases[] = {
    {"a whole case is read", {"AAA-BBBB-CCC", "36.04", 1, 20241015, 0}, STATUS_OK, ""},
    {"the largest description is read",
     {"AAA-BBBB-CCC", "36.04", 1, 20241015, FACTS_DESCRIPTION_BYTES_MAX},
     STATUS_OK,
     ""},
    {"a larger description is refused",
     {"AAA-BBBB-CCC", "36.04", 1, 20241015, FACTS_DESCRIPTION_BYTES_MAX + 1},
     STATUS_OUT_OF_RANGE,
     "incident.description"},
    {"a case without a number is refused",
     {"", "36.04", 1, 20241015, 0},
     STATUS_FIELD_MISSING,
     "case_number"},
    {"a case of no region is refused",
     {"AAA-BBBB-CCC", "", 1, 20241015, 0},
     STATUS_FIELD_MISSING,
     "region"},
    {"a region longer than codes are is refused",
     {"AAA-BBBB-CCC", "36.04.01.2001.1", 1, 20241015, 0},
     STATUS_OUT_OF_RANGE,
     "region"},
    {"a case without its day of receipt is refused",
     {"AAA-BBBB-CCC", "36.04", 1, 0, 0},
     STATUS_FIELD_MISSING,
     "received"},
    {"facts revision 0 is none",
     {"AAA-BBBB-CCC", "36.04", 0, 20241015, 0},
     STATUS_OUT_OF_RANGE,
     "facts_revision"},
};

static void test_read(void **state)
{
    const struct read_case *row = *state;
    struct case_read read;
    struct diag diag = {0};
    arena_reset(&arena);
    struct view bytes = pack(&row->sent);
    assert_int_equal(classification_wire_read_case(bytes, &arena, &read, &diag), row->want);
    assert_non_null(strstr(diag.text, row->want_field));
    if (row->want != STATUS_OK)
        return;
    assert_string_equal(read.case_number, row->sent.case_number);
    assert_string_equal(read.region, row->sent.region);
    assert_int_equal(read.facts_revision, row->sent.facts_revision);
    assert_int_equal(read.facts.received, row->sent.received);
    assert_int_equal(read.facts.subject.employment, EMPLOYMENT_PNS);
}

static void test_read__no_message__malformed(void **state)
{
    (void)state;
    struct case_read read;
    assert_int_equal(
        classification_wire_read_case(view_of_text("\x0a\x05two"), &arena, &read, NULL),
        STATUS_MALFORMED);
}

static void test_read__without_facts__missing(void **state)
{
    (void)state;
    struct case_read read;
    assert_int_equal(
        classification_wire_read_case(view_of_text("\x0a\x03two"), &arena, &read, NULL),
        STATUS_FIELD_MISSING);
}

/* ---- deciding ---- */

static void test_decide__the_same_case_twice__the_same_bytes(void **state)
{
    (void)state;
    struct verdict verdicts[2];
    struct view bytes = pack(&whole);
    memset(verdicts, 0x55, sizeof(verdicts));
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(
            classification_wire_decide(ruleset_fixture, bytes, &scratch, &verdicts[i], NULL),
            STATUS_OK);
        arena_reset(&scratch);
    }
    assert_memory_equal(&verdicts[0], &verdicts[1], sizeof(verdicts[0]));
    assert_int_equal(verdict_check(&verdicts[0], NULL), STATUS_OK);
    assert_int_not_equal(verdicts[0].outcome, OUTCOME_UNDECIDED);
}

static void test_decide__largest_description__fits_the_scratch(void **state)
{
    (void)state;
    struct verdict verdict;
    struct sent_case large = whole;
    large.description_size = FACTS_DESCRIPTION_BYTES_MAX;
    struct view bytes = pack(&large);
    assert_int_equal(classification_wire_decide(ruleset_fixture, bytes, &scratch, &verdict, NULL),
                     STATUS_OK);
    assert_int_not_equal(verdict.outcome, OUTCOME_UNDECIDED);
    arena_reset(&scratch);
}

static void test_decide__too_little_scratch__undecided(void **state)
{
    (void)state;
    struct verdict verdict;
    struct arena small;
    struct view bytes = pack(&whole);
    assert_int_equal(arena_open(&small, 4096), STATUS_OK);
    assert_int_equal(classification_wire_decide(ruleset_fixture, bytes, &small, &verdict, NULL),
                     STATUS_OK);
    assert_int_equal(verdict.outcome, OUTCOME_UNDECIDED);
    assert_string_equal(verdict.review_reason.text, "BODY_TOO_LARGE");
    arena_close(&small);
}

static void test_decide__unreadable__its_status(void **state)
{
    (void)state;
    struct verdict verdict;
    struct diag diag = {0};
    assert_int_equal(classification_wire_decide(ruleset_fixture, view_of_text("\x0a\x03two"),
                                                &scratch, &verdict, &diag),
                     STATUS_FIELD_MISSING);
    assert_string_not_equal(diag.text, "");
    arena_reset(&scratch);
}

int main(void)
{
    TEST_TABLE(reads, read_cases, test_read)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_read__no_message__malformed),
        cmocka_unit_test(test_read__without_facts__missing),
        cmocka_unit_test(test_decide__the_same_case_twice__the_same_bytes),
        cmocka_unit_test(test_decide__largest_description__fits_the_scratch),
        cmocka_unit_test(test_decide__too_little_scratch__undecided),
        cmocka_unit_test(test_decide__unreadable__its_status),
    };
    int failed = cmocka_run_group_tests_name("read_case", reads, open_arenas, close_arenas);
    return failed + cmocka_run_group_tests_name("decide", singles, open_arenas, close_arenas);
}
