/*
 * `netra review show`: everything a reviewer needs to decide. People see the words marked in the
 * text; scripts get text and offsets.
 */
#include "common/case/day.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "services/netra/names.h"
#include "services/netra/review_case.h"
#include "services/netra/review_text.h"
#include "services/netra/translate.h"

#include <string.h>

#define SPANS_MAX 512u

/* The decision and the text that it was made from; the text's fields by TextField. */
struct shown {
    struct command *command;
    const Netra__V1__CaseRow *of_case;
    const Netra__V1__DecisionMade *made;
    const Netra__V1__Facts *facts; /* NULL: it may not be seen, or is gone */
};

static const Netra__V1__TextField fields[] = {
    NETRA__V1__TEXT_FIELD__TEXT_FIELD_DESCRIPTION, NETRA__V1__TEXT_FIELD__TEXT_FIELD_PLACE,
    NETRA__V1__TEXT_FIELD__TEXT_FIELD_POSITION, NETRA__V1__TEXT_FIELD__TEXT_FIELD_UNIT};
#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static struct view text_of(const struct shown *shown, Netra__V1__TextField field)
{
    static const struct view none;
    const Netra__V1__Incident *incident = shown->facts == NULL ? NULL : shown->facts->incident;
    const Netra__V1__Subject *subject = shown->facts == NULL ? NULL : shown->facts->subject;

    switch (field) {
    case NETRA__V1__TEXT_FIELD__TEXT_FIELD_DESCRIPTION:
        return incident == NULL ? none : view_of_text(incident->description);
    case NETRA__V1__TEXT_FIELD__TEXT_FIELD_PLACE:
        return incident == NULL ? none : view_of_text(incident->place);
    case NETRA__V1__TEXT_FIELD__TEXT_FIELD_POSITION:
        return subject == NULL ? none : view_of_text(subject->position);
    case NETRA__V1__TEXT_FIELD__TEXT_FIELD_UNIT:
        return subject == NULL ? none : view_of_text(subject->unit);
    case NETRA__V1__TEXT_FIELD__TEXT_FIELD_UNSPECIFIED:
    case _NETRA__V1__TEXT_FIELD_IS_INT_SIZE:
        break;
    }
    return none;
}

static json_t *texts_to_json(char *const *texts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_string(texts[i]));
    return list;
}

static void put_day(json_t *object, const char *key, uint32_t day)
{
    char text[DAY_TEXT_SIZE];

    if (!day_is_valid(day)) {
        json_put_null(object, key);
        return;
    }
    day_to_text(day, text);
    json_put_text(object, key, text);
}

/* ---- the decision ---- */

static void put_verdict(json_t *object, const Netra__V1__Verdict *verdict)
{
    json_put_text(object, "outcome", name_of(NAME_OUTCOME, (uint32_t)verdict->outcome));
    json_put_text(object, "disposition",
                  name_of(NAME_DISPOSITION, (uint32_t)verdict->disposition));
    json_put_text(object, "review_reason", verdict->review_reason);
    json_put_text(object, "primary", verdict->primary);
    (void)json_object_set_new(object, "codes", texts_to_json(verdict->codes, verdict->n_codes));
    json_put_text(object, "stage", name_of(NAME_STAGE, (uint32_t)verdict->stage));
    json_put_text(object, "election", verdict->election[0] == '\0' ? "none" : verdict->election);
    json_put_text(object, "office", verdict->office);
    json_put_text(object, "actor", name_of(NAME_ACTOR, (uint32_t)verdict->actor));
    json_put_text(object, "authority", verdict->authority);
    (void)json_object_set_new(object, "flags", texts_to_json(verdict->flags, verdict->n_flags));
    json_put_number(object, "confidence", verdict->confidence_permille);
    (void)json_object_set_new(object, "missing",
                              texts_to_json(verdict->missing, verdict->n_missing));
    (void)json_object_set_new(object, "conflicts",
                              texts_to_json(verdict->conflicts, verdict->n_conflicts));
}

static const Netra__V1__Basis *basis_of(const struct shown *shown, const char *code)
{
    for (size_t i = 0; i < shown->made->n_basis; i++) {
        if (strcmp(shown->made->basis[i]->code, code) == 0)
            return shown->made->basis[i];
    }
    return NULL;
}

static json_t *span_to_json(const struct shown *shown, const Netra__V1__Span *span)
{
    const struct review_span place = {.begin = span->begin, .end = span->end};
    const char *words = review_words(&shown->command->arena, text_of(shown, span->field), place);
    json_t *object = json_object();

    json_put_text(object, "field", name_of(NAME_TEXT_FIELD, (uint32_t)span->field));
    json_put_number(object, "begin", span->begin);
    json_put_number(object, "end", span->end);
    json_put_text(object, "words", words == NULL ? "" : words);
    return object;
}

/* People get the words alone, scripts the offsets too. */
static json_t *spans_to_json(const struct shown *shown, const Netra__V1__Reason *reason)
{
    json_t *list = json_array();

    for (size_t i = 0; i < reason->n_spans; i++) {
        json_t *span = span_to_json(shown, reason->spans[i]);

        if (shown->command->output.is_json) {
            (void)json_array_append_new(list, span);
            continue;
        }
        (void)json_array_append(list, json_object_get(span, "words"));
        json_decref(span);
    }
    return list;
}

static json_t *reasons_to_json(const struct shown *shown)
{
    const Netra__V1__Verdict *verdict = shown->made->verdict;
    json_t *list = json_array();

    for (size_t i = 0; i < verdict->n_reasons; i++) {
        const Netra__V1__Reason *reason = verdict->reasons[i];
        const Netra__V1__Basis *basis = basis_of(shown, reason->code);
        json_t *object = json_object();

        json_put_text(object, "rule", reason->rule);
        json_put_text(object, "code", reason->code);
        put_day(object, "date", reason->date);
        json_put_text(object, "article", basis == NULL ? "" : basis->article);
        (void)json_object_set_new(object, "words", spans_to_json(shown, reason));
        (void)json_array_append_new(list, object);
    }
    return list;
}

static json_t *basis_to_json(const struct shown *shown)
{
    json_t *list = json_array();

    for (size_t i = 0; i < shown->made->n_basis; i++) {
        const Netra__V1__Basis *basis = shown->made->basis[i];
        json_t *object = json_object();

        json_put_text(object, "code", basis->code);
        json_put_text(object, "label", basis->label);
        json_put_text(object, "skb", basis->skb);
        json_put_text(object, "article", basis->article);
        json_put_text(object, "source", basis->source);
        json_put_text(object, "sanction_class", basis->sanction_class);
        (void)json_array_append_new(list, object);
    }
    return list;
}

/* ---- the text ---- */

static void add_spans(const Netra__V1__Reason *reason, Netra__V1__TextField field,
                      struct review_span *spans, size_t *count)
{
    for (size_t i = 0; i < reason->n_spans && *count < SPANS_MAX; i++) {
        if (reason->spans[i]->field == field)
            spans[(*count)++] = (struct review_span){.begin = reason->spans[i]->begin,
                                                     .end = reason->spans[i]->end};
    }
}

static void put_text_field(const struct shown *shown, Netra__V1__TextField field, json_t *object)
{
    const struct view text = text_of(shown, field);
    struct review_span spans[SPANS_MAX];
    size_t count = 0;

    if (text.size == 0)
        return;
    if (shown->command->output.is_json) { /* offsets are into the text as it was handed in */
        json_put_text(object, name_of(NAME_TEXT_FIELD, (uint32_t)field), (const char *)text.bytes);
        return;
    }
    for (size_t i = 0; i < shown->made->verdict->n_reasons; i++)
        add_spans(shown->made->verdict->reasons[i], field, spans, &count);
    const char *marked = review_mark(&shown->command->arena, text, spans, count, "[", "]");

    json_put_text(object, name_of(NAME_TEXT_FIELD, (uint32_t)field), marked == NULL ? "" : marked);
}

/* Scripts find the text under "text"; people see it marked, as lines like the others. */
static void put_texts(const struct shown *shown, json_t *object)
{
    json_t *texts = shown->command->output.is_json ? json_object() : object;

    for (size_t i = 0; i < FIELD_COUNT; i++)
        put_text_field(shown, fields[i], texts);
    if (texts != object)
        (void)json_object_set_new(object, "text", texts);
}

/* What was decided stands without the text: who may not read it still sees why. */
static enum status ask_text(struct shown *shown)
{
    struct command *command = shown->command;
    const ProtobufCMessage *message = NULL;
    Netra__V1__CaseTextRequest question;

    netra__v1__case_text_request__init(&question);
    question.case_handle = shown->of_case->case_handle;
    question.facts_revision = shown->made->facts_revision;
    const enum status status =
        review_ask(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_CASE_TEXT,
                   &question.base, &netra__v1__case_text__descriptor, &message);

    if (status == STATUS_NOT_FOUND || status == STATUS_NOT_AUTHORISED) {
        command_note(_("the text is not shown: %s"), status_text(status));
        diag_clear(&command->diag);
        return STATUS_OK;
    }
    TRY(status);
    shown->facts = ((const Netra__V1__CaseText *)message)->facts;
    return STATUS_OK;
}

/* ---- the verb ---- */

static void print(const struct shown *shown)
{
    json_t *object = json_object();

    json_put_text(object, "case_number", shown->of_case->case_number);
    json_put_text(object, "region", shown->of_case->region);
    put_day(object, "incident_date", shown->made->incident_date);
    put_day(object, "received", shown->made->received);
    json_put_number(object, "revision", shown->made->revision);
    json_put_number(object, "facts_revision", shown->made->facts_revision);
    json_put_number(object, "facts_revision_newest", shown->of_case->facts_revision);
    put_verdict(object, shown->made->verdict);
    (void)json_object_set_new(object, "reasons", reasons_to_json(shown));
    (void)json_object_set_new(object, "basis", basis_to_json(shown));
    put_texts(shown, object);
    output_object(&shown->command->output, object);
    output_sentence(&shown->command->output,
                    _("\nThe words that led there stand in [ ]. What next:\n"
                      "  netra review confirm %s --revision %u\n"
                      "  netra review override %s --revision %u --code CODE --reason -"),
                    shown->of_case->case_number, shown->made->revision,
                    shown->of_case->case_number, shown->made->revision);
}

enum status review_show(struct command *command)
{
    struct shown shown = {.command = command};

    TRY(review_find_case(command, command->arguments->words[0], &shown.of_case));
    TRY(review_newest(command, shown.of_case, &shown.made));
    if (shown.made->verdict == NULL) {
        diag_set(&command->diag, _("classification: expected a decision with its verdict"));
        return STATUS_FIELD_MISSING;
    }
    TRY(ask_text(&shown));
    print(&shown);
    return STATUS_OK;
}
