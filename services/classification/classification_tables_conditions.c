/* Conditions, from their text to the form the engine asks. */
#include "services/classification/classification_tables_parts.h"

#include <stdio.h>
#include <string.h>

#define ALTERNATIVES_MAX 64u /* of one condition */
#define WITHIN_MAX 1000u

/* What a sign before an alternative means: "employment=" or "place:". */
struct sign {
    const char *text;
    enum condition_kind kind;
    uint32_t fields;
    enum premise_time from; /* nothing can be asked before it is resolved */
};

static const struct sign signs[] = {
    {"any:", CONDITION_CONCEPT, FIELDS_ANY, PREMISE_FOR_ACTOR},
    {"place:", CONDITION_CONCEPT, FIELD_BIT(TEXT_FIELD_PLACE), PREMISE_FOR_ACTOR},
    {"position:", CONDITION_CONCEPT, FIELD_BIT(TEXT_FIELD_POSITION), PREMISE_FOR_ACTOR},
    {"unit:", CONDITION_CONCEPT, FIELD_BIT(TEXT_FIELD_UNIT), PREMISE_FOR_ACTOR},
    {"no:", CONDITION_NO_CONCEPT, 0, PREMISE_FOR_ACTOR},
    {"employment=", CONDITION_EMPLOYMENT, 0, PREMISE_FOR_ACTOR},
    {"spouse=", CONDITION_SPOUSE, 0, PREMISE_FOR_ACTOR},
    {"cltn=", CONDITION_CLTN, 0, PREMISE_FOR_ACTOR},
    {"has=", CONDITION_HAS, 0, PREMISE_FOR_ACTOR},
    {"actor=", CONDITION_ACTOR, 0, PREMISE_FOR_ELECTION},
    {"election=", CONDITION_ELECTION, 0, PREMISE_FOR_OFFICE},
    {"office=", CONDITION_OFFICE, 0, PREMISE_FOR_CODE},
    {"stage=", CONDITION_STAGE, 0, PREMISE_FOR_CODE},
    {"late=", CONDITION_LATE, 0, PREMISE_FOR_CODE},
    {"code=", CONDITION_CODE, 0, PREMISE_FOR_REST},
    {"outcome=", CONDITION_OUTCOME, 0, PREMISE_FOR_REST},
};

/* Without a sign: a concept in the description. */
static const struct sign no_sign = {"", CONDITION_CONCEPT, FIELD_BIT(TEXT_FIELD_DESCRIPTION),
                                    PREMISE_FOR_ACTOR};

struct word_value {
    const char *word;
    uint32_t value;
};

static const struct word_value answers[] = {
    {"YES", ANSWER_YES}, {"NO", ANSWER_NO}, {"UNKNOWN", ANSWER_UNKNOWN}, {NULL, 0}};
static const struct word_value stages[] = {
    {"NONE", STAGE_NONE}, {"BAKAL_CALON", STAGE_BAKAL_CALON}, {"CALON", STAGE_CALON}, {NULL, 0}};
static const struct word_value outcomes[] = {{"VIOLATION", OUTCOME_VIOLATION},
                                             {"NOT_A_VIOLATION", OUTCOME_NOT_A_VIOLATION},
                                             {"NEEDS_INFORMATION", OUTCOME_NEEDS_INFORMATION},
                                             {NULL, 0}};
static const struct word_value things[] = {
    {"date", HAS_DATE},         {"date_known", HAS_DATE_KNOWN},
    {"nip", HAS_NIP},           {"name", HAS_NAME},
    {"position", HAS_POSITION}, {"unit", HAS_UNIT},
    {"place", HAS_PLACE},       {NULL, 0}};

/* The reading of one condition. */
struct condition_reader {
    const struct table_place *place; /* the condition's */
    const char *text;                /* the whole condition */
    enum premise_time time;
    const struct sign *fact; /* the sign that words without one belong to; NULL: none */
};

static enum status refuse_word(const struct condition_reader *reader, const char *word,
                               const char *what)
{
    return refuse_at(reader->place, NULL, "\"%.60s\" in \"%.60s\" is no %s", word, reader->text,
                     what);
}

static enum status read_word(const struct condition_reader *reader, const char *word,
                             const struct word_value *values, uint32_t *ret_value)
{
    for (; values->word != NULL; values++) {
        if (strcmp(values->word, word) != 0)
            continue;
        *ret_value = values->value;
        return STATUS_OK;
    }
    return refuse_word(reader, word, "value of that fact (deploy/rules/README.md)");
}

static enum status read_employment(const struct condition_reader *reader, const char *word,
                                   uint32_t *ret_value)
{
    for (enum employment e = EMPLOYMENT_PNS; e < EMPLOYMENT_COUNT; e++) {
        if (strcmp(employment_name(e), word) != 0)
            continue;
        *ret_value = (uint32_t)e;
        return STATUS_OK;
    }
    if (strcmp(word, "NONE") == 0) {
        *ret_value = EMPLOYMENT_UNSPECIFIED;
        return STATUS_OK;
    }
    return refuse_word(reader, word, "employment");
}

static enum status read_concept(const struct condition_reader *reader, const char *word,
                                uint32_t *ret_value)
{
    const struct ruleset *ruleset = reader->place->load->ruleset;
    for (uint32_t i = 0; i < ruleset->concept_count; i++) {
        if (strcmp(ruleset->concepts[i].name, word) != 0)
            continue;
        *ret_value = i;
        return STATUS_OK;
    }
    return refuse_word(reader, word, "concept of the table; add it, or correct the name");
}

/* An office or election of the calendar, or NONE. */
static enum status read_name(const struct condition_reader *reader, enum condition_kind kind,
                             const char *word, const char **ret_name)
{
    const struct calendar *calendar = &reader->place->load->ruleset->calendar;
    *ret_name = "";
    if (strcmp(word, "NONE") == 0)
        return STATUS_OK;
    for (uint32_t i = 0; i < calendar->election_count; i++) {
        const struct election *election = &calendar->elections[i];
        if (kind == CONDITION_ELECTION && strcmp(election->name, word) == 0)
            *ret_name = election->name;
        for (uint32_t k = 0; k < election->office_count && kind == CONDITION_OFFICE; k++) {
            if (strcmp(election->offices[k], word) == 0)
                *ret_name = election->offices[k];
        }
    }
    if ((*ret_name)[0] != '\0')
        return STATUS_OK;
    return refuse_word(reader, word,
                       kind == CONDITION_OFFICE ? "office of the calendar"
                                                : "election of the calendar");
}

static enum status read_actor(const struct condition_reader *reader, const char *word,
                              uint32_t *ret_value)
{
    enum actor actor = ACTOR_UNKNOWN;
    if (!find_actor(word, &actor))
        return refuse_word(reader, word, "actor");
    *ret_value = (uint32_t)actor;
    return STATUS_OK;
}

static enum status read_code(const struct condition_reader *reader, const char *word,
                             uint32_t *ret_value)
{
    *ret_value = find_code(reader->place->load->ruleset, word);
    return *ret_value == NO_CODE ? refuse_word(reader, word, "code of the table") : STATUS_OK;
}

static enum status read_value(const struct condition_reader *reader, const char *word,
                              struct alternative *alternative)
{
    uint32_t *value = &alternative->value;
    switch (alternative->kind) {
    case CONDITION_CONCEPT:
    case CONDITION_NO_CONCEPT:
        return read_concept(reader, word, value);
    case CONDITION_EMPLOYMENT:
        return read_employment(reader, word, value);
    case CONDITION_ACTOR:
        return read_actor(reader, word, value);
    case CONDITION_STAGE:
        return read_word(reader, word, stages, value);
    case CONDITION_OFFICE:
    case CONDITION_ELECTION:
        return read_name(reader, alternative->kind, word, &alternative->name);
    case CONDITION_SPOUSE:
    case CONDITION_CLTN:
    case CONDITION_LATE:
        return read_word(reader, word, answers, value);
    case CONDITION_HAS:
        return read_word(reader, word, things, value);
    case CONDITION_CODE:
        return read_code(reader, word, value);
    case CONDITION_OUTCOME:
        return read_word(reader, word, outcomes, value);
    }
    return refuse_word(reader, word, "condition");
}

static const struct sign *find_sign(const char *text)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (strncmp(text, signs[i].text, strlen(signs[i].text)) == 0)
            return &signs[i];
    }
    return &no_sign;
}

static enum status read_alternative(struct condition_reader *reader, const char *text,
                                    struct alternative *alternative)
{
    const struct sign *sign = find_sign(text);
    const char *word = text + strlen(sign->text);
    if (sign == &no_sign && reader->fact != NULL)
        sign = reader->fact;
    else
        reader->fact = strchr(sign->text, '=') != NULL ? sign : NULL;
    if (reader->time < sign->from)
        return refuse_at(reader->place, NULL,
                         "\"%.60s\" asks for what isn't resolved there yet; ask for it in a later "
                         "list",
                         text);
    *alternative = (struct alternative){.kind = sign->kind, .fields = sign->fields, .name = ""};
    return read_value(reader, word, alternative);
}

static enum status read_condition(const struct table_place *place, const char *text,
                                  enum premise_time time, struct condition *ret_condition)
{
    struct condition_reader reader = {.place = place, .text = text, .time = time};
    struct alternative alternatives[ALTERNATIVES_MAX];
    uint32_t count = 0;
    for (const char *at = text; at != NULL;) {
        char word[2 * NAME_BYTES_MAX];
        const char *bar = strchr(at, '|');
        int size = bar == NULL ? (int)strlen(at) : (int)(bar - at);
        (void)snprintf(word, sizeof word, "%.*s", size, at);
        if (size == 0 || size >= (int)sizeof word)
            return refuse_at(place, NULL, "an alternative of \"%.60s\" is empty or too long",
                             text);
        if (count == ALTERNATIVES_MAX)
            return refuse_at(place, NULL, "more than %u alternatives", ALTERNATIVES_MAX);
        TRY(read_alternative(&reader, word, &alternatives[count++]));
        at = bar == NULL ? NULL : bar + 1;
    }
    struct alternative *kept = NULL;
    TRY(take_room(place->load, count * sizeof *kept, &kept));
    memcpy(kept, alternatives, count * sizeof *kept);
    *ret_condition = (struct condition){.alternatives = kept, .count = count};
    return STATUS_OK;
}

static enum status read_conditions(const struct table_place *place, const char *key, char **texts,
                                   unsigned count, enum premise_time time,
                                   const struct condition **ret_conditions)
{
    struct condition *conditions = NULL;
    TRY(take_room(place->load, count * sizeof *conditions, &conditions));
    for (unsigned i = 0; i < count; i++) {
        struct table_place at =
            place_of(place->load, place->source, "%.60s.%s[%u]", place->path, key, i);
        TRY(read_condition(&at, texts[i], time, &conditions[i]));
    }
    *ret_conditions = conditions;
    return STATUS_OK;
}

enum status load_premise(const struct table_place *place, const struct premise_entry *entry,
                         enum premise_time time, struct premise *ret_premise)
{
    struct premise *premise = ret_premise;
    *premise =
        (struct premise){.when_count = entry->when_count, .unless_count = entry->unless_count};
    if (entry->within != NULL)
        TRY(read_number(place, "within", entry->within, 1, WITHIN_MAX, &premise->within));
    TRY(read_conditions(place, "when", entry->when, entry->when_count, time, &premise->when));
    return read_conditions(place, "unless", entry->unless, entry->unless_count, time,
                           &premise->unless);
}
