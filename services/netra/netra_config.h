/*
 * The command's configuration, HOME/conf/netra.yaml: whose keys it uses and where the doors are.
 *
 * Own keys beside the common part (common/service/config.h):
 *   node_key_file      the key that `case submit` and `case import` use
 *   reviewer_key_file  the key that acts and reads as reviewer
 *   auditor_key_file   the key that acts and reads as auditor
 *   rules_file, calendar_file, routing_file, templates_file
 *                      the tables that `rules`, `route` and `notice` look at
 *   protection_officers
 *                      two Curve25519 public keys, 64 hex digits each: what reporters are sealed
 *                      for, the first's layer inside
 *   receipt_public     64 hex digits: the Ed25519 key that receipts are signed with
 *   checkpoint_public  64 hex digits: the Ed25519 key that checkpoints are signed with
 */
#ifndef NETRA_NETRA_NETRA_CONFIG_H
#define NETRA_NETRA_NETRA_CONFIG_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/service/config.h"
#include "services/netra/door_client.h"

#define PROTECTION_OFFICERS 2u

struct netra_config {
    struct config common;
    char *node_key_file;     /* NULL: not given */
    char *reviewer_key_file; /* NULL: not given */
    char *auditor_key_file;  /* NULL: not given */
    char *rules_file;        /* NULL: not given */
    char *calendar_file;     /* NULL: not given */
    char *routing_file;      /* NULL: not given */
    char *templates_file;    /* NULL: not given */
    char **protection_officers;
    unsigned protection_officers_count; /* PROTECTION_OFFICERS, or 0: not given */
    char *receipt_public;               /* NULL: not given */
    char *checkpoint_public;            /* NULL: not given */
};

/* Loads HOME/conf/netra.yaml. STATUS_CONFIG_MISSING, STATUS_CONFIG_INVALID. */
enum status netra_config_load(const char *home, struct netra_config **ret_config,
                              struct diag *diag) MUST_USE;

/* NULL is fine. */
void netra_config_free(struct netra_config *config);

/* Where the doors are and with which keys. STATUS_CONFIG_INVALID when a service is not listed. */
enum status netra_config_doors(const struct netra_config *config,
                               struct door_address addresses[DOOR_COUNT],
                               struct diag *diag) MUST_USE;

#endif
