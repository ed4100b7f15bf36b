/*
 * What of the tree is published, and whether what was published before still belongs to it.
 *
 * Why: a signature doesn't stop a rewritten history, memory does (reference/audit.md, finding 9).
 * The published checkpoint is the memory that an old or copied store lacks: a store that is behind
 * it, or has another root at its size, is not the log that was promised.
 * Owns: nothing; borrows the tree, the files and the path.
 * Units: milliseconds of CLOCK_BOOTTIME.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_PUBLISHED_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_PUBLISHED_H

#include "common/base/diag.h"
#include "common/base/files.h"
#include "common/base/status.h"
#include "services/audit-log/audit_log_tree.h"

#include <stdbool.h>
#include <stdint.h>

/* Between two writings of the file: readers cache it for seconds. */
#define AUDIT_LOG_PUBLISH_MS 1000

enum audit_log_finding {
    AUDIT_LOG_FILE_FITS,
    AUDIT_LOG_FILE_ABSENT,
    AUDIT_LOG_FILE_SET_ASIDE /* of what a recovery gave up */
};

struct audit_log_published {
    struct audit_log_tree *tree;
    const struct files *files;
    const char *path;
    bool is_allowed; /* it was checked: from there on the file is ours to replace */
    bool is_known;   /* the file is of the tree's first `size` leaves */
    uint64_t size;
    int64_t not_before; /* the next writing */
};

/*
 * Checks the published checkpoint against the tree. After a recovery whose own checkpoint wasn't
 * published yet, a file that doesn't fit is set aside.
 * STATUS_STORE_IO: the file can't be read or set aside. STATUS_STREAM_FORKED: it isn't a
 * checkpoint of this log's key and origin (it can't be torn: it is replaced by rename), is of more
 * leaves than the tree, or has another root; `diag` says which and what to do. Only after
 * STATUS_OK may anything be published.
 */
enum status audit_log_published_check(struct audit_log_published *published,
                                      enum audit_log_finding *ret_finding,
                                      struct diag *diag) MUST_USE;

/* Whether the file is behind the committed tree, and may be written. */
bool audit_log_published_is_behind(const struct audit_log_published *published);

/* Writes the committed tree's checkpoint. audit_log_file_write's statuses: try again later. */
enum status audit_log_published_write(struct audit_log_published *published, int64_t now_boot_ms,
                                      struct diag *diag) MUST_USE;

/* Whether a recovery is to be settled now (audit_log_store_settle_recovery): the file is of the
 * tree that goes on from it. */
bool audit_log_published_settles(const struct audit_log_published *published);

#endif
