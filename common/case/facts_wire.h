/*
 * Facts between the contract's message and the struct; the one place that translates them.
 */
#ifndef NETRA_CASE_FACTS_WIRE_H
#define NETRA_CASE_FACTS_WIRE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/case/facts.h"

struct Netra__V1__Facts;

/* Reads a message (NULL: absent); texts stay the message's. STATUS_FIELD_MISSING (no facts),
 * STATUS_CONTRACT_NEWER (an enum's value), STATUS_OUT_OF_RANGE (a list too long, a digest of
 * another size). `diag` names the field. */
enum status facts_wire_read(const struct Netra__V1__Facts *message, struct facts *ret_facts,
                            struct diag *diag) MUST_USE;

/* Makes the message, in the arena; the same facts give the same bytes once packed.
 * STATUS_NO_MEMORY. */
enum status facts_wire_make(const struct facts *facts, struct arena *arena,
                            struct Netra__V1__Facts **ret_message) MUST_USE;

#endif
