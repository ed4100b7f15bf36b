/*
 * What an import knows of its rows, kept beside the imported file so that it can be killed at any
 * instant and run again.
 *
 * Format, a JSON object a line; of several lines about a row the last one counts:
 *   {"origin":"<name>"}
 *       the first line, synced before any other: whose receipts these are. The same file imported
 *       into another installation must not pass for handed in there
 *   {"row":N,"submission_id":"<uuid>"}
 *       synced before the row is sent: whatever comes, it is only ever sent with this id
 *   {"row":N,"submission_id":"<uuid>","case_number":"…","commitment":"<hex>","seq":N,
 *    "status":"OK"}   (on one line)
 *       it was accepted: never sent again
 *   {"row":N,"submission_id":"<uuid>","status":"<name>","detail":"…"}
 *       it was rejected: the next run sends it again, under the same id
 * Rows count as import_rows.h says.
 *   In "detail" problems stand one a line.
 *
 * Why no sync after a receipt: a receipt line that is lost with the power is asked for again with
 * the same id, and intake answers with the same stored receipt.
 * Owns: the open file, locked (flock) against a second import, and one state a row.
 * Limits: lines of RESULT_LINE_BYTES.
 */
#ifndef NETRA_NETRA_RESULT_FILE_H
#define NETRA_NETRA_RESULT_FILE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "services/netra/uuid7.h"

#include <stdbool.h>
#include <stdint.h>

#define RESULT_DETAIL_BYTES 2048u /* every problem of a row, a line each */
#define RESULT_LINE_BYTES (2u * RESULT_DETAIL_BYTES + 512u)
#define RESULT_TEXT_BYTES 96u

enum result_kind { RESULT_NONE, RESULT_ID, RESULT_RECEIPT, RESULT_REJECTED };

/* One line. */
struct result_line {
    enum result_kind kind;
    uint64_t row;
    uint8_t id[UUID_SIZE];
    char case_number[RESULT_TEXT_BYTES]; /* a receipt's */
    char commitment[65];                 /* a receipt's, hex */
    uint64_t seq;                        /* a receipt's */
    char status[RESULT_TEXT_BYTES];      /* a status's name; empty for an id */
    char detail[RESULT_DETAIL_BYTES];    /* a rejection's */
};

/* Reads a line without its newline. STATUS_MALFORMED when it is none of the three. */
enum status result_line_parse(struct view line, struct result_line *ret_line,
                              struct diag *diag) MUST_USE;

/* Writes the line with its newline to `text` (RESULT_LINE_BYTES); returns its length. */
size_t result_line_write(const struct result_line *line, char text[RESULT_LINE_BYTES]);

struct row_state {
    uint8_t id[UUID_SIZE];
    uint8_t kind; /* enum result_kind */
};

struct result_file {
    int descriptor;           /* -1: closed */
    struct row_state *states; /* of rows 1 to state_count */
    uint64_t state_count;
    struct arena arena; /* holds them */
    size_t pending;     /* bytes in `buffer` that were not written yet */
    char buffer[65536];
};

/* Where the results of an imported file are: beside it, `.jsonl` replaced by `.result.jsonl`.
 * False when that is longer than `size` takes. */
bool result_file_path(const char *imported, char *path, size_t size);

/* Called for every line that is there at open, in the file's order. */
typedef void (*result_seen)(void *self, const struct result_line *line);

/*
 * Opens the file, making it when absent (mode 0600, its folder synced), and reads what is there.
 * A last line that a crash tore is cut off. STATUS_ALREADY_RUNNING: another import works on it.
 * STATUS_MALFORMED: a line before the last is none of ours; `diag` names it.
 * STATUS_RESULTS_OF_OTHER_LOG: its origin is not `origin`. STATUS_SYSTEM_FAILED: it can't be
 * opened, read or cut. On failure nothing stays open.
 */
enum status result_file_open(struct result_file *file, const char *path, const char *origin,
                             result_seen seen, void *self, struct diag *diag) MUST_USE;

/* The row's state as it was at open; kind RESULT_NONE for a row it has nothing of. */
struct row_state result_file_row(const struct result_file *file, uint64_t row);

/* Adds a line; it reaches the file at the next flush at the latest. STATUS_SYSTEM_FAILED. */
enum status result_file_add(struct result_file *file, const struct result_line *line) MUST_USE;

/* Writes what was added. STATUS_STORE_FULL, STATUS_SYSTEM_FAILED. */
enum status result_file_flush(struct result_file *file) MUST_USE;

/* Flushes, then fdatasync: what was added is on disk when it returns OK. STATUS_STORE_SYNC_FAILED
 * beside flush's. */
enum status result_file_sync(struct result_file *file) MUST_USE;

/* Closes without flushing. A closed file is fine. */
void result_file_close(struct result_file *file);

#endif
