/*
 * SQLite on the simulated disk, killed and cut off power at every call: what was committed is
 * there, whole, and at most the transaction that was being committed besides. A disk whose syncs
 * do nothing is seen to lose some: so the disk can tell a missing sync.
 */
#include "tests/support/test.h"

#include "common/base/cleanup.h"
#include "tests/unit/simulation/disk_fixture.h"

#define TRANSACTIONS 8
#define SEEDS 6

struct death_case {
    const char *name;
    bool is_power_cut;
    bool is_lying;
    bool want_losses;
};

static struct death_case death_cases[] = {
    {.name = "killed at any call: all that was committed is there"},
    {.name = "power cut at any call: all that was committed is there", .is_power_cut = true},
    {.name = "killed on a disk whose syncs lie: nothing is lost", .is_lying = true},
    {.name = "power cut on a disk whose syncs lie: something is lost",
     .is_power_cut = true,
     .is_lying = true,
     .want_losses = true},
};

/* Dies before call number `at`. */
struct death {
    const struct death_case *row;
    struct disk_fixture *fixture;
    uint64_t calls;
    uint64_t at;
};

static void step(void *self, struct sim_disk *disk, enum sim_disk_call call, const char *path)
{
    (void)call;
    (void)path;
    struct death *death = self;
    if (++death->calls != death->at)
        return;
    if (death->row->is_power_cut)
        sim_disk_power_cut(disk, &death->fixture->random);
    else
        sim_disk_halt(disk);
}

/* Commits until something fails; yields how many commits returned OK. */
static int work(void)
{
    sqlite3 *database = NULL;
    int committed = 0;
    int code = disk_connect(&database);
    while (code == SQLITE_OK && committed < TRANSACTIONS) {
        code = disk_commit(database, committed + 1);
        committed += code == SQLITE_OK ? 1 : 0;
        if (code == SQLITE_OK && committed % 3 == 0)
            code = disk_checkpoint(database);
    }
    (void)sqlite3_close(database);
    return committed;
}

/* False when the life ended before the death came. `ret_lost` counts committed transactions that
 * are gone. */
static bool live_and_die(const struct death_case *row, uint64_t seed, uint64_t at, int *ret_lost)
{
    CLEANUP(disk_fixture_close) struct disk_fixture fixture;
    disk_fixture_open(&fixture, seed);
    struct death death = {.row = row, .fixture = &fixture, .at = at};
    sim_disk_set_lying(fixture.disk, row->is_lying);
    sim_disk_set_step(fixture.disk, (struct sim_disk_step){.before = step, .self = &death});
    int committed = work();
    if (!sim_disk_is_halted(fixture.disk))
        return false;
    sim_disk_set_step(fixture.disk, (struct sim_disk_step){.before = NULL});
    sim_disk_revive(fixture.disk);
    int found = disk_count();
    if (found < committed || found > committed + 1) {
        *ret_lost += 1;
        if (!row->want_losses)
            print_error("seed %d, call %d: %d committed, %d found\n", (int)seed, (int)at,
                        committed, found);
    }
    return true;
}

static void test_death(void **state)
{
    const struct death_case *row = *state;
    int lost = 0;
    int deaths = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        for (uint64_t at = 1; live_and_die(row, seed, at, &lost); at++)
            deaths++;
    }
    print_message("%d deaths, %d losses\n", deaths, lost);
    assert_true(deaths > 30 * SEEDS);
    if (row->want_losses)
        assert_true(lost > 0);
    else
        assert_int_equal(lost, 0);
}

int main(void)
{
    TEST_TABLE(tests, death_cases, test_death)
    return cmocka_run_group_tests_name("simulated disk, deaths", tests, NULL, NULL);
}
