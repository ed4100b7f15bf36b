/* RFC 6962 section 2.1 by its frontier, and the two verifiers of RFC 9162. */
#include "common/base/merkle.h"

#include "common/base/invariant.h"

#include <string.h>

/* Hashes with both libraries: what they don't agree on must not reach the tree. */
static void hash_twice(const struct view *parts, size_t count, uint8_t hash[SHA256_SIZE])
{
    uint8_t first[SHA256_SIZE];
    uint8_t second[SHA256_SIZE];

    sha256_of_parts(parts, count, first);
    sha256_second_opinion(parts, count, second);
    INVARIANT(memcmp(first, second, SHA256_SIZE) == 0);
    memcpy(hash, first, SHA256_SIZE);
}

void merkle_leaf_hash(struct view entry, uint8_t hash[SHA256_SIZE])
{
    const struct view parts[] = {view_of("\x00", 1), entry};

    hash_twice(parts, 2, hash);
}

void merkle_leaf_hash_first(struct view entry, uint8_t hash[SHA256_SIZE])
{
    const struct view parts[] = {view_of("\x00", 1), entry};

    sha256_of_parts(parts, 2, hash);
}

void merkle_leaf_hash_second(struct view entry, uint8_t hash[SHA256_SIZE])
{
    const struct view parts[] = {view_of("\x00", 1), entry};

    sha256_second_opinion(parts, 2, hash);
}

void merkle_node_hash(const uint8_t left[SHA256_SIZE], const uint8_t right[SHA256_SIZE],
                      uint8_t hash[SHA256_SIZE])
{
    const struct view parts[] = {
        view_of("\x01", 1),
        view_of(left, SHA256_SIZE),
        view_of(right, SHA256_SIZE),
    };

    hash_twice(parts, 3, hash);
}

/* Appends a complete subtree of 2^level leaves: it joins its left neighbours as far as they are
 * complete, as a carry runs through a binary number. */
static bool append(struct merkle_frontier *frontier, unsigned level,
                   const uint8_t hash[SHA256_SIZE], uint8_t *ret_tile_hash)
{
    uint64_t leaves = UINT64_C(1) << level;
    uint8_t node[SHA256_SIZE];
    bool is_tile_complete = false;

    INVARIANT(frontier->size % leaves == 0);
    INVARIANT(frontier->size < (uint64_t)INT64_MAX - leaves);
    memcpy(node, hash, SHA256_SIZE);
    for (; (frontier->size >> level & 1) != 0; level++) {
        merkle_node_hash(frontier->hashes[level], node, node);
        if (level + 1 == MERKLE_TILE_LEVEL) {
            is_tile_complete = true;
            if (ret_tile_hash != NULL)
                memcpy(ret_tile_hash, node, SHA256_SIZE);
        }
    }
    memcpy(frontier->hashes[level], node, SHA256_SIZE);
    frontier->size += leaves;
    return is_tile_complete;
}

bool merkle_append(struct merkle_frontier *frontier, const uint8_t leaf_hash[SHA256_SIZE],
                   uint8_t ret_tile_hash[SHA256_SIZE])
{
    return append(frontier, 0, leaf_hash, ret_tile_hash);
}

void merkle_append_tile(struct merkle_frontier *frontier, const uint8_t tile_hash[SHA256_SIZE])
{
    (void)append(frontier, MERKLE_TILE_LEVEL, tile_hash, NULL);
}

void merkle_root(const struct merkle_frontier *frontier, uint8_t root[SHA256_SIZE])
{
    bool is_begun = false;

    if (frontier->size == 0) {
        hash_twice(NULL, 0, root);
        return;
    }
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if ((frontier->size >> level & 1) == 0)
            continue;
        if (is_begun)
            merkle_node_hash(frontier->hashes[level], root, root);
        else
            memcpy(root, frontier->hashes[level], SHA256_SIZE);
        is_begun = true;
    }
}

void merkle_range_hash(const uint8_t *hashes, size_t count, uint8_t hash[SHA256_SIZE])
{
    struct merkle_frontier frontier = {.size = 0};

    for (size_t i = 0; i < count; i++)
        (void)merkle_append(&frontier, hashes + i * SHA256_SIZE, NULL);
    merkle_root(&frontier, hash);
}

void merkle_tile_hash(const uint8_t *hashes, uint8_t hash[SHA256_SIZE])
{
    merkle_range_hash(hashes, MERKLE_TILE_LEAVES, hash);
}

/* The way up from a node to the root, in RFC 9162's words: fn and sn. */
struct climb {
    uint64_t node; /* the index, at this level, of the node that the proof starts from */
    uint64_t last; /* the index, at this level, of the last node */
};

/* Whether the next hash of the proof stands to the left; then goes up past levels where the node
 * has no neighbour. */
static bool climb_from(struct climb *climb)
{
    bool is_left = (climb->node & 1) != 0 || climb->node == climb->last;

    if (is_left)
        while ((climb->node & 1) == 0 && climb->node != 0) {
            climb->node >>= 1;
            climb->last >>= 1;
        }
    climb->node >>= 1;
    climb->last >>= 1;
    return is_left;
}

static enum status verdict(bool holds)
{
    return holds ? STATUS_OK : STATUS_VERIFICATION_FAILED;
}

enum status merkle_climb_to_root(uint64_t index, uint64_t size,
                                 const uint8_t leaf_hash[SHA256_SIZE], struct merkle_proof proof,
                                 uint8_t ret_root[SHA256_SIZE])
{
    struct climb climb = {.node = index, .last = size - 1};

    if (index >= size)
        return STATUS_VERIFICATION_FAILED;
    memcpy(ret_root, leaf_hash, SHA256_SIZE);
    for (size_t i = 0; i < proof.count; i++) {
        const uint8_t *next = proof.hashes + i * SHA256_SIZE;

        if (climb.last == 0)
            return STATUS_VERIFICATION_FAILED;
        if (climb_from(&climb))
            merkle_node_hash(next, ret_root, ret_root);
        else
            merkle_node_hash(ret_root, next, ret_root);
    }
    return verdict(climb.last == 0);
}

enum status merkle_verify_inclusion(uint64_t index, uint64_t size,
                                    const uint8_t leaf_hash[SHA256_SIZE],
                                    struct merkle_proof proof, const uint8_t root[SHA256_SIZE])
{
    uint8_t reached[SHA256_SIZE];

    TRY(merkle_climb_to_root(index, size, leaf_hash, proof, reached));
    return verdict(memcmp(reached, root, SHA256_SIZE) == 0);
}

enum status merkle_verify_consistency(uint64_t old_size, uint64_t size,
                                      const uint8_t old_root[SHA256_SIZE],
                                      const uint8_t root[SHA256_SIZE], struct merkle_proof proof)
{
    struct climb climb = {.node = old_size - 1, .last = size - 1};
    uint8_t old_hash[SHA256_SIZE];
    uint8_t hash[SHA256_SIZE];
    size_t first = 0;

    if (old_size == size)
        return verdict(proof.count == 0 && memcmp(old_root, root, SHA256_SIZE) == 0);
    if (old_size == 0) {
        hash_twice(NULL, 0, hash);
        return verdict(proof.count == 0 && memcmp(old_root, hash, SHA256_SIZE) == 0);
    }
    if (old_size > size || proof.count == 0)
        return STATUS_VERIFICATION_FAILED;

    /* An old tree of a power of two is a node of the new one: the proof starts from its root. */
    if ((old_size & (old_size - 1)) == 0)
        memcpy(hash, old_root, SHA256_SIZE);
    else
        memcpy(hash, proof.hashes + SHA256_SIZE * first++, SHA256_SIZE);
    memcpy(old_hash, hash, SHA256_SIZE);
    while ((climb.node & 1) != 0) {
        climb.node >>= 1;
        climb.last >>= 1;
    }
    for (size_t i = first; i < proof.count; i++) {
        const uint8_t *next = proof.hashes + i * SHA256_SIZE;

        if (climb.last == 0)
            return STATUS_VERIFICATION_FAILED;
        if (climb_from(&climb)) {
            merkle_node_hash(next, old_hash, old_hash);
            merkle_node_hash(next, hash, hash);
        } else {
            merkle_node_hash(hash, next, hash);
        }
    }
    return verdict(climb.last == 0 && memcmp(old_hash, old_root, SHA256_SIZE) == 0 &&
                   memcmp(hash, root, SHA256_SIZE) == 0);
}
