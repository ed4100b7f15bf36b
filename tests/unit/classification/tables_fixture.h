/*
 * Small tables for tests of the engine, and rulesets made of them.
 *
 * Owns: what tables_make yields is the caller's, until ruleset_free.
 */
#ifndef NETRA_TESTS_UNIT_CLASSIFICATION_TABLES_FIXTURE_H
#define NETRA_TESTS_UNIT_CLASSIFICATION_TABLES_FIXTURE_H

#include "services/classification/classification_tables.h"

extern const char small_rules[];
extern const char small_calendar[];

/* The text with the first `find` replaced; it must be there. Static room, one per call site's
 * `slot` (0 or 1). */
const char *text_with(unsigned slot, const char *text, const char *find, const char *with);

/* Joins the two tables and loads them. */
enum status tables_make(const char *rules, const char *calendar, struct ruleset **ret_ruleset,
                        struct diag *diag);

/* The small tables; the test fails when they don't load. */
struct ruleset *tables_small(void);

#endif
