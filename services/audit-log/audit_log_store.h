/*
 * audit-log's tables: the leaves, their payloads beside them, and what is found by them.
 *
 *   leaf        a leaf of the tree and its hash, by index from 0; of a case, the index of the
 *               case's leaf before it; its payload as it travelled, NULL when that is erased
 *   node        the hash of each complete tile of 256 leaves, by the tile's index
 *   case_state  per case its newest event's number, leaf hash and index
 *   run         where consecutive events of a stream got consecutive indices
 *   tree        one row: what the newest checkpoint is of, and the checkpoint
 *
 * Why: runs instead of a row per event, because streams arrive in batches: finding a point of a
 * stream costs a row per batch, and so does appending.
 * Owns: prepared statements; the store is the service's.
 * Limits: indices and seqs are below 2^63.
 * Errors: the store's statuses, everywhere; STATUS_STORE_CORRUPT also where a row is missing.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_STORE_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_STORE_H

#include "common/base/arena.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/base/view.h"
#include "common/store/store.h"
#include "common/wire/header.h"
#include "services/audit-log/audit_log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* PRAGMA application_id: "NT", and audit-log's number among the services. */
#define AUDIT_LOG_APPLICATION_ID 0x4e540004u

/* A checkpoint's note: an origin twice, a size, a root and one signature are far below it. */
#define AUDIT_LOG_CHECKPOINT_BYTES_MAX 1024u

enum audit_log_statement {
    AUDIT_LOG_COUNT_LEAVES,
    AUDIT_LOG_COUNT_NODES,
    AUDIT_LOG_PUT_LEAF,
    AUDIT_LOG_PUT_NODE,
    AUDIT_LOG_GET_CASE,
    AUDIT_LOG_LAST_CASE,
    AUDIT_LOG_PUT_CASE,
    AUDIT_LOG_READ_CASE_LEAF,
    AUDIT_LOG_PUT_RUN,
    AUDIT_LOG_RUN_BEFORE,
    AUDIT_LOG_RUN_AFTER,
    AUDIT_LOG_GET_TREE,
    AUDIT_LOG_PUT_TREE,
    AUDIT_LOG_PUT_RECOVERY,
    AUDIT_LOG_SETTLE_RECOVERY,
    AUDIT_LOG_READ_LEAVES,
    AUDIT_LOG_READ_ROWS,
    AUDIT_LOG_READ_NODES,
    AUDIT_LOG_STATEMENT_COUNT
};

struct audit_log_store {
    struct statement statements[AUDIT_LOG_STATEMENT_COUNT];
};

/* A step that has shipped is never edited. */
#define AUDIT_LOG_MIGRATION_COUNT 1u
extern const char *const audit_log_migration_steps[AUDIT_LOG_MIGRATION_COUNT];

/* Events first_seq to first_seq + count - 1 of a stream are leaves first_index and on. */
struct audit_log_run {
    uint64_t first_seq;
    uint64_t first_index;
    uint64_t count;
};

/* What the newest signature is of. */
struct audit_log_signed {
    uint64_t size; /* leaves */
    uint8_t root[SHA256_SIZE];
    uint8_t checkpoint[AUDIT_LOG_CHECKPOINT_BYTES_MAX]; /* the signed note */
    size_t checkpoint_size;                             /* 0: nothing was signed yet */
};

/* Recoveries of audit-log itself (protocol.md 11). */
struct audit_log_recovery {
    bool was_ever;
    uint64_t index;    /* of the newest one's leaf */
    bool is_unsettled; /* nothing was published since: the file may be of what was given up */
};

/* A leaf as it is handed out. */
struct audit_log_row {
    uint64_t index;
    uint8_t leaf[HEADER_SIZE];
    uint8_t leaf_hash[SHA256_SIZE]; /* as stored */
    struct view payload;            /* as stored; empty when erased */
};

/* What a row takes in an answer besides its payload, and a node; the wire's tests hold them. */
#define AUDIT_LOG_ROW_BYTES 300u
#define AUDIT_LOG_NODE_BYTES 60u

/* Rows of one answer, and the node of the one tile that may end among them. */
struct audit_log_page {
    struct audit_log_row *rows; /* rows_max; in the arena */
    size_t rows_max;            /* at most MERKLE_TILE_LEAVES */
    size_t count;
    size_t bytes; /* that the rows take in an answer, at most */
    size_t bytes_max;
    bool is_full;
    bool has_node;
    uint64_t node_index;
    uint8_t node_hash[SHA256_SIZE];
};

/* Prepares the statements of an open store. */
enum status audit_log_store_open(struct audit_log_store *tables, struct store *store) MUST_USE;
void audit_log_store_close(struct audit_log_store *tables);

/* How many leaves and nodes there are, those of the open transaction included. */
enum status audit_log_store_count_leaves(struct audit_log_store *tables,
                                         uint64_t *ret_count) MUST_USE;
enum status audit_log_store_count_nodes(struct audit_log_store *tables,
                                        uint64_t *ret_count) MUST_USE;

/* Keeps a leaf and its payload under the next index. `previous` is the index of its case's leaf
 * before it; NULL: there is none. */
enum status audit_log_store_put_leaf(struct audit_log_store *tables, uint64_t index,
                                     const struct audit_log_leaf *leaf, const uint64_t *previous,
                                     struct view payload) MUST_USE;

/* Keeps a tile's hash. */
enum status audit_log_store_put_node(struct audit_log_store *tables, uint64_t index,
                                     const uint8_t hash[SHA256_SIZE]) MUST_USE;

/* The case's newest event; all zero when there is none. */
enum status audit_log_store_get_case(struct audit_log_store *tables,
                                     const uint8_t case_handle[CASE_HANDLE_SIZE],
                                     struct audit_log_case *ret_case) MUST_USE;
/* The largest case handle there is; zero when there is no case. */
enum status audit_log_store_last_case(struct audit_log_store *tables,
                                      uint8_t case_handle[CASE_HANDLE_SIZE]) MUST_USE;
enum status audit_log_store_put_case(struct audit_log_store *tables,
                                     const uint8_t case_handle[CASE_HANDLE_SIZE],
                                     const struct audit_log_case *newest) MUST_USE;

/* Keeps a run; the one that begins at its seq gets its count. */
enum status audit_log_store_put_run(struct audit_log_store *tables,
                                    const uint8_t stream_id[STREAM_ID_SIZE],
                                    const struct audit_log_run *run) MUST_USE;

/* The last run of the stream that begins at `seq` or before. STATUS_NOT_FOUND. */
enum status audit_log_store_run_before(struct audit_log_store *tables,
                                       const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                       struct audit_log_run *ret_run) MUST_USE;

/* The first run of the stream that ends at `seq` or later. STATUS_NOT_FOUND. */
enum status audit_log_store_run_after(struct audit_log_store *tables,
                                      const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                      struct audit_log_run *ret_run) MUST_USE;

/* What was signed last, and what is known of recoveries. */
enum status audit_log_store_get_tree(struct audit_log_store *tables,
                                     struct audit_log_signed *ret_signed,
                                     struct audit_log_recovery *ret_recovery) MUST_USE;

/* Keeps what was signed; `size_before` must be the size that stands there. */
enum status audit_log_store_put_tree(struct audit_log_store *tables, uint64_t size_before,
                                     const struct audit_log_signed *newest) MUST_USE;

/* A recovery's leaf stands at that index; and: its checkpoint was published. */
enum status audit_log_store_put_recovery(struct audit_log_store *tables, uint64_t index) MUST_USE;
enum status audit_log_store_settle_recovery(struct audit_log_store *tables) MUST_USE;

/* Gets a leaf, HEADER_SIZE bytes, or a node with `leaf` NULL; its own failure ends the reading. */
typedef enum status (*audit_log_visit)(void *self, const uint8_t *leaf,
                                       const uint8_t hash[SHA256_SIZE]);

/* Visits the leaves from index `first` up to, without, `end`, in order and without a gap. */
enum status audit_log_store_each_leaf(struct audit_log_store *tables, uint64_t first, uint64_t end,
                                      audit_log_visit visit, void *self) MUST_USE;

/* The same with the nodes of tiles. */
enum status audit_log_store_each_node(struct audit_log_store *tables, uint64_t first, uint64_t end,
                                      audit_log_visit visit, void *self) MUST_USE;

/* An empty page. STATUS_NO_MEMORY. */
enum status audit_log_page_open(struct audit_log_page *page, size_t rows_max, size_t bytes_max,
                                struct arena *arena) MUST_USE;

/* Fills an empty page with the case's leaves below index `end`, in order and without payloads: all
 * of them, or the newest that the page has rows for. None is fine. */
enum status audit_log_store_read_case(struct audit_log_store *tables,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE], uint64_t end,
                                      struct audit_log_page *page) MUST_USE;

/* Adds the rows from index `first` up to, without, `end` until the page is full. One row always
 * fits. Payloads lie in the arena. STATUS_NO_MEMORY. */
enum status audit_log_store_read(struct audit_log_store *tables, uint64_t first, uint64_t end,
                                 struct arena *arena, struct audit_log_page *page) MUST_USE;

#endif
