/*
 * The tree level by level, so that a path is read off it; RFC 6962's tree is the same: a node
 * without a neighbour stands for itself one level up.
 */
#include "services/intake/receipt_tree.h"

#include "common/base/bytes.h"
#include "common/base/invariant.h"
#include "common/base/merkle.h"

#include <sodium.h>
#include <string.h>

static const char leaf_prefix[] = "netra-receipt/v1\n";
static const char signed_prefix[] = "netra-receipts/v1\n";

#define LEAF_PREFIX_SIZE (sizeof(leaf_prefix) - 1)
#define SIGNED_PREFIX_SIZE (sizeof(signed_prefix) - 1)
#define SIGNED_SIZE (SIGNED_PREFIX_SIZE + 4 + SHA256_SIZE)

enum status receipt_leaf_make(struct view body, struct arena *arena, struct view *ret_leaf)
{
    size_t size = 0;
    if (__builtin_add_overflow(LEAF_PREFIX_SIZE, body.size, &size))
        return STATUS_NO_MEMORY;
    uint8_t *bytes = arena_take(arena, size);
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    memcpy(bytes, leaf_prefix, LEAF_PREFIX_SIZE);
    if (body.size > 0)
        memcpy(bytes + LEAF_PREFIX_SIZE, body.bytes, body.size);
    *ret_leaf = view_of(bytes, size);
    return STATUS_OK;
}

enum status receipt_leaf_read(struct view leaf, struct view *ret_body)
{
    if (leaf.size < LEAF_PREFIX_SIZE || memcmp(leaf.bytes, leaf_prefix, LEAF_PREFIX_SIZE) != 0)
        return STATUS_MALFORMED;
    *ret_body = view_of(leaf.bytes + LEAF_PREFIX_SIZE, leaf.size - LEAF_PREFIX_SIZE);
    return STATUS_OK;
}

void receipt_leaf_hash(struct view leaf, uint8_t hash[SHA256_SIZE])
{
    merkle_leaf_hash_first(leaf, hash);
}

/* How many nodes are above so many. */
static uint32_t above(uint32_t count)
{
    return count / 2 + count % 2;
}

/* Writes the level above `count` nodes. */
static void hash_level(const uint8_t *nodes, uint32_t count, uint8_t *ret_above)
{
    for (uint32_t i = 0; i < count / 2; i++)
        merkle_node_hash(nodes + (size_t)2 * i * SHA256_SIZE,
                         nodes + ((size_t)2 * i + 1) * SHA256_SIZE,
                         ret_above + (size_t)i * SHA256_SIZE);
    if (count % 2 == 1)
        memcpy(ret_above + (size_t)(count / 2) * SHA256_SIZE,
               nodes + (size_t)(count - 1) * SHA256_SIZE, SHA256_SIZE);
}

enum status receipt_tree_build(const uint8_t *leaf_hashes, uint32_t size, struct arena *arena,
                               struct receipt_tree *ret_tree)
{
    size_t total = size;
    INVARIANT(size > 0 && size <= 1u << RECEIPT_PATH_HASHES_MAX);
    for (uint32_t count = size; count > 1; count = above(count))
        total += above(count);
    uint8_t *hashes = arena_take(arena, total * SHA256_SIZE);
    if (hashes == NULL)
        return STATUS_NO_MEMORY;
    memcpy(hashes, leaf_hashes, (size_t)size * SHA256_SIZE);
    uint8_t *level = hashes;
    for (uint32_t count = size; count > 1; count = above(count)) {
        hash_level(level, count, level + (size_t)count * SHA256_SIZE);
        level += (size_t)count * SHA256_SIZE;
    }
    ret_tree->hashes = hashes;
    ret_tree->size = size;
    return STATUS_OK;
}

static void fill_signed(uint32_t size, const uint8_t root[SHA256_SIZE], uint8_t bytes[SIGNED_SIZE])
{
    memcpy(bytes, signed_prefix, SIGNED_PREFIX_SIZE);
    bytes_put_u32(bytes + SIGNED_PREFIX_SIZE, size);
    memcpy(bytes + SIGNED_PREFIX_SIZE + 4, root, SHA256_SIZE);
}

void receipt_tree_sign(struct receipt_tree *tree, const uint8_t sign_secret[64])
{
    uint8_t bytes[SIGNED_SIZE];
    const uint8_t *root = tree->hashes;
    for (uint32_t count = tree->size; count > 1; count = above(count))
        root += (size_t)count * SHA256_SIZE;
    fill_signed(tree->size, root, bytes);
    /* Ed25519 by libsodium can't fail with a key of the right size. */
    (void)crypto_sign_detached(tree->signature, NULL, bytes, sizeof(bytes), sign_secret);
}

enum status receipt_tree_give(const struct receipt_tree *tree, uint32_t leaf_index,
                              struct view leaf, struct arena *arena,
                              struct signed_receipt *ret_receipt)
{
    const uint8_t *level = tree->hashes;
    uint32_t node = leaf_index;
    size_t size = 0;
    INVARIANT(leaf_index < tree->size);
    uint8_t *path = arena_take(arena, (size_t)RECEIPT_PATH_HASHES_MAX * SHA256_SIZE);
    if (path == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t count = tree->size; count > 1; count = above(count)) {
        uint32_t neighbour = node ^ 1u;
        if (neighbour < count) {
            memcpy(path + size, level + (size_t)neighbour * SHA256_SIZE, SHA256_SIZE);
            size += SHA256_SIZE;
        }
        level += (size_t)count * SHA256_SIZE;
        node >>= 1;
    }
    *ret_receipt = (struct signed_receipt){
        .leaf = leaf,
        .leaf_index = leaf_index,
        .tree_size = tree->size,
        .path = view_of(path, size),
    };
    memcpy(ret_receipt->signature, tree->signature, SIGNATURE_SIZE);
    return STATUS_OK;
}

enum status receipt_tree_verify(const struct signed_receipt *receipt,
                                const uint8_t sign_public[32], struct view *ret_body)
{
    const struct merkle_proof proof = {.hashes = receipt->path.bytes,
                                       .count = receipt->path.size / SHA256_SIZE};
    uint8_t hash[SHA256_SIZE];
    uint8_t root[SHA256_SIZE];
    uint8_t bytes[SIGNED_SIZE];
    receipt_leaf_hash(receipt->leaf, hash);
    if (receipt->path.size % SHA256_SIZE != 0 ||
        merkle_climb_to_root(receipt->leaf_index, receipt->tree_size, hash, proof, root) !=
            STATUS_OK)
        return STATUS_SIGNATURE_INVALID;
    fill_signed(receipt->tree_size, root, bytes);
    if (crypto_sign_verify_detached(receipt->signature, bytes, sizeof(bytes), sign_public) != 0)
        return STATUS_SIGNATURE_INVALID;
    return receipt_leaf_read(receipt->leaf, ret_body);
}
