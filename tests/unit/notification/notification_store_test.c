/* Is each notice kept once, in its order, and does it go its way: due, marked, settled? */
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
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    struct fixture *fixture = *state;
    notification_store_close(&fixture->tables);
    store_close(&fixture->store);
    for (size_t index = 0; index < sizeof(endings) / sizeof(endings[0]); index++) {
        char path[80];
        (void)snprintf(path, sizeof(path), "%s%s", fixture->path, endings[index]);
        (void)unlink(path);
    }
    return rmdir(fixture->folder);
}

#define NOW 1728700000

static struct notice_row row_of(uint8_t case_byte, uint32_t revision, const char *recipient,
                                enum notice_kind kind)
{
    struct notice_row row = {
        .revision = revision,
        .kind = kind,
        .channel = NOTICE_CHANNEL_MAILDIR,
        .role = "BKPSDM",
        .rule = "ASN-REGION",
        .case_number = "NTR-7Q2K-4",
        .region = "36.04",
        .received = 20241012,
        .at = NOW,
        .since = NOW,
        .next_at = NOW,
    };
    memset(row.case_handle, case_byte, sizeof row.case_handle);
    (void)snprintf(row.recipient, sizeof row.recipient, "%s", recipient);
    return row;
}

/* The new row's id; 0: it was there. */
static uint64_t put(struct fixture *fixture, struct notice_row row)
{
    uint64_t id = 0;
    assert_int_equal(notification_store_put(&fixture->tables, &row, &id), STATUS_OK);
    return id;
}

static struct notice_row get(struct fixture *fixture, uint64_t id)
{
    struct notice_row row;
    assert_int_equal(notification_store_get(&fixture->tables, id, &row), STATUS_OK);
    return row;
}

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
    uint64_t id = put(fixture, row);
    assert_int_equal(notification_store_set_event(&fixture->tables, id, stream_id, 77), STATUS_OK);
    struct notice_row found = get(fixture, id);
    assert_int_equal(found.revision, 7);
    assert_int_equal(found.kind, NOTICE_INFORMATION);
    assert_int_equal(found.channel, NOTICE_CHANNEL_SMTP);
    assert_string_equal(found.recipient, "bkpsdm-36.04");
    assert_string_equal(found.role, "BKPSDM");
    assert_string_equal(found.rule, "ASN-REGION");
    assert_string_equal(found.case_number, "NTR-7Q2K-4");
    assert_string_equal(found.region, "36.04");
    assert_string_equal(found.primary, "NON-ASN-KADES");
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

static uint32_t list_of(struct fixture *fixture, const char *regions, bool is_exact,
                        uint64_t after, struct notice_row rows[4])
{
    struct notice_scope scope = {.regions = regions, .is_exact = is_exact};
    uint32_t count = 0;
    assert_int_equal(notification_store_list(&fixture->tables, &scope, after, rows, 4, &count),
                     STATUS_OK);
    return count;
}

static void test_list_of_regions__leaves_the_others_out(void **state)
{
    static const char *const regions[] = {"36.04", "36.04.01", "36", "36.041", "32.04"};
    struct fixture *fixture = *state;
    struct notice_row rows[4];
    for (uint8_t i = 0; i < 5; i++) {
        struct notice_row row = row_of(i, 1, "bkd-36", NOTICE_DECISION);
        (void)snprintf(row.region, sizeof row.region, "%s", regions[i]);
        put(fixture, row);
    }
    assert_int_equal(list_of(fixture, "36.04", false, 0, rows), 2);
    assert_string_equal(rows[1].region, "36.04.01");
    assert_int_equal(list_of(fixture, "36.04", true, 0, rows), 1);
    assert_string_equal(rows[0].region, "36.04");
    assert_int_equal(list_of(fixture, "36", false, 0, rows), 4);
    assert_int_equal(list_of(fixture, "36", false, rows[2].id, rows), 1);
    assert_int_equal(list_of(fixture, "32.04 36.041", true, 0, rows), 2);
    assert_int_equal(list_of(fixture, "36.7", false, 0, rows), 0);
    assert_int_equal(list_of(fixture, "36.%", false, 0, rows), 0);
    assert_int_equal(list_of(fixture, "", true, 1, rows), 4);
}

static void settle(struct fixture *fixture, uint64_t id, enum notice_state state)
{
    assert_int_equal(notification_store_settle(&fixture->tables, id, state, ""), STATUS_OK);
}

/* The recipients of what was told below the revision, separated by blanks. */
static const char *told(struct fixture *fixture, uint32_t revision)
{
    static char text[128];
    struct notice_row rows[4];
    uint8_t handle[CASE_HANDLE_SIZE];
    uint32_t count = 0;
    memset(handle, 1, sizeof handle);
    text[0] = '\0';
    assert_int_equal(
        notification_store_told(&fixture->tables, handle, revision, 0, rows, 4, &count),
        STATUS_OK);
    for (uint32_t i = 0; i < count; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i == 0 ? "" : " ",
                       rows[i].recipient);
    return text;
}

static void test_told__is_who_has_a_decision_or_may_have_it(void **state)
{
    struct fixture *fixture = *state;
    uint64_t has = put(fixture, row_of(1, 1, "has", NOTICE_DECISION));
    uint64_t resent = put(fixture, row_of(1, 1, "resent", NOTICE_DECISION));
    uint64_t under_way = put(fixture, row_of(1, 1, "under-way", NOTICE_DECISION));
    uint64_t failed = put(fixture, row_of(1, 1, "failed", NOTICE_DECISION));
    uint64_t reviews = put(fixture, row_of(1, 1, "reviews", NOTICE_REVIEW));
    uint64_t other = put(fixture, row_of(2, 1, "other", NOTICE_DECISION));
    put(fixture, row_of(1, 1, "queued", NOTICE_DECISION));
    settle(fixture, has, NOTICE_HANDED_OVER);
    settle(fixture, resent, NOTICE_HANDED_OVER);
    settle(fixture, failed, NOTICE_FAILED);
    settle(fixture, reviews, NOTICE_HANDED_OVER);
    settle(fixture, other, NOTICE_HANDED_OVER);
    assert_int_equal(notification_store_resend(&fixture->tables, resent, NOW), STATUS_OK);
    assert_int_equal(notification_store_mark(&fixture->tables, under_way, false), STATUS_OK);
    assert_string_equal(told(fixture, 2), "has resent under-way");
    assert_string_equal(told(fixture, 1), "");
}

static void test_told__ends_with_a_withdrawal_that_arrived__until_told_again(void **state)
{
    struct fixture *fixture = *state;
    settle(fixture, put(fixture, row_of(1, 1, "bkn", NOTICE_DECISION)), NOTICE_HANDED_OVER);
    uint64_t gone = put(fixture, row_of(1, 2, "bkn", NOTICE_WITHDRAWN));
    /* Not told yet: a third revision that supersedes it must say it instead. */
    assert_string_equal(told(fixture, 3), "bkn");
    settle(fixture, gone, NOTICE_HANDED_OVER);
    assert_string_equal(told(fixture, 3), "");
    settle(fixture, put(fixture, row_of(1, 3, "bkn", NOTICE_DECISION)), NOTICE_HANDED_OVER);
    assert_string_equal(told(fixture, 4), "bkn");
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
    assert_int_equal(row.next_at, NOW + 5);
    assert_int_equal(row.since, NOW + 5);
    assert_int_equal(row.attempts, 1);
    assert_int_equal(notification_store_resend(&fixture->tables, id + 1, NOW), STATUS_NOT_FOUND);
}

static void test_counts__are_by_state(void **state)
{
    struct fixture *fixture = *state;
    uint64_t counts[NOTICE_STATE_COUNT];
    struct notice_row blocked = row_of(4, 1, "d", NOTICE_DECISION);
    blocked.state = NOTICE_BLOCKED;
    put(fixture, blocked);
    put(fixture, row_of(1, 1, "a", NOTICE_DECISION));
    put(fixture, row_of(2, 1, "a", NOTICE_DECISION));
    assert_int_equal(notification_store_count(&fixture->tables, counts), STATUS_OK);
    assert_int_equal(counts[NOTICE_QUEUED], 2);
    assert_int_equal(counts[NOTICE_BLOCKED], 1);
    assert_int_equal(counts[NOTICE_FAILED], 0);
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
        STORE_TEST(test_list_of_regions__leaves_the_others_out),
        STORE_TEST(test_told__is_who_has_a_decision_or_may_have_it),
        STORE_TEST(test_told__ends_with_a_withdrawal_that_arrived__until_told_again),
        STORE_TEST(test_higher_revision__supersedes_what_is_queued_of_its_case),
        STORE_TEST(test_due__is_the_longest_due_first__and_of_its_channel),
        STORE_TEST(test_mark__counts_before__and_settling_ends_it),
        STORE_TEST(test_unmark__is_no_death),
        STORE_TEST(test_resend__is_for_what_was_handed_over_or_failed),
        STORE_TEST(test_counts__are_by_state),
        STORE_TEST(test_facts__are_of_the_highest_revision),
        STORE_TEST(test_tables__recorded_last__are_found),
    };

    return cmocka_run_group_tests_name("notification/store", tests, NULL, NULL);
}
