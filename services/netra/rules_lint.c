/*
 * `netra rules lint`: whether the tables are right, before they are put into force. All four that
 * netra.yaml names; or the pairs of which the command line names one at least, and then no home is
 * needed where it names both.
 */
#include "common/base/cleanup.h"
#include "services/classification/classification_tables.h"
#include "services/netra/command.h"
#include "services/netra/translate.h"
#include "services/notification/notification_tables.h"

#include <stddef.h>
#include <string.h>

static void ruleset_release(struct ruleset **ruleset)
{
    ruleset_free(*ruleset);
}

/* A table's file: where the command line may name it, and under what key netra.yaml does. */
struct place {
    enum option option;
    const char *key;
    size_t offset; /* of the path in struct netra_config */
};

static const struct place rules_place = {OPTION_rules, "rules_file",
                                         offsetof(struct netra_config, rules_file)};
static const struct place calendar_place = {OPTION_calendar, "calendar_file",
                                            offsetof(struct netra_config, calendar_file)};
static const struct place routing_place = {OPTION_routing, "routing_file",
                                           offsetof(struct netra_config, routing_file)};
static const struct place templates_place = {OPTION_templates, "templates_file",
                                             offsetof(struct netra_config, templates_file)};

static enum status find_file(struct command *command, const struct place *place,
                             const char **ret_path)
{
    *ret_path = command->arguments->values[place->option];
    if (*ret_path != NULL)
        return STATUS_OK;
    TRY(command_open_home(command));
    memcpy(ret_path, (const char *)command->config + place->offset, sizeof *ret_path);
    if (*ret_path != NULL)
        return STATUS_OK;
    diag_set(&command->diag, _("netra.yaml: expected %s"), place->key);
    return STATUS_USAGE;
}

/* ---- each pair; people get a line for each file, scripts the object ---- */

static enum status lint_rules(struct command *command, json_t *object)
{
    CLEANUP(ruleset_release) struct ruleset *ruleset = NULL;
    const char *rules = NULL;
    const char *calendar = NULL;
    unsigned codes = 0;

    TRY(find_file(command, &rules_place, &rules));
    TRY(find_file(command, &calendar_place, &calendar));
    TRY(tables_load_files(rules, calendar, &ruleset, &command->diag));
    while (ruleset_code_at(ruleset, codes) != NULL)
        codes++;
    json_put_text(object, "rules", rules);
    json_put_text(object, "calendar", calendar);
    json_put_text(object, "version", ruleset_version(ruleset));
    json_put_hex(object, "digest", view_of(ruleset_digest(ruleset), SHA256_SIZE));
    json_put_number(object, "codes", codes);
    if (command->output.is_json)
        return STATUS_OK;
    output_sentence(&command->output, "OK %s: version %s, %u codes", rules,
                    ruleset_version(ruleset), codes);
    output_sentence(&command->output, "OK %s: fits the rules", calendar);
    return STATUS_OK;
}

static enum status lint_routing(struct command *command, json_t *object)
{
    CLEANUP(notification_tables_close) struct notification_tables tables = {.digest = {0}};
    const char *routing = NULL;
    const char *templates = NULL;

    TRY(find_file(command, &routing_place, &routing));
    TRY(find_file(command, &templates_place, &templates));
    TRY(notification_tables_load(routing, templates, &tables, &command->diag));
    json_put_text(object, "routing", routing);
    json_put_text(object, "templates", templates);
    json_put_text(object, "routing_version", tables.routing.version);
    json_put_hex(object, "routing_digest", view_of(tables.digest, SHA256_SIZE));
    json_put_number(object, "routes", tables.routing.row_count);
    if (command->output.is_json)
        return STATUS_OK;
    output_sentence(&command->output, "OK %s: version %s, %u routes", routing,
                    tables.routing.version, tables.routing.row_count);
    output_sentence(&command->output, "OK %s: fits the routes", templates);
    return STATUS_OK;
}

enum status rules_lint(struct command *command)
{
    const char *const *values = command->arguments->values;
    const bool names_rules = values[OPTION_rules] != NULL || values[OPTION_calendar] != NULL;
    const bool names_routing = values[OPTION_routing] != NULL || values[OPTION_templates] != NULL;
    CLEANUP(json_release) json_t *object = json_object();

    if (names_rules || !names_routing)
        TRY(lint_rules(command, object));
    if (names_routing || !names_rules)
        TRY(lint_routing(command, object));
    if (command->output.is_json)
        output_object(&command->output, json_incref(object));
    return output_end(&command->output);
}
