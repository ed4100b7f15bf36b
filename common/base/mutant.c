/*
 * Reads NETRA_MUTANT. Empty without NETRA_MUTANTS.
 */
#include "common/base/mutant.h"

#include <stdio.h> /* outside: a source without any declaration is no C */

#ifdef NETRA_MUTANTS

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[MUTANT_COUNT] = {
#define X(name, what, rule) [MUTANT_##name] = #name,
    MUTANT_LIST(X)
#undef X
};

/* MUTANT_COUNT: none. */
static enum mutant read_choice(void)
{
    const char *variable = getenv("NETRA_MUTANT");
    if (variable == NULL || *variable == '\0')
        return MUTANT_COUNT;
    for (unsigned index = 0; index < MUTANT_COUNT; index++) {
        if (strcmp(names[index], variable) == 0)
            return (enum mutant)index;
    }
    (void)dprintf(STDERR_FILENO, "NETRA_MUTANT: no such mutant: '%s'\n", variable);
    _exit(2);
}

bool mutant_is_chosen(enum mutant mutant)
{
    static enum mutant chosen = MUTANT_COUNT;
    static bool is_read = false;
    if (!is_read) {
        is_read = true;
        chosen = read_choice();
    }
    return mutant == chosen;
}

#endif
