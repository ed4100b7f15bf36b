/*
 * What was found in a case: codes, flags, offsets and days; no text of the case.
 *
 * Why fixed sizes: a verdict waits in the lease pool, crosses to a worker and back, and is
 * compared by its bytes.
 * Limits: those below; a ruleset that could exceed one is refused when it is loaded, and what a
 * text makes too many of (spans, reasons) is left out, strongest first.
 */
#ifndef NETRA_CLASSIFICATION_VERDICT_H
#define NETRA_CLASSIFICATION_VERDICT_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stdint.h>

/* The numbers are the contract's (proto/netra/v1/classification_to_notification.proto). */
enum outcome {
    OUTCOME_VIOLATION = 1,
    OUTCOME_NOT_A_VIOLATION = 2,
    OUTCOME_NEEDS_INFORMATION = 3,
    OUTCOME_UNDECIDED = 4
};

enum disposition {
    DISPOSITION_AUTO = 1,
    DISPOSITION_REVIEW = 2,
    DISPOSITION_CONFIRMED = 3,
    DISPOSITION_OVERRIDDEN = 4
};

enum stage { STAGE_NONE = 1, STAGE_BAKAL_CALON = 2, STAGE_CALON = 3 };

enum actor {
    ACTOR_UNKNOWN = 1,
    ACTOR_ASN = 2,
    ACTOR_ASN_VERTICAL = 3,
    ACTOR_PJ_KEPALA_DAERAH = 4,
    ACTOR_KADES = 5,
    ACTOR_TNI_POLRI = 6,
    ACTOR_HONORER = 7,
    ACTOR_ELECTED = 8,
    ACTOR_ORGANISER = 9
};

enum text_field {
    TEXT_FIELD_DESCRIPTION = 1,
    TEXT_FIELD_PLACE = 2,
    TEXT_FIELD_POSITION = 3,
    TEXT_FIELD_UNIT = 4
};

/* A stable code of A-Z, 0-9, '-' and '_': "DISIPLIN-13A", "NON-ASN-PENYELENGGARA". */
#define CODE_BYTES 39u
struct code {
    char text[CODE_BYTES + 1]; /* NUL-terminated, zero behind it */
};

#define VERDICT_CODES_MAX 8u
#define VERDICT_FLAGS_MAX 16u
#define VERDICT_MISSING_MAX 12u
#define VERDICT_CONFLICTS_MAX 8u
#define VERDICT_REASONS_MAX 16u
#define VERDICT_SPANS_MAX 6u /* of one reason */

struct span {
    enum text_field field;
    uint32_t begin; /* bytes from the text's start */
    uint32_t end;   /* behind the last byte */
};

struct reason {
    struct code rule; /* the rule's name */
    struct code code; /* what it speaks for */
    uint32_t date;    /* the day it depended on, as in common/case/day.h; 0: none */
    uint32_t span_count;
    struct span spans[VERDICT_SPANS_MAX];
};

/* All zero but what is set: two equal verdicts have equal bytes. */
struct verdict {
    enum outcome outcome;
    enum disposition disposition;
    struct code review_reason; /* "": nobody must look */
    struct code primary;       /* "": undecided */
    uint32_t code_count;
    struct code codes[VERDICT_CODES_MAX]; /* the primary first; candidates for NEEDS_INFORMATION */
    enum stage stage;
    struct code election; /* "": none */
    struct code office;   /* "": none */
    enum actor actor;
    struct code authority; /* the national supervisor's label */
    uint32_t flag_count;
    struct code flags[VERDICT_FLAGS_MAX]; /* ascending */
    uint32_t confidence_permille;
    uint32_t missing_count;
    struct code missing[VERDICT_MISSING_MAX]; /* ascending */
    uint32_t conflict_count;
    struct code conflicts[VERDICT_CONFLICTS_MAX]; /* kinds of office; ascending */
    uint32_t reason_count;
    struct reason reasons[VERDICT_REASONS_MAX];
};

/* Copies a text into a code. False: it is no code, or too long; the code is empty then. */
bool code_set(struct code *code, const char *text);
bool code_read(struct code *code, struct view text);

/* Whether the code is that text. */
bool code_is(const struct code *code, const char *text);

/* The verdict on a case that no program could decide: a person must. `why` is the code that says
 * so: a status's name. */
void verdict_undecided(const char *why, struct verdict *ret_verdict);

/* Checks a verdict that came from elsewhere: enums in range, codes that are codes, counts within
 * the limits, spans that don't end before they begin. STATUS_OUT_OF_RANGE; `diag` names the field.
 */
enum status verdict_check(const struct verdict *verdict, struct diag *diag) MUST_USE;

#endif
