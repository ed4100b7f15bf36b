/*
 * A service's store as the benchmark's clock watches it: how far it has what classification
 * decided, for almost no processor time while nothing is committed.
 *
 * Why the index of the WAL is looked at before SQLite is asked: looks are many, and both cores are
 * needed for the cases meanwhile.
 * Owns: its own connection to the store, read-only, and a mapping of the index.
 * Errors: a store that can't be opened or read, with what SQLite says.
 */
#ifndef NETRA_TESTS_BENCH_BENCH_STORE_H
#define NETRA_TESTS_BENCH_BENCH_STORE_H

#include "common/base/diag.h"
#include "common/base/status.h"

#include <sqlite3.h>
#include <stdint.h>

struct bench_store {
    sqlite3 *connection;
    sqlite3_stmt *decided;
    int index_file; /* open until the connection is closed: see bench_store_close */
    const volatile uint32_t *index; /* https://www.sqlite.org/walformat.html, "WAL-Index Header" */
    uint32_t change;                /* of the index, when SQLite was asked last */
    uint64_t decisions;             /* committed since bench_store_open */
    uint64_t first;
};

/* Opens the store of a service that runs. STATUS_STORE_IO. */
enum status bench_store_open(struct bench_store *store, const char *path,
                             struct diag *diag) MUST_USE;

/* Brings `decisions` up to date. STATUS_STORE_IO. */
enum status bench_store_look(struct bench_store *store, struct diag *diag) MUST_USE;

/* Closes what was opened; may follow an open that failed, or none on zeroed memory. */
void bench_store_close(struct bench_store *store);

#endif
