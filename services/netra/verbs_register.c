/* Keys: the register of nodes, people and workers, and key files. */
#include "services/netra/verbs.h"

/* What nodes, people and workers have in common. */
#define REGISTER_VERBS(who, example_name, example_options)                                   \
    {.noun = who,                                                                            \
     .verb = "new",                                                                          \
     .usage = "NAME",                                                                        \
     .summary = N_("make a key file in the home and say how to authorise it"),               \
     .example = "netra " who " new " example_name,                                           \
     .words_min = 1,                                                                         \
     .words_max = 1,                                                                         \
     .needs = NEEDS_HOME,                                                                    \
     .run = register_new},                                                                   \
        {.noun = who,                                                                        \
         .verb = "authorise",                                                                \
         .usage = "NAME --key-file FILE [--role ROLE] [--region CODE]...",                   \
         .summary = N_("enter a key in the register, for every door"),                       \
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
         .summary = N_("take a key's rights away at every door, for good"),                  \
         .example = "netra " who " revoke " example_name " --reason \"laptop lost\"",        \
         .words_min = 1,                                                                     \
         .words_max = 1,                                                                     \
         .options = OPTION_BIT(reason),                                                      \
         .needs = DOORS,                                                                     \
         .run = register_revoke},                                                            \
    {                                                                                        \
        .noun = who, .verb = "list", .usage = "",                                            \
        .summary = N_("show their keys in the register, revoked ones too"),                  \
        .example = "netra " who " list", .needs = DOORS, .run = register_list                \
    }

static const struct verb rows[] = {
    REGISTER_VERBS("node", "bkd-3604", " --region 36.04"),
    REGISTER_VERBS("person", "reviewer-1", " --role reviewer"),
    REGISTER_VERBS("worker", "worker-3", ""),
    {.noun = "key",
     .verb = "new",
     .usage = "FILE [--secret]",
     .summary = N_("make a key file and print its public parts"),
     .example = "netra key new reviewer.key",
     .words_min = 1,
     .words_max = 1,
     .options = OPTION_BIT(secret),
     .run = key_new},
    {.noun = "key",
     .verb = "show",
     .usage = "FILE",
     .summary = N_("print a key file's public parts"),
     .example = "netra key show reviewer.key > reviewer.public",
     .words_min = 1,
     .words_max = 1,
     .run = key_show},
};

const struct verb_table verbs_register = {rows, sizeof rows / sizeof rows[0]};
