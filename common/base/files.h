/*
 * Files outside a store, as a struct of functions: the real ones are the system's; a simulation
 * brings its own disk.
 *
 * Why so few: whoever writes a file here writes it aside, syncs it, renames it and syncs its
 * folder, so that a reader sees it whole at any instant and after any crash.
 * Errors: each function yields 0 or an errno.
 */
#ifndef NETRA_BASE_FILES_H
#define NETRA_BASE_FILES_H

#include "common/base/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct files {
    void *self;

    /* Writes a file that is always a new one: what has the name is removed first, since pages of
     * a file whose sync failed may be called clean without being on disk. Syncs nothing. */
    int (*write_new)(void *self, const char *path, struct view bytes, unsigned mode);

    /* Reads the whole file. ENOENT: there is none. EFBIG: it has more than `size` bytes. EINVAL:
     * it is no regular file. */
    int (*read)(void *self, const char *path, uint8_t *bytes, size_t size, size_t *ret_size);

    /* Makes the contents of a file, or the names in a folder, survive a power cut. */
    int (*sync)(void *self, const char *path);
    int (*sync_folder)(void *self, const char *path);

    /* Gives the file another name, in place of whatever has it. */
    int (*rename)(void *self, const char *from, const char *to);

    /* Gives the file a further name. EEXIST: something has it. */
    int (*link)(void *self, const char *from, const char *to);

    int (*remove)(void *self, const char *path);

    /* Makes the folder, mode 0700, where it is absent; *ret_is_new says whether it was. One that
     * is there must be ours to write. */
    int (*make_folder)(void *self, const char *path, bool *ret_is_new);

    /* Whether the folder has a file of that name, or of that name with a colon and more behind it
     * (a Maildir's flags). ENOENT: it has not. */
    int (*find)(void *self, const char *folder, const char *name);
};

/* The system's own. */
struct files files_of_system(void);

/* Syncs the folder that `path`, which is absolute, lies in. */
int files_sync_folder_of(const struct files *files, const char *path);

#endif
