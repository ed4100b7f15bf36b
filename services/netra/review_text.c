/* Sorted by their beginnings, spans are passed once. */
#include "services/netra/review_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Whether a character begins there, or the text ends. */
static bool is_boundary(struct view text, uint32_t at)
{
    return at == text.size || (text.bytes[at] & 0xc0u) != 0x80u;
}

static bool is_of(struct view text, struct review_span span)
{
    return span.begin < span.end && span.end <= text.size && is_boundary(text, span.begin) &&
           is_boundary(text, span.end);
}

static int compare(const void *left, const void *right)
{
    const struct review_span *a = left;
    const struct review_span *b = right;

    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

/* Joins what overlaps or touches, in place; yields how many are left. */
static size_t join(struct view text, struct review_span *spans, size_t count)
{
    size_t joined = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_of(text, spans[i]))
            continue;
        struct review_span *last = joined > 0 ? &spans[joined - 1] : NULL;

        if (last == NULL || spans[i].begin > last->end)
            spans[joined++] = spans[i];
        else if (spans[i].end > last->end)
            last->end = spans[i].end;
    }
    return joined;
}

static char *append(char *to, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(to, bytes, size);
    return to + size;
}

char *review_mark(struct arena *arena, struct view text, struct review_span *spans, size_t count,
                  const char *open, const char *close)
{
    const size_t marks = strlen(open) + strlen(close);
    size_t at = 0;

    if (count > 1)
        qsort(spans, count, sizeof *spans, compare);
    count = join(text, spans, count);
    char *marked = arena_take(arena, text.size + count * marks + 1);
    char *to = marked;

    if (marked == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        to = append(to, text.bytes + at, spans[i].begin - at);
        to = append(to, open, strlen(open));
        to = append(to, text.bytes + spans[i].begin, spans[i].end - spans[i].begin);
        to = append(to, close, strlen(close));
        at = spans[i].end;
    }
    if (at < text.size) /* the arena's bytes are zero: the text ends by itself */
        (void)append(to, text.bytes + at, text.size - at);
    return marked;
}

char *review_words(struct arena *arena, struct view text, struct review_span span)
{
    const bool is_there = is_of(text, span);
    char *words = arena_take(arena, (is_there ? span.end - span.begin : 0u) + 1u);

    if (words != NULL && is_there)
        memcpy(words, text.bytes + span.begin, span.end - span.begin);
    return words;
}
