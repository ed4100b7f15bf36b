/*
 * netra: the one command people type. The table below is the program; one file per noun has the
 * verbs.
 */
#include "common/base/invariant.h"
#include "common/base/status.h"
#include "common/service/process.h"
#include "services/netra/command.h"

#include <stdio.h>
#include <string.h>

#define DOORS (NEEDS_HOME | NEEDS_DOORS)
#define NODE_DOORS (DOORS | NEEDS_NODE_KEY)

/* What nodes, people and workers have in common. */
#define REGISTER_VERBS(who, example_name, example_options)                                   \
    {.noun = who,                                                                            \
     .verb = "new",                                                                          \
     .usage = "NAME",                                                                        \
     .summary = "make a key file in the home and say how to authorise it",                   \
     .example = "netra " who " new " example_name,                                           \
     .words_min = 1,                                                                         \
     .words_max = 1,                                                                         \
     .needs = NEEDS_HOME,                                                                    \
     .run = register_new},                                                                   \
        {.noun = who,                                                                        \
         .verb = "authorise",                                                                \
         .usage = "NAME --key-file FILE [--role ROLE] [--region CODE]...",                   \
         .summary = "enter a key in the register, for every door",                           \
         .example = "netra " who " authorise " example_name " --key-file keys/" example_name \
                    ".key" example_options,                                                  \
         .words_min = 1,                                                                     \
         .words_max = 1,                                                                     \
         .options = OPTION_BIT(key_file) | OPTION_BIT(role) | OPTION_BIT(region),            \
         .needs = DOORS,                                                                     \
         .run = register_authorise},                                                         \
        {.noun = who,                                                                        \
         .verb = "revoke",                                                                   \
         .usage = "NAME --reason TEXT",                                                      \
         .summary = "take a key's rights away at every door, for good",                      \
         .example = "netra " who " revoke " example_name " --reason \"laptop lost\"",        \
         .words_min = 1,                                                                     \
         .words_max = 1,                                                                     \
         .options = OPTION_BIT(reason),                                                      \
         .needs = DOORS,                                                                     \
         .run = register_revoke},                                                            \
    {                                                                                        \
        .noun = who, .verb = "list", .usage = "",                                            \
        .summary = "show their keys in the register, revoked ones too",                      \
        .example = "netra " who " list", .needs = DOORS, .run = register_list                \
    }

static const struct verb verbs[] = {
    {.noun = "case",
     .verb = "submit",
     .usage = "FILE|- [--region CODE] [--submission-id UUID]",
     .summary = "hand in one submission (JSON) and print its case number",
     .example = "netra case submit laporan.json",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(region) | OPTION_BIT(submission_id),
     .needs = NODE_DOORS,
     .run = case_submit},
    {.noun = "case",
     .verb = "import",
     .usage = "FILE.jsonl [--region CODE]",
     .summary = "hand in one submission per line; may be stopped and run again at any time",
     .example = "netra case import laporan.jsonl --region 36.04",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(region),
     .needs = NODE_DOORS,
     .run = case_import},
    {.noun = "case",
     .verb = "list",
     .usage = "",
     .summary = "show every case with its newest decision",
     .example = "netra case list --json",
     .needs = DOORS,
     .run = case_list},
    {.noun = "case",
     .verb = "show",
     .usage = "CASE_NUMBER",
     .summary = "show one case: what each service knows of it",
     .example = "netra case show 7K3M-9Q2F-X",
     .words_min = 1,
     .words_max = 1,
     .needs = DOORS,
     .run = case_show},
    {.noun = "receipt",
     .verb = "verify",
     .usage = "FILE|-",
     .summary = "check a receipt (as `case submit --json` printed it) against intake's key",
     .example = "netra receipt verify tanda-terima.json",
     .words_min = 1,
     .words_max = 1,
     .needs = NEEDS_HOME,
     .run = receipt_verify},
    {.noun = "audit",
     .verb = "head",
     .usage = "",
     .summary = "print the log's newest signed checkpoint",
     .example = "netra audit head > checkpoint.today",
     .needs = DOORS,
     .run = audit_head},
    {.noun = "audit",
     .verb = "tail",
     .usage = "",
     .summary = "show the log's last leaves",
     .example = "netra audit tail",
     .needs = DOORS,
     .run = audit_tail},
    {.noun = "audit",
     .verb = "verify",
     .usage = "[--checkpoint FILE]",
     .summary = "recompute the whole log and name every difference",
     .example = "netra audit verify --checkpoint checkpoint.last-year",
     .options = OPTION_BIT(checkpoint),
     .needs = DOORS,
     .run = audit_verify},
    REGISTER_VERBS("node", "bkd-3604", " --region 36.04"),
    REGISTER_VERBS("person", "reviewer-1", " --role reviewer"),
    REGISTER_VERBS("worker", "worker-3", ""),
    {.noun = "dead-letter",
     .verb = "list",
     .usage = "[SERVICE]",
     .summary = "show what was set aside, at one service or at all",
     .example = "netra dead-letter list",
     .words_max = 1,
     .needs = DOORS,
     .run = dead_letter_list},
    {.noun = "dead-letter",
     .verb = "show",
     .usage = "SERVICE ID",
     .summary = "show one dead letter",
     .example = "netra dead-letter show classification 1",
     .words_min = 2,
     .words_max = 2,
     .needs = DOORS,
     .run = dead_letter_show},
    {.noun = "dead-letter",
     .verb = "retry",
     .usage = "SERVICE ID",
     .summary = "have a dead letter applied after all (a signed act)",
     .example = "netra dead-letter retry classification 1",
     .words_min = 2,
     .words_max = 2,
     .needs = DOORS,
     .run = dead_letter_retry},
    {.noun = "service",
     .verb = "list",
     .usage = "",
     .summary = "show every service's state and backlog",
     .example = "netra service list",
     .needs = DOORS,
     .run = service_list},
    {.noun = "service",
     .verb = "drain",
     .usage = "SERVICE",
     .summary = "have a service finish what it took and stop (a signed act)",
     .example = "netra service drain classification",
     .words_min = 1,
     .words_max = 1,
     .needs = DOORS,
     .run = service_drain},
    {.noun = "service",
     .verb = "recover",
     .usage = "SERVICE [--from SEQ|end]",
     .summary = "go on from a restored, copied or emptied store (signed acts)",
     .example = "netra service recover classification --from end",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(from),
     .needs = DOORS,
     .run = service_recover},
    {.noun = "key",
     .verb = "new",
     .usage = "FILE [--secret]",
     .summary = "make a key file and print its public parts",
     .example = "netra key new reviewer.key",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(secret),
     .run = key_new},
    {.noun = "key",
     .verb = "show",
     .usage = "FILE",
     .summary = "print a key file's public parts",
     .example = "netra key show reviewer.key > reviewer.public",
     .words_min = 1,
     .words_max = 1,
     .run = key_show},
    {.noun = "doctor",
     .verb = "",
     .usage = "",
     .summary = "check the whole installation and say what to do",
     .example = "netra doctor",
     .needs = DOORS,
     .run = doctor},
};

static const struct verb_table table = {verbs, sizeof verbs / sizeof verbs[0]};

#define WORDS_WIDTH 44u

static void print_line(const struct verb *verb)
{
    char words[96];

    (void)snprintf(words, sizeof words, "netra %s%s%s %s", verb->noun,
                   verb->verb[0] == '\0' ? "" : " ", verb->verb, verb->usage);
    /* What is too long for its column has its summary on a line of its own. */
    if (strlen(words) <= WORDS_WIDTH)
        (void)printf("  %-*s  %s\n", (int)WORDS_WIDTH, words, verb->summary);
    else
        (void)printf("  %s\n  %-*s  %s\n", words, (int)WORDS_WIDTH, "", verb->summary);
}

static void print_options(uint32_t options)
{
    for (unsigned option = 0; option < OPTION_COUNT; option++) {
        char name[32];

        if ((options & (1u << option)) == 0)
            continue;
        option_name((enum option)option, name, sizeof name);
        (void)printf("  --%-16s %s\n", name, option_text((enum option)option));
    }
}

static void print_verb_help(const struct verb *verb)
{
    (void)printf("netra %s%s%s %s\n%s.\n\n", verb->noun, verb->verb[0] == '\0' ? "" : " ",
                 verb->verb, verb->usage, verb->summary);
    if (verb->options != 0)
        print_options(verb->options);
    print_options(OPTIONS_GLOBAL);
    (void)printf("\nExample:\n  %s\n", verb->example);
}

/* Everything, or one noun. */
static void print_help(const char *noun)
{
    const struct verb *first = NULL;

    (void)puts(noun == NULL ? "netra NOUN VERB [WORDS] [OPTIONS]\n" : "Commands:\n");
    for (unsigned i = 0; i < table.count; i++) {
        if (noun != NULL && strcmp(table.verbs[i].noun, noun) != 0)
            continue;
        first = first == NULL ? &table.verbs[i] : first;
        print_line(&table.verbs[i]);
    }
    (void)puts("\nOptions of all of them:");
    print_options(OPTIONS_GLOBAL);
    INVARIANT(first != NULL); /* the table has a row, and the noun was found in it */
    (void)printf("\nExample:\n  %s\n", first->example);
}

static void print_error(enum status status, const struct diag *diag)
{
    (void)fprintf(stderr, "netra: %s: %s%s%s\n", status_name(status), status_text(status),
                  diag->text[0] == '\0' ? "" : ": ", diag->text);
}

static int run(const struct arguments *arguments)
{
    struct command command;
    enum status status = command_open(&command, arguments);

    if (status == STATUS_OK)
        status = arguments->verb->run(&command);
    const enum status printed = output_end(&command.output);

    if (status == STATUS_OK && printed != STATUS_OK) {
        status = printed;
        diag_set(&command.diag, "stdout did not take the answer");
    }
    if (status != STATUS_OK)
        print_error(status, &command.diag);
    const int exit_status = status == STATUS_OK ? command.exit_status : status_exit(status);

    command_close(&command);
    return exit_status;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct diag diag = {.text = ""};
    enum status status = process_harden();

    if (status == STATUS_OK)
        status = arguments_parse(argc, argv, &table, &arguments, &diag);
    if (status != STATUS_OK) {
        print_error(status, &diag);
        return status_exit(status);
    }
    if (!arguments.is_help)
        return run(&arguments);
    if (arguments.verb != NULL)
        print_verb_help(arguments.verb);
    else
        print_help(arguments.noun);
    return 0;
}
