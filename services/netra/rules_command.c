/*
 * `netra rules`: what the tables say, whether they are right, and how well they decide. Needs no
 * running service; with --rules and --calendar no home either.
 */
#include "common/base/cleanup.h"
#include "services/classification/classification_tables.h"
#include "services/netra/command.h"
#include "services/netra/labelled.h"
#include "services/netra/names.h"
#include "services/netra/submission.h"
#include "services/netra/translate.h"

#include <string.h>

static void ruleset_release(struct ruleset **ruleset)
{
    ruleset_free(*ruleset);
}

struct tables {
    const char *rules;
    const char *calendar;
};

/* The files the command line names, else those of the home. */
static enum status find_tables(struct command *command, struct tables *ret_tables)
{
    const struct arguments *arguments = command->arguments;

    *ret_tables = (struct tables){
        .rules = arguments->values[OPTION_rules],
        .calendar = arguments->values[OPTION_calendar],
    };
    if (ret_tables->rules != NULL && ret_tables->calendar != NULL)
        return STATUS_OK;
    TRY(command_open_home(command));
    if (ret_tables->rules == NULL)
        ret_tables->rules = command->config->rules_file;
    if (ret_tables->calendar == NULL)
        ret_tables->calendar = command->config->calendar_file;
    if (ret_tables->rules != NULL && ret_tables->calendar != NULL)
        return STATUS_OK;
    diag_set(&command->diag, "expected --rules FILE and --calendar FILE, or rules_file and "
                             "calendar_file in netra.yaml");
    return STATUS_USAGE;
}

static enum status load_tables(struct command *command, struct tables *ret_tables,
                               struct ruleset **ret_ruleset)
{
    TRY(find_tables(command, ret_tables));
    return tables_load_files(ret_tables->rules, ret_tables->calendar, ret_ruleset, &command->diag);
}

/* ---- list ---- */

static json_t *code_row(const struct ruleset *ruleset, const char *code)
{
    struct code_basis basis[BASIS_ROWS_MAX];
    const unsigned count = ruleset_basis(ruleset, code, 0, basis);
    json_t *row = json_object();
    json_t *articles = json_array();
    enum outcome outcome = OUTCOME_UNDECIDED;
    enum stage stage = STAGE_NONE;

    if (!ruleset_outcome(ruleset, code, &outcome) || !ruleset_stage(ruleset, code, &stage))
        outcome = OUTCOME_UNDECIDED;
    json_put_text(row, "code", code);
    json_put_text(row, "label", count == 0 ? "" : basis[0].label);
    json_put_text(row, "outcome", name_of(NAME_OUTCOME, (uint32_t)outcome));
    json_put_text(row, "stage",
                  stage == STAGE_NONE ? "any" : name_of(NAME_STAGE, (uint32_t)stage));
    json_put_text(row, "skb", count == 0 ? "" : basis[0].skb);
    json_put_text(row, "sanction", count == 0 ? "" : basis[0].sanction);
    for (unsigned i = 0; i < count; i++)
        (void)json_array_append_new(articles, json_string(basis[i].article));
    (void)json_object_set_new(row, "articles", articles);
    return row;
}

enum status rules_list(struct command *command)
{
    static const struct column columns[] = {
        {"code", 22}, {"stage", 11}, {"sanction", 8}, {"label", 66}, {"articles", 20}};
    CLEANUP(ruleset_release) struct ruleset *ruleset = NULL;
    struct tables tables;

    TRY(load_tables(command, &tables, &ruleset));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    for (unsigned i = 0; ruleset_code_at(ruleset, i) != NULL; i++)
        output_list_row(&command->output, code_row(ruleset, ruleset_code_at(ruleset, i)));
    output_list_end(&command->output);
    return output_end(&command->output);
}

/* ---- labelled reports ---- */

/* What is done with each. */
typedef void (*report_seen)(void *self, const struct labelled_report *report);

static enum status each_report(struct command *command, const struct ruleset *ruleset,
                               report_seen seen, void *self)
{
    CLEANUP(labelled_close) struct labelled labelled = {.descriptor = -1};
    bool is_there = true;

    TRY(labelled_open(&labelled, command->arguments->words[0], ruleset, submission_today(),
                      &command->diag));
    while (is_there) {
        CLEANUP(json_release) json_t *object = NULL;
        struct labelled_report report = {.id = ""};

        TRY(labelled_next(&labelled, &object, &report, &is_there, &command->diag));
        if (is_there)
            seen(self, &report);
    }
    return STATUS_OK;
}

static const char *part_text(const struct score_words *words, enum score_part part)
{
    switch (part) {
    case SCORE_OUTCOME:
        return words->outcome;
    case SCORE_PRIMARY:
        return words->primary;
    case SCORE_STAGE:
        return words->stage;
    case SCORE_ELECTION:
        return words->election;
    case SCORE_AUTHORITY:
        return words->authority;
    case SCORE_ACTOR:
        return words->actor;
    case SCORE_CODES:
    case SCORE_PARTS:
        break;
    }
    return "";
}

static json_t *codes_array(const struct score_codes *codes)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < codes->count; i++)
        (void)json_array_append_new(array, json_string(codes->codes[i]));
    return array;
}

static void put_part(json_t *row, const char *key, const struct score_words *words,
                     enum score_part part)
{
    if (part == SCORE_CODES)
        (void)json_object_set_new(row, key, codes_array(&words->codes));
    else
        json_put_text(row, key, part_text(words, part));
}

/* The rules that speak in the decision, for whoever must find out why. */
static json_t *reasons_array(const struct verdict *verdict)
{
    json_t *array = json_array();

    for (uint32_t i = 0; i < verdict->reason_count; i++)
        (void)json_array_append_new(array, json_string(verdict->reasons[i].rule.text));
    return array;
}

struct difference_table {
    struct output *output;
    unsigned long reports;
    unsigned long wrong; /* outcome or primary */
};

static void show_differences(void *self, const struct labelled_report *report)
{
    struct difference_table *table = self;
    const unsigned differences = score_compare(&report->label, &report->decided);

    table->reports++;
    table->wrong += (differences & (SCORE_BIT(SCORE_OUTCOME) | SCORE_BIT(SCORE_PRIMARY))) != 0;
    for (unsigned part = 0; part < SCORE_PARTS; part++) {
        if ((differences & SCORE_BIT(part)) == 0)
            continue;
        json_t *row = json_object();

        json_put_text(row, "id", report->id);
        json_put_text(row, "part", score_part_word((enum score_part)part));
        put_part(row, "expected", &report->label.expected, (enum score_part)part);
        put_part(row, "decided", &report->decided, (enum score_part)part);
        (void)json_object_set_new(row, "rules", reasons_array(&report->verdict));
        output_list_row(table->output, row);
    }
}

enum status rules_test(struct command *command)
{
    static const struct column columns[] = {
        {"id", 6}, {"part", 9}, {"expected", 18}, {"decided", 18}, {"rules", 20}};
    CLEANUP(ruleset_release) struct ruleset *ruleset = NULL;
    struct difference_table table = {.output = &command->output};
    struct tables tables;

    TRY(load_tables(command, &tables, &ruleset));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    TRY(each_report(command, ruleset, show_differences, &table));
    output_list_end(&command->output);
    output_sentence(&command->output, _("%lu reports, %lu with another outcome or primary"),
                    table.reports, table.wrong);
    command->exit_status = table.wrong > 0 ? 1 : 0;
    return output_end(&command->output);
}

/* ---- score ---- */

struct tally {
    struct score score;
    json_t *confusions; /* {"expected", "got", "ids"} */
};

static json_t *find_confusion(json_t *confusions, const char *expected, const char *got)
{
    for (size_t i = 0; i < json_array_size(confusions); i++) {
        json_t *row = json_array_get(confusions, i);

        if (strcmp(json_string_value(json_object_get(row, "expected")), expected) == 0 &&
            strcmp(json_string_value(json_object_get(row, "got")), got) == 0)
            return row;
    }
    json_t *row = json_object();

    json_put_text(row, "expected", expected);
    json_put_text(row, "got", got);
    (void)json_object_set_new(row, "ids", json_array());
    (void)json_array_append_new(confusions, row);
    return row;
}

static void count_report(void *self, const struct labelled_report *report)
{
    struct tally *tally = self;
    const unsigned differences = score_compare(&report->label, &report->decided);
    const bool is_auto = report->verdict.disposition == DISPOSITION_AUTO;

    score_add(&tally->score, &report->label, &report->decided, is_auto);
    if ((differences & (SCORE_BIT(SCORE_OUTCOME) | SCORE_BIT(SCORE_PRIMARY))) == 0)
        return;
    json_t *row =
        find_confusion(tally->confusions, report->label.expected.primary, report->decided.primary);

    (void)json_array_append_new(json_object_get(row, "ids"), json_string(report->id));
}

/* Four digits: more would be noise. Null where there was nothing to be right about. */
static void put_share(json_t *object, const char *key, bool is_there, double share)
{
    json_t *value =
        is_there ? json_real((double)(uint32_t)(share * 10000.0 + 0.5) / 10000.0) : json_null();

    (void)json_object_set_new(object, key, value);
}

static void put_ratio(json_t *object, const char *key, struct score_ratio ratio)
{
    double share = 0;
    const bool is_there = score_share(ratio, &share);

    put_share(object, key, is_there, share);
}

static json_t *score_object(const struct score *score)
{
    json_t *object = json_object();
    double f1 = 0;
    const bool has_f1 = score_codes_f1(score, &f1);

    json_put_number(object, "n", score->count);
    put_ratio(object, "outcome_accuracy", score->parts[SCORE_OUTCOME]);
    put_ratio(object, "primary_accuracy", score->parts[SCORE_PRIMARY]);
    put_share(object, "codes_f1", has_f1, f1);
    put_ratio(object, "stage_accuracy", score->parts[SCORE_STAGE]);
    put_ratio(object, "election_accuracy", score->parts[SCORE_ELECTION]);
    put_ratio(object, "authority_accuracy", score->parts[SCORE_AUTHORITY]);
    put_ratio(object, "actor_accuracy", score->parts[SCORE_ACTOR]);
    put_ratio(object, "auto_coverage",
              (struct score_ratio){.right = score->auto_count, .of = score->count});
    put_ratio(object, "auto_accuracy",
              (struct score_ratio){.right = score->auto_right, .of = score->auto_count});
    return object;
}

/* People read the confusions as a table behind the shares. */
static void show_confusions(struct output *output, json_t *confusions)
{
    static const struct column columns[] = {{"expected", 22}, {"got", 22}, {"ids", 20}};

    if (json_array_size(confusions) == 0)
        return;
    output_sentence(output, _("Decided otherwise than the labels expect:"));
    output_list_begin(output, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < json_array_size(confusions); i++)
        output_list_row(output, json_incref(json_array_get(confusions, i)));
    output_list_end(output);
}

enum status rules_score(struct command *command)
{
    CLEANUP(ruleset_release) struct ruleset *ruleset = NULL;
    CLEANUP(json_release) json_t *confusions = json_array();
    struct tally tally = {.confusions = confusions};
    struct tables tables;

    TRY(load_tables(command, &tables, &ruleset));
    TRY(each_report(command, ruleset, count_report, &tally));
    json_t *object = score_object(&tally.score);

    if (command->output.is_json)
        (void)json_object_set(object, "confusions", confusions);
    output_object(&command->output, object);
    if (!command->output.is_json)
        show_confusions(&command->output, confusions);
    return output_end(&command->output);
}
