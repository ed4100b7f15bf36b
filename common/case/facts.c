/*
 * What must hold of facts: forms first, then the days among each other. Every check goes on after
 * the first problem.
 */
#include "common/case/facts.h"

#include "common/base/bytes.h"
#include "common/case/day.h"
#include "common/case/nip.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DAY_EARLIEST 20000101u /* older reports are slips of the pen: no rule here reaches back */
#define MORE_BYTES 36u         /* a newline and "more: 4294967295 further problems" */

void facts_clear(struct facts *facts)
{
    *facts = (struct facts){
        .region = "",
        .incident = {.place = "", .region = "", .description = "", .election = "", .office = ""},
        .subject = {.name = "", .nip = "", .position = "", .unit = "", .cltn.letter = ""},
    };
    for (size_t index = 0; index < FACTS_CONDUCT_MAX; index++)
        facts->reported_conduct[index] = "";
}

void facts_problem_add(struct facts_problems *problems, const char *path, const char *format, ...)
{
    if (problems->count < FACTS_PROBLEMS_MAX) {
        struct facts_problem *problem = &problems->problems[problems->count];
        (void)snprintf(problem->path, sizeof(problem->path), "%s", path);
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(problem->rule, sizeof(problem->rule), format, arguments);
        va_end(arguments);
    }
    problems->count++;
}

/* ---- texts ---- */

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* Whether a control character is in the text, C1's (0xC2 0x80 to 0x9F) too; those in `allowed` are
 * none. */
static bool has_control(const char *text, const char *allowed)
{
    const unsigned char *byte = (const unsigned char *)text;
    const unsigned char *end = byte + strlen(text);
    while (byte < end) {
        size_t plain = bytes_plain_size(byte, (size_t)(end - byte));
        byte += plain;
        if (plain > 0)
            continue;
        if ((*byte < 0x20 && strchr(allowed, *byte) == NULL) || *byte == 0x7F)
            return true;
        if (*byte == 0xC2 && byte[1] >= 0x80 && byte[1] <= 0x9F)
            return true;
        byte++;
    }
    return false;
}

static void check_line(struct facts_problems *problems, const char *path, const char *text)
{
    size_t size = strlen(text);
    if (size > FACTS_LINE_BYTES_MAX)
        facts_problem_add(problems, path, "%zu bytes long; at most %u are taken", size,
                          FACTS_LINE_BYTES_MAX);
    if (has_control(text, ""))
        facts_problem_add(problems, path, "one line without control characters is expected");
}

static void check_description(struct facts_problems *problems, const char *text)
{
    static const char path[] = "incident.description";
    size_t size = strlen(text);
    if (is_blank(text))
        facts_problem_add(problems, path, "required");
    if (size > FACTS_DESCRIPTION_BYTES_MAX)
        facts_problem_add(problems, path, "%zu bytes long; at most %u are taken", size,
                          FACTS_DESCRIPTION_BYTES_MAX);
    if (has_control(text, "\n\r\t"))
        facts_problem_add(problems, path,
                          "no control characters but tabs and ends of lines are expected");
}

/* ---- codes ---- */

/* "36", "36.04", "36.04.01", "36.04.01.2001". */
static bool is_region(const char *text)
{
    static const char form[] = "dd.dd.dd.dddd";
    size_t size = strlen(text);
    if (size != 2 && size != 5 && size != 8 && size != FACTS_REGION_BYTES_MAX)
        return false;
    for (size_t place = 0; place < size; place++) {
        bool is_digit = text[place] >= '0' && text[place] <= '9';
        if (form[place] == 'd' ? !is_digit : text[place] != '.')
            return false;
    }
    return true;
}

static void check_region(struct facts_problems *problems, const char *path, const char *text)
{
    if (text[0] != '\0' && !is_region(text))
        facts_problem_add(problems, path,
                          "a Kemendagri code is expected: digits in groups such as 36.04");
}

/* Capital letters, digits and `mark`. */
static void check_code(struct facts_problems *problems, const char *path, const char *text,
                       char mark)
{
    size_t size = strlen(text);
    bool is_code = size <= FACTS_CODE_BYTES_MAX;
    for (size_t place = 0; is_code && place < size; place++) {
        char letter = text[place];
        is_code =
            (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == mark;
    }
    if (!is_code)
        facts_problem_add(problems, path,
                          "a code of at most %u capital letters, digits and '%c' is expected",
                          FACTS_CODE_BYTES_MAX, mark);
}

static void check_conduct(struct facts_problems *problems, const struct facts *facts)
{
    for (unsigned index = 0; index < facts->reported_conduct_count; index++) {
        char path[FACTS_PATH_BYTES];
        (void)snprintf(path, sizeof(path), "reported_conduct[%u]", index);
        if (facts->reported_conduct[index][0] == '\0')
            facts_problem_add(problems, path, "is empty");
        else
            check_code(problems, path, facts->reported_conduct[index], '-');
    }
}

/* ---- days ---- */

/* Whether the day was said and is one that a report can name. */
static bool check_day(struct facts_problems *problems, const char *path, uint32_t day)
{
    if (day == 0)
        return false;
    if (!day_is_valid(day)) {
        facts_problem_add(problems, path, "%u is no day of the calendar", day);
        return false;
    }
    char text[DAY_TEXT_SIZE];
    day_to_text(day, text);
    if (day < DAY_EARLIEST) {
        facts_problem_add(problems, path, "%s is before the earliest day, 2000-01-01", text);
        return false;
    }
    return true;
}

/* The same, and that it is not to come. */
static bool check_past_day(struct facts_problems *problems, const char *path, uint32_t day,
                           uint32_t today)
{
    if (!check_day(problems, path, day))
        return false;
    if (day <= today)
        return true;
    char text[DAY_TEXT_SIZE];
    char today_text[DAY_TEXT_SIZE];
    day_to_text(day, text);
    day_to_text(today, today_text);
    facts_problem_add(problems, path, "%s is in the future; today is %s", text, today_text);
    return false;
}

/* Says at the earlier's path when it is after the later. */
static void check_order(struct facts_problems *problems, const char *path, uint32_t day,
                        uint32_t later, const char *later_path)
{
    if (day <= later)
        return;
    char text[DAY_TEXT_SIZE];
    char later_text[DAY_TEXT_SIZE];
    day_to_text(day, text);
    day_to_text(later, later_text);
    facts_problem_add(problems, path, "%s is after %s %s", text, later_path, later_text);
}

static void check_days(struct facts_problems *problems, const struct facts *facts, uint32_t today)
{
    const struct facts_incident *incident = &facts->incident;
    bool has_received = check_past_day(problems, "received", facts->received, today);
    bool has_date = check_past_day(problems, "incident.date", incident->date, today);
    bool has_known = check_past_day(problems, "incident.date_known", incident->date_known, today);
    if (has_date && has_known)
        check_order(problems, "incident.date", incident->date, incident->date_known,
                    "incident.date_known");
    if (has_date && has_received)
        check_order(problems, "incident.date", incident->date, facts->received, "received");
    if (has_known && has_received)
        check_order(problems, "incident.date_known", incident->date_known, facts->received,
                    "received");
}

/* A leave may begin and end after today: it is granted before. */
static void check_cltn(struct facts_problems *problems, const struct facts_cltn *cltn)
{
    bool has_from = check_day(problems, "subject.cltn.from", cltn->from);
    bool has_to = check_day(problems, "subject.cltn.to", cltn->to);
    if (has_from && has_to)
        check_order(problems, "subject.cltn.from", cltn->from, cltn->to, "subject.cltn.to");
    check_line(problems, "subject.cltn.letter", cltn->letter);
}

/* ---- the whole ---- */

static void check_subject(struct facts_problems *problems, const struct facts_subject *subject,
                          uint32_t today)
{
    check_line(problems, "subject.name", subject->name);
    check_line(problems, "subject.position", subject->position);
    check_line(problems, "subject.unit", subject->unit);
    char nip[NIP_TEXT_SIZE];
    const char *broken = is_blank(subject->nip) ? NULL : nip_read(subject->nip, today, nip);
    if (strlen(subject->nip) > FACTS_CODE_BYTES_MAX)
        facts_problem_add(problems, "subject.nip", "at most %u bytes are taken",
                          FACTS_CODE_BYTES_MAX);
    else if (broken != NULL)
        facts_problem_add(problems, "subject.nip", "%s", broken);
    check_cltn(problems, &subject->cltn);
}

void facts_check(const struct facts *facts, uint32_t today, struct facts_problems *problems)
{
    if (facts->region[0] == '\0')
        facts_problem_add(problems, "region", "required");
    check_region(problems, "region", facts->region);
    check_days(problems, facts, today);
    check_line(problems, "incident.place", facts->incident.place);
    check_region(problems, "incident.region", facts->incident.region);
    check_description(problems, facts->incident.description);
    check_code(problems, "incident.election", facts->incident.election, '_');
    check_code(problems, "incident.office", facts->incident.office, '_');
    check_subject(problems, &facts->subject, today);
    check_conduct(problems, facts);
}

/* Adds a line where it fits, leaving `reserved` bytes behind it. */
static bool add_line(char *text, unsigned size, unsigned reserved, unsigned *length,
                     const struct facts_problem *problem)
{
    size_t needed = *length + (*length > 0 ? 1 : 0) + strlen(problem->path) + 2 +
                    strlen(problem->rule) + 1 + reserved;
    if (needed > size)
        return false;
    int line = snprintf(text + *length, size - *length, "%s%s: %s", *length > 0 ? "\n" : "",
                        problem->path, problem->rule);
    *length += line > 0 ? (unsigned)line : 0;
    return true;
}

unsigned facts_problems_text(const struct facts_problems *problems, char *text, unsigned size)
{
    unsigned kept = problems->count < FACTS_PROBLEMS_MAX ? problems->count : FACTS_PROBLEMS_MAX;
    unsigned length = 0;
    unsigned lines = 0;
    if (size == 0)
        return 0;
    text[0] = '\0';
    for (bool is_full = false; lines < kept && !is_full;) {
        unsigned reserved = lines + 1 == problems->count ? 0 : MORE_BYTES;
        is_full = !add_line(text, size, reserved, &length, &problems->problems[lines]);
        lines += is_full ? 0 : 1;
    }
    if (lines == problems->count)
        return length;
    struct facts_problem more = {.path = "more"};
    (void)snprintf(more.rule, sizeof(more.rule), "%u further problems", problems->count - lines);
    (void)add_line(text, size, 0, &length, &more);
    return length;
}
