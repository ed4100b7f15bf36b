/*
 * The fixture of the simulated disk's tests.
 */
#include "tests/unit/simulation/disk_fixture.h"

#include "common/base/cleanup.h"

#include <stdio.h>

static uint64_t chance_next(struct disk_chance *chance)
{
    uint64_t mixed = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static void chance_fill(void *self, uint8_t *bytes, size_t size)
{
    for (size_t index = 0; index < size; index++)
        bytes[index] = (uint8_t)chance_next(self);
}

static int64_t some_time(void *self)
{
    (void)self;
    return 1700000000;
}

void disk_fixture_open(struct disk_fixture *fixture, uint64_t seed)
{
    *fixture = (struct disk_fixture){.chance = {.state = seed}};
    fixture->random = (struct random_source){.fill = chance_fill, .self = &fixture->chance};
    struct clock clock = {.boot_ms = some_time, .utc_s = some_time};
    fixture->disks = sim_disks_open(&clock, &fixture->random);
    fixture->disk = sim_disk_add(fixture->disks, "/sim/");
}

void disk_fixture_close(struct disk_fixture *fixture)
{
    sim_disks_close(fixture->disks);
    fixture->disks = NULL;
}

int disk_connect(sqlite3 **ret_database)
{
    int code =
        sqlite3_open_v2(DISK_PATH, ret_database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK)
        return code;
    (void)sqlite3_db_config(*ret_database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return sqlite3_exec(*ret_database,
                        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                        "PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=ON;"
                        "CREATE TABLE IF NOT EXISTS item (number INTEGER PRIMARY KEY, body BLOB)",
                        NULL, NULL, NULL);
}

int disk_commit(sqlite3 *database, int number)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql,
                   "BEGIN IMMEDIATE; INSERT INTO item VALUES (%d, randomblob(3000 + %d));"
                   "UPDATE item SET body = randomblob(length(body)) WHERE number = %d; COMMIT",
                   number, number, number / 2);
    int code = sqlite3_exec(database, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK && sqlite3_get_autocommit(database) == 0)
        (void)sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

int disk_checkpoint(sqlite3 *database)
{
    return sqlite3_wal_checkpoint_v2(database, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static void database_close(sqlite3 **database)
{
    (void)sqlite3_close(*database);
}

static int integer_of(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *ask = NULL;
    int number = -1;
    if (sqlite3_prepare_v2(database, sql, -1, &ask, NULL) == SQLITE_OK &&
        sqlite3_step(ask) == SQLITE_ROW)
        number = sqlite3_column_int(ask, 0);
    (void)sqlite3_finalize(ask);
    return number;
}

int disk_count(void)
{
    CLEANUP(database_close) sqlite3 *database = NULL;
    if (disk_connect(&database) != SQLITE_OK)
        return -1;
    int damages = integer_of(
        database, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'");
    int count = integer_of(database, "SELECT count(*) FROM item");
    int whole = integer_of(database, "SELECT count(*) FROM item WHERE length(body) = 3000 + number"
                                     " AND number <= (SELECT count(*) FROM item)");
    return damages == 0 && count == whole ? count : -1;
}
