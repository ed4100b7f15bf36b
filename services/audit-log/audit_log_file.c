/* The published checkpoint as a file. */
#include "services/audit-log/audit_log_file.h"

#include "common/base/cleanup.h"
#include "common/base/fault_point.h"
#include "common/base/invariant.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASIDE_MAX 1000u

static void descriptor_close(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
    *descriptor = -1;
}

static enum status refused(const char *call, struct diag *diag)
{
    int number = errno;
    diag_set(diag, "%s the checkpoint's file: %s", call, strerror(number));
    return number == ENOSPC || number == EDQUOT ? STATUS_STORE_FULL : STATUS_STORE_IO;
}

static enum status sync_failed(const char *what, struct diag *diag)
{
    diag_set(diag, "sync %s: %s", what, strerror(errno));
    return STATUS_STORE_SYNC_FAILED;
}

/* "<path><ending>". False when it is too long. */
static bool name_of(char name[PATH_MAX], const char *path, const char *ending)
{
    int length = snprintf(name, PATH_MAX, "%s%s", path, ending);
    if (length >= 0 && length < PATH_MAX)
        return true;
    errno = ENAMETOOLONG;
    return false;
}

/* Makes the directory's entries survive a power cut. */
static enum status sync_directory_of(const char *path, struct diag *diag)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    INVARIANT(path[0] == '/' && strlen(path) < sizeof(directory));
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    memcpy(directory, path, length);
    directory[length] = '\0';
    CLEANUP(descriptor_close)
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return refused("open the folder of", diag);
    return fsync(descriptor) == 0 ? STATUS_OK : sync_failed("the checkpoint's folder", diag);
}

static enum status write_all(int descriptor, struct view bytes, struct diag *diag)
{
    size_t done = 0;
    while (done < bytes.size) {
        ssize_t written = write(descriptor, bytes.bytes + done, bytes.size - done);
        if (written < 0 && errno != EINTR)
            return refused("write", diag);
        done += written < 0 ? 0 : (size_t)written;
    }
    return STATUS_OK;
}

/* Always a new file: pages of one whose sync failed may be called clean without being on disk. */
static enum status write_new(const char *name, struct view bytes, struct diag *diag)
{
    if (unlink(name) != 0 && errno != ENOENT)
        return refused("replace", diag);
    CLEANUP(descriptor_close)
    int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return refused("create", diag);
    TRY(write_all(descriptor, bytes, diag));
    return fsync(descriptor) == 0 ? STATUS_OK : sync_failed("the checkpoint's file", diag);
}

enum status audit_log_file_write(const char *path, struct view bytes, struct diag *diag)
{
    char name[PATH_MAX];
    TRY(FAULT_POINT_STATUS(audit_before_publish));
    if (!name_of(name, path, ".new"))
        return refused("name", diag);
    TRY(write_new(name, bytes, diag));
    TRY(FAULT_POINT_STATUS(audit_publish_written));
    if (rename(name, path) != 0)
        return refused("rename", diag);
    return sync_directory_of(path, diag);
}

enum status audit_log_file_read(const char *path, uint8_t *bytes, size_t size, size_t *ret_size,
                                struct diag *diag)
{
    CLEANUP(descriptor_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (descriptor < 0 && errno == ENOENT)
        return STATUS_NOT_FOUND;
    if (descriptor < 0 || fstat(descriptor, &about) != 0)
        return refused("open", diag);
    if (!S_ISREG(about.st_mode)) {
        diag_set(diag, "the checkpoint's file is not a regular file");
        return STATUS_STORE_IO;
    }
    size_t done = 0;
    uint8_t beyond;
    for (;;) {
        bool is_full = done == size;
        ssize_t got =
            read(descriptor, is_full ? &beyond : bytes + done, is_full ? 1 : size - done);
        if (got < 0 && errno != EINTR)
            return refused("read", diag);
        if (got > 0 && is_full)
            return STATUS_FRAME_TOO_LARGE;
        if (got == 0)
            break;
        done += got < 0 ? 0 : (size_t)got;
    }
    *ret_size = done;
    return STATUS_OK;
}

/* A link never replaces a name, as rename would. */
static bool take_name(const char *path, uint64_t number, unsigned attempt, bool *ret_is_taken)
{
    char ending[64];
    char name[PATH_MAX];
    if (attempt == 1)
        (void)snprintf(ending, sizeof(ending), ".forked-%" PRIu64, number);
    else
        (void)snprintf(ending, sizeof(ending), ".forked-%" PRIu64 "-%u", number, attempt);
    *ret_is_taken = false;
    if (name_of(name, path, ending) && link(path, name) == 0)
        return true;
    *ret_is_taken = errno == EEXIST;
    return false;
}

enum status audit_log_file_set_aside(const char *path, uint64_t number, struct diag *diag)
{
    bool is_taken = true;
    bool is_done = false;
    for (unsigned attempt = 1; attempt <= ASIDE_MAX && is_taken && !is_done; attempt++)
        is_done = take_name(path, number, attempt, &is_taken);
    if (!is_done || unlink(path) != 0)
        return refused("set aside", diag);
    return sync_directory_of(path, diag);
}
