/*
 * Borrowed runs of bytes.
 */
#include "common/base/view.h"

#include <string.h>

struct view view_of(const void *bytes, size_t size)
{
    return (struct view){.bytes = bytes, .size = size};
}

struct view view_of_text(const char *text)
{
    return view_of(text, strlen(text));
}

bool view_equals(struct view a, struct view b)
{
    if (a.size != b.size)
        return false;
    /* memcmp must not see the NULL that an empty view may hold. */
    return a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0;
}

bool view_is_zero(struct view view)
{
    uint8_t seen = 0;
    for (size_t index = 0; index < view.size; index++)
        seen |= view.bytes[index];
    return seen == 0;
}
