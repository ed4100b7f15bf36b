/* Codes and verdicts as values. */
#include "services/classification/verdict.h"

#include <string.h>

static bool is_code_byte(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '_';
}

bool code_read(struct code *code, struct view text)
{
    memset(code, 0, sizeof *code);
    if (text.size == 0 || text.size > CODE_BYTES)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_code_byte((char)text.bytes[i]))
            return false;
    }
    memcpy(code->text, text.bytes, text.size);
    return true;
}

bool code_set(struct code *code, const char *text)
{
    return code_read(code, view_of_text(text));
}

bool code_is(const struct code *code, const char *text)
{
    return strcmp(code->text, text) == 0;
}

void verdict_undecided(const char *why, struct verdict *ret_verdict)
{
    memset(ret_verdict, 0, sizeof *ret_verdict);
    ret_verdict->outcome = OUTCOME_UNDECIDED;
    ret_verdict->disposition = DISPOSITION_REVIEW;
    ret_verdict->stage = STAGE_NONE;
    ret_verdict->actor = ACTOR_UNKNOWN;
    (void)code_set(&ret_verdict->review_reason, why);
    (void)code_set(&ret_verdict->authority, "NONE");
}

/* ---- verdicts from elsewhere ---- */

static enum status refuse(const char *field, const char *rule, struct diag *diag)
{
    diag_set(diag, "verdict.%s: %s", field, rule);
    return STATUS_OUT_OF_RANGE;
}

/* A code's bytes, and zeros behind them. */
static bool is_code(const struct code *code, bool may_be_empty)
{
    static const struct code empty = {.text = ""};
    size_t size = strnlen(code->text, sizeof code->text);
    if (size > CODE_BYTES || (size == 0 && !may_be_empty))
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!is_code_byte(code->text[i]))
            return false;
    }
    return memcmp(code->text + size, empty.text, sizeof code->text - size) == 0;
}

static enum status check_one(const struct code *code, bool may_be_empty, const char *field,
                             struct diag *diag)
{
    if (!is_code(code, may_be_empty))
        return refuse(field, "no code (A-Z, 0-9, '-', '_', at most 39)", diag);
    return STATUS_OK;
}

static enum status check_list(const struct code *codes, uint32_t count, uint32_t max,
                              const char *field, struct diag *diag)
{
    if (count > max)
        return refuse(field, "too many", diag);
    for (uint32_t i = 0; i < count; i++)
        TRY(check_one(&codes[i], false, field, diag));
    return STATUS_OK;
}

static bool is_between(unsigned value, unsigned least, unsigned most)
{
    return value >= least && value <= most;
}

static enum status check_enums(const struct verdict *verdict, struct diag *diag)
{
    if (!is_between(verdict->outcome, OUTCOME_VIOLATION, OUTCOME_UNDECIDED))
        return refuse("outcome", "out of range", diag);
    if (!is_between(verdict->disposition, DISPOSITION_AUTO, DISPOSITION_OVERRIDDEN))
        return refuse("disposition", "out of range", diag);
    if (!is_between(verdict->stage, STAGE_NONE, STAGE_CALON))
        return refuse("stage", "out of range", diag);
    if (!is_between(verdict->actor, ACTOR_UNKNOWN, ACTOR_ORGANISER))
        return refuse("actor", "out of range", diag);
    if (verdict->confidence_permille > 1000)
        return refuse("confidence_permille", "above 1000", diag);
    return STATUS_OK;
}

static enum status check_reason(const struct reason *reason, struct diag *diag)
{
    TRY(check_one(&reason->rule, false, "reasons.rule", diag));
    TRY(check_one(&reason->code, false, "reasons.code", diag));
    if (reason->span_count > VERDICT_SPANS_MAX)
        return refuse("reasons.spans", "too many", diag);
    for (uint32_t i = 0; i < reason->span_count; i++) {
        const struct span *span = &reason->spans[i];
        if (!is_between(span->field, TEXT_FIELD_DESCRIPTION, TEXT_FIELD_UNIT))
            return refuse("reasons.spans.field", "out of range", diag);
        if (span->end < span->begin)
            return refuse("reasons.spans", "ends before it begins", diag);
    }
    return STATUS_OK;
}

static enum status check_codes(const struct verdict *verdict, struct diag *diag)
{
    TRY(check_one(&verdict->review_reason, true, "review_reason", diag));
    TRY(check_one(&verdict->primary, verdict->outcome == OUTCOME_UNDECIDED, "primary", diag));
    TRY(check_one(&verdict->election, true, "election", diag));
    TRY(check_one(&verdict->office, true, "office", diag));
    return check_one(&verdict->authority, true, "authority", diag);
}

static enum status check_lists(const struct verdict *verdict, struct diag *diag)
{
    TRY(check_list(verdict->codes, verdict->code_count, VERDICT_CODES_MAX, "codes", diag));
    TRY(check_list(verdict->flags, verdict->flag_count, VERDICT_FLAGS_MAX, "flags", diag));
    TRY(check_list(verdict->missing, verdict->missing_count, VERDICT_MISSING_MAX, "missing",
                   diag));
    return check_list(verdict->conflicts, verdict->conflict_count, VERDICT_CONFLICTS_MAX,
                      "conflicts", diag);
}

enum status verdict_check(const struct verdict *verdict, struct diag *diag)
{
    TRY(check_enums(verdict, diag));
    TRY(check_codes(verdict, diag));
    TRY(check_lists(verdict, diag));
    if (verdict->reason_count > VERDICT_REASONS_MAX)
        return refuse("reasons", "too many", diag);
    for (uint32_t i = 0; i < verdict->reason_count; i++)
        TRY(check_reason(&verdict->reasons[i], diag));
    return STATUS_OK;
}
