/*
 * The configuration of every program of the benchmark: the common part and nothing else.
 */
#ifndef NETRA_TESTS_BENCH_BENCH_CONFIG_H
#define NETRA_TESTS_BENCH_BENCH_CONFIG_H

#include "common/service/config.h"

extern const cyaml_schema_value_t bench_config_schema;

#endif
