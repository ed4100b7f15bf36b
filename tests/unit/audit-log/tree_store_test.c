/* Is the tree that is signed always that of the stored leaves, and is damage found at open? */
#include "tests/support/test.h"

#include "tests/unit/audit-log/log_fixture.h"

#include <string.h>

#define LOG_TEST(function) \
    cmocka_unit_test_setup_teardown(function, log_fixture_set_up, log_fixture_tear_down)

static void test_tree__new__is_empty_and_unsigned(void **state)
{
    struct log_fixture *fixture = *state;
    assert_int_equal(fixture->tree.committed.newest.size, 0);
    assert_int_equal(fixture->tree.committed.newest.checkpoint_size, 0);
    log_fixture_assert_sound(fixture);
}

static void test_tree__around_whole_tiles__is_the_same_after_opening(void **state)
{
    static const uint64_t steps[] = {1, 254, 1, 1, 255, 300, 12};
    struct log_fixture *fixture = *state;
    uint64_t size = 0;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        log_fixture_fill(fixture, size, steps[i]);
        size += steps[i];
        log_fixture_assert_sound(fixture);
        struct audit_log_head before = fixture->tree.committed;
        assert_int_equal(log_fixture_run(fixture, "~"), STATUS_OK);
        log_fixture_assert_sound(fixture);
        assert_memory_equal(&before.newest.checkpoint, &fixture->tree.committed.newest.checkpoint,
                            before.newest.checkpoint_size);
        for (unsigned level = 0; level < MERKLE_LEVELS; level++)
            if ((size >> level & 1) != 0)
                assert_memory_equal(before.frontier.hashes[level],
                                    fixture->tree.committed.frontier.hashes[level], SHA256_SIZE);
    }
}

static void test_tree__commit_that_fails__is_where_it_was(void **state)
{
    struct log_fixture *fixture = *state;
    assert_int_equal(log_fixture_run(fixture, "a1 a2 |"), STATUS_OK);
    assert_int_equal(log_fixture_run(fixture, "a3"), STATUS_OK);
    assert_int_equal(audit_log_tree_seal(&fixture->tree, &fixture->arena, &fixture->diag),
                     STATUS_OK);
    assert_int_equal(log_fixture_run(fixture, "x"), STATUS_OK);
    assert_int_equal(fixture->tree.committed.newest.size, 2);
    log_fixture_assert_sound(fixture);
    assert_int_equal(log_fixture_run(fixture, "a3 a4 |"), STATUS_OK);
    log_fixture_assert_sound(fixture);
}

static void test_root_at__each_earlier_size__is_the_root_it_had(void **state)
{
    static uint8_t roots[601][SHA256_SIZE];
    struct log_fixture *fixture = *state;
    uint8_t root[SHA256_SIZE];
    for (uint64_t size = 0; size <= 600; size += 50) {
        memcpy(roots[size], fixture->tree.committed.newest.root, SHA256_SIZE);
        log_fixture_fill(fixture, size, 50);
    }
    for (uint64_t size = 0; size <= 600; size += 50) {
        assert_int_equal(audit_log_tree_root_at(&fixture->tree, size, root), STATUS_OK);
        assert_memory_equal(root, roots[size], SHA256_SIZE);
    }
}

static void test_leaf__of_a_case__is_numbered_and_names_the_one_before(void **state)
{
    struct log_fixture *fixture = *state;
    struct audit_log_page page;
    struct audit_log_case newest = {.number = 0};
    struct audit_log_leaf checked;
    struct event_header header;
    assert_int_equal(log_fixture_run(fixture, "a1:k b1:l a2:k x a1:k | ~ c1:k | a2 a3:k |"),
                     STATUS_OK);
    assert_int_equal(audit_log_page_open(&page, 256, 100000, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read(&fixture->tree, 0, &fixture->arena, &page), STATUS_OK);
    assert_int_equal(page.count, 4);
    for (size_t i = 0; i < page.count; i++) {
        assert_int_equal(header_decode(view_of(page.rows[i].leaf, HEADER_SIZE), &header),
                         STATUS_OK);
        assert_int_equal(header.append_time, FIXTURE_UTC_S - 59);
        assert_int_equal(audit_log_check_leaf(view_of(page.rows[i].leaf, HEADER_SIZE), &newest,
                                              &checked, &fixture->diag),
                         STATUS_OK);
        if (checked.number_in_case == 0)
            continue;
        newest.number = checked.number_in_case;
        memcpy(newest.leaf_hash, checked.hash, SHA256_SIZE);
    }
    assert_int_equal(newest.number, 3);
}

/* ---- pages ---- */

static void test_page__that_ends_a_tile__has_its_node(void **state)
{
    struct log_fixture *fixture = *state;
    struct audit_log_page page;
    log_fixture_fill(fixture, 0, 700);
    assert_int_equal(audit_log_page_open(&page, 256, 262144, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read(&fixture->tree, 300, &fixture->arena, &page), STATUS_OK);
    assert_int_equal(page.count, 256);
    assert_int_equal(page.rows[0].index, 300);
    assert_true(page.has_node);
    assert_int_equal(page.node_index, 1);
    assert_int_equal(audit_log_page_open(&page, 211, 262144, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read(&fixture->tree, 300, &fixture->arena, &page), STATUS_OK);
    assert_int_equal(page.count, 211); /* through 510 */
    assert_false(page.has_node);
    assert_int_equal(audit_log_page_open(&page, 256, 262144, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read(&fixture->tree, 600, &fixture->arena, &page), STATUS_OK);
    assert_int_equal(page.count, 100);
    assert_false(page.has_node);
}

static void test_page__beyond_the_end__is_empty(void **state)
{
    struct log_fixture *fixture = *state;
    struct audit_log_page page;
    log_fixture_fill(fixture, 0, 3);
    assert_int_equal(audit_log_page_open(&page, 256, 262144, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read(&fixture->tree, INT64_MAX, &fixture->arena, &page),
                     STATUS_OK);
    assert_int_equal(page.count, 0);
}

static void test_page__leaf_whose_payload_was_erased__is_there_without(void **state)
{
    struct log_fixture *fixture = *state;
    struct audit_log_page page;
    log_fixture_fill(fixture, 0, 3);
    log_fixture_damage(fixture, "UPDATE leaf SET payload = NULL WHERE idx = 1");
    assert_int_equal(log_fixture_open(fixture), STATUS_OK);
    assert_int_equal(audit_log_page_open(&page, 256, 262144, &fixture->arena), STATUS_OK);
    assert_int_equal(audit_log_tree_read(&fixture->tree, 0, &fixture->arena, &page), STATUS_OK);
    assert_int_equal(page.count, 3);
    assert_int_equal(page.rows[1].payload.size, 0);
    assert_int_equal(page.rows[2].payload.size, 2);
}

/* ---- damage ---- */

struct damage_case {
    const char *name;
    const char *sql;
    enum status want;
};

static struct damage_case damage_cases[] = {
    {"nothing was changed", "SELECT 1", STATUS_OK},
    {"the last leaf is missing", "DELETE FROM leaf WHERE idx = 599", STATUS_STORE_CORRUPT},
    {"a leaf of the last tile is missing", "DELETE FROM leaf WHERE idx = 300",
     STATUS_STORE_CORRUPT},
    {"a leaf behind the last tile is missing", "DELETE FROM leaf WHERE idx = 520",
     STATUS_STORE_CORRUPT},
    {"there is a leaf more",
     "INSERT INTO leaf (idx, leaf, leaf_hash) SELECT 600, leaf, leaf_hash FROM leaf"
     " WHERE idx = 0",
     STATUS_STORE_CORRUPT},
    {"a leaf has other bytes",
     "UPDATE leaf SET leaf = (SELECT leaf FROM leaf WHERE idx = 3)"
     " WHERE idx = 598",
     STATUS_STORE_CORRUPT},
    {"a leaf of the last tile has other bytes",
     "UPDATE leaf SET leaf ="
     " (SELECT leaf FROM leaf WHERE idx = 3) WHERE idx = 256",
     STATUS_STORE_CORRUPT},
    {"a leaf was replaced, hash and all",
     "UPDATE leaf SET (leaf, leaf_hash) ="
     " (SELECT leaf, leaf_hash FROM leaf WHERE idx = 3) WHERE idx = 598",
     STATUS_STORE_CORRUPT},
    {"a leaf is too short", "UPDATE leaf SET leaf = x'00' WHERE idx = 598", STATUS_STORE_CORRUPT},
    {"a leaf hash is too short", "UPDATE leaf SET leaf_hash = x'00' WHERE idx = 598",
     STATUS_STORE_CORRUPT},
    {"a node is missing", "DELETE FROM node WHERE idx = 0", STATUS_STORE_CORRUPT},
    {"the last node is missing", "DELETE FROM node WHERE idx = 1", STATUS_STORE_CORRUPT},
    {"a node is another", "UPDATE node SET hash = zeroblob(32) WHERE idx = 0",
     STATUS_STORE_CORRUPT},
    {"the last node is another", "UPDATE node SET hash = zeroblob(32) WHERE idx = 1",
     STATUS_STORE_CORRUPT},
    {"the root is another", "UPDATE tree SET root = zeroblob(32)", STATUS_STORE_CORRUPT},
    {"the size is another", "UPDATE tree SET size = 599", STATUS_STORE_CORRUPT},
    {"the tree's row is missing", "DELETE FROM tree", STATUS_STORE_CORRUPT},
    {"the checkpoint is missing", "UPDATE tree SET checkpoint = x''", STATUS_STORE_CORRUPT},
    {"the checkpoint is too long", "UPDATE tree SET checkpoint = zeroblob(2000)",
     STATUS_STORE_CORRUPT},
    {"the checkpoint isn't of these leaves",
     "UPDATE tree SET (size, root) = (0,"
     " x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');"
     " DELETE FROM leaf; DELETE FROM node",
     STATUS_STORE_CORRUPT},
};

static void test_damage(void **state)
{
    const struct damage_case *row = *state;
    void *made = NULL;
    assert_int_equal(log_fixture_set_up(&made), 0);
    struct log_fixture *fixture = made;
    log_fixture_fill(fixture, 0, 600);
    log_fixture_damage(fixture, row->sql);
    assert_int_equal(log_fixture_open(fixture), row->want);
    assert_int_equal(log_fixture_tear_down(&made), 0);
}

static void test_open__another_key__is_told_from_damage(void **state)
{
    struct log_fixture *fixture = *state;
    log_fixture_fill(fixture, 0, 3);
    fixture->sign_public[0] ^= 1;
    assert_int_equal(log_fixture_run(fixture, "~"), STATUS_KEY_FILE_INVALID);
}

static void test_open__origin_that_is_no_name__is_refused(void **state)
{
    struct log_fixture *fixture = *state;
    const struct audit_log_signer signer = {
        .origin = "two words",
        .sign_public = fixture->sign_public,
        .sign_secret = fixture->sign_secret,
    };
    assert_int_equal(
        audit_log_tree_open(&fixture->tree, &fixture->tables, &signer, &fixture->diag),
        STATUS_CONFIG_INVALID);
}

static void test_seal__leaf_that_changed_on_its_way__is_not_signed(void **state)
{
    struct log_fixture *fixture = *state;
    assert_int_equal(log_fixture_run(fixture, "a1 | a2"), STATUS_OK);
    assert_int_equal(
        store_run(&fixture->store, "UPDATE leaf SET leaf = zeroblob(232) WHERE idx = 1"),
        STATUS_OK);
    assert_int_equal(log_fixture_run(fixture, "|"), STATUS_STORE_CORRUPT);
    assert_string_not_equal(fixture->diag.text, "");
    assert_int_equal(log_fixture_run(fixture, "x"), STATUS_OK);
    log_fixture_assert_sound(fixture);
}

static void test_seal__tree_row_that_moved__is_not_overwritten(void **state)
{
    struct log_fixture *fixture = *state;
    assert_int_equal(log_fixture_run(fixture, "a1 | a2"), STATUS_OK);
    assert_int_equal(store_run(&fixture->store, "UPDATE tree SET size = 7"), STATUS_OK);
    assert_int_equal(log_fixture_run(fixture, "|"), STATUS_STORE_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOG_TEST(test_tree__new__is_empty_and_unsigned),
        LOG_TEST(test_tree__around_whole_tiles__is_the_same_after_opening),
        LOG_TEST(test_tree__commit_that_fails__is_where_it_was),
        LOG_TEST(test_root_at__each_earlier_size__is_the_root_it_had),
        LOG_TEST(test_leaf__of_a_case__is_numbered_and_names_the_one_before),
        LOG_TEST(test_page__that_ends_a_tile__has_its_node),
        LOG_TEST(test_page__beyond_the_end__is_empty),
        LOG_TEST(test_page__leaf_whose_payload_was_erased__is_there_without),
        LOG_TEST(test_open__another_key__is_told_from_damage),
        LOG_TEST(test_open__origin_that_is_no_name__is_refused),
        LOG_TEST(test_seal__leaf_that_changed_on_its_way__is_not_signed),
        LOG_TEST(test_seal__tree_row_that_moved__is_not_overwritten),
    };
    TEST_TABLE(damages, damage_cases, test_damage);
    int failed = cmocka_run_group_tests_name("audit-log/tree", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/tree/damage", damages, NULL, NULL);
    return failed;
}
