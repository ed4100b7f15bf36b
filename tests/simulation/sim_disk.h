/*
 * Disks in memory under SQLite, which know what is durable, and fail where they are told to.
 *
 * Why: a crash test can kill a process but never cut the power. Here a cut drops what was not
 * synced, so that a promise that rests on a sync is seen to break where the sync is missing.
 *
 * What is durable:
 *   contents  A write, a growth and a truncation are durable after a sync of their file. Until
 *             then a power cut keeps any of them or none, and of a write any of its 512-byte
 *             sectors; it never harms bytes outside of a write (POWERSAFE_OVERWRITE, as SQLite's
 *             own unix VFS claims). A later write may survive an earlier one.
 *   names     A creation, a removal and a renaming are durable after a sync of the folder. Until
 *             then a power cut keeps a first part of them, in order (as a journal of metadata
 *             does), all or none included. As in SQLite's unix VFS the first sync of a WAL or a
 *             journal that a connection opened syncs its folder too.
 *   main file common/store makes it, and syncs its folder, on the real disk before SQLite sees it.
 *             So the opening of a main database finds it, empty at first, its name durable.
 * A process that dies loses none of it: its writes are in the page cache, and shared memory goes
 * when its last connection does. So sim_disk_halt and sim_disk_revive keep everything.
 *
 * Owns: every disk's bytes, until sim_disks_close. One sim_disks at a time: SQLite has one default
 * VFS. All connections must be closed before.
 * Limits: one thread. Paths of at most SIM_DISK_PATH_MAX characters. No mmap of database files.
 * Errors: SQLite's codes with ENOSPC or EIO behind sqlite3_system_errno; struct files yields 0 or
 * an errno.
 */
#ifndef NETRA_TESTS_SIMULATION_SIM_DISK_H
#define NETRA_TESTS_SIMULATION_SIM_DISK_H

#include "common/base/clock.h"
#include "common/base/files.h"
#include "common/base/random.h"
#include "common/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_DISK_PATH_MAX 500 /* characters of a path */
#define SIM_DISK_SECTOR 512   /* bytes that survive a power cut together */

/* All disks, and the VFS "netra-sim" that leads to them. */
struct sim_disks;

/* One disk: every path that begins with its prefix. */
struct sim_disk;

/* What a disk held at one time. */
struct sim_image;

/* The calls that a disk counts, and can fail at. Locks, sizes and looking for a name don't. */
enum sim_disk_call {
    SIM_DISK_OPEN,
    SIM_DISK_READ,
    SIM_DISK_WRITE,
    SIM_DISK_TRUNCATE,
    SIM_DISK_SYNC, /* of a file or a folder */
    SIM_DISK_DELETE,
    SIM_DISK_RENAME, /* and linking, of sim_disk_files alone: SQLite renames nothing */
    SIM_DISK_SHM_MAP,
    SIM_DISK_CALL_COUNT
};

/* How a call fails. */
enum sim_disk_failure {
    SIM_DISK_EIO,        /* nothing happens, errno EIO; what was not synced can be synced later */
    SIM_DISK_ENOSPC,     /* nothing happens, errno ENOSPC; a write's code is SQLITE_FULL */
    SIM_DISK_SHORT_READ, /* of a read: half of the bytes, then EIO, which SQLite's unix VFS, going
                          * on until the file's end, tells as SQLITE_IOERR_READ */
    SIM_DISK_SYNC_LOSES, /* of a sync: EIO, and its unsynced writes stay in the page cache but
                          * never become durable, though later syncs say OK */
    SIM_DISK_FAILURE_COUNT
};

/* What happened on a disk since it was added. */
struct sim_disk_counts {
    uint64_t calls[SIM_DISK_CALL_COUNT];       /* that reached the disk, failed ones included */
    uint64_t failures[SIM_DISK_FAILURE_COUNT]; /* that sim_disk_fail or the capacity caused */
    uint64_t power_cuts;
    uint64_t writes_lost;      /* by power cuts: whole writes and truncations */
    uint64_t writes_torn;      /* by power cuts: writes of which some sectors survived */
    uint64_t writes_reordered; /* by power cuts: whole ones that survived an earlier, lost one */
    uint64_t names_lost;       /* by power cuts: creations, removals and renamings */
    uint64_t syncs_lied;       /* syncs that did nothing */
    uint64_t bytes_durable;    /* made durable by syncs */
};

/* Called before each counted call, with its kind and path ("" for a temporary file). It may halt
 * the disk (the call then fails without effect), cut its power, or make the call fail by
 * sim_disk_fail(disk, call, 1, 1, …). */
struct sim_disk_step {
    void (*before)(void *self, struct sim_disk *disk, enum sim_disk_call call, const char *path);
    void *self;
};

/* Makes the disks and registers them as SQLite's default VFS. SQLite's clock and randomness (its
 * own generator is seeded again) come from here; both are copied. */
struct sim_disks *sim_disks_open(const struct clock *clock, const struct random_source *random);

/* Disks for copies, which stay as long as the process does, and so do connections to them; under
 * the VFS of that name, which is never the default. */
#define SIM_DISKS_BESIDE "netra-sim-beside"
struct sim_disks *sim_disks_beside(void);

/* Gives the default VFS back to the system's and frees all disks. NULL is fine. */
void sim_disks_close(struct sim_disks *disks);

/* Adds an empty disk for all paths that begin with `prefix` (a folder, ending in '/'). It belongs
 * to `disks`. */
struct sim_disk *sim_disk_add(struct sim_disks *disks, const char *prefix);

/* The disk that holds `path`; NULL when none does. */
struct sim_disk *sim_disk_of(struct sim_disks *disks, const char *path);

/* ---- deaths ---- */

/* The process dies: from now on every call fails without effect, for its open connections for
 * ever. They must still be closed by sqlite3_close, now or later; that changes nothing either. */
void sim_disk_halt(struct sim_disk *disk);

/* The next process starts: locks and shared memory are gone, everything written is there. */
void sim_disk_revive(struct sim_disk *disk);

/* The machine's power goes: sim_disk_halt, and of what is not durable survives what `random` says
 * (all, none, a first part, any writes, or any sectors of any writes; chosen for each file). What
 * survives is durable. sim_disk_revive comes after. */
void sim_disk_power_cut(struct sim_disk *disk, const struct random_source *random);

/* Whether the disk is between a halt and a revival. */
bool sim_disk_is_halted(const struct sim_disk *disk);

/* ---- faults ---- */

/* Lets the `nth` next call of this kind (1: the very next) and those after it fail, `times`
 * altogether. Replaces what was armed for this kind; `times` 0 disarms. */
void sim_disk_fail(struct sim_disk *disk, enum sim_disk_call call, uint64_t nth, uint64_t times,
                   enum sim_disk_failure failure);

/* Disarms all kinds. */
void sim_disk_fail_none(struct sim_disk *disk);

/* Whether a fault is still armed for this kind. */
bool sim_disk_is_armed(const struct sim_disk *disk, enum sim_disk_call call);

/* How many bytes all files together may have; UINT64_MAX at first. A write beyond fails as
 * SIM_DISK_ENOSPC does. */
void sim_disk_set_capacity(struct sim_disk *disk, uint64_t bytes);

/* Bytes of all files together. */
uint64_t sim_disk_used(const struct sim_disk *disk);

/* A disk that lies says OK to every sync and does nothing: for mutants. */
void sim_disk_set_lying(struct sim_disk *disk, bool is_lying);

/* Looks before each call; a `before` of NULL looks no more. */
void sim_disk_set_step(struct sim_disk *disk, struct sim_disk_step step);

/* What happened so far; valid as long as the disk is. */
const struct sim_disk_counts *sim_disk_counted(const struct sim_disk *disk);

/* ---- copies and damage ---- */

/* A copy of every file as a process would read it, as `cp` of a stopped service's folder makes. */
struct sim_image *sim_image_take(const struct sim_disk *disk);

/* Replaces all files of the disk by the copy, all of it durable. Connections that are open are
 * dead, as after sim_disk_halt. */
void sim_image_restore(struct sim_disk *disk, const struct sim_image *image);
void sim_image_close(struct sim_image *image);

/* What of a database has been copied; all zero at first. */
struct sim_follower {
    uint64_t main_version;
    uint8_t wal_header[32];
    bool is_torn;         /* the WAL's checksums are looked at, because a power cut was */
    size_t wal_read;      /* bytes of the WAL, up to its last commit that was there */
    uint32_t checksum[2]; /* of the WAL up to there */
    uint32_t changes;
};

/* Makes the database `copy` on `to`, without a WAL, what a power cut would leave of `store` on
 * `from` that keeps nothing but what is durable. `from` stays as it is. Connections to the copy,
 * which may only read, see it from their next transaction on. */
void sim_disk_follow(struct sim_follower *follower, const struct sim_disk *from, const char *store,
                     struct sim_disk *to, const char *copy);

/* Flips the bits of `mask` in the byte at `offset` of the file, in the page cache and on the disk.
 * False when there is no such byte. */
bool sim_disk_corrupt(struct sim_disk *disk, const char *path, uint64_t offset, uint8_t mask);

/* ---- files that are not SQLite's ---- */

/* The disk's files as a service sees those outside of its store: the same durability, faults and
 * counts. A folder is made like a file, and sync_folder makes the names in that one durable. Valid
 * as long as the disk is. */
struct files sim_disk_files(struct sim_disk *disk);

/* The bytes of the file as processes see it, borrowed until the next call that changes it. False
 * when there is none. Works on a halted disk too, and counts nothing. */
bool sim_disk_look(const struct sim_disk *disk, const char *path, struct view *ret_bytes);

/* Calls `see` with each file as processes see it, in the order in which the paths were first
 * used. */
void sim_disk_each(const struct sim_disk *disk, void *self,
                   void (*see)(void *self, const char *path, struct view bytes));

#endif
