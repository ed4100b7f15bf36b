/* From the root down, as the RFC defines it; then turned round, because the leaf side is first. */
#include "tests/unit/base/merkle_tree.h"

#include <string.h>

/* Half-open ranges of leaves, root side first. */
struct ranges {
    uint64_t low[MERKLE_PROOF_HASHES_MAX + 1];
    uint64_t high[MERKLE_PROOF_HASHES_MAX + 1];
    size_t count;
};

/* The largest power of two smaller than `count`, which is at least 2. */
static uint64_t split(uint64_t count)
{
    uint64_t power = 1;

    while (power * 2 < count)
        power *= 2;
    return power;
}

static void add(struct ranges *ranges, uint64_t low, uint64_t high)
{
    ranges->low[ranges->count] = low;
    ranges->high[ranges->count] = high;
    ranges->count++;
}

static void hash_ranges(const uint8_t (*leaf_hashes)[SHA256_SIZE], const struct ranges *ranges,
                        struct tree_proof *proof)
{
    proof->count = ranges->count;
    for (size_t i = 0; i < ranges->count; i++) {
        size_t from = ranges->count - 1 - i;

        merkle_range_hash(leaf_hashes[ranges->low[from]], ranges->high[from] - ranges->low[from],
                          proof->hashes[i]);
    }
}

void tree_inclusion(const uint8_t (*leaf_hashes)[SHA256_SIZE], uint64_t index, uint64_t size,
                    struct tree_proof *proof)
{
    struct ranges ranges = {.count = 0};
    uint64_t low = 0;
    uint64_t high = size;

    while (high - low > 1) {
        uint64_t middle = low + split(high - low);

        if (index < middle) {
            add(&ranges, middle, high);
            high = middle;
        } else {
            add(&ranges, low, middle);
            low = middle;
        }
    }
    hash_ranges(leaf_hashes, &ranges, proof);
}

void tree_consistency(const uint8_t (*leaf_hashes)[SHA256_SIZE], uint64_t old_size, uint64_t size,
                      struct tree_proof *proof)
{
    struct ranges ranges = {.count = 0};
    uint64_t low = 0;
    uint64_t high = size;

    while (high != old_size) {
        uint64_t middle = low + split(high - low);

        if (old_size <= middle) {
            add(&ranges, middle, high);
            high = middle;
        } else {
            add(&ranges, low, middle);
            low = middle;
        }
    }
    /* A verifier knows the old root: only a part of the old tree must be told. */
    if (low != 0)
        add(&ranges, low, high);
    hash_ranges(leaf_hashes, &ranges, proof);
}

struct merkle_proof tree_view(const struct tree_proof *proof)
{
    return (struct merkle_proof){.hashes = proof->hashes[0], .count = proof->count};
}
