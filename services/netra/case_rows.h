/*
 * Classification's decisions, joined with intake's cases by the case handle.
 *
 * Owns: nothing; rows lie in the command's arena, each packed as it came.
 * Limits: as many decisions as the arena holds (about a hundred thousand): STATUS_NO_MEMORY
 * beyond.
 */
#ifndef NETRA_NETRA_CASE_ROWS_H
#define NETRA_NETRA_CASE_ROWS_H

#include "common/wire/header.h"
#include "netra/v1/person_to_any.pb-c.h"
#include "services/netra/command.h"

struct case_decision {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t revision;
    struct view packed; /* a DecisionRow */
    struct case_decision *next;
};

/* The newest decision of each case, sorted by handle. */
struct case_decisions {
    struct case_decision **rows;
    size_t count;
    bool is_silent; /* classification gave no answer; it was named on stderr */
};

/* Pages through classification's decisions. A service that gives no answer is told on stderr and
 * in is_silent, and is no error. */
enum status case_decisions_load(struct command *command,
                                struct case_decisions *ret_decisions) MUST_USE;

/* The case's newest decision, or NULL. */
const struct case_decision *case_decisions_find(const struct case_decisions *decisions,
                                                const uint8_t case_handle[CASE_HANDLE_SIZE]);

/* The row itself, in the arena. */
enum status case_decision_row(const struct case_decision *decision, struct arena *arena,
                              const Netra__V1__DecisionRow **ret_row, struct diag *diag) MUST_USE;

#endif
