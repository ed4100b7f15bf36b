/*
 * A submission as people write it (JSON, or a row of a table made into one) as facts, with every
 * mistake at once.
 *
 * Why every mistake: a form that is sent back five times is not sent a sixth time.
 * Owns: nothing; texts lie in the JSON object or in the arena.
 * Units: days as in common/case/day.h.
 * Limits: FACTS_EVIDENCE_MAX files, a reporter's lines of FACTS_LINE_BYTES_MAX.
 * Errors: problems as in common/case/facts.h: a path and a rule, never a name, a NIP, a text or a
 * contact.
 *
 * What is forgiven: null and "" are "not said", and so is "-" where no free text belongs; blanks
 * and dots in a NIP; case and the usual words of employments and answers. What is not: an unknown
 * field, a value of another type.
 */
#ifndef NETRA_NETRA_FACTS_JSON_H
#define NETRA_NETRA_FACTS_JSON_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/case/facts.h"
#include "services/netra/json.h"

#include <stdint.h>

/* What a submission says: the facts, and what never leaves as it is. */
struct report {
    struct facts facts;           /* without evidence: that is in `evidence_paths` still */
    const char *submission_id;    /* "": none was given */
    const char *reporter_name;    /* "": not said */
    const char *reporter_contact; /* "": not said */
    const char *evidence_paths[FACTS_EVIDENCE_MAX];
    unsigned evidence_count;
};

/*
 * Parses JSON text into one object; the caller releases it. STATUS_BODY_EMPTY: nothing but blanks.
 * STATUS_NOT_UTF8. STATUS_FACTS_INVALID: no JSON, a key that is there twice, a NUL, or no object.
 * `diag` says line, column and rule, and quotes nothing.
 */
enum status facts_json_parse(struct view text, json_t **ret_object, struct diag *diag) MUST_USE;

/* The submission within a labelled report ({"id", "submission", …}, as in cases/dev.jsonl); any
 * other object is one itself. Borrowed. */
json_t *facts_json_submission(json_t *object);

/* Whether it is the path of a field that a submission may have, such as "incident.date"; objects
 * and lists are none. */
bool facts_json_is_field(const char *path);

/* The known field path most like `path`. Static text. */
const char *facts_json_nearest(const char *path);

/*
 * Reads a submission and checks its facts as of `today`. Adds to `problems`, whose count is
 * unchanged when there are none; a field that is of the wrong form is named once. `ret_report` is
 * usable only then. STATUS_NO_MEMORY.
 */
enum status facts_json_read(json_t *submission, uint32_t today, struct arena *arena,
                            struct report *ret_report, struct facts_problems *problems) MUST_USE;

#endif
