/* Phrases are found by the number of the word they begin with, and told apart by their second. */
#include "services/classification/text_phrases.h"

#include <string.h>

static bool is_word_at(const struct phrase_word *word, const struct token *token)
{
    return word->word == (word->is_exact ? token->word : token->stem);
}

uint32_t phrase_match(const struct phrase *phrase, const struct tokens *tokens, uint32_t first)
{
    /* The places, as bits from `first`, where the words so far can end: gaps leave several. */
    uint64_t places = is_word_at(&phrase->words[0], &tokens->tokens[first]) ? 1 : 0;
    uint32_t last = 0;
    for (uint32_t i = 1; i < phrase->count && places != 0; i++) {
        const struct phrase_word *word = &phrase->words[i];
        uint64_t reached = 0;
        for (uint32_t gap = 0; gap <= word->gap; gap++)
            reached |= places << (gap + 1);
        places = 0;
        last += word->gap + 1u;
        for (uint32_t at = i; at <= last && first + at < tokens->count; at++) {
            const struct token *token = &tokens->tokens[first + at];
            if (token->sentence != tokens->tokens[first].sentence)
                break;
            if ((reached >> at & 1) != 0 && is_word_at(word, token))
                places |= UINT64_C(1) << at;
        }
    }
    return places == 0 ? 0 : first + (uint32_t)__builtin_ctzll(places) + 1;
}

bool negation_holds(const struct negation *negation, const struct tokens *tokens, uint32_t first)
{
    for (uint32_t back = 1; back <= negation->tokens && back <= first; back++) {
        const struct token *token = &tokens->tokens[first - back];
        if (token->sentence != tokens->tokens[first].sentence ||
            negation->is_ending[token->word] != 0)
            return false;
        if (negation->is_negating[token->word] != 0)
            return true;
    }
    return false;
}

static enum status add_occurrence(struct occurrences *list, uint32_t first, uint32_t last,
                                  struct arena *arena)
{
    /* Another phrase of the concept at the same place: the longer one stands. */
    if (list->tail != NULL && list->tail->first == first) {
        list->tail->last = last > list->tail->last ? last : list->tail->last;
        return STATUS_OK;
    }
    if (list->count == OCCURRENCES_MAX)
        return STATUS_OK;
    struct occurrence *occurrence = arena_take(arena, sizeof *occurrence);
    if (occurrence == NULL)
        return STATUS_NO_MEMORY;
    *occurrence = (struct occurrence){.first = first, .last = last};
    if (list->tail == NULL)
        list->head = occurrence;
    else
        list->tail->next = occurrence;
    list->tail = occurrence;
    list->count++;
    return STATUS_OK;
}

/* Whether the second word stands where it may behind the first. */
static bool has_second(const struct phrase_word *second, const struct tokens *tokens,
                       uint32_t first)
{
    uint32_t last = first + 1 + second->gap;
    for (uint32_t at = first + 1; at <= last && at < tokens->count; at++) {
        if (is_word_at(second, &tokens->tokens[at]))
            return true;
    }
    return false;
}

/* A concept's phrase was found: from that token on, through the one before `behind`. */
static enum status note_found(const struct ruleset *ruleset, uint32_t concept, uint32_t first,
                              uint32_t behind, enum text_field field, struct arena *arena,
                              struct findings *findings)
{
    bool is_negated = !ruleset->concepts[concept].is_never_negated &&
                      negation_holds(&ruleset->negation, &findings->tokens[field], first);
    struct occurrences *lists = is_negated ? findings->negated : findings->affirmed[field];
    if (is_negated && field != TEXT_FIELD_DESCRIPTION)
        return STATUS_OK;
    return add_occurrence(&lists[concept], first, behind - 1, arena);
}

/* The phrases of a run at one token. */
static enum status find_run(const struct ruleset *ruleset, struct phrase_run run, uint32_t first,
                            enum text_field field, struct arena *arena, struct findings *findings)
{
    static const struct token none = {.word = 0};
    const struct tokens *tokens = &findings->tokens[field];
    const struct token *next = first + 1 < tokens->count ? &tokens->tokens[first + 1] : &none;
    const struct phrase_key *key = &ruleset->phrase_keys[run.begin];
    for (const struct phrase_key *end = key + run.count; key < end; key++) {
        const struct phrase_word *second = &key->second;
        uint32_t behind = first + 1;
        bool is_there = second->word == 0 || is_word_at(second, next) ||
                        (second->gap > 0 && has_second(second, tokens, first));
        if (is_there && second->word != 0)
            behind = phrase_match(&ruleset->phrases[key->phrase], tokens, first);
        if (is_there && behind != 0)
            TRY(note_found(ruleset, key->concept, first, behind, field, arena, findings));
    }
    return STATUS_OK;
}

static enum status read_field(const struct ruleset *ruleset, const char *text,
                              enum text_field field, struct arena *arena,
                              struct findings *findings)
{
    struct tokens *tokens = &findings->tokens[field];
    findings->affirmed[field] =
        arena_take(arena, ruleset->concept_count * sizeof(struct occurrences));
    if (findings->affirmed[field] == NULL)
        return STATUS_NO_MEMORY;
    TRY(tokens_read(&ruleset->vocabulary, view_of_text(text), arena, tokens));
    for (uint32_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->tokens[i];
        if (token->stem != 0)
            TRY(find_run(ruleset, ruleset->runs_by_stem[token->stem], i, field, arena, findings));
        if (token->word != 0)
            TRY(find_run(ruleset, ruleset->runs_by_word[token->word], i, field, arena, findings));
    }
    return STATUS_OK;
}

enum status findings_read(const struct ruleset *ruleset, const struct facts *facts,
                          struct arena *arena, struct findings *ret_findings)
{
    *ret_findings = (struct findings){.negated = NULL};
    ret_findings->negated = arena_take(arena, ruleset->concept_count * sizeof(struct occurrences));
    if (ret_findings->negated == NULL)
        return STATUS_NO_MEMORY;
    TRY(read_field(ruleset, facts->incident.description, TEXT_FIELD_DESCRIPTION, arena,
                   ret_findings));
    TRY(read_field(ruleset, facts->incident.place, TEXT_FIELD_PLACE, arena, ret_findings));
    TRY(read_field(ruleset, facts->subject.position, TEXT_FIELD_POSITION, arena, ret_findings));
    return read_field(ruleset, facts->subject.unit, TEXT_FIELD_UNIT, arena, ret_findings);
}
