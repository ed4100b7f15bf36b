/* The rules: what they say, whether they are right, how well they decide. */
#include "services/netra/verbs.h"

#define TABLES (OPTION_BIT(rules) | OPTION_BIT(calendar))
#define ROUTES (OPTION_BIT(routing) | OPTION_BIT(templates))

static const struct verb rows[] = {
    {.noun = "rules",
     .verb = "list",
     .usage = "",
     .summary = N_("show the codes with stage, sanction class of the table, and articles"),
     .example = "netra rules list",
     .options = TABLES,
     .run = rules_list},
    {.noun = "rules",
     .verb = "lint",
     .usage = "[--rules FILE --calendar FILE] [--routing FILE --templates FILE]",
     .summary = N_("check the tables before they are put into force"),
     .example = "netra rules lint --rules ruleset.yaml --calendar calendar.yaml",
     .options = TABLES | ROUTES,
     .run = rules_lint},
    {.noun = "rules",
     .verb = "test",
     .usage = "FILE",
     .summary = N_("show where the rules decide otherwise than labelled reports expect"),
     .example = "netra rules test reports.jsonl",
     .words_min = 1,
     .words_max = 1,
     .options = TABLES,
     .run = rules_test},
    {.noun = "rules",
     .verb = "score",
     .usage = "FILE",
     .summary = N_("say how well the rules decide labelled reports"),
     .example = "netra rules score reports.jsonl --json",
     .words_min = 1,
     .words_max = 1,
     .options = TABLES,
     .run = rules_score},
};

const struct verb_table verbs_rules = {rows, sizeof rows / sizeof rows[0]};
