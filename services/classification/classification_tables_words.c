/* Stems, abbreviations, negation and concepts, in this order: each is normalised by those before.
 */
#include "services/classification/classification_tables_parts.h"
#include "services/classification/text_tokens.h"
#include "services/classification/text_words.h"

#include <ctype.h>
#include <string.h>

#define NEGATION_TOKENS_MAX 16u
#define PHRASES_MAX 20000u

/* The one word that a text is, as a number. */
static enum status read_word(const struct table_place *place, const char *key, const char *text,
                             uint32_t *ret_word)
{
    struct word_cutter cutter = {.text = view_of_text(text)};
    struct word word, further;
    if (!word_next(&cutter, &word) || word_next(&cutter, &further) || word.size == 0)
        return refuse_at(place, key, "\"%.60s\" is not one word of letters and digits", text);
    *ret_word = vocabulary_add(&place->load->ruleset->vocabulary, view_of(word.text, word.size));
    if (*ret_word == 0)
        return refuse_at(place, key, "too many words in the table; remove some");
    return STATUS_OK;
}

static enum status load_stems(struct table_load *load)
{
    struct vocabulary *vocabulary = &load->ruleset->vocabulary;
    for (unsigned i = 0; i < load->rules->stems_count; i++) {
        const struct stem_entry *entry = &load->rules->stems[i];
        struct table_place place = place_of(load, &load->rules_source, "stems[%u]", i);
        uint32_t word = 0;
        uint32_t stem = 0;
        TRY(read_word(&place, "word", entry->word, &word));
        TRY(read_word(&place, "stem", entry->stem, &stem));
        if (vocabulary->fixed_stem[word] != 0)
            return refuse_at(&place, "word", "\"%.60s\" has a stem already; remove one",
                             entry->word);
        vocabulary->fixed_stem[word] = stem;
    }
    return STATUS_OK;
}

static enum status load_abbreviations(struct table_load *load)
{
    struct vocabulary *vocabulary = &load->ruleset->vocabulary;
    for (unsigned i = 0; i < load->rules->abbreviations_count; i++) {
        const struct abbreviation_entry *entry = &load->rules->abbreviations[i];
        struct table_place place = place_of(load, &load->rules_source, "abbreviations[%u]", i);
        struct word_cutter cutter = {.text = view_of_text(entry->means)};
        struct word cut;
        uint32_t words[EXPANSION_MAX];
        uint32_t word = 0;
        uint32_t count = 0;
        TRY(read_word(&place, "word", entry->word, &word));
        if (vocabulary_learn(vocabulary, cutter.text) != STATUS_OK)
            return refuse_at(&place, "means", "a word is too long, or there are too many");
        while (word_next(&cutter, &cut)) {
            if (count == EXPANSION_MAX)
                return refuse_at(&place, "means", "stands for more than %u words", EXPANSION_MAX);
            words[count++] = vocabulary_find(vocabulary, view_of(cut.text, cut.size));
        }
        if (count == 0)
            return refuse_at(&place, "means", "has no word in it");
        if (!vocabulary_expand(vocabulary, word, words, count))
            return refuse_at(&place, "word", "\"%.60s\" has a meaning already; remove one",
                             entry->word);
    }
    return STATUS_OK;
}

static enum status load_negation(struct table_load *load)
{
    const struct negation_entry *entry = &load->rules->negation;
    struct table_place place = place_of(load, &load->rules_source, "negation");
    struct negation *negation = &load->ruleset->negation;
    TRY(read_number(&place, "tokens", entry->tokens, 1, NEGATION_TOKENS_MAX, &negation->tokens));
    TRY(take_room(load, WORDS_MAX + 1, &negation->is_negating));
    TRY(take_room(load, WORDS_MAX + 1, &negation->is_ending));
    for (unsigned i = 0; i < entry->words_count; i++) {
        uint32_t word = 0;
        TRY(read_word(&place, "words", entry->words[i], &word));
        negation->is_negating[word] = 1;
    }
    for (unsigned i = 0; i < entry->ends_count; i++) {
        uint32_t word = 0;
        TRY(read_word(&place, "ends", entry->ends[i], &word));
        if (negation->is_negating[word] != 0)
            return refuse_at(&place, "ends", "\"%.60s\" can't negate and end it", entry->ends[i]);
        negation->is_ending[word] = 1;
    }
    return STATUS_OK;
}

/* ---- phrases ---- */

struct phrase_reader {
    const struct table_place *place; /* the phrase's */
    const char *text;                /* the whole phrase */
    struct phrase *phrase;
    uint32_t gap; /* of the next word */
};

/* Adds the words of a part of the phrase without '*' and '='. */
static enum status add_part(struct phrase_reader *reader, struct view part, bool is_exact)
{
    struct table_load *load = reader->place->load;
    struct arena *arena = &load->ruleset->arena;
    struct phrase *phrase = reader->phrase;
    struct tokens tokens;
    if (vocabulary_learn(&load->ruleset->vocabulary, part) != STATUS_OK)
        return refuse_at(reader->place, NULL, "a word is too long, or there are too many");
    size_t mark = arena_mark(arena);
    if (tokens_read(&load->ruleset->vocabulary, part, arena, &tokens) != STATUS_OK)
        return take_room(load, SIZE_MAX / 2, &(void *){NULL});
    for (uint32_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.tokens[i];
        if (token->sentence != tokens.tokens[0].sentence)
            return refuse_at(reader->place, NULL, "\"%.60s\" has the end of a sentence in it",
                             reader->text);
        if (phrase->count == PHRASE_WORDS_MAX)
            return refuse_at(reader->place, NULL, "\"%.60s\" has more than %u words", reader->text,
                             PHRASE_WORDS_MAX);
        phrase->words[phrase->count++] = (struct phrase_word){
            .word = is_exact ? token->word : token->stem,
            .is_exact = is_exact,
            .gap = (uint8_t)reader->gap,
        };
        reader->gap = 0;
    }
    arena_rewind(arena, mark);
    return STATUS_OK;
}

static enum status add_star(struct phrase_reader *reader)
{
    reader->gap += 2;
    if (reader->phrase->count == 0)
        return refuse_at(reader->place, NULL, "\"%.60s\" begins with '*'; begin with a word",
                         reader->text);
    if (reader->gap > PHRASE_GAP_MAX)
        return refuse_at(reader->place, NULL, "\"%.60s\" has more than two '*' in a row",
                         reader->text);
    return STATUS_OK;
}

/* Reads the phrase: runs of ordinary words stay together, so that doubled ones are seen. */
static enum status read_phrase(struct phrase_reader *reader)
{
    const char *at = reader->text;
    const char *run = at; /* ordinary words not yet added begin here */
    while (*at != '\0') {
        size_t size = strcspn(at, " \t");
        bool is_star = size == 1 && at[0] == '*';
        bool is_exact = size > 1 && at[0] == '=';
        const char *next = at + size + strspn(at + size, " \t");
        if (is_star || is_exact) {
            TRY(add_part(reader, view_of(run, (size_t)(at - run)), false));
            run = next;
        }
        if (is_star)
            TRY(add_star(reader));
        if (is_exact)
            TRY(add_part(reader, view_of(at + 1, size - 1), true));
        at = next;
    }
    TRY(add_part(reader, view_of(run, (size_t)(at - run)), false));
    if (reader->phrase->count == 0)
        return refuse_at(reader->place, NULL, "\"%.60s\" has no word in it", reader->text);
    if (reader->gap != 0)
        return refuse_at(reader->place, NULL, "\"%.60s\" ends with '*'; end with a word",
                         reader->text);
    return STATUS_OK;
}

static bool is_concept_name(const char *name)
{
    size_t size = 0;
    while (islower((unsigned char)name[size]) || isdigit((unsigned char)name[size]) ||
           name[size] == '_')
        size++;
    return size > 0 && size <= NAME_BYTES_MAX && name[size] == '\0';
}

static enum status load_concept(struct table_load *load, unsigned index,
                                struct concept *ret_concept)
{
    struct ruleset *ruleset = load->ruleset;
    const struct concept_entry *entry = &load->rules->concepts[index];
    struct table_place place = place_of(load, &load->rules_source, "concepts[%u]", index);
    if (!is_concept_name(entry->concept))
        return refuse_at(&place, "concept", "\"%.60s\" is no name; use a-z, 0-9, '_', at most %u",
                         entry->concept, NAME_BYTES_MAX);
    TRY(check_unique(&place, "concept", load->rules->concepts, sizeof *entry, index));
    TRY(keep_text(load, entry->concept, &ret_concept->name));
    ret_concept->is_never_negated = entry->never_negated;
    for (unsigned i = 0; i < entry->phrases_count; i++) {
        struct table_place at =
            place_of(load, &load->rules_source, "concepts[%u].phrases[%u]", index, i);
        if (ruleset->phrase_count == PHRASES_MAX)
            return refuse_at(&at, NULL, "more than %u phrases; remove some", PHRASES_MAX);
        struct phrase *phrase = &ruleset->phrases[ruleset->phrase_count++];
        phrase->concept = index;
        struct phrase_reader reader = {.place = &at, .text = entry->phrases[i], .phrase = phrase};
        TRY(read_phrase(&reader));
    }
    return STATUS_OK;
}

static struct phrase_run *run_of(const struct ruleset *ruleset, const struct phrase *phrase)
{
    const struct phrase_word *first = &phrase->words[0];
    return first->is_exact ? &ruleset->runs_by_word[first->word]
                           : &ruleset->runs_by_stem[first->word];
}

/* Gives each run its place behind those before it, of the size it was counted to, still empty. */
static uint32_t place_runs(const struct ruleset *ruleset, struct phrase_run *runs, uint32_t begin)
{
    for (uint32_t i = 1; i <= ruleset->vocabulary.count; i++) {
        runs[i].begin = begin;
        begin += runs[i].count;
        runs[i].count = 0;
    }
    return begin;
}

/* Puts the phrases' keys side by side that begin with the same word. */
static void index_phrases(struct ruleset *ruleset)
{
    for (uint32_t i = 0; i < ruleset->phrase_count; i++)
        run_of(ruleset, &ruleset->phrases[i])->count++;
    uint32_t begin = place_runs(ruleset, ruleset->runs_by_stem, 0);
    (void)place_runs(ruleset, ruleset->runs_by_word, begin);
    for (uint32_t i = 0; i < ruleset->phrase_count; i++) {
        struct phrase_run *run = run_of(ruleset, &ruleset->phrases[i]);
        ruleset->phrase_keys[run->begin + run->count++] = (struct phrase_key){
            .phrase = i,
            .concept = ruleset->phrases[i].concept,
            .second = ruleset->phrases[i].words[1],
        };
    }
}

static enum status load_concepts(struct table_load *load)
{
    struct ruleset *ruleset = load->ruleset;
    unsigned count = load->rules->concepts_count;
    struct concept *concepts = NULL;
    TRY(take_room(load, count * sizeof *concepts, &concepts));
    TRY(take_room(load, PHRASES_MAX * sizeof(struct phrase), &ruleset->phrases));
    TRY(take_room(load, PHRASES_MAX * sizeof(struct phrase_key), &ruleset->phrase_keys));
    TRY(take_room(load, (WORDS_MAX + 1) * sizeof(struct phrase_run), &ruleset->runs_by_stem));
    TRY(take_room(load, (WORDS_MAX + 1) * sizeof(struct phrase_run), &ruleset->runs_by_word));
    for (unsigned i = 0; i < count; i++)
        TRY(load_concept(load, i, &concepts[i]));
    ruleset->concepts = concepts;
    ruleset->concept_count = count;
    return STATUS_OK;
}

enum status load_words(struct table_load *load)
{
    struct ruleset *ruleset = load->ruleset;
    if (vocabulary_open(&ruleset->arena, load->rules->abbreviations_count, &ruleset->vocabulary) !=
        STATUS_OK)
        return take_room(load, SIZE_MAX / 2, &(void *){NULL});
    TRY(load_stems(load));
    TRY(load_abbreviations(load));
    TRY(load_negation(load));
    TRY(load_concepts(load));
    index_phrases(ruleset);
    vocabulary_settle(&ruleset->vocabulary);
    return STATUS_OK;
}
