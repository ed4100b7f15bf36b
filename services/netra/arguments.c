/*
 * One pass over argv with a small state. Words are checked against the verb's row only at the end,
 * since options may stand before the noun.
 */
#include "services/netra/arguments.h"

#include <stdio.h>
#include <string.h>

struct option_row {
    const char *name;
    const char *text;
    bool takes_value;
};

static const struct option_row option_rows[OPTION_COUNT] = {
#define X(name, takes_value, text) {#name, text, takes_value},
    OPTION_LIST(X)
#undef X
};

struct reading {
    int argc;
    char *const *argv;
    int next;
    bool is_past_options;
    const struct verb_tables *tables;
    struct arguments *arguments;
    struct diag *diag;
};

void option_name(enum option option, char *name, unsigned size)
{
    (void)snprintf(name, size, "%s", option_rows[option].name);
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '_' ? '-' : *at;
}

const char *option_text(enum option option)
{
    return option_rows[option].text;
}

static enum option find_option(const char *name, size_t size)
{
    for (unsigned option = 0; option < OPTION_COUNT; option++) {
        char known[32];

        option_name((enum option)option, known, sizeof known);
        if (strlen(known) == size && strncmp(known, name, size) == 0)
            return (enum option)option;
    }
    return OPTION_COUNT;
}

/* One more of an option that may be given often. */
static enum status put_listed(struct reading *reading, const char *value, const char **list,
                              unsigned *count, unsigned count_max)
{
    if (*count == count_max) {
        diag_set(reading->diag, _("at most %u of an option"), count_max);
        return STATUS_USAGE;
    }
    list[(*count)++] = value;
    return STATUS_OK;
}

static enum status put_option(struct reading *reading, enum option option, const char *value)
{
    struct arguments *arguments = reading->arguments;

    if (option == OPTION_help)
        arguments->is_help = true;
    if (option == OPTION_region) {
        TRY(put_listed(reading, value, arguments->regions, &arguments->region_count,
                       ARGUMENT_REGIONS_MAX));
    } else if (option == OPTION_attach) {
        TRY(put_listed(reading, value, arguments->attachments, &arguments->attachment_count,
                       ARGUMENT_ATTACHMENTS_MAX));
    } else if (arguments->values[option] != NULL) {
        char name[32];

        option_name(option, name, sizeof name);
        diag_set(reading->diag, _("--%s is there twice"), name);
        return STATUS_USAGE;
    }
    arguments->values[option] = value;
    return STATUS_OK;
}

static enum status take_option(struct reading *reading, const char *word)
{
    const char *name = word + 2;
    const char *equals = strchr(name, '=');
    const size_t size = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const enum option option = find_option(name, size);

    if (option == OPTION_COUNT) {
        diag_set(reading->diag, _("there is no option --%.*s"), (int)size, name);
        return STATUS_USAGE;
    }
    if (!option_rows[option].takes_value) {
        if (equals == NULL)
            return put_option(reading, option, "");
        diag_set(reading->diag, _("--%.*s takes no value"), (int)size, name);
        return STATUS_USAGE;
    }
    if (equals != NULL)
        return put_option(reading, option, equals + 1);
    if (reading->next == reading->argc) {
        diag_set(reading->diag, _("--%s needs a value: %s"), name, _(option_rows[option].text));
        return STATUS_USAGE;
    }
    return put_option(reading, option, reading->argv[reading->next++]);
}

/* A noun that is a command by itself has one row with an empty verb; NULL as verb: any. */
static const struct verb *find_verb(const struct verb_tables *tables, const char *noun,
                                    const char *verb)
{
    for (unsigned i = 0; i < tables->count; i++) {
        const struct verb_table *table = tables->tables[i];

        for (unsigned j = 0; j < table->count; j++) {
            if (strcmp(table->verbs[j].noun, noun) == 0 &&
                (verb == NULL || strcmp(table->verbs[j].verb, verb) == 0))
                return &table->verbs[j];
        }
    }
    return NULL;
}

static enum status take_noun(struct reading *reading, const char *word)
{
    struct arguments *arguments = reading->arguments;

    if (strcmp(word, "help") == 0) {
        arguments->is_help = true;
        return STATUS_OK;
    }
    if (find_verb(reading->tables, word, NULL) == NULL) {
        diag_set(reading->diag, _("there is no `%s`; `netra --help` lists what there is"), word);
        return STATUS_USAGE;
    }
    arguments->noun = word;
    arguments->verb = find_verb(reading->tables, word, "");
    return STATUS_OK;
}

static enum status take_word(struct reading *reading, const char *word)
{
    struct arguments *arguments = reading->arguments;

    if (arguments->noun == NULL)
        return take_noun(reading, word);
    if (arguments->verb == NULL) {
        arguments->verb = find_verb(reading->tables, arguments->noun, word);
        if (arguments->verb != NULL)
            return STATUS_OK;
        diag_set(reading->diag, _("there is no `%s %s`; `netra %s --help` lists what there is"),
                 arguments->noun, word, arguments->noun);
        return STATUS_USAGE;
    }
    if (arguments->word_count == ARGUMENT_WORDS_MAX) {
        diag_set(reading->diag, _("`%s` is a word too many"), word);
        return STATUS_USAGE;
    }
    arguments->words[arguments->word_count++] = word;
    return STATUS_OK;
}

static enum status check(const struct arguments *arguments, struct diag *diag)
{
    const struct verb *verb = arguments->verb;

    if (arguments->is_help)
        return STATUS_OK;
    if (verb == NULL) {
        if (arguments->noun == NULL)
            diag_set(diag, "%s", _("no command; `netra --help` lists what there is"));
        else
            diag_set(diag, _("no verb; `netra %s --help` lists what there is"), arguments->noun);
        return STATUS_USAGE;
    }
    for (unsigned option = 0; option < OPTION_COUNT; option++) {
        char name[32];

        if (arguments->values[option] == NULL ||
            ((verb->options | OPTIONS_GLOBAL) & (UINT64_C(1) << option)) != 0)
            continue;
        option_name((enum option)option, name, sizeof name);
        diag_set(diag, _("`%s %s` takes no --%s"), verb->noun, verb->verb, name);
        return STATUS_USAGE;
    }
    if (arguments->word_count >= verb->words_min && arguments->word_count <= verb->words_max)
        return STATUS_OK;
    diag_set(diag, _("expected: netra %s %s %s"), verb->noun, verb->verb, verb->usage);
    return STATUS_USAGE;
}

enum status arguments_parse(int argc, char *const *argv, const struct verb_tables *tables,
                            struct arguments *ret_arguments, struct diag *diag)
{
    struct reading reading = {.argc = argc,
                              .argv = argv,
                              .next = 1,
                              .tables = tables,
                              .arguments = ret_arguments,
                              .diag = diag};

    *ret_arguments = (struct arguments){.noun = NULL};
    while (reading.next < argc) {
        const char *word = argv[reading.next++];

        if (!reading.is_past_options && strcmp(word, "--") == 0)
            reading.is_past_options = true;
        else if (!reading.is_past_options && strncmp(word, "--", 2) == 0)
            TRY(take_option(&reading, word));
        else if (!reading.is_past_options && strcmp(word, "-h") == 0)
            ret_arguments->is_help = true;
        else
            TRY(take_word(&reading, word));
    }
    return check(ret_arguments, diag);
}

bool number_from_text(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (text[0] == '\0')
        return false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*at - '0'), &number))
            return false;
    }
    *ret_number = number;
    return number >= minimum && number <= maximum;
}
