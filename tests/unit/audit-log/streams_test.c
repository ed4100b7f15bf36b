/* Does each event stand among the leaves once and in its place, and is it found there? */
#include "tests/support/test.h"

#include "tests/unit/audit-log/log_fixture.h"

#include <stdio.h>
#include <string.h>

struct script_case {
    const char *name;
    const char *script;
    enum status want;
    uint64_t want_leaves; /* committed */
};

static struct script_case script_cases[] = {
    {"streams go on where they stood, in one transaction or in many",
     "a1 a2 b1 | a3 b2 b3 | b4 a4 |", STATUS_OK, 8},
    {"a transaction without events leaves all as it was", "a1 | | |", STATUS_OK, 1},
    {"what was abandoned is not there, and comes again", "a1 | a2 a3 x a2 |", STATUS_OK, 2},
    {"what a savepoint took back is not there", "a1 < o > a2 |", STATUS_OK, 2},
    {"what a savepoint took back of an own stream's beginning is not there", "o | < n1 n2 > a1 |",
     STATUS_OK, 2},
    {"a log goes on after it was opened again", "a1 b1 | ~ a2 b2 | ~ a3 |", STATUS_OK, 5},
    {"an event that comes twice in a transaction is refused", "a1 a2 a2 |", STATUS_STORE_CORRUPT,
     0},
    {"an event that comes twice with another between is refused", "a1 b1 a1 |",
     STATUS_STORE_CORRUPT, 0},
    {"an event that comes again later is refused", "a1 a2 | a2 |", STATUS_STORE_CORRUPT, 2},
    {"an event that is left out is noticed", "a1 | a3 |", STATUS_STORE_CORRUPT, 1},
    {"an event that is left out within a transaction is noticed", "a1 a2 a4 |",
     STATUS_STORE_CORRUPT, 0},
    {"a stream that doesn't begin with its first event is refused", "a2 |", STATUS_STORE_CORRUPT,
     0},
    {"after a recovery a stream may go on further on", "a1 | R | a5 a6 |", STATUS_OK, 4},
    {"after a recovery an unknown stream may begin further on", "R | a7 a8 |", STATUS_OK, 3},
    {"what a stream left out since the recovery is noticed", "a1 | R | a5 | a7 |",
     STATUS_STORE_CORRUPT, 3},
    {"after a recovery what stands already isn't appended again", "a1 a2 a3 | R | a2 a3 a4 |",
     STATUS_OK, 5},
    {"after a recovery what stands already must be the same", "a1 a2 a3 | R | a2* |",
     STATUS_STORE_CORRUPT, 4},
    {"after two recoveries a gap may be filled, up to what stands",
     "a1 | R | a4 a5 | R | "
     "a2 a3 a4 a5 a6 |",
     STATUS_OK, 8},
    {"a gap is filled by other transactions too", "a1 | R | a4 | R | a2 | a3 | a4 a5 |", STATUS_OK,
     7},
    {"a recovery that was abandoned lets nothing pass", "a1 | R x ~ a5 |", STATUS_STORE_CORRUPT,
     1},
};

static void test_script(void **state)
{
    const struct script_case *row = *state;
    void *made = NULL;
    assert_int_equal(log_fixture_set_up(&made), 0);
    struct log_fixture *fixture = made;
    assert_int_equal(log_fixture_run(fixture, row->script), row->want);
    if (row->want != STATUS_OK) {
        assert_string_not_equal(fixture->diag.text, "");
        assert_int_equal(log_fixture_run(fixture, "x"), STATUS_OK);
    }
    assert_int_equal(fixture->tree.committed.newest.size, row->want_leaves);
    log_fixture_assert_sound(fixture);
    assert_int_equal(log_fixture_run(fixture, "~"), STATUS_OK);
    log_fixture_assert_sound(fixture);
    assert_int_equal(log_fixture_tear_down(&made), 0);
}

struct read_case {
    const char *name;
    const char *script;
    char stream;
    uint64_t after;
    size_t rows_max;
    const char *want; /* words, as appended */
};

static struct read_case read_cases[] = {
    {"a stream is read from its start", "a1 b1 a2 | b2 a3 |", 'a', 0, 256, "a1 a2 a3"},
    {"a stream is read on from the middle of a run", "a1 a2 a3 | b1 | a4 |", 'a', 2, 256, "a3 a4"},
    {"a page ends within a run", "a1 a2 a3 | b1 | a4 |", 'a', 0, 2, "a1 a2"},
    {"a page ends in a later run", "a1 a2 | b1 | a3 a4 a5 |", 'a', 1, 3, "a2 a3 a4"},
    {"after the end there is nothing", "a1 a2 |", 'a', 2, 256, ""},
    {"far after the end there is nothing", "a1 a2 |", 'a', INT64_MAX, 256, ""},
    {"an unknown stream has nothing", "a1 a2 |", 'b', 0, 256, ""},
    {"what isn't committed isn't handed out", "a1 | a2 a3", 'a', 0, 256, "a1"},
    {"a stream's first transaction isn't handed out before", "b1 | a1 a2", 'a', 0, 256, ""},
    {"what was given up is passed over", "a1 | R | a5 a6 |", 'a', 1, 256, "a5 a6"},
    {"from within what was given up it goes on behind", "a1 | R | a5 a6 |", 'a', 3, 256, "a5 a6"},
};

static void test_read_stream(void **state)
{
    const struct read_case *row = *state;
    void *made = NULL;
    uint8_t stream_id[STREAM_ID_SIZE];
    struct audit_log_page page;
    char got[64] = "";
    assert_int_equal(log_fixture_set_up(&made), 0);
    struct log_fixture *fixture = made;
    assert_int_equal(log_fixture_run(fixture, row->script), STATUS_OK);
    log_fixture_stream_id(row->stream, stream_id);
    assert_int_equal(audit_log_page_open(&page, row->rows_max, 100000, &fixture->arena),
                     STATUS_OK);
    assert_int_equal(
        audit_log_tree_read_stream(&fixture->tree, stream_id, row->after, &fixture->arena, &page),
        STATUS_OK);
    for (size_t i = 0; i < page.count; i++) {
        size_t used = strlen(got);
        (void)snprintf(got + used, sizeof(got) - used, "%s%.*s", i > 0 ? " " : "",
                       (int)page.rows[i].payload.size, (const char *)page.rows[i].payload.bytes);
    }
    assert_string_equal(got, row->want);
    assert_int_equal(log_fixture_tear_down(&made), 0);
}

static void test_append__seq_of_two_to_the_63__is_out_of_range(void **state)
{
    assert_int_equal(log_fixture_run(*state, "a9223372036854775808"), STATUS_OUT_OF_RANGE);
}

static void test_append__again_after_a_recovery__yields_the_same_index(void **state)
{
    struct log_fixture *fixture = *state;
    assert_int_equal(log_fixture_run(fixture, "b1 a1 a2 | R | a2"), STATUS_OK);
    assert_int_equal(fixture->index, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_append__seq_of_two_to_the_63__is_out_of_range,
                                        log_fixture_set_up, log_fixture_tear_down),
        cmocka_unit_test_setup_teardown(test_append__again_after_a_recovery__yields_the_same_index,
                                        log_fixture_set_up, log_fixture_tear_down),
    };
    TEST_TABLE(scripts, script_cases, test_script);
    TEST_TABLE(readings, read_cases, test_read_stream);
    int failed = cmocka_run_group_tests_name("audit-log/streams", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/streams/scripts", scripts, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/streams/readings", readings, NULL, NULL);
    return failed;
}
