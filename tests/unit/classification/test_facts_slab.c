/*
 * The slab that holds facts: room, and what is left behind.
 */
#include "tests/support/test.h"

#include "services/classification/facts_slab.h"

#include <stdlib.h>
#include <string.h>

static struct facts_slab slab;
static uint8_t facts[FACTS_SLAB_BYTES + 1];

static int set_up(void **state)
{
    (void)state;
    memset(&slab, 0, sizeof(slab));
    for (size_t i = 0; i < sizeof(facts); i++)
        facts[i] = (uint8_t)(i * 7 + 1);
    return 0;
}

struct put_case {
    const char *name;
    size_t size;
    uint32_t want_blocks;
    bool want;
};

static struct put_case put_cases[] = {
    {"nothing is not held", 0, 0, false},
    {"one byte takes one block", 1, 1, true},
    {"a full block takes one block", FACTS_BLOCK_BYTES, 1, true},
    {"a byte more takes two", FACTS_BLOCK_BYTES + 1, 2, true},
    {"the whole slab can be one case", FACTS_SLAB_BYTES, FACTS_BLOCKS, true},
    {"a byte more than the slab is refused", FACTS_SLAB_BYTES + 1, 0, false},
};

static void test_put(void **state)
{
    const struct put_case *row = *state;
    struct facts_run run = {.size = 0};
    (void)set_up(NULL);
    assert_int_equal(facts_slab_put(&slab, view_of(facts, row->size), &run), row->want);
    assert_int_equal(slab.blocks_used, row->want_blocks);
    if (row->want)
        assert_true(view_equals(facts_slab_view(&slab, run), view_of(facts, row->size)));
    facts_slab_wipe(&slab, &run);
    assert_int_equal(slab.blocks_used, 0);
    assert_true(view_is_zero(view_of(slab.bytes, sizeof(slab.bytes))));
    assert_int_equal(facts_slab_view(&slab, run).size, 0);
}

static void test_put__full__refused_until_something_is_wiped(void **state)
{
    (void)state;
    struct facts_run first;
    struct facts_run rest;
    struct facts_run late = {.size = 0};
    struct view small = view_of(facts, 3 * FACTS_BLOCK_BYTES);
    assert_true(facts_slab_put(&slab, small, &first));
    assert_true(facts_slab_put(&slab, view_of(facts, FACTS_SLAB_BYTES - small.size), &rest));
    assert_false(facts_slab_put(&slab, view_of(facts, 1), &late));
    assert_int_equal(late.size, 0);
    facts_slab_wipe(&slab, &first);
    assert_false(facts_slab_put(&slab, view_of(facts, small.size + 1), &late));
    assert_true(facts_slab_put(&slab, small, &late));
    assert_true(view_equals(facts_slab_view(&slab, late), small));
}

static void test_put__room_only_in_pieces__refused_and_nothing_changed(void **state)
{
    (void)state;
    static struct facts_run runs[FACTS_BLOCKS];
    for (unsigned i = 0; i < FACTS_BLOCKS; i++)
        assert_true(facts_slab_put(&slab, view_of(facts, FACTS_BLOCK_BYTES), &runs[i]));
    for (unsigned i = 0; i < FACTS_BLOCKS; i += 2)
        facts_slab_wipe(&slab, &runs[i]);
    struct facts_run two = {.size = 0};
    assert_false(facts_slab_put(&slab, view_of(facts, FACTS_BLOCK_BYTES + 1), &two));
    assert_int_equal(slab.blocks_used, FACTS_BLOCKS / 2);
    facts_slab_wipe(&slab, &runs[1]);
    assert_true(facts_slab_put(&slab, view_of(facts, 2 * FACTS_BLOCK_BYTES), &two));
}

/* The search begins in the middle: room that spans that point is found too. */
static void test_put__room_on_both_sides_of_the_search__found(void **state)
{
    (void)state;
    struct facts_run first;
    struct facts_run second;
    struct facts_run third;
    assert_true(facts_slab_put(&slab, view_of(facts, FACTS_SLAB_BYTES / 4), &first));
    assert_true(facts_slab_put(&slab, view_of(facts, FACTS_SLAB_BYTES / 4), &second));
    facts_slab_wipe(&slab, &first);
    facts_slab_wipe(&slab, &second);
    assert_int_equal(slab.next, FACTS_BLOCKS / 2);
    assert_true(facts_slab_put(&slab, view_of(facts, FACTS_SLAB_BYTES), &third));
}

int main(void)
{
    TEST_TABLE(puts, put_cases, test_put)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup(test_put__full__refused_until_something_is_wiped, set_up),
        cmocka_unit_test_setup(test_put__room_only_in_pieces__refused_and_nothing_changed, set_up),
        cmocka_unit_test_setup(test_put__room_on_both_sides_of_the_search__found, set_up),
    };
    int failed = cmocka_run_group_tests_name("put", puts, NULL, NULL);
    return failed + cmocka_run_group_tests_name("facts_slab", singles, NULL, NULL);
}
