/*
 * The tree over the store: leaves go into the store as events are applied; once per transaction
 * the tree is carried on over them and its checkpoint signed; memory follows when the transaction
 * is on disk.
 *
 * Why: what a transaction added is read back from the store before it is signed, so a leaf that
 * changed between memory and store is found before a signature covers it (reference/audit.md,
 * finding 10). Of the open transaction memory holds the end and the cases' newest leaves alone.
 * Owns: nothing; borrows the tables, the origin and the secret key. sodium_init must have
 * succeeded.
 * Limits: 2^63 leaves.
 * Errors: the store's statuses, everywhere; STATUS_STORE_CORRUPT where the tables don't agree.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_TREE_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_TREE_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/base/merkle.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/wire/header.h"
#include "services/audit-log/audit_log_cases.h"
#include "services/audit-log/audit_log_store.h"
#include "services/audit-log/note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who signs. */
struct audit_log_signer {
    const char *origin;         /* the log's name: a note key's name */
    const uint8_t *sign_public; /* NOTE_PUBLIC_KEY_SIZE */
    const uint8_t *sign_secret; /* NOTE_SECRET_KEY_SIZE */
};

struct audit_log_head {
    struct merkle_frontier frontier;
    struct audit_log_signed newest;
};

struct audit_log_tree {
    struct audit_log_store *tables;
    struct note_key key;
    const uint8_t *sign_secret;
    struct audit_log_head committed;
    struct audit_log_head pending; /* what the open transaction signed */
    bool is_pending;
    struct audit_log_recovery recovery; /* as it was at open: a recovery restarts the process */
    struct audit_log_cases cases;
    uint64_t end;      /* the next leaf's index, those of the open transaction counted */
    bool is_end_known; /* false: the store is to be asked */
};

/*
 * Loads the tree and makes it anew from nodes and last leaves, which are hashed again.
 * STATUS_CONFIG_INVALID: the origin can't be a note's. STATUS_KEY_FILE_INVALID: the stored
 * checkpoint was signed with another key or for another origin. STATUS_STORE_CORRUPT: leaves,
 * nodes, root and checkpoint don't belong together; `diag` says which.
 */
enum status audit_log_tree_open(struct audit_log_tree *tree, struct audit_log_store *tables,
                                const struct audit_log_signer *signer, struct diag *diag) MUST_USE;

/*
 * Appends an event as a leaf, inside the caller's transaction. `payload` is the sealed one.
 * *ret_index is the leaf's.
 * After a recovery of audit-log a stream may repeat what stands here already: that is not appended
 * again, and the same event's index is yielded; STATUS_STORE_CORRUPT when another event stands
 * there. STATUS_OUT_OF_RANGE: a seq of 2^63 or more. And audit_log_make_leaf's.
 */
enum status audit_log_tree_append(struct audit_log_tree *tree,
                                  const uint8_t header_bytes[HEADER_SIZE], struct view payload,
                                  int64_t utc_s, uint64_t *ret_index, struct diag *diag) MUST_USE;

/* The last thing in a transaction: carries the tree on over the leaves that it added, and signs.
 * Without new leaves nothing is written. STATUS_STORE_CORRUPT also when a leaf isn't its stream's
 * next one (audit_log_streams.h). STATUS_NO_MEMORY. */
enum status audit_log_tree_seal(struct audit_log_tree *tree, struct arena *arena,
                                struct diag *diag) MUST_USE;

/* What the transaction did so far may be gone back to, and: it was. */
enum status audit_log_tree_saved(struct audit_log_tree *tree) MUST_USE;
void audit_log_tree_restored(struct audit_log_tree *tree);

/* The transaction is on disk, or was abandoned. */
void audit_log_tree_committed(struct audit_log_tree *tree);
void audit_log_tree_abandoned(struct audit_log_tree *tree);

/* The root that the committed tree had when it was of `size` leaves, from the store. `size` is at
 * most the committed size. */
enum status audit_log_tree_root_at(struct audit_log_tree *tree, uint64_t size,
                                   uint8_t root[SHA256_SIZE]) MUST_USE;

/* A page of committed leaves from index `first` on, and the node of the tile that ends among them.
 * STATUS_NO_MEMORY. */
enum status audit_log_tree_read(struct audit_log_tree *tree, uint64_t first, struct arena *arena,
                                struct audit_log_page *page) MUST_USE;

/* A page of the stream's committed leaves after seq `after`. STATUS_NO_MEMORY. */
enum status audit_log_tree_read_stream(struct audit_log_tree *tree,
                                       const uint8_t stream_id[STREAM_ID_SIZE], uint64_t after,
                                       struct arena *arena, struct audit_log_page *page) MUST_USE;

/* The case's committed leaves, as audit_log_store_read_case fills the page. */
enum status audit_log_tree_read_case(struct audit_log_tree *tree,
                                     const uint8_t case_handle[CASE_HANDLE_SIZE],
                                     struct audit_log_page *page) MUST_USE;

#endif
