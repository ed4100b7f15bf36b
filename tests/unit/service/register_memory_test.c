/* What the doors see of the table: after commits, roll backs, restarts, damage. */
#include "common/service/key_file.h"
#include "register_case.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static void test_find__many_keys__each_is_found(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 200; i > 0; i--) { /* in falling order: memory is sorted by key */
        char name[16];
        (void)snprintf(name, sizeof(name), "w%u", i);
        const struct event event = {.name = name, .role = WORKER, .curve = (uint8_t)i};
        assert_int_equal(STATUS_OK, authorise(&event));
    }
    assert_null(find(7)); /* not before the commit */
    commit();
    assert_int_equal(200, keys.count);
    for (unsigned i = 1; i <= 200; i++) {
        assert_non_null(find((uint8_t)i));
        assert_int_equal(i, find((uint8_t)i)->curve_public[31]);
    }
    assert_null(find(201));
}

static void test_find_signer__by_key_id__finds_those_that_sign(void **state)
{
    (void)state;
    const struct event worker = {.name = "w", .role = WORKER, .curve = 9};
    begin();
    assert_int_equal(STATUS_OK, authorise(&node));
    assert_int_equal(STATUS_OK, authorise(&worker));
    commit();
    const struct principal *principal = find(5);
    uint8_t want[KEY_ID_SIZE];
    key_id_of(principal->sign_public, principal->curve_public, want);
    assert_memory_equal(want, principal->key_id, sizeof(want));
    assert_ptr_equal(principal, register_find_signer(&keys, want));
    assert_null(register_find_signer(&keys, find(9)->key_id));
    want[0] ^= 1;
    assert_null(register_find_signer(&keys, want));
}

static void test_revoke__a_known_key__stays_known_and_revoked(void **state)
{
    (void)state;
    begin();
    assert_int_equal(STATUS_OK, authorise(&node));
    commit();
    assert_false(find(5)->is_revoked);
    begin();
    assert_int_equal(STATUS_OK, revoke_key(5));
    assert_int_equal(STATUS_OK, revoke_key(5)); /* again changes nothing */
    commit();
    assert_true(find(5)->is_revoked);
    begin();
    assert_int_equal(STATUS_OK, authorise(&node));
    commit();
    assert_true(find(5)->is_revoked); /* nobody comes back by the old authorisation */
}

static void test_revoke__an_unknown_key__is_not_found(void **state)
{
    (void)state;
    begin();
    assert_int_equal(STATUS_NOT_FOUND, revoke_key(5));
    assert_int_equal(STATUS_FIELD_MISSING, revoke_key(0));
    store_rollback(&store);
    register_rolled_back(&keys);
}

static void test_apply__another_event_or_bytes__is_refused(void **state)
{
    (void)state;
    begin();
    assert_int_equal(STATUS_OUT_OF_RANGE, register_apply(&keys, 32, pack(&node), &arena, &diag));
    assert_int_equal(STATUS_MALFORMED, register_apply(&keys, TYPE_AUTHORISED,
                                                      view_of_text("\xff\xff"), &arena, &diag));
    store_rollback(&store);
    register_rolled_back(&keys);
    assert_int_equal(0, keys.count);
}

static void test_rolled_back__memory__is_as_committed(void **state)
{
    (void)state;
    begin();
    assert_int_equal(STATUS_OK, authorise(&node));
    commit();
    begin();
    assert_int_equal(STATUS_OK, revoke_key(5));
    store_rollback(&store);
    register_rolled_back(&keys);
    assert_int_equal(1, keys.count);
    assert_false(find(5)->is_revoked);
}

static void test_savepoint_rolled_back__in_a_committed_turn__leaves_nothing(void **state)
{
    (void)state;
    begin();
    assert_int_equal(STATUS_OK, store_savepoint(&store));
    assert_int_equal(STATUS_OK, authorise(&node));
    assert_int_equal(STATUS_OK, store_savepoint_rollback(&store));
    commit();
    assert_int_equal(0, keys.count);
    begin();
    assert_int_equal(STATUS_OK, authorise(&node)); /* and the name is free */
    commit();
    assert_non_null(find(5));
}

static void test_open__after_a_restart__knows_what_was_committed(void **state)
{
    (void)state;
    begin();
    assert_int_equal(STATUS_OK, authorise(&node));
    assert_int_equal(STATUS_OK, revoke_key(5));
    commit();
    close_all();
    open_all();
    const struct principal *principal = find(5);
    assert_non_null(principal);
    assert_true(principal->is_revoked);
    assert_string_equal("bkd-serang", principal->name);
    assert_string_equal("36.04 36.73", principal->regions);
    assert_int_equal(NODE, principal->role);
    assert_int_equal(6, principal->sign_public[0]);
}

/* Fills the table to `count` rows by SQL: through events it would take a minute. */
static void fill(unsigned count)
{
    char sql[512];
    (void)snprintf(sql, sizeof(sql),
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %u) "
                   "INSERT INTO register_key (name, role, curve_public, sign_public, key_id, "
                   "regions, is_revoked) SELECT 'w' || i, 2, "
                   "CAST(printf('%%032d', i) AS BLOB), NULL, CAST(printf('%%04x', i) AS BLOB), "
                   "'', 1 FROM n",
                   count);
    assert_int_equal(STATUS_OK, store_run(&store, sql));
}

static void test_limit__the_last_key_fits__the_next_does_not(void **state)
{
    (void)state;
    const struct event last = {.name = "last", .role = WORKER, .curve = 200};
    begin();
    fill(REGISTER_KEYS_MAX - 1);
    assert_int_equal(STATUS_OK, authorise(&last));
    assert_int_equal(STATUS_OUT_OF_RANGE, authorise(&node));
    assert_string_equal("the register is full", diag.text);
    assert_int_equal(STATUS_OK, authorise(&last)); /* the same again is none more */
    commit();
    assert_int_equal(REGISTER_KEYS_MAX, keys.count);
    assert_non_null(find(200));
}

static void test_open__more_rows_than_the_limit__is_corrupt(void **state)
{
    (void)state;
    begin();
    fill(REGISTER_KEYS_MAX + 1);
    assert_int_equal(STATUS_OK, store_commit(&store));
    register_close(&keys);
    assert_int_equal(STATUS_STORE_CORRUPT, register_open(&keys, &store, &diag));
    assert_null(keys.principals);
}

static void test_committed__the_table_is_damaged__nobody_is_let_in(void **state)
{
    (void)state;
    begin();
    assert_int_equal(STATUS_OK, authorise(&node));
    commit();
    begin();
    assert_int_equal(STATUS_OK, revoke_key(5));
    assert_int_equal(STATUS_OK, store_run(&store, "UPDATE register_key SET key_id = x'00'"));
    commit();
    assert_null(find(5));
    begin();
    assert_int_equal(STATUS_OK, store_run(&store, "UPDATE register_key SET key_id = x'00000000'"));
    commit(); /* reads again, though no event came */
    assert_true(find(5)->is_revoked);
}

static void test_open__no_table__fails(void **state)
{
    (void)state;
    register_close(&keys);
    assert_int_equal(STATUS_OK, store_run(&store, "DROP TABLE register_key"));
    assert_int_equal(STATUS_STORE_CORRUPT, register_open(&keys, &store, &diag));
    assert_non_null(strstr(diag.text, "register: no such table: register_key"));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_find__many_keys__each_is_found),
        TEST(test_find_signer__by_key_id__finds_those_that_sign),
        TEST(test_revoke__a_known_key__stays_known_and_revoked),
        TEST(test_revoke__an_unknown_key__is_not_found),
        TEST(test_apply__another_event_or_bytes__is_refused),
        TEST(test_rolled_back__memory__is_as_committed),
        TEST(test_savepoint_rolled_back__in_a_committed_turn__leaves_nothing),
        TEST(test_open__after_a_restart__knows_what_was_committed),
        TEST(test_limit__the_last_key_fits__the_next_does_not),
        TEST(test_open__more_rows_than_the_limit__is_corrupt),
        TEST(test_committed__the_table_is_damaged__nobody_is_let_in),
        TEST(test_open__no_table__fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
