/*
 * From text to a JSON object, and the table of the fields it may have. jansson's own messages
 * quote what they stumbled over, which may be a name: they are replaced.
 */
#include "services/netra/facts_json_parts.h"

#include "services/netra/nearest.h"

#include <stddef.h>
#include <string.h>

#define IN_FACTS(member) (offsetof(struct report, facts) + offsetof(struct facts, member))

static const struct field fields[] = {
    {"submission_id", FIELD_UUID, offsetof(struct report, submission_id)},
    {"region", FIELD_TEXT, IN_FACTS(region)},
    {"received", FIELD_DAY, IN_FACTS(received)},
    {"incident", FIELD_OBJECT, 0},
    {"incident.date", FIELD_DAY, IN_FACTS(incident.date)},
    {"incident.date_known", FIELD_DAY, IN_FACTS(incident.date_known)},
    {"incident.place", FIELD_TEXT, IN_FACTS(incident.place)},
    {"incident.region", FIELD_TEXT, IN_FACTS(incident.region)},
    {"incident.description", FIELD_TEXT, IN_FACTS(incident.description)},
    {"incident.election", FIELD_TEXT, IN_FACTS(incident.election)},
    {"incident.office", FIELD_TEXT, IN_FACTS(incident.office)},
    {"subject", FIELD_OBJECT, 0},
    {"subject.name", FIELD_TEXT, IN_FACTS(subject.name)},
    {"subject.nip", FIELD_NIP, IN_FACTS(subject.nip)},
    {"subject.position", FIELD_TEXT, IN_FACTS(subject.position)},
    {"subject.unit", FIELD_TEXT, IN_FACTS(subject.unit)},
    {"subject.employment", FIELD_EMPLOYMENT, IN_FACTS(subject.employment)},
    {"subject.is_spouse_of_candidate", FIELD_ANSWER, IN_FACTS(subject.is_spouse_of_candidate)},
    {"subject.cltn", FIELD_OBJECT, 0},
    {"subject.cltn.status", FIELD_ANSWER, IN_FACTS(subject.cltn.status)},
    {"subject.cltn.from", FIELD_DAY, IN_FACTS(subject.cltn.from)},
    {"subject.cltn.to", FIELD_DAY, IN_FACTS(subject.cltn.to)},
    {"subject.cltn.letter", FIELD_TEXT, IN_FACTS(subject.cltn.letter)},
    {"reported_conduct", FIELD_CONDUCT, 0},
    {"reporter", FIELD_OBJECT, 0},
    {"reporter.name", FIELD_LINE, offsetof(struct report, reporter_name)},
    {"reporter.contact", FIELD_LINE, offsetof(struct report, reporter_contact)},
    {"evidence", FIELD_EVIDENCE, 0},
};
#define FIELD_COUNT (sizeof fields / sizeof fields[0])

/* ---- text to JSON ---- */

static enum status place_error(const json_error_t *error, struct diag *diag)
{
    const char *rule = "this is no JSON";
    enum status status = STATUS_FACTS_INVALID;

    if (json_error_code(error) == json_error_invalid_utf8) {
        rule = "the text is not UTF-8";
        status = STATUS_NOT_UTF8;
    } else if (json_error_code(error) == json_error_duplicate_key) {
        rule = "a field is there twice in the same object";
    } else if (json_error_code(error) == json_error_null_character ||
               json_error_code(error) == json_error_null_byte_in_key) {
        rule = "a text has a NUL in it";
    } else if (json_error_code(error) == json_error_premature_end_of_input) {
        rule = "the text ends too early: a bracket, brace or quote is not closed";
    } else if (json_error_code(error) == json_error_end_of_input_expected) {
        rule = "something stands behind the end of the object";
    }
    diag_set(diag, "line %d, column %d: %s", error->line, error->column, rule);
    return status;
}

enum status facts_json_parse(struct view text, json_t **ret_object, struct diag *diag)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* a BOM, as some editors write */
    json_error_t error;
    size_t blanks = 0;

    *ret_object = NULL;
    if (text.size >= sizeof mark && memcmp(text.bytes, mark, sizeof mark) == 0)
        text = view_of(text.bytes + sizeof mark, text.size - sizeof mark);
    while (blanks < text.size && strchr(" \t\r\n", text.bytes[blanks]) != NULL &&
           text.bytes[blanks] != '\0')
        blanks++;
    if (blanks == text.size)
        return STATUS_BODY_EMPTY;
    *ret_object = json_loadb((const char *)text.bytes, text.size, JSON_REJECT_DUPLICATES, &error);
    if (*ret_object == NULL)
        return place_error(&error, diag);
    if (json_is_object(*ret_object))
        return STATUS_OK;
    json_release(ret_object);
    diag_set(diag, "a submission is a JSON object: {\"region\": …, \"incident\": {…}}");
    return STATUS_FACTS_INVALID;
}

json_t *facts_json_submission(json_t *object)
{
    json_t *inner = json_object_get(object, "submission");

    return json_is_object(inner) && json_object_get(object, "id") != NULL ? inner : object;
}

/* ---- the table ---- */

const struct field *facts_json_field(const char *path)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    }
    return NULL;
}

bool facts_json_is_field(const char *path)
{
    const struct field *field = facts_json_field(path);

    return field != NULL && field->kind != FIELD_OBJECT;
}

const char *facts_json_nearest(const char *path)
{
    const char *last = strrchr(path, '.');
    const struct field *nearest = &fields[0];
    unsigned nearest_by = 2 * NEAREST_BYTES_MAX;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *known_last = strrchr(fields[i].path, '.');
        /* A field at the wrong place is still the field that was meant. */
        const unsigned by_name = nearest_distance(
            last == NULL ? path : last + 1, known_last == NULL ? fields[i].path : known_last + 1);
        const unsigned by_path = nearest_distance(path, fields[i].path);
        const unsigned by = by_name + 1 < by_path ? by_name + 1 : by_path;

        if (by < nearest_by) {
            nearest_by = by;
            nearest = &fields[i];
        }
    }
    return nearest->path;
}
