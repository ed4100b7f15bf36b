/*
 * netra: the one command people type. The tables of verbs are the program (verbs_*.c); one file
 * per noun has the verbs.
 */
#include "common/base/invariant.h"
#include "common/base/status.h"
#include "common/service/process.h"
#include "services/netra/command.h"
#include "services/netra/verbs.h"

#include <stdio.h>
#include <string.h>

/* In the order of the help. */
static const struct verb_table *const tables[] = {
    &verbs_case,
    &verbs_review,
    &verbs_audit,
    &verbs_rules,
    &verbs_register,
    &verbs_service,
};

static const struct verb_tables all_verbs = {tables, sizeof tables / sizeof tables[0]};

#define WORDS_WIDTH 44u

static void print_line(const struct verb *verb)
{
    char words[128];

    (void)snprintf(words, sizeof words, "netra %s%s%s %s", verb->noun,
                   verb->verb[0] == '\0' ? "" : " ", verb->verb, verb->usage);
    /* What is too long for its column has its summary on a line of its own. */
    if (strlen(words) <= WORDS_WIDTH)
        (void)printf("  %-*s  %s\n", (int)WORDS_WIDTH, words, _(verb->summary));
    else
        (void)printf("  %s\n  %-*s  %s\n", words, (int)WORDS_WIDTH, "", _(verb->summary));
}

static void print_options(uint64_t options)
{
    for (unsigned option = 0; option < OPTION_COUNT; option++) {
        char name[32];

        if ((options & (UINT64_C(1) << option)) == 0)
            continue;
        option_name((enum option)option, name, sizeof name);
        (void)printf("  --%-18s %s\n", name, _(option_text((enum option)option)));
    }
}

static void print_example(const struct verb *verb)
{
    const char *line = verb->example;

    for (;;) {
        const size_t size = strcspn(line, "\n");

        (void)printf("  %.*s\n", (int)size, line);
        if (line[size] == '\0')
            return;
        line += size + 1;
    }
}

static void print_verb_help(const struct verb *verb)
{
    (void)printf("netra %s%s%s %s\n%s.\n\n", verb->noun, verb->verb[0] == '\0' ? "" : " ",
                 verb->verb, verb->usage, _(verb->summary));
    if (verb->details != NULL)
        (void)printf("%s\n\n", _(verb->details));
    if (verb->options != 0)
        print_options(verb->options);
    print_options(OPTIONS_GLOBAL);
    (void)printf("\n%s\n", _("Examples:"));
    print_example(verb);
}

static bool is_of_noun(const struct verb *verb, const char *noun)
{
    return noun == NULL || strcmp(verb->noun, noun) == 0;
}

/* An example of each noun, or of each verb of one. */
static void print_examples(const char *noun)
{
    const char *last = "";

    (void)printf("\n%s\n", _("Examples:"));
    for (unsigned i = 0; i < all_verbs.count; i++) {
        for (unsigned j = 0; j < tables[i]->count; j++) {
            const struct verb *verb = &tables[i]->verbs[j];

            if (!is_of_noun(verb, noun) || (noun == NULL && strcmp(verb->noun, last) == 0))
                continue;
            last = verb->noun;
            print_example(verb);
        }
    }
}

/* Everything, or one noun. */
static void print_help(const char *noun)
{
    (void)printf("%s\n\n", noun == NULL ? _("netra NOUN VERB [WORDS] [OPTIONS]") : _("Commands:"));
    for (unsigned i = 0; i < all_verbs.count; i++) {
        for (unsigned j = 0; j < tables[i]->count; j++) {
            if (is_of_noun(&tables[i]->verbs[j], noun))
                print_line(&tables[i]->verbs[j]);
        }
    }
    (void)printf("\n%s\n", _("Options of all of them:"));
    print_options(OPTIONS_GLOBAL);
    print_examples(noun);
    (void)printf("\n%s\n", _("Exit status: 0 done, 1 failed or differences found, 2 usage, 3 not "
                             "found, 4 not authorised,\n5 rejected, 6 verification failed, "
                             "7 conflict, 9 try again later, 10 disk full."));
}

static void print_error(enum status status, const struct diag *diag)
{
    (void)fprintf(stderr, "netra: %s: %s%s%s\n", status_name(status), _(status_text(status)),
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
        diag_set(&command.diag, "%s", _("stdout did not take the answer"));
    }
    if (status != STATUS_OK)
        print_error(status, &command.diag);
    const int exit_status = status == STATUS_OK ? command.exit_status : status_exit(status);

    command_close(&command);
    return exit_status;
}

static enum status check_language(const struct arguments *arguments, struct diag *diag)
{
    const char *language = arguments->values[OPTION_lang];

    if (language == NULL || translate_is_language(language))
        return STATUS_OK;
    diag_set(diag, "%s", _("--lang: id or en"));
    return STATUS_USAGE;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct diag diag = {.text = ""};
    enum status status = process_harden();

    translate_start(translate_choose(argc, argv));
    if (status == STATUS_OK)
        status = arguments_parse(argc, argv, &all_verbs, &arguments, &diag);
    if (status == STATUS_OK)
        status = check_language(&arguments, &diag);
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
