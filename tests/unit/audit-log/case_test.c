/* Are a case's leaves found, all of them, in order, and no other's? */
#include "tests/support/test.h"

#include "tests/unit/audit-log/log_fixture.h"

#include <string.h>

struct case_case {
    const char *name;
    const char *script;
    size_t rows_max;
    size_t want_count;
    uint64_t want_indices[4];
};

static struct case_case case_cases[] = {
    {"a log without leaves has none of a case", "|", 256, 0, {0}},
    {"a case that the log doesn't know has none", "a1:l a2 |", 256, 0, {0}},
    {"a case of one leaf at index 0", "a1:k |", 256, 1, {0}},
    {"others' leaves between are left out",
     "a1:k b1:l a2 | a3:l a4:k o b2:k |",
     256,
     3,
     {0, 4, 6}},
    {"leaves over several openings are one chain",
     "a1 a2:k | ~ a3:k | ~ a4:k |",
     256,
     3,
     {1, 2, 3}},
    {"with too few rows the newest are kept", "a1:k a2:k a3:k a4:k |", 2, 2, {2, 3}},
    {"as many rows as leaves is enough", "a1:k a2:k a3:k a4:k |", 4, 4, {0, 1, 2, 3}},
    {"leaves of the open transaction are nobody's yet", "a1:k a2:k | a3:k a4:k", 256, 2, {0, 1}},
    {"a leaf that was rolled back is none", "a1:k | < a2:k > a2:l a3:k |", 256, 2, {0, 2}},
    {"a case that went on within what was rolled back goes on from before it",
     "a1:k a2:k < a3:k b1:l > a3:k b1:k |",
     256,
     4,
     {0, 1, 2, 3}},
    {"a case whose only leaf is not committed has none", "a1 | a2:k", 256, 0, {0}},
};

static void assert_case(struct log_fixture *fixture, size_t rows_max, size_t want_count,
                        const uint64_t *want_indices)
{
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct audit_log_page page;
    memset(case_handle, 'k', sizeof(case_handle));
    assert_int_equal(audit_log_page_open(&page, rows_max, 100000, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read_case(&fixture->tree, case_handle, &page), STATUS_OK);
    assert_int_equal(page.count, want_count);
    assert_int_equal(page.is_full, want_count == rows_max);
    assert_false(page.has_node);
    for (size_t i = 0; i < want_count; i++) {
        struct event_header header;
        assert_int_equal(page.rows[i].index, want_indices[i]);
        assert_int_equal(page.rows[i].payload.size, 0);
        assert_int_equal(header_decode(view_of(page.rows[i].leaf, HEADER_SIZE), &header),
                         STATUS_OK);
        assert_memory_equal(header.case_handle, case_handle, CASE_HANDLE_SIZE);
        assert_true(i == 0 || memcmp(header.previous_leaf_hash, page.rows[i - 1].leaf_hash,
                                     SHA256_SIZE) == 0);
    }
}

static void test_case(void **state)
{
    const struct case_case *row = *state;
    void *made = NULL;
    assert_int_equal(log_fixture_set_up(&made), 0);
    struct log_fixture *fixture = made;
    assert_int_equal(log_fixture_run(fixture, row->script), STATUS_OK);
    assert_case(fixture, row->rows_max, row->want_count, row->want_indices);
    assert_int_equal(log_fixture_tear_down(&made), 0);
}

struct damage_case {
    const char *name;
    const char *sql;
};

static struct damage_case damage_cases[] = {
    {"a leaf that leads to itself", "UPDATE leaf SET previous_idx = 2 WHERE idx = 2"},
    {"a leaf that leads forward", "UPDATE leaf SET previous_idx = 9 WHERE idx = 2"},
    {"a case whose newest leaf is not there", "UPDATE case_state SET idx = 77"},
};

static void test_damage(void **state)
{
    const struct damage_case *row = *state;
    const uint8_t case_handle[CASE_HANDLE_SIZE] = "kkkkkkkkkkkkkkkk";
    struct audit_log_page page;
    void *made = NULL;
    assert_int_equal(log_fixture_set_up(&made), 0);
    struct log_fixture *fixture = made;
    assert_int_equal(log_fixture_run(fixture, "a1:k a2:k a3:k |"), STATUS_OK);
    log_fixture_damage(fixture, row->sql);
    assert_int_equal(log_fixture_open(fixture), STATUS_OK);
    assert_int_equal(audit_log_page_open(&page, 256, 100000, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read_case(&fixture->tree, case_handle, &page),
                     STATUS_STORE_CORRUPT);
    assert_int_equal(log_fixture_tear_down(&made), 0);
}

int main(void)
{
    TEST_TABLE(cases, case_cases, test_case);
    TEST_TABLE(damages, damage_cases, test_damage);
    int failed = cmocka_run_group_tests_name("audit-log/case/rows", cases, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/case/damage", damages, NULL, NULL);
    return failed;
}
