/*
 * Migrations: step after step, all or nothing.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "tests/unit/store/store_fixture.h"

#include <string.h>

static const char *const growing_steps[] = {
    "CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB) STRICT;",
    "ALTER TABLE item ADD COLUMN kind INTEGER NOT NULL DEFAULT 7;",
    "CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT; INSERT INTO other (id) VALUES (1), (2);",
};

static const char *const broken_steps[] = {
    "CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB) STRICT;",
    "CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; ALTER TABLE absent ADD COLUMN kind;",
};

static struct store_spec growing_spec(const char *const *steps, size_t count)
{
    struct store_spec spec = fixture_spec();
    spec.own = (struct migrations){.steps = steps, .count = count};
    return spec;
}

static void test_migration__step_after_step__rows_are_kept(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    CLEANUP(store_close) struct store store = {.database = NULL};
    struct store_spec spec = growing_spec(growing_steps, 1);
    assert_int_equal(store_open(&store, fixture.path, &spec, NULL), STATUS_OK);
    assert_int_equal(fixture_put(&store, 1, view_of_text("one")), STATUS_OK);
    store_close(&store);
    spec = growing_spec(growing_steps, 3);
    assert_int_equal(store_open(&store, fixture.path, &spec, NULL), STATUS_OK);
    assert_false(store.is_new);
    char found[32];
    assert_true(fixture_ask(&store, "SELECT kind FROM item WHERE id = 1", found, sizeof found));
    assert_string_equal(found, "7");
    assert_true(fixture_ask(&store, "SELECT count(*) FROM other", found, sizeof found));
    assert_string_equal(found, "2");
    assert_true(fixture_ask(&store, "PRAGMA user_version", found, sizeof found));
    assert_string_equal(found, "65539");
    store_close(&store);
    /* The older program refuses what the newer one made. */
    spec = growing_spec(growing_steps, 2);
    assert_int_equal(store_open(&store, fixture.path, &spec, NULL), STATUS_STORE_NEWER);
}

static void test_migration__step_fails__nothing_of_it_stays(void **state)
{
    (void)state;
    CLEANUP(fixture_close) struct fixture fixture;
    assert_true(fixture_open(&fixture));
    CLEANUP(store_close) struct store store = {.database = NULL};
    struct store_spec spec = growing_spec(broken_steps, 1);
    assert_int_equal(store_open(&store, fixture.path, &spec, NULL), STATUS_OK);
    store_close(&store);
    spec = growing_spec(broken_steps, 2);
    struct diag diag = {.text = ""};
    assert_int_equal(store_open(&store, fixture.path, &spec, &diag), STATUS_STORE_CORRUPT);
    assert_non_null(strstr(diag.text, "migration of own from version 1: no such table: absent"));
    spec = growing_spec(broken_steps, 1);
    assert_int_equal(store_open(&store, fixture.path, &spec, NULL), STATUS_OK);
    char found[32];
    assert_true(fixture_ask(&store, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'",
                            found, sizeof found));
    assert_string_equal(found, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_migration__step_after_step__rows_are_kept),
        cmocka_unit_test(test_migration__step_fails__nothing_of_it_stays),
    };
    return cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
}
