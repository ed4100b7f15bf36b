/*
 * A borrowed run of bytes: pointer and length. Never owns, never NUL-terminated.
 */
#ifndef NETRA_BASE_VIEW_H
#define NETRA_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct view {
    const uint8_t *bytes; /* may be NULL when size is 0 */
    size_t size;          /* bytes */
};

/* The view of `size` bytes at `bytes`. */
struct view view_of(const void *bytes, size_t size);

/* The view of a NUL-terminated text, without its NUL. */
struct view view_of_text(const char *text);

/* Whether both hold the same bytes. Not constant-time: never for secrets. */
bool view_equals(struct view a, struct view b);

/* Whether every byte is zero (an empty view is). */
bool view_is_zero(struct view view);

#endif
