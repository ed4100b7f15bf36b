/*
 * The details of a failure, in a buffer of the caller: which file, line, field, and what was
 * expected there.
 *
 * Why: library code doesn't log; the one who asked does, once, with the status's name and this
 * text.
 * Limits: 1000 bytes, cut at the end: some ten problems of a submission. Control characters but
 * newlines, and bytes that are no UTF-8, are replaced by '?'. Never personal data:
 * dates, codes, paths of fields and rules only.
 */
#ifndef NETRA_BASE_DIAG_H
#define NETRA_BASE_DIAG_H

struct diag {
    char text[1000]; /* NUL-terminated; empty when nothing was said */
};

/* Writes the text, replacing what was there. `diag` may be NULL: then nothing happens. */
__attribute__((format(printf, 2, 3))) void diag_set(struct diag *diag, const char *format, ...);

/* Puts "prefix: " before what is there; for callers that know the place (a file, a peer)
 * better. `diag` may be NULL. */
__attribute__((format(printf, 2, 3))) void diag_prefix(struct diag *diag, const char *format, ...);

/* Empties it. `diag` may be NULL. */
void diag_clear(struct diag *diag);

#endif
