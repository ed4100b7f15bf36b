/*
 * The tables as libcyaml loads them, and the steps that make a ruleset of them.
 *
 * Why between: libcyaml's objects are freed once the ruleset is made; everything the ruleset keeps
 * is copied into its own arena.
 * Errors: STATUS_CONFIG_INVALID with file, line, what is wrong and what to do.
 */
#ifndef NETRA_CLASSIFICATION_CLASSIFICATION_TABLES_PARTS_H
#define NETRA_CLASSIFICATION_CLASSIFICATION_TABLES_PARTS_H

#include "common/service/table_file.h"
#include "services/classification/ruleset_parts.h"

#include <stdbool.h>

/* ---- ruleset.yaml; texts are NULL where they are absent ---- */

struct source_entry {
    char *source;
    char *address;
};

struct authority_entry {
    char *authority;
    char *from;
    char *until;
    char *source;
};

struct basis_entry {
    char *article;
    char *source;
    char *from;
    char *until;
};

struct code_entry {
    char *code;
    enum outcome outcome;
    char *label;
    char *skb;
    enum code_stage stage;
    char *pair;
    char *sanction;
    char *actor;
    struct basis_entry *basis;
    unsigned basis_count;
};

struct abbreviation_entry {
    char *word;
    char *means;
};

struct stem_entry {
    char *word;
    char *stem;
};

struct concept_entry {
    char *concept;
    char **phrases;
    unsigned phrases_count;
    bool never_negated;
};

struct premise_entry {
    char **when;
    unsigned when_count;
    char **unless;
    unsigned unless_count;
    char *within;
};

/* A row of actors, offices or elections. */
struct resolver_entry {
    char *target;
    char *rule;
    struct premise_entry premise;
};

struct rule_entry {
    char *rule;
    char *code;
    char *flag;
    char *missing;
    char *conflict;
    char *points;
    struct premise_entry premise;
};

struct threshold_entry {
    char *decide;
    char *further;
    char *auto_permille;
};

struct negation_entry {
    char **words;
    unsigned words_count;
    char *tokens;
    char **ends;
    unsigned ends_count;
};

struct rules_document {
    char *ruleset;
    char *version;
    struct threshold_entry thresholds;
    struct source_entry *sources;
    struct authority_entry *authorities;
    struct code_entry *codes;
    struct negation_entry negation;
    struct abbreviation_entry *abbreviations;
    struct stem_entry *stems;
    struct concept_entry *concepts;
    struct resolver_entry *actors;
    struct resolver_entry *offices;
    struct resolver_entry *elections;
    struct rule_entry *rules;
    unsigned sources_count;
    unsigned authorities_count;
    unsigned codes_count;
    unsigned abbreviations_count;
    unsigned stems_count;
    unsigned concepts_count;
    unsigned actors_count;
    unsigned offices_count;
    unsigned elections_count;
    unsigned rules_count;
};

extern const cyaml_schema_value_t rules_schema;

/* ---- calendar.yaml ---- */

enum day_unit { DAY_UNIT_CALENDAR, DAY_UNIT_WORKING };

struct holiday_entry {
    char *day;
    char *name;
    char *source;
};

struct window_entry {
    char **regions;
    unsigned regions_count;
    char *from;
    char *until;
    char *source;
};

struct stage_entry {
    char **regions;
    unsigned regions_count;
    char **offices;
    unsigned offices_count;
    enum stage stage;
    char *from;
    char *until;
    char *source;
};

struct phase_entry {
    char *phase;
    char **regions;
    unsigned regions_count;
    char *from;
    char *until;
    char *source;
};

struct report_limit_entry {
    char *days;
    enum day_unit unit;
};

struct election_entry {
    char *election;
    char *name;
    char **offices;
    unsigned offices_count;
    struct report_limit_entry report_limit;
    struct window_entry *windows;
    unsigned windows_count;
    struct stage_entry *stages;
    unsigned stages_count;
    struct phase_entry *phases;
    unsigned phases_count;
};

struct calendar_document {
    char *calendar;
    char *version;
    struct source_entry *sources;
    unsigned sources_count;
    struct holiday_entry *holidays;
    unsigned holidays_count;
    struct election_entry *elections;
    unsigned elections_count;
};

extern const cyaml_schema_value_t calendar_schema;

/* ---- the making ---- */

#define TABLE_PATH_BYTES 96u

/* What every step works on. */
struct table_load {
    struct ruleset *ruleset;
    const struct rules_document *rules;
    const struct calendar_document *calendar;
    struct table_source rules_source;
    struct table_source calendar_source;
    struct diag *diag;
};

/* A place in one of the two tables, for messages. */
struct table_place {
    struct table_load *load;
    const struct table_source *source;
    char path[TABLE_PATH_BYTES];
};

__attribute__((format(printf, 3, 4))) struct table_place place_of(
    struct table_load *load, const struct table_source *source, const char *format, ...);

/* The message about the place, with a key below it (NULL: itself). */
__attribute__((format(printf, 3, 4))) enum status refuse_at(const struct table_place *place,
                                                            const char *key, const char *format,
                                                            ...) MUST_USE;

/* `size` bytes of the ruleset's arena. STATUS_CONFIG_INVALID: the tables are too large. */
enum status take_room(struct table_load *load, size_t size, void *ret_room) MUST_USE;

/* A copy of the text ("" for NULL) that lives as long as the ruleset. */
enum status keep_text(struct table_load *load, const char *text, const char **ret_text) MUST_USE;

/* A text that must be a code, kept. */
enum status keep_code(const struct table_place *place, const char *key, const char *text,
                      const char **ret_text) MUST_USE;

/* A whole number from `least` to `most`. */
enum status read_number(const struct table_place *place, const char *key, const char *text,
                        uint32_t least, uint32_t most, uint32_t *ret_number) MUST_USE;

/* `from` and `until`; open where absent. */
enum status read_days(const struct table_place *place, const char *from, const char *until,
                      struct day_range *ret_days) MUST_USE;

/* Whether the place's own table, or the rules', names that source; one must. */
enum status check_source(const struct table_place *place, const char *source) MUST_USE;

/* Refuses a name that stands in an earlier entry: entries of `size` bytes that begin with it. */
enum status check_unique(const struct table_place *place, const char *key, const void *entries,
                         size_t size, unsigned index) MUST_USE;

/* The number of a code in the table; NO_CODE: none. */
uint32_t find_code(const struct ruleset *ruleset, const char *code);

/* The actor of that word. False: none. */
bool find_actor(const char *word, enum actor *ret_actor);

/* Abbreviations, stems, negation, concepts (classification_tables_words.c). */
enum status load_words(struct table_load *load) MUST_USE;

/* Sources, authorities, codes, thresholds (classification_tables_codes.c). */
enum status load_codes(struct table_load *load) MUST_USE;

/* The calendar (classification_tables_calendar.c). */
enum status load_calendar(struct table_load *load) MUST_USE;

/* That no rows contradict each other and none leaves a gap (classification_tables_stages.c). */
enum status check_stages(struct table_load *load, unsigned election,
                         const struct election *made) MUST_USE;

/* How much is resolved when a premise is asked. */
enum premise_time {
    PREMISE_FOR_ACTOR,
    PREMISE_FOR_ELECTION,
    PREMISE_FOR_OFFICE,
    PREMISE_FOR_CODE,
    PREMISE_FOR_REST
};

/* Compiles conditions (classification_tables_conditions.c). */
enum status load_premise(const struct table_place *place, const struct premise_entry *entry,
                         enum premise_time time, struct premise *ret_premise) MUST_USE;

/* Resolvers and rules (classification_tables_rules.c). */
enum status load_rules(struct table_load *load) MUST_USE;

#endif
