/* Codes, and verdicts from elsewhere. */
#include "tests/support/test.h"

#include "services/classification/verdict.h"

#include <string.h>

struct code_case {
    const char *name;
    const char *text;
    bool want;
};

static struct code_case code_cases[] = {
    {"letters, digits, '-' and '_' are a code", "NON-ASN_13A", true},
    {"39 bytes are a code", "A23456789012345678901234567890123456789", true},
    {"40 bytes are too long", "A234567890123456789012345678901234567890", false},
    {"nothing is no code", "", false},
    {"lower case is no code", "etik", false},
    {"a blank is no code", "A B", false},
};

static void test_code(void **state)
{
    const struct code_case *row = *state;
    struct code code;
    memset(&code, 0xA5, sizeof code);
    assert_int_equal(code_set(&code, row->text), row->want);
    assert_int_equal(code_is(&code, row->text), row->want || row->text[0] == '\0');
    assert_int_equal(code.text[CODE_BYTES], 0);
}

/* One field of a good verdict is spoilt. */
struct spoilt_case {
    const char *name;
    void (*spoil)(struct verdict *verdict);
    const char *want; /* in the diag; NULL: it is good */
};

static void leave(struct verdict *verdict)
{
    (void)verdict;
}

/* Numbers from the wire, which no enumerator names. */
static void put_number(void *field, int number)
{
    memcpy(field, &number, sizeof number);
}

static void spoil_outcome(struct verdict *verdict)
{
    put_number(&verdict->outcome, 0);
}

static void spoil_disposition(struct verdict *verdict)
{
    put_number(&verdict->disposition, 5);
}

static void spoil_stage(struct verdict *verdict)
{
    put_number(&verdict->stage, 4);
}

static void spoil_actor(struct verdict *verdict)
{
    put_number(&verdict->actor, 10);
}

static void spoil_confidence(struct verdict *verdict)
{
    verdict->confidence_permille = 1001;
}

static void spoil_primary(struct verdict *verdict)
{
    memset(&verdict->primary, 0, sizeof verdict->primary);
}

static void spoil_tail(struct verdict *verdict)
{
    verdict->primary.text[20] = 'X';
}

static void spoil_codes(struct verdict *verdict)
{
    verdict->code_count = VERDICT_CODES_MAX + 1;
}

static void spoil_flags(struct verdict *verdict)
{
    verdict->flag_count = 1; /* and it is empty */
}

static void spoil_missing(struct verdict *verdict)
{
    verdict->missing_count = VERDICT_MISSING_MAX + 1;
}

static void spoil_conflicts(struct verdict *verdict)
{
    verdict->conflict_count = VERDICT_CONFLICTS_MAX + 1;
}

static void spoil_reasons(struct verdict *verdict)
{
    verdict->reason_count = VERDICT_REASONS_MAX + 1;
}

static void spoil_span(struct verdict *verdict)
{
    verdict->reasons[0].spans[0].end = 1;
}

static void spoil_span_field(struct verdict *verdict)
{
    put_number(&verdict->reasons[0].spans[0].field, 5);
}

static void spoil_span_count(struct verdict *verdict)
{
    verdict->reasons[0].span_count = VERDICT_SPANS_MAX + 1;
}

static struct spoilt_case spoilt_cases[] = {
    {"a good verdict passes", leave, NULL},
    {"no outcome", spoil_outcome, "outcome"},
    {"an unknown disposition", spoil_disposition, "disposition"},
    {"an unknown stage", spoil_stage, "stage"},
    {"an unknown actor", spoil_actor, "actor"},
    {"surer than sure", spoil_confidence, "confidence"},
    {"no primary", spoil_primary, "primary"},
    {"bytes behind a code's end", spoil_tail, "primary"},
    {"too many codes", spoil_codes, "codes"},
    {"an empty flag", spoil_flags, "flags"},
    {"too many missing things", spoil_missing, "missing"},
    {"too many conflicts", spoil_conflicts, "conflicts"},
    {"too many reasons", spoil_reasons, "reasons"},
    {"a span that ends before it begins", spoil_span, "spans"},
    {"a span in no text", spoil_span_field, "spans.field"},
    {"too many spans", spoil_span_count, "spans"},
};

static void test_spoilt(void **state)
{
    const struct spoilt_case *row = *state;
    struct verdict verdict;
    struct diag diag = {.text = ""};
    verdict_undecided("NO_MEMORY", &verdict);
    verdict.outcome = OUTCOME_VIOLATION;
    assert_true(code_set(&verdict.primary, "ETIK-04"));
    verdict.codes[verdict.code_count++] = verdict.primary;
    verdict.reason_count = 1;
    assert_true(code_set(&verdict.reasons[0].rule, "LIKE"));
    assert_true(code_set(&verdict.reasons[0].code, "ETIK-04"));
    verdict.reasons[0].span_count = 1;
    verdict.reasons[0].spans[0] = (struct span){.field = TEXT_FIELD_PLACE, .begin = 2, .end = 3};
    row->spoil(&verdict);
    enum status status = verdict_check(&verdict, &diag);
    assert_int_equal(status, row->want == NULL ? STATUS_OK : STATUS_OUT_OF_RANGE);
    assert_non_null(strstr(diag.text, row->want == NULL ? "" : row->want));
}

static void test_undecided__is_a_verdict_for_a_person(void **state)
{
    struct verdict verdict;
    (void)state;
    verdict_undecided("DIED_ALONE", &verdict);
    assert_int_equal(verdict.outcome, OUTCOME_UNDECIDED);
    assert_int_equal(verdict.disposition, DISPOSITION_REVIEW);
    assert_string_equal(verdict.review_reason.text, "DIED_ALONE");
    assert_int_equal(verdict_check(&verdict, NULL), STATUS_OK);
}

int main(void)
{
    TEST_TABLE(codes, code_cases, test_code);
    TEST_TABLE(spoilt, spoilt_cases, test_spoilt);
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_undecided__is_a_verdict_for_a_person),
    };
    int failed = cmocka_run_group_tests(codes, NULL, NULL);
    failed += cmocka_run_group_tests(spoilt, NULL, NULL);
    return failed + cmocka_run_group_tests(others, NULL, NULL);
}
