/*
 * A ruleset that comes in parts: whole, broken, and begun anew.
 */
#include "tests/support/test.h"

#include "services/worker/ruleset_fetch.h"

#include <string.h>

static struct ruleset_fetch fetch;
static uint8_t bytes[1000];
static uint8_t digest[SHA256_SIZE];

static int set_up(void **state)
{
    (void)state;
    memset(&fetch, 0, sizeof(fetch));
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7 + 1);
    sha256_of(view_of(bytes, sizeof(bytes)), digest);
    ruleset_fetch_begin(&fetch, digest);
    return 0;
}

static enum fetch_progress take(uint32_t offset, uint32_t size)
{
    return ruleset_fetch_take(&fetch, sizeof(bytes), view_of(bytes + offset, size));
}

static void test_take__three_parts__complete_with_the_last(void **state)
{
    (void)state;
    assert_int_equal(take(0, 400), FETCH_MORE);
    assert_int_equal(fetch.received, 400);
    assert_int_equal(take(400, 400), FETCH_MORE);
    assert_int_equal(take(800, 200), FETCH_COMPLETE);
    assert_int_equal(fetch.size, sizeof(bytes));
    assert_memory_equal(fetch.bytes, bytes, sizeof(bytes));
}

static void test_take__one_part__complete_at_once(void **state)
{
    (void)state;
    assert_int_equal(take(0, sizeof(bytes)), FETCH_COMPLETE);
}

static void test_take__another_byte__broken_and_begun_anew(void **state)
{
    (void)state;
    assert_int_equal(take(0, 400), FETCH_MORE);
    bytes[999] ^= 1;
    assert_int_equal(take(400, 600), FETCH_BROKEN);
    assert_int_equal(fetch.received, 0);
    bytes[999] ^= 1;
    assert_int_equal(take(0, 1000), FETCH_COMPLETE);
}

static void test_begin__the_same_again__goes_on_where_it_was(void **state)
{
    (void)state;
    assert_int_equal(take(0, 400), FETCH_MORE);
    ruleset_fetch_begin(&fetch, digest);
    assert_int_equal(fetch.received, 400);
}

static void test_begin__another__from_the_start(void **state)
{
    (void)state;
    assert_int_equal(take(0, 400), FETCH_MORE);
    digest[0] ^= 1;
    ruleset_fetch_begin(&fetch, digest);
    assert_int_equal(fetch.received, 0);
    assert_int_equal(fetch.size, 0);
}

struct part_case {
    const char *name;
    uint32_t whole_before; /* as the part before said; 0: there was none */
    uint32_t whole;
    size_t size;
    enum fetch_progress want;
};

static struct part_case part_cases[] = {
    {"a part of a ruleset as large as may be is taken", 0, WORKER_RULESET_BYTES_MAX, 10,
     FETCH_MORE},
    {"a byte more than may be is refused", 0, WORKER_RULESET_BYTES_MAX + 1, 10, FETCH_BROKEN},
    {"an empty ruleset is refused", 0, 0, 10, FETCH_BROKEN},
    {"an empty part would be asked for for ever", 0, 1000, 0, FETCH_BROKEN},
    {"a part beyond the end is refused", 0, 9, 10, FETCH_BROKEN},
    {"a whole that changes its size is another", 1000, 999, 10, FETCH_BROKEN},
};

static void test_part(void **state)
{
    const struct part_case *row = *state;
    (void)set_up(NULL);
    if (row->whole_before != 0)
        assert_int_equal(ruleset_fetch_take(&fetch, row->whole_before, view_of(bytes, 10)),
                         FETCH_MORE);
    assert_int_equal(ruleset_fetch_take(&fetch, row->whole, view_of(bytes, row->size)), row->want);
}

int main(void)
{
    TEST_TABLE(parts, part_cases, test_part)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test_setup(test_take__three_parts__complete_with_the_last, set_up),
        cmocka_unit_test_setup(test_take__one_part__complete_at_once, set_up),
        cmocka_unit_test_setup(test_take__another_byte__broken_and_begun_anew, set_up),
        cmocka_unit_test_setup(test_begin__the_same_again__goes_on_where_it_was, set_up),
        cmocka_unit_test_setup(test_begin__another__from_the_start, set_up),
    };
    int failed = cmocka_run_group_tests_name("parts", parts, NULL, NULL);
    return failed + cmocka_run_group_tests_name("ruleset_fetch", singles, NULL, NULL);
}
