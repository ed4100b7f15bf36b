/*
 * The disk's levels: where each begins, how far it must be left behind, and what a reserve that
 * was given up means for them. And when the reserve is taken.
 */
#include "tests/support/test.h"

#include "common/service/disk.h"

#include <inttypes.h>
#include <stdio.h>

/* An eighth of mark and reserve is what a level needs beyond its mark to be left. */
#define RESERVE 80u
#define MARKS                                             \
    {                                                     \
        .free = {0, 4000, 2000, 1000}, .reserve = RESERVE \
    }
#define NO_RESERVE                     \
    {                                  \
        .free = {0, 4000, 2000, 1000}, \
    }
#define FREE(bytes)                              \
    {                                            \
        .free = (bytes), .is_reserve_held = true \
    }
#define GIVEN_UP(bytes) \
    {                   \
        .free = (bytes) \
    }

struct level_case {
    const char *name;
    struct disk_marks marks;
    enum disk_level now;
    struct disk_reading reading;
    enum disk_level want;
};

static struct level_case level_cases[] = {
    {"at a mark nothing has begun yet", MARKS, DISK_WELL, FREE(4000), DISK_WELL},
    {"below the first mark it warns", MARKS, DISK_WELL, FREE(3999), DISK_WARN},
    {"below the second one no evidence is taken", MARKS, DISK_WARN, FREE(1999), DISK_NO_EVIDENCE},
    {"below the third one nothing is taken", MARKS, DISK_NO_EVIDENCE, FREE(999), DISK_REFUSE},
    {"a disk that fills at once passes all marks at once", MARKS, DISK_WELL, FREE(0), DISK_REFUSE},
    {"back at a mark, the level is kept", MARKS, DISK_REFUSE, FREE(1000), DISK_REFUSE},
    {"one byte short of an eighth more, it is kept still", MARKS, DISK_REFUSE, FREE(1134),
     DISK_REFUSE},
    {"with an eighth more it is left, for the next one", MARKS, DISK_REFUSE, FREE(1135),
     DISK_NO_EVIDENCE},
    {"each level has its own eighth", MARKS, DISK_NO_EVIDENCE, FREE(2259), DISK_NO_EVIDENCE},
    {"and is left by itself", MARKS, DISK_NO_EVIDENCE, FREE(2260), DISK_WARN},
    {"the warning is left last", MARKS, DISK_WARN, FREE(4510), DISK_WELL},
    {"from the worst, much room leads straight to the best", MARKS, DISK_REFUSE, FREE(9000),
     DISK_WELL},
    {"from the worst, the levels between keep their eighth", MARKS, DISK_REFUSE, FREE(4100),
     DISK_WARN},
    {"emptied pages of the file are room",
     MARKS,
     DISK_REFUSE,
     {.free = 900, .reusable = 235, .is_reserve_held = true},
     DISK_NO_EVIDENCE},
    {"too few of them are not enough",
     MARKS,
     DISK_REFUSE,
     {.free = 900, .reusable = 234, .is_reserve_held = true},
     DISK_REFUSE},
    {"what a checkpoint will take is no room",
     MARKS,
     DISK_WELL,
     {.free = 1000, .owed = 1, .is_reserve_held = true},
     DISK_REFUSE},
    {"a checkpoint that doesn't fit can't use emptied pages",
     MARKS,
     DISK_WELL,
     {.free = 1000, .owed = 1001, .reusable = 9000, .is_reserve_held = true},
     DISK_REFUSE},
    {"one that just fits leaves them",
     MARKS,
     DISK_WELL,
     {.free = 1000, .owed = 1000, .reusable = 9000, .is_reserve_held = true},
     DISK_WELL},
    {"who met a full disk refuses, whatever is said to be free",
     MARKS,
     DISK_WELL,
     {.free = 9000, .is_reserve_held = true, .has_met_full = true},
     DISK_REFUSE},
    {"what the reserve freed is not room for work", MARKS, DISK_REFUSE, GIVEN_UP(1135),
     DISK_REFUSE},
    {"beyond it there is", MARKS, DISK_REFUSE, GIVEN_UP(1215), DISK_NO_EVIDENCE},
    {"a reserve that can't be held is warned of", MARKS, DISK_WELL, GIVEN_UP(9000), DISK_WARN},
    {"where none is wanted, none is missed", NO_RESERVE, DISK_WELL, GIVEN_UP(9000), DISK_WELL},
    {"a mark of 0 is none", {.free = {0, 4000, 0, 1000}}, DISK_WELL, FREE(1500), DISK_WARN},
    {"without any mark a disk is well until it is full",
     {.reserve = RESERVE},
     DISK_WELL,
     FREE(0),
     DISK_WELL},
    {"then what the reserve freed is kept to drain with",
     {.reserve = RESERVE},
     DISK_REFUSE,
     GIVEN_UP(89),
     DISK_REFUSE},
    {"until there is more", {.reserve = RESERVE}, DISK_REFUSE, GIVEN_UP(90), DISK_WARN},
    {"without mark and reserve only a full disk refuses",
     {.reserve = 0},
     DISK_REFUSE,
     GIVEN_UP(0),
     DISK_WELL},
    {"a mark that nobody can reach refuses for ever",
     {.free = {0, 0, 0, UINT64_MAX}},
     DISK_REFUSE,
     {.free = UINT64_MAX - 1, .reusable = 0},
     DISK_REFUSE},
    {"room beyond counting is much room",
     MARKS,
     DISK_REFUSE,
     {.free = UINT64_MAX, .reusable = UINT64_MAX, .is_reserve_held = true},
     DISK_WELL},
};

static void test_level(void **state)
{
    const struct level_case *it = *state;
    assert_int_equal(it->want, disk_level_next(&it->marks, it->now, &it->reading));
}

/* Whatever the reading: the same again changes nothing, and a level never flaps over a byte. */
static void test_disk_level__a_reading_repeated__keeps_its_level(void **state)
{
    (void)state;
    const struct disk_marks marks = MARKS;
    for (uint64_t bytes = 0; bytes < 5000; bytes++)
        for (enum disk_level now = DISK_WELL; now < DISK_LEVEL_COUNT; now++) {
            const struct disk_reading reading = FREE(bytes);
            const struct disk_reading less = FREE(bytes == 0 ? 0 : bytes - 1);
            const struct disk_reading more = FREE(bytes + 1);
            enum disk_level once = disk_level_next(&marks, now, &reading);
            assert_int_equal(once, disk_level_next(&marks, once, &reading));
            enum disk_level worse = disk_level_next(&marks, once, &less);
            assert_true(worse >= once);
            assert_int_equal(worse, disk_level_next(&marks, worse, &reading));
            assert_true(disk_level_next(&marks, once, &more) <= once);
        }
}

struct reserve_case {
    const char *name;
    struct disk_marks marks;
    struct disk_reading reading;
    bool want;
};

static struct reserve_case reserve_cases[] = {
    {"with room for it and an eighth above the last mark", MARKS, GIVEN_UP(1215), true},
    {"a byte less is too little", MARKS, GIVEN_UP(1214), false},
    {"emptied pages of the file are none to take it from",
     MARKS,
     {.free = 1214, .reusable = 9000},
     false},
    {"what a checkpoint will take isn't either", MARKS, {.free = 1215, .owed = 1}, false},
    {"without marks it needs its own size and an eighth",
     {.reserve = RESERVE},
     GIVEN_UP(90),
     true},
    {"which must be there", {.reserve = RESERVE}, GIVEN_UP(89), false},
    {"a size that can't be is never there",
     {.reserve = UINT64_MAX},
     GIVEN_UP(UINT64_MAX - 1),
     false},
};

static void test_reserve(void **state)
{
    const struct reserve_case *it = *state;
    assert_int_equal(it->want, disk_has_reserve(&it->marks, &it->reading));
}

static void test_disk_level__each__has_its_name(void **state)
{
    (void)state;
    assert_string_equal("well", disk_level_name(DISK_WELL));
    assert_string_equal("warn", disk_level_name(DISK_WARN));
    assert_string_equal("no_evidence", disk_level_name(DISK_NO_EVIDENCE));
    assert_string_equal("refuse", disk_level_name(DISK_REFUSE));
}

int main(void)
{
    TEST_TABLE(levels, level_cases, test_level)
    TEST_TABLE(reserves, reserve_cases, test_reserve)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_disk_level__a_reading_repeated__keeps_its_level),
        cmocka_unit_test(test_disk_level__each__has_its_name),
    };
    int failed = cmocka_run_group_tests_name("disk levels", levels, NULL, NULL);
    failed += cmocka_run_group_tests_name("the reserve's room", reserves, NULL, NULL);
    return failed + cmocka_run_group_tests_name("disk", singles, NULL, NULL);
}
