/* The tables' form, for libcyaml. Limits are those of a generous table; memory is bounded by the
 * ruleset's arena. */
#include "services/classification/classification_tables_parts.h"

#define LINE_BYTES 500
#define TEXT(key, type, member) \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, LINE_BYTES)
#define TEXT_OPTIONAL(key, type, member)                                                   \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, \
                           LINE_BYTES)
#define LIST(key, type, member, entry, least, most) \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, type, member, entry, least, most)
#define LIST_OPTIONAL(key, type, member, entry, most)                                           \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, entry, 0, \
                         most)
#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

static const cyaml_schema_value_t text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, LINE_BYTES)};

static const cyaml_strval_t outcomes[] = {
    {"violation", OUTCOME_VIOLATION},
    {"not_a_violation", OUTCOME_NOT_A_VIOLATION},
    {"needs_information", OUTCOME_NEEDS_INFORMATION},
};
static const cyaml_strval_t code_stages[] = {
    {"any", CODE_STAGE_ANY},
    {"bakal_calon", CODE_STAGE_BAKAL_CALON},
    {"calon", CODE_STAGE_CALON},
};
static const cyaml_strval_t row_stages[] = {
    {"bakal_calon", STAGE_BAKAL_CALON},
    {"calon", STAGE_CALON},
};
static const cyaml_strval_t day_units[] = {
    {"calendar", DAY_UNIT_CALENDAR},
    {"working", DAY_UNIT_WORKING},
};

/* ---- ruleset.yaml ---- */

static const cyaml_schema_field_t source_fields[] = {
    TEXT("source", struct source_entry, source),
    TEXT("address", struct source_entry, address),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t source_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct source_entry, source_fields)};

static const cyaml_schema_field_t authority_fields[] = {
    TEXT("authority", struct authority_entry, authority),
    TEXT_OPTIONAL("from", struct authority_entry, from),
    TEXT_OPTIONAL("until", struct authority_entry, until),
    TEXT("source", struct authority_entry, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t authority_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct authority_entry, authority_fields)};

static const cyaml_schema_field_t basis_fields[] = {
    TEXT("article", struct basis_entry, article),
    TEXT("source", struct basis_entry, source),
    TEXT_OPTIONAL("from", struct basis_entry, from),
    TEXT_OPTIONAL("until", struct basis_entry, until),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t basis_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct basis_entry, basis_fields)};

static const cyaml_schema_field_t code_fields[] = {
    TEXT("code", struct code_entry, code),
    CYAML_FIELD_ENUM("outcome", CYAML_FLAG_STRICT, struct code_entry, outcome, outcomes,
                     COUNT_OF(outcomes)),
    TEXT("label", struct code_entry, label),
    TEXT_OPTIONAL("skb", struct code_entry, skb),
    CYAML_FIELD_ENUM("stage", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct code_entry, stage,
                     code_stages, COUNT_OF(code_stages)),
    TEXT_OPTIONAL("pair", struct code_entry, pair),
    TEXT("sanction", struct code_entry, sanction),
    TEXT_OPTIONAL("actor", struct code_entry, actor),
    LIST("basis", struct code_entry, basis, &basis_value, 1, 32),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t code_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct code_entry, code_fields)};

static const cyaml_schema_field_t abbreviation_fields[] = {
    TEXT("word", struct abbreviation_entry, word),
    TEXT("means", struct abbreviation_entry, means),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t abbreviation_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct abbreviation_entry, abbreviation_fields)};

static const cyaml_schema_field_t stem_fields[] = {
    TEXT("word", struct stem_entry, word),
    TEXT("stem", struct stem_entry, stem),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t stem_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct stem_entry, stem_fields)};

static const cyaml_schema_field_t concept_fields[] = {
    TEXT("concept", struct concept_entry, concept),
    LIST("phrases", struct concept_entry, phrases, &text_entry, 1, 500),
    CYAML_FIELD_BOOL("never_negated", CYAML_FLAG_OPTIONAL, struct concept_entry, never_negated),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t concept_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct concept_entry, concept_fields)};

#define PREMISE(type)                                                                         \
    CYAML_FIELD_SEQUENCE_COUNT("when", CYAML_FLAG_POINTER, type, premise.when,                \
                               premise.when_count, &text_entry, 1, 16),                       \
        CYAML_FIELD_SEQUENCE_COUNT("unless", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type,  \
                                   premise.unless, premise.unless_count, &text_entry, 0, 16), \
        TEXT_OPTIONAL("within", type, premise.within)

#define RESOLVER(name, key)                               \
    static const cyaml_schema_field_t name##_fields[] = { \
        TEXT(key, struct resolver_entry, target),         \
        TEXT("rule", struct resolver_entry, rule),        \
        PREMISE(struct resolver_entry),                   \
        CYAML_FIELD_END,                                  \
    };                                                    \
    static const cyaml_schema_value_t name##_value = {    \
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct resolver_entry, name##_fields)}
RESOLVER(actor, "actor");
RESOLVER(office, "office");
RESOLVER(election_row, "election");

static const cyaml_schema_field_t rule_fields[] = {
    TEXT("rule", struct rule_entry, rule),
    TEXT_OPTIONAL("code", struct rule_entry, code),
    TEXT_OPTIONAL("flag", struct rule_entry, flag),
    TEXT_OPTIONAL("missing", struct rule_entry, missing),
    TEXT_OPTIONAL("conflict", struct rule_entry, conflict),
    TEXT_OPTIONAL("points", struct rule_entry, points),
    PREMISE(struct rule_entry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t rule_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct rule_entry, rule_fields)};

static const cyaml_schema_field_t threshold_fields[] = {
    TEXT("decide", struct threshold_entry, decide),
    TEXT("further", struct threshold_entry, further),
    TEXT("auto", struct threshold_entry, auto_permille),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t negation_fields[] = {
    LIST("words", struct negation_entry, words, &text_entry, 0, 200),
    TEXT("tokens", struct negation_entry, tokens),
    LIST_OPTIONAL("ends", struct negation_entry, ends, &text_entry, 200),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t rules_fields[] = {
    TEXT("ruleset", struct rules_document, ruleset),
    TEXT("version", struct rules_document, version),
    CYAML_FIELD_MAPPING("thresholds", CYAML_FLAG_DEFAULT, struct rules_document, thresholds,
                        threshold_fields),
    LIST("sources", struct rules_document, sources, &source_value, 1, 1000),
    LIST("authorities", struct rules_document, authorities, &authority_value, 1, 64),
    LIST("codes", struct rules_document, codes, &code_value, 1, 256),
    CYAML_FIELD_MAPPING("negation", CYAML_FLAG_DEFAULT, struct rules_document, negation,
                        negation_fields),
    LIST_OPTIONAL("abbreviations", struct rules_document, abbreviations, &abbreviation_value,
                  2000),
    LIST_OPTIONAL("stems", struct rules_document, stems, &stem_value, 2000),
    LIST("concepts", struct rules_document, concepts, &concept_value, 1, 1024),
    LIST_OPTIONAL("actors", struct rules_document, actors, &actor_value, 256),
    LIST_OPTIONAL("offices", struct rules_document, offices, &office_value, 256),
    LIST_OPTIONAL("elections", struct rules_document, elections, &election_row_value, 256),
    LIST("rules", struct rules_document, rules, &rule_value, 1, 2000),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t rules_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct rules_document, rules_fields)};

/* ---- calendar.yaml ---- */

static const cyaml_schema_field_t holiday_fields[] = {
    TEXT("day", struct holiday_entry, day),
    TEXT("name", struct holiday_entry, name),
    TEXT_OPTIONAL("source", struct holiday_entry, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t holiday_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct holiday_entry, holiday_fields)};

static const cyaml_schema_field_t window_fields[] = {
    LIST_OPTIONAL("regions", struct window_entry, regions, &text_entry, REGIONS_MAX),
    TEXT("from", struct window_entry, from),
    TEXT("until", struct window_entry, until),
    TEXT("source", struct window_entry, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t window_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct window_entry, window_fields)};

static const cyaml_schema_field_t stage_fields[] = {
    LIST("regions", struct stage_entry, regions, &text_entry, 1, REGIONS_MAX),
    LIST("offices", struct stage_entry, offices, &text_entry, 1, OFFICES_MAX),
    CYAML_FIELD_ENUM("stage", CYAML_FLAG_STRICT, struct stage_entry, stage, row_stages,
                     COUNT_OF(row_stages)),
    TEXT_OPTIONAL("from", struct stage_entry, from),
    TEXT_OPTIONAL("until", struct stage_entry, until),
    TEXT("source", struct stage_entry, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t stage_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct stage_entry, stage_fields)};

static const cyaml_schema_field_t phase_fields[] = {
    TEXT("phase", struct phase_entry, phase),
    LIST_OPTIONAL("regions", struct phase_entry, regions, &text_entry, REGIONS_MAX),
    TEXT_OPTIONAL("from", struct phase_entry, from),
    TEXT_OPTIONAL("until", struct phase_entry, until),
    TEXT("source", struct phase_entry, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t phase_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct phase_entry, phase_fields)};

static const cyaml_schema_field_t report_limit_fields[] = {
    TEXT("days", struct report_limit_entry, days),
    CYAML_FIELD_ENUM("unit", CYAML_FLAG_STRICT, struct report_limit_entry, unit, day_units,
                     COUNT_OF(day_units)),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t election_fields[] = {
    TEXT("election", struct election_entry, election),
    TEXT("name", struct election_entry, name),
    LIST("offices", struct election_entry, offices, &text_entry, 1, OFFICES_MAX),
    CYAML_FIELD_MAPPING("report_limit", CYAML_FLAG_DEFAULT, struct election_entry, report_limit,
                        report_limit_fields),
    LIST("windows", struct election_entry, windows, &window_value, 0, 64),
    LIST("stages", struct election_entry, stages, &stage_value, 1, 256),
    LIST_OPTIONAL("phases", struct election_entry, phases, &phase_value, 64),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t election_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct election_entry, election_fields)};

static const cyaml_schema_field_t calendar_fields[] = {
    TEXT("calendar", struct calendar_document, calendar),
    TEXT("version", struct calendar_document, version),
    LIST_OPTIONAL("sources", struct calendar_document, sources, &source_value, 1000),
    LIST_OPTIONAL("holidays", struct calendar_document, holidays, &holiday_value, 1000),
    LIST("elections", struct calendar_document, elections, &election_value, 1, ELECTIONS_MAX),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t calendar_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct calendar_document, calendar_fields)};
