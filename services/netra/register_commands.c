/* `netra node`, `netra person`, `netra worker`: the register of keys (protocol.md 25). */
#include "common/base/bytes.h"
#include "common/wire/limits.h"
#include "common/wire/unpack.h"
#include "netra/v1/door.pb-c.h"
#include "netra/v1/event.pb-c.h"
#include "netra/v1/intake_to_any.pb-c.h"
#include "services/netra/act_request.h"
#include "services/netra/command.h"
#include "services/netra/file.h"
#include "services/netra/pages.h"
#include "services/netra/public_key.h"
#include "services/netra/translate.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define REASON_BYTES_MAX 1000u

struct role_name {
    const char *noun;
    const char *name;
    Netra__V1__Role role;
};

/* Who is listed and authorised under which noun. */
static const struct role_name role_names[] = {
    {"node", "node", NETRA__V1__ROLE__ROLE_NODE},
    {"worker", "worker", NETRA__V1__ROLE__ROLE_WORKER},
    {"person", "officer", NETRA__V1__ROLE__ROLE_OFFICER},
    {"person", "reviewer", NETRA__V1__ROLE__ROLE_REVIEWER},
    {"person", "approver", NETRA__V1__ROLE__ROLE_APPROVER},
    {"person", "protection_officer", NETRA__V1__ROLE__ROLE_PROTECTION_OFFICER},
    {"person", "operator", NETRA__V1__ROLE__ROLE_OPERATOR},
    {"person", "auditor", NETRA__V1__ROLE__ROLE_AUDITOR},
};
#define ROLE_NAME_COUNT (sizeof role_names / sizeof role_names[0])

static const struct role_name *role_of_number(uint32_t role)
{
    for (size_t i = 0; i < ROLE_NAME_COUNT; i++) {
        if ((uint32_t)role_names[i].role == role)
            return &role_names[i];
    }
    return NULL;
}

/* The role that noun and --role name. */
static enum status choose_role(struct command *command, Netra__V1__Role *ret_role)
{
    const char *noun = command->arguments->noun;
    const char *name = command->arguments->values[OPTION_role];

    if (name == NULL && strcmp(noun, "person") == 0) {
        diag_set(&command->diag, _("--role is needed: %s"), _(option_text(OPTION_role)));
        return STATUS_USAGE;
    }
    for (size_t i = 0; i < ROLE_NAME_COUNT; i++) {
        if (strcmp(role_names[i].noun, noun) != 0 ||
            (name != NULL && strcmp(role_names[i].name, name) != 0))
            continue;
        *ret_role = role_names[i].role;
        return STATUS_OK;
    }
    diag_set(&command->diag, _("--role %s is no role of a %s"), name, noun);
    return STATUS_USAGE;
}

/* The name becomes a file's name and stands in logs. */
static enum status check_name(struct command *command, const char *name)
{
    const size_t size = strlen(name);

    for (const char *at = name; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) && (at == name || strchr("-_.", *at) == NULL)) {
            diag_set(&command->diag, _("a name has letters, digits, -, _ and . only"));
            return STATUS_USAGE;
        }
    }
    if (size > 0 && size <= LIMIT_NAME_BYTES)
        return STATUS_OK;
    diag_set(&command->diag, _("a name has 1 to %u characters"), LIMIT_NAME_BYTES);
    return STATUS_USAGE;
}

enum status register_new(struct command *command)
{
    const char *noun = command->arguments->noun;
    const char *name = command->arguments->words[0];
    const char *role = strcmp(noun, "person") == 0 ? " --role ROLE" : "";
    const char *region = strcmp(noun, "node") == 0 ? " --region CODE" : "";
    char path[PATH_MAX];

    TRY(check_name(command, name));
    if (snprintf(path, sizeof path, "%s/keys/%s.key", command->home, name) >= (int)sizeof path) {
        diag_set(&command->diag, _("the home's path is too long"));
        return STATUS_USAGE;
    }
    key_pair_draw(&command->key);
    TRY(key_pair_write(path, &command->key, &command->diag));
    json_t *object = public_key_to_json(&command->key);

    json_put_text(object, "file", path);
    output_object(&command->output, object);
    command_note(_("to let it in: netra --home %s %s authorise %s --key-file %s%s%s"),
                 command->home, noun, name, path, role, region);
    return STATUS_OK;
}

enum status register_authorise(struct command *command)
{
    const struct arguments *arguments = command->arguments;
    const char *path = arguments->values[OPTION_key_file];
    Netra__V1__KeyAuthorised payload;
    char name[LIMIT_NAME_BYTES + 1];
    char regions[ARGUMENT_REGIONS_MAX][32];
    char *region_texts[ARGUMENT_REGIONS_MAX];
    struct public_key key;
    struct act_done done;

    netra__v1__key_authorised__init(&payload);
    TRY(check_name(command, arguments->words[0]));
    TRY(choose_role(command, &payload.role));
    if (path == NULL) {
        diag_set(&command->diag, _("--key-file is needed: %s"), _(option_text(OPTION_key_file)));
        return STATUS_USAGE;
    }
    TRY(public_key_read(command, path, &key));
    (void)snprintf(name, sizeof name, "%s", arguments->words[0]);
    payload.name = name;
    payload.curve_public = wire_bytes(view_of(key.curve_public, 32));
    if (payload.role != NETRA__V1__ROLE__ROLE_WORKER) /* a worker signs nothing */
        payload.sign_public = wire_bytes(view_of(key.sign_public, 32));
    for (unsigned i = 0; i < arguments->region_count; i++) {
        int length = snprintf(regions[i], sizeof regions[i], "%s", arguments->regions[i]);

        if (length < 0 || (size_t)length >= sizeof regions[i]) {
            diag_set(&command->diag, _("--region: a Kemendagri code such as 36.04 was expected"));
            return STATUS_USAGE;
        }
        region_texts[i] = regions[i];
    }
    payload.regions = region_texts;
    payload.n_regions = arguments->region_count;
    TRY(act_request(command, DOOR_INTAKE, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_AUTHORISED,
                    &payload.base, &done));
    act_print(command, DOOR_INTAKE, &done);
    return STATUS_OK;
}

/* ---- the register as intake has it ---- */

static enum status ask_page(struct command *command, uint64_t after,
                            const Netra__V1__RegisterKeys **ret_page)
{
    ProtobufCMessage *unpacked = NULL;

    TRY(page_ask(command, DOOR_INTAKE, NETRA__V1__REQUEST_KIND__REQUEST_KIND_REGISTER, after,
                 &netra__v1__register_keys__descriptor, &unpacked));
    *ret_page = (const Netra__V1__RegisterKeys *)unpacked;
    return STATUS_OK;
}

/* The role's names, or NULL where the command's noun is not the role's. */
static const struct role_name *role_of_noun(const struct command *command, uint32_t role)
{
    const struct role_name *known = role_of_number(role);

    if (known == NULL || strcmp(known->noun, command->arguments->noun) != 0)
        return NULL;
    return known;
}

static void print_key(struct command *command, const struct role_name *role,
                      const Netra__V1__RegisterKey *key)
{
    json_t *object = json_object();
    json_t *regions = json_array();

    json_put_text(object, "name", key->name);
    json_put_text(object, "role", role->name);
    for (size_t i = 0; i < key->n_regions; i++)
        (void)json_array_append_new(regions, json_string(key->regions[i]));
    if (key->n_regions == 0)
        (void)json_array_append_new(regions, json_string("*"));
    (void)json_object_set_new(object, "regions", regions);
    json_put_bool(object, "revoked", key->is_revoked);
    json_put_hex(object, "key_id", wire_view(key->key_id));
    json_put_hex(object, "curve_public", wire_view(key->curve_public));
    json_put_hex(object, "sign_public", wire_view(key->sign_public));
    output_list_row(&command->output, object);
}

enum status register_list(struct command *command)
{
    static const struct column columns[] = {{"name", 16},   {"role", 18},  {"regions", 14},
                                            {"revoked", 7}, {"key_id", 8}, {"curve_public", 64}};
    const Netra__V1__RegisterKeys *page = NULL;
    uint64_t after = 0;

    TRY(ask_page(command, 0, &page));
    output_list_begin(&command->output, columns, sizeof columns / sizeof columns[0]);
    while (page->n_keys > 0) {
        for (size_t i = 0; i < page->n_keys; i++) {
            const struct role_name *role = role_of_noun(command, page->keys[i]->role);

            if (role != NULL)
                print_key(command, role, page->keys[i]);
        }
        after = page->keys[page->n_keys - 1]->id;
        TRY(ask_page(command, after, &page));
    }
    output_list_end(&command->output);
    return STATUS_OK;
}

/* The public key of the name among the noun's roles; a revoked one only without another. */
static enum status find_key(struct command *command, const char *name, uint8_t curve_public[32])
{
    const Netra__V1__RegisterKeys *page = NULL;
    bool is_found = false;
    uint64_t after = 0;

    for (;;) {
        TRY(ask_page(command, after, &page));
        for (size_t i = 0; i < page->n_keys; i++) {
            const Netra__V1__RegisterKey *key = page->keys[i];

            if (role_of_noun(command, key->role) == NULL || strcmp(key->name, name) != 0 ||
                (is_found && key->is_revoked))
                continue;
            TRY(wire_exact(key->curve_public, curve_public, 32, "curve_public", &command->diag));
            is_found = true;
        }
        if (page->n_keys == 0)
            break;
        after = page->keys[page->n_keys - 1]->id;
    }
    if (is_found)
        return STATUS_OK;
    diag_set(&command->diag, _("the register has no %s of that name"), command->arguments->noun);
    return STATUS_NOT_FOUND;
}

enum status register_revoke(struct command *command)
{
    const char *reason = command->arguments->values[OPTION_reason];
    Netra__V1__KeyRevoked payload;
    char text[REASON_BYTES_MAX + 1];
    uint8_t curve_public[32];
    struct act_done done;

    netra__v1__key_revoked__init(&payload);
    if (reason == NULL) {
        diag_set(&command->diag, _("--reason is needed: %s"), _(option_text(OPTION_reason)));
        return STATUS_USAGE;
    }
    if (strcmp(reason, "-") == 0) { /* not on the command line, where other users see it */
        struct view read;

        TRY(file_read("-", REASON_BYTES_MAX, &command->arena, &read, &command->diag));
        reason = (const char *)read.bytes;
    }
    const int size = snprintf(text, sizeof text, "%s", reason);

    if (size <= 0 || (size_t)size >= sizeof text) {
        diag_set(&command->diag, _("--reason: 1 to %u bytes"), REASON_BYTES_MAX);
        return STATUS_USAGE;
    }
    text[strcspn(text, "\n")] = '\0';
    TRY(find_key(command, command->arguments->words[0], curve_public));
    payload.curve_public = wire_bytes(view_of(curve_public, sizeof curve_public));
    payload.reason = text;
    TRY(act_request(command, DOOR_INTAKE, NETRA__V1__EVENT_TYPE__EVENT_TYPE_KEY_REVOKED,
                    &payload.base, &done));
    act_print(command, DOOR_INTAKE, &done);
    return STATUS_OK;
}
