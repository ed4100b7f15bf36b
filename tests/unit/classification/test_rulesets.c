/*
 * Loading, switching and mistakes: the old tables stay in force until the new ones are checked.
 */
#include "tests/support/test.h"

#include "ruleset_fixture.h"
#include "services/classification/classification_rulesets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rulesets rulesets;
static char path[64];

static void copy_rules(const char *more)
{
    static char text[1u << 20];
    FILE *from = fopen(RULESET_FIXTURE_RULES, "re");
    FILE *to = fopen(path, "we");
    assert_true(from != NULL && to != NULL);
    size_t size = fread(text, 1, sizeof(text), from);
    assert_int_equal(fwrite(text, 1, size, to), size);
    assert_true(fputs(more, to) >= 0);
    assert_int_equal(fclose(from) + fclose(to), 0);
}

static int set_up(void **state)
{
    (void)state;
    struct diag diag = {0};
    (void)snprintf(path, sizeof(path), "/tmp/netra-rulesets-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0 && close(descriptor) == 0);
    copy_rules("");
    assert_int_equal(rulesets_open(&rulesets, path, RULESET_FIXTURE_CALENDAR, &diag), STATUS_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rulesets_close(&rulesets);
    return unlink(path);
}

static void test_load__a_mistake__the_old_one_stays(void **state)
{
    (void)state;
    struct diag diag = {0};
    const struct ruleset *before = rulesets.in_force;
    copy_rules("unheard_of: true\n");
    assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_TABLES_INVALID);
    assert_non_null(strstr(diag.text, path));
    assert_null(rulesets.next);
    assert_false(rulesets_switch(&rulesets));
    assert_ptr_equal(rulesets.in_force, before);
}

static void test_load__no_file__the_old_one_stays(void **state)
{
    (void)state;
    struct diag diag = {0};
    rulesets.calendar_path = "deploy/rules/none.yaml";
    assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_TABLES_INVALID);
    assert_null(rulesets.next);
}

static void test_open__a_mistake__the_start_fails(void **state)
{
    (void)state;
    struct diag diag = {0};
    struct rulesets other;
    copy_rules("unheard_of: true\n");
    assert_int_equal(rulesets_open(&other, path, RULESET_FIXTURE_CALENDAR, &diag),
                     STATUS_CONFIG_INVALID);
    rulesets_close(&other);
}

static void test_switch__the_same_files__nothing_changes(void **state)
{
    (void)state;
    struct diag diag = {0};
    assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_OK);
    assert_false(rulesets_switch(&rulesets));
    assert_null(rulesets.next);
    assert_null(rulesets.before);
}

static void test_switch__other_files_twice__the_last_two_are_found(void **state)
{
    (void)state;
    struct diag diag = {0};
    uint8_t digests[3][SHA256_SIZE];
    static const char *const more[] = {"", "# one\n", "# two\n"};
    memcpy(digests[0], ruleset_digest(rulesets.in_force), SHA256_SIZE);
    for (unsigned i = 1; i < 3; i++) {
        copy_rules(more[i]);
        assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_OK);
        assert_true(rulesets_switch(&rulesets));
        memcpy(digests[i], ruleset_digest(rulesets.in_force), SHA256_SIZE);
    }
    assert_null(rulesets_find(&rulesets, digests[0]));
    assert_ptr_equal(rulesets_find(&rulesets, digests[1]), rulesets.before);
    assert_ptr_equal(rulesets_find(&rulesets, digests[2]), rulesets.in_force);
}

static void test_load__a_second_before_the_switch__waits_and_the_first_stays(void **state)
{
    (void)state;
    struct diag diag = {0};
    copy_rules("# one\n");
    assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_OK);
    const struct ruleset *first = rulesets.next;
    copy_rules("# two\n");
    assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_TRY_AGAIN_LATER);
    assert_ptr_equal(rulesets.next, first);
    assert_true(rulesets_switch(&rulesets));
    assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_OK);
}

static void test_drop__loaded__is_forgotten(void **state)
{
    (void)state;
    struct diag diag = {0};
    copy_rules("# one\n");
    assert_int_equal(rulesets_load_next(&rulesets, &diag), STATUS_OK);
    rulesets_drop_next(&rulesets);
    assert_false(rulesets_switch(&rulesets));
}

#define SINGLE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest singles[] = {
        SINGLE(test_load__a_mistake__the_old_one_stays),
        SINGLE(test_load__no_file__the_old_one_stays),
        SINGLE(test_open__a_mistake__the_start_fails),
        SINGLE(test_switch__the_same_files__nothing_changes),
        SINGLE(test_switch__other_files_twice__the_last_two_are_found),
        SINGLE(test_load__a_second_before_the_switch__waits_and_the_first_stays),
        SINGLE(test_drop__loaded__is_forgotten),
    };
    return cmocka_run_group_tests_name("rulesets", singles, NULL, NULL);
}
