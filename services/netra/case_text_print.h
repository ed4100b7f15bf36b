/*
 * The words of a case, with those marked that led to its decision.
 */
#ifndef NETRA_NETRA_CASE_TEXT_PRINT_H
#define NETRA_NETRA_CASE_TEXT_PRINT_H

#include "services/netra/json.h"

#include <stdbool.h>
#include <stdio.h>

/* Prints the object's "text", when it has one, between two blank lines; words within a reason's
 * span stand out in colour where `stream` is a terminal and NO_COLOR is empty or not set, else,
 * where that is asked for, in [ ]. */
void case_text_print(FILE *stream, json_t *object, bool has_brackets);

#endif
