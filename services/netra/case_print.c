/*
 * A block of titled lines from the same object that scripts get. Codes stay as they are; what
 * stands beside them is in the reader's language.
 */
#include "services/netra/case_print.h"

#include "services/netra/case_text_print.h"
#include "services/netra/names.h"
#include "services/netra/output.h"
#include "services/netra/translate.h"

#include <string.h>

#define TITLE_WIDTH 18u

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static void begin_line(FILE *stream, const char *title)
{
    for (unsigned width = output_text(stream, title); width < TITLE_WIDTH; width++)
        (void)fputc(' ', stream);
}

static void put_line(FILE *stream, const char *title, const char *text)
{
    if (text[0] == '\0')
        return;
    begin_line(stream, title);
    (void)output_text(stream, text);
    (void)fputc('\n', stream);
}

static void put_texts(FILE *stream, const char *title, json_t *list)
{
    size_t i = 0;
    json_t *value = NULL;

    if (json_array_size(list) == 0)
        return;
    begin_line(stream, title);
    json_array_foreach(list, i, value)
    {
        (void)fputs(i > 0 ? ", " : "", stream);
        (void)output_text(stream, json_string_value(value));
    }
    (void)fputc('\n', stream);
}

/* ---- what was decided ---- */

static bool is_outcome(json_t *object, const char *word)
{
    return strcmp(text_of(object, "outcome"), word) == 0;
}

static bool waits_for_review(json_t *object)
{
    return strcmp(text_of(object, "disposition"), "review") == 0 ||
           is_outcome(object, "undecided");
}

static void put_outcome(FILE *stream, json_t *object)
{
    begin_line(stream, _("Decision"));
    if (text_of(object, "outcome")[0] == '\0') {
        (void)fprintf(stream, "%s\n", _("none yet"));
        return;
    }
    (void)fprintf(stream, _("%s; %s; revision %lld, confidence %.2f"),
                  name_word_for_people(NAME_OUTCOME, text_of(object, "outcome")),
                  name_word_for_people(NAME_DISPOSITION, text_of(object, "disposition")),
                  (long long)json_integer_value(json_object_get(object, "revision")),
                  json_real_value(json_object_get(object, "confidence")));
    (void)fputc('\n', stream);
    put_line(stream, _("Review because"), text_of(object, "review_reason"));
}

/* Whether the basis before is of the same code: then only what is new is said. */
static bool is_same_code(json_t *list, size_t at, size_t other)
{
    return strcmp(text_of(json_array_get(list, at), "code"),
                  text_of(json_array_get(list, other), "code")) == 0;
}

/* The SKB's row and its class: of the table, never of a person. */
static void put_table_row(FILE *stream, json_t *basis)
{
    if (text_of(basis, "skb")[0] != '\0') {
        begin_line(stream, "");
        (void)fprintf(stream, _("SKB row %s"), text_of(basis, "skb"));
        (void)fputc('\n', stream);
    }
    if (text_of(basis, "sanction_class")[0] == '\0' ||
        strcmp(text_of(basis, "sanction_class"), "none") == 0)
        return;
    begin_line(stream, "");
    (void)fprintf(stream, _("class %s, by the SKB's table; the decision is the PPK's"),
                  text_of(basis, "sanction_class"));
    (void)fputc('\n', stream);
}

/* Each code with its label, its articles and its row of the table. */
static void put_basis(FILE *stream, json_t *list)
{
    const size_t count = json_array_size(list);

    for (size_t i = 0; i < count; i++) {
        json_t *basis = json_array_get(list, i);

        if (i == 0 || !is_same_code(list, i, i - 1)) {
            begin_line(stream, _("Code"));
            (void)output_text(stream, text_of(basis, "code"));
            (void)fputs("  ", stream);
            (void)output_text(stream, text_of(basis, "label"));
            (void)fputc('\n', stream);
        }
        put_line(stream, "", text_of(basis, "article"));
        if (i + 1 == count || !is_same_code(list, i, i + 1))
            put_table_row(stream, basis);
    }
}

static void put_decision(FILE *stream, json_t *object)
{
    put_outcome(stream, object);
    put_basis(stream, json_object_get(object, "basis"));
    if (json_array_size(json_object_get(object, "basis")) == 0)
        put_texts(stream, _("Code"), json_object_get(object, "codes"));
    if (text_of(object, "stage")[0] != '\0') {
        begin_line(stream, _("Stage"));
        (void)fprintf(stream, "%s: %s; %s %s\n", text_of(object, "stage"),
                      name_word_for_people(NAME_STAGE, text_of(object, "stage")), _("election"),
                      text_of(object, "election"));
        put_line(stream, _("Who acted"),
                 name_word_for_people(NAME_ACTOR, text_of(object, "actor")));
    }
    put_line(stream, _("Supervisor"), text_of(object, "authority"));
    put_texts(stream, _("Flags"), json_object_get(object, "flags"));
    put_texts(stream, _("Missing"), json_object_get(object, "missing"));
}

/* ---- why ---- */

static void put_reason(FILE *stream, json_t *reason)
{
    size_t i = 0;
    json_t *span = NULL;

    begin_line(stream, _("Because"));
    (void)fprintf(stream, _("rule %s speaks for %s"), text_of(reason, "rule"),
                  text_of(reason, "code"));
    if (text_of(reason, "date")[0] != '\0')
        (void)fprintf(stream, _(", day %s"), text_of(reason, "date"));
    json_array_foreach(json_object_get(reason, "spans"), i, span)
    {
        const char *words = json_string_value(json_object_get(span, "words"));

        (void)fputs(i == 0 ? ": " : ", ", stream);
        if (words == NULL) {
            (void)fprintf(stream, "%s[%lld-%lld]", text_of(span, "field"),
                          (long long)json_integer_value(json_object_get(span, "begin")),
                          (long long)json_integer_value(json_object_get(span, "end")));
            continue;
        }
        (void)fputc('"', stream);
        (void)output_text(stream, words);
        (void)fputc('"', stream);
    }
    (void)fputc('\n', stream);
}

/* ---- who is told, and what else there is ---- */

static void put_notices(FILE *stream, json_t *object)
{
    const json_int_t newest = json_integer_value(json_object_get(object, "revision"));
    size_t i = 0;
    json_t *notice = NULL;

    json_array_foreach(json_object_get(object, "notices"), i, notice)
    {
        const json_int_t revision = json_integer_value(json_object_get(notice, "revision"));

        begin_line(stream, i == 0 ? _("Told") : "");
        (void)output_text(stream, text_of(notice, "recipient"));
        (void)fprintf(stream, " (%s), %s: %s", text_of(notice, "role"),
                      name_word_for_people(NAME_NOTICE_KIND, text_of(notice, "kind")),
                      text_of(notice, "state"));
        if (text_of(notice, "why")[0] != '\0')
            (void)fprintf(stream, " (%s)", text_of(notice, "why"));
        if (revision != newest)
            (void)fprintf(stream, _(", of revision %lld"), (long long)revision);
        (void)fputc('\n', stream);
    }
    if (i == 0 && json_object_get(object, "notices") != NULL)
        put_line(stream, _("Told"), _("nobody yet"));
}

static void put_links(FILE *stream, json_t *links)
{
    size_t i = 0;
    json_t *link = NULL;

    json_array_foreach(links, i, link)
    {
        begin_line(stream, i == 0 ? _("Linked") : "");
        (void)fprintf(stream, "%s: %s\n", text_of(link, "case_number"),
                      name_word_for_people(NAME_LINK_KIND, text_of(link, "kind")));
    }
}

static void put_audit(FILE *stream, json_t *audit)
{
    const size_t count = json_array_size(audit);

    if (count == 0)
        return;
    json_t *last = json_array_get(audit, count - 1);

    begin_line(stream, _("Audit log"));
    (void)fprintf(stream, _("%zu events, the last %s at index %lld"), count,
                  text_of(last, "event"),
                  (long long)json_integer_value(json_object_get(last, "index")));
    (void)fputc('\n', stream);
}

/* What a reviewer who has read the text may do. */
static void put_review(FILE *stream, json_t *object, const char *number)
{
    const long long revision = (long long)json_integer_value(json_object_get(object, "revision"));

    (void)fprintf(stream, "netra review confirm %s --revision %lld\n", number, revision);
    begin_line(stream, "");
    (void)fprintf(stream, "netra review override %s --revision %lld --code CODE --reason -\n",
                  number, revision);
}

static void put_next(FILE *stream, json_t *object)
{
    const char *number = text_of(object, "case_number");
    const bool has_text = json_object_get(object, "text") != NULL;

    begin_line(stream, _("Next"));
    if (waits_for_review(object) && has_text)
        put_review(stream, object, number);
    else if (waits_for_review(object))
        (void)fprintf(stream, "netra review show %s\n", number);
    else if (is_outcome(object, "needs_info"))
        (void)fprintf(stream, "netra case correct %s FILE\n", number);
    else if (text_of(object, "outcome")[0] != '\0')
        (void)fprintf(stream, "netra route explain %s\n", number);
    else
        (void)fprintf(stream, "netra service list\n");
    if (has_text)
        return;
    begin_line(stream, "");
    (void)fprintf(stream, "netra case show %s --text\n", number);
}

void case_print(FILE *stream, json_t *object, bool has_brackets)
{
    size_t i = 0;
    json_t *reason = NULL;

    put_line(stream, _("Case"), text_of(object, "case_number"));
    put_line(stream, _("Region"), text_of(object, "region"));
    put_line(stream, _("Day of the act"), text_of(object, "incident_date"));
    put_line(stream, _("Received"), text_of(object, "received_at"));
    if (json_integer_value(json_object_get(object, "facts_revision")) > 1) {
        begin_line(stream, _("Corrected"));
        (void)fprintf(stream, _("facts revision %lld"),
                      (long long)json_integer_value(json_object_get(object, "facts_revision")));
        (void)fputc('\n', stream);
    }
    put_decision(stream, object);
    json_array_foreach(json_object_get(object, "reasons"), i, reason) put_reason(stream, reason);
    put_notices(stream, object);
    put_links(stream, json_object_get(object, "links"));
    put_audit(stream, json_object_get(object, "audit"));
    put_texts(stream, _("Silent"), json_object_get(object, "silent"));
    case_text_print(stream, object, has_brackets);
    put_next(stream, object);
}
