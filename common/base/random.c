/*
 * The kernel's randomness behind the random parameter, fetched in bulk: an event takes three small
 * pieces, and a system call for each costs more than encrypting it.
 *
 * No process of ours forks: a child would draw what its parent draws, and nonces would repeat.
 */
#include "common/base/random.h"

#include "common/base/invariant.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/random.h>

#define POOL_SIZE 4096u

/* Bytes from `pool_used` on were given to nobody yet; those before it are wiped. */
static uint8_t pool[POOL_SIZE];
static size_t pool_used = POOL_SIZE;

/* Not libsodium's randombytes_buf, which asks for 256 bytes at a time. */
static void fill_pool(void)
{
    size_t filled = 0;
    while (filled < POOL_SIZE) {
        ssize_t got = getrandom(pool + filled, POOL_SIZE - filled, 0);
        INVARIANT(got > 0 || errno == EINTR);
        filled += got > 0 ? (size_t)got : 0;
    }
    pool_used = 0;
}

static void system_fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    if (size > POOL_SIZE) {
        randombytes_buf(bytes, size);
        return;
    }
    if (size > POOL_SIZE - pool_used)
        fill_pool();
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
