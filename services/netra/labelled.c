/* Reports come one at a time, however long the file is: only the one at hand is in memory. */
#include "services/netra/labelled.h"

#include "services/netra/facts_json.h"
#include "services/netra/names.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FACTS_ARENA_BYTES (4u << 20)

enum status labelled_open(struct labelled *labelled, const char *path,
                          const struct ruleset *ruleset, uint32_t today, struct diag *diag)
{
    *labelled =
        (struct labelled){.path = path, .ruleset = ruleset, .today = today, .descriptor = -1};
    TRY(arena_open(&labelled->facts, FACTS_ARENA_BYTES + LABELLED_LINE_BYTES));
    TRY(arena_open(&labelled->scratch, RULESET_SCRATCH_BYTES));
    labelled->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (labelled->descriptor < 0) {
        diag_set(diag, "%s: %s", path, strerror(errno));
        return STATUS_NOT_FOUND;
    }
    line_reader_start(&labelled->reader, labelled->descriptor);
    return STATUS_OK;
}

void labelled_close(struct labelled *labelled)
{
    if (labelled->descriptor >= 0)
        (void)close(labelled->descriptor);
    labelled->descriptor = -1;
    arena_close(&labelled->scratch);
    arena_close(&labelled->facts);
}

/* ---- the label ---- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static bool read_codes(const json_t *list, struct score_codes *ret_codes)
{
    *ret_codes = (struct score_codes){.count = 0};
    if (!json_is_array(list) || json_array_size(list) > SCORE_CODES_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));

        if (code == NULL)
            return false;
        ret_codes->codes[ret_codes->count++] = code;
    }
    return true;
}

static enum status read_label(const json_t *object, struct labelled_report *report,
                              struct diag *diag)
{
    const json_t *expected = json_object_get(object, "expected");
    struct score_words *words = &report->label.expected;

    report->id = text_of(object, "id");
    *words = (struct score_words){
        .outcome = text_of(expected, "outcome"),
        .primary = text_of(expected, "primary"),
        .stage = text_of(expected, "stage"),
        .election = text_of(expected, "election"),
        .authority = text_of(expected, "authority"),
        .actor = text_of(expected, "actor"),
    };
    if (words->outcome[0] == '\0' || words->primary[0] == '\0' ||
        !read_codes(json_object_get(expected, "codes"), &words->codes) ||
        !read_codes(json_object_get(expected, "acceptable_primary"), &report->label.acceptable)) {
        diag_set(diag, "expected a label: {\"id\", \"submission\", \"expected\": {\"outcome\", "
                       "\"primary\", \"codes\", \"acceptable_primary\", …}}");
        return STATUS_MALFORMED;
    }
    return STATUS_OK;
}

/* ---- the decision ---- */

static void say_verdict(struct labelled_report *report)
{
    const struct verdict *verdict = &report->verdict;
    const char *election = verdict->election.text;

    report->decided = (struct score_words){
        .outcome = name_of(NAME_OUTCOME, (uint32_t)verdict->outcome),
        .primary = verdict->primary.text,
        .stage = name_of(NAME_STAGE, (uint32_t)verdict->stage),
        .election = election[0] == '\0' ? "none" : election,
        .authority = verdict->authority.text,
        .actor = name_of(NAME_ACTOR, (uint32_t)verdict->actor),
    };
    for (uint32_t i = 0; i < verdict->code_count && i < SCORE_CODES_MAX; i++)
        report->decided.codes.codes[report->decided.codes.count++] = verdict->codes[i].text;
}

static enum status decide(struct labelled *labelled, json_t *object,
                          struct labelled_report *ret_report, struct diag *diag)
{
    struct facts_problems problems = {.count = 0};
    struct report report;

    TRY(facts_json_read(facts_json_submission(object), labelled->today, &labelled->facts, &report,
                        &problems));
    if (problems.count > 0) {
        struct diag lines;

        (void)facts_problems_text(&problems, lines.text, sizeof lines.text);
        diag_set(diag, "%s", lines.text);
        return STATUS_FACTS_INVALID;
    }
    if (report.facts.received == 0)
        report.facts.received = labelled->today;
    arena_reset(&labelled->scratch);
    return ruleset_decide(labelled->ruleset, &report.facts, &labelled->scratch,
                          &ret_report->verdict);
}

static enum status read_report(struct labelled *labelled, struct view text, json_t **ret_object,
                               struct labelled_report *ret_report, struct diag *diag)
{
    TRY(facts_json_parse(text, ret_object, diag));
    TRY(read_label(*ret_object, ret_report, diag));
    TRY(decide(labelled, *ret_object, ret_report, diag));
    say_verdict(ret_report);
    return STATUS_OK;
}

enum status labelled_next(struct labelled *labelled, json_t **ret_object,
                          struct labelled_report *ret_report, bool *ret_is_there,
                          struct diag *diag)
{
    struct line line = {.is_there = false};
    struct view text = {.size = 0};

    *ret_object = NULL;
    do {
        arena_reset(&labelled->facts);
        uint8_t *room = arena_take(&labelled->facts, LABELLED_LINE_BYTES);

        if (room == NULL)
            return STATUS_NO_MEMORY;
        const enum status read =
            line_reader_next(&labelled->reader, room, LABELLED_LINE_BYTES, &line);

        if (read != STATUS_OK) {
            diag_set(diag, "%s: %s", labelled->path, strerror(errno));
            return read;
        }
        text = view_of(room, line.size);
        labelled->line += line.is_there;
    } while (line.is_there && !line.is_too_long && line_is_blank(text));
    *ret_is_there = line.is_there;
    if (!line.is_there)
        return STATUS_OK;
    enum status status = STATUS_BODY_TOO_LARGE;

    diag_set(diag, "longer than %u bytes", LABELLED_LINE_BYTES);
    if (!line.is_too_long)
        status = read_report(labelled, text, ret_object, ret_report, diag);
    if (status != STATUS_OK)
        diag_prefix(diag, "%s: line %llu", labelled->path, (unsigned long long)labelled->line);
    return status;
}
