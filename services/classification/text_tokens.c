/* Words become tokens: reduplication is undone, abbreviations are expanded, stems are numbered. */
#include "services/classification/text_tokens.h"

#include "common/base/invariant.h"
#include "services/classification/text_words.h"

#include <string.h>

#define DOUBLED_BYTES_MIN 3u /* shorter doubled words are not reduplication: "di di" */

struct token_reader {
    const struct vocabulary *vocabulary;
    struct tokens tokens;
    uint32_t capacity;
    struct word last; /* the next may double it; size 0: none that can be doubled */
};

static bool have_same_stem(const struct vocabulary *vocabulary, struct view one, struct view other)
{
    uint8_t stem[WORD_BYTES_MAX];
    struct view found = vocabulary_stem(vocabulary, one);
    size_t size = found.size;
    if (size > sizeof stem || other.size == 0)
        return false;
    memcpy(stem, found.bytes, size); /* it lives until the next is found */
    return view_equals(view_of(stem, size), vocabulary_stem(vocabulary, other));
}

/* "bagi-bagi", "dukung-mendukung", "bagi bagi": the second says the first again. */
static bool is_doubled(const struct token_reader *reader, const struct word *word)
{
    const struct word *last = &reader->last;
    struct view before = view_of(last->text, last->size);
    struct view now = view_of(word->text, word->size);
    bool can_be = before.size >= DOUBLED_BYTES_MIN && last->is_of_letters && word->is_of_letters &&
                  last->sentence == word->sentence;
    if (!can_be || word->joint == JOINT_OTHER)
        return false;
    if (view_equals(before, now))
        return true;
    return word->joint == JOINT_HYPHEN && have_same_stem(reader->vocabulary, before, now);
}

static void add(struct token_reader *reader, const struct word *word, uint32_t number,
                uint32_t stem)
{
    INVARIANT(reader->tokens.count < reader->capacity);
    reader->tokens.tokens[reader->tokens.count++] = (struct token){
        .word = number,
        .stem = stem,
        .begin = word->begin,
        .end = word->end,
        .sentence = word->sentence,
    };
}

static void add_expansion(struct token_reader *reader, const struct word *word, uint32_t number)
{
    const struct vocabulary *vocabulary = reader->vocabulary;
    const struct expansion *expansion = &vocabulary->expansions[number - 1];
    for (uint32_t i = 0; i < expansion->count; i++) {
        uint32_t part = expansion->words[i];
        add(reader, word, part, vocabulary_find_stem(vocabulary, part, vocabulary->words[part]));
    }
    reader->last.size = 0;
}

static void add_word(struct token_reader *reader, const struct word *word)
{
    const struct vocabulary *vocabulary = reader->vocabulary;
    struct view folded = view_of(word->text, word->size);
    uint32_t number = vocabulary_find(vocabulary, folded);
    if (vocabulary->expansion_of[number] != 0) {
        add_expansion(reader, word, vocabulary->expansion_of[number]);
        return;
    }
    if (is_doubled(reader, word)) {
        reader->tokens.tokens[reader->tokens.count - 1].end = word->end;
        return;
    }
    add(reader, word, number, vocabulary_find_stem(vocabulary, number, folded));
    reader->last = *word;
}

enum status tokens_read(const struct vocabulary *vocabulary, struct view text, struct arena *arena,
                        struct tokens *ret_tokens)
{
    uint32_t capacity = word_count_bound(text);
    if (vocabulary->expansion_count > 0)
        capacity *= EXPANSION_MAX;
    struct token *tokens = arena_take(arena, capacity * sizeof *tokens);
    if (tokens == NULL)
        return STATUS_NO_MEMORY;
    struct token_reader reader = {
        .vocabulary = vocabulary, .tokens = {.tokens = tokens}, .capacity = capacity};
    struct word_cutter cutter = {.text = text};
    struct word word = {.size = 0};
    while (word_next(&cutter, &word))
        add_word(&reader, &word);
    *ret_tokens = reader.tokens;
    return STATUS_OK;
}
