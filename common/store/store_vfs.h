/*
 * How a store's writes reach the system: SQLite's default VFS, but for the writes of two files.
 *
 * Why: SQLite hands over each frame of the WAL in two writes, ten for a turn of a few dozen
 * events: gathered they are one. And a checkpoint copies up to 16 MB before it syncs: told of it
 * sooner, the disk writes while the rest is copied (docs/decisions/0018). A sync promises what it
 * always did.
 * Owns: from the WAL's opening to its close a buffer of STORE_GATHER_BYTES; a descriptor of the
 * database file.
 * Units: bytes.
 * Limits: one connection to one file, in one thread; no ATTACH and no VACUUM, which look for the
 * VFS by its name. Every commit syncs (synchronous=FULL), and every transaction that fails is told
 * to store_vfs_forget.
 * Errors: a gathered write that fails is told, with its own code, by the first later call to the
 * WAL that needs it, at the latest by the sync. It stays gathered until it succeeds or is
 * forgotten: what SQLite took for written is never passed over.
 */
#ifndef NETRA_STORE_STORE_VFS_H
#define NETRA_STORE_STORE_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Of a new file. A bare number, for a pragma is made of it. */
#define STORE_PAGE_BYTES 8192

/* At most so much of the WAL is gathered: fifteen frames of a page and its header. SQLite's own
 * VFS writes no more than 131,071 bytes at once. */
#define STORE_GATHER_BYTES (15 * (STORE_PAGE_BYTES + 24))

struct store_vfs;

/* A file's methods, some of them replaced. */
struct store_methods {
    sqlite3_io_methods methods;      /* first: SQLite hands this back */
    const sqlite3_io_methods *below; /* what was replaced */
    struct store_vfs *vfs;           /* whose file it is */
};

/* An open WAL whose writes are gathered. */
struct store_gather {
    struct store_methods methods;
    uint8_t *bytes; /* gathered and not yet written */
    int size;
    sqlite3_int64 offset; /* where in the file they begin */
};

/* An open database file that the disk writes back before it must. */
struct store_write_back {
    struct store_methods methods;
    int descriptor; /* of the same file; -1: nothing can be told */
    int size;       /* written since the disk was told, within this range: */
    sqlite3_int64 from;
    sqlite3_int64 to;
};

/* SQLite keeps its address as long as the connection is open. */
struct store_vfs {
    sqlite3_vfs vfs;                  /* first: SQLite's default one, but for xOpen */
    sqlite3_vfs *below;               /* SQLite's default one itself */
    struct store_gather wal;          /* while a WAL is open */
    struct store_write_back database; /* while the database file is */
    bool has_sync_failed;             /* of either: for good */
};

/* sqlite3_open_v2 through it: its code, and what it leaves in *ret_database. */
int store_vfs_connect(struct store_vfs *self, const char *path, int flags, sqlite3 **ret_database);

/* What is gathered is of a transaction that was rolled back: it is never written. */
void store_vfs_forget(struct store_vfs *self);

#endif
