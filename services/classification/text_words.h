/*
 * Cuts a text into words and folds them: runs of letters and digits, NFKC, case folded, marks
 * dropped, the "2" of reduplication taken out.
 *
 * Why word by word: a word's place in the original stays known, which folding a whole text loses.
 * Errors: none; a byte that is no UTF-8 separates words.
 */
#ifndef NETRA_CLASSIFICATION_TEXT_WORDS_H
#define NETRA_CLASSIFICATION_TEXT_WORDS_H

#include "services/classification/text_vocabulary.h"

#include <stdbool.h>
#include <stdint.h>

/* What stands between a word and the one before it. */
enum joint { JOINT_OTHER, JOINT_BLANK, JOINT_HYPHEN };

struct word {
    uint32_t begin; /* bytes in the original */
    uint32_t end;
    uint32_t sentence; /* counted from 0 */
    enum joint joint;
    bool is_of_letters;
    uint32_t size; /* of the folded text; 0: too long to be known */
    uint8_t text[WORD_BYTES_MAX];
};

struct word_cutter {
    struct view text;
    uint32_t at;
    uint32_t sentence;
    bool was_single_letter; /* the word before is one letter: its dot ends no sentence */
};

/* The next word. False: the text is at its end. */
bool word_next(struct word_cutter *cutter, struct word *ret_word);

/* No more words than that are in the text. */
uint32_t word_count_bound(struct view text);

#endif
