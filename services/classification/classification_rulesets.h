/*
 * The rulesets that the service holds: the one in force, the one before it, which workers may
 * still be fetching, and one that was loaded and waits for its act to be on disk.
 *
 * Owns: the rulesets. Paths are borrowed from the configuration.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_RULESETS_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_RULESETS_H

#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "services/classification/ruleset.h"

#include <stdbool.h>
#include <stdint.h>

/* As many hex digits of a digest as tell rulesets apart in a log. */
#define RULESET_PREFIX_DIGITS 12u

struct rulesets {
    const char *rules_path;
    const char *calendar_path;
    struct ruleset *in_force;
    struct ruleset *before; /* NULL: none */
    struct ruleset *next;   /* NULL: none */
};

/* Loads the first one from the two files and says so in the log. tables_load_files's statuses;
 * `diag` has the loader's message. */
enum status rulesets_open(struct rulesets *rulesets, const char *rules_path,
                          const char *calendar_path, struct diag *diag) MUST_USE;

/* Frees all of them. Rulesets that were never opened (all zero) are fine. */
void rulesets_close(struct rulesets *rulesets);

/* Reads the files again into `next`. STATUS_TABLES_INVALID: they can't be read or have a mistake,
 * which `diag` names; everything stays as it was. STATUS_TRY_AGAIN_LATER: others wait there
 * already for their transaction, which may say of them alone that they are in force. */
enum status rulesets_load_next(struct rulesets *rulesets, struct diag *diag) MUST_USE;

/* Forgets `next`. */
void rulesets_drop_next(struct rulesets *rulesets);

/* Puts `next` in force. False: there is none, or it is the one in force. */
bool rulesets_switch(struct rulesets *rulesets);

/* The ruleset in force or the one before with that digest; NULL: neither. */
const struct ruleset *rulesets_find(const struct rulesets *rulesets,
                                    const uint8_t digest[SHA256_SIZE]);

#endif
