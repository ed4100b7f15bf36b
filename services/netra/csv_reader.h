/*
 * A table of comma-separated values, record by record (RFC 4180), with bounded memory.
 *
 * Format: records end with LF or CRLF; a field in double quotes may hold delimiters, ends of lines
 * and doubled quotes; a byte order mark at the start is passed over; blank lines are none. The
 * delimiter is the first of ',', ';' and tab that follows the first field's name: spreadsheets
 * set up for Indonesian write ';'.
 * Why a broken quote ends the table: from there on nothing says where a record begins, and a guess
 * would make cases of shreds.
 * Owns: its buffers; the descriptor stays the caller's.
 * Limits: a record of CSV_RECORD_BYTES_MAX bytes with CSV_FIELDS_MAX fields.
 */
#ifndef NETRA_NETRA_CSV_READER_H
#define NETRA_NETRA_CSV_READER_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/wire/limits.h"
#include "services/netra/line_reader.h"

#include <stdbool.h>
#include <stdint.h>

#define CSV_RECORD_BYTES_MAX LIMIT_SUBMISSION_BYTES
#define CSV_FIELDS_MAX 64u

/* A record; fields lie in the reader until the next one is read. */
struct csv_record {
    bool is_there;       /* false: the table has ended */
    uint64_t number;     /* from 0, which is the header */
    uint64_t line;       /* of the file, where it begins, from 1 */
    uint64_t line_count; /* how many lines it runs over */
    unsigned field_count;
    char *fields[CSV_FIELDS_MAX]; /* a NUL behind each */
    size_t sizes[CSV_FIELDS_MAX];
};

struct csv_reader {
    struct line_reader lines;
    uint64_t records; /* read so far, the header too */
    uint64_t line;    /* the last one read */
    char delimiter;   /* '\0': not known before the header */
    uint8_t bytes[CSV_RECORD_BYTES_MAX + 1];
};

/* Begins to read at the descriptor's position. */
void csv_reader_start(struct csv_reader *reader, int descriptor);

/* Reads the next record. STATUS_FACTS_INVALID: a quote is broken, a record too long or of too many
 * fields; `diag` says row, line and rule, and nothing more can be read. STATUS_SYSTEM_FAILED: the
 * file can't be read. */
enum status csv_reader_next(struct csv_reader *reader, struct csv_record *ret_record,
                            struct diag *diag) MUST_USE;

#endif
