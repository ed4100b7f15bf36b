/*
 * The simulated disk's faults as SQLite tells them: each kind of call, the code and the errno.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "tests/unit/simulation/disk_fixture.h"

#include <errno.h>

/* What meets the fault. */
enum act {
    ACT_COMMIT,
    ACT_CHECKPOINT,
    ACT_CONNECT, /* anew, to a disk with a WAL that was never checkpointed */
};

struct fault_case {
    const char *name;
    enum act act;
    enum sim_disk_call call;
    enum sim_disk_failure failure;
    int want_code;
    int want_errno;     /* 0: not asked: at a COMMIT SQLite 3.40 does not ask the VFS */
    bool want_is_found; /* the third transaction */
};

static struct fault_case fault_cases[] = {
    {.name = "a write without room is FULL",
     .act = ACT_COMMIT,
     .call = SIM_DISK_WRITE,
     .failure = SIM_DISK_ENOSPC,
     .want_code = SQLITE_FULL},
    {.name = "a write that fails is IOERR_WRITE",
     .act = ACT_COMMIT,
     .call = SIM_DISK_WRITE,
     .failure = SIM_DISK_EIO,
     .want_code = SQLITE_IOERR_WRITE},
    {.name = "a sync that fails is IOERR_FSYNC, and the transaction is found at the next start",
     .act = ACT_COMMIT,
     .call = SIM_DISK_SYNC,
     .failure = SIM_DISK_EIO,
     .want_code = SQLITE_IOERR_FSYNC,
     .want_is_found = true},
    {.name = "a sync that loses is IOERR_FSYNC",
     .act = ACT_CHECKPOINT,
     .call = SIM_DISK_SYNC,
     .failure = SIM_DISK_SYNC_LOSES,
     .want_code = SQLITE_IOERR_FSYNC,
     .want_errno = EIO},
    {.name = "a sync without room says so in its errno",
     .act = ACT_CHECKPOINT,
     .call = SIM_DISK_SYNC,
     .failure = SIM_DISK_ENOSPC,
     .want_code = SQLITE_IOERR_FSYNC,
     .want_errno = ENOSPC},
    {.name = "a truncation that fails is IOERR_TRUNCATE",
     .act = ACT_CHECKPOINT,
     .call = SIM_DISK_TRUNCATE,
     .failure = SIM_DISK_EIO,
     .want_code = SQLITE_IOERR_TRUNCATE,
     .want_errno = EIO},
    {.name = "a read that fails is IOERR_READ",
     .act = ACT_CHECKPOINT,
     .call = SIM_DISK_READ,
     .failure = SIM_DISK_EIO,
     .want_code = SQLITE_IOERR_READ,
     .want_errno = EIO},
    {.name = "a read that stops half way is IOERR_READ: SHORT_READ is the end of the file",
     .act = ACT_CHECKPOINT,
     .call = SIM_DISK_READ,
     .failure = SIM_DISK_SHORT_READ,
     .want_code = SQLITE_IOERR_READ,
     .want_errno = EIO},
    {.name = "an opening that fails is CANTOPEN",
     .act = ACT_CONNECT,
     .call = SIM_DISK_OPEN,
     .failure = SIM_DISK_EIO,
     .want_code = SQLITE_CANTOPEN,
     .want_errno = EIO},
    {.name = "an opening without room is CANTOPEN with its errno",
     .act = ACT_CONNECT,
     .call = SIM_DISK_OPEN,
     .failure = SIM_DISK_ENOSPC,
     .want_code = SQLITE_CANTOPEN,
     .want_errno = ENOSPC},
    {.name = "a mapping that fails is IOERR_SHMMAP",
     .act = ACT_CONNECT,
     .call = SIM_DISK_SHM_MAP,
     .failure = SIM_DISK_EIO,
     .want_code = SQLITE_IOERR_SHMMAP,
     .want_errno = EIO},
};

static int act(enum act act, sqlite3 **database)
{
    switch (act) {
    case ACT_COMMIT:
        return disk_commit(*database, 3);
    case ACT_CHECKPOINT:
        return disk_checkpoint(*database);
    case ACT_CONNECT:
        (void)sqlite3_close(*database);
        *database = NULL;
        return disk_connect(database);
    }
    return SQLITE_INTERNAL;
}

static void test_fault(void **state)
{
    const struct fault_case *row = *state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    sqlite3 *database = NULL;
    assert_int_equal(disk_connect(&database), SQLITE_OK);
    assert_int_equal(disk_commit(database, 1), SQLITE_OK);
    assert_int_equal(disk_commit(database, 2), SQLITE_OK);
    sim_disk_fail(fixture.disk, row->call, 1, 1, row->failure);
    assert_int_equal(act(row->act, &database), row->want_code);
    assert_false(sim_disk_is_armed(fixture.disk, row->call));
    assert_int_equal(sim_disk_counted(fixture.disk)->failures[row->failure], 1);
    if (row->want_errno != 0)
        assert_int_equal(sqlite3_system_errno(database), row->want_errno);
    (void)sqlite3_close(database);
    assert_int_equal(disk_count(), row->want_is_found ? 3 : 2);
}

static void test_fail__the_third_and_fourth__others_go_on(void **state)
{
    (void)state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    struct files files = sim_disk_files(fixture.disk);
    sim_disk_fail(fixture.disk, SIM_DISK_WRITE, 3, 2, SIM_DISK_ENOSPC);
    const int want[] = {0, 0, ENOSPC, ENOSPC, 0};
    for (size_t index = 0; index < sizeof want / sizeof want[0]; index++)
        assert_int_equal(files.write_new(files.self, "/sim/a", view_of_text("a"), 0600),
                         want[index]);
}

static void test_capacity__is_reached__full_until_there_is_room(void **state)
{
    (void)state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    sqlite3 *database = NULL;
    assert_int_equal(disk_connect(&database), SQLITE_OK);
    sim_disk_set_capacity(fixture.disk, sim_disk_used(fixture.disk) + 16384);
    assert_int_equal(disk_commit(database, 1), SQLITE_OK);
    assert_int_equal(disk_commit(database, 2), SQLITE_FULL);
    sim_disk_set_capacity(fixture.disk, UINT64_MAX);
    assert_int_equal(disk_commit(database, 2), SQLITE_OK);
    (void)sqlite3_close(database);
    assert_int_equal(disk_count(), 2);
}

static void test_sync_loses__later_syncs_say_ok__power_cut_shows_it(void **state)
{
    (void)state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    struct files files = sim_disk_files(fixture.disk);
    struct view bytes;
    assert_int_equal(files.write_new(files.self, "/sim/a", view_of_text("a"), 0600), 0);
    assert_int_equal(files.sync_folder(files.self, "/sim"), 0);
    sim_disk_fail(fixture.disk, SIM_DISK_SYNC, 1, 1, SIM_DISK_SYNC_LOSES);
    assert_int_equal(files.sync(files.self, "/sim/a"), EIO);
    assert_int_equal(files.sync(files.self, "/sim/a"), 0);
    assert_true(sim_disk_look(fixture.disk, "/sim/a", &bytes) && bytes.size == 1);
    sim_disk_power_cut(fixture.disk, &fixture.random);
    assert_true(sim_disk_look(fixture.disk, "/sim/a", &bytes) && bytes.size == 0);
}

int main(void)
{
    TEST_TABLE(tests, fault_cases, test_fault)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_fail__the_third_and_fourth__others_go_on),
        cmocka_unit_test(test_capacity__is_reached__full_until_there_is_room),
        cmocka_unit_test(test_sync_loses__later_syncs_say_ok__power_cut_shows_it),
    };
    return cmocka_run_group_tests_name("simulated disk, faults", tests, NULL, NULL) +
           cmocka_run_group_tests_name("simulated disk, single faults", singles, NULL, NULL);
}
