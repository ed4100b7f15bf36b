/*
 * One list per enum, by the contract's numbers. Words are part of what scripts read and never
 * change; what stands beside them for people may.
 */
#include "services/netra/names.h"

#include "netra/v1/any_to_audit_log.pb-c.h"
#include "netra/v1/classification_to_notification.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/translate.h"

#include <stddef.h>
#include <string.h>

struct name {
    uint32_t number;
    const char *word;
    const char *people;
};

static const struct name outcomes[] = {
    {NETRA__V1__OUTCOME__OUTCOME_VIOLATION, "violation", N_("alleged violation")},
    {NETRA__V1__OUTCOME__OUTCOME_NOT_A_VIOLATION, "not_violation", N_("no violation")},
    {NETRA__V1__OUTCOME__OUTCOME_NEEDS_INFORMATION, "needs_info", N_("information is missing")},
    {NETRA__V1__OUTCOME__OUTCOME_UNDECIDED, "undecided", N_("undecided: a reviewer must decide")},
};

static const struct name dispositions[] = {
    {NETRA__V1__DISPOSITION__DISPOSITION_AUTO, "auto", N_("decided by the rules")},
    {NETRA__V1__DISPOSITION__DISPOSITION_REVIEW, "review", N_("waits for a reviewer")},
    {NETRA__V1__DISPOSITION__DISPOSITION_CONFIRMED, "confirmed", N_("confirmed by a reviewer")},
    {NETRA__V1__DISPOSITION__DISPOSITION_OVERRIDDEN, "overridden", N_("decided by a reviewer")},
};

static const struct name stages[] = {
    {NETRA__V1__STAGE__STAGE_NONE, "none", N_("outside an election, or not to be told")},
    {NETRA__V1__STAGE__STAGE_BAKAL_CALON, "bakal_calon", N_("before the candidates were set")},
    {NETRA__V1__STAGE__STAGE_CALON, "calon", N_("after the candidates were set")},
};

static const struct name actors[] = {
    {NETRA__V1__ACTOR__ACTOR_UNKNOWN, "unknown", N_("not known")},
    {NETRA__V1__ACTOR__ACTOR_ASN, "asn", N_("civil servant (ASN)")},
    {NETRA__V1__ACTOR__ACTOR_ASN_VERTICAL, "asn_vertical", N_("ASN of a vertical agency")},
    {NETRA__V1__ACTOR__ACTOR_PJ_KEPALA_DAERAH, "pj_kepala_daerah", N_("acting head of region")},
    {NETRA__V1__ACTOR__ACTOR_KADES, "kades", N_("village head or staff")},
    {NETRA__V1__ACTOR__ACTOR_TNI_POLRI, "tni_polri", N_("TNI or Polri")},
    {NETRA__V1__ACTOR__ACTOR_HONORER, "honorer", N_("non-ASN staff")},
    {NETRA__V1__ACTOR__ACTOR_ELECTED, "elected", N_("elected official")},
    {NETRA__V1__ACTOR__ACTOR_ORGANISER, "organiser", N_("election organiser")},
};

static const struct name notice_kinds[] = {
    {NETRA__V1__NOTICE_KIND__NOTICE_KIND_DECISION, "decision", N_("must act")},
    {NETRA__V1__NOTICE_KIND__NOTICE_KIND_REVIEW, "review", N_("must review")},
    {NETRA__V1__NOTICE_KIND__NOTICE_KIND_INFORMATION, "information", N_("for information")},
    {NETRA__V1__NOTICE_KIND__NOTICE_KIND_WITHDRAWN, "withdrawn", N_("told before, withdrawn now")},
};

static const struct name link_kinds[] = {
    {NETRA__V1__LINK_KIND__LINK_KIND_DUPLICATE, "duplicate", N_("the same report again")},
    {NETRA__V1__LINK_KIND__LINK_KIND_SAME_EVENT, "same_event", N_("the same event")},
    {NETRA__V1__LINK_KIND__LINK_KIND_RESPONSE, "response", N_("a denial or clarification")},
};

/* The paths of a submission; the same in every language. */
static const struct name text_fields[] = {
    {NETRA__V1__TEXT_FIELD__TEXT_FIELD_DESCRIPTION, "incident.description", NULL},
    {NETRA__V1__TEXT_FIELD__TEXT_FIELD_PLACE, "incident.place", NULL},
    {NETRA__V1__TEXT_FIELD__TEXT_FIELD_POSITION, "subject.position", NULL},
    {NETRA__V1__TEXT_FIELD__TEXT_FIELD_UNIT, "subject.unit", NULL},
};

struct name_list {
    const struct name *names;
    size_t count;
};

#define LIST(names)                               \
    {                                             \
        names, sizeof(names) / sizeof((names)[0]) \
    }
static const struct name_list lists[] = {
    [NAME_OUTCOME] = LIST(outcomes),
    [NAME_DISPOSITION] = LIST(dispositions),
    [NAME_STAGE] = LIST(stages),
    [NAME_ACTOR] = LIST(actors),
    [NAME_NOTICE_KIND] = LIST(notice_kinds),
    [NAME_LINK_KIND] = LIST(link_kinds),
    [NAME_TEXT_FIELD] = LIST(text_fields),
};
#undef LIST

static const struct name *find(enum name_kind kind, uint32_t number)
{
    for (size_t i = 0; i < lists[kind].count; i++) {
        if (lists[kind].names[i].number == number)
            return &lists[kind].names[i];
    }
    return NULL;
}

const char *name_of(enum name_kind kind, uint32_t number)
{
    const struct name *name = find(kind, number);

    return name == NULL ? "unrecognised" : name->word;
}

const char *name_for_people(enum name_kind kind, uint32_t number)
{
    const struct name *name = find(kind, number);

    return name == NULL || name->people == NULL ? name_of(kind, number) : _(name->people);
}

uint32_t name_number(enum name_kind kind, const char *word)
{
    for (size_t i = 0; i < lists[kind].count; i++) {
        if (strcmp(lists[kind].names[i].word, word) == 0)
            return lists[kind].names[i].number;
    }
    return 0;
}

const char *name_word_for_people(enum name_kind kind, const char *word)
{
    const uint32_t number = name_number(kind, word);

    return number == 0 ? word : name_for_people(kind, number);
}
