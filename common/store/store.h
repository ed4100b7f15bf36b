/*
 * One SQLite file with one connection that writes and checkpoints, under a process lock.
 *
 * Why: "on disk" has one meaning (protocol.md 15): WAL, synchronous=FULL, both read back at open;
 * at every start, before anything is answered, a truncating checkpoint whose result is checked.
 * Autocheckpoint is off (SQLite before 3.51.3 has the WAL-reset race with two writing connections:
 * reference/messaging.md 3.2), so the turn calls store_checkpoint.
 * Owns: the connection, its VFS, the lock file `<path>.lock` (flock), and the statements of its
 * users until they close them. Statements and SQLite point back to the struct: it stays where it
 * was opened.
 * Errors: SQLite's codes become STORE_FULL, STORE_BUSY, STORE_IO, NO_MEMORY (RETRY: abandon the
 * turn), STORE_SYNC_FAILED (FATAL: a failed fsync), STORE_CORRUPT. Pragmas: temp_store=MEMORY,
 * secure_delete=ON, foreign_keys off, mmap_size=0, cell_size_check=ON, trusted_schema=OFF,
 * page_size 8192 for a new file (docs/decisions/0021), DEFENSIVE, no checkpoint on close.
 */
#ifndef NETRA_STORE_STORE_H
#define NETRA_STORE_STORE_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/store/store_vfs.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The schema of one module inside a store: `steps[i]` takes it from version i to i + 1 (SQL
 * text, may hold several statements). A step that has shipped is never edited. */
struct migrations {
    const char *const *steps;
    size_t count;
};

/* The WAL's mark where the disk leaves it room. */
#define STORE_WAL_BYTES_MAX 16384000u

/* What a store must be. */
struct store_spec {
    uint32_t application_id;  /* PRAGMA application_id: which service's store this is */
    struct migrations shared; /* common/'s own tables; high 16 bits of user_version */
    struct migrations own;    /* the service's tables; low 16 bits of user_version */
    uint64_t wal_bytes_max;   /* store_checkpoint_is_due above pages of so much; 0: the most */
};

/* The store's own statements, prepared once: a turn runs two per entry. */
enum store_control {
    STORE_CONTROL_BEGIN,
    STORE_CONTROL_COMMIT,
    STORE_CONTROL_ROLLBACK,
    STORE_CONTROL_SAVEPOINT,
    STORE_CONTROL_RELEASE,
    STORE_CONTROL_ROLLBACK_TO,
    STORE_CONTROL_COUNT
};

struct store {
    sqlite3 *database;
    struct store_vfs vfs; /* the connection's own */
    sqlite3_stmt *controls[STORE_CONTROL_COUNT];
    int lock_descriptor; /* -1 when closed */
    bool is_in_transaction;
    size_t wal_pages; /* frames in the WAL after the last commit (wal_hook) */
    size_t wal_pages_max;
    size_t wal_pages_asked; /* of them, when the WAL's size was looked at last */
    uint64_t wal_bytes;     /* and what it was */
    bool is_wal_size_known; /* nothing but a longer commit has changed it since */
    int64_t commits; /* commits that returned OK since open */
    bool is_new;     /* this open created the file's schema */
};

/*
 * Opens (creating it, mode 0600, when absent; then the directory is synced too), locks, checks and
 * migrates the store at `path`: both migration sets, application_id and user_version in one
 * transaction, so that a store is never half made.
 *   STATUS_ALREADY_RUNNING  another process holds the lock
 *   STATUS_STORE_FOREIGN    another application_id
 *   STATUS_STORE_NEWER      a user_version above ours in either half
 *   STATUS_STORE_CORRUPT    not a database, or PRAGMA quick_check names damage
 *   STATUS_STORE_UNUSABLE   can't be opened, created, written or checkpointed, or a pragma did not
 *                           read back
 *   STATUS_STORE_FULL …     as above
 * `diag` names the file and what was expected. On failure nothing stays open and an existing file
 * is as it was.
 */
enum status store_open(struct store *store, const char *path, const struct store_spec *spec,
                       struct diag *diag) MUST_USE;

/* Closes the connection and drops the lock. Every statement must be closed before. A store of
 * all zero is fine. */
void store_close(struct store *store);

/* BEGIN IMMEDIATE. STATUS_STORE_SYNC_FAILED: a sync of this store failed before. */
enum status store_begin(struct store *store) MUST_USE;

/* COMMIT. After any failure the transaction is gone (rolled back), whichever way SQLite left
 * it. Passes the fault point store_commit. When it returns OK the transaction is on disk. */
enum status store_commit(struct store *store) MUST_USE;

/* ROLLBACK if a transaction is still open (SQLite may have rolled back already:
 * sqlite3_get_autocommit). Never fails. */
void store_rollback(struct store *store);

/* A savepoint for one entry, inside a transaction; not nested. */
enum status store_savepoint(struct store *store) MUST_USE;
enum status store_savepoint_release(struct store *store) MUST_USE;
enum status store_savepoint_rollback(struct store *store) MUST_USE;

/* How many rows this connection has written or deleted: what changed between two calls changed
 * something. */
uint64_t store_changes(const struct store *store);

/* Bytes that the file has to spare, and that it wants. */
struct store_room {
    uint64_t reusable; /* its emptied pages, which are used again before it grows */
    uint64_t owed;     /* what it grows by when the WAL is checkpointed */
};

/* Both are 0 when the file can't be asked. */
void store_ask_room(struct store *store, struct store_room *ret_room);

/* Bytes of the database file and its WAL on disk, and of the WAL alone, whatever is still live in
 * it; 0 when they can't be looked at. The WAL is looked at only where it may have another size
 * than before: a look makes its next sync take a quarter longer (docs/decisions/0014). */
uint64_t store_size_bytes(struct store *store);
uint64_t store_wal_bytes(struct store *store);

/* Whether the WAL has grown past its mark. */
bool store_checkpoint_is_due(const struct store *store);

/* A truncating checkpoint (or, when `is_truncating` is false, a passive one) outside any
 * transaction; checks that all frames went over. Passes the fault point store_checkpoint.
 * STATUS_STORE_SYNC_FAILED: a sync of this store failed, now or before. */
enum status store_checkpoint(struct store *store, bool is_truncating) MUST_USE;

/* Runs SQL text without parameters or rows (several statements allowed). */
enum status store_run(struct store *store, const char *sql) MUST_USE;

/* The store's last error as text for a diag: SQLite's message, which names tables and causes,
 * never a bound value. */
const char *store_error_text(const struct store *store);

/* ---- statements ---- */

/* A prepared statement; all zero when closed. Prepared once (SQLITE_PREPARE_PERSISTENT), run
 * many times. */
struct statement {
    sqlite3_stmt *handle;
    struct store *store;
};

/* Prepares `sql`, one statement. STATUS_STORE_CORRUPT when the schema doesn't fit it. */
enum status statement_open(struct statement *statement, struct store *store,
                           const char *sql) MUST_USE;
void statement_close(struct statement *statement);

/* Prepares texts[i] into statements[i], closing all on failure. */
enum status statements_open(struct statement *statements, struct store *store,
                            const char *const *texts, size_t count) MUST_USE;
void statements_close(struct statement *statements, size_t count);

/* Bind parameter `index` (from 1). Bytes and text are borrowed until the statement is reset. A
 * u64 is stored as the signed 64-bit integer with the same bits: only values below 2^63 may be
 * compared in SQL. An empty view binds a zero-length blob. */
void statement_bind_blob(struct statement *statement, int index, struct view bytes);
void statement_bind_text(struct statement *statement, int index, const char *text);
void statement_bind_u64(struct statement *statement, int index, uint64_t value);
void statement_bind_i64(struct statement *statement, int index, int64_t value);
void statement_bind_null(struct statement *statement, int index);

/* Steps to the next row: OK with *ret_has_row true (read the columns before the next step), or
 * false at the end, when the statement has been reset and its bindings cleared. On an error the
 * statement is reset too. */
enum status statement_step(struct statement *statement, bool *ret_has_row) MUST_USE;

/* Steps to the end, expecting no row, and resets. */
enum status statement_run(struct statement *statement) MUST_USE;

/* Like statement_run, and yields how many rows it changed. */
enum status statement_run_changes(struct statement *statement, int64_t *ret_changes) MUST_USE;

/* Runs an INSERT of one row; 0: it conflicted and was left out. Not by RETURNING: SQLite keeps a
 * copy of every page that such a statement changes, to take it back. */
enum status statement_run_insert(struct statement *statement, uint64_t *ret_id) MUST_USE;

/* Resets and clears bindings before the end was reached. */
void statement_reset(struct statement *statement);

/* Column `index` (from 0) of the current row; views are valid until the next step or reset. */
struct view statement_blob(struct statement *statement, int index);
struct view statement_text(struct statement *statement, int index);
uint64_t statement_u64(struct statement *statement, int index);
int64_t statement_i64(struct statement *statement, int index);
bool statement_is_null(struct statement *statement, int index);

/* Copies a blob column of exactly `size` bytes to `to`. STATUS_STORE_CORRUPT when it has
 * another length. */
enum status statement_blob_exact(struct statement *statement, int index, uint8_t *to,
                                 size_t size) MUST_USE;

#endif
