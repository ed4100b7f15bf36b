/*
 * Looks at the index of a store's WAL, and asks SQLite when it has changed (bench_store.h).
 */
#include "tests/bench/bench_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUSY_MS 1000
#define PATH_SIZE 4096u
#define INDEX_BYTES 136u /* its header, twice, and the checkpoints' */
#define INDEX_CHANGE 2u  /* iChange: counts commits */

static const char decided_query[] = "SELECT seq FROM inbox WHERE producer = 'classification'";

static enum status ask(struct bench_store *store, uint64_t *ret_seq, struct diag *diag)
{
    const int step = sqlite3_step(store->decided);
    *ret_seq = step == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(store->decided, 0) : 0;
    (void)sqlite3_reset(store->decided);
    if (step == SQLITE_ROW || step == SQLITE_DONE)
        return STATUS_OK;
    diag_set(diag, "a store: %s", sqlite3_errmsg(store->connection));
    return STATUS_STORE_IO;
}

static enum status map_index(struct bench_store *store, const char *path, struct diag *diag)
{
    char index_path[PATH_SIZE];
    const int size = snprintf(index_path, sizeof index_path, "%s-shm", path);
    store->index_file =
        (size_t)size < sizeof index_path ? open(index_path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = store->index_file < 0
                    ? MAP_FAILED
                    : mmap(NULL, INDEX_BYTES, PROT_READ, MAP_SHARED, store->index_file, 0);
    if (map == MAP_FAILED) {
        diag_set(diag, "%s: can't be mapped; a service has to run there", index_path);
        return STATUS_STORE_IO;
    }
    store->index = map;
    return STATUS_OK;
}

enum status bench_store_open(struct bench_store *store, const char *path, struct diag *diag)
{
    *store = (struct bench_store){.index_file = -1};
    if (sqlite3_open_v2(path, &store->connection, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(store->connection, BUSY_MS) != SQLITE_OK ||
        sqlite3_prepare_v2(store->connection, decided_query, -1, &store->decided, NULL) !=
            SQLITE_OK) {
        diag_set(diag, "%s: %s", path, sqlite3_errmsg(store->connection));
        return STATUS_STORE_IO;
    }
    TRY(ask(store, &store->first, diag));
    return map_index(store, path, diag);
}

enum status bench_store_look(struct bench_store *store, struct diag *diag)
{
    const uint32_t change = store->index[INDEX_CHANGE];
    uint64_t seq = 0;
    if (change == store->change)
        return STATUS_OK;
    TRY(ask(store, &seq, diag));
    store->change = change;
    store->decisions = seq - store->first;
    return STATUS_OK;
}

/* POSIX: closing any descriptor of a file gives up the process's locks on it, SQLite's too. */
void bench_store_close(struct bench_store *store)
{
    (void)sqlite3_finalize(store->decided);
    (void)sqlite3_close(store->connection);
    if (store->index != NULL)
        (void)munmap((void *)(uintptr_t)store->index, INDEX_BYTES);
    if (store->connection != NULL && store->index_file >= 0)
        (void)close(store->index_file);
}
