/*
 * The reserve is real blocks (posix_fallocate), not a hole: only those can be given back.
 */
#include "common/store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum status reserve_open(struct reserve *reserve, const char *store_path, uint64_t size)
{
    *reserve = (struct reserve){.size = size};
    int written = snprintf(reserve->path, sizeof reserve->path, "%s.reserve", store_path);
    if (written < 0 || (size_t)written >= sizeof reserve->path)
        return STATUS_STORE_UNUSABLE;
    return reserve_take(reserve);
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
