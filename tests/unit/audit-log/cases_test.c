/* Does memory say of a case what the table would, whatever was written, taken back, displaced? */
#include "tests/support/test.h"

#include "common/base/bytes.h"
#include "tests/unit/audit-log/log_fixture.h"

#include <stdlib.h>
#include <string.h>

/* Words: p3 puts the next number of case 3, w writes, c commits and forgets, x takes the
 * transaction back and forgets, ?3=2 asks for case 3. Cases 0 to 9 have places of their own;
 * case 10 to 19 have those of 0 to 9. */
struct cases_case {
    const char *name;
    const char *script;
};

static struct cases_case cases_cases[] = {
    {"a case that never was has nothing", "?3=0"},
    {"what was put is known at once", "p3 ?3=1 p3 ?3=2"},
    {"what was committed is found in the table", "p3 p3 w c ?3=2"},
    {"what was not written is gone with its transaction", "p3 w c p3 p3 x ?3=1"},
    {"what was written is gone too when it is taken back", "p3 w c p3 w x ?3=1"},
    {"two cases of one place are not taken for each other", "p3 p13 p3 ?3=2 ?13=1"},
    {"a case that gave way is in the table", "p3 p3 p13 w c ?3=2 ?13=1"},
    {"a case below the largest that never was", "p5 w c ?4=0 p4 w c ?4=1"},
    {"the largest is not known of what was taken back", "p3 w c p9 x p5 w c ?9=0 ?5=1"},
};

static void handle_of(unsigned number, uint8_t case_handle[CASE_HANDLE_SIZE])
{
    bytes_put_u64(case_handle, number + 1);
    bytes_put_u64(case_handle + 8, number % 10 + (number / 10) * (uint64_t)AUDIT_LOG_CASES_KEPT);
}

static void put_next(struct audit_log_cases *cases, const uint8_t *case_handle)
{
    struct audit_log_case newest;
    assert_int_equal(audit_log_cases_get(cases, case_handle, &newest), STATUS_OK);
    newest.number++;
    newest.index = newest.number * 100;
    memset(newest.leaf_hash, (int)newest.number, SHA256_SIZE);
    assert_int_equal(audit_log_cases_put(cases, case_handle, &newest), STATUS_OK);
}

static void assert_number(struct audit_log_cases *cases, const uint8_t *case_handle, unsigned want)
{
    struct audit_log_case newest;
    uint8_t hash[SHA256_SIZE];
    assert_int_equal(audit_log_cases_get(cases, case_handle, &newest), STATUS_OK);
    memset(hash, (int)want, sizeof hash);
    assert_int_equal(newest.number, want);
    assert_int_equal(newest.index, want * 100);
    assert_memory_equal(newest.leaf_hash, hash, sizeof hash);
}

static void step(struct log_fixture *fixture, const char *word)
{
    struct audit_log_cases *cases = &fixture->tree.cases;
    uint8_t case_handle[CASE_HANDLE_SIZE];
    char *rest = NULL;
    handle_of((unsigned)strtoul(word + 1, &rest, 10), case_handle);
    switch (word[0]) {
    case 'p':
        put_next(cases, case_handle);
        break;
    case '?':
        assert_number(cases, case_handle, (unsigned)strtoul(rest + 1, NULL, 10));
        break;
    case 'w':
        assert_int_equal(audit_log_cases_write(cases), STATUS_OK);
        break;
    case 'c':
        assert_int_equal(store_commit(&fixture->store), STATUS_OK);
        audit_log_cases_forget(cases);
        assert_int_equal(store_begin(&fixture->store), STATUS_OK);
        break;
    default:
        store_rollback(&fixture->store);
        audit_log_cases_forget(cases);
        assert_int_equal(store_begin(&fixture->store), STATUS_OK);
        break;
    }
}

static void test_cases(void **state)
{
    const struct cases_case *row = *state;
    const char *script = row->script;
    void *made = NULL;
    assert_int_equal(log_fixture_set_up(&made), 0);
    struct log_fixture *fixture = made;
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    while (*script != '\0') {
        char word[16] = {0};
        size_t size = strcspn(script, " ");
        memcpy(word, script, size);
        step(fixture, word);
        script += size + strspn(script + size, " ");
    }
    assert_int_equal(log_fixture_tear_down(&made), 0);
}

static void test_cases__more_than_one_transaction_has_room_for__are_all_written(void **state)
{
    struct log_fixture *fixture = *state;
    struct audit_log_cases *cases = &fixture->tree.cases;
    uint8_t case_handle[CASE_HANDLE_SIZE] = {0};
    assert_int_equal(store_begin(&fixture->store), STATUS_OK);
    for (unsigned i = 0; i < 2 * AUDIT_LOG_CASES_UNWRITTEN + 1; i++) {
        bytes_put_u64(case_handle, i + 1);
        bytes_put_u64(case_handle + 8, i);
        put_next(cases, case_handle);
    }
    assert_int_equal(audit_log_cases_write(cases), STATUS_OK);
    audit_log_cases_forget(cases);
    for (unsigned i = 0; i < 2 * AUDIT_LOG_CASES_UNWRITTEN + 1; i++) {
        bytes_put_u64(case_handle, i + 1);
        bytes_put_u64(case_handle + 8, i);
        assert_number(cases, case_handle, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_cases__more_than_one_transaction_has_room_for__are_all_written,
            log_fixture_set_up, log_fixture_tear_down),
    };
    TEST_TABLE(rows, cases_cases, test_cases);
    int failed = cmocka_run_group_tests_name("audit-log/cases", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("audit-log/cases/scripts", rows, NULL, NULL);
    return failed;
}
