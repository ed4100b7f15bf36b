/*
 * The delivered tables, loaded once for the targets that decide and tell by them.
 */
#ifndef NETRA_TESTS_FUZZ_TABLES_H
#define NETRA_TESTS_FUZZ_TABLES_H

#include "services/classification/ruleset.h"

/* deploy/rules/ruleset.yaml and calendar.yaml. */
const struct ruleset *tables_ruleset(void);

#endif
