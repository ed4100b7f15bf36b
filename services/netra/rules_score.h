/*
 * How well a ruleset decides labelled reports: each answer against its label, and the sums. Pure.
 *
 * Why words and not verdicts: a label is words, and a ruleset that knows a label's code no longer
 * must still be scored.
 * Owns: nothing; texts are the caller's.
 * Units: a share is a fraction of 1.
 */
#ifndef NETRA_NETRA_RULES_SCORE_H
#define NETRA_NETRA_RULES_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#define SCORE_CODES_MAX 16u

struct score_codes {
    const char *codes[SCORE_CODES_MAX];
    unsigned count;
};

/* What a report's decision says, or what its label expects: the words of JSON. */
struct score_words {
    const char *outcome; /* violation, not_violation, needs_info, undecided */
    const char *primary;
    const char *stage;
    const char *election; /* "none" outside any */
    const char *authority;
    const char *actor;
    struct score_codes codes;
};

struct score_label {
    struct score_words expected;
    struct score_codes acceptable; /* primaries that are right as well */
};

enum score_part {
    SCORE_OUTCOME,
    SCORE_PRIMARY,
    SCORE_CODES,
    SCORE_STAGE,
    SCORE_ELECTION,
    SCORE_AUTHORITY,
    SCORE_ACTOR,
    SCORE_PARTS
};

#define SCORE_BIT(part) (1u << (unsigned)(part))

struct score_ratio {
    unsigned right;
    unsigned of;
};

/* Sums over reports; all zero to begin with. */
struct score {
    unsigned count;
    struct score_ratio parts[SCORE_PARTS]; /* SCORE_CODES: reports whose codes are all right */
    unsigned codes_both;                   /* in label and decision */
    unsigned codes_expected;
    unsigned codes_decided;
    unsigned auto_count; /* decided without review */
    unsigned auto_right; /* of those, outcome and primary both right */
};

/* The part's word in tables and JSON: "outcome". Static text. */
const char *score_part_word(enum score_part part);

/*
 * Where the decision differs from the label: SCORE_BITs. Stage, election and authority are
 * compared where a violation is expected, codes where one is expected or decided; elsewhere they
 * don't differ. The primary is right when it is an acceptable one.
 */
unsigned score_compare(const struct score_label *label, const struct score_words *decided);

/* Adds one report to the sums. */
void score_add(struct score *score, const struct score_label *label,
               const struct score_words *decided, bool is_auto);

/* The share. False: there was nothing to be right about. */
bool score_share(struct score_ratio ratio, double *ret_share);

/* The micro F1 over the codes of violations: 2 both / (expected + decided). False: there are no
 * codes. */
bool score_codes_f1(const struct score *score, double *ret_f1);

#endif
