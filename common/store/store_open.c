/*
 * Opening a store: lock, create, look before touching, settle, migrate. The order matters: until
 * identity_check and damage_check have passed, nothing writes to a file that was there before.
 */
#include "common/base/cleanup.h"
#include "common/base/invariant.h"
#include "common/base/mutant.h"
#include "common/store/store.h"
#include "common/store/store_internal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_OF(number) #number
#define PAGE_SIZE_PRAGMA(bytes) "PRAGMA page_size=" TEXT_OF(bytes)
/* A stopped store may just be read by an auditor; a running one never waits for anybody. */
#define BUSY_MS_AT_OPEN 1000

/* What is found in the file, before anything is changed. */
struct identity {
    uint32_t application_id;
    uint32_t user_version;
    bool is_empty; /* the schema holds nothing */
};

struct pragma {
    const char *name;
    const char *value;
    const char *want; /* what it must read back as */
};

/* They change the connection only. */
static const struct pragma connection_pragmas[] = {
    {.name = "cell_size_check", .value = "ON", .want = "1"},
    {.name = "mmap_size", .value = "0", .want = "0"},
    {.name = "temp_store", .value = "MEMORY", .want = "2"},
    {.name = "secure_delete", .value = "ON", .want = "1"},
    {.name = "foreign_keys", .value = "OFF", .want = "0"},
    {.name = "trusted_schema", .value = "OFF", .want = "0"},
};

static const struct pragma file_pragmas[] = {
    {.name = "journal_mode", .value = "WAL", .want = "wal"},
    {.name = "synchronous", .value = "FULL", .want = "2"},
    {.name = "wal_autocheckpoint", .value = "0", .want = "0"},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static enum status configure(struct store *store, int option, int value, struct diag *diag)
{
    int found = -1;
    int code = sqlite3_db_config(store->database, option, value, &found);
    if (code == SQLITE_OK && found == value)
        return STATUS_OK;
    diag_set(diag, "connection option %d is %d and not %d", option, found, value);
    return STATUS_STORE_UNUSABLE;
}

static enum status connect(struct store *store, const char *resolved, struct diag *diag)
{
    /* One thread uses a store: SQLite's locks, and the counters that each of its allocations keeps
     * under one, would be taken for nobody. The counters can be chosen before a process's first
     * use of SQLite only, and stay where it was used before. */
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int code = store_vfs_connect(&store->vfs, resolved, flags, &store->database);
    if (store->database == NULL)
        return STATUS_NO_MEMORY;
    TRY(store_status_of(store, code));
    (void)sqlite3_busy_timeout(store->database, BUSY_MS_AT_OPEN);
    TRY(configure(store, SQLITE_DBCONFIG_DEFENSIVE, 1, diag));
    TRY(configure(store, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, diag));
    TRY(configure(store, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, diag));
    TRY(configure(store, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, diag));
    if (sqlite3_db_readonly(store->database, "main") != 0) {
        diag_set(diag, "the file can't be written");
        return STATUS_STORE_UNUSABLE;
    }
    return STATUS_OK;
}

/* Copies the first column of the only row that `sql` yields. */
static enum status query_text(struct store *store, const char *sql, char *text, size_t size)
{
    text[0] = '\0';
    CLEANUP(statement_close) struct statement statement = {.handle = NULL};
    TRY(statement_open(&statement, store, sql));
    bool has_row = false;
    TRY(statement_step(&statement, &has_row));
    if (!has_row)
        return STATUS_OK;
    struct view value = statement_text(&statement, 0);
    size_t length = value.size < size ? value.size : size - 1;
    if (length > 0)
        memcpy(text, value.bytes, length);
    text[length] = '\0';
    return STATUS_OK;
}

static enum status query_integer(struct store *store, const char *sql, int64_t *ret_value)
{
    char text[32];
    TRY(query_text(store, sql, text, sizeof text));
    *ret_value = strtoll(text, NULL, 10);
    return STATUS_OK;
}

static enum status pragma_set(struct store *store, const struct pragma *pragma, struct diag *diag)
{
    char sql[80];
    char found[32];
    (void)snprintf(sql, sizeof sql, "PRAGMA %s=%s", pragma->name, pragma->value);
    TRY(store_run(store, sql));
    (void)snprintf(sql, sizeof sql, "PRAGMA %s", pragma->name);
    TRY(query_text(store, sql, found, sizeof found));
    if (strcmp(found, pragma->want) == 0)
        return STATUS_OK;
    diag_set(diag, "PRAGMA %s is '%s' and not '%s'", pragma->name, found, pragma->want);
    return STATUS_STORE_UNUSABLE;
}

static enum status pragmas_set(struct store *store, const struct pragma *pragmas, size_t count,
                               struct diag *diag)
{
    for (size_t index = 0; index < count; index++)
        TRY(pragma_set(store, &pragmas[index], diag));
    return STATUS_OK;
}

static enum status identity_read(struct store *store, struct identity *ret_identity)
{
    int64_t application_id = 0;
    int64_t user_version = 0;
    int64_t objects = 0;
    TRY(query_integer(store, "PRAGMA application_id", &application_id));
    TRY(query_integer(store, "PRAGMA user_version", &user_version));
    TRY(query_integer(store, "SELECT count(*) FROM sqlite_schema", &objects));
    /* SQLite shows both as signed; the same bits are ours as unsigned. */
    *ret_identity = (struct identity){
        .application_id = (uint32_t)application_id,
        .user_version = (uint32_t)user_version,
        .is_empty = objects == 0,
    };
    return STATUS_OK;
}

static uint32_t shared_version(uint32_t user_version)
{
    return user_version >> 16;
}

static uint32_t own_version(uint32_t user_version)
{
    return user_version & 0xffffu;
}

/* Refuses what isn't this service's store, or is a later version's. */
static enum status identity_check(struct store *store, const struct store_spec *spec,
                                  const struct identity *identity, struct diag *diag)
{
    /* Also what a creation leaves that died between its first write and its first commit. */
    if (identity->application_id == 0 && identity->user_version == 0 && identity->is_empty) {
        store->is_new = true;
        return STATUS_OK;
    }
    if (identity->application_id != spec->application_id) {
        diag_set(diag, "application_id is 0x%08x, expected 0x%08x", identity->application_id,
                 spec->application_id);
        return STATUS_STORE_FOREIGN;
    }
    uint32_t shared = shared_version(identity->user_version);
    uint32_t own = own_version(identity->user_version);
    if (shared > spec->shared.count || own > spec->own.count) {
        diag_set(diag, "schema version %u.%u, this program knows up to %zu.%zu", shared, own,
                 spec->shared.count, spec->own.count);
        return STATUS_STORE_NEWER;
    }
    return STATUS_OK;
}

/* Stops at the first damage. It reads the whole file once, without checking indexes against their
 * tables: some seconds for a store of gigabytes, and only at start. */
static enum status damage_check(struct store *store, struct diag *diag)
{
    char found[200];
    TRY(query_text(store, "PRAGMA quick_check(1)", found, sizeof found));
    if (strcmp(found, "ok") == 0)
        return STATUS_OK;
    diag_set(diag, "quick_check: %s", found);
    return STATUS_STORE_CORRUPT;
}

static int wal_grew(void *context, sqlite3 *database, const char *name, int pages)
{
    (void)database;
    (void)name;
    struct store *store = context;
    store->wal_pages = pages < 0 ? 0 : (size_t)pages;
    return SQLITE_OK;
}

/* A mark in bytes is one in pages of the size that the file happens to have. */
static enum status set_mark(struct store *store, uint64_t wal_bytes_max)
{
    int64_t page_bytes = 0;
    TRY(query_integer(store, "PRAGMA page_size", &page_bytes));
    bool is_most = wal_bytes_max == 0 || wal_bytes_max > STORE_WAL_BYTES_MAX;
    store->wal_pages_max =
        (size_t)((is_most ? STORE_WAL_BYTES_MAX : wal_bytes_max) / (uint64_t)page_bytes);
    return STATUS_OK;
}

/* WAL, FULL, and one checkpoint: what recovery found in the WAL need not have been synced by
 * the process that was killed (protocol.md 15), and becomes durable here, before anything is
 * answered. */
static enum status settle(struct store *store, uint64_t wal_bytes_max, struct diag *diag)
{
    /* Before the first write alone: a file that has pages keeps their size. */
    if (store->is_new)
        TRY(store_run(store, PAGE_SIZE_PRAGMA(STORE_PAGE_BYTES)));
    TRY(pragmas_set(store, file_pragmas, COUNT_OF(file_pragmas), diag));
    TRY(set_mark(store, wal_bytes_max));
    /* After the pragma wal_autocheckpoint, which would take the hook's place. */
    (void)sqlite3_wal_hook(store->database, wal_grew, store);
    if (MUTANT(sync_left_to_checkpoints))
        TRY(store_run(store, "PRAGMA synchronous=NORMAL"));
    enum status status = MUTANT(wal_not_settled) ? STATUS_OK : store_checkpoint(store, true);
    if (status != STATUS_STORE_BUSY)
        return status;
    diag_set(diag, "the WAL can't be checkpointed: another process reads the store");
    return STATUS_STORE_UNUSABLE;
}

static enum status migrations_run(struct store *store, const struct migrations *migrations,
                                  uint32_t from, const char *set, struct diag *diag)
{
    for (size_t step = from; step < migrations->count; step++) {
        int code = sqlite3_exec(store->database, migrations->steps[step], NULL, NULL, NULL);
        if (code != SQLITE_OK) {
            enum status status = store_status_of(store, code);
            diag_set(diag, "migration of %s from version %zu: %s", set, step,
                     store_error_text(store));
            /* The text is tested, so what it doesn't fit is the schema. */
            return (code & 0xff) == SQLITE_ERROR ? STATUS_STORE_CORRUPT : status;
        }
        /* A step must leave the transaction to us. */
        INVARIANT(sqlite3_get_autocommit(store->database) == 0);
    }
    return STATUS_OK;
}

static enum status migrate_within(struct store *store, const struct store_spec *spec,
                                  uint32_t user_version, struct diag *diag)
{
    TRY(migrations_run(store, &spec->shared, shared_version(user_version), "shared", diag));
    TRY(migrations_run(store, &spec->own, own_version(user_version), "own", diag));
    char sql[120];
    uint32_t version = (uint32_t)(spec->shared.count << 16 | spec->own.count);
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                   (int)spec->application_id, (int)version);
    return store_run(store, sql);
}

static enum status migrate(struct store *store, const struct store_spec *spec,
                           uint32_t user_version, struct diag *diag)
{
    INVARIANT(spec->shared.count <= 0xffff && spec->own.count <= 0xffff);
    if (!store->is_new && shared_version(user_version) == spec->shared.count &&
        own_version(user_version) == spec->own.count)
        return STATUS_OK;
    TRY(store_begin(store));
    enum status status = migrate_within(store, spec, user_version, diag);
    if (status != STATUS_OK) {
        store_rollback(store);
        return status;
    }
    return store_commit_now(store);
}

static enum status open_steps(struct store *store, const char *path, const struct store_spec *spec,
                              struct diag *diag)
{
    char resolved[PATH_MAX];
    struct identity identity = {.is_empty = false};
    TRY(store_lock_take(path, &store->lock_descriptor, diag));
    TRY(store_file_make(path, resolved, diag));
    TRY(connect(store, resolved, diag));
    TRY(store_controls_open(store));
    TRY(pragmas_set(store, connection_pragmas, COUNT_OF(connection_pragmas), diag));
    TRY(identity_read(store, &identity));
    TRY(identity_check(store, spec, &identity, diag));
    if (!store->is_new)
        TRY(damage_check(store, diag));
    TRY(settle(store, spec->wal_bytes_max, diag));
    TRY(migrate(store, spec, identity.user_version, diag));
    (void)sqlite3_busy_timeout(store->database, 0);
    return STATUS_OK;
}

/* Releases whatever is held; the store is all closed afterwards. */
static void release(struct store *store)
{
    store_controls_close(store);
    int code = sqlite3_close(store->database);
    INVARIANT(code == SQLITE_OK); /* BUSY: a statement is still open */
    /* After the connection: whoever gets the lock finds the file at rest. */
    store_lock_drop(&store->lock_descriptor);
    *store = (struct store){.lock_descriptor = -1};
}

enum status store_open(struct store *store, const char *path, const struct store_spec *spec,
                       struct diag *diag)
{
    *store = (struct store){.lock_descriptor = -1};
    diag_clear(diag);
    INVARIANT(spec->application_id != 0); /* 0 is what a new file has */
    enum status status = open_steps(store, path, spec, diag);
    if (status == STATUS_OK)
        return STATUS_OK;
    if (diag != NULL && diag->text[0] == '\0')
        diag_set(diag, "%s", store_error_text(store));
    diag_prefix(diag, "%s", path);
    release(store);
    return status;
}

void store_close(struct store *store)
{
    /* All zero: never opened, and descriptor 0 is not ours. */
    if (store->database == NULL)
        return;
    store_rollback(store);
    release(store);
}
