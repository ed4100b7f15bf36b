/*
 * `netra rules lint`: whether the tables are right, before they are put into force. All four that
 * netra.yaml names; or the pairs of which the command line names at least one, which needs no home
 * where it names both.
 */
#include "common/base/cleanup.h"
#include "services/classification/classification_tables.h"
#include "services/netra/command.h"
#include "services/netra/translate.h"
#include "services/notification/notification_tables.h"

static void ruleset_release(struct ruleset **ruleset)
{
    ruleset_free(*ruleset);
}

struct lint {
    struct command *command;
    json_t *object; /* what --json shows */
};

/* The file that the option names, else the one of netra.yaml. */
static enum status find_file(struct command *command, enum option option, const char *key,
                             char *const *configured, const char **ret_path)
{
    *ret_path = command->arguments->values[option];
    if (*ret_path == NULL)
        *ret_path = *configured;
    if (*ret_path != NULL)
        return STATUS_OK;
    diag_set(&command->diag, _("netra.yaml: expected %s"), key);
    return STATUS_USAGE;
}
