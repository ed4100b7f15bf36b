/*
 * The table of a submission's fields, for the two files that read along it.
 */
#ifndef NETRA_NETRA_FACTS_JSON_PARTS_H
#define NETRA_NETRA_FACTS_JSON_PARTS_H

#include "services/netra/facts_json.h"

#include <stddef.h>

enum field_kind {
    FIELD_TEXT,
    FIELD_DAY,
    FIELD_ANSWER,
    FIELD_EMPLOYMENT,
    FIELD_NIP,
    FIELD_UUID,
    FIELD_LINE, /* a text that no later check bounds */
    FIELD_OBJECT,
    FIELD_CONDUCT,  /* a list of codes */
    FIELD_EVIDENCE, /* a list of objects with a path */
};

struct field {
    const char *path;
    enum field_kind kind;
    size_t offset; /* in struct report */
};

/* The field of that path, or NULL. Static. */
const struct field *facts_json_field(const char *path);

#endif
