/*
 * The two parameters that stand for the outside: time and randomness, real and faked.
 */
#include "tests/support/test.h"

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/view.h"

#include <sodium.h>
#include <string.h>

static int64_t fake_boot_ms(void *self)
{
    return *(int64_t *)self;
}

static int64_t fake_utc_s(void *self)
{
    return *(int64_t *)self / 1000;
}

static void test_clock__fake__is_asked_with_its_self(void **state)
{
    (void)state;
    int64_t now_ms = 7000;
    const struct clock clock = {.boot_ms = fake_boot_ms, .utc_s = fake_utc_s, .self = &now_ms};
    assert_int_equal(clock_boot_ms(&clock), 7000);
    assert_int_equal(clock_utc_s(&clock), 7);
}

static void test_clock_of_system__twice__never_goes_back(void **state)
{
    (void)state;
    const struct clock clock = clock_of_system();
    int64_t first = clock_boot_ms(&clock);
    assert_true(first > 0);
    assert_true(clock_boot_ms(&clock) >= first);
    assert_true(clock_utc_s(&clock) > INT64_C(1700000000));
}

static void test_clock_system_utc_ms__between_two_seconds__lies_there(void **state)
{
    (void)state;
    const struct clock clock = clock_of_system();
    int64_t before_s = clock_utc_s(&clock);
    int64_t now_ms = clock_system_utc_ms();
    assert_true(now_ms >= before_s * 1000);
    assert_true(now_ms / 1000 <= clock_utc_s(&clock));
}

static void fake_fill(void *self, uint8_t *bytes, size_t size)
{
    memset(bytes, *(const uint8_t *)self, size);
}

static void test_random__fake__fills_all(void **state)
{
    (void)state;
    uint8_t seed = 0x42;
    const struct random_source source = {.fill = fake_fill, .self = &seed};
    uint8_t bytes[4] = {0};
    random_fill(&source, bytes, 3);
    static const uint8_t want[] = {0x42, 0x42, 0x42, 0};
    assert_memory_equal(bytes, want, sizeof want);
}

static void test_random_of_system__twice__differs(void **state)
{
    (void)state;
    assert_true(sodium_init() >= 0);
    const struct random_source source = random_of_system();
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    random_fill(&source, a, sizeof a);
    random_fill(&source, b, sizeof b);
    assert_false(view_is_zero(view_of(a, sizeof a)));
    assert_false(view_equals(view_of(a, sizeof a), view_of(b, sizeof b)));
    random_fill(&source, a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock__fake__is_asked_with_its_self),
        cmocka_unit_test(test_clock_of_system__twice__never_goes_back),
        cmocka_unit_test(test_clock_system_utc_ms__between_two_seconds__lies_there),
        cmocka_unit_test(test_random__fake__fills_all),
        cmocka_unit_test(test_random_of_system__twice__differs),
    };
    return cmocka_run_group_tests_name("clock and random", tests, NULL, NULL);
}
