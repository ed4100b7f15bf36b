/* Field by field; what is empty on the wire is null here. */
#include "services/netra/case_json.h"

#include "common/case/day.h"
#include "common/case/facts.h"
#include "common/wire/unpack.h"
#include "services/netra/names.h"

#include <string.h>

static const char *const keys[] = {
    "case_number", "submission_id", "region",    "incident_date", "received_at", "received",
    "node",        "revision",      "outcome",   "primary",       "codes",       "stage",
    "election",    "actor",         "authority", "flags",         "disposition", "confidence",
    "missing",     "review_reason", "decided_at"};

json_t *case_new(void)
{
    json_t *object = json_object();

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        json_put_null(object, keys[i]);
    return object;
}

/* "" on the wire is "not there". */
static void put_code(json_t *object, const char *key, const char *text)
{
    if (text[0] == '\0')
        json_put_null(object, key);
    else
        json_put_text(object, key, text);
}

void case_put_day(json_t *object, const char *key, uint32_t day)
{
    char text[DAY_TEXT_SIZE];

    if (!day_is_valid(day)) {
        json_put_null(object, key);
        return;
    }
    day_to_text(day, text);
    json_put_text(object, key, text);
}

json_t *case_texts(char *const *texts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_string(texts[i]));
    return list;
}

static void put_texts(json_t *object, const char *key, char *const *texts, size_t count)
{
    (void)json_object_set_new(object, key, case_texts(texts, count));
}

static void put_name(json_t *object, const char *key, enum name_kind kind, uint32_t number)
{
    if (number == 0)
        json_put_null(object, key);
    else
        json_put_text(object, key, name_of(kind, number));
}

void case_put_confidence(json_t *object, uint32_t permille)
{
    (void)json_object_set_new(object, "confidence", json_real((double)permille / 1000.0));
}

void case_put_row(json_t *object, const Netra__V1__CaseRow *row)
{
    json_put_text(object, "case_number", row->case_number);
    json_put_text(object, "submission_id", row->submission_id);
    json_put_text(object, "region", row->region);
    case_put_day(object, "incident_date", row->incident_date);
    json_put_instant(object, "received_at", row->accepted_at);
    case_put_day(object, "received", row->received);
    json_put_text(object, "node", row->node);
    json_put_number(object, "facts_revision", row->facts_revision);
    json_put_hex(object, "case_handle", wire_view(row->case_handle));
}

void case_put_decision_row(json_t *object, const Netra__V1__DecisionRow *row)
{
    json_put_number(object, "revision", row->revision);
    put_name(object, "outcome", NAME_OUTCOME, row->outcome);
    put_code(object, "primary", row->primary);
    put_texts(object, "codes", row->codes, row->n_codes);
    put_name(object, "stage", NAME_STAGE, row->stage);
    json_put_text(object, "election", row->election[0] == '\0' ? "none" : row->election);
    put_name(object, "actor", NAME_ACTOR, row->actor);
    put_code(object, "authority", row->authority);
    put_texts(object, "flags", row->flags, row->n_flags);
    put_name(object, "disposition", NAME_DISPOSITION, row->disposition);
    case_put_confidence(object, row->confidence_permille);
    put_texts(object, "missing", row->missing, row->n_missing);
    put_code(object, "review_reason", row->review_reason);
    json_put_instant(object, "decided_at", row->decided_at);
}

static void put_verdict(json_t *object, const Netra__V1__Verdict *verdict)
{
    put_name(object, "outcome", NAME_OUTCOME, (uint32_t)verdict->outcome);
    put_code(object, "primary", verdict->primary);
    put_texts(object, "codes", verdict->codes, verdict->n_codes);
    put_name(object, "stage", NAME_STAGE, (uint32_t)verdict->stage);
    json_put_text(object, "election", verdict->election[0] == '\0' ? "none" : verdict->election);
    put_name(object, "actor", NAME_ACTOR, (uint32_t)verdict->actor);
    put_code(object, "authority", verdict->authority);
    put_texts(object, "flags", verdict->flags, verdict->n_flags);
    put_name(object, "disposition", NAME_DISPOSITION, (uint32_t)verdict->disposition);
    case_put_confidence(object, verdict->confidence_permille);
    put_texts(object, "missing", verdict->missing, verdict->n_missing);
    put_code(object, "review_reason", verdict->review_reason);
    put_code(object, "office", verdict->office);
    put_texts(object, "conflicts", verdict->conflicts, verdict->n_conflicts);
}

/* Where the code stands in the law, or NULL. */
static const Netra__V1__Basis *basis_of(const Netra__V1__DecisionMade *made, const char *code)
{
    for (size_t i = 0; i < made->n_basis; i++) {
        if (strcmp(made->basis[i]->code, code) == 0)
            return made->basis[i];
    }
    return NULL;
}

static json_t *reason_to_json(const Netra__V1__DecisionMade *made, const Netra__V1__Reason *reason)
{
    const Netra__V1__Basis *basis = basis_of(made, reason->code);
    json_t *object = json_object();
    json_t *spans = json_array();

    json_put_text(object, "rule", reason->rule);
    json_put_text(object, "code", reason->code);
    put_code(object, "article", basis == NULL ? "" : basis->article);
    put_code(object, "source", basis == NULL ? "" : basis->source);
    case_put_day(object, "date", reason->date);
    for (size_t i = 0; i < reason->n_spans; i++) {
        json_t *span = json_object();

        json_put_text(span, "field", name_of(NAME_TEXT_FIELD, (uint32_t)reason->spans[i]->field));
        json_put_number(span, "begin", reason->spans[i]->begin);
        json_put_number(span, "end", reason->spans[i]->end);
        (void)json_array_append_new(spans, span);
    }
    (void)json_object_set_new(object, "spans", spans);
    return object;
}

static json_t *basis_to_json(const Netra__V1__Basis *basis)
{
    json_t *object = json_object();

    json_put_text(object, "code", basis->code);
    put_code(object, "label", basis->label);
    put_code(object, "skb", basis->skb);
    put_code(object, "article", basis->article);
    put_code(object, "source", basis->source);
    put_code(object, "sanction_class", basis->sanction_class);
    return object;
}

void case_put_decision(json_t *object, const Netra__V1__CaseDecision *decision)
{
    const Netra__V1__DecisionMade *made = decision->made;
    json_t *reasons = json_array();
    json_t *basis = json_array();

    if (made == NULL || made->verdict == NULL)
        return;
    put_verdict(object, made->verdict);
    json_put_number(object, "revision", made->revision);
    json_put_instant(object, "decided_at", made->decided_at);
    for (size_t i = 0; i < made->verdict->n_reasons; i++)
        (void)json_array_append_new(reasons, reason_to_json(made, made->verdict->reasons[i]));
    for (size_t i = 0; i < made->n_basis; i++)
        (void)json_array_append_new(basis, basis_to_json(made->basis[i]));
    (void)json_object_set_new(object, "reasons", reasons);
    (void)json_object_set_new(object, "basis", basis);
    json_put_number(object, "decided_facts_revision", made->facts_revision);
}

json_t *case_decision_to_json(const Netra__V1__CaseDecision *decision)
{
    const Netra__V1__DecisionMade *made = decision->made;
    json_t *object = json_object();

    if (made == NULL || made->verdict == NULL) {
        json_decref(object);
        return NULL;
    }
    json_put_number(object, "revision", made->revision);
    put_name(object, "outcome", NAME_OUTCOME, (uint32_t)made->verdict->outcome);
    put_code(object, "primary", made->verdict->primary);
    put_name(object, "disposition", NAME_DISPOSITION, (uint32_t)made->verdict->disposition);
    json_put_number(object, "facts_revision", made->facts_revision);
    json_put_instant(object, "decided_at", made->decided_at);
    if (made->reviewer_key_id.len > 0)
        json_put_hex(object, "reviewer_key_id", wire_view(made->reviewer_key_id));
    else
        json_put_null(object, "reviewer_key_id");
    json_put_hex(object, "ruleset_digest", wire_view(made->ruleset_digest));
    json_put_number(object, "engine", made->engine);
    json_put_hex(object, "stream_id", wire_view(decision->stream_id));
    json_put_number(object, "seq", decision->seq);
    return object;
}

json_t *case_notice_to_json(const Netra__V1__NoticeRow *row)
{
    json_t *object = json_object();

    json_put_text(object, "recipient", row->recipient);
    put_code(object, "role", row->role);
    put_code(object, "channel", row->channel);
    json_put_text(object, "state", row->state);
    put_name(object, "kind", NAME_NOTICE_KIND, row->kind);
    json_put_number(object, "revision", row->revision);
    put_code(object, "why", row->why);
    json_put_number(object, "id", row->id);
    return object;
}

/* ---- the facts ---- */

static json_t *incident_to_json(const Netra__V1__Incident *incident)
{
    json_t *object = json_object();

    case_put_day(object, "date", incident->date);
    case_put_day(object, "date_known", incident->date_known);
    put_code(object, "place", incident->place);
    put_code(object, "region", incident->region);
    put_code(object, "description", incident->description);
    put_code(object, "election", incident->election);
    put_code(object, "office", incident->office);
    return object;
}

static json_t *cltn_to_json(const Netra__V1__Cltn *cltn)
{
    json_t *object = json_object();

    put_code(object, "status", answer_name((enum answer)cltn->status));
    case_put_day(object, "from", cltn->from);
    case_put_day(object, "to", cltn->to);
    put_code(object, "letter", cltn->letter);
    return object;
}

static json_t *subject_to_json(const Netra__V1__Subject *subject)
{
    json_t *object = json_object();

    put_code(object, "name", subject->name);
    put_code(object, "nip", subject->nip);
    put_code(object, "position", subject->position);
    put_code(object, "unit", subject->unit);
    put_code(object, "employment", employment_name((enum employment)subject->employment));
    put_code(object, "is_spouse_of_candidate",
             answer_name((enum answer)subject->is_spouse_of_candidate));
    if (subject->cltn != NULL)
        (void)json_object_set_new(object, "cltn", cltn_to_json(subject->cltn));
    return object;
}

json_t *case_facts_to_json(const Netra__V1__Facts *facts)
{
    json_t *object = json_object();

    put_code(object, "region", facts->region);
    case_put_day(object, "received", facts->received);
    if (facts->incident != NULL)
        (void)json_object_set_new(object, "incident", incident_to_json(facts->incident));
    if (facts->subject != NULL)
        (void)json_object_set_new(object, "subject", subject_to_json(facts->subject));
    put_texts(object, "reported_conduct", facts->reported_conduct, facts->n_reported_conduct);
    json_put_number(object, "evidence_count", facts->n_evidence);
    return object;
}
