/*
 * The tree over the log's leaves: RFC 6962 section 2.1 (unchanged in RFC 9162), SHA-256.
 *
 *   MTH({})      = SHA-256("")
 *   leaf hash    = SHA-256(0x00 | entry)
 *   node hash    = SHA-256(0x01 | left | right)
 *   n > 1 leaves are split at the largest power of two smaller than n; none is padded or doubled
 *
 * Why: whoever holds a root sees any change to what is under it, with about log2 n hashes.
 * What is appended or signed is hashed by two libraries that must agree (reference/audit.md,
 * finding 10): a bit that flipped in memory ends the process, not the log.
 * Limits: fewer than 2^63 leaves.
 */
#ifndef NETRA_BASE_MERKLE_H
#define NETRA_BASE_MERKLE_H

#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MERKLE_LEVELS 64u
#define MERKLE_TILE_LEAVES 256u /* a tile of C2SP tlog-tiles: eight levels */
#define MERKLE_TILE_LEVEL 8u
#define MERKLE_PROOF_HASHES_MAX 64u

/* All that is needed to append and to know the root: one hash for each bit of the size. */
struct merkle_frontier {
    uint64_t size;                              /* leaves */
    uint8_t hashes[MERKLE_LEVELS][SHA256_SIZE]; /* [l]: of 2^l leaves, where bit l of size is 1 */
};

/* A proof's hashes one after the other: leaf side first, root side last. Borrowed. */
struct merkle_proof {
    const uint8_t *hashes; /* count × SHA256_SIZE bytes; may be NULL when count is 0 */
    size_t count;
};

/* SHA-256(0x00 | entry), by both libraries. */
void merkle_leaf_hash(struct view entry, uint8_t hash[SHA256_SIZE]);

/* The same by one library each: the first when a leaf is made, the second over the bytes that were
 * read back, so that each library hashes a leaf once. */
void merkle_leaf_hash_first(struct view entry, uint8_t hash[SHA256_SIZE]);
void merkle_leaf_hash_second(struct view entry, uint8_t hash[SHA256_SIZE]);

/* SHA-256(0x01 | left | right), by both libraries. `hash` may be one of the two. */
void merkle_node_hash(const uint8_t left[SHA256_SIZE], const uint8_t right[SHA256_SIZE],
                      uint8_t hash[SHA256_SIZE]);

/* Appends a leaf. True when it completed a tile of 256 leaves: then `ret_tile_hash`, unless it is
 * NULL, is the tile's hash, the node at level 8 and index size / 256 - 1. */
bool merkle_append(struct merkle_frontier *frontier, const uint8_t leaf_hash[SHA256_SIZE],
                   uint8_t ret_tile_hash[SHA256_SIZE]);

/* Appends a whole tile by its hash, to a frontier of whole tiles: how a frontier is made anew
 * without reading each leaf. */
void merkle_append_tile(struct merkle_frontier *frontier, const uint8_t tile_hash[SHA256_SIZE]);

/* The tree's root. */
void merkle_root(const struct merkle_frontier *frontier, uint8_t root[SHA256_SIZE]);

/* MTH of `count` leaf hashes that lie one after the other. */
void merkle_range_hash(const uint8_t *hashes, size_t count, uint8_t hash[SHA256_SIZE]);

/* The hash of a whole tile: merkle_range_hash of its MERKLE_TILE_LEAVES hashes. */
void merkle_tile_hash(const uint8_t *hashes, uint8_t hash[SHA256_SIZE]);

/* The root that a proof leads to from the leaf at `index` of `size` leaves (RFC 9162 2.1.3.2).
 * STATUS_VERIFICATION_FAILED when the proof has more or fewer hashes than that place needs. */
enum status merkle_climb_to_root(uint64_t index, uint64_t size,
                                 const uint8_t leaf_hash[SHA256_SIZE], struct merkle_proof proof,
                                 uint8_t ret_root[SHA256_SIZE]) MUST_USE;

/* Whether the leaf is at `index` in the tree of `size` leaves with that root.
 * STATUS_VERIFICATION_FAILED when the proof doesn't show it. */
enum status merkle_verify_inclusion(uint64_t index, uint64_t size,
                                    const uint8_t leaf_hash[SHA256_SIZE],
                                    struct merkle_proof proof,
                                    const uint8_t root[SHA256_SIZE]) MUST_USE;

/* Whether the tree of `size` leaves begins with the tree of `old_size` leaves (RFC 9162 2.1.4.2).
 * Every tree extends the empty one, with an empty proof and its known root.
 * STATUS_VERIFICATION_FAILED when the proof doesn't show it. */
enum status merkle_verify_consistency(uint64_t old_size, uint64_t size,
                                      const uint8_t old_root[SHA256_SIZE],
                                      const uint8_t root[SHA256_SIZE],
                                      struct merkle_proof proof) MUST_USE;

#endif
