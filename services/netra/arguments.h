/*
 * The words of a command line: noun, verb, options and further words, read along a table. Pure.
 *
 * Why: one table says what may be typed, what it needs and what its help shows, so that the three
 * can't differ.
 * Owns: nothing; texts are those of argv.
 * Limits: ARGUMENT_WORDS_MAX words after the verb, ARGUMENT_REGIONS_MAX regions,
 * ARGUMENT_ATTACHMENTS_MAX attached files, 64 options.
 */
#ifndef NETRA_NETRA_ARGUMENTS_H
#define NETRA_NETRA_ARGUMENTS_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "services/netra/translate.h"

#include <stdbool.h>
#include <stdint.h>

#define ARGUMENT_WORDS_MAX 4u
#define ARGUMENT_REGIONS_MAX 16u
#define ARGUMENT_ATTACHMENTS_MAX 64u /* as much evidence as a submission may have */

/* Every option there is: X(name, whether a value follows, what the help says). */
#define OPTION_LIST(X)                                                                          \
    X(home, true, N_("DIR: the installation; else $NETRA_HOME, else ./.netra"))                 \
    X(json, false, N_("answer in JSON"))                                                        \
    X(key, true, N_("FILE: whose key asks; else the one that HOME/conf/netra.yaml names"))      \
    X(timeout, true, N_("SECONDS: how long an answer may take (10)"))                           \
    X(lang, true, N_("id|en: the language of what people read; else $LANG"))                    \
    X(help, false, N_("show this help"))                                                        \
    X(secret, false, N_("a plain secret instead of a key pair"))                                \
    X(region, true, N_("CODE: a Kemendagri code, such as 36.04"))                               \
    X(submission_id, true, N_("UUID: the id of an earlier try that got no answer"))             \
    X(attach, true, N_("FILE: evidence; only its digest and size are sent"))                    \
    X(text, false, N_("show the case's words; that you read them is an event of the log"))      \
    X(kind, true, N_("duplicate, same_event or response"))                                      \
    X(first, true, N_("FILE: the first protection officer's key, who acts"))                    \
    X(second, true, N_("FILE: the second protection officer's key"))                            \
    X(expected_revision, true, N_("N: refuse when the facts have moved on from that revision")) \
    X(key_file, true, N_("FILE: the key's file, or what `key show` printed of it"))             \
    X(role, true,                                                                               \
      N_("ROLE: officer, reviewer, approver, protection_officer, operator or auditor"))         \
    X(reason, true, N_("- or FILE that has it: why; `revoke` takes the TEXT itself, too"))      \
    X(from, true, N_("kept|end|SEQ: where the recovered service goes on in what it takes"))     \
    X(checkpoint, true,                                                                         \
      N_("FILE: an older signed checkpoint, which must be a part of today's log"))              \
    X(after, true, N_("ID: rows after this one only"))                                          \
    X(into, true, N_("HOME: an empty folder, where the rebuilt stores will be"))                \
    X(until, true, N_("SEQ|TIME: so many leaves, or those appended by 2024-10-15T12:00Z"))      \
    X(revision, true, N_("N: the decision's revision that is meant; else the newest"))          \
    X(code, true, N_("CODE: a code of the ruleset, such as DISIPLIN-04"))                       \
    X(state, true, N_("queued, handed_over, failed, blocked or superseded"))                    \
    X(rules, true, N_("FILE: a ruleset; else the one that HOME/conf/netra.yaml names"))         \
    X(calendar, true, N_("FILE: its calendar; else the one that HOME/conf/netra.yaml names"))   \
    X(routing, true, N_("FILE: the routes; else those that HOME/conf/netra.yaml names"))        \
    X(templates, true, N_("FILE: the notices' words; else those that HOME/conf/netra.yaml names"))

enum option {
#define X(name, takes_value, text) OPTION_##name,
    OPTION_LIST(X)
#undef X
        OPTION_COUNT
};

/* A set of options is one number. */
#define OPTION_BIT(name) (UINT64_C(1) << (unsigned)OPTION_##name)
_Static_assert((unsigned)OPTION_COUNT <= 64u, "a bit for each option");

/* Options that every verb takes. */
#define OPTIONS_GLOBAL                                                             \
    (OPTION_BIT(home) | OPTION_BIT(json) | OPTION_BIT(key) | OPTION_BIT(timeout) | \
     OPTION_BIT(lang) | OPTION_BIT(help))

struct command;

/* A row of the table. */
struct verb {
    const char *noun;
    const char *verb;
    const char *usage;   /* the words after the verb, as the help shows them */
    const char *summary; /* one sentence */
    const char *details; /* what its help says more, marked N_(); NULL: nothing */
    const char *example; /* whole lines, as typed */
    unsigned words_min;
    unsigned words_max;
    uint64_t options; /* OPTION_BITs beside the global ones */
    uint32_t needs;   /* the caller's own */
    enum status (*run)(struct command *command);
};

struct verb_table {
    const struct verb *verbs;
    unsigned count;
};

/* All of them, in the order of the help. */
struct verb_tables {
    const struct verb_table *const *tables;
    unsigned count;
};

struct arguments {
    const char *noun;                 /* as typed; NULL: none was */
    const struct verb *verb;          /* NULL only where is_help */
    const char *values[OPTION_COUNT]; /* "" for an option without value; NULL: not given */
    const char *regions[ARGUMENT_REGIONS_MAX]; /* every --region */
    unsigned region_count;
    const char *attachments[ARGUMENT_ATTACHMENTS_MAX]; /* every --attach */
    unsigned attachment_count;
    const char *words[ARGUMENT_WORDS_MAX];
    unsigned word_count;
    bool is_help; /* --help was there, or `help` was the first word */
};

/* The option's name as typed, without dashes, into `name` (at least 32 bytes). */
void option_name(enum option option, char *name, unsigned size);

/* What the help says of it, in English. Static text. */
const char *option_text(enum option option);

/*
 * Reads a command line. Options may stand anywhere, as `--name value` or `--name=value`; `--`
 * ends them; `-` is a word. STATUS_USAGE, with `diag` saying what was expected: an unknown noun,
 * verb or option, an option this verb doesn't take, a missing value, an option given twice
 * (--region and --attach may be), too many or too few words. *ret_arguments is filled as far as
 * it was read, so that the caller can point to the right help.
 */
enum status arguments_parse(int argc, char *const *argv, const struct verb_tables *tables,
                            struct arguments *ret_arguments, struct diag *diag) MUST_USE;

/* Reads a whole number from `text` within the bounds. False when it is anything else. */
bool number_from_text(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *ret_number);

#endif
