/* Words as numbers: an open hash table, and what the tables fix about single words. */
#include "services/classification/text_vocabulary.h"

#include "services/classification/text_words.h"

#include <libstemmer.h>
#include <string.h>

#define SLOTS 65536u      /* twice the words: a search ends soon */
#define SLOTS_PER_WORD 4u /* once settled: few searches meet another word, in as little memory */

/* A slot has a word's number in its lower bits and the upper bits of its hash above them: another
 * word is told apart without a look at it. */
#define NUMBER_BITS 15u
#define NUMBER_MASK ((1u << NUMBER_BITS) - 1u)
_Static_assert(WORDS_MAX <= NUMBER_MASK, "a number fits its bits");

enum status vocabulary_open(struct arena *arena, uint32_t expansion_max,
                            struct vocabulary *ret_vocabulary)
{
    *ret_vocabulary = (struct vocabulary){
        .arena = arena,
        .words = arena_take(arena, (WORDS_MAX + 1) * sizeof(struct view)),
        .slots = arena_take(arena, SLOTS * sizeof(uint32_t)),
        .slot_mask = SLOTS - 1,
        .fixed_stem = arena_take(arena, (WORDS_MAX + 1) * sizeof(uint32_t)),
        .stems = arena_take(arena, (WORDS_MAX + 1) * sizeof(uint32_t)),
        .expansions = arena_take(arena, expansion_max * sizeof(struct expansion)),
        .expansion_of = arena_take(arena, (WORDS_MAX + 1) * sizeof(uint32_t)),
        .stemmer = sb_stemmer_new("indonesian", "UTF_8"),
    };
    if (arena->is_exhausted || ret_vocabulary->stemmer == NULL) {
        vocabulary_close(ret_vocabulary);
        return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

void vocabulary_close(struct vocabulary *vocabulary)
{
    if (vocabulary->stemmer != NULL)
        sb_stemmer_delete(vocabulary->stemmer);
    *vocabulary = (struct vocabulary){.count = 0};
}

/* Mixes eight bytes at a time; what it is never leaves the process. */
static uint32_t hash_of(struct view word)
{
    uint64_t hash = word.size;
    size_t at = 0;
    for (; at + sizeof hash <= word.size; at += sizeof hash) {
        uint64_t part;
        memcpy(&part, word.bytes + at, sizeof part);
        hash = (hash ^ part) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    uint64_t rest = 0;
    for (; at < word.size; at++)
        rest = rest << 8 | word.bytes[at];
    hash = (hash ^ rest) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash ^ (hash >> 32));
}

/* The slot where the word with that hash is, or would be. */
static uint32_t *slot_of(const struct vocabulary *vocabulary, struct view word, uint32_t hash)
{
    uint32_t at = hash & vocabulary->slot_mask;
    uint32_t slot = vocabulary->slots[at];
    while (slot != 0 && ((slot ^ hash) >> NUMBER_BITS != 0 ||
                         !view_equals(vocabulary->words[slot & NUMBER_MASK], word))) {
        at = (at + 1) & vocabulary->slot_mask;
        slot = vocabulary->slots[at];
    }
    return &vocabulary->slots[at];
}

uint32_t vocabulary_find(const struct vocabulary *vocabulary, struct view word)
{
    return word.size == 0 ? 0 : *slot_of(vocabulary, word, hash_of(word)) & NUMBER_MASK;
}

uint32_t vocabulary_add(struct vocabulary *vocabulary, struct view word)
{
    if (word.size == 0 || word.size > WORD_BYTES_MAX)
        return 0;
    uint32_t hash = hash_of(word);
    uint32_t *slot = slot_of(vocabulary, word, hash);
    if (*slot != 0 || vocabulary->count == WORDS_MAX)
        return *slot & NUMBER_MASK;
    uint8_t *copy = arena_copy(vocabulary->arena, word);
    if (copy == NULL)
        return 0;
    vocabulary->count++;
    vocabulary->words[vocabulary->count] = view_of(copy, word.size);
    *slot = (hash & ~NUMBER_MASK) | vocabulary->count;
    return vocabulary->count;
}

/* The stem of the word with that number. */
static struct view stem_of(const struct vocabulary *vocabulary, uint32_t number, struct view word)
{
    uint32_t fixed = vocabulary->fixed_stem[number];
    if (fixed != 0)
        return vocabulary->words[fixed];
    const sb_symbol *stem = sb_stemmer_stem(vocabulary->stemmer, word.bytes, (int)word.size);
    if (stem == NULL)
        return word;
    return view_of(stem, (size_t)sb_stemmer_length(vocabulary->stemmer));
}

struct view vocabulary_stem(const struct vocabulary *vocabulary, struct view word)
{
    return stem_of(vocabulary, vocabulary_find(vocabulary, word), word);
}

uint32_t vocabulary_find_stem(const struct vocabulary *vocabulary, uint32_t number,
                              struct view word)
{
    if (vocabulary->stems[number] != 0 || word.size == 0)
        return vocabulary->stems[number];
    struct view stem = stem_of(vocabulary, number, word);
    return view_equals(stem, word) ? number : vocabulary_find(vocabulary, stem);
}

/* A table no larger than needed stays in the processor's caches. */
static void draw_together(struct vocabulary *vocabulary)
{
    uint32_t slots = SLOTS;
    while (slots / 2 > vocabulary->count * SLOTS_PER_WORD)
        slots /= 2;
    memset(vocabulary->slots, 0, SLOTS * sizeof(uint32_t));
    vocabulary->slot_mask = slots - 1;
    for (uint32_t i = 1; i <= vocabulary->count; i++) {
        uint32_t hash = hash_of(vocabulary->words[i]);
        *slot_of(vocabulary, vocabulary->words[i], hash) = (hash & ~NUMBER_MASK) | i;
    }
}

void vocabulary_settle(struct vocabulary *vocabulary)
{
    draw_together(vocabulary);
    for (uint32_t i = 1; i <= vocabulary->count; i++)
        vocabulary->stems[i] = vocabulary_find_stem(vocabulary, i, vocabulary->words[i]);
}

enum status vocabulary_learn(struct vocabulary *vocabulary, struct view text)
{
    struct word_cutter cutter = {.text = text};
    struct word word;
    while (word_next(&cutter, &word)) {
        struct view folded = view_of(word.text, word.size);
        if (vocabulary_add(vocabulary, folded) == 0 ||
            vocabulary_add(vocabulary, vocabulary_stem(vocabulary, folded)) == 0)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

bool vocabulary_expand(struct vocabulary *vocabulary, uint32_t word, const uint32_t *words,
                       uint32_t count)
{
    if (vocabulary->expansion_of[word] != 0 || count == 0 || count > EXPANSION_MAX)
        return false;
    struct expansion *expansion = &vocabulary->expansions[vocabulary->expansion_count++];
    memcpy(expansion->words, words, count * sizeof *words);
    expansion->count = count;
    vocabulary->expansion_of[word] = vocabulary->expansion_count;
    return true;
}
