/*
 * The kernel's randomness behind the random parameter, fetched in bulk: an event takes three small
 * pieces, and a system call for each costs more than encrypting it.
 *
 * No process of ours forks: a child would draw what its parent draws, and nonces would repeat.
 */
#include "common/base/random.h"

#include <sodium.h>
#include <string.h>

#define POOL_SIZE 4096u

/* Bytes from `pool_used` on were given to nobody yet; those before it are wiped. */
static uint8_t pool[POOL_SIZE];
static size_t pool_used = POOL_SIZE;

static void system_fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    if (size > POOL_SIZE) {
        randombytes_buf(bytes, size);
        return;
    }
    if (size > POOL_SIZE - pool_used) {
        randombytes_buf(pool, POOL_SIZE);
        pool_used = 0;
    }
    memcpy(bytes, pool + pool_used, size);
    sodium_memzero(pool + pool_used, size);
    pool_used += size;
}

struct random_source random_of_system(void)
{
    return (struct random_source){.fill = system_fill};
}

void random_fill(const struct random_source *source, uint8_t *bytes, size_t size)
{
    source->fill(source->self, bytes, size);
}
