/* What of the tree is published. */
#include "services/audit-log/audit_log_published.h"

#include "common/base/mutant.h"
#include "services/audit-log/audit_log_file.h"
#include "services/audit-log/note.h"

#include <inttypes.h>
#include <string.h>

#define WHAT_TO_DO "see \"A service says STREAM_FORKED\" in docs/operations.md"

/* Whether the note is one of the tree's; STATUS_STREAM_FORKED with the reason, and *ret_size what
 * it is of, as far as that can be told. */
static enum status judge(struct audit_log_tree *tree, struct view note, uint64_t *ret_size,
                         struct diag *diag)
{
    struct note_checkpoint checkpoint;
    uint8_t root[SHA256_SIZE];
    uint64_t size = tree->committed.newest.size;
    enum status status = note_checkpoint_verify(note, &tree->key, &checkpoint);
    *ret_size = 0;
    if (status != STATUS_OK) {
        diag_set(diag, "the published checkpoint is not one of this log's key: %s; " WHAT_TO_DO,
                 status_text(status));
        return STATUS_STREAM_FORKED;
    }
    *ret_size = checkpoint.size;
    if (checkpoint.size > size) {
        diag_set(diag,
                 "the published checkpoint is of %" PRIu64 " leaves, the store has %" PRIu64
                 ": it is an old one or a copy; " WHAT_TO_DO,
                 checkpoint.size, size);
        return STATUS_STREAM_FORKED;
    }
    TRY(audit_log_tree_root_at(tree, checkpoint.size, root));
    if (memcmp(root, checkpoint.root, SHA256_SIZE) == 0)
        return STATUS_OK;
    diag_set(diag,
             "the store's first %" PRIu64
             " leaves are not those of the published checkpoint; " WHAT_TO_DO,
             checkpoint.size);
    return STATUS_STREAM_FORKED;
}

static enum status look(struct audit_log_published *published, struct diag *diag)
{
    uint8_t bytes[NOTE_BYTES_MAX];
    size_t size = 0;
    enum status status =
        audit_log_file_read(published->files, published->path, bytes, sizeof(bytes), &size, diag);
    if (status == STATUS_FRAME_TOO_LARGE)
        size = 0; /* what is larger than a note is none */
    else
        TRY(status);
    return judge(published->tree, view_of(bytes, size), &published->size, diag);
}

enum status audit_log_published_check(struct audit_log_published *published,
                                      enum audit_log_finding *ret_finding, struct diag *diag)
{
    enum status status = MUTANT(published_not_compared) ? STATUS_OK : look(published, diag);
    *ret_finding = AUDIT_LOG_FILE_FITS;
    published->is_known = status == STATUS_OK;
    if (status == STATUS_NOT_FOUND) {
        *ret_finding = AUDIT_LOG_FILE_ABSENT;
    } else if (status == STATUS_STREAM_FORKED && published->tree->recovery.is_unsettled) {
        TRY(audit_log_file_set_aside(published->files, published->path, published->size, diag));
        *ret_finding = AUDIT_LOG_FILE_SET_ASIDE;
    } else {
        TRY(status);
    }
    published->is_allowed = true;
    return STATUS_OK;
}

bool audit_log_published_is_behind(const struct audit_log_published *published)
{
    uint64_t size = published->tree->committed.newest.size;
    return published->is_allowed && size > 0 && (!published->is_known || published->size != size);
}

enum status audit_log_published_write(struct audit_log_published *published, int64_t now_boot_ms,
                                      struct diag *diag)
{
    const struct audit_log_signed *newest = &published->tree->committed.newest;
    published->not_before = now_boot_ms + AUDIT_LOG_PUBLISH_MS;
    TRY(audit_log_file_write(published->files, published->path,
                             view_of(newest->checkpoint, newest->checkpoint_size), diag));
    published->is_known = true;
    published->size = newest->size;
    return STATUS_OK;
}

bool audit_log_published_settles(const struct audit_log_published *published)
{
    return published->tree->recovery.is_unsettled && published->is_allowed && published->is_known;
}
