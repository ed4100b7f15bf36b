/*
 * Verdicts between the contract's message and the struct. A verdict that came from elsewhere is
 * checked as a whole once every text has found its room.
 */
#include "services/classification/classification_wire.h"

#include "netra/v1/classification_to_notification.pb-c.h"

#define SAME(ours, theirs) \
    _Static_assert((int)(ours) == (int)(theirs), "not the contract's number")
SAME(OUTCOME_VIOLATION, NETRA__V1__OUTCOME__OUTCOME_VIOLATION);
SAME(OUTCOME_NOT_A_VIOLATION, NETRA__V1__OUTCOME__OUTCOME_NOT_A_VIOLATION);
SAME(OUTCOME_NEEDS_INFORMATION, NETRA__V1__OUTCOME__OUTCOME_NEEDS_INFORMATION);
SAME(OUTCOME_UNDECIDED, NETRA__V1__OUTCOME__OUTCOME_UNDECIDED);
SAME(DISPOSITION_AUTO, NETRA__V1__DISPOSITION__DISPOSITION_AUTO);
SAME(DISPOSITION_REVIEW, NETRA__V1__DISPOSITION__DISPOSITION_REVIEW);
SAME(DISPOSITION_CONFIRMED, NETRA__V1__DISPOSITION__DISPOSITION_CONFIRMED);
SAME(DISPOSITION_OVERRIDDEN, NETRA__V1__DISPOSITION__DISPOSITION_OVERRIDDEN);
SAME(STAGE_NONE, NETRA__V1__STAGE__STAGE_NONE);
SAME(STAGE_BAKAL_CALON, NETRA__V1__STAGE__STAGE_BAKAL_CALON);
SAME(STAGE_CALON, NETRA__V1__STAGE__STAGE_CALON);
SAME(ACTOR_UNKNOWN, NETRA__V1__ACTOR__ACTOR_UNKNOWN);
SAME(ACTOR_ASN, NETRA__V1__ACTOR__ACTOR_ASN);
SAME(ACTOR_ASN_VERTICAL, NETRA__V1__ACTOR__ACTOR_ASN_VERTICAL);
SAME(ACTOR_PJ_KEPALA_DAERAH, NETRA__V1__ACTOR__ACTOR_PJ_KEPALA_DAERAH);
SAME(ACTOR_KADES, NETRA__V1__ACTOR__ACTOR_KADES);
SAME(ACTOR_TNI_POLRI, NETRA__V1__ACTOR__ACTOR_TNI_POLRI);
SAME(ACTOR_HONORER, NETRA__V1__ACTOR__ACTOR_HONORER);
SAME(ACTOR_ELECTED, NETRA__V1__ACTOR__ACTOR_ELECTED);
SAME(ACTOR_ORGANISER, NETRA__V1__ACTOR__ACTOR_ORGANISER);
SAME(TEXT_FIELD_DESCRIPTION, NETRA__V1__TEXT_FIELD__TEXT_FIELD_DESCRIPTION);
SAME(TEXT_FIELD_PLACE, NETRA__V1__TEXT_FIELD__TEXT_FIELD_PLACE);
SAME(TEXT_FIELD_POSITION, NETRA__V1__TEXT_FIELD__TEXT_FIELD_POSITION);
SAME(TEXT_FIELD_UNIT, NETRA__V1__TEXT_FIELD__TEXT_FIELD_UNIT);

/* ---- making ---- */

/* protobuf-c's text fields are char *, though packing never writes through them. */
static char *text_of(const struct code *code)
{
    return (char *)(uintptr_t)code->text;
}

static enum status make_codes(const struct code *codes, uint32_t count, struct arena *arena,
                              char ***ret_list, size_t *ret_count)
{
    char **list = arena_take(arena, count * sizeof(*list));
    if (list == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        list[i] = text_of(&codes[i]);
    *ret_list = list;
    *ret_count = count;
    return STATUS_OK;
}

static enum status make_spans(const struct reason *reason, struct arena *arena,
                              Netra__V1__Reason *message)
{
    uint32_t count = reason->span_count;
    Netra__V1__Span *spans = arena_take(arena, count * sizeof(*spans));
    Netra__V1__Span **list = arena_take(arena, count * sizeof(struct Netra__V1__Span *));
    if (spans == NULL || list == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        spans[i] = (Netra__V1__Span)NETRA__V1__SPAN__INIT;
        spans[i].field = (Netra__V1__TextField)reason->spans[i].field;
        spans[i].begin = reason->spans[i].begin;
        spans[i].end = reason->spans[i].end;
        list[i] = &spans[i];
    }
    message->spans = list;
    message->n_spans = count;
    return STATUS_OK;
}

static enum status make_reasons(const struct verdict *verdict, struct arena *arena,
                                Netra__V1__Verdict *message)
{
    uint32_t count = verdict->reason_count;
    Netra__V1__Reason *reasons = arena_take(arena, count * sizeof(*reasons));
    Netra__V1__Reason **list = arena_take(arena, count * sizeof(struct Netra__V1__Reason *));
    if (reasons == NULL || list == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        const struct reason *reason = &verdict->reasons[i];
        netra__v1__reason__init(&reasons[i]);
        reasons[i].rule = text_of(&reason->rule);
        reasons[i].code = text_of(&reason->code);
        reasons[i].date = reason->date;
        TRY(make_spans(reason, arena, &reasons[i]));
        list[i] = &reasons[i];
    }
    message->reasons = list;
    message->n_reasons = count;
    return STATUS_OK;
}

enum status classification_wire_make_verdict(const struct verdict *verdict, struct arena *arena,
                                             struct Netra__V1__Verdict **ret_message)
{
    Netra__V1__Verdict *message = arena_take(arena, sizeof(*message));
    if (message == NULL)
        return STATUS_NO_MEMORY;
    netra__v1__verdict__init(message);
    message->outcome = (Netra__V1__Outcome)verdict->outcome;
    message->disposition = (Netra__V1__Disposition)verdict->disposition;
    message->review_reason = text_of(&verdict->review_reason);
    message->primary = text_of(&verdict->primary);
    message->stage = (Netra__V1__Stage)verdict->stage;
    message->election = text_of(&verdict->election);
    message->office = text_of(&verdict->office);
    message->actor = (Netra__V1__Actor)verdict->actor;
    message->authority = text_of(&verdict->authority);
    message->confidence_permille = verdict->confidence_permille;
    TRY(make_codes(verdict->codes, verdict->code_count, arena, &message->codes,
                   &message->n_codes));
    TRY(make_codes(verdict->flags, verdict->flag_count, arena, &message->flags,
                   &message->n_flags));
    TRY(make_codes(verdict->missing, verdict->missing_count, arena, &message->missing,
                   &message->n_missing));
    TRY(make_codes(verdict->conflicts, verdict->conflict_count, arena, &message->conflicts,
                   &message->n_conflicts));
    TRY(make_reasons(verdict, arena, message));
    *ret_message = message;
    return STATUS_OK;
}

/* ---- reading ---- */

static enum status read_code(const char *text, const char *name, struct code *code,
                             struct diag *diag)
{
    if (text[0] != '\0' && code_set(code, text))
        return STATUS_OK;
    diag_set(diag, "%s: expected 1 to %u characters of A-Z, 0-9, '-' and '_'", name, CODE_BYTES);
    return STATUS_OUT_OF_RANGE;
}

/* An empty text is a code that isn't said. */
static enum status read_code_if_any(const char *text, const char *name, struct code *code,
                                    struct diag *diag)
{
    return text[0] == '\0' ? STATUS_OK : read_code(text, name, code, diag);
}

static enum status check_count(size_t count, size_t count_max, const char *name, struct diag *diag)
{
    if (count <= count_max)
        return STATUS_OK;
    diag_set(diag, "%s: expected at most %zu", name, count_max);
    return STATUS_OUT_OF_RANGE;
}

/* Room for a list of codes, and what it is called. */
struct code_list {
    const char *name;
    struct code *codes;
    uint32_t count_max;
    uint32_t *count;
};

static enum status read_codes(char *const *texts, size_t count, const struct code_list *list,
                              struct diag *diag)
{
    TRY(check_count(count, list->count_max, list->name, diag));
    for (size_t i = 0; i < count; i++)
        TRY(read_code(texts[i], list->name, &list->codes[i], diag));
    *list->count = (uint32_t)count;
    return STATUS_OK;
}

static enum status read_lists(const Netra__V1__Verdict *message, struct verdict *verdict,
                              struct diag *diag)
{
    const struct code_list codes = {"codes", verdict->codes, VERDICT_CODES_MAX,
                                    &verdict->code_count};
    const struct code_list flags = {"flags", verdict->flags, VERDICT_FLAGS_MAX,
                                    &verdict->flag_count};
    const struct code_list missing = {"missing", verdict->missing, VERDICT_MISSING_MAX,
                                      &verdict->missing_count};
    const struct code_list conflicts = {"conflicts", verdict->conflicts, VERDICT_CONFLICTS_MAX,
                                        &verdict->conflict_count};
    TRY(read_codes(message->codes, message->n_codes, &codes, diag));
    TRY(read_codes(message->flags, message->n_flags, &flags, diag));
    TRY(read_codes(message->missing, message->n_missing, &missing, diag));
    return read_codes(message->conflicts, message->n_conflicts, &conflicts, diag);
}

static enum status read_reason(const Netra__V1__Reason *message, struct reason *reason,
                               struct diag *diag)
{
    TRY(read_code(message->rule, "reasons.rule", &reason->rule, diag));
    TRY(read_code_if_any(message->code, "reasons.code", &reason->code, diag));
    TRY(check_count(message->n_spans, VERDICT_SPANS_MAX, "reasons.spans", diag));
    reason->date = message->date;
    reason->span_count = (uint32_t)message->n_spans;
    for (size_t i = 0; i < message->n_spans; i++)
        reason->spans[i] = (struct span){
            .field = (enum text_field)message->spans[i]->field,
            .begin = message->spans[i]->begin,
            .end = message->spans[i]->end,
        };
    return STATUS_OK;
}

static enum status read_reasons(const Netra__V1__Verdict *message, struct verdict *verdict,
                                struct diag *diag)
{
    TRY(check_count(message->n_reasons, VERDICT_REASONS_MAX, "reasons", diag));
    for (size_t i = 0; i < message->n_reasons; i++)
        TRY(read_reason(message->reasons[i], &verdict->reasons[i], diag));
    verdict->reason_count = (uint32_t)message->n_reasons;
    return STATUS_OK;
}

enum status classification_wire_read_verdict(const struct Netra__V1__Verdict *message,
                                             struct verdict *ret_verdict, struct diag *diag)
{
    if (message == NULL) {
        diag_set(diag, "verdict: missing");
        return STATUS_FIELD_MISSING;
    }
    *ret_verdict = (struct verdict){
        .outcome = (enum outcome)message->outcome,
        .disposition = (enum disposition)message->disposition,
        .stage = (enum stage)message->stage,
        .actor = (enum actor)message->actor,
        .confidence_permille = message->confidence_permille,
    };
    TRY(read_code_if_any(message->review_reason, "review_reason", &ret_verdict->review_reason,
                         diag));
    TRY(read_code_if_any(message->primary, "primary", &ret_verdict->primary, diag));
    TRY(read_code_if_any(message->election, "election", &ret_verdict->election, diag));
    TRY(read_code_if_any(message->office, "office", &ret_verdict->office, diag));
    TRY(read_code_if_any(message->authority, "authority", &ret_verdict->authority, diag));
    TRY(read_lists(message, ret_verdict, diag));
    TRY(read_reasons(message, ret_verdict, diag));
    return verdict_check(ret_verdict, diag);
}
