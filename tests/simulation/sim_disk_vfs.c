/*
 * SQLite's side of the simulated disks: the VFS "netra-sim" and its files. Codes are those that
 * SQLite's unix VFS gives for the same errno.
 */
#include "common/base/clock.h"
#include "common/base/invariant.h"
#include "tests/simulation/sim_disk_parts.h"

#include <errno.h>
#include <string.h>

#define SECTOR_SIZE 4096 /* what SQLite's unix VFS claims; the disk tears at SIM_DISK_SECTOR */
/* 1970-01-01 in milliseconds of the Julian day. */
#define JULIAN_MS_OF_UNIX INT64_C(210866760000000)

static struct sim_handle *handle_of(sqlite3_file *base)
{
    return (struct sim_handle *)base;
}

static enum sim_disk_outcome enter(struct sim_handle *handle, enum sim_disk_call call)
{
    return sim_disk_enter(handle->disk, handle->life, call, handle->path);
}

static int file_close(sqlite3_file *base)
{
    struct sim_handle *handle = handle_of(base);
    (void)sim_shm_unmap(base, 0);
    (void)sim_unlock(base, SQLITE_LOCK_NONE);
    sim_file_release(handle->file);
    handle->file = NULL;
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *to, int size, sqlite3_int64 offset)
{
    struct sim_handle *handle = handle_of(base);
    enum sim_disk_outcome outcome = enter(handle, SIM_DISK_READ);
    if (outcome != SIM_GOES && outcome != SIM_FAILS_SHORT)
        return SQLITE_IOERR_READ;
    size_t there = sim_file_read(handle->file, (uint64_t)offset, to, (size_t)size);
    if (outcome == SIM_FAILS_SHORT) {
        memset((uint8_t *)to + there / 2, 0, (size_t)size - there / 2);
        return SQLITE_IOERR_READ;
    }
    return there == (size_t)size ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *from, int size, sqlite3_int64 offset)
{
    struct sim_handle *handle = handle_of(base);
    enum sim_disk_outcome outcome = enter(handle, SIM_DISK_WRITE);
    if (outcome == SIM_FAILS_ENOSPC)
        return SQLITE_FULL;
    if (outcome != SIM_GOES)
        return SQLITE_IOERR_WRITE;
    bool fits = sim_disk_put(handle->disk, handle->file, (uint64_t)offset, from, (size_t)size);
    return fits ? SQLITE_OK : SQLITE_FULL;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct sim_handle *handle = handle_of(base);
    if (enter(handle, SIM_DISK_TRUNCATE) != SIM_GOES)
        return SQLITE_IOERR_TRUNCATE;
    sim_file_truncate(handle->file, (uint64_t)size);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags)
{
    (void)flags; /* fdatasync makes a grown size durable too */
    struct sim_handle *handle = handle_of(base);
    enum sim_disk_outcome outcome = enter(handle, SIM_DISK_SYNC);
    if (outcome == SIM_FAILS_LOSING)
        sim_file_forget(handle->file);
    if (outcome != SIM_GOES)
        return SQLITE_IOERR_FSYNC;
    sim_disk_make_durable(handle->disk, handle->file, handle->syncs_folder ? handle->path : NULL);
    handle->syncs_folder = false;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *ret_size)
{
    struct sim_handle *handle = handle_of(base);
    *ret_size = (sqlite3_int64)handle->file->now.size;
    bool is_dead = handle->disk->is_halted || handle->life != handle->disk->life;
    return is_dead ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
    (void)base;
    if (operation == SQLITE_FCNTL_MMAP_SIZE) {
        *(sqlite3_int64 *)argument = 0; /* there is none, whatever is asked for */
        return SQLITE_OK;
    }
    if (operation != SQLITE_FCNTL_HAS_MOVED)
        return SQLITE_NOTFOUND;
    *(int *)argument = 0;
    return SQLITE_OK;
}

static int file_sector_size(sqlite3_file *base)
{
    (void)base;
    return SECTOR_SIZE;
}

static int file_characteristics(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = sim_lock,
    .xUnlock = sim_unlock,
    .xCheckReservedLock = sim_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = sim_shm_map,
    .xShmLock = sim_shm_lock,
    .xShmBarrier = sim_shm_barrier,
    .xShmUnmap = sim_shm_unmap,
};

/* ---- the VFS ---- */

static struct sim_disks *disks_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static int refused(struct sim_disks *disks, int number)
{
    disks->error_number = number;
    return SQLITE_CANTOPEN;
}

/* The file at `path`, made when it may be. */
static struct sim_file *file_at(struct sim_disk *disk, const char *path, int flags)
{
    bool is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    struct sim_file *file = sim_name_file(disk, path);
    if (file != NULL) {
        sim_file_keep(file);
        return file;
    }
    if (!is_main && (flags & SQLITE_OPEN_CREATE) == 0)
        return NULL;
    file = sim_file_make(false);
    size_t at = sim_name_make(disk, path);
    sim_name_change(disk, at, file, at);
    if (is_main)
        sim_names_sync(disk, path);
    return file;
}

static int open_named(struct sim_disks *disks, struct sim_handle *handle, int flags)
{
    handle->disk = sim_disk_of(disks, handle->path);
    if (handle->disk == NULL)
        return refused(disks, ENOENT);
    handle->life = handle->disk->life;
    if (enter(handle, SIM_DISK_OPEN) != SIM_GOES)
        return SQLITE_CANTOPEN;
    handle->file = file_at(handle->disk, handle->path, flags);
    if (handle->file == NULL)
        return refused(disks, ENOENT);
    handle->syncs_folder =
        (flags & SQLITE_OPEN_CREATE) != 0 &&
        (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
                    int *ret_flags)
{
    struct sim_handle *handle = handle_of(base);
    struct sim_disks *disks = disks_of(vfs);
    /* pMethods NULL: after a failed opening SQLite does not close. */
    *handle = (struct sim_handle){.path = path == NULL ? "" : path};
    if (path == NULL) {
        handle->disk = &disks->temporary;
        handle->file = sim_file_make(true);
    } else {
        int code = open_named(disks, handle, flags);
        if (code != SQLITE_OK)
            return code;
    }
    handle->base.pMethods = &file_methods;
    if (ret_flags != NULL)
        *ret_flags = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder)
{
    struct sim_disk *disk = sim_disk_of(disks_of(vfs), path);
    if (disk == NULL)
        return SQLITE_IOERR_DELETE_NOENT;
    struct files files = sim_disk_files(disk);
    int number = files.remove(disk, path);
    if (number != 0)
        return number == ENOENT ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
    if (syncs_folder == 0)
        return SQLITE_OK;
    if (sim_disk_enter(disk, disk->life, SIM_DISK_SYNC, path) != SIM_GOES)
        return SQLITE_IOERR_DIR_FSYNC;
    sim_disk_make_durable(disk, NULL, path);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_is_there)
{
    (void)flags;
    struct sim_disk *disk = sim_disk_of(disks_of(vfs), path);
    struct view bytes = {.size = 0};
    bool is_there = disk != NULL && !disk->is_halted && sim_disk_look(disk, path, &bytes);
    /* An empty file is none, as SQLite's unix VFS has it. */
    *ret_is_there = is_there && bytes.size > 0;
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *full)
{
    (void)vfs;
    size_t length = strlen(path);
    if (length >= (size_t)size)
        return SQLITE_CANTOPEN;
    memcpy(full, path, length + 1);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *bytes)
{
    random_fill(&disks_of(vfs)->random, (uint8_t *)bytes, (size_t)size);
    return size;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *ret_julian_ms)
{
    *ret_julian_ms = JULIAN_MS_OF_UNIX + clock_utc_s(&disks_of(vfs)->clock) * 1000;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *text)
{
    (void)size;
    (void)text;
    return disks_of(vfs)->error_number;
}

void sim_vfs_describe(struct sim_disks *disks)
{
    disks->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct sim_handle),
        .mxPathname = SIM_DISK_PATH_MAX,
        .zName = "netra-sim",
        .pAppData = disks,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time,
    };
}
