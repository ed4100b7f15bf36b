/* Is everything that a comparison did not meet found, and nothing that it did? */
#include "tests/support/test.h"

#include "services/netra/replay_store.h"
#include "tests/unit/netra/replay_fixture.h"

struct seen {
    unsigned count;
    struct replay_difference last;
};

static void see(void *self, const struct replay_difference *difference)
{
    struct seen *seen = self;
    seen->count++;
    seen->last = *difference;
}

static void assert_differences(struct replay_fixture *fixture, unsigned round, unsigned want_count,
                               const char *want_what)
{
    struct seen seen = {.count = 0};
    assert_int_equal(replay_store_put_missing(&fixture->store, round), STATUS_OK);
    assert_int_equal(replay_store_each_difference(&fixture->store, round, see, &seen), STATUS_OK);
    assert_int_equal(seen.count, want_count);
    if (want_count > 0)
        assert_string_equal(seen.last.what, want_what);
}

static void meet_case(struct replay_fixture *fixture, unsigned round, char letter)
{
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct replay_case found;
    replay_fixture_handle_of(letter, case_handle);
    assert_int_equal(replay_store_take_case(&fixture->store, round, case_handle, &found),
                     STATUS_OK);
}

static void test_round__what_was_not_met__is_missing(void **state)
{
    struct replay_fixture *fixture = *state;
    assert_int_equal(replay_fixture_apply_case(fixture, 'k', 1, 0), STATUS_OK);
    assert_int_equal(replay_fixture_apply_case(fixture, 'l', 1, 0), STATUS_OK);
    assert_int_equal(replay_fixture_apply_decision(fixture, 'l', 1), STATUS_OK);
    meet_case(fixture, 1, 'k');
    meet_case(fixture, 1, 'l');
    assert_differences(fixture, 1, 1, "decision 1");
    meet_case(fixture, 2, 'l');
    assert_differences(fixture, 2, 1, "decision 1"); /* "k" is missing for the first time */
}

static void test_round__difference_that_went_away__counts_no_more(void **state)
{
    struct replay_fixture *fixture = *state;
    assert_int_equal(replay_fixture_apply_case(fixture, 'k', 1, 0), STATUS_OK);
    assert_differences(fixture, 1, 1, "case");
    meet_case(fixture, 2, 'k');
    assert_differences(fixture, 2, 0, NULL);
    assert_differences(fixture, 3, 0, NULL); /* it would have to differ in each round */
}

static void test_round__second_difference_of_a_case__is_not_kept(void **state)
{
    struct replay_fixture *fixture = *state;
    const uint8_t case_handle[CASE_HANDLE_SIZE] = {1};
    struct replay_difference first = {.what = "first"};
    struct replay_difference second = {.what = "second"};
    assert_int_equal(replay_store_put_difference(&fixture->store, 1, case_handle, &first),
                     STATUS_OK);
    assert_int_equal(replay_store_put_difference(&fixture->store, 1, case_handle, &second),
                     STATUS_OK);
    assert_differences(fixture, 1, 1, "first");
}

static void test_case__whose_key_was_destroyed__is_missing_from_the_register_only(void **state)
{
    struct replay_fixture *fixture = *state;
    struct replay_counts counts;
    assert_int_equal(replay_fixture_apply_case(fixture, 'k', 1, 0), STATUS_OK);
    assert_int_equal(replay_fixture_apply_decision(fixture, 'k', 1), STATUS_OK);
    assert_int_equal(replay_apply_erased(&fixture->store, &fixture->header), STATUS_OK);
    assert_differences(fixture, 1, 1, "case");
    meet_case(fixture, 0, 'k'); /* looked at, not met */
    assert_differences(fixture, 2, 1, "case");
    meet_case(fixture, 3, 'k'); /* its decision was not met: that is none */
    meet_case(fixture, 0, 'k'); /* looked at, still met */
    assert_differences(fixture, 3, 0, NULL);
    assert_int_equal(replay_store_count(&fixture->store, &counts), STATUS_OK);
    assert_int_equal(counts.cases, 0);
    assert_int_equal(counts.erased, 1);
    assert_int_equal(counts.decisions, 1);
    assert_int_equal(counts.facts, 1);
}

/* ---- the store ---- */

static void test_store__that_is_there_already__is_refused(void **state)
{
    struct replay_fixture *fixture = *state;
    assert_int_equal(replay_store_commit(&fixture->store), STATUS_OK);
    replay_store_close(&fixture->store);
    fixture->store = (struct replay_store){.moment = 0};
    assert_int_equal(replay_store_open(&fixture->store, fixture->path, &fixture->diag),
                     STATUS_NAME_TAKEN);
    assert_string_not_equal(fixture->diag.text, "");
}

static void test_done__is_said_once(void **state)
{
    struct replay_fixture *fixture = *state;
    assert_int_equal(replay_store_put_done(&fixture->store, "log.example/a", 9, 7), STATUS_OK);
    assert_int_not_equal(replay_store_put_done(&fixture->store, "log.example/a", 9, 7), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLAY_TEST(test_round__what_was_not_met__is_missing),
        REPLAY_TEST(test_round__difference_that_went_away__counts_no_more),
        REPLAY_TEST(test_round__second_difference_of_a_case__is_not_kept),
        REPLAY_TEST(test_case__whose_key_was_destroyed__is_missing_from_the_register_only),
        REPLAY_TEST(test_store__that_is_there_already__is_refused),
        REPLAY_TEST(test_done__is_said_once),
    };
    return cmocka_run_group_tests_name("netra/replay_store", tests, NULL, NULL);
}
