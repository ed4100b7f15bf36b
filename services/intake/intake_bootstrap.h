/*
 * Reads the bootstrap file (bootstrap_line.h has its format) at the first start of a new store:
 * the keys by which the first operator, nodes and workers are let in.
 */
#ifndef NETRA_INTAKE_INTAKE_BOOTSTRAP_H
#define NETRA_INTAKE_INTAKE_BOOTSTRAP_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/service/register.h"
#include "common/service/service.h"

/*
 * Appends a KEY_AUTHORISED event for each line of the file at `path` and applies it to the
 * register, inside the turn's transaction. STATUS_CONFIG_MISSING: the file can't be read.
 * STATUS_CONFIG_INVALID: a line is wrong or contradicts an earlier one; `diag` names file and
 * line. RETRY and FATAL statuses of the store as they are.
 */
enum status intake_bootstrap(struct turn *turn, struct register_keys *keys, const char *path,
                             struct diag *diag) MUST_USE;

/* Appends an event for every key in the register, as it stands: for a destination that starts
 * late. The store's statuses, STATUS_NO_MEMORY. */
enum status intake_announce(struct turn *turn, const struct register_keys *keys) MUST_USE;

#endif
