/*
 * The bounded region: bounds, alignment, wiping.
 */
#include "tests/support/test.h"

#include "common/base/arena.h"

#include <stdalign.h>
#include <string.h>

#define ARENA_SIZE 4096u

struct take_case {
    const char *name;
    size_t first;
    size_t second;
    bool want_second;
};

static struct take_case take_cases[] = {
    {.name = "everything at once fits", .first = 0, .second = ARENA_SIZE, .want_second = true},
    {.name = "one byte more does not", .first = 0, .second = ARENA_SIZE + 1, .want_second = false},
    {.name = "alignment counts", .first = 1, .second = ARENA_SIZE - 15, .want_second = false},
    {.name = "the rest fits", .first = 1, .second = ARENA_SIZE - 16, .want_second = true},
    {.name = "a full arena still gives nothing", .first = ARENA_SIZE, .want_second = true},
    {.name = "a full arena has no byte", .first = ARENA_SIZE, .second = 1, .want_second = false},
    {.name = "a size that overflows", .first = 32, .second = SIZE_MAX - 8, .want_second = false},
};

static void test_take(void **state)
{
    const struct take_case *row = *state;
    struct arena arena;
    assert_int_equal(arena_open(&arena, ARENA_SIZE), STATUS_OK);
    assert_non_null(arena_take(&arena, row->first));
    size_t used = arena.used;
    void *second = arena_take(&arena, row->second);
    assert_int_equal(second != NULL, row->want_second);
    assert_int_equal(arena.is_exhausted, !row->want_second);
    if (second == NULL)
        assert_int_equal(arena.used, used);
    assert_int_equal((uintptr_t)second % alignof(max_align_t), 0);
    arena_reset(&arena);
    assert_false(arena.is_exhausted);
    assert_int_equal(arena.used, 0);
    arena_close(&arena);
}

static void test_arena_reset__bytes_written__are_wiped(void **state)
{
    (void)state;
    struct arena arena;
    assert_int_equal(arena_open(&arena, ARENA_SIZE), STATUS_OK);
    memset(arena_take(&arena, ARENA_SIZE), 0xff, ARENA_SIZE);
    arena_reset(&arena);
    assert_true(view_is_zero(view_of(arena.base, ARENA_SIZE)));
    arena_close(&arena);
}

static void test_arena_rewind__to_mark__wipes_only_what_came_after(void **state)
{
    (void)state;
    struct arena arena;
    assert_int_equal(arena_open(&arena, ARENA_SIZE), STATUS_OK);
    const uint8_t *kept = arena_copy(&arena, view_of_text("kept"));
    size_t mark = arena_mark(&arena);
    memset(arena_take(&arena, 1000), 0xff, 1000);
    arena_rewind(&arena, mark);
    assert_int_equal(arena_mark(&arena), mark);
    assert_true(view_equals(view_of(kept, 4), view_of_text("kept")));
    assert_true(view_is_zero(view_of(arena.base + mark, ARENA_SIZE - mark)));
    assert_true(arena.used_max >= 1000);
    arena_close(&arena);
}

static void test_arena_copy__empty_view__valid_pointer(void **state)
{
    (void)state;
    struct arena arena;
    assert_int_equal(arena_open(&arena, ARENA_SIZE), STATUS_OK);
    assert_non_null(arena_copy(&arena, view_of(NULL, 0)));
    assert_null(arena_copy(&arena, view_of(arena.base, ARENA_SIZE + 1)));
    arena_close(&arena);
}

static void test_arena_extend__the_piece_taken_last__grows_where_it_stands(void **state)
{
    (void)state;
    struct arena arena;
    assert_int_equal(arena_open(&arena, ARENA_SIZE), STATUS_OK);
    uint8_t *piece = arena_take(&arena, 3);
    assert_non_null(piece);
    memset(piece, 'x', 3);
    assert_true(arena_extend(&arena, 2));
    assert_memory_equal(piece, "xxx\0\0", 5);
    assert_int_equal(arena.used, 5);
    assert_false(arena_extend(&arena, ARENA_SIZE - 4));
    assert_true(arena.is_exhausted);
    assert_int_equal(arena.used, 5);
    arena_close(&arena);
}

static void test_arena_open__impossible_size__system_failed(void **state)
{
    (void)state;
    struct arena arena = {.used = 1};
    assert_int_equal(arena_open(&arena, SIZE_MAX), STATUS_SYSTEM_FAILED);
    assert_int_equal(arena_open(&arena, SIZE_MAX / 2), STATUS_SYSTEM_FAILED);
    assert_int_equal(arena_open(&arena, 0), STATUS_SYSTEM_FAILED);
    assert_null(arena.base);
    assert_int_equal(arena.used, 0);
    arena_close(&arena);
}

int main(void)
{
    TEST_TABLE(takes, take_cases, test_take)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_arena_reset__bytes_written__are_wiped),
        cmocka_unit_test(test_arena_rewind__to_mark__wipes_only_what_came_after),
        cmocka_unit_test(test_arena_copy__empty_view__valid_pointer),
        cmocka_unit_test(test_arena_extend__the_piece_taken_last__grows_where_it_stands),
        cmocka_unit_test(test_arena_open__impossible_size__system_failed),
    };
    int failed = cmocka_run_group_tests_name("arena_take", takes, NULL, NULL);
    failed += cmocka_run_group_tests_name("arena", single, NULL, NULL);
    return failed;
}
