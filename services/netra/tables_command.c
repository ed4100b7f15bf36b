/*
 * `netra rules apply`: the tables are looked at here, then each service is ordered to load exactly
 * what was seen. A service that refuses keeps the tables that it has.
 */
#include "services/netra/tables_command.h"

#include "netra/v1/event.pb-c.h"
#include "services/classification/classification_tables.h"
#include "services/netra/act_request.h"
#include "services/netra/translate.h"
#include "services/notification/notification_tables.h"

#include <stdio.h>
#include <string.h>

static enum status expect_file(struct command *command, const char *path, const char *name)
{
    if (path != NULL)
        return STATUS_OK;
    diag_set(&command->diag, _("netra.yaml: expected %s"), name);
    return STATUS_USAGE;
}

enum status tables_look_rules(struct command *command, struct tables_seen *ret_seen)
{
    const struct netra_config *config = command->config;
    struct ruleset *ruleset = NULL;

    TRY(expect_file(command, config->rules_file, "rules_file"));
    TRY(expect_file(command, config->calendar_file, "calendar_file"));
    TRY(tables_load_files(config->rules_file, config->calendar_file, &ruleset, &command->diag));
    (void)snprintf(ret_seen->version, sizeof ret_seen->version, "%s", ruleset_version(ruleset));
    memcpy(ret_seen->digest, ruleset_digest(ruleset), SHA256_SIZE);
    ruleset_free(ruleset);
    return STATUS_OK;
}

enum status tables_look_routing(struct command *command, struct tables_seen *ret_seen)
{
    const struct netra_config *config = command->config;
    struct notification_tables *tables = arena_take(&command->arena, sizeof *tables);

    if (tables == NULL)
        return STATUS_NO_MEMORY;
    TRY(expect_file(command, config->routing_file, "routing_file"));
    TRY(expect_file(command, config->templates_file, "templates_file"));
    TRY(notification_tables_load(config->routing_file, config->templates_file, tables,
                                 &command->diag));
    (void)snprintf(ret_seen->version, sizeof ret_seen->version, "%s", tables->routing.version);
    memcpy(ret_seen->digest, tables->digest, SHA256_SIZE);
    notification_tables_close(tables);
    return STATUS_OK;
}

/* ---- the orders ---- */

static json_t *seen_to_json(enum door door, const struct tables_seen *seen)
{
    json_t *object = json_object();

    json_put_text(object, "service", door_name(door));
    json_put_text(object, "version", seen->version);
    json_put_hex(object, "digest", view_of(seen->digest, SHA256_SIZE));
    return object;
}

/* Orders one service; what it answers goes into the row. */
static enum status order(struct command *command, enum door door, struct tables_seen *seen)
{
    Netra__V1__TablesLoaded payload;
    char service[DOOR_NAME_SIZE];
    struct act_done done;
    json_t *row = seen_to_json(door, seen);

    netra__v1__tables_loaded__init(&payload);
    payload.service = door_name_to(door, service);
    payload.version = seen->version;
    payload.digest.data = seen->digest;
    payload.digest.len = SHA256_SIZE;
    const enum status status = act_request(
        command, door, NETRA__V1__EVENT_TYPE__EVENT_TYPE_TABLES_LOADED, &payload.base, &done);

    json_put_text(row, "status", status_name(status));
    json_put_text(row, "detail", status == STATUS_OK ? "" : command->diag.text);
    output_list_row(&command->output, row);
    return status;
}

/* Whoever is silent or knows no such operator has not judged the tables. */
static bool is_of_tables(enum status status)
{
    return status != STATUS_OK && status != STATUS_NOT_AUTHORISED &&
           status_class_of(status) != STATUS_CLASS_RETRY;
}

enum status rules_apply(struct command *command)
{
    static const struct column columns[] = {
        {"service", 14}, {"version", 12}, {"status", 14}, {"digest", 64}, {"detail", 0}};
    struct tables_seen rules;
    struct tables_seen routing;

    TRY(tables_look_rules(command, &rules));
    TRY(tables_look_routing(command, &routing));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    const enum status classification = order(command, DOOR_CLASSIFICATION, &rules);
    const enum status notification = order(command, DOOR_NOTIFICATION, &routing);

    output_list_end(&command->output);
    if (classification == STATUS_OK && notification == STATUS_OK)
        return STATUS_OK;
    diag_set(&command->diag, _("a service that refused keeps the tables it had"));
    if (is_of_tables(classification) || is_of_tables(notification))
        return STATUS_CONFIG_INVALID;
    return classification != STATUS_OK ? classification : notification;
}
