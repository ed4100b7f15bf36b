/*
 * What a node may show of its case, and anybody can verify with intake's public key alone: one
 * signature for all that a commit accepts, and in each receipt the path to it. Pure.
 *
 * Format: a leaf is "netra-receipt/v1\n" | an encoded ReceiptBody
 * (proto/netra/v1/node_to_intake.proto). The leaves of one commit, in the order in which they were
 * accepted, are hashed to a tree as the audit log's are (common/base/merkle.h). The
 * signature is Ed25519 over "netra-receipts/v1\n" | leaves[4] | root[32].
 *
 * Why: signing a receipt took longer than everything else that intake computes for it
 * (docs/decisions/0015). The prefixes keep a receipt's signature from ever standing under anything
 * else; the leaf is hashed as bytes, so nobody has to encode it again to verify it.
 * Limits: RECEIPT_PATH_HASHES_MAX, far above what one turn takes.
 */
#ifndef NETRA_INTAKE_RECEIPT_TREE_H
#define NETRA_INTAKE_RECEIPT_TREE_H

#include "common/base/arena.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"

#include <stdint.h>

#define RECEIPT_PATH_HASHES_MAX 16u

/* A receipt as it is given out. */
struct signed_receipt {
    struct view leaf;
    uint32_t leaf_index; /* from 0 */
    uint32_t tree_size;  /* leaves */
    struct view path;    /* SHA256_SIZE bytes each, the leaf's side first */
    uint8_t signature[SIGNATURE_SIZE];
};

/* A commit's tree: everything that its receipts have in common. */
struct receipt_tree {
    const uint8_t *hashes; /* SHA256_SIZE bytes each: the leaves', then each level's above */
    uint32_t size;         /* leaves */
    uint8_t signature[SIGNATURE_SIZE];
};

/* The leaf of an encoded body, in the arena. STATUS_NO_MEMORY. */
enum status receipt_leaf_make(struct view body, struct arena *arena,
                              struct view *ret_leaf) MUST_USE;

/* The encoded ReceiptBody within a leaf; nothing is verified. STATUS_MALFORMED: it is none. */
enum status receipt_leaf_read(struct view leaf, struct view *ret_body) MUST_USE;

/* The hash by which a leaf stands in its tree. */
void receipt_leaf_hash(struct view leaf, uint8_t hash[SHA256_SIZE]);

/* The tree over `size` leaves' hashes, which lie one after the other, and at least one. Its hashes
 * lie in the arena; the signature is left to receipt_tree_sign, or is known. STATUS_NO_MEMORY. */
enum status receipt_tree_build(const uint8_t *leaf_hashes, uint32_t size, struct arena *arena,
                               struct receipt_tree *ret_tree) MUST_USE;

/* Signs with libsodium's 64-byte Ed25519 secret key. sodium_init must have succeeded. */
void receipt_tree_sign(struct receipt_tree *tree, const uint8_t sign_secret[64]);

/* The receipt of the leaf at that index; its path lies in the arena, the leaf is borrowed.
 * STATUS_NO_MEMORY. */
enum status receipt_tree_give(const struct receipt_tree *tree, uint32_t leaf_index,
                              struct view leaf, struct arena *arena,
                              struct signed_receipt *ret_receipt) MUST_USE;

/*
 * Whether that key signed a tree with exactly this leaf at this place. STATUS_SIGNATURE_INVALID:
 * it did not, or the path is not as long as index and size ask for. STATUS_MALFORMED: it did, but
 * the leaf is no receipt. On success *ret_body is the encoded ReceiptBody within the leaf.
 */
enum status receipt_tree_verify(const struct signed_receipt *receipt,
                                const uint8_t sign_public[32], struct view *ret_body) MUST_USE;

#endif
