/* Does a receipt verify for as long as nobody touched it, and no longer? */
#include "tests/support/test.h"

#include "common/base/merkle.h"
#include "services/intake/intake_wire.h"
#include "services/intake/receipt_tree.h"

#include <sodium.h>
#include <string.h>

#define LEAVES_MAX 300u

struct fixture {
    struct arena arena;
    uint8_t sign_public[32];
    uint8_t sign_secret[64];
    struct view leaves[LEAVES_MAX];
    uint8_t hashes[LEAVES_MAX][SHA256_SIZE];
};

/* Not all alike, and all told apart by seq. */
static struct receipt_facts facts_at(unsigned index)
{
    struct receipt_facts facts = {
        .origin = "demo.invalid/netra/ab12cd34",
        .case_number = "1002-24G0-0T",
        .submission_id = "0192f0c4-8a3b-7c21-9def-0123456789ab",
        .accepted_at = 1728700000,
        .seq = 4711 + index,
        .facts_revision = 2,
    };
    memset(facts.commitment, 1, sizeof(facts.commitment));
    memset(facts.stream_id, 2, sizeof(facts.stream_id));
    memset(facts.case_handle, 3, sizeof(facts.case_handle));
    return facts;
}

static int set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof(fixture));
    assert_int_equal(arena_open(&fixture.arena, 1u << 20), STATUS_OK);
    (void)crypto_sign_keypair(fixture.sign_public, fixture.sign_secret);
    for (unsigned i = 0; i < LEAVES_MAX; i++) {
        struct receipt_facts facts = facts_at(i);
        struct view body;
        assert_int_equal(intake_wire_receipt_body(&facts, &fixture.arena, &body), STATUS_OK);
        assert_int_equal(receipt_leaf_make(body, &fixture.arena, &fixture.leaves[i]), STATUS_OK);
        receipt_leaf_hash(fixture.leaves[i], fixture.hashes[i]);
    }
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_close(&fixture->arena);
    return 0;
}

/* A receipt as a node gets it, from a tree of the first `size` leaves. */
static struct signed_receipt give(struct fixture *fixture, uint32_t index, uint32_t size)
{
    struct receipt_tree tree;
    struct signed_receipt made;
    struct signed_receipt read;
    struct view encoded;
    assert_int_equal(receipt_tree_build(fixture->hashes[0], size, &fixture->arena, &tree),
                     STATUS_OK);
    receipt_tree_sign(&tree, fixture->sign_secret);
    assert_int_equal(
        receipt_tree_give(&tree, index, fixture->leaves[index], &fixture->arena, &made),
        STATUS_OK);
    assert_int_equal(intake_wire_receipt(&made, &fixture->arena, &encoded), STATUS_OK);
    assert_int_equal(intake_wire_read_receipt(encoded, &fixture->arena, &read, NULL), STATUS_OK);
    return read;
}

static enum status verify(const struct fixture *fixture, const struct signed_receipt *receipt)
{
    struct view body;
    return receipt_tree_verify(receipt, fixture->sign_public, &body);
}

static void test_receipt__as_it_was_given__verifies_and_says_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct signed_receipt receipt = give(fixture, 5, 47);
    struct receipt_facts want = facts_at(5);
    struct receipt_facts facts;
    struct view body;
    assert_int_equal(receipt_tree_verify(&receipt, fixture->sign_public, &body), STATUS_OK);
    assert_int_equal(intake_wire_read_receipt_body(body, &fixture->arena, &facts, NULL),
                     STATUS_OK);
    assert_string_equal(facts.origin, want.origin);
    assert_string_equal(facts.case_number, want.case_number);
    assert_string_equal(facts.submission_id, want.submission_id);
    assert_int_equal(facts.accepted_at, want.accepted_at);
    assert_int_equal(facts.seq, want.seq);
    assert_int_equal(facts.facts_revision, 2);
    assert_memory_equal(facts.commitment, want.commitment, SHA256_SIZE);
    assert_memory_equal(facts.stream_id, want.stream_id, STREAM_ID_SIZE);
    assert_memory_equal(facts.case_handle, want.case_handle, CASE_HANDLE_SIZE);
}

/* ---- trees of every size ---- */

struct size_case {
    const char *name;
    uint32_t size;
};

static const struct size_case size_cases[] = {
    {"one receipt alone", 1},
    {"two", 2},
    {"three: the last has no neighbour", 3},
    {"a whole tree of four", 4},
    {"five: the last has none on two levels", 5},
    {"seven", 7},
    {"a turn's usual 47", 47},
    {"what a turn takes at most", 256},
    {"one more than a power of two", 257},
    {"three hundred", 300},
};

static void test_every_leaf_is_under_the_signature(void **state)
{
    const struct size_case *row = *state;
    struct fixture *fixture;
    (void)set_up((void **)&fixture);
    uint8_t root[SHA256_SIZE];
    merkle_range_hash(fixture->hashes[0], row->size, root);
    size_t mark = arena_mark(&fixture->arena);
    for (uint32_t index = 0; index < row->size; index++) {
        struct signed_receipt receipt = give(fixture, index, row->size);
        struct merkle_proof proof = {.hashes = receipt.path.bytes,
                                     .count = receipt.path.size / SHA256_SIZE};
        assert_int_equal(verify(fixture, &receipt), STATUS_OK);
        assert_int_equal(
            merkle_verify_inclusion(index, row->size, fixture->hashes[index], proof, root),
            STATUS_OK);
        arena_rewind(&fixture->arena, mark);
    }
    (void)tear_down((void **)&fixture);
}

/* ---- what somebody may have changed ---- */

static void other_index(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->leaf_index ^= 1;
}

static void index_beyond(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->leaf_index += receipt->tree_size;
}

static void larger_tree(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->tree_size++;
}

static void smaller_tree(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->tree_size--;
}

static void no_tree(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->tree_size = 0;
}

static void others_leaf(struct fixture *fixture, struct signed_receipt *receipt)
{
    receipt->leaf = fixture->leaves[receipt->leaf_index + 1];
}

static void leafs_own_hash(struct fixture *fixture, struct signed_receipt *receipt)
{
    receipt->leaf = view_of(fixture->hashes[receipt->leaf_index], SHA256_SIZE);
}

/* The two hashes that a node is made of, as if they were a leaf one level up. */
static void node_as_leaf(struct fixture *fixture, struct signed_receipt *receipt)
{
    receipt->leaf = view_of(fixture->hashes[receipt->leaf_index & ~1u], (size_t)2 * SHA256_SIZE);
    receipt->leaf_index >>= 1;
    receipt->tree_size = (receipt->tree_size + 1) / 2;
    receipt->path = view_of(receipt->path.bytes + SHA256_SIZE, receipt->path.size - SHA256_SIZE);
}

static void path_cut_at_the_leaf(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->path = view_of(receipt->path.bytes + SHA256_SIZE, receipt->path.size - SHA256_SIZE);
}

static void path_cut_at_the_root(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->path.size -= SHA256_SIZE;
}

static void path_cut_by_a_byte(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->path.size--;
}

static void no_path(struct fixture *fixture, struct signed_receipt *receipt)
{
    (void)fixture;
    receipt->path = (struct view){0};
}

static void add_to_path(struct fixture *fixture, struct signed_receipt *receipt, size_t more)
{
    uint8_t *bytes = arena_take(&fixture->arena, receipt->path.size + more);
    assert_non_null(bytes);
    memcpy(bytes, receipt->path.bytes, receipt->path.size);
    memset(bytes + receipt->path.size, 0, more);
    receipt->path = view_of(bytes, receipt->path.size + more);
}

static void path_one_longer(struct fixture *fixture, struct signed_receipt *receipt)
{
    add_to_path(fixture, receipt, SHA256_SIZE);
}

static void path_a_byte_longer(struct fixture *fixture, struct signed_receipt *receipt)
{
    add_to_path(fixture, receipt, 1);
}

static void other_trees_signature(struct fixture *fixture, struct signed_receipt *receipt)
{
    struct signed_receipt other = give(fixture, receipt->leaf_index, receipt->tree_size + 1);
    memcpy(receipt->signature, other.signature, sizeof(receipt->signature));
}

struct change_case {
    const char *name;
    void (*change)(struct fixture *fixture, struct signed_receipt *receipt);
};

static const struct change_case change_cases[] = {
    {"the neighbour's place", other_index},
    {"a place outside of the tree", index_beyond},
    {"a larger tree", larger_tree},
    {"a smaller tree", smaller_tree},
    {"a tree of none", no_tree},
    {"another receipt's leaf", others_leaf},
    {"the leaf's hash as the leaf", leafs_own_hash},
    {"an inner node as a leaf", node_as_leaf},
    {"a path cut at the leaf's side", path_cut_at_the_leaf},
    {"a path cut at the root's side", path_cut_at_the_root},
    {"a path cut by a byte", path_cut_by_a_byte},
    {"no path", no_path},
    {"a path with a hash more", path_one_longer},
    {"a path with a byte more", path_a_byte_longer},
    {"another tree's signature", other_trees_signature},
};

static void test_a_changed_receipt_does_not_verify(void **state)
{
    const struct change_case *row = *state;
    struct fixture *fixture;
    (void)set_up((void **)&fixture);
    struct signed_receipt receipt = give(fixture, 5, 8);
    assert_int_equal(verify(fixture, &receipt), STATUS_OK);
    row->change(fixture, &receipt);
    assert_int_equal(verify(fixture, &receipt), STATUS_SIGNATURE_INVALID);
    (void)tear_down((void **)&fixture);
}

static void flip_each(const struct fixture *fixture, const struct signed_receipt *receipt,
                      uint8_t *bytes, size_t size)
{
    for (size_t index = 0; index < size; index++) {
        bytes[index] ^= 0x01;
        assert_int_equal(verify(fixture, receipt), STATUS_SIGNATURE_INVALID);
        bytes[index] ^= 0x01;
    }
}

static void test_receipt__any_byte_altered__does_not_verify(void **state)
{
    struct fixture *fixture = *state;
    struct signed_receipt receipt = give(fixture, 2, 3);
    uint8_t *leaf = arena_copy(&fixture->arena, receipt.leaf);
    uint8_t *path = arena_copy(&fixture->arena, receipt.path);
    assert_non_null(leaf);
    assert_non_null(path);
    receipt.leaf.bytes = leaf;
    receipt.path.bytes = path;
    flip_each(fixture, &receipt, leaf, receipt.leaf.size);
    flip_each(fixture, &receipt, path, receipt.path.size);
    flip_each(fixture, &receipt, receipt.signature, sizeof(receipt.signature));
    assert_int_equal(verify(fixture, &receipt), STATUS_OK);
}

static void test_receipt__under_another_key__does_not_verify(void **state)
{
    struct fixture *fixture = *state;
    struct signed_receipt receipt = give(fixture, 0, 1);
    uint8_t other_public[32];
    uint8_t other_secret[64];
    (void)crypto_sign_keypair(other_public, other_secret);
    struct view body;
    assert_int_equal(receipt_tree_verify(&receipt, other_public, &body), STATUS_SIGNATURE_INVALID);
}

static void test_leaf__of_another_kind__is_malformed(void **state)
{
    struct fixture *fixture = *state;
    static const char act[] = "netra-act/v1\n";
    struct receipt_tree tree;
    struct signed_receipt receipt;
    uint8_t hash[SHA256_SIZE];
    receipt_leaf_hash(view_of_text(act), hash);
    assert_int_equal(receipt_tree_build(hash, 1, &fixture->arena, &tree), STATUS_OK);
    receipt_tree_sign(&tree, fixture->sign_secret);
    assert_int_equal(receipt_tree_give(&tree, 0, view_of_text(act), &fixture->arena, &receipt),
                     STATUS_OK);
    assert_int_equal(verify(fixture, &receipt), STATUS_MALFORMED);
}

static void test_path__that_is_no_row_of_hashes__is_out_of_range(void **state)
{
    struct fixture *fixture = *state;
    struct signed_receipt receipt = give(fixture, 5, 8);
    struct signed_receipt read;
    struct view encoded;
    static const size_t more[] = {1, (size_t)(RECEIPT_PATH_HASHES_MAX - 2) * SHA256_SIZE};
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
        struct signed_receipt changed = receipt;
        add_to_path(fixture, &changed, more[i]);
        assert_int_equal(intake_wire_receipt(&changed, &fixture->arena, &encoded), STATUS_OK);
        assert_int_equal(intake_wire_read_receipt(encoded, &fixture->arena, &read, NULL),
                         STATUS_OUT_OF_RANGE);
    }
}

static void test_receipt__in_a_full_arena__is_no_memory(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t body[1u << 20];
    struct view leaf;
    struct receipt_tree tree;
    struct signed_receipt receipt;
    assert_int_equal(receipt_leaf_make(view_of(body, sizeof(body)), &fixture->arena, &leaf),
                     STATUS_NO_MEMORY);
    assert_int_equal(receipt_tree_build(fixture->hashes[0], 2, &fixture->arena, &tree), STATUS_OK);
    while (arena_take(&fixture->arena, 64) != NULL)
        continue;
    assert_int_equal(receipt_tree_give(&tree, 0, fixture->leaves[0], &fixture->arena, &receipt),
                     STATUS_NO_MEMORY);
    assert_int_equal(receipt_tree_build(fixture->hashes[0], 2, &fixture->arena, &tree),
                     STATUS_NO_MEMORY);
}

#define SIZES (sizeof(size_cases) / sizeof(size_cases[0]))
#define CHANGES (sizeof(change_cases) / sizeof(change_cases[0]))
#define ON_FIXTURE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    struct CMUnitTest rows[SIZES + CHANGES];
    const struct CMUnitTest tests[] = {
        ON_FIXTURE(test_receipt__as_it_was_given__verifies_and_says_the_same),
        ON_FIXTURE(test_receipt__any_byte_altered__does_not_verify),
        ON_FIXTURE(test_receipt__under_another_key__does_not_verify),
        ON_FIXTURE(test_leaf__of_another_kind__is_malformed),
        ON_FIXTURE(test_path__that_is_no_row_of_hashes__is_out_of_range),
        ON_FIXTURE(test_receipt__in_a_full_arena__is_no_memory),
    };

    if (sodium_init() < 0)
        return 1;
    for (size_t i = 0; i < SIZES; i++)
        rows[i] = (struct CMUnitTest){.name = size_cases[i].name,
                                      .test_func = test_every_leaf_is_under_the_signature,
                                      .initial_state = (void *)(uintptr_t)&size_cases[i]};
    for (size_t i = 0; i < CHANGES; i++)
        rows[SIZES + i] =
            (struct CMUnitTest){.name = change_cases[i].name,
                                .test_func = test_a_changed_receipt_does_not_verify,
                                .initial_state = (void *)(uintptr_t)&change_cases[i]};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + cmocka_run_group_tests(rows, NULL, NULL);
}
