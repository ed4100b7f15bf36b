/*
 * A case as people read it: what was decided, by which code and article, who is told, what next.
 */
#ifndef NETRA_NETRA_CASE_PRINT_H
#define NETRA_NETRA_CASE_PRINT_H

#include "services/netra/json.h"

#include <stdbool.h>
#include <stdio.h>

/* Prints the object of `case show`, in the command's language; the words that led to the decision
 * stand out on a terminal, elsewhere in [ ] where that is asked for. */
void case_print(FILE *stream, json_t *object, bool has_brackets);

#endif
