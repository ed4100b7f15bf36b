/*
 * Intake's side of a submission, apart: client and service have a struct of that name each.
 */
#ifndef NETRA_TESTS_FUZZ_SUBMISSION_AT_INTAKE_H
#define NETRA_TESTS_FUZZ_SUBMISSION_AT_INTAKE_H

#include "common/base/arena.h"
#include "common/base/view.h"

#include <stdint.h>

/* Checks that intake takes the request as a submission without a mistake on that day. */
void submission_at_intake(struct view request, uint32_t today, struct arena *arena);

#endif
