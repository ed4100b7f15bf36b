/*
 * The system's files behind the files parameter.
 */
#include "common/base/files.h"

#include "common/base/cleanup.h"
#include "common/base/invariant.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL)
        (void)closedir(*folder);
}

static int write_all(int descriptor, struct view bytes)
{
    size_t done = 0;
    while (done < bytes.size) {
        ssize_t written = write(descriptor, bytes.bytes + done, bytes.size - done);
        if (written < 0 && errno != EINTR)
            return errno;
        done += written < 0 ? 0 : (size_t)written;
    }
    return 0;
}

static int system_write_new(void *self, const char *path, struct view bytes, unsigned mode)
{
    (void)self;
    if (unlink(path) != 0 && errno != ENOENT)
        return errno;
    CLEANUP(close_descriptor)
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    return descriptor < 0 ? errno : write_all(descriptor, bytes);
}

static int system_read(void *self, const char *path, uint8_t *bytes, size_t size, size_t *ret_size)
{
    (void)self;
    CLEANUP(close_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return errno;
    if (!S_ISREG(about.st_mode))
        return EINVAL;
    size_t done = 0;
    uint8_t beyond;
    for (;;) {
        bool is_full = done == size;
        ssize_t got =
            read(descriptor, is_full ? &beyond : bytes + done, is_full ? 1 : size - done);
        if (got < 0 && errno != EINTR)
            return errno;
        if (got > 0 && is_full)
            return EFBIG;
        if (got == 0)
            break;
        done += got < 0 ? 0 : (size_t)got;
    }
    *ret_size = done;
    return 0;
}

static int sync_opened(const char *path, int flags)
{
    CLEANUP(close_descriptor) int descriptor = open(path, O_RDONLY | O_CLOEXEC | flags);
    return descriptor < 0 || fsync(descriptor) != 0 ? errno : 0;
}

static int system_sync(void *self, const char *path)
{
    (void)self;
    return sync_opened(path, O_NOFOLLOW);
}

static int system_sync_folder(void *self, const char *path)
{
    (void)self;
    return sync_opened(path, O_DIRECTORY);
}

static int system_rename(void *self, const char *from, const char *to)
{
    (void)self;
    return rename(from, to) == 0 ? 0 : errno;
}

static int system_link(void *self, const char *from, const char *to)
{
    (void)self;
    return link(from, to) == 0 ? 0 : errno;
}

static int system_remove(void *self, const char *path)
{
    (void)self;
    return unlink(path) == 0 ? 0 : errno;
}

static int system_make_folder(void *self, const char *path, bool *ret_is_new)
{
    (void)self;
    *ret_is_new = mkdir(path, 0700) == 0;
    if (*ret_is_new)
        return 0;
    return errno == EEXIST && access(path, W_OK | X_OK) == 0 ? 0 : errno;
}

static int system_find(void *self, const char *folder, const char *name)
{
    (void)self;
    CLEANUP(close_folder) DIR *opened = opendir(folder);
    if (opened == NULL)
        return errno;
    size_t size = strlen(name);
    for (const struct dirent *entry = readdir(opened); entry != NULL; entry = readdir(opened))
        if (strncmp(entry->d_name, name, size) == 0 &&
            (entry->d_name[size] == '\0' || entry->d_name[size] == ':'))
            return 0;
    return ENOENT;
}

struct files files_of_system(void)
{
    return (struct files){
        .write_new = system_write_new,
        .read = system_read,
        .sync = system_sync,
        .sync_folder = system_sync_folder,
        .rename = system_rename,
        .link = system_link,
        .remove = system_remove,
        .make_folder = system_make_folder,
        .find = system_find,
    };
}

int files_sync_folder_of(const struct files *files, const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    INVARIANT(path[0] == '/' && strlen(path) < sizeof folder);
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, path, length);
    folder[length] = '\0';
    return files->sync_folder(files->self, folder);
}
