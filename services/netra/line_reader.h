/*
 * A file read line by line with bounded memory.
 *
 * Owns: its buffer; the descriptor stays the caller's.
 * Limits: a line longer than the caller's room is skipped to its end and told so.
 */
#ifndef NETRA_NETRA_LINE_READER_H
#define NETRA_NETRA_LINE_READER_H

#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_reader {
    int descriptor;
    size_t begin; /* what is in the buffer and was not given out */
    size_t end;
    uint64_t offset; /* in the file, of the next line */
    uint8_t buffer[65536];
};

struct line {
    size_t size;          /* bytes written to the caller's room, without the newline */
    uint64_t offset;      /* where the line begins in the file */
    bool is_there;        /* false: the file has ended */
    bool is_too_long;     /* longer than the room; `size` is 0 then */
    bool has_newline;     /* false: the file ends within this line */
};

/* Begins to read at the descriptor's position, taken as offset 0. */
void line_reader_start(struct line_reader *reader, int descriptor);

/* Reads the next line into `to`. STATUS_SYSTEM_FAILED when the file can't be read. */
enum status line_reader_next(struct line_reader *reader, uint8_t *to, size_t room,
                             struct line *ret_line) MUST_USE;

/* Whether the line has nothing but blanks. */
bool line_is_blank(struct view line);

#endif
