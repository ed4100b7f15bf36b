/*
 * A line of the bootstrap file, from which a new intake learns its first keys. Pure.
 *
 * Format, words separated by blanks; empty lines and lines that begin with # are skipped:
 *   ROLE NAME CURVE_PUBLIC_HEX SIGN_PUBLIC_HEX REGIONS
 *   ROLE             a Role of proto/netra/v1/event.proto in lower case without its prefix:
 *                    operator, node, worker, …
 *   NAME             unique among the role's keys, at most LIMIT_NAME_BYTES bytes
 *   SIGN_PUBLIC_HEX  - when it signs nothing
 *   REGIONS          * for all, or codes joined by commas
 */
#ifndef NETRA_INTAKE_BOOTSTRAP_LINE_H
#define NETRA_INTAKE_BOOTSTRAP_LINE_H

#include "common/base/diag.h"
#include "common/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOTSTRAP_REGIONS_MAX 64u

/* A key to authorise (KeyAuthorised). Texts are borrowed. */
struct bootstrap_key {
    const char *role;
    const char *name;
    uint8_t curve_public[32];
    uint8_t sign_public[32];
    bool has_sign_public;
    const char *regions[BOOTSTRAP_REGIONS_MAX];
    size_t region_count; /* 0: all */
};

/*
 * Takes a line apart in place; `ret_key` borrows from it. *ret_has_key is false for a line that
 * says nothing. STATUS_CONFIG_INVALID with `diag` naming the word and what was expected.
 */
enum status bootstrap_line_parse(char *line, struct bootstrap_key *ret_key, bool *ret_has_key,
                                 struct diag *diag) MUST_USE;

#endif
