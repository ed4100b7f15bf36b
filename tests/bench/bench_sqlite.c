/*
 * The yardstick: how many 1 KiB rows a second one process gets onto this disk through SQLite, 64
 * per synced transaction (WAL, synchronous=FULL, 4 KiB pages, everything else as Debian builds
 * it).
 *
 *     bench_sqlite FILE ROWS
 *
 * Prints "rows MS": how long ROWS rows took, after a warm-up. FILE must not exist.
 */
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "tests/bench/bench.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_PER_TRANSACTION 64u
#define WARM_UP_ROWS 6400u

static int fail(sqlite3 *database, const char *what)
{
    (void)fprintf(stderr, "bench_sqlite: %s: %s\n", what, sqlite3_errmsg(database));
    return 1;
}

/* Whether the pragma reads back as wanted: a benchmark of something else would mislead. */
static bool reads_as(sqlite3 *database, const char *sql, const char *want)
{
    sqlite3_stmt *statement = NULL;
    bool is_as_wanted = sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
                        sqlite3_step(statement) == SQLITE_ROW &&
                        strcmp((const char *)sqlite3_column_text(statement, 0), want) == 0;
    (void)sqlite3_finalize(statement);
    return is_as_wanted;
}

static bool make(sqlite3 *database)
{
    static const char sql[] = "PRAGMA page_size=4096;"
                              "PRAGMA journal_mode=WAL;"
                              "PRAGMA synchronous=FULL;"
                              "CREATE TABLE entry (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)";
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK &&
           reads_as(database, "PRAGMA page_size", "4096") &&
           reads_as(database, "PRAGMA journal_mode", "wal") &&
           reads_as(database, "PRAGMA synchronous", "2");
}

struct statements {
    sqlite3_stmt *begin;
    sqlite3_stmt *insert;
    sqlite3_stmt *commit;
};

static bool prepare(sqlite3 *database, struct statements *statements)
{
    static const char insert[] = "INSERT INTO entry (id, payload) VALUES (?, ?)";
    return sqlite3_prepare_v2(database, "BEGIN", -1, &statements->begin, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(database, insert, -1, &statements->insert, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(database, "COMMIT", -1, &statements->commit, NULL) == SQLITE_OK;
}

static bool run(sqlite3_stmt *statement)
{
    bool is_done = sqlite3_step(statement) == SQLITE_DONE;
    return sqlite3_reset(statement) == SQLITE_OK && is_done;
}

static bool insert(const struct statements *statements, uint64_t from, uint64_t rows)
{
    uint8_t payload[BENCH_PAYLOAD_BYTES];
    randombytes_buf(payload, sizeof payload);
    for (uint64_t row = 0; row < rows; row++) {
        if (row % ROWS_PER_TRANSACTION == 0 && !run(statements->begin))
            return false;
        bytes_put_u64(payload, row);
        bool is_put =
            sqlite3_bind_int64(statements->insert, 1, (int64_t)(from + row)) == SQLITE_OK &&
            sqlite3_bind_blob(statements->insert, 2, payload, sizeof payload, SQLITE_STATIC) ==
                SQLITE_OK &&
            run(statements->insert);
        bool is_last = row % ROWS_PER_TRANSACTION == ROWS_PER_TRANSACTION - 1 || row == rows - 1;
        if (!is_put || (is_last && !run(statements->commit)))
            return false;
    }
    return true;
}

static int measure(sqlite3 *database, uint64_t rows)
{
    struct statements statements = {.begin = NULL};
    struct clock clock = clock_of_system();
    if (!make(database) || !prepare(database, &statements))
        return fail(database, "making the table");
    if (!insert(&statements, 1, WARM_UP_ROWS))
        return fail(database, "warming up");
    int64_t from_ms = clock_boot_ms(&clock);
    bool is_inserted = insert(&statements, 1 + WARM_UP_ROWS, rows);
    int64_t took_ms = clock_boot_ms(&clock) - from_ms;
    (void)sqlite3_finalize(statements.begin);
    (void)sqlite3_finalize(statements.insert);
    (void)sqlite3_finalize(statements.commit);
    if (!is_inserted)
        return fail(database, "inserting");
    (void)printf("rows %lld\n", (long long)took_ms);
    return 0;
}

int main(int argc, char **argv)
{
    sqlite3 *database = NULL;
    uint64_t rows = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    if (rows == 0 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: bench_sqlite FILE ROWS\n");
        return 2;
    }
    int status = sqlite3_open(argv[1], &database) == SQLITE_OK ? measure(database, rows)
                                                               : fail(database, argv[1]);
    (void)sqlite3_close(database);
    return status;
}
