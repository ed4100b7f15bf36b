/*
 * Where the table's concepts occur in a case's texts, and whether they are negated there.
 *
 * Owns: nothing; all of it lies in the caller's arena.
 * Limits: OCCURRENCES_MAX of one concept in one text, the first ones; the time grows with the
 * text, not with its square.
 */
#ifndef NETRA_CLASSIFICATION_TEXT_PHRASES_H
#define NETRA_CLASSIFICATION_TEXT_PHRASES_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "services/classification/ruleset_parts.h"
#include "services/classification/text_tokens.h"

#define OCCURRENCES_MAX 32u
#define TEXT_FIELDS 5u /* text fields are numbered from 1 */

struct occurrence {
    uint32_t first; /* tokens of the text */
    uint32_t last;
    struct occurrence *next;
};

struct occurrences {
    struct occurrence *head;
    struct occurrence *tail;
    uint32_t count;
};

struct findings {
    struct tokens tokens[TEXT_FIELDS];
    struct occurrences *affirmed[TEXT_FIELDS]; /* by concept */
    struct occurrences *negated;               /* by concept, in the description */
};

/* Reads all four texts of the facts. STATUS_NO_MEMORY. */
enum status findings_read(const struct ruleset *ruleset, const struct facts *facts,
                          struct arena *arena, struct findings *ret_findings) MUST_USE;

/* The token behind the last one of the shortest match of the phrase at `first`; 0: none. */
uint32_t phrase_match(const struct phrase *phrase, const struct tokens *tokens, uint32_t first);

/* Whether what begins at that token is negated. */
bool negation_holds(const struct negation *negation, const struct tokens *tokens, uint32_t first);

#endif
