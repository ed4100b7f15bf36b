/*
 * Configuration files as a service and as the command load them: what is accepted keeps the
 * common rules, what is refused names file and place.
 */
#include "common/service/address.h"
#include "services/netra/netra_config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* The common part, and an own field of each kind. */
struct fuzz_config {
    struct config common;
    char *rules_file;
    uint64_t lease_ms;
};

static const cyaml_schema_field_t fields[] = {
    CONFIG_COMMON_FIELDS(struct fuzz_config),
    CYAML_FIELD_STRING_PTR("rules_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct fuzz_config, rules_file, 1, 4095),
    CYAML_FIELD_UINT("lease_ms", CYAML_FLAG_OPTIONAL, struct fuzz_config, lease_ms),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct fuzz_config, fields),
};

static bool is_one_of(const char *text, const char *const *known)
{
    for (; *known != NULL; known++)
        if (strcmp(text, *known) == 0)
            return true;
    return false;
}

static void check_common(const struct config *config, const char *service)
{
    static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
    static const char *const formats[] = {"logfmt", "json", NULL};
    struct sockaddr_in address;
    FUZZ_CHECK(strcmp(config->service, service) == 0);
    FUZZ_CHECK(config->origin[0] != '\0' && config->key[0] == '/');
    FUZZ_CHECK(config->store == NULL || config->store[0] == '/');
    FUZZ_CHECK(is_one_of(config->log.level, levels) && is_one_of(config->log.format, formats));
    FUZZ_CHECK(config->listen.http == NULL || address_read(config->listen.http, &address));
    for (unsigned i = 0; i < config->peers_count; i++) {
        FUZZ_CHECK(strlen(config->peers[i].public_key) == 64);
        FUZZ_CHECK(config->peers[i].name[0] != '\0');
    }
}

static void check_refused(enum status status, const struct diag *diag)
{
    FUZZ_CHECK(status == STATUS_CONFIG_INVALID || status == STATUS_CONFIG_MISSING);
    fuzz_check_table_refused(status, diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *path = fuzz_file_named(view_of(bytes, size), "netra.yaml");
    struct door_address doors[DOOR_COUNT];
    struct netra_config *command = NULL;
    struct config *config = NULL;
    struct diag diag = {0};
    enum status status = config_load(path, "intake", &schema, &config, &diag);
    if (status == STATUS_OK)
        check_common(config, "intake");
    else
        check_refused(status, &diag);
    config_free(&schema, config);

    status = netra_config_load(fuzz_home(), &command, &diag);
    if (status == STATUS_OK) {
        check_common(&command->common, "netra");
        status = netra_config_doors(command, doors, &diag);
    }
    if (status != STATUS_OK)
        check_refused(status, &diag);
    netra_config_free(command);
    return 0;
}
