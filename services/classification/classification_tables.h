/*
 * Loads a ruleset from its two YAML tables, rules and calendar (deploy/rules/README.md has their
 * form), and checks that they fit each other. An edge: it reads files and YAML.
 *
 * The bytes of a ruleset, over which its digest goes: "netra-ruleset/v2\n" | size of the rules[4]
 * | rules | size of the calendar[4] | calendar, sizes big-endian.
 *
 * Errors: STATUS_CONFIG_MISSING (a file can't be read), STATUS_NO_MEMORY, STATUS_CONFIG_INVALID;
 * `diag` has one message with file, line, what is wrong and what to do.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_TABLES_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_TABLES_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "services/classification/ruleset.h"

/* Two tables as large as a table may be, joined. */
#define RULESET_BYTES_MAX (2u * 1048576u + 25u)

/* From two files. */
enum status tables_load_files(const char *rules_path, const char *calendar_path,
                              struct ruleset **ret_ruleset, struct diag *diag) MUST_USE;

/* From the joined bytes, as a worker got them. STATUS_MALFORMED: they are no joined tables. */
enum status tables_load_bytes(struct view bytes, struct ruleset **ret_ruleset,
                              struct diag *diag) MUST_USE;

#endif
