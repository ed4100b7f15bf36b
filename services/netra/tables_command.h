/*
 * The tables that netra.yaml names, looked at as the services look at them.
 */
#ifndef NETRA_NETRA_TABLES_COMMAND_H
#define NETRA_NETRA_TABLES_COMMAND_H

#include "common/base/sha256.h"
#include "services/netra/command.h"

#define TABLES_VERSION_BYTES 64u

/* One service's tables. */
struct tables_seen {
    char version[TABLES_VERSION_BYTES];
    uint8_t digest[SHA256_SIZE];
};

/* Loads and checks rules and calendar. STATUS_USAGE: netra.yaml does not name them.
 * STATUS_CONFIG_MISSING, STATUS_CONFIG_INVALID: the diag has file, line and what to do. */
enum status tables_look_rules(struct command *command, struct tables_seen *ret_seen) MUST_USE;

/* The same with routing and templates. */
enum status tables_look_routing(struct command *command, struct tables_seen *ret_seen) MUST_USE;

#endif
