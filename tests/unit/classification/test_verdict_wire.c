/*
 * Verdicts over the wire: there and back, and what is refused.
 */
#include "tests/support/test.h"

#include "netra/v1/classification_to_notification.pb-c.h"
#include "services/classification/classification_wire.h"
#include "verdict_fixture.h"

#include <string.h>

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    if (arena.base == NULL)
        assert_int_equal(arena_open(&arena, 64u << 20), STATUS_OK);
    arena_reset(&arena);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

static void test_verdict__every_list_full__comes_back_byte_for_byte(void **state)
{
    (void)state;
    struct verdict sent = verdict_fixture_full();
    struct verdict read;
    Netra__V1__Verdict *message = NULL;
    memset(&read, 0x55, sizeof(read));
    assert_int_equal(classification_wire_make_verdict(&sent, &arena, &message), STATUS_OK);
    assert_int_equal(classification_wire_read_verdict(message, &read, NULL), STATUS_OK);
    assert_memory_equal(&read, &sent, sizeof(sent));
}

static void test_verdict__undecided__comes_back_byte_for_byte(void **state)
{
    (void)state;
    struct verdict sent;
    struct verdict read;
    Netra__V1__Verdict *message = NULL;
    verdict_undecided("DIED_ALONE", &sent);
    assert_int_equal(classification_wire_make_verdict(&sent, &arena, &message), STATUS_OK);
    assert_int_equal(classification_wire_read_verdict(message, &read, NULL), STATUS_OK);
    assert_memory_equal(&read, &sent, sizeof(sent));
}

/* What somebody else's verdict may be wrong in. */
static void no_outcome(Netra__V1__Verdict *message)
{
    message->outcome = NETRA__V1__OUTCOME__OUTCOME_UNSPECIFIED;
}

static void no_disposition(Netra__V1__Verdict *message)
{
    message->disposition = NETRA__V1__DISPOSITION__DISPOSITION_UNSPECIFIED;
}

static void no_stage(Netra__V1__Verdict *message)
{
    message->stage = NETRA__V1__STAGE__STAGE_UNSPECIFIED;
}

static void no_actor(Netra__V1__Verdict *message)
{
    message->actor = NETRA__V1__ACTOR__ACTOR_UNSPECIFIED;
}

static void name_as_primary(Netra__V1__Verdict *message)
{
    static char name[] = "Budi";
    message->primary = name;
}

static void empty_flag(Netra__V1__Verdict *message)
{
    static char empty[] = "";
    message->flags[0] = empty;
}

static void longer_code(Netra__V1__Verdict *message)
{
    static char code[CODE_BYTES + 2];
    memset(code, 'A', CODE_BYTES + 1);
    message->codes[1] = code;
}

static void more_codes(Netra__V1__Verdict *message)
{
    message->n_codes = VERDICT_CODES_MAX + 1;
}

static void more_flags(Netra__V1__Verdict *message)
{
    message->n_flags = VERDICT_FLAGS_MAX + 1;
}

static void more_missing(Netra__V1__Verdict *message)
{
    message->n_missing = VERDICT_MISSING_MAX + 1;
}

static void more_conflicts(Netra__V1__Verdict *message)
{
    message->n_conflicts = VERDICT_CONFLICTS_MAX + 1;
}

static void more_reasons(Netra__V1__Verdict *message)
{
    message->n_reasons = VERDICT_REASONS_MAX + 1;
}

static void more_spans(Netra__V1__Verdict *message)
{
    message->reasons[2]->n_spans = VERDICT_SPANS_MAX + 1;
}

static void span_backwards(Netra__V1__Verdict *message)
{
    message->reasons[1]->spans[0]->begin = 70000;
}

static void span_nowhere(Netra__V1__Verdict *message)
{
    message->reasons[1]->spans[0]->field = NETRA__V1__TEXT_FIELD__TEXT_FIELD_UNSPECIFIED;
}

static void surer_than_sure(Netra__V1__Verdict *message)
{
    message->confidence_permille = 1001;
}

struct wrong_case {
    const char *name;
    void (*spoil)(Netra__V1__Verdict *message);
    const char *want_field;
};

static struct wrong_case wrong_cases[] = {
    {"no outcome is refused", no_outcome, "outcome"},
    {"no disposition is refused", no_disposition, "disposition"},
    {"no stage is refused", no_stage, "stage"},
    {"no actor is refused", no_actor, "actor"},
    {"a name is no code", name_as_primary, "primary"},
    {"an empty flag is none", empty_flag, "flags"},
    {"a code of 40 characters is too long", longer_code, "codes"},
    {"a ninth code is too many", more_codes, "codes"},
    {"a 17th flag is too many", more_flags, "flags"},
    {"a ninth missing thing is too many", more_missing, "missing"},
    {"a ninth conflict is too many", more_conflicts, "conflicts"},
    {"a 17th reason is too many", more_reasons, "reasons"},
    {"a seventh span is too many", more_spans, "spans"},
    {"a span that ends before it begins is refused", span_backwards, "spans"},
    {"a span in no text is refused", span_nowhere, "spans"},
    {"a confidence above 1000 is refused", surer_than_sure, "confidence"},
};

static void test_wrong_verdict(void **state)
{
    const struct wrong_case *row = *state;
    struct verdict verdict = verdict_fixture_full();
    struct verdict read;
    Netra__V1__Verdict *message = NULL;
    struct diag diag = {0};
    (void)set_up(NULL);
    assert_int_equal(classification_wire_make_verdict(&verdict, &arena, &message), STATUS_OK);
    row->spoil(message);
    assert_int_equal(classification_wire_read_verdict(message, &read, &diag), STATUS_OUT_OF_RANGE);
    assert_non_null(strstr(diag.text, row->want_field));
    assert_null(strstr(diag.text, "Budi"));
}

static void test_verdict__absent__missing(void **state)
{
    (void)state;
    struct verdict verdict;
    assert_int_equal(classification_wire_read_verdict(NULL, &verdict, NULL), STATUS_FIELD_MISSING);
}

static void test_verdict__arena_full__no_memory(void **state)
{
    (void)state;
    struct arena small;
    struct verdict verdict = verdict_fixture_full();
    Netra__V1__Verdict *message = NULL;
    assert_int_equal(arena_open(&small, 512), STATUS_OK);
    assert_int_equal(classification_wire_make_verdict(&verdict, &small, &message),
                     STATUS_NO_MEMORY);
    arena_close(&small);
}

#define SINGLE(function) cmocka_unit_test_setup(function, set_up)

int main(void)
{
    TEST_TABLE(wrongs, wrong_cases, test_wrong_verdict)
    const struct CMUnitTest singles[] = {
        SINGLE(test_verdict__every_list_full__comes_back_byte_for_byte),
        SINGLE(test_verdict__undecided__comes_back_byte_for_byte),
        SINGLE(test_verdict__absent__missing),
        SINGLE(test_verdict__arena_full__no_memory),
    };
    int failed = cmocka_run_group_tests_name("wrong_verdicts", wrongs, NULL, NULL);
    return failed + cmocka_run_group_tests_name("verdict_wire", singles, NULL, close_arena);
}
