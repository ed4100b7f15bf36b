/*
 * The reserve: real blocks beside the store, given up and taken again.
 */
#include "tests/support/test.h"

#include "common/store/reserve.h"
#include "tests/unit/store/store_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESERVE_BYTES 65536u

/* Bytes of disk that the reserve really takes; -1 when there is no file. */
static long long blocks_of(const struct reserve *reserve)
{
    struct stat file;
    return stat(reserve->path, &file) == 0 ? (long long)file.st_blocks * 512 : -1;
}

static void test_reserve__released_and_taken__gives_its_blocks_and_has_them_again(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reserve reserve;
    assert_true(fixture_open(&fixture));
    assert_int_equal(reserve_open(&reserve, fixture.path, RESERVE_BYTES), STATUS_OK);
    assert_false(reserve.is_held);
    assert_int_equal(blocks_of(&reserve), -1);
    assert_int_equal(reserve_take(&reserve), STATUS_OK);
    assert_true(reserve.is_held);
    assert_true(blocks_of(&reserve) >= (long long)RESERVE_BYTES);
    reserve_release(&reserve);
    assert_false(reserve.is_held);
    assert_int_equal(blocks_of(&reserve), 0);
    assert_int_equal(reserve_take(&reserve), STATUS_OK);
    assert_true(blocks_of(&reserve) >= (long long)RESERVE_BYTES);
    fixture_close(&fixture);
}

/* What an earlier start left, and a later one finds. */
static void test_reserve__opened_again__is_held_as_far_as_it_is_there(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reserve reserve;
    assert_true(fixture_open(&fixture));
    assert_int_equal(reserve_open(&reserve, fixture.path, RESERVE_BYTES), STATUS_OK);
    assert_int_equal(reserve_take(&reserve), STATUS_OK);
    assert_int_equal(reserve_open(&reserve, fixture.path, RESERVE_BYTES), STATUS_OK);
    assert_true(reserve.is_held);
    assert_int_equal(reserve_open(&reserve, fixture.path, 2 * RESERVE_BYTES), STATUS_OK);
    assert_false(reserve.is_held);
    assert_int_equal(reserve_open(&reserve, fixture.path, RESERVE_BYTES / 2), STATUS_OK);
    assert_true(reserve.is_held);
    assert_int_equal(blocks_of(&reserve), RESERVE_BYTES / 2);
    assert_int_equal(reserve_open(&reserve, fixture.path, 0), STATUS_OK);
    assert_false(reserve.is_held);
    assert_int_equal(blocks_of(&reserve), 0);
    fixture_close(&fixture);
}

static void test_reserve__store_behind_a_link__lies_beside_the_store_itself(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reserve reserve;
    char link[PATH_MAX];
    char want[PATH_MAX];
    assert_true(fixture_open(&fixture));
    assert_true(fixture_fill(&fixture));
    assert_true(snprintf(link, sizeof link, "%s/link.db", fixture.folder) < (int)sizeof link);
    assert_true(snprintf(want, sizeof want, "%s.reserve", fixture.path) < (int)sizeof want);
    assert_int_equal(symlink(fixture.path, link), 0);
    assert_int_equal(reserve_open(&reserve, link, RESERVE_BYTES), STATUS_OK);
    assert_string_equal(reserve.path, want);
    fixture_close(&fixture);
}

static void test_reserve__something_else_in_its_place__is_unusable(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reserve reserve;
    char place[PATH_MAX];
    assert_true(fixture_open(&fixture));
    assert_true(snprintf(place, sizeof place, "%s.reserve", fixture.path) < (int)sizeof place);
    assert_int_equal(symlink("/dev/null", place), 0);
    assert_int_equal(reserve_open(&reserve, fixture.path, RESERVE_BYTES), STATUS_STORE_UNUSABLE);
    fixture_close(&fixture);
}

static void test_reserve__none_wanted__makes_no_file(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reserve reserve;
    assert_true(fixture_open(&fixture));
    assert_int_equal(reserve_open(&reserve, fixture.path, 0), STATUS_OK);
    assert_int_equal(blocks_of(&reserve), -1);
    fixture_close(&fixture);
}

static void test_reserve__larger_than_the_disk__is_full_and_takes_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reserve reserve;
    assert_true(fixture_open(&fixture));
    assert_int_equal(reserve_open(&reserve, fixture.path, 1ull << 50), STATUS_OK);
    assert_int_not_equal(reserve_take(&reserve), STATUS_OK);
    assert_false(reserve.is_held);
    assert_int_equal(blocks_of(&reserve), 0);
    fixture_close(&fixture);
}

static void test_reserve__path_that_is_no_folder__is_unusable(void **state)
{
    (void)state;
    struct reserve reserve;
    assert_int_equal(reserve_open(&reserve, "/dev/null/store.db", RESERVE_BYTES), STATUS_OK);
    assert_int_equal(reserve_take(&reserve), STATUS_STORE_UNUSABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reserve__released_and_taken__gives_its_blocks_and_has_them_again),
        cmocka_unit_test(test_reserve__opened_again__is_held_as_far_as_it_is_there),
        cmocka_unit_test(test_reserve__store_behind_a_link__lies_beside_the_store_itself),
        cmocka_unit_test(test_reserve__something_else_in_its_place__is_unusable),
        cmocka_unit_test(test_reserve__none_wanted__makes_no_file),
        cmocka_unit_test(test_reserve__larger_than_the_disk__is_full_and_takes_nothing),
        cmocka_unit_test(test_reserve__path_that_is_no_folder__is_unusable),
    };
    return cmocka_run_group_tests_name("reserve", tests, NULL, NULL);
}
