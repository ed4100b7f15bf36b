/*
 * The known word that somebody most likely meant.
 */
#ifndef NETRA_NETRA_NEAREST_H
#define NETRA_NETRA_NEAREST_H

/* The fewest insertions, deletions and replacements of bytes between two words, case forgiven;
 * words are compared up to NEAREST_BYTES_MAX bytes. */
#define NEAREST_BYTES_MAX 64u
unsigned nearest_distance(const char *a, const char *b);

#endif
