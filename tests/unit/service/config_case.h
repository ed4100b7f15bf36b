/*
 * A program's configuration as the tests of config have one.
 */
#ifndef NETRA_TESTS_UNIT_SERVICE_CONFIG_CASE_H
#define NETRA_TESTS_UNIT_SERVICE_CONFIG_CASE_H

#include "common/service/config.h"

struct channel {
    char *label;
    char *token_file;
};

struct own_config {
    struct config common;
    char *rules_file;
    uint32_t workers_max;
    int mode;
    double weight;
    struct channel *channels;
    unsigned channels_count;
};

extern const cyaml_schema_value_t own_schema;

#endif
