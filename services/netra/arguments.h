/*
 * The words of a command line: noun, verb, options and further words, read along a table. Pure.
 *
 * Why: one table says what may be typed, what it needs and what its help shows, so that the three
 * can't differ.
 * Owns: nothing; texts are those of argv.
 * Limits: ARGUMENT_WORDS_MAX words after the verb, ARGUMENT_REGIONS_MAX regions.
 */
#ifndef NETRA_NETRA_ARGUMENTS_H
#define NETRA_NETRA_ARGUMENTS_H

#include "common/base/diag.h"
#include "common/base/status.h"

#include <stdbool.h>
#include <stdint.h>

#define ARGUMENT_WORDS_MAX 4u
#define ARGUMENT_REGIONS_MAX 16u

/* Every option there is: X(name, whether a value follows, what the help says). */
#define OPTION_LIST(X)                                                                            \
    X(home, true, "DIR: the installation; else $NETRA_HOME, else ./.netra")                       \
    X(json, false, "answer in JSON")                                                              \
    X(key, true, "FILE: whose key asks; else the one that HOME/conf/netra.yaml names")            \
    X(timeout, true, "SECONDS: how long an answer may take (10)")                                 \
    X(help, false, "show this help")                                                              \
    X(secret, false, "a plain secret instead of a key pair")                                      \
    X(region, true, "CODE: a Kemendagri code, such as 36.04")                                     \
    X(submission_id, true, "UUID: the id of an earlier try that got no answer")                   \
    X(key_file, true, "FILE: the key's file, or what `key show` printed of it")                   \
    X(role, true, "ROLE: officer, reviewer, approver, protection_officer, operator or auditor")   \
    X(reason, true, "TEXT, or - to read it: why; without personal data")                          \
    X(from, true, "SEQ|end: where the recovered service goes on in what it takes")                \
    X(checkpoint, true, "FILE: an older signed checkpoint, which must be a part of today's log")  \
    X(after, true, "ID: rows after this one only")

enum option {
#define X(name, takes_value, text) OPTION_##name,
    OPTION_LIST(X)
#undef X
        OPTION_COUNT
};

#define OPTION_BIT(name) (1u << (unsigned)OPTION_##name)

/* Options that every verb takes. */
#define OPTIONS_GLOBAL                                                       \
    (OPTION_BIT(home) | OPTION_BIT(json) | OPTION_BIT(key) |                 \
     OPTION_BIT(timeout) | OPTION_BIT(help))

struct command;

/* A row of the table. */
struct verb {
    const char *noun;
    const char *verb;
    const char *usage;   /* the words after the verb, as the help shows them */
    const char *summary; /* one sentence */
    const char *example; /* a whole line, as typed */
    unsigned words_min;
    unsigned words_max;
    uint32_t options; /* OPTION_BITs beside the global ones */
    uint32_t needs;   /* the caller's own */
    enum status (*run)(struct command *command);
};

struct verb_table {
    const struct verb *verbs;
    unsigned count;
};

struct arguments {
    const char *noun;                   /* as typed; NULL: none was */
    const struct verb *verb;            /* NULL only where is_help */
    const char *values[OPTION_COUNT];   /* "" for an option without value; NULL: not given */
    const char *regions[ARGUMENT_REGIONS_MAX]; /* every --region */
    unsigned region_count;
    const char *words[ARGUMENT_WORDS_MAX];
    unsigned word_count;
    bool is_help; /* --help was there, or `help` was the first word */
};

/* The option's name as typed, without dashes, into `name` (at least 32 bytes). */
void option_name(enum option option, char *name, unsigned size);

/* What the help says of it. Static text. */
const char *option_text(enum option option);

/*
 * Reads a command line. Options may stand anywhere, as `--name value` or `--name=value`; `--`
 * ends them; `-` is a word. STATUS_USAGE, with `diag` saying what was expected: an unknown noun,
 * verb or option, an option this verb doesn't take, a missing value, an option given twice
 * (--region may be), too many or too few words. *ret_arguments is filled as far as it was read, so
 * that the caller can point to the right help.
 */
enum status arguments_parse(int argc, char *const *argv, const struct verb_table *table,
                            struct arguments *ret_arguments, struct diag *diag) MUST_USE;

/* Reads a whole number from `text` within the bounds. False when it is anything else. */
bool number_from_text(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *ret_number);

#endif
