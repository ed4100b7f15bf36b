/*
 * The ring of newest segments: what is found, what gives way, what a roll-back takes.
 */
#include "tests/support/test.h"

#include "common/delivery/segment_ring.h"

#include <string.h>

static uint8_t content[SEGMENT_RING_BYTES + 1];

static int open_ring(void **state)
{
    static struct segment_ring ring;
    *state = &ring;
    return segment_ring_open(&ring) == STATUS_OK ? 0 : -1;
}

static int close_ring(void **state)
{
    segment_ring_close(*state);
    return 0;
}

/* Puts a segment of three events whose bytes all tell its number. */
static void put(struct segment_ring *ring, uint64_t number, size_t size)
{
    struct segment segment = {.first = number * 3 + 1, .last = number * 3 + 3};
    memset(content, (int)(number % 251), size);
    segment.events = view_of(content, size);
    segment_ring_put(ring, &segment);
}

/* Every position of a segment that is there finds it, with its own bytes. */
static unsigned count_found(const struct segment_ring *ring, uint64_t numbers)
{
    unsigned found = 0;
    for (uint64_t number = 0; number < numbers; number++) {
        const struct segment *segment = segment_ring_find(ring, number * 3 + 2);
        assert_ptr_equal(segment, segment_ring_find(ring, number * 3 + 1));
        assert_ptr_equal(segment, segment_ring_find(ring, number * 3 + 3));
        if (segment == NULL) {
            assert_int_equal(found, 0); /* the oldest give way first */
            continue;
        }
        found++;
        assert_int_equal(segment->first, number * 3 + 1);
        for (size_t i = 0; i < segment->events.size; i++)
            assert_int_equal(segment->events.bytes[i], number % 251);
    }
    return found;
}

static void test_find__what_was_put__is_there_and_nothing_else(void **state)
{
    struct segment_ring *ring = *state;
    assert_null(segment_ring_find(ring, 1));
    put(ring, 0, 10);
    put(ring, 1, 20);
    assert_int_equal(count_found(ring, 2), 2);
    assert_null(segment_ring_find(ring, 7));
    assert_null(segment_ring_find(ring, 0));
}

struct turn_case {
    const char *name;
    size_t size_even;
    size_t size_odd;
    uint64_t count;
    unsigned want_least;
};

static const struct turn_case turn_cases[] = {
    {"more rows than there are", 1, 1, 3 * SEGMENT_RING_ROWS, SEGMENT_RING_ROWS},
    {"segments that divide the ring", SEGMENT_RING_BYTES / 8, SEGMENT_RING_BYTES / 8, 50, 8},
    {"segments that don't", 70000, 65001, 300, 28},
    {"large and small by turns", SEGMENT_RING_BYTES / 2, 100, 40, 2},
    {"each as large as the ring", SEGMENT_RING_BYTES, SEGMENT_RING_BYTES, 5, 1},
};

static void test_put__many__keeps_the_newest_whole(void **state)
{
    struct segment_ring *ring = *state;
    for (size_t i = 0; i < sizeof turn_cases / sizeof turn_cases[0]; i++) {
        const struct turn_case *row = &turn_cases[i];
        print_message("  %s\n", row->name);
        ring->count = 0;
        for (uint64_t number = 0; number < row->count; number++) {
            put(ring, number, number % 2 == 0 ? row->size_even : row->size_odd);
            assert_non_null(segment_ring_find(ring, number * 3 + 1));
        }
        assert_true(count_found(ring, row->count) >= row->want_least);
    }
}

static void test_put__larger_than_the_ring__empties_it(void **state)
{
    struct segment_ring *ring = *state;
    put(ring, 0, 10);
    put(ring, 1, SEGMENT_RING_BYTES + 1);
    assert_int_equal(count_found(ring, 2), 0);
    put(ring, 2, 10);
    assert_non_null(segment_ring_find(ring, 7));
}

static void test_cut__a_transaction_taken_back__forgets_what_it_wrote(void **state)
{
    struct segment_ring *ring = *state;
    for (uint64_t number = 0; number < 4; number++)
        put(ring, number, 1000);
    segment_ring_cut(ring, 6);
    assert_int_equal(count_found(ring, 2), 2);
    assert_null(segment_ring_find(ring, 7));
    put(ring, 2, 500);
    assert_int_equal(count_found(ring, 3), 3);
    segment_ring_cut(ring, 0);
    assert_int_equal(count_found(ring, 3), 0);
}

#define WITH_RING(test) cmocka_unit_test_setup_teardown(test, open_ring, close_ring)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RING(test_find__what_was_put__is_there_and_nothing_else),
        WITH_RING(test_put__many__keeps_the_newest_whole),
        WITH_RING(test_put__larger_than_the_ring__empties_it),
        WITH_RING(test_cut__a_transaction_taken_back__forgets_what_it_wrote),
    };
    return cmocka_run_group_tests_name("segment ring", tests, NULL, NULL);
}
