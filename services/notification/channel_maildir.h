/*
 * Handing notices over into folders: <root>/<recipient>/{tmp,new,cur}, as mail programs read them.
 *
 * A file's name comes from the Message-ID alone, so that a repeat after a crash lands on the same
 * name and doubles nothing. DONE means: file and folder are on disk.
 * Owns: nothing between calls.
 * Units: none. Limits: as many at once as the caller gives.
 */
#ifndef NETRA_NOTIFICATION_CHANNEL_MAILDIR_H
#define NETRA_NOTIFICATION_CHANNEL_MAILDIR_H

#include "common/base/diag.h"
#include "common/base/files.h"
#include "common/base/status.h"
#include "common/base/view.h"

#include <stdbool.h>

/* One notice to hand over. */
struct maildir_item {
    const char *recipient; /* an office's id: the folder's name */
    const char *message_id;
    struct view message; /* with LF line ends */
    /* It may have been handed over before the process died: if it stands in new or cur already,
     * that was so, and it is left alone. */
    bool is_repeat;
    bool is_done; /* set by the call */
    int error;    /* errno of what failed; 0 when done */
};

/* Makes the root, mode 0700, when it is absent. STATUS_CONFIG_INVALID: it can't be made or
 * written. */
enum status channel_maildir_open(const struct files *files, const char *root,
                                 struct diag *diag) MUST_USE;

/* Hands them over: all are written and synced in tmp, renamed into new, and each folder synced
 * once. Items that failed have is_done false and the others are not touched by it. */
void channel_maildir_hand_over(const struct files *files, const char *root,
                               struct maildir_item *items, unsigned count);

#endif
