/*
 * The simulation's checker fails when it must: each row leaves the stores of a good run, or what
 * was told outside, as one bug would, and names the rule that must find it.
 */
#include "tests/support/test.h"
#include "tests/unit/simulation/check_bugs.h"

#include <stdio.h>
#include <string.h>

/* A calm one with a correction. */
#define GOOD_SEED 1u
#define PARTS_MAX 128u

/* ---- running ---- */

static void doctor_it(struct patient *patient, const struct bug_case *row)
{
    char schema[32];
    if (row->loosened != NULL) {
        size_t length = strcspn(row->loosened, " ");
        (void)snprintf(schema, sizeof schema, "%.*s", (int)length, row->loosened);
        patient_loosen(patient, schema, row->loosened + length + 1);
    }
    if (row->sql != NULL)
        patient_change(patient, row->sql);
    if (row->is_of_log)
        patient_write_log(patient);
    if (row->change != NULL)
        row->change(patient);
}

static bool fails_at(const struct sim_check *check, const char *rule)
{
    for (unsigned i = 0; i < check->finding_count; i++)
        if (strcmp(check->findings[i].rule, rule) == 0)
            return true;
    return false;
}

static void tell(const struct sim_check *check)
{
    for (unsigned i = 0; i < check->finding_count; i++)
        print_message("%s: %s\n", check->findings[i].rule, check->findings[i].text);
}

static struct patient patient;
static struct sim_check check;
static unsigned patients;
static bool has_found[PARTS_MAX]; /* of the rules' parts, over all rows */

static void finds_the_bug(void **state)
{
    const struct bug_case *row = *state;
    patient_open(&patient, ++patients);
    doctor_it(&patient, row);
    sim_check_open(&check, &patient.input);
    (void)sim_check_run(&check);
    bool is_found = fails_at(&check, row->want_rule);
    for (unsigned i = 0; i < check.finding_count; i++)
        has_found[check.findings[i].part] = true;
    if (!is_found)
        tell(&check);
    sim_check_close(&check);
    patient_close(&patient);
    assert_true(is_found);
}

/* The bug that it looks like has its own row. */
static void finds_no_bug(void **state)
{
    const struct bug_case *row = *state;
    patient_open(&patient, ++patients);
    doctor_it(&patient, row);
    sim_check_open(&check, &patient.input);
    (void)sim_check_run(&check);
    bool is_found = fails_at(&check, row->want_rule);
    bool is_loaded = check.is_loaded;
    if (is_found || !is_loaded)
        tell(&check);
    sim_check_close(&check);
    patient_close(&patient);
    assert_true(is_loaded);
    assert_false(is_found);
}

/* The same hands wrote it: nothing they do is a bug by itself. */
static void test_check__undamaged__finds_nothing(void **state)
{
    (void)state;
    patient_open(&patient, 0);
    patient_write_log(&patient);
    sim_check_open(&check, &patient.input);
    unsigned count = sim_check_run(&check);
    tell(&check);
    sim_check_close(&check);
    patient_close(&patient);
    assert_int_equal(count, 0);
}

/* After all rows: a query that no bug makes speak may be one that can't. */
static void test_check__every_part_of_a_rule__has_found_a_bug(void **state)
{
    (void)state;
    const char *rule = NULL;
    bool is_complete = true;
    for (unsigned i = 0; (rule = sim_check_rule_name(i)) != NULL; i++) {
        assert_true(i < PARTS_MAX);
        if (!has_found[i])
            print_message("part %u, of %s, has found nothing\n", i, rule);
        is_complete = is_complete && has_found[i];
    }
    assert_true(is_complete);
}

static int make_a_good_run(void)
{
    static struct sim_outcome outcome;
    if (!sim_world_prepare(SIMULATION_TABLES))
        return 1;
    sim_check_listen(doctor_keep, NULL);
    sim_world_run(GOOD_SEED, false, &outcome);
    sim_check_listen(NULL, NULL);
    sim_world_release();
    if (outcome.is_failed)
        fprintf(stderr, "the good run is none: %s\n", outcome.broken);
    return outcome.is_failed || !doctor_has_kept();
}

static int forget_it(void **state)
{
    (void)state;
    doctor_forget();
    return 0;
}

int main(void)
{
    const struct CMUnitTest before[] = {
        cmocka_unit_test(test_check__undamaged__finds_nothing),
    };
    const struct CMUnitTest after[] = {
        cmocka_unit_test(test_check__every_part_of_a_rule__has_found_a_bug),
    };
    TEST_TABLE(tests, bug_cases, finds_the_bug);
    TEST_TABLE(log_tests, log_bug_cases, finds_the_bug);
    TEST_TABLE(well_tests, well_cases, finds_no_bug);
    if (bug_cases[BUG_CASES - 1].name == NULL || log_bug_cases[LOG_BUG_CASES - 1].name == NULL ||
        make_a_good_run() != 0)
        return 1;
    int failed = cmocka_run_group_tests_name("undamaged", before, NULL, NULL);
    failed += cmocka_run_group_tests_name("bugs", tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("bugs of the log", log_tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("no bugs", well_tests, NULL, NULL);
    failed += cmocka_run_group_tests_name("rules", after, NULL, forget_it);
    return failed;
}
