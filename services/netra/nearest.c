/* Levenshtein's distance, one row of the matrix at a time. */
#include "services/netra/nearest.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned nearest_distance(const char *a, const char *b)
{
    const size_t a_size = strnlen(a, NEAREST_BYTES_MAX);
    const size_t b_size = strnlen(b, NEAREST_BYTES_MAX);
    unsigned row[NEAREST_BYTES_MAX + 1];

    for (size_t j = 0; j <= b_size; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a_size; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_size; j++) {
            const unsigned above = row[j];
            const unsigned change =
                tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]) ? 0 : 1;

            row[j] = least(least(above, row[j - 1]) + 1, diagonal + change);
            diagonal = above;
        }
    }
    return row[b_size];
}
