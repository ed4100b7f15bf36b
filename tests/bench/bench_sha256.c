/*
 * The yardstick of the processor: SHA-256 of 1 KiB as Netra computes it, on one core.
 *
 *     bench_sha256 DIGESTS
 *
 * Prints "digests MS": how long DIGESTS took, after a warm-up.
 */
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/sha256.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#define WARM_UP 10000u

/* Each digest goes into the next one's input, so that none can be left out. */
static void digest(uint8_t bytes[BENCH_PAYLOAD_BYTES], uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        sha256_of(view_of(bytes, BENCH_PAYLOAD_BYTES), bytes);
}

int main(int argc, char **argv)
{
    uint8_t bytes[BENCH_PAYLOAD_BYTES] = {0};
    struct clock clock = clock_of_system();
    uint64_t count = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    if (count == 0) {
        (void)fprintf(stderr, "usage: bench_sha256 DIGESTS\n");
        return 2;
    }
    digest(bytes, WARM_UP);
    int64_t from_ms = clock_boot_ms(&clock);
    digest(bytes, count);
    (void)printf("digests %lld\n", (long long)(clock_boot_ms(&clock) - from_ms));
    return 0;
}
