/*
 * The reserve is real blocks (posix_fallocate), not a hole: only those can be given back.
 */
#include "common/store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES 512u /* of st_blocks, whatever the file system's own are */

enum status reserve_open(struct reserve *reserve, const char *store_path, uint64_t size)
{
    char resolved[PATH_MAX];
    struct stat file;
    *reserve = (struct reserve){.size = size};
    /* Of a store that lies elsewhere by a link, the reserve must lie on that disk. */
    const char *path = realpath(store_path, resolved) == NULL ? store_path : resolved;
    int written = snprintf(reserve->path, sizeof reserve->path, "%s.reserve", path);
    if (written < 0 || (size_t)written >= sizeof reserve->path)
        return STATUS_STORE_UNUSABLE;
    if (lstat(reserve->path, &file) != 0)
        return STATUS_OK;
    if (!S_ISREG(file.st_mode))
        return STATUS_STORE_UNUSABLE;
    /* What is beyond the size that is wanted now would never be given up. */
    bool is_cut = (uint64_t)file.st_size <= size || truncate(reserve->path, (off_t)size) == 0;
    reserve->is_held = size > 0 && (uint64_t)file.st_blocks * BLOCK_BYTES >= size;
    return is_cut ? STATUS_OK : STATUS_STORE_UNUSABLE;
}

enum status reserve_take(struct reserve *reserve)
{
    if (reserve->is_held || reserve->size == 0)
        return STATUS_OK;
    int file = open(reserve->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return errno == ENOSPC ? STATUS_STORE_FULL : STATUS_STORE_UNUSABLE;
    int failure = posix_fallocate(file, 0, (off_t)reserve->size);
    /* What was allocated before the room ended would only make the disk fuller. */
    if (failure != 0 && ftruncate(file, 0) != 0)
        failure = EIO;
    if (close(file) != 0 && failure == 0)
        failure = EIO;
    reserve->is_held = failure == 0;
    if (failure == 0)
        return STATUS_OK;
    return failure == ENOSPC || failure == EDQUOT ? STATUS_STORE_FULL : STATUS_STORE_UNUSABLE;
}

void reserve_release(struct reserve *reserve)
{
    if (!reserve->is_held)
        return;
    /* A failure leaves the blocks taken: nothing more can be done about it here. */
    reserve->is_held = truncate(reserve->path, 0) != 0;
}
