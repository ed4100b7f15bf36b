/*
 * What a command says on stdout: JSON for scripts, tables and "name: value" lines for people, both
 * made from the same JSON object, so that they can't differ.
 *
 * Why: keys are English and stable; people see the same names as titles.
 * Errors: a failed write is noticed once, at output_end.
 */
#ifndef NETRA_NETRA_OUTPUT_H
#define NETRA_NETRA_OUTPUT_H

#include "common/base/status.h"
#include "services/netra/json.h"

#include <stdbool.h>
#include <stdio.h>

#define OUTPUT_COLUMNS_MAX 16u

/* A column of a table: the row's key, and the least width; its title may need more. */
struct column {
    const char *key;
    unsigned width;
};

struct output {
    FILE *stream;
    bool is_json;
    const struct column *columns;        /* of the table under way */
    unsigned widths[OUTPUT_COLUMNS_MAX]; /* of its columns, their titles included */
    unsigned column_count;
    unsigned long rows;
};

/* Prints one object and releases it. NULL: nothing. */
void output_object(struct output *output, json_t *object);

/* A table, or an array: titles first, then rows as they come; each row is released. */
void output_list_begin(struct output *output, const struct column *columns, unsigned count);
void output_list_row(struct output *output, json_t *row);
void output_list_end(struct output *output);

/* Prints one object on one line of its own in JSON (an answer that is a line per row), nothing for
 * people; releases it. */
void output_json_line(struct output *output, json_t *object);

/* Prints a sentence for people; nothing in JSON. */
__attribute__((format(printf, 2, 3))) void output_sentence(struct output *output,
                                                           const char *format, ...);

/* Prints a text from elsewhere: controls, and characters that turn the direction of writing or are
 * not seen, become question marks. Returns its width in letters. */
unsigned output_text(FILE *stream, const char *text);

/* The same for `size` bytes of a text that doesn't end there; they end between two characters. */
unsigned output_piece(FILE *stream, const char *text, size_t size);

/* Flushes. STATUS_FAILED when what was printed did not all reach the other side. */
enum status output_end(struct output *output) MUST_USE;

#endif
