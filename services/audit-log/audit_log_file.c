/* The published checkpoint as a file. */
#include "services/audit-log/audit_log_file.h"

#include "common/base/fault_point.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define ASIDE_MAX 1000u

static enum status refused(const char *call, int number, struct diag *diag)
{
    diag_set(diag, "%s the checkpoint's file: %s", call, strerror(number));
    return number == ENOSPC || number == EDQUOT ? STATUS_STORE_FULL : STATUS_STORE_IO;
}

static enum status checked(const char *call, int number, struct diag *diag)
{
    return number == 0 ? STATUS_OK : refused(call, number, diag);
}

static enum status synced(const char *what, int number, struct diag *diag)
{
    if (number == 0)
        return STATUS_OK;
    diag_set(diag, "sync %s: %s", what, strerror(number));
    return STATUS_STORE_SYNC_FAILED;
}

/* Makes the folder's entries survive a power cut. */
static enum status sync_folder_of(const struct files *files, const char *path, struct diag *diag)
{
    return synced("the checkpoint's folder", files_sync_folder_of(files, path), diag);
}

/* "<path><ending>". 0, or an errno: it is too long. */
static int name_of(char name[PATH_MAX], const char *path, const char *ending)
{
    int length = snprintf(name, PATH_MAX, "%s%s", path, ending);
    return length >= 0 && length < PATH_MAX ? 0 : ENAMETOOLONG;
}

enum status audit_log_file_write(const struct files *files, const char *path, struct view bytes,
                                 struct diag *diag)
{
    char name[PATH_MAX];
    TRY(FAULT_POINT_STATUS(audit_before_publish));
    TRY(checked("name", name_of(name, path, ".new"), diag));
    TRY(checked("write", files->write_new(files->self, name, bytes, 0644), diag));
    TRY(synced("the checkpoint's file", files->sync(files->self, name), diag));
    TRY(FAULT_POINT_STATUS(audit_publish_written));
    TRY(checked("rename", files->rename(files->self, name, path), diag));
    return sync_folder_of(files, path, diag);
}

enum status audit_log_file_read(const struct files *files, const char *path, uint8_t *bytes,
                                size_t size, size_t *ret_size, struct diag *diag)
{
    int number = files->read(files->self, path, bytes, size, ret_size);
    if (number == ENOENT)
        return STATUS_NOT_FOUND;
    return number == EFBIG ? STATUS_FRAME_TOO_LARGE : checked("read", number, diag);
}

/* A link never replaces a name, as rename would. 0, or an errno. */
static int take_name(const struct files *files, const char *path, uint64_t number,
                     unsigned attempt)
{
    char ending[64];
    char name[PATH_MAX];
    if (attempt == 1)
        (void)snprintf(ending, sizeof(ending), ".forked-%" PRIu64, number);
    else
        (void)snprintf(ending, sizeof(ending), ".forked-%" PRIu64 "-%u", number, attempt);
    int refusal = name_of(name, path, ending);
    return refusal == 0 ? files->link(files->self, path, name) : refusal;
}

enum status audit_log_file_set_aside(const struct files *files, const char *path, uint64_t number,
                                     struct diag *diag)
{
    int refusal = EEXIST;
    for (unsigned attempt = 1; attempt <= ASIDE_MAX && refusal == EEXIST; attempt++)
        refusal = take_name(files, path, number, attempt);
    if (refusal == 0)
        refusal = files->remove(files->self, path);
    TRY(checked("set aside", refusal, diag));
    return sync_folder_of(files, path, diag);
}
