/*
 * SQLite's own files; what is replaced of their methods leads back to the store's VFS.
 */
#include "common/store/store_vfs.h"

#include "common/base/invariant.h"
#include "common/base/mutant.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define NAME "netra-store"
#define WRITE_BACK_BYTES 1048576 /* the disk is told of so much at once */

/* ---- methods ---- */

static const struct store_methods *methods_of(const sqlite3_file *file)
{
    return (const struct store_methods *)(const void *)file->pMethods;
}

static const sqlite3_io_methods *below(const sqlite3_file *file)
{
    return methods_of(file)->below;
}

static struct store_methods methods_over(struct store_vfs *vfs, const sqlite3_file *file)
{
    return (struct store_methods){.methods = *file->pMethods, .below = file->pMethods, .vfs = vfs};
}

static int sync_below(sqlite3_file *file, int flags)
{
    struct store_vfs *vfs = methods_of(file)->vfs;
    int code = below(file)->xSync(file, flags);
    if (code == SQLITE_OK)
        return SQLITE_OK;
    if (MUTANT(failed_sync_tried_again))
        return SQLITE_IOERR_WRITE;
    vfs->has_sync_failed = true;
    return code;
}

/* ---- the WAL ---- */

static struct store_gather *gather_of(const sqlite3_file *file)
{
    return &methods_of(file)->vfs->wal;
}

/* Writes what is gathered. */
static int gather_write(sqlite3_file *file)
{
    struct store_gather *gather = gather_of(file);
    if (gather->size == 0)
        return SQLITE_OK;
    int code = below(file)->xWrite(file, gather->bytes, gather->size, gather->offset);
    if (code == SQLITE_OK)
        gather->size = 0;
    return code;
}

static int wal_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
    struct store_gather *gather = gather_of(file);
    bool goes_on =
        offset == gather->offset + gather->size && size <= STORE_GATHER_BYTES - gather->size;
    int code = goes_on ? SQLITE_OK : gather_write(file);
    if (code != SQLITE_OK)
        return code;
    INVARIANT(size <= STORE_GATHER_BYTES); /* a page at most */
    if (gather->size == 0)
        gather->offset = offset;
    memcpy(gather->bytes + gather->size, from, (size_t)size);
    gather->size += size;
    return SQLITE_OK;
}

/* Beside what is gathered it is read without a write: what SQLite reads while it rolls back was
 * committed before, and must not have the transaction written after all. */
static int wal_read(sqlite3_file *file, void *to, int size, sqlite3_int64 offset)
{
    const struct store_gather *gather = gather_of(file);
    bool is_gathered = offset < gather->offset + gather->size && gather->offset < offset + size;
    int code = is_gathered ? gather_write(file) : SQLITE_OK;
    return code == SQLITE_OK ? below(file)->xRead(file, to, size, offset) : code;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = gather_write(file);
    return code == SQLITE_OK ? below(file)->xTruncate(file, size) : code;
}

static int wal_sync(sqlite3_file *file, int flags)
{
    int code = MUTANT(gathered_not_synced) ? SQLITE_OK : gather_write(file);
    return code == SQLITE_OK ? sync_below(file, flags) : code;
}

static int wal_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    int code = gather_write(file);
    return code == SQLITE_OK ? below(file)->xFileSize(file, ret_size) : code;
}

/* What is still gathered was never synced: nobody was told that it is kept. */
static int wal_close(sqlite3_file *file)
{
    struct store_gather *gather = gather_of(file);
    int code = below(file)->xClose(file);
    sqlite3_free(gather->bytes);
    *gather = (struct store_gather){.bytes = NULL};
    return code;
}

static int wal_open(struct store_vfs *vfs, sqlite3_file *file)
{
    struct store_gather *gather = &vfs->wal;
    *gather = (struct store_gather){
        .methods = methods_over(vfs, file),
        .bytes = sqlite3_malloc(STORE_GATHER_BYTES),
    };
    if (gather->bytes == NULL)
        return SQLITE_NOMEM;
    sqlite3_io_methods *methods = &gather->methods.methods;
    methods->xClose = wal_close;
    methods->xRead = wal_read;
    methods->xWrite = wal_write;
    methods->xTruncate = wal_truncate;
    methods->xSync = wal_sync;
    methods->xFileSize = wal_size;
    file->pMethods = methods;
    return SQLITE_OK;
}

/* ---- the database file ---- */

static struct store_write_back *write_back_of(const sqlite3_file *file)
{
    return &methods_of(file)->vfs->database;
}

/* A hint: the sync that follows waits for all of it, and tells what failed. */
static void write_back_begin(struct store_write_back *back)
{
    if (back->descriptor >= 0)
        (void)sync_file_range(back->descriptor, back->from, back->to - back->from,
                              SYNC_FILE_RANGE_WRITE);
    back->size = 0;
}

static int database_write(sqlite3_file *file, const void *from, int size, sqlite3_int64 offset)
{
    struct store_write_back *back = write_back_of(file);
    int code = below(file)->xWrite(file, from, size, offset);
    if (code != SQLITE_OK)
        return code;
    if (back->size == 0 || offset < back->from)
        back->from = offset;
    if (back->size == 0 || offset + size > back->to)
        back->to = offset + size;
    back->size += size;
    if (back->size >= WRITE_BACK_BYTES)
        write_back_begin(back);
    return SQLITE_OK;
}

static int database_sync(sqlite3_file *file, int flags)
{
    write_back_of(file)->size = 0;
    return sync_below(file, flags);
}

/* The descriptor after the file: closing any of a process's descriptors of a file drops the locks
 * that SQLite holds on it (fcntl(2), "Advisory record locking"). */
static int database_close(sqlite3_file *file)
{
    struct store_write_back *back = write_back_of(file);
    int code = below(file)->xClose(file);
    if (back->descriptor >= 0)
        (void)close(back->descriptor);
    *back = (struct store_write_back){.descriptor = -1};
    return code;
}

/* Another VFS's path may lead nowhere here: then nothing can be told. */
static void database_open(struct store_vfs *vfs, sqlite3_file *file, const char *path)
{
    struct store_write_back *back = &vfs->database;
    *back = (struct store_write_back){
        .methods = methods_over(vfs, file),
        .descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW),
    };
    back->methods.methods.xClose = database_close;
    back->methods.methods.xWrite = database_write;
    back->methods.methods.xSync = database_sync;
    file->pMethods = &back->methods.methods;
}

/* ---- the VFS ---- */

static int file_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    struct store_vfs *self = (struct store_vfs *)(void *)vfs;
    int code = self->below->xOpen(self->below, path, file, flags, ret_flags);
    if (code != SQLITE_OK)
        return code;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
        database_open(self, file, path);
    if ((flags & SQLITE_OPEN_WAL) != 0)
        code = wal_open(self, file);
    return code;
}

int store_vfs_connect(struct store_vfs *self, const char *path, int flags, sqlite3 **ret_database)
{
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);
    *ret_database = NULL;
    if (below == NULL)
        return SQLITE_NOMEM; /* SQLite could not even begin */
    *self = (struct store_vfs){.vfs = *below, .below = below, .database.descriptor = -1};
    self->vfs.zName = NAME;
    self->vfs.xOpen = file_open;
    int code = sqlite3_vfs_register(&self->vfs, 0);
    if (code == SQLITE_OK)
        code = sqlite3_open_v2(path, ret_database, flags, NAME);
    /* The connection keeps it; nobody else finds it. */
    (void)sqlite3_vfs_unregister(&self->vfs);
    return code;
}

void store_vfs_forget(struct store_vfs *self)
{
    self->wal.size = 0;
}
