/*
 * The ruleset of deploy/rules, for tests that need a real one; they run in the repository's root.
 */
#ifndef NETRA_TESTS_UNIT_CLASSIFICATION_RULESET_FIXTURE_H
#define NETRA_TESTS_UNIT_CLASSIFICATION_RULESET_FIXTURE_H

#include "services/classification/ruleset.h"

#define RULESET_FIXTURE_RULES "deploy/rules/ruleset.yaml"
#define RULESET_FIXTURE_CALENDAR "deploy/rules/calendar.yaml"

extern struct ruleset *ruleset_fixture;

/* For a group's setup and teardown. */
int ruleset_fixture_load(void **state);
int ruleset_fixture_release(void **state);

#endif
