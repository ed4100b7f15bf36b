/*
 * The rows of an imported file, whichever form it has: a submission a line (JSONL), or a table
 * (CSV) with a header of paths.
 *
 * Rows count from 1: a JSONL file's lines, blank ones too; a table's records below its header.
 * Owns: the open file and its buffers.
 */
#ifndef NETRA_NETRA_IMPORT_ROWS_H
#define NETRA_NETRA_IMPORT_ROWS_H

#include "services/netra/csv_reader.h"
#include "services/netra/facts_csv.h"
#include "services/netra/json.h"
#include "services/netra/line_reader.h"

struct import_rows {
    int descriptor; /* -1: closed */
    bool is_table;
    uint64_t number; /* of the last row read */
    struct facts_columns columns;
    union {
        struct line_reader lines; /* JSONL */
        struct csv_reader table;
    };
    struct csv_record record;
    struct line line;
    uint8_t bytes[LIMIT_SUBMISSION_BYTES + 1]; /* JSONL's line */
};

/* A row as it stands in the file. */
struct import_row {
    bool is_there; /* false: the file has ended */
    bool is_blank; /* nothing to hand in */
    uint64_t number;
};

/* Opens the file; a name that ends in ".csv" is a table's, whose header is read. STATUS_NOT_FOUND:
 * it can't be opened. STATUS_USAGE: it is a folder. facts_csv_header's statuses. */
enum status import_rows_open(struct import_rows *rows, const char *path,
                             struct diag *diag) MUST_USE;

/* Closed ones are fine. */
void import_rows_close(struct import_rows *rows);

/* Reads the next row's bytes. STATUS_FACTS_INVALID: a table's quote is broken, nothing behind
 * it can be read. STATUS_SYSTEM_FAILED. */
enum status import_rows_next(struct import_rows *rows, struct import_row *ret_row,
                             struct diag *diag) MUST_USE;

/*
 * Makes the last row's object, which the caller releases, whatever is returned. STATUS_OK: it has
 * the form of a submission, though `problems` may have some already. STATUS_BODY_TOO_LARGE,
 * STATUS_FACTS_INVALID, STATUS_NOT_UTF8: it has not; `diag` says why.
 */
enum status import_rows_object(struct import_rows *rows, json_t **ret_object,
                               struct facts_problems *problems, struct diag *diag) MUST_USE;

/* How many rows there are from here on, blank ones too, for a look ahead: reads to the end, or to
 * the first that is broken. */
uint64_t import_rows_count(struct import_rows *rows);

#endif
