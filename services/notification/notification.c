/*
 * Which decisions are whole enough to act on, and the words that tables use for them.
 */
#include "services/notification/notification.h"

#include "common/case/day.h"

#include <string.h>

static enum status refuse(struct diag *diag, enum status status, const char *field,
                          const char *rule)
{
    diag_set(diag, "%s: %s", field, rule);
    return status;
}

static bool has_only(const char *text, const char *bytes)
{
    return text[strspn(text, bytes)] == '\0';
}

enum status decision_check(const struct decision *decision, struct diag *diag)
{
    static const char numbers[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
    const char *missing = NULL;
    if (decision->revision == 0)
        missing = "revision";
    else if (decision->outcome == DECISION_OUTCOME_UNSPECIFIED)
        missing = "verdict.outcome";
    else if (decision->disposition == DECISION_DISPOSITION_UNSPECIFIED)
        missing = "verdict.disposition";
    else if (decision->case_number[0] == '\0')
        missing = "case_number";
    else if (decision->region[0] == '\0')
        missing = "region";
    else if (decision->received == 0)
        missing = "received";
    if (missing != NULL)
        return refuse(diag, STATUS_FIELD_MISSING, missing, "a decision must have one");
    if (!has_only(decision->case_number, numbers))
        return refuse(diag, STATUS_OUT_OF_RANGE, "case_number", "no case number");
    if (!has_only(decision->region, "0123456789."))
        return refuse(diag, STATUS_OUT_OF_RANGE, "region", "expected a code such as 36.04");
    if (decision->primary[0] != '\0' && !decision_code_is_valid(decision->primary))
        return refuse(diag, STATUS_OUT_OF_RANGE, "verdict.primary", "no code of a ruleset");
    if (!day_is_valid(decision->received))
        return refuse(diag, STATUS_OUT_OF_RANGE, "received", "no day of the calendar");
    if (decision->incident_date != 0 && !day_is_valid(decision->incident_date))
        return refuse(diag, STATUS_OUT_OF_RANGE, "incident_date", "no day of the calendar");
    return STATUS_OK;
}

void notice_put_text(char *to, size_t size, struct view text)
{
    size_t count = text.size < size ? text.size : size - 1;
    if (count > 0)
        memcpy(to, text.bytes, count);
    to[count] = '\0';
}

bool decision_code_is_valid(const char *text)
{
    size_t size = strlen(text);
    return size > 0 && size <= DECISION_CODE_BYTES &&
           has_only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
}

bool decision_waits_for_review(const struct decision *decision)
{
    return decision->outcome == DECISION_OUTCOME_UNDECIDED ||
           decision->disposition == DECISION_DISPOSITION_REVIEW;
}

const char *decision_outcome_name(enum decision_outcome outcome)
{
    switch (outcome) {
    case DECISION_OUTCOME_UNSPECIFIED:
    case DECISION_OUTCOME_COUNT:
        break;
    case DECISION_OUTCOME_VIOLATION:
        return "violation";
    case DECISION_OUTCOME_NOT_A_VIOLATION:
        return "not_violation";
    case DECISION_OUTCOME_NEEDS_INFORMATION:
        return "needs_info";
    case DECISION_OUTCOME_UNDECIDED:
        return "undecided";
    }
    return "";
}

const char *decision_disposition_name(enum decision_disposition disposition)
{
    switch (disposition) {
    case DECISION_DISPOSITION_UNSPECIFIED:
    case DECISION_DISPOSITION_COUNT:
        break;
    case DECISION_DISPOSITION_AUTO:
        return "auto";
    case DECISION_DISPOSITION_REVIEW:
        return "review";
    case DECISION_DISPOSITION_CONFIRMED:
        return "confirmed";
    case DECISION_DISPOSITION_OVERRIDDEN:
        return "overridden";
    }
    return "";
}

const char *decision_actor_name(enum decision_actor actor)
{
    static const char *const names[DECISION_ACTOR_COUNT] = {
        [DECISION_ACTOR_UNSPECIFIED] = "",
        [DECISION_ACTOR_UNKNOWN] = "unknown",
        [DECISION_ACTOR_ASN] = "asn",
        [DECISION_ACTOR_ASN_VERTICAL] = "asn_vertical",
        [DECISION_ACTOR_PJ_KEPALA_DAERAH] = "pj_kepala_daerah",
        [DECISION_ACTOR_KADES] = "kades",
        [DECISION_ACTOR_TNI_POLRI] = "tni_polri",
        [DECISION_ACTOR_HONORER] = "honorer",
        [DECISION_ACTOR_ELECTED] = "elected",
        [DECISION_ACTOR_ORGANISER] = "organiser",
    };
    return actor < DECISION_ACTOR_COUNT ? names[actor] : "";
}

const char *notice_kind_name(enum notice_kind kind)
{
    switch (kind) {
    case NOTICE_DECISION:
        return "decision";
    case NOTICE_REVIEW:
        return "review";
    case NOTICE_INFORMATION:
        return "information";
    case NOTICE_WITHDRAWN:
        return "withdrawn";
    }
    return "";
}

const char *notice_channel_name(enum notice_channel channel)
{
    switch (channel) {
    case NOTICE_CHANNEL_MAILDIR:
        return "maildir";
    case NOTICE_CHANNEL_SMTP:
        return "smtp";
    }
    return "";
}
