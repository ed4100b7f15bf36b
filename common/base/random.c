/*
 * The kernel's randomness behind the random parameter.
 */
#include "common/base/random.h"

#include <sodium.h>

static void system_fill(void *self, uint8_t *bytes, size_t size)
{
    (void)self;
    randombytes_buf(bytes, size);
}

struct random_source random_of_system(void)
{
    return (struct random_source){.fill = system_fill};
}

void random_fill(const struct random_source *source, uint8_t *bytes, size_t size)
{
    source->fill(source->self, bytes, size);
}
