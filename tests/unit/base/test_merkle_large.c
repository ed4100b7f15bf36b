/* A tree of 70,000 leaves by the vectors of reference/audit.md 1.11: roots, the tiles' files, and
 * two long proofs. Entry i is the text "leaf i". */
#include "common/base/merkle.h"

#include "common/base/bytes.h"
#include "tests/support/test.h"
#include "tests/unit/base/merkle_tree.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define LEAVES 70000u
#define TILES (LEAVES / MERKLE_TILE_LEAVES)
#define LAST_LEAVES (LEAVES % MERKLE_TILE_LEAVES)

static uint8_t leaf_hashes[LEAVES][SHA256_SIZE];
static uint8_t tile_hashes[TILES][SHA256_SIZE]; /* as appending yields them */
static struct merkle_frontier whole;

struct root_case {
    const char *name;
    size_t size;
    const char *want_root;
};

static struct root_case roots[] = {
    {.name = "255 leaves",
     .size = 255,
     .want_root = "d71592a219d4067663eede247f9b54c3f9e0290682d55de09b495b07f1de41c9"},
    {.name = "256 leaves",
     .size = 256,
     .want_root = "cf5effdb11d0927a2edf53b0e73c7837f659414e00537da5d90eb5c4c49ff274"},
    {.name = "257 leaves",
     .size = 257,
     .want_root = "855b936aa00cb98b5114484249ad39d78a6be93623e26c01e8e487dc02184a5a"},
    {.name = "65535 leaves",
     .size = 65535,
     .want_root = "b592480df20f0dd456e39db9cdb0a1fa85f3617ec2d30cffc52760c38776f393"},
    {.name = "65536 leaves",
     .size = 65536,
     .want_root = "e100ba54d69a91012fc13b7890feac78d6996a097268b6f735d17311c7402a60"},
    {.name = "65537 leaves",
     .size = 65537,
     .want_root = "689b22742cab2adeb36ba622ff2736336464858f5de4a2c02f33bf163e7dca5f"},
    {.name = "70000 leaves",
     .size = 70000,
     .want_root = "da0532ff7b2ee56f4067110fc964e9f27b5959f9527bfff3fa501aa7584deaf3"},
};

/* Hashes that lie one after the other are the bytes of a tile's file. */
struct tile_case {
    const char *name;
    uint8_t (*hashes)[SHA256_SIZE];
    size_t count;
    const char *want_digest;
};

static struct tile_case tiles[] = {
    {.name = "tile/0/000",
     .hashes = leaf_hashes,
     .count = 256,
     .want_digest = "3658d44ebeb979b996b87ac966392dffbe9a628e34cb70bbff0ba844e74c31c6"},
    {.name = "tile/0/273.p/112",
     .hashes = leaf_hashes + 69888,
     .count = 112,
     .want_digest = "a8e4ee4e4f31c2fac9bb546b9b57c22f6c92e15c11adee487d09ebc926ab3ad7"},
    {.name = "tile/1/000",
     .hashes = tile_hashes,
     .count = 256,
     .want_digest = "7b8fc3b25031a7c9b1a317c9453f6f293b414e958d0e80a765be6f00930c3984"},
    {.name = "tile/1/001.p/17",
     .hashes = tile_hashes + 256,
     .count = 17,
     .want_digest = "f1b11556adcce30fcd3fca6ef542ccf6a4319ab92143fb7c8f6c8f1d2e08209e"},
};

static void assert_hash(const uint8_t hash[SHA256_SIZE], const char *want_hex)
{
    char hex[2 * SHA256_SIZE + 1];

    bytes_to_hex(view_of(hash, SHA256_SIZE), hex);
    assert_string_equal(hex, want_hex);
}

static void assert_digest(const void *bytes, size_t size, const char *want_hex)
{
    uint8_t digest[SHA256_SIZE];

    sha256_of(view_of(bytes, size), digest);
    assert_hash(digest, want_hex);
}

static size_t write_entry(size_t index, char entry[16])
{
    int size = snprintf(entry, 16, "leaf %zu", index);

    assert_in_range(size, 6, 15);
    return (size_t)size;
}

static int make_tree(void **state)
{
    (void)state;
    if (sodium_init() < 0)
        return 1;
    whole = (struct merkle_frontier){.size = 0};
    for (size_t i = 0; i < LEAVES; i++) {
        char entry[16];
        uint8_t tile_hash[SHA256_SIZE];

        merkle_leaf_hash(view_of(entry, write_entry(i, entry)), leaf_hashes[i]);
        if (merkle_append(&whole, leaf_hashes[i], tile_hash) != ((i + 1) % 256 == 0))
            return 1;
        if ((i + 1) % 256 == 0)
            memcpy(tile_hashes[i / 256], tile_hash, SHA256_SIZE);
    }
    return 0;
}

static void test_merkle_root(void **state)
{
    const struct root_case *row = *state;
    struct merkle_frontier frontier = {.size = 0};
    uint8_t root[SHA256_SIZE];

    merkle_range_hash(leaf_hashes[0], row->size, root);
    assert_hash(root, row->want_root);

    /* The same from whole tiles and the leaves after them, as a start does it. */
    for (size_t tile = 0; tile < row->size / MERKLE_TILE_LEAVES; tile++)
        merkle_append_tile(&frontier, tile_hashes[tile]);
    for (size_t i = frontier.size; i < row->size; i++)
        (void)merkle_append(&frontier, leaf_hashes[i], NULL);
    assert_int_equal(frontier.size, row->size);
    merkle_root(&frontier, root);
    assert_hash(root, row->want_root);
}

static void test_merkle_tile(void **state)
{
    const struct tile_case *row = *state;

    assert_digest(row->hashes, row->count * SHA256_SIZE, row->want_digest);
}

static void test_merkle_tile_hash__every_tile__is_what_appending_yields(void **state)
{
    (void)state;
    for (size_t tile = 0; tile < TILES; tile++) {
        uint8_t hash[SHA256_SIZE];

        merkle_tile_hash(leaf_hashes[tile * MERKLE_TILE_LEAVES], hash);
        assert_memory_equal(hash, tile_hashes[tile], SHA256_SIZE);
    }
}

static void test_merkle_tile_hash__first_tile_of_level_1__is_the_known_tile_of_level_2(
    void **state)
{
    uint8_t hash[SHA256_SIZE];

    (void)state;
    merkle_tile_hash(tile_hashes[0], hash);
    assert_digest(hash, SHA256_SIZE,
                  "d84406334bc5243eb04ecd6b99e64380d67aaa2b2880a838a123e1b539927708");
}

static void test_entries__last_bundle__has_the_known_digest(void **state)
{
    uint8_t bundle[LAST_LEAVES * 16];
    size_t size = 0;

    (void)state;
    for (size_t i = LEAVES - LAST_LEAVES; i < LEAVES; i++) {
        char entry[16];
        size_t entry_size = write_entry(i, entry);

        bytes_put_u16(bundle + size, (uint16_t)entry_size);
        memcpy(bundle + size + 2, entry, entry_size);
        size += 2 + entry_size;
    }
    assert_int_equal(size, 1344);
    assert_digest(bundle, size,
                  "c215abb6d6970b8c5b6f800aaa1de5eaae049fe9c81341ceba8c00b1078a649f");
}

static void test_merkle_verify_inclusion__12345_of_70000__is_the_known_proof(void **state)
{
    struct tree_proof proof;
    uint8_t root[SHA256_SIZE];

    (void)state;
    merkle_root(&whole, root);
    tree_inclusion((const uint8_t(*)[SHA256_SIZE])leaf_hashes, 12345, LEAVES, &proof);
    assert_int_equal(proof.count, 17);
    assert_digest(proof.hashes, 17 * SHA256_SIZE,
                  "83d2706968cf54d0c512b32bf96dafcfd3fbead0088a76b5b06efaf1940e3f39");
    assert_int_equal(
        merkle_verify_inclusion(12345, LEAVES, leaf_hashes[12345], tree_view(&proof), root),
        STATUS_OK);
    assert_int_equal(
        merkle_verify_inclusion(12346, LEAVES, leaf_hashes[12345], tree_view(&proof), root),
        STATUS_VERIFICATION_FAILED);
}

static void test_merkle_verify_consistency__65537_to_70000__is_the_known_proof(void **state)
{
    struct tree_proof proof;
    uint8_t old_root[SHA256_SIZE];
    uint8_t root[SHA256_SIZE];

    (void)state;
    merkle_range_hash(leaf_hashes[0], 65537, old_root);
    merkle_root(&whole, root);
    tree_consistency((const uint8_t(*)[SHA256_SIZE])leaf_hashes, 65537, LEAVES, &proof);
    assert_int_equal(proof.count, 15);
    assert_digest(proof.hashes, 15 * SHA256_SIZE,
                  "d7411b23266e76602e2272915734cc66a73376e72d4d2e84d60fbee2d1d8fea5");
    assert_int_equal(merkle_verify_consistency(65537, LEAVES, old_root, root, tree_view(&proof)),
                     STATUS_OK);
    assert_int_equal(merkle_verify_consistency(65536, LEAVES, old_root, root, tree_view(&proof)),
                     STATUS_VERIFICATION_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merkle_tile_hash__every_tile__is_what_appending_yields),
        cmocka_unit_test(
            test_merkle_tile_hash__first_tile_of_level_1__is_the_known_tile_of_level_2),
        cmocka_unit_test(test_entries__last_bundle__has_the_known_digest),
        cmocka_unit_test(test_merkle_verify_inclusion__12345_of_70000__is_the_known_proof),
        cmocka_unit_test(test_merkle_verify_consistency__65537_to_70000__is_the_known_proof),
    };
    TEST_TABLE(root_tests, roots, test_merkle_root)
    TEST_TABLE(tile_tests, tiles, test_merkle_tile)
    int failed = cmocka_run_group_tests_name("base/merkle large", tests, make_tree, NULL);

    failed += cmocka_run_group_tests_name("base/merkle large roots", root_tests, NULL, NULL);
    return failed + cmocka_run_group_tests_name("base/merkle large tiles", tile_tests, NULL, NULL);
}
