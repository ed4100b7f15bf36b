/*
 * The words of the contract's enums: as they stand in JSON and tables, and as people read them.
 *
 * Why one place: what `case list` calls a thing, `review list` must call the same.
 * Errors: a number of a newer service is "unrecognised".
 */
#ifndef NETRA_NETRA_NAMES_H
#define NETRA_NETRA_NAMES_H

#include <stdbool.h>
#include <stdint.h>

enum name_kind {
    NAME_OUTCOME,     /* violation, not_violation, needs_info, undecided */
    NAME_DISPOSITION, /* auto, review, confirmed, overridden */
    NAME_STAGE,       /* none, bakal_calon, calon */
    NAME_ACTOR,       /* unknown, asn, asn_vertical, … */
    NAME_NOTICE_KIND, /* decision, review, information, withdrawn */
    NAME_LINK_KIND,   /* duplicate, same_event, response */
    NAME_TEXT_FIELD   /* incident.description, incident.place, … */
};

/* The word in JSON and tables. Static text. */
const char *name_of(enum name_kind kind, uint32_t number);

/* What people read, in the command's language; the word itself where there is nothing better. */
const char *name_for_people(enum name_kind kind, uint32_t number);

/* What people read of a word as name_of gives it. */
const char *name_word_for_people(enum name_kind kind, const char *word);

/* The number of a word; 0: there is none such. */
uint32_t name_number(enum name_kind kind, const char *word);

#endif
