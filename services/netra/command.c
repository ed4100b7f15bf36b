/*
 * Opens for a verb what its row says it needs and nothing else, so that help, key files and
 * receipts work without an installation.
 */
#include "services/netra/command.h"

#include "common/service/process.h"
#include "services/netra/translate.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A list of every decision fits: 48 bytes each. Only what is touched takes memory. */
#define COMMAND_ARENA_BYTES (64u << 20)

/* An answer's frame, what it unpacks to, and its payloads opened. */
#define PAGE_ARENA_BYTES (16u << 20)

#define TIMEOUT_SECONDS_DEFAULT 10u
#define TIMEOUT_SECONDS_MAX 86400u

void command_note(const char *format, ...)
{
    char text[1000];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "netra: %s\n", text);
}

void command_note_silent(const struct door_ask *ask)
{
    command_note(_("%s gave no answer: %s: %s"), door_name(ask->door), status_name(ask->status),
                 ask->detail);
}

enum status command_open_home(struct command *command)
{
    if (command->config != NULL)
        return STATUS_OK;
    const char *home = command->arguments->values[OPTION_home];

    if (home == NULL)
        home = getenv("NETRA_HOME");
    if (home == NULL || home[0] == '\0')
        home = "./.netra";
    if (snprintf(command->home, sizeof command->home, "%s", home) >= (int)sizeof command->home) {
        diag_set(&command->diag, _("--home: the path is too long"));
        return STATUS_USAGE;
    }
    const enum status status = netra_config_load(command->home, &command->config, &command->diag);

    if (status == STATUS_CONFIG_MISSING)
        diag_prefix(&command->diag, _("no installation at %s (deploy/up makes one)"),
                    command->home);
    TRY(status);
    /* A demonstration never looks like the real thing. */
    if (strncmp(command->config->common.origin, "demo.invalid/", 13) == 0)
        (void)fprintf(stderr, "DEMONSTRATION %s: %s\n", command->config->common.origin,
                      _("invented cases only, nothing leaves this machine"));
    return STATUS_OK;
}

/* Whose key the verb asks with unless --key says otherwise, and the configuration's name for it.
 */
static const char *default_key(const struct command *command, const char **ret_name)
{
    const uint32_t needs = command->arguments->verb->needs;
    const struct netra_config *config = command->config;

    *ret_name = "key";
    if ((needs & NEEDS_NODE_KEY) != 0) {
        *ret_name = "node_key_file";
        return config->node_key_file;
    }
    if ((needs & NEEDS_REVIEWER_KEY) != 0) {
        *ret_name = "reviewer_key_file";
        return config->reviewer_key_file;
    }
    if ((needs & NEEDS_AUDITOR_KEY) != 0) {
        *ret_name = "auditor_key_file";
        return config->auditor_key_file;
    }
    return config->common.key;
}

enum status command_read_key(struct command *command)
{
    const char *name = NULL;
    const char *path = command->arguments->values[OPTION_key];

    if (path == NULL)
        path = default_key(command, &name);
    if (path == NULL) {
        diag_set(&command->diag, _("expected --key FILE, or %s in netra.yaml"), name);
        return STATUS_USAGE;
    }
    (void)snprintf(command->key_path, sizeof command->key_path, "%s", path);
    return key_pair_read(path, &command->key, &command->diag);
}

static enum status open_doors(struct command *command)
{
    struct door_address addresses[DOOR_COUNT];

    TRY(netra_config_doors(command->config, addresses, &command->diag));
    TRY(command_read_key(command));
    return door_client_open(&command->doors, addresses, &command->key, &command->diag);
}

static enum status read_timeout(struct command *command)
{
    const char *text = command->arguments->values[OPTION_timeout];
    uint64_t seconds = TIMEOUT_SECONDS_DEFAULT;

    if (text != NULL && !number_from_text(text, 1, TIMEOUT_SECONDS_MAX, &seconds)) {
        diag_set(&command->diag, _("--timeout: expected whole seconds, 1 to %u"),
                 TIMEOUT_SECONDS_MAX);
        return STATUS_USAGE;
    }
    command->timeout_ms = (int64_t)seconds * 1000;
    return STATUS_OK;
}

enum status command_open(struct command *command, const struct arguments *arguments)
{
    *command = (struct command){
        .arguments = arguments,
        .output = {.stream = stdout, .is_json = arguments->values[OPTION_json] != NULL},
    };
    (void)process_lock_memory(&command->key, sizeof command->key);
    TRY(read_timeout(command));
    TRY(arena_open(&command->arena, COMMAND_ARENA_BYTES));
    TRY(arena_open(&command->page, PAGE_ARENA_BYTES));
    if ((arguments->verb->needs & (NEEDS_HOME | NEEDS_DOORS)) != 0)
        TRY(command_open_home(command));
    if ((arguments->verb->needs & NEEDS_DOORS) != 0)
        TRY(open_doors(command));
    return STATUS_OK;
}

void command_close(struct command *command)
{
    door_client_close(&command->doors);
    netra_config_free(command->config);
    command->config = NULL;
    arena_close(&command->page);
    arena_close(&command->arena);
    sodium_memzero(&command->key, sizeof command->key);
}

enum status command_ask(struct command *command, enum door door, uint32_t kind, struct view body,
                        struct view *ret_answer)
{
    struct door_ask ask = {.door = door, .kind = kind, .body = body};

    /* The body lies elsewhere: callers pack it into the command's arena. */
    arena_reset(&command->page);
    TRY(door_client_ask(&command->doors, &ask, command->timeout_ms, &command->page,
                        &command->diag));
    *ret_answer = ask.answer;
    return STATUS_OK;
}

enum status command_door(struct command *command, const char *word, enum door *ret_door)
{
    *ret_door = door_of_name(word);
    if (*ret_door != DOOR_COUNT)
        return STATUS_OK;
    diag_set(&command->diag,
             _("`%s` is no service: intake, classification, notification or audit-log"), word);
    return STATUS_USAGE;
}
