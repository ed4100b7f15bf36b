/*
 * The command's schema and its way from peers by name to doors by number.
 */
#include "services/netra/netra_config.h"

#include "common/base/bytes.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const cyaml_schema_value_t officer_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 64, 64),
};

static const cyaml_schema_field_t fields[] = {
    CONFIG_COMMON_FIELDS(struct netra_config),
    CYAML_FIELD_STRING_PTR("node_key_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, node_key_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("reviewer_key_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, reviewer_key_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("auditor_key_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, auditor_key_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("rules_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, rules_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("calendar_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, calendar_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("routing_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, routing_file, 1, 4095),
    CYAML_FIELD_STRING_PTR("templates_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, templates_file, 1, 4095),
    CYAML_FIELD_SEQUENCE("protection_officers", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct netra_config, protection_officers, &officer_schema,
                         PROTECTION_OFFICERS, PROTECTION_OFFICERS),
    CYAML_FIELD_STRING_PTR("receipt_public", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, receipt_public, 64, 64),
    CYAML_FIELD_STRING_PTR("checkpoint_public", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct netra_config, checkpoint_public, 64, 64),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct netra_config, fields),
};

/* Two persons are two keys: sealed twice to one, a reporter would have one protector. */
static enum status check_officers(const struct netra_config *config, struct diag *diag)
{
    uint8_t keys[PROTECTION_OFFICERS][32];

    for (unsigned i = 0; i < config->protection_officers_count; i++) {
        if (bytes_from_hex(config->protection_officers[i], keys[i], sizeof keys[i]))
            continue;
        diag_set(diag, "netra.yaml: protection_officers[%u]: expected 64 hex digits", i);
        return STATUS_CONFIG_INVALID;
    }
    if (config->protection_officers_count < PROTECTION_OFFICERS ||
        memcmp(keys[0], keys[1], sizeof keys[0]) != 0)
        return STATUS_OK;
    diag_set(diag, "netra.yaml: protection_officers: the same key twice; expected two persons'");
    return STATUS_CONFIG_INVALID;
}

enum status netra_config_load(const char *home, struct netra_config **ret_config,
                              struct diag *diag)
{
    char path[PATH_MAX];
    struct config *config = NULL;

    if (snprintf(path, sizeof path, "%s/conf/netra.yaml", home) >= (int)sizeof path) {
        diag_set(diag, "the home's path is too long");
        return STATUS_CONFIG_MISSING;
    }
    TRY(config_load(path, "netra", &schema, &config, diag));
    const enum status status = check_officers((struct netra_config *)config, diag);

    if (status != STATUS_OK) {
        netra_config_free((struct netra_config *)config);
        return status;
    }
    *ret_config = (struct netra_config *)config;
    return STATUS_OK;
}

void netra_config_free(struct netra_config *config)
{
    if (config != NULL)
        config_free(&schema, &config->common);
}

enum status netra_config_doors(const struct netra_config *config,
                               struct door_address addresses[DOOR_COUNT], struct diag *diag)
{
    memset(addresses, 0, DOOR_COUNT * sizeof addresses[0]);
    for (unsigned i = 0; i < config->common.peers_count; i++) {
        const struct config_peer *peer = &config->common.peers[i];
        const enum door door = door_of_name(peer->name);

        if (door == DOOR_COUNT)
            continue;
        if (peer->public_key == NULL ||
            !bytes_from_hex(peer->public_key, addresses[door].public_key, 32)) {
            diag_set(diag, "netra.yaml: peer %s: expected a public_key of 64 hex digits",
                     peer->name);
            return STATUS_CONFIG_INVALID;
        }
        addresses[door].door = peer->door;
    }
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        if (addresses[door].door != NULL)
            continue;
        diag_set(diag, "netra.yaml: expected a peer %s with its door", door_name((enum door)door));
        return STATUS_CONFIG_INVALID;
    }
    return STATUS_OK;
}
