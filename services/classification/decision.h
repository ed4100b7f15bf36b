/*
 * Decisions: what one says, how it stands to those before it, and what a reviewer makes of it.
 * Pure.
 *
 * Owns: nothing; texts and basis rows are borrowed from the ruleset or from the message they were
 * read from.
 * Units: days as in common/case/day.h; instants are Unix seconds.
 */
#ifndef NETRA_CLASSIFICATION_DECISION_H
#define NETRA_CLASSIFICATION_DECISION_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/case/facts.h"
#include "common/wire/header.h"
#include "services/classification/classification.h"
#include "services/classification/verdict.h"

#include <stdbool.h>
#include <stdint.h>

/* Of every code of a verdict, and of its primary where that is none of them. */
#define DECISION_BASIS_MAX ((VERDICT_CODES_MAX + 1u) * BASIS_ROWS_MAX)

/* An override's reason, in the reviewer's words. */
#define DECISION_WHY_BYTES_MAX 4096u

/* Why a machine's decision above a person's must be looked at (protocol.md 20). */
#define DECISION_STANDS_ABOVE_PERSON "STANDS_ABOVE_PERSON"

/* What a decision says: the payload of its event. */
struct decision_made {
    uint32_t revision; /* of the case's decision, from 1 (protocol.md 20) */
    struct verdict verdict;
    uint8_t facts_stream[STREAM_ID_SIZE]; /* the entry of intake it decides */
    uint64_t facts_seq;
    uint32_t facts_revision; /* 0: the facts could not be read, nor what follows */
    const char *case_number;
    const char *region; /* handling region */
    uint32_t incident_date;
    uint32_t received;
    struct ruleset_pin pin; /* what the verdict was made with */
    uint64_t decided_at;
    const struct code_basis *basis;
    unsigned basis_count;
    bool is_of_person;
    uint8_t reviewer_key_id[KEY_ID_SIZE]; /* with is_of_person: whose */
};

/* A decision as it stands in the store. */
struct decision {
    uint64_t id; /* the list's key */
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t revision;
    enum outcome outcome;
    enum disposition disposition;
    char region[FACTS_REGION_BYTES_MAX + 1];
    uint8_t facts_stream[STREAM_ID_SIZE];
    uint64_t facts_seq;
    uint32_t facts_revision;
    uint8_t stream_id[STREAM_ID_SIZE]; /* of its event; zero: none, the case's key was gone */
    uint64_t seq;                      /* 0: none */
    struct view made;                  /* the encoded DecisionMade: codes and days, no text */
};

/* What was decided on a case so far; all zero: nothing. */
struct decision_history {
    uint32_t revision;       /* the newest decision's */
    uint32_t facts_revision; /* the newest that was decided */
    bool has_person;         /* a person confirmed or overrode */
};

/* Whether facts are older than what was decided already: they are recorded, and never acted on
 * (protocol.md 20). Only a dead letter that is tried again comes so late. */
bool decision_is_overtaken(const struct decision_history *history, uint32_t facts_revision);

/* A machine's verdict on a case that a person has decided goes to review. */
void decision_rank(const struct decision_history *history, struct verdict *verdict);

/* The rows of the law for every code of the decision's verdict, on the incident's day or, without
 * one, the day of receipt. Returns how many. */
unsigned decision_basis(const struct ruleset *ruleset, const struct decision_made *made,
                        struct code_basis rows[DECISION_BASIS_MAX]);

/*
 * A reviewer's confirmation: the verdict stands. STATUS_REVISION_MOVED: `revision` is not the
 * newest. STATUS_OUT_OF_RANGE: the decision waits for nobody, or is undecided: there is nothing
 * to confirm. `made` is the newest decision, and becomes the next.
 */
enum status decision_confirm(struct decision_made *made, uint32_t revision,
                             struct diag *diag) MUST_USE;

/*
 * A reviewer's override: outcome, primary, codes, stage and authority follow from `code`, and the
 * pin is the ruleset's; reasons and flags stay. STATUS_REVISION_MOVED as above.
 * STATUS_OUT_OF_RANGE: the ruleset has no such code, or one that decides nothing. The basis is
 * left to the caller.
 */
enum status decision_override(struct decision_made *made, uint32_t revision,
                              const struct ruleset *ruleset, const char *code,
                              struct diag *diag) MUST_USE;

#endif
