/*
 * Whole files, read into an arena with their size bounded.
 */
#include "services/netra/file.h"

#include "common/base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_descriptor(const int *descriptor)
{
    if (*descriptor > STDERR_FILENO)
        (void)close(*descriptor);
}

bool file_sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const int size = slash == NULL ? 1 : (int)(slash - path) + 1;

    if (snprintf(folder, sizeof folder, "%.*s", size, slash == NULL ? "." : path) >=
        (int)sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    CLEANUP(close_descriptor) int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return descriptor >= 0 && fsync(descriptor) == 0;
}

enum status file_read(const char *path, size_t bytes_max, struct arena *arena,
                      struct view *ret_bytes, struct diag *diag)
{
    const bool is_input = strcmp(path, "-") == 0;
    CLEANUP(close_descriptor)
    int descriptor = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = arena_take(arena, bytes_max + 1);
    struct stat about;
    size_t size = 0;

    if (descriptor < 0) {
        diag_set(diag, "%s: %s", path, strerror(errno));
        return STATUS_NOT_FOUND;
    }
    if (bytes == NULL)
        return STATUS_NO_MEMORY;
    if (fstat(descriptor, &about) == 0 && S_ISDIR(about.st_mode)) {
        diag_set(diag, "%s is a folder; a file was expected", path);
        return STATUS_USAGE;
    }
    for (;;) {
        const ssize_t got = read(descriptor, bytes + size, bytes_max + 1 - size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            diag_set(diag, "%s: %s", path, strerror(errno));
            return STATUS_SYSTEM_FAILED;
        }
        if (got == 0)
            break;
        size += (size_t)got;
        if (size > bytes_max) {
            diag_set(diag, "%s: more than %zu bytes", path, bytes_max);
            return STATUS_BODY_TOO_LARGE;
        }
    }
    bytes[size] = '\0';
    *ret_bytes = view_of(bytes, size);
    return STATUS_OK;
}
