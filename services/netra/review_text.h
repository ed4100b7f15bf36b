/*
 * The words of a text that led to a decision, marked where they stand. Pure.
 *
 * Why offsets: a decision copies no word of a report (decision 0010); whoever may read the text
 * sees them joined here.
 */
#ifndef NETRA_NETRA_REVIEW_TEXT_H
#define NETRA_NETRA_REVIEW_TEXT_H

#include "common/base/arena.h"
#include "common/base/view.h"

#include <stddef.h>
#include <stdint.h>

/* Bytes from `begin` up to, without, `end`. */
struct review_span {
    uint32_t begin;
    uint32_t end;
};

/*
 * The text with every span between `open` and `close`, ending with a NUL, in the arena. Spans may
 * come in any order, overlap and touch: what they cover together is marked once. One that is
 * empty, ends behind the text or cuts a character is left out: it is not of this text. `spans` is
 * sorted in place. NULL: the arena is full.
 */
char *review_mark(struct arena *arena, struct view text, struct review_span *spans, size_t count,
                  const char *open, const char *close);

/* The span's words, ending with a NUL, in the arena; "" for a span that is not of this text. NULL:
 * the arena is full. */
char *review_words(struct arena *arena, struct view text, struct review_span span);

#endif
