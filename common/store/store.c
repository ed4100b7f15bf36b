/*
 * Transactions, savepoints, checkpoints, and the translation of SQLite's codes.
 */
#include "common/store/store.h"

#include "common/base/cleanup.h"
#include "common/base/fault_point.h"
#include "common/base/invariant.h"
#include "common/base/mutant.h"
#include "common/store/store_internal.h"

#include <errno.h>

static const char *const control_texts[STORE_CONTROL_COUNT] = {
    [STORE_CONTROL_BEGIN] = "BEGIN IMMEDIATE", [STORE_CONTROL_COMMIT] = "COMMIT",
    [STORE_CONTROL_ROLLBACK] = "ROLLBACK",     [STORE_CONTROL_SAVEPOINT] = "SAVEPOINT entry",
    [STORE_CONTROL_RELEASE] = "RELEASE entry", [STORE_CONTROL_ROLLBACK_TO] = "ROLLBACK TO entry",
};

/* A full disk can show as a failed write or a failed creation (messaging.md 3.3). */
static bool disk_is_full(const struct store *store)
{
    int number = sqlite3_system_errno(store->database);
    return number == ENOSPC || number == EDQUOT;
}

/* The kernel may call the lost pages clean: nothing is tried again in this process, whoever asks,
 * a service that closes among them. */
static enum status status_of_syncs(const struct store *store)
{
    return store->vfs.has_sync_failed ? STATUS_STORE_SYNC_FAILED : STATUS_OK;
}

static enum status status_of_io_error(const struct store *store, int code)
{
    switch (code) {
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
        return STATUS_STORE_SYNC_FAILED; /* before errno is asked: not even a full disk's */
    case SQLITE_IOERR_NOMEM:
        return STATUS_NO_MEMORY;
    default:
        return disk_is_full(store) ? STATUS_STORE_FULL : STATUS_STORE_IO;
    }
}

enum status store_status_of(const struct store *store, int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STATUS_OK;
    case SQLITE_FULL:
        return STATUS_STORE_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_STORE_BUSY;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_IOERR:
        return status_of_io_error(store, code);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return STATUS_STORE_CORRUPT;
    case SQLITE_CANTOPEN:
        return disk_is_full(store) ? STATUS_STORE_FULL : STATUS_STORE_UNUSABLE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return STATUS_STORE_UNUSABLE;
    case SQLITE_CONSTRAINT:
        /* Rules are checked before SQL: a row that breaks a constraint is a bug of ours or a store
         * that isn't what we wrote. Neither gets better by trying again. */
        return STATUS_STORE_CORRUPT;
    default:
        return STATUS_STORE_IO;
    }
}

enum status store_controls_open(struct store *store)
{
    for (size_t index = 0; index < STORE_CONTROL_COUNT; index++) {
        int code = sqlite3_prepare_v3(store->database, control_texts[index], -1,
                                      SQLITE_PREPARE_PERSISTENT, &store->controls[index], NULL);
        TRY(store_status_of(store, code));
    }
    return STATUS_OK;
}

void store_controls_close(struct store *store)
{
    for (size_t index = 0; index < STORE_CONTROL_COUNT; index++) {
        (void)sqlite3_finalize(store->controls[index]);
        store->controls[index] = NULL;
    }
}

static enum status run_control(struct store *store, enum store_control control)
{
    sqlite3_stmt *handle = store->controls[control];
    int code = sqlite3_step(handle);
    /* Before the reset, which may change the system's error number. */
    enum status status = store_status_of(store, code);
    (void)sqlite3_reset(handle);
    return status;
}

enum status store_begin(struct store *store)
{
    INVARIANT(!store->is_in_transaction);
    TRY(status_of_syncs(store));
    TRY(run_control(store, STORE_CONTROL_BEGIN));
    store->is_in_transaction = true;
    return STATUS_OK;
}

enum status store_commit_now(struct store *store)
{
    INVARIANT(store->is_in_transaction);
    enum status status = run_control(store, STORE_CONTROL_COMMIT);
    if (status != STATUS_OK) {
        store_rollback(store);
        return MUTANT(commit_error_is_success) ? STATUS_OK : status;
    }
    store->is_in_transaction = false;
    return STATUS_OK;
}

enum status store_commit(struct store *store)
{
    INVARIANT(store->is_in_transaction);
    enum status status = FAULT_POINT_STATUS(store_commit);
    if (status != STATUS_OK) {
        store_rollback(store);
        return status;
    }
    TRY(store_commit_now(store));
    store->commits++;
    return STATUS_OK;
}

void store_rollback(struct store *store)
{
    if (!store->is_in_transaction)
        return;
    store->is_in_transaction = false;
    store->is_wal_size_known = false; /* what did not fit the page cache may have made it longer */
    store_vfs_forget(&store->vfs);
    /* After FULL, IOERR or NOMEM SQLite may have rolled back by itself, and would refuse this. */
    if (sqlite3_get_autocommit(store->database) != 0)
        return;
    enum status status = run_control(store, STORE_CONTROL_ROLLBACK);
    /* An error while it rolls back ends the transaction all the same; if it doesn't, later writes
     * would join what was abandoned. */
    INVARIANT(status == STATUS_OK || sqlite3_get_autocommit(store->database) != 0);
}

enum status store_savepoint(struct store *store)
{
    INVARIANT(store->is_in_transaction);
    /* SAVEPOINT outside a transaction would begin one of its own. */
    if (sqlite3_get_autocommit(store->database) != 0)
        return STATUS_STORE_IO;
    return run_control(store, STORE_CONTROL_SAVEPOINT);
}

enum status store_savepoint_release(struct store *store)
{
    INVARIANT(store->is_in_transaction);
    return run_control(store, STORE_CONTROL_RELEASE);
}

enum status store_savepoint_rollback(struct store *store)
{
    INVARIANT(store->is_in_transaction);
    TRY(run_control(store, STORE_CONTROL_ROLLBACK_TO));
    /* ROLLBACK TO leaves the savepoint itself on the stack. */
    return run_control(store, STORE_CONTROL_RELEASE);
}

uint64_t store_changes(const struct store *store)
{
    return (uint64_t)sqlite3_total_changes64(store->database);
}

bool store_checkpoint_is_due(const struct store *store)
{
    return store->wal_pages > store->wal_pages_max;
}

enum status store_checkpoint(struct store *store, bool is_truncating)
{
    INVARIANT(!store->is_in_transaction);
    TRY(status_of_syncs(store));
    TRY(FAULT_POINT_STATUS(store_checkpoint));
    int frames = -1;
    int frames_copied = -1;
    store->is_wal_size_known = store->is_wal_size_known && !is_truncating;
    int mode = is_truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int code = sqlite3_wal_checkpoint_v2(store->database, "main", mode, &frames, &frames_copied);
    TRY(store_status_of(store, code));
    if (frames < 0 || frames_copied < 0)
        return STATUS_STORE_UNUSABLE; /* not in WAL mode: somebody changed the file under us */
    /* A passive checkpoint succeeds even when a reader kept it from copying everything. */
    if (frames != frames_copied || (is_truncating && frames != 0)) {
        store->wal_pages = (size_t)frames;
        return STATUS_STORE_BUSY;
    }
    /* Everything is in the file: the next commit starts the WAL from its beginning. */
    store->wal_pages = 0;
    return STATUS_OK;
}

enum status store_run(struct store *store, const char *sql)
{
    return store_status_of(store, sqlite3_exec(store->database, sql, NULL, NULL, NULL));
}

const char *store_error_text(const struct store *store)
{
    return store->database == NULL ? "the store is not open" : sqlite3_errmsg(store->database);
}

/* What SQLite itself sees of a file: SQLITE_FCNTL_FILE_POINTER or _JOURNAL_POINTER, the WAL. */
static uint64_t file_size(const struct store *store, int which)
{
    sqlite3_file *file = NULL;
    sqlite3_int64 size = 0;
    int code = sqlite3_file_control(store->database, "main", which, &file);
    if (code != SQLITE_OK || file == NULL || file->pMethods == NULL ||
        file->pMethods->xFileSize(file, &size) != SQLITE_OK)
        return 0;
    return (uint64_t)size;
}

uint64_t store_size_bytes(struct store *store)
{
    return file_size(store, SQLITE_FCNTL_FILE_POINTER) + store_wal_bytes(store);
}

uint64_t store_wal_bytes(struct store *store)
{
    if (store->is_wal_size_known && store->wal_pages <= store->wal_pages_asked)
        return store->wal_bytes;
    store->wal_bytes = file_size(store, SQLITE_FCNTL_JOURNAL_POINTER);
    store->wal_pages_asked = store->wal_pages;
    store->is_wal_size_known = true;
    return store->wal_bytes;
}

void store_ask_room(struct store *store, struct store_room *ret_room)
{
    CLEANUP(statement_close) struct statement statement = {.handle = NULL};
    bool has_row = false;
    *ret_room = (struct store_room){0};
    enum status status =
        statement_open(&statement, store,
                       "SELECT freelist_count * page_size, page_count * page_size"
                       " FROM pragma_freelist_count, pragma_page_count, pragma_page_size");
    if (status == STATUS_OK)
        status = statement_step(&statement, &has_row);
    if (status != STATUS_OK || !has_row)
        return;
    uint64_t now = file_size(store, SQLITE_FCNTL_FILE_POINTER);
    uint64_t then = statement_u64(&statement, 1);
    ret_room->reusable = statement_u64(&statement, 0);
    ret_room->owed = then > now ? then - now : 0;
}
