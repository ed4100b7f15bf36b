/*
 * Verdicts as bytes: the contract's message Verdict (classification_to_notification.proto),
 * written and read here without protobuf-c. Each case's verdict crosses from a worker, and goes
 * into its decision's event: by protobuf-c's means that took a third of the time of deciding it.
 *
 * Numbers that are 0 and codes that are empty are left out. Reading takes fields in any order, and
 * passes over those it doesn't know.
 */
#include "services/classification/classification_wire.h"

#include "common/base/invariant.h"
#include "common/wire/fields.h"
#include "netra/v1/classification_to_notification.pb-c.h"

#include <string.h>

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

enum verdict_field {
    VERDICT_OUTCOME = 1,
    VERDICT_DISPOSITION = 2,
    VERDICT_REVIEW_REASON = 3,
    VERDICT_PRIMARY = 4,
    VERDICT_CODES = 5,
    VERDICT_STAGE = 6,
    VERDICT_ELECTION = 7,
    VERDICT_OFFICE = 8,
    VERDICT_ACTOR = 9,
    VERDICT_AUTHORITY = 10,
    VERDICT_FLAGS = 11,
    VERDICT_CONFIDENCE = 12,
    VERDICT_MISSING = 13,
    VERDICT_CONFLICTS = 14,
    VERDICT_REASONS = 15
};

enum reason_field { REASON_RULE = 1, REASON_CODE = 2, REASON_DATE = 3, REASON_SPANS = 4 };

enum span_field { SPAN_FIELD = 1, SPAN_BEGIN = 2, SPAN_END = 3 };

/* ---- writing ---- */

/* Each yields where the next byte goes. */

static uint8_t *put_code(uint8_t *at, uint32_t number, const struct code *code)
{
    return wire_put_bytes(at, number, view_of_text(code->text));
}

static uint8_t *put_codes(uint8_t *at, uint32_t number, const struct code *codes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        at = put_code(at, number, &codes[i]);
    return at;
}

#define HEAD_BYTES 2u /* tag and length, before a message that is short */

/* Ends a message that was begun behind HEAD_BYTES; a long one has to move for its length. */
static uint8_t *end_message(uint8_t *begin, uint32_t number, uint8_t *at)
{
    size_t size = (size_t)(at - begin);
    size_t more = wire_head_size(size) - HEAD_BYTES;
    if (more > 0)
        memmove(begin + more, begin, size);
    return wire_put_head(begin - HEAD_BYTES, number, size) + size;
}

static uint8_t *put_span(uint8_t *at, const struct span *span)
{
    uint8_t *begin = at + HEAD_BYTES;
    at = begin;
    at = wire_put_number(at, SPAN_FIELD, (uint32_t)span->field);
    at = wire_put_number(at, SPAN_BEGIN, span->begin);
    at = wire_put_number(at, SPAN_END, span->end);
    return end_message(begin, REASON_SPANS, at);
}

static uint8_t *put_reason(uint8_t *at, const struct reason *reason)
{
    uint8_t *begin = at + HEAD_BYTES;
    at = begin;
    at = put_code(at, REASON_RULE, &reason->rule);
    at = put_code(at, REASON_CODE, &reason->code);
    at = wire_put_number(at, REASON_DATE, reason->date);
    for (uint32_t i = 0; i < reason->span_count; i++)
        at = put_span(at, &reason->spans[i]);
    return end_message(begin, VERDICT_REASONS, at);
}

size_t classification_wire_verdict(const struct verdict *verdict,
                                   uint8_t bytes[VERDICT_WIRE_BYTES_MAX])
{
    uint8_t *at = bytes;
    at = wire_put_number(at, VERDICT_OUTCOME, (uint32_t)verdict->outcome);
    at = wire_put_number(at, VERDICT_DISPOSITION, (uint32_t)verdict->disposition);
    at = put_code(at, VERDICT_REVIEW_REASON, &verdict->review_reason);
    at = put_code(at, VERDICT_PRIMARY, &verdict->primary);
    at = put_codes(at, VERDICT_CODES, verdict->codes, verdict->code_count);
    at = wire_put_number(at, VERDICT_STAGE, (uint32_t)verdict->stage);
    at = put_code(at, VERDICT_ELECTION, &verdict->election);
    at = put_code(at, VERDICT_OFFICE, &verdict->office);
    at = wire_put_number(at, VERDICT_ACTOR, (uint32_t)verdict->actor);
    at = put_code(at, VERDICT_AUTHORITY, &verdict->authority);
    at = put_codes(at, VERDICT_FLAGS, verdict->flags, verdict->flag_count);
    at = wire_put_number(at, VERDICT_CONFIDENCE, verdict->confidence_permille);
    at = put_codes(at, VERDICT_MISSING, verdict->missing, verdict->missing_count);
    at = put_codes(at, VERDICT_CONFLICTS, verdict->conflicts, verdict->conflict_count);
    for (uint32_t i = 0; i < verdict->reason_count; i++)
        at = put_reason(at, &verdict->reasons[i]);
    size_t size = (size_t)(at - bytes);
    INVARIANT(size <= VERDICT_WIRE_BYTES_MAX);
    return size;
}

/* ---- reading ---- */

/* Takes the next field. False: there is none that can be read, or none of a verdict, of which
 * there are numbers of 32 bits and bytes. */
static bool take_field(struct view *rest, struct wire_field *field)
{
    return wire_field_read(rest, field) && field->value <= UINT32_MAX &&
           (field->type == WIRE_VARINT || field->type == WIRE_BYTES);
}

static enum status malformed(const char *name, struct diag *diag)
{
    diag_set(diag, "verdict.%s: not to be read", name);
    return STATUS_MALFORMED;
}

static enum status read_code(struct view text, const char *name, struct code *code,
                             struct diag *diag)
{
    if (code_read(code, text))
        return STATUS_OK;
    diag_set(diag, "verdict.%s: expected 1 to %u characters of A-Z, 0-9, '-' and '_'", name,
             CODE_BYTES);
    return STATUS_OUT_OF_RANGE;
}

/* An empty text is a code that isn't said. */
static enum status read_code_if_any(struct view text, const char *name, struct code *code,
                                    struct diag *diag)
{
    *code = (struct code){.text = ""};
    return text.size == 0 ? STATUS_OK : read_code(text, name, code, diag);
}

static enum status too_many(const char *name, uint32_t count_max, struct diag *diag)
{
    diag_set(diag, "verdict.%s: expected at most %u", name, count_max);
    return STATUS_OUT_OF_RANGE;
}

/* One more of a list of codes. */
static enum status add_code(struct view text, const char *name, struct code *codes,
                            uint32_t count_max, uint32_t *count, struct diag *diag)
{
    if (*count == count_max)
        return too_many(name, count_max, diag);
    return read_code(text, name, &codes[(*count)++], diag);
}

static enum status add_span(struct view bytes, struct reason *reason, struct diag *diag)
{
    struct wire_field field;
    if (reason->span_count == VERDICT_SPANS_MAX)
        return too_many("reasons.spans", VERDICT_SPANS_MAX, diag);
    struct span *span = &reason->spans[reason->span_count++];
    while (bytes.size > 0) {
        if (!take_field(&bytes, &field))
            return malformed("reasons.spans", diag);
        if (field.type != WIRE_VARINT)
            continue;
        if (field.number == SPAN_FIELD)
            span->field = (enum text_field)field.value;
        else if (field.number == SPAN_BEGIN)
            span->begin = (uint32_t)field.value;
        else if (field.number == SPAN_END)
            span->end = (uint32_t)field.value;
    }
    return STATUS_OK;
}

static enum status add_reason(struct view bytes, struct verdict *verdict, struct diag *diag)
{
    struct wire_field field;
    if (verdict->reason_count == VERDICT_REASONS_MAX)
        return too_many("reasons", VERDICT_REASONS_MAX, diag);
    struct reason *reason = &verdict->reasons[verdict->reason_count++];
    while (bytes.size > 0) {
        if (!take_field(&bytes, &field))
            return malformed("reasons", diag);
        if (field.type == WIRE_VARINT && field.number == REASON_DATE)
            reason->date = (uint32_t)field.value;
        if (field.type == WIRE_VARINT)
            continue;
        if (field.number == REASON_RULE)
            TRY(read_code(field.bytes, "reasons.rule", &reason->rule, diag));
        else if (field.number == REASON_CODE)
            TRY(read_code(field.bytes, "reasons.code", &reason->code, diag));
        else if (field.number == REASON_SPANS)
            TRY(add_span(field.bytes, reason, diag));
    }
    return STATUS_OK;
}

static void read_number(const struct wire_field *field, struct verdict *verdict)
{
    switch (field->number) {
    case VERDICT_OUTCOME:
        verdict->outcome = (enum outcome)field->value;
        break;
    case VERDICT_DISPOSITION:
        verdict->disposition = (enum disposition)field->value;
        break;
    case VERDICT_STAGE:
        verdict->stage = (enum stage)field->value;
        break;
    case VERDICT_ACTOR:
        verdict->actor = (enum actor)field->value;
        break;
    case VERDICT_CONFIDENCE:
        verdict->confidence_permille = (uint32_t)field->value;
        break;
    default: /* of a newer contract */
        break;
    }
}

static enum status read_bytes(const struct wire_field *field, struct verdict *verdict,
                              struct diag *diag)
{
    struct view bytes = field->bytes;
    switch (field->number) {
    case VERDICT_REVIEW_REASON:
        return read_code_if_any(bytes, "review_reason", &verdict->review_reason, diag);
    case VERDICT_PRIMARY:
        return read_code_if_any(bytes, "primary", &verdict->primary, diag);
    case VERDICT_ELECTION:
        return read_code_if_any(bytes, "election", &verdict->election, diag);
    case VERDICT_OFFICE:
        return read_code_if_any(bytes, "office", &verdict->office, diag);
    case VERDICT_AUTHORITY:
        return read_code_if_any(bytes, "authority", &verdict->authority, diag);
    case VERDICT_CODES:
        return add_code(bytes, "codes", verdict->codes, VERDICT_CODES_MAX, &verdict->code_count,
                        diag);
    case VERDICT_FLAGS:
        return add_code(bytes, "flags", verdict->flags, VERDICT_FLAGS_MAX, &verdict->flag_count,
                        diag);
    case VERDICT_MISSING:
        return add_code(bytes, "missing", verdict->missing, VERDICT_MISSING_MAX,
                        &verdict->missing_count, diag);
    case VERDICT_CONFLICTS:
        return add_code(bytes, "conflicts", verdict->conflicts, VERDICT_CONFLICTS_MAX,
                        &verdict->conflict_count, diag);
    case VERDICT_REASONS:
        return add_reason(bytes, verdict, diag);
    default: /* of a newer contract */
        return STATUS_OK;
    }
}

enum status classification_wire_read_verdict(struct view bytes, struct verdict *ret_verdict,
                                             struct diag *diag)
{
    memset(ret_verdict, 0, sizeof(*ret_verdict));
    while (bytes.size > 0) {
        struct wire_field field;
        if (!take_field(&bytes, &field))
            return malformed("fields", diag);
        if (field.type == WIRE_VARINT)
            read_number(&field, ret_verdict);
        else
            TRY(read_bytes(&field, ret_verdict, diag));
    }
    return verdict_check(ret_verdict, diag);
}
