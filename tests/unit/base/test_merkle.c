/* RFC 6962 by the vectors of certificate-transparency's tests (reference/audit.md 1.11), and the
 * verifiers by every proof in every tree of up to 130 leaves. */
#include "common/base/merkle.h"

#include "common/base/bytes.h"
#include "tests/support/test.h"
#include "tests/unit/base/merkle_tree.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define LEAVES_MAX 130u

/* The tree of eight leaves: hashes of leaves, and of nodes by level and index. */
#define LEAF_0 "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
#define LEAF_1 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
#define LEAF_2 "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"
#define LEAF_3 "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"
#define LEAF_4 "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
#define LEAF_5 "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"
#define LEAF_6 "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
#define LEAF_7 "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"
#define NODE_1_0 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
#define NODE_1_1 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
#define NODE_1_2 "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
#define NODE_1_3 "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
#define NODE_2_0 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
#define NODE_2_1 "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"

static const char *const entries[] = {"",
                                      "00",
                                      "10",
                                      "2021",
                                      "3031",
                                      "40414243",
                                      "5051525354555657",
                                      "606162636465666768696a6b6c6d6e6f"};
static const char *const leaves[] = {LEAF_0, LEAF_1, LEAF_2, LEAF_3,
                                     LEAF_4, LEAF_5, LEAF_6, LEAF_7};

struct root_case {
    const char *name;
    uint64_t size;
    const char *want_root;
};

static struct root_case roots[] = {
    {.name = "no leaf",
     .size = 0,
     .want_root = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {.name = "1 leaf",
     .size = 1,
     .want_root = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {.name = "2 leaves",
     .size = 2,
     .want_root = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {.name = "3 leaves",
     .size = 3,
     .want_root = "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {.name = "4 leaves",
     .size = 4,
     .want_root = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {.name = "5 leaves",
     .size = 5,
     .want_root = "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {.name = "6 leaves",
     .size = 6,
     .want_root = "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {.name = "7 leaves",
     .size = 7,
     .want_root = "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {.name = "8 leaves",
     .size = 8,
     .want_root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

struct proof_case {
    const char *name;
    uint64_t index; /* of the leaf; for consistency the old size */
    uint64_t size;
    const char *hashes[4];
    size_t count;
};

static struct proof_case inclusions[] = {
    {.name = "leaf 0 of 8",
     .index = 0,
     .size = 8,
     .hashes = {LEAF_1, NODE_1_1, NODE_2_1},
     .count = 3},
    {.name = "leaf 5 of 8",
     .index = 5,
     .size = 8,
     .hashes = {LEAF_4, NODE_1_3, NODE_2_0},
     .count = 3},
    {.name = "leaf 6 of 7", .index = 6, .size = 7, .hashes = {NODE_1_2, NODE_2_0}, .count = 2},
    {.name = "leaf 4 of 5", .index = 4, .size = 5, .hashes = {NODE_2_0}, .count = 1},
    {.name = "leaf 2 of 3", .index = 2, .size = 3, .hashes = {NODE_1_0}, .count = 1},
    {.name = "leaf 1 of 5",
     .index = 1,
     .size = 5,
     .hashes = {LEAF_0, NODE_1_1, LEAF_4},
     .count = 3},
};

static struct proof_case consistencies[] = {
    {.name = "1 to 8", .index = 1, .size = 8, .hashes = {LEAF_1, NODE_1_1, NODE_2_1}, .count = 3},
    {.name = "6 to 8",
     .index = 6,
     .size = 8,
     .hashes = {NODE_1_2, NODE_1_3, NODE_2_0},
     .count = 3},
    {.name = "2 to 5", .index = 2, .size = 5, .hashes = {NODE_1_1, LEAF_4}, .count = 2},
    {.name = "4 to 8", .index = 4, .size = 8, .hashes = {NODE_2_1}, .count = 1},
    {.name = "7 to 8",
     .index = 7,
     .size = 8,
     .hashes = {LEAF_6, LEAF_7, NODE_1_2, NODE_2_0},
     .count = 4},
    {.name = "1 to 1", .index = 1, .size = 1, .hashes = {NULL}, .count = 0},
};

static uint8_t leaf_hashes[LEAVES_MAX][SHA256_SIZE]; /* of the entries, then of "leaf i" */
static uint8_t root_hashes[LEAVES_MAX + 1][SHA256_SIZE];

static void assert_hash(const uint8_t hash[SHA256_SIZE], const char *want_hex)
{
    char hex[2 * SHA256_SIZE + 1];

    bytes_to_hex(view_of(hash, SHA256_SIZE), hex);
    assert_string_equal(hex, want_hex);
}

/* Fills the two tables above. */
static int make_tree(void **state)
{
    struct merkle_frontier frontier = {.size = 0};

    (void)state;
    if (sodium_init() < 0)
        return 1;
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        char number[8];
        uint8_t entry[16] = {0};
        size_t size = i < 8 ? strlen(entries[i]) / 2 : 8;

        (void)snprintf(number, sizeof(number), "%zu", i);
        memcpy(entry, number, sizeof(number));
        if (i < 8 && !bytes_from_hex(entries[i], entry, size))
            return 1;
        merkle_leaf_hash(view_of(entry, size), leaf_hashes[i]);
        merkle_root(&frontier, root_hashes[i]);
        (void)merkle_append(&frontier, leaf_hashes[i], NULL);
    }
    merkle_root(&frontier, root_hashes[LEAVES_MAX]);
    return 0;
}

static void test_merkle_leaf_hash__eight_entries__have_the_known_hashes(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++)
        assert_hash(leaf_hashes[i], leaves[i]);
}

static void test_merkle_node_hash__eight_leaves__have_the_known_nodes(void **state)
{
    static const char *const want[] = {NODE_1_0, NODE_1_1, NODE_1_2, NODE_1_3};
    uint8_t nodes[4][SHA256_SIZE];
    uint8_t upper[SHA256_SIZE];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        merkle_node_hash(leaf_hashes[2 * i], leaf_hashes[2 * i + 1], nodes[i]);
        assert_hash(nodes[i], want[i]);
    }
    merkle_node_hash(nodes[0], nodes[1], upper);
    assert_hash(upper, NODE_2_0);
    merkle_node_hash(nodes[2], nodes[3], upper);
    assert_hash(upper, NODE_2_1);
}

static void test_merkle_root(void **state)
{
    const struct root_case *row = *state;
    struct merkle_frontier frontier = {.size = 0};
    uint8_t root[SHA256_SIZE];

    for (uint64_t i = 0; i < row->size; i++)
        assert_false(merkle_append(&frontier, leaf_hashes[i], NULL));
    assert_int_equal(frontier.size, row->size);
    merkle_root(&frontier, root);
    assert_hash(root, row->want_root);
    merkle_range_hash(leaf_hashes[0], row->size, root);
    assert_hash(root, row->want_root);
}

static void read_proof(const struct proof_case *row, struct tree_proof *proof)
{
    proof->count = row->count;
    for (size_t i = 0; i < row->count; i++)
        assert_true(bytes_from_hex(row->hashes[i], proof->hashes[i], SHA256_SIZE));
}

static void test_merkle_verify_inclusion(void **state)
{
    const struct proof_case *row = *state;
    struct tree_proof proof;
    struct tree_proof made;

    read_proof(row, &proof);
    assert_int_equal(merkle_verify_inclusion(row->index, row->size, leaf_hashes[row->index],
                                             tree_view(&proof), root_hashes[row->size]),
                     STATUS_OK);
    tree_inclusion((const uint8_t(*)[SHA256_SIZE])leaf_hashes, row->index, row->size, &made);
    assert_int_equal(made.count, proof.count);
    assert_memory_equal(made.hashes, proof.hashes, proof.count * SHA256_SIZE);
}

static void test_merkle_verify_consistency(void **state)
{
    const struct proof_case *row = *state;
    struct tree_proof proof;
    struct tree_proof made;

    read_proof(row, &proof);
    assert_int_equal(merkle_verify_consistency(row->index, row->size, root_hashes[row->index],
                                               root_hashes[row->size], tree_view(&proof)),
                     STATUS_OK);
    tree_consistency((const uint8_t(*)[SHA256_SIZE])leaf_hashes, row->index, row->size, &made);
    assert_int_equal(made.count, proof.count);
    assert_memory_equal(made.hashes, proof.hashes, proof.count * SHA256_SIZE);
}

/* What is asked of a verifier, so that one loop can spoil proofs of both kinds. */
struct question {
    bool is_consistency;
    uint64_t index;
    uint64_t size;
};

static enum status ask(const struct question *question, const struct tree_proof *proof)
{
    if (question->is_consistency)
        return merkle_verify_consistency(question->index, question->size,
                                         root_hashes[question->index], root_hashes[question->size],
                                         tree_view(proof));
    return merkle_verify_inclusion(question->index, question->size, leaf_hashes[question->index],
                                   tree_view(proof), root_hashes[question->size]);
}

/* The proof holds; shorter, longer and with any hash altered it doesn't. */
static void assert_only_whole(const struct question *question, struct tree_proof *proof)
{
    assert_int_equal(ask(question, proof), STATUS_OK);
    for (size_t i = 0; i < proof->count; i++) {
        proof->hashes[i][i] ^= 0x10;
        assert_int_equal(ask(question, proof), STATUS_VERIFICATION_FAILED);
        proof->hashes[i][i] ^= 0x10;
    }
    if (proof->count > 0) {
        proof->count--;
        assert_int_equal(ask(question, proof), STATUS_VERIFICATION_FAILED);
        proof->count++;
    }
    memset(proof->hashes[proof->count++], 0, SHA256_SIZE);
    assert_int_equal(ask(question, proof), STATUS_VERIFICATION_FAILED);
    proof->count--;
}

static void test_merkle_verify_inclusion__every_leaf_to_130__only_the_whole_proof_holds(
    void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= LEAVES_MAX; size++) {
        for (uint64_t index = 0; index < size; index++) {
            struct question question = {.index = index, .size = size};
            struct tree_proof proof;

            tree_inclusion((const uint8_t(*)[SHA256_SIZE])leaf_hashes, index, size, &proof);
            assert_only_whole(&question, &proof);
            question.index = (index + 1) % LEAVES_MAX;
            assert_int_equal(ask(&question, &proof), STATUS_VERIFICATION_FAILED);
        }
    }
}

static void test_merkle_verify_consistency__every_size_to_130__only_the_whole_holds(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= LEAVES_MAX; size++) {
        for (uint64_t old_size = 1; old_size <= size; old_size++) {
            struct question question = {
                .is_consistency = true,
                .index = old_size,
                .size = size,
            };
            struct tree_proof proof;

            tree_consistency((const uint8_t(*)[SHA256_SIZE])leaf_hashes, old_size, size, &proof);
            assert_only_whole(&question, &proof);
            if (old_size == size)
                continue;
            question.index = old_size - 1;
            if (question.index > 0)
                assert_int_equal(ask(&question, &proof), STATUS_VERIFICATION_FAILED);
        }
    }
}

static void test_merkle_verify_consistency__from_the_empty_tree__needs_an_empty_proof(void **state)
{
    struct question question = {.is_consistency = true, .index = 0, .size = 8};
    struct tree_proof proof = {.count = 0};

    (void)state;
    assert_int_equal(ask(&question, &proof), STATUS_OK);
    proof.count = 1;
    assert_int_equal(ask(&question, &proof), STATUS_VERIFICATION_FAILED);
    proof.count = 0;
    assert_int_equal(
        merkle_verify_consistency(0, 8, root_hashes[1], root_hashes[8], tree_view(&proof)),
        STATUS_VERIFICATION_FAILED);
    question.size = 0;
    assert_int_equal(ask(&question, &proof), STATUS_OK);
}

static void test_merkle_verify_consistency__to_a_smaller_tree__is_refused(void **state)
{
    struct tree_proof proof;

    (void)state;
    tree_consistency((const uint8_t(*)[SHA256_SIZE])leaf_hashes, 6, 8, &proof);
    assert_int_equal(
        merkle_verify_consistency(8, 6, root_hashes[8], root_hashes[6], tree_view(&proof)),
        STATUS_VERIFICATION_FAILED);
    assert_int_equal(
        merkle_verify_consistency(8, 0, root_hashes[8], root_hashes[0], tree_view(&proof)),
        STATUS_VERIFICATION_FAILED);
}

static void test_merkle_verify_inclusion__in_the_empty_tree__is_refused(void **state)
{
    struct tree_proof proof = {.count = 0};

    (void)state;
    assert_int_equal(
        merkle_verify_inclusion(0, 0, leaf_hashes[0], tree_view(&proof), root_hashes[0]),
        STATUS_VERIFICATION_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merkle_leaf_hash__eight_entries__have_the_known_hashes),
        cmocka_unit_test(test_merkle_node_hash__eight_leaves__have_the_known_nodes),
        cmocka_unit_test(
            test_merkle_verify_inclusion__every_leaf_to_130__only_the_whole_proof_holds),
        cmocka_unit_test(test_merkle_verify_consistency__every_size_to_130__only_the_whole_holds),
        cmocka_unit_test(
            test_merkle_verify_consistency__from_the_empty_tree__needs_an_empty_proof),
        cmocka_unit_test(test_merkle_verify_consistency__to_a_smaller_tree__is_refused),
        cmocka_unit_test(test_merkle_verify_inclusion__in_the_empty_tree__is_refused),
    };
    TEST_TABLE(root_tests, roots, test_merkle_root)
    TEST_TABLE(inclusion_tests, inclusions, test_merkle_verify_inclusion)
    TEST_TABLE(consistency_tests, consistencies, test_merkle_verify_consistency)
    int failed = cmocka_run_group_tests_name("base/merkle", tests, make_tree, NULL);

    failed += cmocka_run_group_tests_name("base/merkle roots", root_tests, make_tree, NULL);
    failed +=
        cmocka_run_group_tests_name("base/merkle inclusion", inclusion_tests, make_tree, NULL);
    return failed + cmocka_run_group_tests_name("base/merkle consistency", consistency_tests,
                                                make_tree, NULL);
}
