/*
 * Randomness as a parameter, so that a simulation can seed it. The real one is libsodium's.
 */
#ifndef NETRA_BASE_RANDOM_H
#define NETRA_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random_source {
    void (*fill)(void *self, uint8_t *bytes, size_t size);
    void *self;
};

/* The kernel's, through libsodium. sodium_init must have succeeded. */
struct random_source random_of_system(void);

/* Fills `size` bytes. Never fails. */
void random_fill(const struct random_source *source, uint8_t *bytes, size_t size);

#endif
