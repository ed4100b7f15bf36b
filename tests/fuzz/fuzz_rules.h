/*
 * What the targets of the two tables of a ruleset share: loading them joined, and using what was
 * loaded.
 */
#ifndef NETRA_TESTS_FUZZ_FUZZ_RULES_H
#define NETRA_TESTS_FUZZ_FUZZ_RULES_H

#include "common/base/view.h"

/* Loads both; what is accepted must decide a few reports, what is refused must say why. */
void rules_try(struct view rules, struct view calendar);

#endif
