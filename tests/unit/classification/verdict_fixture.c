/* Codes as long as they may be, that differ in their last character. */
#include "verdict_fixture.h"

#include <string.h>

static void fill_codes(struct code *codes, uint32_t count, char first)
{
    for (uint32_t i = 0; i < count; i++) {
        memset(codes[i].text, first, CODE_BYTES);
        codes[i].text[CODE_BYTES - 1] = (char)('A' + i);
    }
}

struct verdict verdict_fixture_full(void)
{
    struct verdict verdict = {
        .outcome = OUTCOME_VIOLATION,
        .disposition = DISPOSITION_REVIEW,
        .code_count = VERDICT_CODES_MAX,
        .stage = STAGE_CALON,
        .actor = ACTOR_ORGANISER,
        .flag_count = VERDICT_FLAGS_MAX,
        .confidence_permille = 1000,
        .missing_count = VERDICT_MISSING_MAX,
        .conflict_count = VERDICT_CONFLICTS_MAX,
        .reason_count = VERDICT_REASONS_MAX,
    };
    fill_codes(&verdict.review_reason, 1, 'R');
    fill_codes(&verdict.primary, 1, 'C');
    fill_codes(&verdict.election, 1, 'E');
    fill_codes(&verdict.office, 1, 'O');
    fill_codes(&verdict.authority, 1, 'B');
    fill_codes(verdict.codes, VERDICT_CODES_MAX, 'C');
    fill_codes(verdict.flags, VERDICT_FLAGS_MAX, 'F');
    fill_codes(verdict.missing, VERDICT_MISSING_MAX, 'M');
    fill_codes(verdict.conflicts, VERDICT_CONFLICTS_MAX, 'K');
    for (uint32_t i = 0; i < VERDICT_REASONS_MAX; i++) {
        struct reason *reason = &verdict.reasons[i];
        fill_codes(&reason->rule, 1, 'U');
        fill_codes(&reason->code, 1, 'C');
        reason->date = 20240922 + i;
        reason->span_count = VERDICT_SPANS_MAX;
        for (uint32_t k = 0; k < VERDICT_SPANS_MAX; k++)
            reason->spans[k] =
                (struct span){.field = TEXT_FIELD_UNIT, .begin = k, .end = 65000 + k};
    }
    return verdict;
}
