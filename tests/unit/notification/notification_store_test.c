/* Is each notice kept once, and in its order? */
#include "tests/support/test.h"

#include "services/notification/notification_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
    char folder[32];
    char path[64];
    struct store store;
    struct notification_store tables;
    struct arena arena;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof(fixture));
    (void)snprintf(fixture.folder, sizeof(fixture.folder), "/tmp/netra-test-XXXXXX");
    assert_non_null(mkdtemp(fixture.folder));
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/notification.db", fixture.folder);
    struct store_spec spec = {
        .application_id = NOTIFICATION_APPLICATION_ID,
        .own = {.steps = notification_migration_steps, .count = NOTIFICATION_MIGRATION_COUNT},
    };
    struct diag diag = {0};
    assert_int_equal(store_open(&fixture.store, fixture.path, &spec, &diag), STATUS_OK);
    assert_int_equal(notification_store_open(&fixture.tables, &fixture.store), STATUS_OK);
    assert_int_equal(arena_open(&fixture.arena, 1u << 20), STATUS_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    struct fixture *fixture = *state;
    arena_close(&fixture->arena);
    notification_store_close(&fixture->tables);
    store_close(&fixture->store);
    for (size_t index = 0; index < sizeof(endings) / sizeof(endings[0]); index++) {
        char path[80];
        (void)snprintf(path, sizeof(path), "%s%s", fixture->path, endings[index]);
        (void)unlink(path);
    }
    return rmdir(fixture->folder);
}

static struct notice notice_of(uint8_t case_byte, uint32_t revision, const char *recipient,
                               enum notice_kind kind)
{
    struct notice notice = {
        .revision = revision,
        .recipient = {.name = recipient, .kind = kind},
        .state = NOTICE_QUEUED,
        .at = 1728700000,
    };
    memset(notice.case_handle, case_byte, sizeof(notice.case_handle));
    return notice;
}

static bool put(struct fixture *fixture, struct notice notice)
{
    bool is_new = false;
    assert_int_equal(notification_store_put(&fixture->tables, &notice, &is_new), STATUS_OK);
    return is_new;
}

static void test_notice__repeated__is_kept_once(void **state)
{
    struct fixture *fixture = *state;
    assert_true(put(fixture, notice_of(1, 1, "bkd", NOTICE_DECISION)));
    assert_false(put(fixture, notice_of(1, 1, "bkd", NOTICE_DECISION)));
}

static void test_notice__other_in_any_part_of_its_key__is_another(void **state)
{
    struct fixture *fixture = *state;
    assert_true(put(fixture, notice_of(1, 1, "bkd", NOTICE_DECISION)));
    assert_true(put(fixture, notice_of(2, 1, "bkd", NOTICE_DECISION)));
    assert_true(put(fixture, notice_of(1, 2, "bkd", NOTICE_DECISION)));
    assert_true(put(fixture, notice_of(1, 1, "reviewers", NOTICE_DECISION)));
    assert_true(put(fixture, notice_of(1, 1, "bkd", NOTICE_REVIEW)));
}

static bool has_higher(struct fixture *fixture, uint8_t case_byte, uint32_t revision)
{
    uint8_t handle[CASE_HANDLE_SIZE];
    memset(handle, case_byte, sizeof(handle));
    bool has = false;
    assert_int_equal(notification_store_has_higher(&fixture->tables, handle, revision, &has),
                     STATUS_OK);
    return has;
}

static void test_notice__of_a_higher_revision__is_seen_for_its_case_alone(void **state)
{
    struct fixture *fixture = *state;
    assert_false(has_higher(fixture, 1, 1));
    assert_true(put(fixture, notice_of(1, 2, "bkd", NOTICE_DECISION)));
    assert_true(has_higher(fixture, 1, 1));
    assert_false(has_higher(fixture, 1, 2));
    assert_false(has_higher(fixture, 2, 1));
}

static void test_notice__list__goes_on_after_the_last_row(void **state)
{
    struct fixture *fixture = *state;
    assert_true(put(fixture, notice_of(9, 1, "reviewers", NOTICE_REVIEW)));
    struct notice late = notice_of(8, 1, "bkd", NOTICE_DECISION);
    late.state = NOTICE_SUPERSEDED;
    assert_true(put(fixture, late));
    const struct notice_row *rows = NULL;
    size_t count = 0;
    assert_int_equal(
        notification_store_list(&fixture->tables, 0, 1, &fixture->arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].case_handle[0], 9);
    assert_int_equal(rows[0].revision, 1);
    assert_int_equal(rows[0].kind, NOTICE_REVIEW);
    assert_string_equal(rows[0].recipient, "reviewers");
    assert_string_equal(rows[0].state, "queued");
    assert_int_equal(
        notification_store_list(&fixture->tables, rows[0].id, 5, &fixture->arena, &rows, &count),
        STATUS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].state, "superseded");
}

#define STORE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_notice__repeated__is_kept_once),
        STORE_TEST(test_notice__other_in_any_part_of_its_key__is_another),
        STORE_TEST(test_notice__of_a_higher_revision__is_seen_for_its_case_alone),
        STORE_TEST(test_notice__list__goes_on_after_the_last_row),
    };

    return cmocka_run_group_tests_name("notification/store", tests, NULL, NULL);
}
