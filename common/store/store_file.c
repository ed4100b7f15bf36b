/*
 * The store's files before SQLite sees them: the process lock, and the creation of the database.
 */
#include "common/base/cleanup.h"
#include "common/base/invariant.h"
#include "common/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
    *descriptor = -1;
}

/* Gives the descriptor away, so that its CLEANUP does nothing. */
static int descriptor_take(int *descriptor)
{
    int taken = *descriptor;
    *descriptor = -1;
    return taken;
}

/* The status of a system call that failed on the way to a usable file. */
static enum status status_of_errno(struct diag *diag, const char *call)
{
    int number = errno;
    diag_set(diag, "%s: %s", call, strerror(number));
    return number == ENOSPC || number == EDQUOT ? STATUS_STORE_FULL : STATUS_STORE_UNUSABLE;
}

enum status store_lock_take(const char *path, int *ret_descriptor, struct diag *diag)
{
    char lock_path[PATH_MAX];
    int length = snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    if (length < 0 || (size_t)length >= sizeof lock_path) {
        diag_set(diag, "the path is too long");
        return STATUS_STORE_UNUSABLE;
    }
    CLEANUP(descriptor_close)
    int descriptor = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return status_of_errno(diag, "open the lock file");
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return status_of_errno(diag, "lock");
        diag_set(diag, "another process holds the lock");
        return STATUS_ALREADY_RUNNING;
    }
    *ret_descriptor = descriptor_take(&descriptor);
    return STATUS_OK;
}

void store_lock_drop(int *descriptor)
{
    descriptor_close(descriptor);
}

/* Makes the file's name survive a power cut. */
static enum status sync_directory_of(const char *path, struct diag *diag)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    INVARIANT(path[0] == '/' && slash != NULL && strlen(path) < sizeof directory);
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    memcpy(directory, path, length);
    directory[length] = '\0';
    CLEANUP(descriptor_close)
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return status_of_errno(diag, "open the directory");
    if (fsync(descriptor) != 0) {
        (void)status_of_errno(diag, "sync the directory");
        return STATUS_STORE_SYNC_FAILED;
    }
    return STATUS_OK;
}

enum status store_file_make(const char *path, char *resolved, struct diag *diag)
{
    bool is_empty = false;
    {
        /* Closed before SQLite opens the file: closing any descriptor of it later would drop the
         * POSIX locks that SQLite holds on it. O_NOFOLLOW: a link planted there is refused; links
         * above it are the operator's. */
        CLEANUP(descriptor_close)
        int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0)
            return status_of_errno(diag, "open or create");
        struct stat found = {.st_size = 0};
        if (fstat(descriptor, &found) != 0)
            return status_of_errno(diag, "stat");
        if (!S_ISREG(found.st_mode)) {
            diag_set(diag, "not a regular file");
            return STATUS_STORE_UNUSABLE;
        }
        is_empty = found.st_size == 0;
    }
    /* A path that begins with a slash is never one of SQLite's URIs or special names. */
    if (realpath(path, resolved) == NULL)
        return status_of_errno(diag, "resolve");
    return is_empty ? sync_directory_of(resolved, diag) : STATUS_OK;
}
