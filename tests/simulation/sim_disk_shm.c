/*
 * Locks and the wal-index, among the connections of this process. A dead connection's calls do
 * nothing: what it held went with its process.
 */
#include "common/base/invariant.h"
#include "tests/simulation/sim_disk_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_dead(const struct sim_handle *handle)
{
    return handle->disk->is_halted || handle->life != handle->disk->life;
}

static int take_shared(struct sim_handle *handle)
{
    struct sim_file *file = handle->file;
    if (file->writer != NULL && file->writer != handle && file->writer_lock > SQLITE_LOCK_RESERVED)
        return SQLITE_BUSY;
    file->readers++;
    handle->lock = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
}

int sim_lock(sqlite3_file *base, int level)
{
    struct sim_handle *handle = (struct sim_handle *)base;
    struct sim_file *file = handle->file;
    if (is_dead(handle))
        return SQLITE_IOERR_LOCK;
    if (handle->lock >= level)
        return SQLITE_OK;
    if (level == SQLITE_LOCK_SHARED)
        return take_shared(handle);
    if (file->writer != NULL && file->writer != handle)
        return SQLITE_BUSY;
    bool waits = level == SQLITE_LOCK_EXCLUSIVE && file->readers > 1;
    file->writer = handle;
    file->writer_lock = waits ? SQLITE_LOCK_PENDING : level;
    handle->lock = file->writer_lock;
    return waits ? SQLITE_BUSY : SQLITE_OK;
}

int sim_unlock(sqlite3_file *base, int level)
{
    struct sim_handle *handle = (struct sim_handle *)base;
    if (handle->lock <= level || is_dead(handle))
        return SQLITE_OK;
    if (handle->file->writer == handle)
        handle->file->writer = NULL;
    if (level == SQLITE_LOCK_NONE)
        handle->file->readers--;
    handle->lock = level;
    return SQLITE_OK;
}

int sim_check_reserved(sqlite3_file *base, int *ret_is_reserved)
{
    struct sim_handle *handle = (struct sim_handle *)base;
    *ret_is_reserved = handle->file->writer != NULL;
    return is_dead(handle) ? SQLITE_IOERR_CHECKRESERVEDLOCK : SQLITE_OK;
}

static void shm_attach(struct sim_handle *handle)
{
    struct sim_file *file = handle->file;
    if (handle->shm != NULL)
        return;
    if (file->shm == NULL) {
        file->shm = sim_memory(NULL, sizeof *file->shm);
        *file->shm = (struct sim_shm){.users = 0};
    }
    handle->shm = file->shm;
    handle->shm->users++;
}

int sim_shm_map(sqlite3_file *base, int region, int size, int is_extending,
                void volatile **ret_memory)
{
    struct sim_handle *handle = (struct sim_handle *)base;
    *ret_memory = NULL;
    if (sim_disk_enter(handle->disk, handle->life, SIM_DISK_SHM_MAP, handle->path) != SIM_GOES)
        return SQLITE_IOERR_SHMMAP;
    INVARIANT(region >= 0 && region < SIM_SHM_REGIONS);
    shm_attach(handle);
    uint8_t **memory = &handle->shm->regions[region];
    if (*memory == NULL && is_extending) {
        *memory = sim_memory(NULL, (size_t)size);
        memset(*memory, 0, (size_t)size);
    }
    *ret_memory = *memory;
    return SQLITE_OK;
}

static bool is_free(const struct sim_handle *handle, int lock, bool is_exclusive)
{
    const struct sim_shm *shm = handle->shm;
    if (shm->exclusive[lock] != NULL && shm->exclusive[lock] != handle)
        return false;
    unsigned own = handle->shm_shared >> lock & 1u;
    return !is_exclusive || shm->shared[lock] == own;
}

static void shm_release(struct sim_handle *handle, int lock)
{
    unsigned bit = 1u << lock;
    if ((handle->shm_exclusive & bit) != 0)
        handle->shm->exclusive[lock] = NULL;
    if ((handle->shm_shared & bit) != 0)
        handle->shm->shared[lock]--;
    handle->shm_exclusive &= ~bit;
    handle->shm_shared &= ~bit;
}

static void shm_take(struct sim_handle *handle, int lock, bool is_exclusive)
{
    unsigned bit = 1u << lock;
    if (is_exclusive) {
        handle->shm->exclusive[lock] = handle;
        handle->shm_exclusive |= bit;
    } else if ((handle->shm_shared & bit) == 0) {
        handle->shm->shared[lock]++;
        handle->shm_shared |= bit;
    }
}

int sim_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct sim_handle *handle = (struct sim_handle *)base;
    bool is_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    bool is_release = (flags & SQLITE_SHM_UNLOCK) != 0;
    if (handle->shm == NULL || (is_dead(handle) && !is_release))
        return SQLITE_IOERR_SHMLOCK;
    for (int lock = offset; lock < offset + count && !is_release; lock++) {
        if (!is_free(handle, lock, is_exclusive))
            return SQLITE_BUSY;
    }
    for (int lock = offset; lock < offset + count; lock++) {
        if (is_release)
            shm_release(handle, lock);
        else
            shm_take(handle, lock, is_exclusive);
    }
    return SQLITE_OK;
}

void sim_shm_barrier(sqlite3_file *base)
{
    (void)base;
}

int sim_shm_unmap(sqlite3_file *base, int is_deleting)
{
    (void)is_deleting; /* as with memory that nobody maps any more, it goes with the last user */
    struct sim_handle *handle = (struct sim_handle *)base;
    struct sim_shm *shm = handle->shm;
    if (shm == NULL)
        return SQLITE_OK;
    for (int lock = 0; lock < SIM_SHM_LOCKS; lock++)
        shm_release(handle, lock);
    handle->shm = NULL;
    if (--shm->users > 0)
        return SQLITE_OK;
    if (handle->file->shm == shm)
        handle->file->shm = NULL;
    for (size_t region = 0; region < SIM_SHM_REGIONS; region++)
        free(shm->regions[region]);
    free(shm);
    return SQLITE_OK;
}
