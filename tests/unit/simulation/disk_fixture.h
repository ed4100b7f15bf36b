/*
 * A simulated disk and SQLite on it: numbered transactions that are each there or not.
 */
#ifndef NETRA_TESTS_UNIT_SIMULATION_DISK_FIXTURE_H
#define NETRA_TESTS_UNIT_SIMULATION_DISK_FIXTURE_H

#include "tests/simulation/sim_disk.h"

#include <sqlite3.h>

#define DISK_PATH "/sim/store.db"

/* A generator of the tests' own: SplitMix64. */
struct disk_chance {
    uint64_t state;
};

struct disk_fixture {
    struct disk_chance chance;
    struct random_source random; /* draws from `chance` */
    struct sim_disks *disks;
    struct sim_disk *disk; /* of /sim/ */
};

/* Makes the disks with one disk, its chance seeded. */
void disk_fixture_open(struct disk_fixture *fixture, uint64_t seed);
void disk_fixture_close(struct disk_fixture *fixture);

/* Opens a connection in WAL mode, synchronous=FULL, without autocheckpoint, and makes the table
 * where it is not there. Yields SQLite's code; `ret_database` is closed by the caller either
 * way. */
int disk_connect(sqlite3 **ret_database);

/* Commits the transaction `number`: one row of some kilobytes. SQLite's code. */
int disk_commit(sqlite3 *database, int number);

/* A truncating checkpoint. SQLite's code. */
int disk_checkpoint(sqlite3 *database);

/* How many transactions a new connection finds: all from 1 to that number, each whole, and an
 * integrity_check that says ok; -1 when anything of that is not so. */
int disk_count(void);

#endif
