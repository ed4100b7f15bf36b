/* Is each notice kept once, in its order, and does it go its way: due, marked, settled? */
#include "common/base/cleanup.h"
#include "tests/support/test.h"

#include "tests/unit/notification/notice_fixture.h"

#include <stdio.h>
#include <string.h>

static void test_notice__repeated__is_kept_once(void **state)
{
    struct fixture *fixture = *state;
    assert_int_not_equal(put(fixture, row_of(1, 1, "bkd-36", NOTICE_DECISION)), 0);
    struct notice_row again = row_of(1, 1, "bkd-36", NOTICE_DECISION);
    again.state = NOTICE_BLOCKED;
    assert_int_equal(put(fixture, again), 0);
    assert_int_equal(get(fixture, 1).state, NOTICE_QUEUED);
}

static void test_notice__other_in_any_part_of_its_key__is_another(void **state)
{
    struct fixture *fixture = *state;
    assert_int_not_equal(put(fixture, row_of(1, 1, "bkd-36", NOTICE_DECISION)), 0);
    assert_int_not_equal(put(fixture, row_of(2, 1, "bkd-36", NOTICE_DECISION)), 0);
    assert_int_not_equal(put(fixture, row_of(1, 2, "bkd-36", NOTICE_DECISION)), 0);
    assert_int_not_equal(put(fixture, row_of(1, 1, "reviewer-36", NOTICE_DECISION)), 0);
    assert_int_not_equal(put(fixture, row_of(1, 1, "bkd-36", NOTICE_REVIEW)), 0);
}

static void test_notice__read_again__has_all_that_was_kept(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t stream_id[STREAM_ID_SIZE] = {9};
    struct notice_row row = row_of(1, 7, "bkpsdm-36.04", NOTICE_INFORMATION);
    row.channel = NOTICE_CHANNEL_SMTP;
    row.seq = 77;
    memcpy(row.stream_id, stream_id, STREAM_ID_SIZE);
    uint64_t id = put(fixture, row);
    struct notice_row found = get(fixture, id);
    assert_int_equal(found.revision, 7);
    assert_int_equal(found.kind, NOTICE_INFORMATION);
    assert_int_equal(found.channel, NOTICE_CHANNEL_SMTP);
    assert_string_equal(found.recipient, "bkpsdm-36.04");
    assert_string_equal(found.role, "BKPSDM");
    assert_string_equal(found.rule, "ASN-REGION");
    assert_string_equal(found.case_number, "NTR-7Q2K-4");
    assert_string_equal(found.region, "36.04");
    assert_int_equal(found.received, 20241012);
    assert_memory_equal(found.stream_id, stream_id, STREAM_ID_SIZE);
    assert_int_equal(found.seq, 77);
    assert_int_equal(found.at, NOW);
    assert_int_equal(found.attempts, 0);
    struct notice_row none;
    assert_int_equal(notification_store_get(&fixture->tables, id + 1, &none), STATUS_NOT_FOUND);
}

static void test_list__goes_on_after_the_last_row(void **state)
{
    const struct notice_scope all = {.regions = ""};
    struct fixture *fixture = *state;
    struct notice_row rows[4];
    uint32_t count = 0;
    put(fixture, row_of(9, 1, "reviewer-36", NOTICE_REVIEW));
    put(fixture, row_of(8, 1, "bkd-36", NOTICE_DECISION));
    assert_int_equal(notification_store_list(&fixture->tables, &all, 0, rows, 1, &count),
                     STATUS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].recipient, "reviewer-36");
    assert_int_equal(notification_store_list(&fixture->tables, &all, rows[0].id, rows, 4, &count),
                     STATUS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].recipient, "bkd-36");
    uint8_t handle[CASE_HANDLE_SIZE];
    memset(handle, 9, sizeof handle);
    assert_int_equal(notification_store_of_case(&fixture->tables, handle, rows, 4, &count),
                     STATUS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(rows[0].recipient, "reviewer-36");
}

static void test_higher_revision__supersedes_what_is_queued_of_its_case(void **state)
{
    struct fixture *fixture = *state;
    uint64_t queued = put(fixture, row_of(1, 1, "bkd-36", NOTICE_DECISION));
    uint64_t gone = put(fixture, row_of(1, 1, "ppk-36", NOTICE_DECISION));
    uint64_t same = put(fixture, row_of(1, 2, "bkd-36", NOTICE_DECISION));
    uint64_t other = put(fixture, row_of(2, 1, "bkd-36", NOTICE_DECISION));
    uint8_t handle[CASE_HANDLE_SIZE];
    memset(handle, 1, sizeof handle);
    assert_int_equal(notification_store_settle(&fixture->tables, gone, NOTICE_HANDED_OVER, ""),
                     STATUS_OK);
    assert_int_equal(notification_store_supersede(&fixture->tables, handle, 2), STATUS_OK);
    assert_int_equal(get(fixture, queued).state, NOTICE_SUPERSEDED);
    assert_int_equal(get(fixture, gone).state, NOTICE_HANDED_OVER);
    assert_int_equal(get(fixture, same).state, NOTICE_QUEUED);
    assert_int_equal(get(fixture, other).state, NOTICE_QUEUED);
}

static uint32_t due(struct fixture *fixture, enum notice_channel channel, int64_t now,
                    struct notice_row rows[4])
{
    uint32_t count = 0;
    assert_int_equal(notification_store_due(&fixture->tables, channel, now, rows, 4, &count),
                     STATUS_OK);
    return count;
}

static void test_due__is_the_longest_due_first__and_of_its_channel(void **state)
{
    struct fixture *fixture = *state;
    struct notice_row rows[4];
    struct notice_row late = row_of(1, 1, "a", NOTICE_DECISION);
    struct notice_row mail = row_of(3, 1, "c", NOTICE_DECISION);
    struct notice_row blocked = row_of(4, 1, "d", NOTICE_DECISION);
    int64_t next_at = 0;
    late.next_at = NOW + 10;
    mail.channel = NOTICE_CHANNEL_SMTP;
    blocked.state = NOTICE_BLOCKED;
    put(fixture, late);
    put(fixture, row_of(2, 1, "b", NOTICE_DECISION));
    put(fixture, mail);
    put(fixture, blocked);
    assert_int_equal(due(fixture, NOTICE_CHANNEL_MAILDIR, NOW - 1, rows), 0);
    assert_int_equal(due(fixture, NOTICE_CHANNEL_MAILDIR, NOW, rows), 1);
    assert_int_equal(due(fixture, NOTICE_CHANNEL_MAILDIR, NOW + 10, rows), 2);
    assert_string_equal(rows[0].recipient, "b");
    assert_string_equal(rows[1].recipient, "a");
    assert_int_equal(due(fixture, NOTICE_CHANNEL_SMTP, NOW, rows), 1);
    assert_int_equal(
        notification_store_next_due(&fixture->tables, NOTICE_CHANNEL_MAILDIR, &next_at),
        STATUS_OK);
    assert_int_equal(next_at, NOW);
}

static void test_mark__counts_before__and_settling_ends_it(void **state)
{
    struct fixture *fixture = *state;
    struct notice_row rows[4];
    uint32_t count = 0;
    int64_t next_at = 0;
    uint64_t id = put(fixture, row_of(1, 1, "a", NOTICE_DECISION));
    assert_int_equal(notification_store_mark(&fixture->tables, id, false), STATUS_OK);
    assert_int_equal(due(fixture, NOTICE_CHANNEL_MAILDIR, NOW, rows), 0);
    assert_int_equal(
        notification_store_next_due(&fixture->tables, NOTICE_CHANNEL_MAILDIR, &next_at),
        STATUS_OK);
    assert_true(next_at == INT64_MAX);
    assert_int_equal(notification_store_marked(&fixture->tables, rows, 4, &count), STATUS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].attempts, 1);
    assert_int_equal(rows[0].deaths, 0);
    assert_int_equal(notification_store_mark(&fixture->tables, id, true), STATUS_OK);
    assert_int_equal(get(fixture, id).deaths, 1);
    assert_int_equal(notification_store_retry(&fixture->tables, id, NOW + 30, "SMTP_450"),
                     STATUS_OK);
    struct notice_row row = get(fixture, id);
    assert_int_equal(row.state, NOTICE_QUEUED);
    assert_int_equal(row.next_at, NOW + 30);
    assert_string_equal(row.why, "SMTP_450");
    assert_int_equal(row.deaths, 0);
    assert_int_equal(row.attempts, 2);
    assert_false(row.is_marked);
    assert_int_equal(notification_store_settle(&fixture->tables, id, NOTICE_FAILED, "SMTP_550"),
                     STATUS_OK);
    row = get(fixture, id);
    assert_int_equal(row.state, NOTICE_FAILED);
    assert_string_equal(row.why, "SMTP_550");
}

static void test_unmark__is_no_death(void **state)
{
    struct fixture *fixture = *state;
    struct notice_row rows[4];
    uint64_t id = put(fixture, row_of(1, 1, "a", NOTICE_DECISION));
    assert_int_equal(notification_store_mark(&fixture->tables, id, true), STATUS_OK);
    assert_int_equal(notification_store_unmark(&fixture->tables, id), STATUS_OK);
    assert_int_equal(get(fixture, id).deaths, 0);
    assert_int_equal(due(fixture, NOTICE_CHANNEL_MAILDIR, NOW, rows), 1);
}

static void test_resend__is_for_what_was_handed_over_or_failed(void **state)
{
    struct fixture *fixture = *state;
    uint64_t id = put(fixture, row_of(1, 1, "a", NOTICE_DECISION));
    assert_int_equal(notification_store_resend(&fixture->tables, id, NOW + 5), STATUS_NOT_FOUND);
    assert_int_equal(notification_store_mark(&fixture->tables, id, false), STATUS_OK);
    assert_int_equal(notification_store_settle(&fixture->tables, id, NOTICE_HANDED_OVER, ""),
                     STATUS_OK);
    assert_int_equal(notification_store_resend(&fixture->tables, id, NOW + 5), STATUS_OK);
    struct notice_row row = get(fixture, id);
    assert_int_equal(row.state, NOTICE_QUEUED);
    assert_int_equal(row.next_at, 0);
    assert_int_equal(row.since, NOW + 5);
    assert_int_equal(row.attempts, 1);
    assert_int_equal(notification_store_resend(&fixture->tables, id + 1, NOW), STATUS_NOT_FOUND);
}

/* The counts are what is found when each notice is looked at. */
static void expect_counted(struct fixture *fixture)
{
    uint64_t counts[NOTICE_STATE_COUNT];
    assert_int_equal(notification_store_count(&fixture->tables, counts), STATUS_OK);
    for (unsigned i = 0; i < NOTICE_STATE_COUNT; i++) {
        CLEANUP(statement_close) struct statement statement = {.handle = NULL};
        bool has_row = false;
        assert_int_equal(statement_open(&statement, &fixture->store,
                                        "SELECT count(*) FROM notice WHERE state = ?1"),
                         STATUS_OK);
        statement_bind_text(&statement, 1, notice_state_name((enum notice_state)i));
        assert_int_equal(statement_step(&statement, &has_row), STATUS_OK);
        assert_int_equal(counts[i], statement_u64(&statement, 0));
    }
}

static void test_counts__whatever_becomes_of_notices__are_by_state(void **state)
{
    struct fixture *fixture = *state;
    uint64_t counts[NOTICE_STATE_COUNT];
    struct notice_row blocked = row_of(4, 1, "d", NOTICE_DECISION);
    blocked.state = NOTICE_BLOCKED;
    put(fixture, blocked);
    uint64_t id = put(fixture, row_of(1, 1, "a", NOTICE_DECISION));
    put(fixture, row_of(2, 1, "a", NOTICE_DECISION));
    put(fixture, row_of(2, 1, "a", NOTICE_DECISION)); /* it is there, and takes no id */
    put(fixture, row_of(3, 1, "a", NOTICE_DECISION));
    assert_int_equal(notification_store_supersede(
                         &fixture->tables, row_of(3, 1, "a", NOTICE_DECISION).case_handle, 2),
                     STATUS_OK);
    assert_int_equal(notification_store_count(&fixture->tables, counts), STATUS_OK);
    assert_int_equal(counts[NOTICE_QUEUED], 2);
    assert_int_equal(counts[NOTICE_BLOCKED], 1);
    assert_int_equal(counts[NOTICE_FAILED], 0);
    assert_int_equal(notification_store_settle(&fixture->tables, id, NOTICE_HANDED_OVER, ""),
                     STATUS_OK);
    expect_counted(fixture);
    assert_int_equal(notification_store_settle(&fixture->tables, id, NOTICE_HANDED_OVER, ""),
                     STATUS_OK);
    expect_counted(fixture);
    assert_int_equal(notification_store_resend(&fixture->tables, id, NOW + 5), STATUS_OK);
    expect_counted(fixture);
    assert_int_equal(notification_store_mark(&fixture->tables, id, false), STATUS_OK);
    expect_counted(fixture);
    assert_string_equal(notice_state_name(NOTICE_HANDED_OVER), "handed_over");
    assert_string_equal(notice_state_name(NOTICE_STATE_COUNT), "");
}

static void test_facts__are_of_the_highest_revision(void **state)
{
    struct fixture *fixture = *state;
    uint8_t handle[CASE_HANDLE_SIZE] = {5};
    struct decision found;
    struct decision decision = {
        .revision = 2,
        .outcome = DECISION_OUTCOME_VIOLATION,
        .disposition = DECISION_DISPOSITION_OVERRIDDEN,
        .actor = DECISION_ACTOR_KADES,
        .incident_date = 20241001,
        .received = 20241012,
        .case_number = "NTR-7Q2K-4",
        .region = "36.04",
        .primary = "NON-ASN-KADES",
        .conflicts = {"BKPSDM", "PPK"},
        .conflict_count = 2,
    };
    assert_int_equal(notification_store_get_facts(&fixture->tables, handle, &found),
                     STATUS_NOT_FOUND);
    assert_int_equal(notification_store_put_facts(&fixture->tables, handle, &decision), STATUS_OK);
    decision.revision = 1;
    decision.actor = DECISION_ACTOR_ASN;
    assert_int_equal(notification_store_put_facts(&fixture->tables, handle, &decision), STATUS_OK);
    assert_int_equal(notification_store_get_facts(&fixture->tables, handle, &found), STATUS_OK);
    assert_int_equal(found.revision, 2);
    assert_int_equal(found.outcome, DECISION_OUTCOME_VIOLATION);
    assert_int_equal(found.disposition, DECISION_DISPOSITION_OVERRIDDEN);
    assert_int_equal(found.actor, DECISION_ACTOR_KADES);
    assert_int_equal(found.incident_date, 20241001);
    assert_int_equal(found.received, 20241012);
    assert_string_equal(found.case_number, "NTR-7Q2K-4");
    assert_string_equal(found.primary, "NON-ASN-KADES");
    assert_string_equal(found.region, "36.04");
    assert_int_equal(found.conflict_count, 2);
    assert_string_equal(found.conflicts[1], "PPK");
}

static void test_tables__recorded_last__are_found(void **state)
{
    struct fixture *fixture = *state;
    uint8_t digest[SHA256_SIZE] = {1};
    uint8_t found[SHA256_SIZE];
    assert_int_equal(notification_store_get_tables(&fixture->tables, found), STATUS_NOT_FOUND);
    assert_int_equal(notification_store_put_tables(&fixture->tables, digest), STATUS_OK);
    digest[0] = 2;
    assert_int_equal(notification_store_put_tables(&fixture->tables, digest), STATUS_OK);
    assert_int_equal(notification_store_get_tables(&fixture->tables, found), STATUS_OK);
    assert_int_equal(found[0], 2);
}

#define STORE_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_notice__repeated__is_kept_once),
        STORE_TEST(test_notice__other_in_any_part_of_its_key__is_another),
        STORE_TEST(test_notice__read_again__has_all_that_was_kept),
        STORE_TEST(test_list__goes_on_after_the_last_row),
        STORE_TEST(test_higher_revision__supersedes_what_is_queued_of_its_case),
        STORE_TEST(test_due__is_the_longest_due_first__and_of_its_channel),
        STORE_TEST(test_mark__counts_before__and_settling_ends_it),
        STORE_TEST(test_unmark__is_no_death),
        STORE_TEST(test_resend__is_for_what_was_handed_over_or_failed),
        STORE_TEST(test_counts__whatever_becomes_of_notices__are_by_state),
        STORE_TEST(test_facts__are_of_the_highest_revision),
        STORE_TEST(test_tables__recorded_last__are_found),
    };

    return cmocka_run_group_tests_name("notification/store", tests, NULL, NULL);
}
