/*
 * The published checkpoint as a file: replaced whole, read whole, set aside, never edited.
 *
 * Why: whoever reads the file, at any instant and after any crash, sees a whole checkpoint: the
 * new one is synced under another name and takes the old one's place by rename.
 * Owns: nothing; also the name `<path>.new`, which a crash may leave and the next writing
 * replaces.
 * Limits: paths of 4,096 bytes, absolute.
 * Errors: STATUS_STORE_FULL, STATUS_STORE_IO (the system refused), STATUS_STORE_SYNC_FAILED;
 * `diag` names the call.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_FILE_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_FILE_H

#include "common/base/diag.h"
#include "common/base/files.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stddef.h>
#include <stdint.h>

/* Writes the file anew, mode 0644: a checkpoint is for everybody. When it returns OK file and name
 * are on disk; otherwise the file is the old one, or already the new one. Passes the fault points
 * audit_before_publish and audit_publish_written. */
enum status audit_log_file_write(const struct files *files, const char *path, struct view bytes,
                                 struct diag *diag) MUST_USE;

/* Reads the file. STATUS_NOT_FOUND: there is none. STATUS_FRAME_TOO_LARGE: it has more than `size`
 * bytes. */
enum status audit_log_file_read(const struct files *files, const char *path, uint8_t *bytes,
                                size_t size, size_t *ret_size, struct diag *diag) MUST_USE;

/* Gives the file the name `<path>.forked-<number>`, or when that is taken the first of
 * `<path>.forked-<number>-2` … that is free: what was set aside before stays. */
enum status audit_log_file_set_aside(const struct files *files, const char *path, uint64_t number,
                                     struct diag *diag) MUST_USE;

#endif
