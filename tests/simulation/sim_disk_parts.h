/*
 * What the files of the simulated disk share: contents with what is not synced, names, handles.
 *
 * Why: a file is what a path leads to (an inode): a renaming moves it, and an open connection
 * keeps one that was removed.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_DISK_PARTS_H
#define NETRA_TESTS_SIMULATION_SIM_DISK_PARTS_H

#include "tests/simulation/sim_disk.h"

#include <sqlite3.h>

#define SIM_SHM_LOCKS 8    /* SQLITE_SHM_NLOCK */
#define SIM_SHM_REGIONS 64 /* of 32 KiB: room for a WAL of a quarter of a million pages */

/* A growing run of bytes; all zero when empty. */
struct sim_bytes {
    uint8_t *bytes;
    size_t size;
    size_t room;
};

/* A write, or a truncation, that is not durable. */
struct sim_write {
    uint64_t offset; /* in the file; of a truncation the new size */
    size_t from; /* where its bytes begin in `written`; SIM_STILL_THERE: they are as in `now` */
    size_t size;
    bool is_truncation;
};

#define SIM_STILL_THERE SIZE_MAX

/* The wal-index of one file. Connections of a dead process keep the old one until they close. */
struct sim_shm {
    uint8_t *regions[SIM_SHM_REGIONS];
    unsigned users;
    unsigned shared[SIM_SHM_LOCKS];
    const void *exclusive[SIM_SHM_LOCKS]; /* the handle; NULL: nobody */
};

struct sim_file {
    unsigned users;       /* names, changes of names and handles that lead here */
    bool is_temporary;    /* gone with its handle: nothing of it is ever durable */
    struct sim_bytes now; /* as processes see it */
    struct sim_bytes synced;
    uint64_t version;         /* of `synced`: no two contents have the same */
    bool is_torn;             /* a power cut may have left a part of a write */
    struct sim_bytes written; /* the bytes of `writes` that were written again since */
    uint64_t writes_end;      /* no write reaches further */
    uint64_t unsynced_bytes;  /* of all writes */
    struct sim_write *writes;
    size_t writes_count;
    size_t writes_room;
    struct sim_shm *shm; /* NULL: no connection maps it */
    unsigned readers;    /* connections that hold SHARED or more */
    const void *writer;  /* the handle that holds RESERVED or more; NULL: nobody */
    int writer_lock;     /* its SQLITE_LOCK_ level */
};

/* A path and what it leads to; both NULL: a free place. */
struct sim_name {
    char path[SIM_DISK_PATH_MAX + 1];
    struct sim_file *now;
    struct sim_file *synced;
};

/* One creation, removal or renaming that is not durable: names[at] leads to `file` (NULL: to
 * nothing), and of a renaming names[gone] leads to nothing. A renaming is one of the folder that
 * it leads into. */
struct sim_name_change {
    size_t at;
    size_t gone; /* same as `at`: no renaming */
    struct sim_file *file;
};

struct sim_fault {
    uint64_t skip;  /* calls until it begins */
    uint64_t times; /* calls that fail then */
    enum sim_disk_failure failure;
};

struct sim_disk {
    struct sim_disk *next;
    struct sim_disks *all;
    char prefix[SIM_DISK_PATH_MAX + 1];
    uint64_t life; /* moves with each death; a handle of another life is dead */
    bool is_halted;
    bool is_lying;
    uint64_t capacity;
    struct sim_disk_step step;
    struct sim_fault faults[SIM_DISK_CALL_COUNT];
    struct sim_disk_counts counts;
    struct sim_name *names;
    size_t names_count;
    struct sim_name_change *changes;
    size_t changes_count;
    size_t changes_room;
};

struct sim_disks {
    sqlite3_vfs vfs;
    sqlite3_vfs *before; /* the default that comes back */
    struct clock clock;
    struct random_source random;
    int error_number; /* of the last call that failed: xGetLastError */
    struct sim_disk *first;
    struct sim_disk temporary; /* where files without a name are; it never fails */
};

/* A connection's open file. */
struct sim_handle {
    sqlite3_file base; /* first: SQLite sees this */
    struct sim_disk *disk;
    struct sim_file *file;
    const char *path; /* "" for a temporary file */
    uint64_t life;
    bool syncs_folder;   /* the next sync makes its name durable: unixFile's DIRSYNC */
    int lock;            /* its SQLITE_LOCK_ level */
    struct sim_shm *shm; /* NULL: not mapped */
    unsigned shm_shared; /* bits of the locks it holds */
    unsigned shm_exclusive;
};

/* How a call goes on. */
enum sim_disk_outcome {
    SIM_GOES,
    SIM_FAILS_EIO, /* the dead disk too */
    SIM_FAILS_ENOSPC,
    SIM_FAILS_SHORT,
    SIM_FAILS_LOSING,
};

/* ---- sim_disk_file.c ---- */

/* realloc that does not fail. */
void *sim_memory(void *old, size_t size);

struct sim_file *sim_file_make(bool is_temporary);
void sim_file_keep(struct sim_file *file);    /* one user more; NULL is fine */
void sim_file_release(struct sim_file *file); /* one less, the last frees it; NULL is fine */

/* Copies [offset, offset + size) to `to`, zeros beyond the end; yields how many were there. */
size_t sim_file_read(const struct sim_file *file, uint64_t offset, void *to, size_t size);
void sim_file_write(struct sim_file *file, uint64_t offset, const void *from, size_t size);
void sim_file_truncate(struct sim_file *file, uint64_t size);

/* Makes everything durable; yields how many bytes. */
uint64_t sim_file_sync(struct sim_file *file);

/* Forgets what is not durable without changing what processes see. */
void sim_file_forget(struct sim_file *file);

/* Leaves what survives a power cut. */
void sim_file_cut(struct sim_file *file, const struct random_source *random,
                  struct sim_disk_counts *counts);

/* What is durable of it is another than before. */
void sim_file_changed(struct sim_file *file);

/* Replaces the contents by `bytes`, durable. */
void sim_file_restore(struct sim_file *file, struct view bytes);

/* A number below `below` (above zero). */
uint64_t sim_draw(const struct random_source *random, uint64_t below);

/* ---- sim_disk_names.c ---- */

/* Which place `path` has, or gets when `makes`; SIZE_MAX when it has none. */
size_t sim_name_find(const struct sim_disk *disk, const char *path);
size_t sim_name_make(struct sim_disk *disk, const char *path);

/* Lets the name lead to `file` (NULL: nowhere), not durably; `gone` as in sim_name_change. */
void sim_name_change(struct sim_disk *disk, size_t at, struct sim_file *file, size_t gone);

/* The file a path leads to; NULL. */
struct sim_file *sim_name_file(const struct sim_disk *disk, const char *path);

/* Makes the names in the folder of `path` durable: those beside it, or, where it ends in '/', in
 * it. */
void sim_names_sync(struct sim_disk *disk, const char *path);
void sim_names_cut(struct sim_disk *disk, const struct random_source *random);
void sim_names_close(struct sim_disk *disk);

/* ---- sim_disk.c ---- */

/* Counts the call, lets the step look, and says how it goes on; notes the errno of a failure. */
enum sim_disk_outcome sim_disk_enter(struct sim_disk *disk, uint64_t life, enum sim_disk_call call,
                                     const char *path);

/* Writes unless the capacity is reached: false. */
bool sim_disk_put(struct sim_disk *disk, struct sim_file *file, uint64_t offset, const void *from,
                  size_t size);

/* The effect of a sync that enter let go on: of the file's contents, and of the names in the
 * folder of `beside` (sim_names_sync). Either may be NULL. */
void sim_disk_make_durable(struct sim_disk *disk, struct sim_file *file, const char *beside);

/* ---- sim_disk_shm.c ---- */

int sim_lock(sqlite3_file *base, int level);
int sim_unlock(sqlite3_file *base, int level);
int sim_check_reserved(sqlite3_file *base, int *ret_is_reserved);
int sim_shm_map(sqlite3_file *base, int region, int size, int is_extending,
                void volatile **ret_memory);
int sim_shm_lock(sqlite3_file *base, int offset, int count, int flags);
void sim_shm_barrier(sqlite3_file *base);
int sim_shm_unmap(sqlite3_file *base, int is_deleting);

/* ---- sim_disk_vfs.c ---- */

/* Fills disks->vfs. */
void sim_vfs_describe(struct sim_disks *disks);

#endif
