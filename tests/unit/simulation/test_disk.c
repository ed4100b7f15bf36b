/*
 * The simulated disk without SQLite: what a death leaves of contents and of names, copies, damage,
 * and that a seed decides it.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "common/base/sha256.h"
#include "tests/unit/simulation/disk_fixture.h"

#include <errno.h>
#include <string.h>

#define CUTS 200

/* Which states of a file were seen after power cuts. */
struct seen {
    int gone, empty, first, second, torn, other;
};

static void see(struct seen *seen, const struct disk_fixture *fixture, const char *path)
{
    struct view found;
    if (!sim_disk_look(fixture->disk, path, &found)) {
        seen->gone++;
        return;
    }
    size_t ones = 0;
    size_t twos = 0;
    for (size_t index = 0; index < found.size; index++) {
        ones += found.bytes[index] == 1;
        twos += found.bytes[index] == 2;
    }
    if (found.size == 0)
        seen->empty++;
    else if (ones == found.size)
        seen->first++;
    else if (twos == found.size)
        seen->second++;
    else if (twos > 0 && ones == 0 && twos % SIM_DISK_SECTOR == 0)
        seen->torn++;
    else
        seen->other++;
}

static void publish(const struct files *files, uint8_t value, bool is_synced,
                    bool is_folder_synced)
{
    uint8_t bytes[4096];
    memset(bytes, value, sizeof bytes);
    assert_int_equal(files->write_new(files->self, "/sim/a.new", view_of(bytes, sizeof bytes), 0),
                     0);
    if (is_synced)
        assert_int_equal(files->sync(files->self, "/sim/a.new"), 0);
    assert_int_equal(files->rename(files->self, "/sim/a.new", "/sim/a"), 0);
    if (is_folder_synced)
        assert_int_equal(files->sync_folder(files->self, "/sim"), 0);
}

struct publish_case {
    const char *name;
    bool is_synced;
    bool is_folder_synced;
    bool want_first, want_second, want_empty, want_torn;
};

static struct publish_case publish_cases[] = {
    {.name = "synced, renamed, folder synced: the new one",
     .is_synced = true,
     .is_folder_synced = true,
     .want_second = true},
    {.name = "synced and renamed: the old one or the new one, whole",
     .is_synced = true,
     .want_first = true,
     .want_second = true},
    {.name = "renamed and the folder synced without the contents: anything of the new one",
     .is_folder_synced = true,
     .want_second = true,
     .want_empty = true,
     .want_torn = true},
};

static void test_publish(void **state)
{
    const struct publish_case *row = *state;
    struct seen seen = {.gone = 0};
    for (uint64_t seed = 1; seed <= CUTS; seed++) {
        CLEANUP(disk_fixture_close) struct disk_fixture fixture;
        disk_fixture_open(&fixture, seed);
        struct files files = sim_disk_files(fixture.disk);
        publish(&files, 1, true, true);
        publish(&files, 2, row->is_synced, row->is_folder_synced);
        sim_disk_power_cut(fixture.disk, &fixture.random);
        see(&seen, &fixture, "/sim/a");
    }
    assert_int_equal(seen.gone, 0);
    assert_int_equal(seen.first > 0, row->want_first);
    assert_int_equal(seen.second > 0, row->want_second);
    assert_int_equal(seen.empty > 0, row->want_empty);
    assert_int_equal(seen.torn > 0, row->want_torn);
    assert_true(seen.other == 0 || row->want_torn);
}

static void test_halt__every_call_fails__revived_all_is_there(void **state)
{
    (void)state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    struct files files = sim_disk_files(fixture.disk);
    uint8_t bytes[8];
    size_t size = 0;
    assert_int_equal(files.write_new(files.self, "/sim/a", view_of_text("abc"), 0), 0);
    sim_disk_halt(fixture.disk);
    assert_int_equal(files.write_new(files.self, "/sim/a", view_of_text("x"), 0), EIO);
    assert_int_equal(files.remove(files.self, "/sim/a"), EIO);
    assert_int_equal(files.sync(files.self, "/sim/a"), EIO);
    sim_disk_revive(fixture.disk);
    assert_int_equal(files.read(files.self, "/sim/a", bytes, sizeof bytes, &size), 0);
    assert_int_equal(size, 3);
}

static void test_halt__connection_of_before__dead_for_ever(void **state)
{
    (void)state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    sqlite3 *before = NULL;
    sqlite3 *after = NULL;
    assert_int_equal(disk_connect(&before), SQLITE_OK);
    assert_int_equal(disk_commit(before, 1), SQLITE_OK);
    assert_int_equal(sqlite3_exec(before, "BEGIN IMMEDIATE; DELETE FROM item", NULL, NULL, NULL),
                     SQLITE_OK);
    sim_disk_halt(fixture.disk);
    sim_disk_revive(fixture.disk);
    assert_int_equal(disk_connect(&after), SQLITE_OK);
    assert_int_equal(disk_commit(after, 2), SQLITE_OK);
    assert_int_equal(sqlite3_exec(before, "COMMIT", NULL, NULL, NULL) & 0xff, SQLITE_IOERR);
    assert_int_equal(disk_commit(after, 3), SQLITE_OK);
    (void)sqlite3_close(before);
    assert_int_equal(disk_commit(after, 4), SQLITE_OK);
    (void)sqlite3_close(after);
    assert_int_equal(disk_count(), 4);
}

static void test_image__restored__the_old_contents(void **state)
{
    (void)state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    sqlite3 *database = NULL;
    assert_int_equal(disk_connect(&database), SQLITE_OK);
    assert_int_equal(disk_commit(database, 1), SQLITE_OK);
    struct sim_image *image = sim_image_take(fixture.disk);
    assert_int_equal(disk_commit(database, 2), SQLITE_OK);
    sim_image_restore(fixture.disk, image);
    assert_int_not_equal(disk_commit(database, 3), SQLITE_OK);
    (void)sqlite3_close(database);
    assert_int_equal(disk_count(), 1);
    sim_image_close(image);
}

static void test_corrupt__a_page__integrity_check_says_so(void **state)
{
    (void)state;
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, 1);
    sqlite3 *database = NULL;
    assert_int_equal(disk_connect(&database), SQLITE_OK);
    assert_int_equal(disk_commit(database, 1), SQLITE_OK);
    assert_int_equal(disk_checkpoint(database), SQLITE_OK);
    (void)sqlite3_close(database);
    assert_true(sim_disk_corrupt(fixture.disk, DISK_PATH, 4096, 0xff));
    assert_false(sim_disk_corrupt(fixture.disk, DISK_PATH, 1u << 30, 0xff));
    assert_int_equal(disk_count(), -1);
}

static void test_maildir__renamed_but_not_synced__old_name_or_new(void **state)
{
    (void)state;
    int moved = 0;
    for (uint64_t seed = 1; seed <= CUTS; seed++) {
        CLEANUP(disk_fixture_close) struct disk_fixture fixture;
        disk_fixture_open(&fixture, seed);
        struct files files = sim_disk_files(fixture.disk);
        struct view found;
        assert_int_equal(files.write_new(files.self, "/sim/tmp/m", view_of_text("m"), 0), 0);
        assert_int_equal(files.sync(files.self, "/sim/tmp/m"), 0);
        assert_int_equal(files.sync_folder(files.self, "/sim/tmp"), 0);
        assert_int_equal(files.rename(files.self, "/sim/tmp/m", "/sim/new/m"), 0);
        assert_int_equal(files.sync_folder(files.self, "/sim/tmp"), 0);
        sim_disk_power_cut(fixture.disk, &fixture.random);
        bool is_new = sim_disk_look(fixture.disk, "/sim/new/m", &found);
        assert_true(is_new != sim_disk_look(fixture.disk, "/sim/tmp/m", &found));
        assert_int_equal(found.size, 1);
        sim_disk_revive(fixture.disk);
        assert_int_equal(files.find(files.self, "/sim/new", "m"), is_new ? 0 : ENOENT);
        moved += is_new;
    }
    assert_in_range(moved, 1, CUTS - 1);
}

static void hash_file(void *self, const char *path, struct view bytes)
{
    uint8_t *hash = self;
    const struct view parts[] = {view_of(hash, SHA256_SIZE), view_of_text(path), bytes};
    uint8_t next[SHA256_SIZE];
    sha256_of_parts(parts, 3, next);
    memcpy(hash, next, sizeof next);
}

static void life_hash(uint64_t seed, uint8_t hash[SHA256_SIZE])
{
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, seed);
    sqlite3 *database = NULL;
    assert_int_equal(disk_connect(&database), SQLITE_OK);
    for (int number = 1; number <= 5; number++)
        assert_int_equal(disk_commit(database, number), SQLITE_OK);
    sim_disk_power_cut(fixture.disk, &fixture.random);
    (void)sqlite3_close(database);
    memset(hash, 0, SHA256_SIZE);
    sim_disk_each(fixture.disk, hash, hash_file);
}

static void test_seed__twice__the_same_bytes(void **state)
{
    (void)state;
    uint8_t first[SHA256_SIZE];
    uint8_t again[SHA256_SIZE];
    uint8_t other[SHA256_SIZE];
    life_hash(7, first);
    life_hash(7, again);
    life_hash(8, other);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

int main(void)
{
    TEST_TABLE(tests, publish_cases, test_publish)
    const struct CMUnitTest singles[] = {
        cmocka_unit_test(test_halt__every_call_fails__revived_all_is_there),
        cmocka_unit_test(test_halt__connection_of_before__dead_for_ever),
        cmocka_unit_test(test_image__restored__the_old_contents),
        cmocka_unit_test(test_corrupt__a_page__integrity_check_says_so),
        cmocka_unit_test(test_maildir__renamed_but_not_synced__old_name_or_new),
        cmocka_unit_test(test_seed__twice__the_same_bytes),
    };
    return cmocka_run_group_tests_name("simulated disk, publishing", tests, NULL, NULL) +
           cmocka_run_group_tests_name("simulated disk", singles, NULL, NULL);
}
