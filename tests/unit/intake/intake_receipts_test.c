/* Does everybody whom a turn accepted get a receipt, under one signature, and the same again? */
#include "tests/support/test.h"

#include "services/intake/intake_receipts.h"
#include "services/intake/intake_wire.h"
#include "tests/unit/intake/intake_store_fixture.h"

#include <sodium.h>
#include <string.h>

#define REQUESTS 5u
#define DOUBLE 3u /* the request that asks for the second one's receipt again */

struct signing {
    uint8_t sign_public[32];
    uint8_t sign_secret[64];
    struct door_request requests[REQUESTS];
    struct view leaves[REQUESTS];
};

static struct view leaf_of(struct arena *arena, uint8_t what)
{
    struct view leaf;
    assert_int_equal(receipt_leaf_make(view_of(&what, 1), arena, &leaf), STATUS_OK);
    return leaf;
}

/* A turn's requests, one of them twice; what it owes. */
static struct turn_receipts owe_all(struct fixture *fixture, struct turn *turn,
                                    struct signing *signing)
{
    struct turn_receipts receipts = {.count = 0};
    for (unsigned i = 0; i < REQUESTS; i++) {
        uint64_t tree = 0;
        uint32_t index = 0;
        uint8_t what = (uint8_t)('a' + (i == DOUBLE ? 1 : i));
        assert_int_equal(turn_receipts_place(&receipts, &fixture->tables, &tree, &index),
                         STATUS_OK);
        assert_int_equal(tree, 1);
        signing->leaves[i] = leaf_of(&fixture->arena, what);
        assert_int_equal(turn_receipts_owe(&receipts, turn, &signing->requests[i],
                                           signing->leaves[i], i == DOUBLE ? 1 : index),
                         STATUS_OK);
    }
    assert_int_equal(receipts.count, REQUESTS - 1);
    return receipts;
}

static void check_answer(struct fixture *fixture, const struct signing *signing, unsigned row)
{
    struct signed_receipt receipt;
    struct view body;
    assert_int_equal(
        intake_wire_read_receipt(signing->requests[row].answer, &fixture->arena, &receipt, NULL),
        STATUS_OK);
    assert_int_equal(receipt_tree_verify(&receipt, signing->sign_public, &body), STATUS_OK);
    assert_true(view_equals(receipt.leaf, signing->leaves[row]));
    assert_int_equal(receipt.tree_size, REQUESTS - 1);
}

static void test_turn_receipts__signed__answer_all_and_later_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct turn turn = {.arena = &fixture->arena, .store = &fixture->store};
    struct signing signing = {.requests = {{.who = NULL}}};
    struct door_request again = {.who = NULL};
    struct known_submission known;
    (void)crypto_sign_keypair(signing.sign_public, signing.sign_secret);
    struct turn_receipts receipts = owe_all(fixture, &turn, &signing);
    put_case(fixture, 1, "1002-24G0-0T", "serang"); /* its revision is of tree 1, at 0 */
    assert_int_equal(turn_receipts_sign(&receipts, &fixture->tables, &turn, signing.sign_secret),
                     STATUS_OK);
    for (unsigned i = 0; i < REQUESTS; i++)
        check_answer(fixture, &signing, i);
    assert_true(view_equals(signing.requests[1].answer, signing.requests[DOUBLE].answer));
    assert_int_equal(
        intake_store_find_submission(&fixture->tables, "serang", ID, &fixture->arena, &known),
        STATUS_OK);
    known.receipt = signing.leaves[0];
    assert_int_equal(turn_receipts_repeat(&known, &turn, &again), STATUS_OK);
    assert_true(view_equals(again.answer, signing.requests[0].answer));
    known.receipt_index = REQUESTS;
    assert_int_equal(turn_receipts_repeat(&known, &turn, &again), STATUS_STORE_CORRUPT);
    /* Only a store that isn't what intake wrote has so many: the hashes are never looked at. */
    known.leaf_hashes.size = ((size_t)(1u << RECEIPT_PATH_HASHES_MAX) + 1) * SHA256_SIZE;
    assert_int_equal(turn_receipts_repeat(&known, &turn, &again), STATUS_STORE_CORRUPT);
}

static void test_turn_receipts__nothing_accepted__leave_no_tree(void **state)
{
    struct fixture *fixture = *state;
    struct turn turn = {.arena = &fixture->arena, .store = &fixture->store};
    const struct turn_receipts none = {.count = 0};
    static const uint8_t sign_secret[64] = {1};
    uint64_t tree = 0;
    assert_int_equal(turn_receipts_sign(&none, &fixture->tables, &turn, sign_secret), STATUS_OK);
    assert_int_equal(intake_store_next_tree(&fixture->tables, &tree), STATUS_OK);
    assert_int_equal(tree, 1);
}

static void test_turn_receipts__in_a_full_arena__are_no_memory(void **state)
{
    struct fixture *fixture = *state;
    struct turn turn = {.arena = &fixture->arena, .store = &fixture->store};
    struct signing signing = {.requests = {{.who = NULL}}};
    struct turn_receipts receipts = owe_all(fixture, &turn, &signing);
    uint32_t before = receipts.count;
    while (arena_take(&fixture->arena, 16) != NULL)
        continue;
    assert_int_equal(turn_receipts_owe(&receipts, &turn, &signing.requests[0], signing.leaves[0],
                                       receipts.count),
                     STATUS_NO_MEMORY);
    assert_int_equal(receipts.count, before);
    assert_int_equal(turn_receipts_sign(&receipts, &fixture->tables, &turn, signing.sign_secret),
                     STATUS_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_turn_receipts__signed__answer_all_and_later_the_same),
        STORE_TEST(test_turn_receipts__nothing_accepted__leave_no_tree),
        STORE_TEST(test_turn_receipts__in_a_full_arena__are_no_memory),
    };

    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
