/*
 * One walk along the table of fields. The path is the key of both, so that what is unknown, of the
 * wrong form or missing is named in the same words.
 */
#include "common/case/day.h"
#include "common/case/nip.h"
#include "services/netra/facts_json_parts.h"
#include "services/netra/uuid7.h"

#include <stdio.h>
#include <string.h>

/* A file's name, which stays here. */
#define EVIDENCE_PATH_BYTES_MAX 4095u

struct reading {
    struct report *report;
    struct facts_problems *problems;
    struct arena *arena;
    uint32_t today;
    enum status status;
};

/* ---- values ---- */

static void put_text(struct reading *reading, const struct field *field, const char *text)
{
    *(const char **)((char *)reading->report + field->offset) = text;
}

static void put_number(struct reading *reading, const struct field *field, uint32_t number)
{
    memcpy((char *)reading->report + field->offset, &number, sizeof number);
}

static void expected(struct reading *reading, const char *path, const char *what)
{
    facts_problem_add(reading->problems, path, "expected %s", what);
}

_Static_assert(sizeof(enum answer) == sizeof(uint32_t), "answers are put as numbers");
_Static_assert(sizeof(enum employment) == sizeof(uint32_t), "employments are put as numbers");

/* What is quoted must look like a day: anything else may be a name in the wrong place. */
static bool looks_like_day(const char *text)
{
    return strlen(text) <= 12 && text[strspn(text, "0123456789-/. ")] == '\0';
}

static void read_day(struct reading *reading, const struct field *field, const char *text)
{
    uint32_t day = 0;

    if (text[0] == '\0')
        return;
    if (day_from_text(text, &day))
        put_number(reading, field, day);
    else if (looks_like_day(text))
        facts_problem_add(reading->problems, field->path,
                          "\"%s\" is no day of the calendar; expected one such as \"2024-10-15\"",
                          text);
    else
        expected(reading, field->path, "a day such as \"2024-10-15\"");
}

static void read_answer(struct reading *reading, const struct field *field, const char *text)
{
    enum answer answer = ANSWER_UNSPECIFIED;

    if (text[0] != '\0' && !answer_from_text(text, &answer)) {
        facts_problem_add(reading->problems, field->path,
                          "expected \"yes\", \"no\" or \"unknown\"");
        return;
    }
    put_number(reading, field, answer);
}

static void read_employment(struct reading *reading, const struct field *field, const char *text)
{
    enum employment employment = EMPLOYMENT_UNSPECIFIED;
    char known[FACTS_RULE_BYTES] = "";
    size_t used = 0;

    if (text[0] == '\0' || employment_from_text(text, &employment)) {
        put_number(reading, field, employment);
        return;
    }
    for (unsigned i = 1; i < EMPLOYMENT_COUNT && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i > 1 ? "," : "",
                                 employment_name((enum employment)i));
    facts_problem_add(reading->problems, field->path, "one of %s", known);
}

/* The digits alone; what can't be a NIP stays as it is, and the check says why. */
static void read_nip(struct reading *reading, const struct field *field, const char *text)
{
    char digits[NIP_TEXT_SIZE];

    if (text[0] == '\0' || nip_read(text, reading->today, digits) != NULL) {
        put_text(reading, field, text);
        return;
    }
    const uint8_t *copy =
        arena_copy(reading->arena, view_of((const uint8_t *)digits, sizeof digits));

    if (copy == NULL)
        reading->status = STATUS_NO_MEMORY;
    else
        put_text(reading, field, (const char *)copy);
}

static void read_uuid(struct reading *reading, const struct field *field, const char *text)
{
    uint8_t id[UUID_SIZE];

    if (text[0] != '\0' && !uuid_from_text(text, id))
        facts_problem_add(reading->problems, field->path, "expected a UUID of 36 characters");
    put_text(reading, field, text);
}

static void read_line(struct reading *reading, const struct field *field, const char *text)
{
    if (strlen(text) > FACTS_LINE_BYTES_MAX)
        facts_problem_add(reading->problems, field->path, "at most %u bytes",
                          FACTS_LINE_BYTES_MAX);
    put_text(reading, field, text);
}

static void read_conduct(struct reading *reading, const struct field *field, json_t *list)
{
    struct facts *facts = &reading->report->facts;
    char path[FACTS_PATH_BYTES];
    size_t i = 0;
    json_t *value = NULL;

    if (!json_is_array(list)) {
        expected(reading, field->path, "a list of codes, such as [\"DISIPLIN-04\"]");
        return;
    }
    if (json_array_size(list) > FACTS_CONDUCT_MAX) {
        facts_problem_add(reading->problems, field->path, "at most %u codes", FACTS_CONDUCT_MAX);
        return;
    }
    json_array_foreach(list, i, value)
    {
        (void)snprintf(path, sizeof path, "%s[%zu]", field->path, i);
        const bool is_code = json_is_string(value) && json_string_length(value) > 0;

        if (!is_code)
            expected(reading, path, "a code, such as \"DISIPLIN-04\"");
        /* The place is kept, so that a later check names the same one. */
        facts->reported_conduct[facts->reported_conduct_count++] =
            is_code ? json_string_value(value) : "";
    }
}

static void unknown(struct reading *reading, const char *path, const char *meant)
{
    facts_problem_add(reading->problems, path, "unknown field; did you mean %s?", meant);
}

/* A key from elsewhere stands in messages: nothing in it may move a terminal's cursor. */
static void replace_unshown(char *path)
{
    for (char *at = path; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20u || (unsigned char)*at >= 0x7fu)
            *at = '?';
    }
}

static void read_evidence_file(struct reading *reading, const char *path, json_t *value)
{
    struct report *report = reading->report;
    char inner[FACTS_PATH_BYTES];
    const char *key = NULL;
    json_t *member = NULL;
    json_t *file = json_object_get(value, "path");

    json_object_foreach(value, key, member)
    {
        (void)snprintf(inner, sizeof inner, "%.15s.%.30s", path, key);
        replace_unshown(inner);
        if (strcmp(key, "path") != 0)
            unknown(reading, inner, "path");
    }
    (void)snprintf(inner, sizeof inner, "%.15s.path", path);
    if (!json_is_object(value))
        expected(reading, path, "an object such as {\"path\": \"foto.jpg\"}");
    else if (!json_is_string(file) || json_string_length(file) == 0 ||
             json_string_length(file) > EVIDENCE_PATH_BYTES_MAX)
        expected(reading, inner, "the path of a file on this machine");
    else
        report->evidence_paths[report->evidence_count++] = json_string_value(file);
}

static void read_evidence(struct reading *reading, const struct field *field, json_t *list)
{
    char path[FACTS_PATH_BYTES];
    size_t i = 0;
    json_t *value = NULL;

    if (!json_is_array(list)) {
        expected(reading, field->path, "a list such as [{\"path\": \"foto.jpg\"}]");
        return;
    }
    if (json_array_size(list) > FACTS_EVIDENCE_MAX) {
        facts_problem_add(reading->problems, field->path, "at most %u files", FACTS_EVIDENCE_MAX);
        return;
    }
    json_array_foreach(list, i, value)
    {
        (void)snprintf(path, sizeof path, "%s[%zu]", field->path, i);
        read_evidence_file(reading, path, value);
    }
}

/* ---- the walk ---- */

static void read_object(struct reading *reading, const char *prefix, json_t *object);

/* On a form a dash means that nothing is known. Where a text is expected it stays: what a person
 * wrote is not ours to change. */
static bool is_unsaid(const struct field *field, const char *text)
{
    return field->kind != FIELD_TEXT && field->kind != FIELD_LINE && strcmp(text, "-") == 0;
}

static void read_text(struct reading *reading, const struct field *field, const char *text)
{
    if (is_unsaid(field, text))
        return;
    switch (field->kind) {
    case FIELD_TEXT:
        put_text(reading, field, text);
        break;
    case FIELD_DAY:
        read_day(reading, field, text);
        break;
    case FIELD_ANSWER:
        read_answer(reading, field, text);
        break;
    case FIELD_EMPLOYMENT:
        read_employment(reading, field, text);
        break;
    case FIELD_NIP:
        read_nip(reading, field, text);
        break;
    case FIELD_UUID:
        read_uuid(reading, field, text);
        break;
    case FIELD_LINE:
        read_line(reading, field, text);
        break;
    case FIELD_OBJECT:
    case FIELD_CONDUCT:
    case FIELD_EVIDENCE:
        break;
    }
}

static void read_field(struct reading *reading, const struct field *field, json_t *value)
{
    if (json_is_null(value))
        return;
    if (field->kind == FIELD_CONDUCT) {
        read_conduct(reading, field, value);
    } else if (field->kind == FIELD_EVIDENCE) {
        read_evidence(reading, field, value);
    } else if (field->kind == FIELD_OBJECT) {
        if (json_is_object(value))
            read_object(reading, field->path, value);
        else
            expected(reading, field->path, "an object: {…}");
    } else if (json_is_string(value)) {
        read_text(reading, field, json_string_value(value));
    } else {
        expected(reading, field->path, "a text, in quotes");
    }
}

static void join(const char *prefix, const char *key, char path[FACTS_PATH_BYTES])
{
    (void)snprintf(path, FACTS_PATH_BYTES, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".", key);
    replace_unshown(path);
}

static void read_object(struct reading *reading, const char *prefix, json_t *object)
{
    char path[FACTS_PATH_BYTES];
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(object, key, value)
    {
        join(prefix, key, path);
        const struct field *field = facts_json_field(path);

        if (field == NULL)
            unknown(reading, path, facts_json_nearest(path));
        else
            read_field(reading, field, value);
    }
}

/* Whether a problem of the form stands for this one: its own field's, or that of the object which
 * the field is in. */
static bool is_told(const struct facts_problems *problems, unsigned count, const char *path)
{
    for (unsigned i = 0; i < count && i < FACTS_PROBLEMS_MAX; i++) {
        const char *told = problems->problems[i].path;
        const size_t size = strlen(told);

        if (strncmp(told, path, size) == 0 && (path[size] == '\0' || path[size] == '.'))
            return true;
    }
    return false;
}

/* Checks the facts, and drops what the walk has named already. */
static void check(const struct reading *reading, unsigned before)
{
    struct facts_problems *problems = reading->problems;
    const unsigned told = problems->count;
    unsigned kept = told;

    facts_check(&reading->report->facts, reading->today, problems);
    for (unsigned i = told; i < problems->count; i++) {
        if (i >= FACTS_PROBLEMS_MAX) { /* counted only */
            kept++;
            continue;
        }
        if (before < told && is_told(problems, told, problems->problems[i].path))
            continue;
        problems->problems[kept++] = problems->problems[i];
    }
    problems->count = kept;
}

enum status facts_json_read(json_t *submission, uint32_t today, struct arena *arena,
                            struct report *ret_report, struct facts_problems *problems)
{
    struct reading reading = {.report = ret_report,
                              .problems = problems,
                              .arena = arena,
                              .today = today,
                              .status = STATUS_OK};
    const unsigned before = problems->count;

    *ret_report =
        (struct report){.submission_id = "", .reporter_name = "", .reporter_contact = ""};
    facts_clear(&ret_report->facts);
    read_object(&reading, "", submission);
    check(&reading, before);
    return reading.status;
}
