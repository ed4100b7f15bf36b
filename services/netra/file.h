/*
 * The few things done with whole files. Errors are told with the file's name and the system's
 * reason.
 */
#ifndef NETRA_NETRA_FILE_H
#define NETRA_NETRA_FILE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>

/* Syncs the folder that holds `path`, so that a new name in it is on disk. False, with errno, when
 * the system refuses. */
bool file_sync_folder_of(const char *path);

/* Reads the whole file, or standard input for "-", into the arena, with a NUL behind it.
 * STATUS_NOT_FOUND: it can't be opened. STATUS_USAGE: it is a folder. STATUS_SYSTEM_FAILED: it
 * can't be read. STATUS_BODY_TOO_LARGE: more than `bytes_max`. STATUS_NO_MEMORY. */
enum status file_read(const char *path, size_t bytes_max, struct arena *arena,
                      struct view *ret_bytes, struct diag *diag) MUST_USE;

#endif
