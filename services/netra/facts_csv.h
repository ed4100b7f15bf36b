/*
 * Rows of a table as submissions: the header names a field's path for each column, a row becomes
 * the JSON object that a file of its own would be.
 *
 * Format: columns are paths of a submission ("region", "incident.date", "subject.nip", …) in any
 * order; `reported_conduct` and `evidence` hold several, parted by ';'. Blanks around a value
 * don't count; an empty cell is not said.
 * Owns: the paths, in its own room.
 */
#ifndef NETRA_NETRA_FACTS_CSV_H
#define NETRA_NETRA_FACTS_CSV_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/case/facts.h"
#include "services/netra/csv_reader.h"
#include "services/netra/json.h"

struct facts_columns {
    char paths[CSV_FIELDS_MAX][FACTS_PATH_BYTES];
    unsigned count;
};

/* Reads the header. STATUS_FACTS_INVALID: a column that is no field of a submission (the
 * nearest is named), or is there twice. STATUS_BODY_EMPTY: there is no header. */
enum status facts_csv_header(const struct csv_record *record, struct facts_columns *ret_columns,
                             struct diag *diag) MUST_USE;

/*
 * Makes the object of a row; the caller releases it. Adds to `problems` what no object can say: a
 * row of more or fewer fields than the header, a value that is not UTF-8 or has a NUL. The object
 * is made all the same, so that the other mistakes can be told too.
 */
json_t *facts_csv_row(const struct facts_columns *columns, const struct csv_record *record,
                      struct facts_problems *problems);

#endif
