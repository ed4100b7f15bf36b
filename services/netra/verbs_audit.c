/* The audit log. */
#include "services/netra/verbs.h"

static const struct verb rows[] = {
    {.noun = "audit",
     .verb = "head",
     .usage = "",
     .summary = N_("print the log's newest signed checkpoint"),
     .example = "netra audit head > checkpoint.today",
     .needs = DOORS,
     .run = audit_head},
    {.noun = "audit",
     .verb = "tail",
     .usage = "",
     .summary = N_("show the log's last leaves"),
     .example = "netra audit tail",
     .needs = DOORS,
     .run = audit_tail},
    {.noun = "audit",
     .verb = "verify",
     .usage = "[--checkpoint FILE]",
     .summary = N_("recompute the whole log and name every difference"),
     .example = "netra audit verify --checkpoint checkpoint.last-year",
     .options = OPTION_BIT(checkpoint),
     .needs = DOORS,
     .run = audit_verify},
    {.noun = "audit",
     .verb = "replay",
     .usage = "--into HOME [--until SEQ|TIME]",
     .summary = N_("rebuild an empty home from the verified log and compare it with this one"),
     .details = N_("Nothing is sent from a rebuilt home. With --until it is rebuilt up to there\n"
                   "and compared with nothing. Each case that differs is named; then the exit\n"
                   "status is 6."),
     .example = "netra audit replay --into /tmp/ulang\n"
                "netra audit replay --into /tmp/ulang --until 2024-10-15T12:00Z --json",
     .options = OPTION_BIT(into) | OPTION_BIT(until),
     .needs = AUDITOR_DOORS,
     .run = audit_replay},
};

const struct verb_table verbs_audit = {rows, sizeof rows / sizeof rows[0]};
