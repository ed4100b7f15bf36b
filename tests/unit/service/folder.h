/*
 * A folder of a test's own, and files in it.
 */
#ifndef NETRA_TESTS_UNIT_SERVICE_FOLDER_H
#define NETRA_TESTS_UNIT_SERVICE_FOLDER_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_PATH_BYTES 512u

struct folder {
    char path[64];
};

static inline int folder_remove_one(const char *path, const struct stat *about, int kind,
                                    struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static inline void folder_open(struct folder *folder)
{
    (void)snprintf(folder->path, sizeof(folder->path), "/tmp/netra-test-XXXXXX");
    if (mkdtemp(folder->path) == NULL)
        abort();
}

static inline void folder_close(struct folder *folder)
{
    (void)nftw(folder->path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void folder_path(const struct folder *folder, const char *name,
                               char path[FOLDER_PATH_BYTES])
{
    (void)snprintf(path, FOLDER_PATH_BYTES, "%s/%s", folder->path, name);
}

/* Writes a file with that mode. */
static inline void folder_write(const char *path, const void *bytes, size_t size, mode_t mode)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0 || write(descriptor, bytes, size) != (ssize_t)size ||
        fchmod(descriptor, mode) != 0 || close(descriptor) != 0)
        abort();
}

#endif
