/*
 * A text as the tokens that phrases are compared with: numbers of words and stems, each with its
 * place in the original.
 */
#ifndef NETRA_CLASSIFICATION_TEXT_TOKENS_H
#define NETRA_CLASSIFICATION_TEXT_TOKENS_H

#include "services/classification/text_vocabulary.h"

#include <stdint.h>

struct token {
    uint32_t word; /* 0: no table knows it */
    uint32_t stem;
    uint32_t begin; /* bytes in the original; tokens of one abbreviation share theirs */
    uint32_t end;
    uint32_t sentence;
};

struct tokens {
    struct token *tokens;
    uint32_t count;
};

/* Reads a text into the arena's memory. STATUS_NO_MEMORY. */
enum status tokens_read(const struct vocabulary *vocabulary, struct view text, struct arena *arena,
                        struct tokens *ret_tokens) MUST_USE;

#endif
