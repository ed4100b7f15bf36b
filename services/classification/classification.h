/*
 * What a decision is made with: a ruleset and an engine, pinned together. Pure.
 *
 * Why: classification and every worker decide with the same library, so the same facts, ruleset
 * and engine give the same bytes wherever they are decided (protocol.md 21).
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_H

#include "common/base/sha256.h"
#include "services/classification/ruleset.h"

#include <stdbool.h>
#include <stdint.h>

/* What a verdict must have been made with to count. */
struct ruleset_pin {
    uint8_t digest[SHA256_SIZE]; /* the ruleset's */
    uint32_t engine;
};

/* The ruleset, and the engine of this program. */
struct ruleset_pin pin_of_ruleset(const struct ruleset *ruleset);

bool ruleset_pin_equals(const struct ruleset_pin *a, const struct ruleset_pin *b);

#endif
