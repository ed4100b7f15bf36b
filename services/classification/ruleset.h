/*
 * A ruleset as the engine uses it: rules, codes, calendar, authorities, all read from the tables
 * that classification_tables.h loads. Immutable once made.
 *
 * Why opaque: the engine's own files (ruleset_*.c, text_*.c, decide_*.c) know its inside; a
 * service holds a pointer, a digest, and asks.
 * Owns: one arena; ruleset_free ends it.
 */
#ifndef NETRA_CLASSIFICATION_RULESET_H
#define NETRA_CLASSIFICATION_RULESET_H

#include "common/base/arena.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/case/facts.h"
#include "services/classification/verdict.h"

#include <stdbool.h>
#include <stdint.h>

/* Moves whenever the same facts and ruleset would give other bytes than before. */
#define CLASSIFICATION_ENGINE 2u

struct ruleset;

/* SHA-256 of the tables' bytes as they are joined (classification_tables.h). SHA256_SIZE bytes. */
const uint8_t *ruleset_digest(const struct ruleset *ruleset);

/* The bytes themselves: what a worker is sent. */
struct view ruleset_bytes(const struct ruleset *ruleset);

/* As the first table names it. */
const char *ruleset_version(const struct ruleset *ruleset);

void ruleset_free(struct ruleset *ruleset);

/* Where a code stands in the law on a day. Texts are the ruleset's. */
struct code_basis {
    const char *code;
    const char *label;
    const char *skb; /* "": none */
    const char *article;
    const char *source;
    const char *sanction; /* class of the table */
};

#define BASIS_ROWS_MAX 4u /* of one code on one day */

/* The code's rows for that day (0: every row without a date, and the newest of the others).
 * Returns how many; 0: the ruleset has no such code. */
unsigned ruleset_basis(const struct ruleset *ruleset, const char *code, uint32_t day,
                       struct code_basis rows[BASIS_ROWS_MAX]);

/* What a decision for that code is. False: the ruleset has no such code. */
bool ruleset_outcome(const struct ruleset *ruleset, const char *code, enum outcome *ret_outcome);

/* The stage a code belongs to; STAGE_NONE: any. False: the ruleset has no such code. */
bool ruleset_stage(const struct ruleset *ruleset, const char *code, enum stage *ret_stage);

/* The national supervisor on that day. */
const char *ruleset_authority(const struct ruleset *ruleset, uint32_t day);

/* The codes in the table's order, for `rules list`: index from 0; NULL behind the last. */
const char *ruleset_code_at(const struct ruleset *ruleset, unsigned index);

/* Decides a report. `facts->received` is the day of receipt and must be said. Scratch memory is
 * taken from the arena, which the caller resets; same facts and ruleset, same verdict, byte for
 * byte. STATUS_NO_MEMORY: the arena is too small (RULESET_SCRATCH_BYTES is enough for any facts
 * that pass facts_check). */
#define RULESET_SCRATCH_BYTES (8u * 1024u * 1024u)
enum status ruleset_decide(const struct ruleset *ruleset, const struct facts *facts,
                           struct arena *arena, struct verdict *ret_verdict) MUST_USE;

#endif
