/*
 * A schema with one field of each type that configurations use, beside the common ones.
 */
#include "config_case.h"

static const cyaml_strval_t modes[] = {{.str = "auto", .val = 1}, {.str = "manual", .val = 2}};

static const cyaml_schema_field_t channel_fields[] = {
    CYAML_FIELD_STRING_PTR("label", CYAML_FLAG_POINTER, struct channel, label, 1, 16),
    CYAML_FIELD_STRING_PTR("token_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct channel,
                           token_file, 1, 4095),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t channel_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct channel, channel_fields),
};

static const cyaml_schema_field_t own_fields[] = {
    CONFIG_COMMON_FIELDS(struct own_config),
    CYAML_FIELD_STRING_PTR("rules_file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                           struct own_config, rules_file, 1, 4095),
    CYAML_FIELD_UINT("workers_max", CYAML_FLAG_OPTIONAL, struct own_config, workers_max),
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct own_config, mode,
                     modes, 2),
    CYAML_FIELD_FLOAT("weight", CYAML_FLAG_OPTIONAL, struct own_config, weight),
    CYAML_FIELD_SEQUENCE("channels", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct own_config,
                         channels, &channel_value, 1, 2),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t own_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct own_config, own_fields),
};
