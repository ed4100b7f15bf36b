/*
 * The inside of a ruleset: what the loader (classification_tables*.c) fills once and the engine
 * (text_*.c, decide_*.c) reads.
 *
 * Owns: everything lies in the ruleset's own arena; the stemmer is libstemmer's.
 * Units: days as in common/case/day.h; in a range `from` 0 and `until` 0 are open.
 * Limits: those below; the loader refuses a table beyond them.
 */
#ifndef NETRA_CLASSIFICATION_RULESET_PARTS_H
#define NETRA_CLASSIFICATION_RULESET_PARTS_H

#include "services/classification/ruleset.h"
#include "services/classification/text_vocabulary.h"

#define NAME_BYTES_MAX CODE_BYTES
#define OFFICES_MAX 16u   /* of one election */
#define REGIONS_MAX 16u   /* of one row of the calendar */
#define ELECTIONS_MAX 16u /* of the calendar */

struct day_range {
    uint32_t from;
    uint32_t until;
};

/* ---- words ---- */

#define PHRASE_WORDS_MAX 8u
#define PHRASE_GAP_MAX 4u /* tokens that "* *" stands for */

struct phrase_word {
    uint32_t word; /* of the vocabulary */
    bool is_exact; /* compared as written, not as stem */
    uint8_t gap;   /* tokens that may stand before it, behind the word before */
};

struct phrase {
    uint32_t concept;
    uint32_t count;
    struct phrase_word words[PHRASE_WORDS_MAX];
};

/* What is looked at of a phrase once its first word is found: nearly all end at their second. */
struct phrase_key {
    uint32_t phrase; /* number */
    uint32_t concept;
    struct phrase_word second; /* of a phrase of one word: word 0 */
};

/* The keys of the phrases that begin with the same word, in the table's order. */
struct phrase_run {
    uint32_t begin;
    uint32_t count;
};

struct concept {
    const char *name;
    bool is_never_negated;
};

struct negation {
    uint32_t tokens;
    uint8_t *is_negating; /* by word of the vocabulary */
    uint8_t *is_ending;
};

/* ---- conditions ---- */

enum condition_kind {
    CONDITION_CONCEPT,
    CONDITION_NO_CONCEPT,
    CONDITION_EMPLOYMENT,
    CONDITION_ACTOR,
    CONDITION_STAGE,
    CONDITION_OFFICE,
    CONDITION_ELECTION,
    CONDITION_SPOUSE,
    CONDITION_CLTN,
    CONDITION_LATE,
    CONDITION_HAS,
    CONDITION_CODE,
    CONDITION_OUTCOME
};

enum condition_has {
    HAS_DATE,
    HAS_DATE_KNOWN,
    HAS_NIP,
    HAS_NAME,
    HAS_POSITION,
    HAS_UNIT,
    HAS_PLACE
};

#define FIELD_BIT(field) (1u << (field))
#define FIELDS_ANY                                                     \
    (FIELD_BIT(TEXT_FIELD_DESCRIPTION) | FIELD_BIT(TEXT_FIELD_PLACE) | \
     FIELD_BIT(TEXT_FIELD_POSITION) | FIELD_BIT(TEXT_FIELD_UNIT))

/* One alternative of a condition. */
struct alternative {
    enum condition_kind kind;
    uint32_t value;   /* a concept's or code's number, or an enum's value */
    uint32_t fields;  /* FIELD_BITs, for concepts */
    const char *name; /* an office or election; "": none was resolved */
};

/* Holds when one of its alternatives does. */
struct condition {
    const struct alternative *alternatives;
    uint32_t count;
};

/* Holds when all of `when` and none of `unless` do. */
struct premise {
    const struct condition *when;
    uint32_t when_count;
    const struct condition *unless;
    uint32_t unless_count;
    uint32_t within; /* tokens; 0: anywhere */
};

/* ---- rules ---- */

/* What a rule gives: points to a code, a flag, a missing thing, a kind of office not to be told.
 */
enum gift { GIFT_CODE, GIFT_FLAG, GIFT_MISSING, GIFT_CONFLICT };

struct rule {
    const char *name;
    enum gift gift;
    uint32_t code;      /* number, for GIFT_CODE */
    const char *target; /* the code, flag, missing thing or kind of office */
    uint32_t points;
    struct premise premise;
};

/* A row that resolves an actor, an office or an election. */
struct resolver {
    const char *name; /* the rule's */
    const char *target;
    enum actor actor; /* of an actor's row */
    struct premise premise;
};

struct resolvers {
    const struct resolver *rows;
    uint32_t count;
};

struct basis_row {
    const char *article;
    const char *source;
    struct day_range days;
};

enum code_stage { CODE_STAGE_ANY, CODE_STAGE_BAKAL_CALON, CODE_STAGE_CALON };

#define NO_CODE UINT32_MAX

struct code_row {
    const char *code;
    const char *label;
    const char *skb;
    const char *sanction;
    enum outcome outcome;
    enum code_stage stage;
    uint32_t pair;    /* a code's number, or NO_CODE */
    enum actor actor; /* 0: none */
    const struct basis_row *basis;
    uint32_t basis_count;
};

struct authority_row {
    const char *authority;
    struct day_range days;
};

struct thresholds {
    uint32_t decide;
    uint32_t further;
    uint32_t auto_permille;
};

/* ---- calendar ---- */

struct stage_row {
    const char *regions[REGIONS_MAX];
    uint32_t region_count;
    uint32_t offices; /* bits of the election's offices */
    enum stage stage;
    struct day_range days;
};

struct window_row {
    const char *regions[REGIONS_MAX];
    uint32_t region_count; /* 0: every region */
    struct day_range days;
};

struct election {
    const char *name;
    const char *offices[OFFICES_MAX];
    uint32_t office_count;
    uint32_t report_limit_days;
    bool is_report_limit_in_working_days;
    const struct window_row *windows;
    uint32_t window_count;
    const struct stage_row *stages;
    uint32_t stage_count;
};

struct calendar {
    const struct election *elections;
    uint32_t election_count;
    const uint32_t *holidays; /* ascending */
    uint32_t holiday_count;
};

struct ruleset {
    struct arena arena;
    uint8_t digest[SHA256_SIZE];
    struct view bytes;
    const char *version;
    struct thresholds thresholds;
    const struct authority_row *authorities;
    uint32_t authority_count;
    const struct code_row *codes;
    uint32_t code_count;
    struct vocabulary vocabulary;
    struct negation negation;
    const struct concept *concepts;
    uint32_t concept_count;
    struct phrase *phrases;
    uint32_t phrase_count;
    struct phrase_key *phrase_keys;
    struct phrase_run *runs_by_stem; /* by the word they begin with, as stem … */
    struct phrase_run *runs_by_word; /* … and as written */
    struct resolvers actors;
    struct resolvers offices;
    struct resolvers elections;
    const struct rule *rules;
    uint32_t rule_count;
    struct calendar calendar;
};

/* Whether the day lies in the range. */
bool day_range_has(struct day_range range, uint32_t day);

#endif
