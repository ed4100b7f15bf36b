/*
 * A file of labelled reports, one JSON object a line ({"id", "submission", "expected"}), decided
 * by a ruleset one after the other.
 *
 * Owns: the ruleset, the arenas, the descriptor; labelled_close releases them.
 * Limits: LABELLED_LINE_BYTES a line.
 * Errors: `diag` names file and line, and what is wrong there; no text of a report is quoted.
 */
#ifndef NETRA_NETRA_LABELLED_H
#define NETRA_NETRA_LABELLED_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "services/classification/classification_tables.h"
#include "services/netra/json.h"
#include "services/netra/line_reader.h"
#include "services/netra/rules_score.h"

#include <stdbool.h>
#include <stdint.h>

#define LABELLED_LINE_BYTES (1u << 20)

struct labelled {
    const char *path;
    const struct ruleset *ruleset; /* the caller's */
    uint32_t today;                /* the day of receipt of a report that says none */
    struct line_reader reader;
    int descriptor;
    uint64_t line;      /* of the report at hand, from 1 */
    struct arena facts; /* of the report at hand */
    struct arena scratch;
};

/* One report, decided; texts live until the next. */
struct labelled_report {
    const char *id;
    struct score_label label;
    struct score_words decided;
    struct verdict verdict;
};

/* Opens the file. STATUS_NOT_FOUND, STATUS_NO_MEMORY. */
enum status labelled_open(struct labelled *labelled, const char *path,
                          const struct ruleset *ruleset, uint32_t today,
                          struct diag *diag) MUST_USE;

void labelled_close(struct labelled *labelled);

/*
 * Decides the next report; *ret_object holds its texts, and the caller releases it.
 * *ret_is_there is false behind the last. STATUS_MALFORMED (no JSON, no label), STATUS_NOT_UTF8,
 * STATUS_FACTS_INVALID (the submission has mistakes), STATUS_BODY_TOO_LARGE, STATUS_SYSTEM_FAILED,
 * STATUS_NO_MEMORY.
 */
enum status labelled_next(struct labelled *labelled, json_t **ret_object,
                          struct labelled_report *ret_report, bool *ret_is_there,
                          struct diag *diag) MUST_USE;

#endif
