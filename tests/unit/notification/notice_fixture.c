/*
 * A store of notification's own tables alone.
 */
#include "tests/unit/notification/notice_fixture.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int set_up(void **state)
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

int tear_down(void **state)
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

struct notice_row row_of(uint8_t case_byte, uint32_t revision, const char *recipient,
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

uint64_t put(struct fixture *fixture, struct notice_row row)
{
    uint64_t id = 0;
    assert_int_equal(notification_store_put(&fixture->tables, &row, &id), STATUS_OK);
    return id;
}

struct notice_row get(struct fixture *fixture, uint64_t id)
{
    struct notice_row row;
    assert_int_equal(notification_store_get(&fixture->tables, id, &row), STATUS_OK);
    return row;
}
