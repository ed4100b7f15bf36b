/* The configuration of every program of the benchmark. */
#include "tests/bench/bench_config.h"

struct bench_config {
    struct config common;
};

static const cyaml_schema_field_t fields[] = {
    CONFIG_COMMON_FIELDS(struct bench_config),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t bench_config_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct bench_config, fields),
};
