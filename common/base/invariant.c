/*
 * The end of a process that found a bug of ours.
 */
#include "common/base/invariant.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void invariant_failed(const char *claim, const char *file, int line)
{
    char text[400];
    int length = snprintf(text, sizeof text, "%s:%d: invariant broken: %s\n", file, line, claim);
    if (length >= (int)sizeof text) {
        length = (int)sizeof text - 1;
        text[length - 1] = '\n';
    }
    if (length > 0) {
        /* One write and no stdio: another part of the process may be in any state. */
        ssize_t written = write(STDERR_FILENO, text, (size_t)length);
        (void)written;
    }
    abort();
}
