/*
 * For our own bugs: stays on in release, names the place, aborts. Bad input is never an invariant.
 */
#ifndef NETRA_BASE_INVARIANT_H
#define NETRA_BASE_INVARIANT_H

#define INVARIANT(claim) ((claim) ? (void)0 : invariant_failed(#claim, __FILE__, __LINE__))

__attribute__((noreturn)) void invariant_failed(const char *claim, const char *file, int line);

#endif
