/*
 * The words that the tables know, as numbers: a text's words are compared as numbers, and those
 * that no table names are all 0.
 *
 * Owns: its room lies in the arena it was opened with; the stemmer is libstemmer's own memory,
 * ended by vocabulary_close.
 * Limits: WORDS_MAX words; a word of more than WORD_BYTES_MAX bytes is none that a table knows.
 */
#ifndef NETRA_CLASSIFICATION_TEXT_VOCABULARY_H
#define NETRA_CLASSIFICATION_TEXT_VOCABULARY_H

#include "common/base/arena.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdint.h>

#define WORD_BYTES_MAX 96u
#define WORDS_MAX 32767u
#define EXPANSION_MAX 4u /* words that one abbreviation stands for */

struct sb_stemmer;

/* What an abbreviation stands for. */
struct expansion {
    uint32_t words[EXPANSION_MAX];
    uint32_t count;
};

struct vocabulary {
    struct arena *arena;
    struct sb_stemmer *stemmer;
    struct view *words; /* by number, from 1 */
    uint32_t count;
    uint32_t *slots;      /* hash table of numbers, each with a part of its word's hash */
    uint32_t slot_mask;   /* of an index into it */
    uint32_t *fixed_stem; /* by word: its stem's number, 0: none is fixed */
    uint32_t *stems;      /* by word: its stem's number, 0: not found once for all */
    struct expansion *expansions;
    uint32_t expansion_count;
    uint32_t *expansion_of; /* by word: number + 1 of its expansion */
};

/* STATUS_NO_MEMORY. */
enum status vocabulary_open(struct arena *arena, uint32_t expansion_max,
                            struct vocabulary *ret_vocabulary) MUST_USE;

/* A vocabulary that was never opened (all zero) is fine. */
void vocabulary_close(struct vocabulary *vocabulary);

/* The word's number; 0: unknown. The word is folded (text_words.h). */
uint32_t vocabulary_find(const struct vocabulary *vocabulary, struct view word);

/* The same, and adds what is unknown. 0: full, or the word is too long. */
uint32_t vocabulary_add(struct vocabulary *vocabulary, struct view word);

/* The stem of a folded word: the fixed one, else Snowball's. It lives until the next call. */
struct view vocabulary_stem(const struct vocabulary *vocabulary, struct view word);

/* The number of a folded word's stem, `number` being the word's own; 0: unknown. */
uint32_t vocabulary_find_stem(const struct vocabulary *vocabulary, uint32_t number,
                              struct view word);

/* Finds the known words' stems once for all texts, and draws the hash table together. To be called
 * when all words are known. */
void vocabulary_settle(struct vocabulary *vocabulary);

/* The text's words and their stems become known. STATUS_NO_MEMORY: no room for them. */
enum status vocabulary_learn(struct vocabulary *vocabulary, struct view text) MUST_USE;

/* The folded word stands for those words. False: no room, too many, or it stands for some
 * already. */
bool vocabulary_expand(struct vocabulary *vocabulary, uint32_t word, const uint32_t *words,
                       uint32_t count);

#endif
