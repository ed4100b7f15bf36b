/*
 * `netra reporter open`: who reported, with both protection officers' keys. Asking for the sealed
 * identity is an act of the first one; the second key never leaves this process.
 */
#include "common/base/bytes.h"
#include "common/service/process.h"
#include "common/wire/unpack.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/act_request.h"
#include "services/netra/case_ask.h"
#include "services/netra/reporter_seal.h"
#include "services/netra/translate.h"

#include <sodium.h>
#include <string.h>

/* Acts as the first officer: the command's key is that one. */
static enum status open_door(struct command *command, const char *first)
{
    struct door_address addresses[DOOR_COUNT];

    TRY(netra_config_doors(command->config, addresses, &command->diag));
    TRY(key_pair_read(first, &command->key, &command->diag));
    return door_client_open(&command->doors, addresses, &command->key, &command->diag);
}

/* The key must be the one that reporters are sealed for in that place: asking with others would be
 * an event of the log, and open nothing. */
static enum status check_officer(struct command *command, const struct key_pair *key,
                                 unsigned place)
{
    const struct netra_config *config = command->config;
    uint8_t expected[REPORTER_KEY_SIZE];

    if (config->protection_officers_count != PROTECTION_OFFICERS ||
        !bytes_from_hex(config->protection_officers[place], expected, sizeof expected) ||
        memcmp(expected, key->curve_public, sizeof expected) == 0)
        return STATUS_OK; /* nothing to compare with: the seal decides */
    diag_set(&command->diag, _("--%s is not the key of protection officer %u of netra.yaml"),
             place == 0 ? "first" : "second", place + 1);
    return STATUS_USAGE;
}

static enum status ask_sealed(struct command *command, const struct key_pair *second,
                              struct view *ret_sealed)
{
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint8_t second_key_id[KEY_ID_SIZE];
    Netra__V1__OpenReporter payload;
    struct act_done done;

    TRY(case_ask_handle(command, command->arguments->words[0], case_handle));
    netra__v1__open_reporter__init(&payload);
    key_id_of(second->sign_public, second->curve_public, second_key_id);
    payload.second_key_id = wire_bytes(view_of(second_key_id, KEY_ID_SIZE));
    const struct act_order order = {.door = DOOR_INTAKE,
                                    .type = NETRA__V1__EVENT_TYPE__EVENT_TYPE_REPORTER_OPENED,
                                    .role = NETRA__V1__ROLE__ROLE_PROTECTION_OFFICER,
                                    .case_handle = case_handle,
                                    .payload = &payload.base};

    TRY(act_request_order(command, &order, &done));
    *ret_sealed = done.answer;
    return STATUS_OK;
}

static enum status open_reporter(struct command *command, const struct key_pair *second)
{
    const struct reporter_key first_key = {command->key.curve_public, command->key.curve_secret};
    const struct reporter_key second_key = {second->curve_public, second->curve_secret};
    struct reporter reporter;
    struct view sealed;

    TRY(ask_sealed(command, second, &sealed));
    TRY(reporter_unseal(sealed, &first_key, &second_key, &reporter, &command->diag));
    json_t *object = json_object();

    json_put_text(object, "case_number", command->arguments->words[0]);
    json_put_text(object, "name", reporter.name);
    json_put_text(object, "contact", reporter.contact);
    sodium_memzero(&reporter, sizeof reporter);
    output_object(&command->output, object);
    return STATUS_OK;
}

enum status reporter_open(struct command *command)
{
    const char *first = command->arguments->values[OPTION_first];
    const char *second = command->arguments->values[OPTION_second];
    struct key_pair second_key;

    if (first == NULL || second == NULL) {
        diag_set(&command->diag, "%s", _("--first FILE and --second FILE are needed"));
        return STATUS_USAGE;
    }
    (void)process_lock_memory(&second_key, sizeof second_key);
    TRY(open_door(command, first));
    TRY(key_pair_read(second, &second_key, &command->diag));
    enum status status = check_officer(command, &command->key, 0);

    if (status == STATUS_OK)
        status = check_officer(command, &second_key, 1);
    if (status == STATUS_OK)
        status = open_reporter(command, &second_key);

    sodium_memzero(&second_key, sizeof second_key);
    return status;
}
