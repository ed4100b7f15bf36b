/*
 * Proofs made from all leaf hashes by the definitions of RFC 6962 2.1.1 and 2.1.2, for the tests
 * of the verifiers: nothing here shares code with what it tests but the hash of a range.
 */
#ifndef NETRA_TESTS_UNIT_BASE_MERKLE_TREE_H
#define NETRA_TESTS_UNIT_BASE_MERKLE_TREE_H

#include "common/base/merkle.h"

struct tree_proof {
    uint8_t hashes[MERKLE_PROOF_HASHES_MAX + 1][SHA256_SIZE];
    size_t count;
};

/* PATH(index, D[size]). */
void tree_inclusion(const uint8_t (*leaf_hashes)[SHA256_SIZE], uint64_t index, uint64_t size,
                    struct tree_proof *proof);

/* PROOF(old_size, D[size]), 0 < old_size <= size. */
void tree_consistency(const uint8_t (*leaf_hashes)[SHA256_SIZE], uint64_t old_size, uint64_t size,
                      struct tree_proof *proof);

/* The proof as a verifier takes it. */
struct merkle_proof tree_view(const struct tree_proof *proof);

#endif
