/* SQL of the tables; what it means stands in the header. */
#include "services/audit-log/audit_log_store.h"

#include "common/base/invariant.h"

#include <string.h>

/* Lengths are checked where they are read: a check here costs as much as the row. The tree's row
 * begins as the empty tree: its root is SHA-256(""). A case's leaves are found from its newest
 * back: a column costs an append next to nothing, an index by case a page of its own for nearly
 * every leaf. The payload is the last column: reading the others doesn't touch it. */
static const char step_1[] =
    "CREATE TABLE leaf ("
    "  idx INTEGER PRIMARY KEY,"
    "  leaf BLOB NOT NULL,"
    "  leaf_hash BLOB NOT NULL,"
    "  previous_idx INTEGER,"
    "  payload BLOB"
    ") STRICT;"
    "CREATE TABLE node (idx INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE case_state (case_handle BLOB PRIMARY KEY, number INTEGER NOT NULL,"
    " leaf_hash BLOB NOT NULL, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE run ("
    "  stream_id BLOB NOT NULL,"
    "  first_seq INTEGER NOT NULL,"
    "  first_idx INTEGER NOT NULL,"
    "  count INTEGER NOT NULL,"
    "  PRIMARY KEY (stream_id, first_seq)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE tree ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  size INTEGER NOT NULL CHECK (size >= 0),"
    "  root BLOB NOT NULL CHECK (length(root) = 32),"
    "  checkpoint BLOB NOT NULL,"
    "  recovered_idx INTEGER,"
    "  is_recovered INTEGER NOT NULL CHECK (is_recovered IN (0, 1))"
    ") STRICT;"
    "INSERT INTO tree (id, size, root, checkpoint, recovered_idx, is_recovered) VALUES (1, 0,"
    "  x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', x'', NULL, 0);";

const char *const audit_log_migration_steps[AUDIT_LOG_MIGRATION_COUNT] = {step_1};

#define NEWEST_RUN_UP_TO \
    "(SELECT max(first_seq) FROM run WHERE stream_id = ?1 AND first_seq <= ?2)"

static const char *const texts[AUDIT_LOG_STATEMENT_COUNT] = {
    [AUDIT_LOG_COUNT_LEAVES] = "SELECT coalesce(max(idx) + 1, 0) FROM leaf",
    [AUDIT_LOG_COUNT_NODES] = "SELECT coalesce(max(idx) + 1, 0) FROM node",
    [AUDIT_LOG_PUT_LEAF] = "INSERT INTO leaf (idx, leaf, leaf_hash, previous_idx, payload)"
                           " VALUES (?1, ?2, ?3, ?4, ?5)",
    [AUDIT_LOG_PUT_NODE] = "INSERT INTO node (idx, hash) VALUES (?1, ?2)",
    [AUDIT_LOG_GET_CASE] = "SELECT number, leaf_hash, idx FROM case_state WHERE case_handle = ?1",
    [AUDIT_LOG_LAST_CASE] = "SELECT max(case_handle) FROM case_state",
    /* One search in the table, where ON CONFLICT takes two. */
    [AUDIT_LOG_PUT_CASE] = "REPLACE INTO case_state (case_handle, number, leaf_hash, idx)"
                           " VALUES (?1, ?2, ?3, ?4)",
    [AUDIT_LOG_READ_CASE_LEAF] = "SELECT previous_idx, leaf_hash, leaf FROM leaf WHERE idx = ?1",
    [AUDIT_LOG_PUT_RUN] = "INSERT INTO run (stream_id, first_seq, first_idx, count)"
                          " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (stream_id, first_seq)"
                          " DO UPDATE SET count = excluded.count",
    [AUDIT_LOG_RUN_BEFORE] = "SELECT first_seq, first_idx, count FROM run WHERE stream_id = ?1"
                             " AND first_seq <= ?2 ORDER BY first_seq DESC LIMIT 1",
    [AUDIT_LOG_RUN_AFTER] = "SELECT first_seq, first_idx, count FROM run WHERE stream_id = ?1"
                            " AND first_seq >= coalesce(" NEWEST_RUN_UP_TO ", ?2)"
                            " AND first_seq + count > ?2 ORDER BY first_seq LIMIT 1",
    [AUDIT_LOG_GET_TREE] = "SELECT size, root, checkpoint, recovered_idx, is_recovered"
                           " FROM tree WHERE id = 1",
    [AUDIT_LOG_PUT_TREE] = "UPDATE tree SET size = ?2, root = ?3, checkpoint = ?4"
                           " WHERE id = 1 AND size = ?1",
    [AUDIT_LOG_PUT_RECOVERY] = "UPDATE tree SET recovered_idx = ?1, is_recovered = 1 WHERE id = 1",
    [AUDIT_LOG_SETTLE_RECOVERY] = "UPDATE tree SET is_recovered = 0 WHERE id = 1",
    [AUDIT_LOG_READ_LEAVES] = "SELECT idx, leaf_hash, leaf FROM leaf"
                              " WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
    [AUDIT_LOG_READ_ROWS] = "SELECT idx, leaf_hash, leaf, payload FROM leaf"
                            " WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
    [AUDIT_LOG_READ_NODES] =
        "SELECT idx, hash FROM node WHERE idx >= ?1 AND idx < ?2 ORDER BY idx",
};

enum status audit_log_store_open(struct audit_log_store *tables, struct store *store)
{
    return statements_open(tables->statements, store, texts, AUDIT_LOG_STATEMENT_COUNT);
}

void audit_log_store_close(struct audit_log_store *tables)
{
    statements_close(tables->statements, AUDIT_LOG_STATEMENT_COUNT);
}

/* ---- counting ---- */

static enum status count(struct statement *statement, uint64_t *ret_count)
{
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    INVARIANT(has_row); /* an aggregate has a row, whatever the table has */
    *ret_count = statement_u64(statement, 0);
    statement_reset(statement);
    return STATUS_OK;
}

enum status audit_log_store_count_leaves(struct audit_log_store *tables, uint64_t *ret_count)
{
    return count(&tables->statements[AUDIT_LOG_COUNT_LEAVES], ret_count);
}

enum status audit_log_store_count_nodes(struct audit_log_store *tables, uint64_t *ret_count)
{
    return count(&tables->statements[AUDIT_LOG_COUNT_NODES], ret_count);
}

/* ---- leaves and nodes ---- */

enum status audit_log_store_put_leaf(struct audit_log_store *tables, uint64_t index,
                                     const struct audit_log_leaf *leaf, const uint64_t *previous,
                                     struct view payload)
{
    struct statement *put = &tables->statements[AUDIT_LOG_PUT_LEAF];
    statement_bind_u64(put, 1, index);
    statement_bind_blob(put, 2, view_of(leaf->bytes, HEADER_SIZE));
    statement_bind_blob(put, 3, view_of(leaf->hash, SHA256_SIZE));
    if (previous != NULL)
        statement_bind_u64(put, 4, *previous);
    statement_bind_blob(put, 5, payload);
    return statement_run(put);
}

enum status audit_log_store_put_node(struct audit_log_store *tables, uint64_t index,
                                     const uint8_t hash[SHA256_SIZE])
{
    struct statement *put = &tables->statements[AUDIT_LOG_PUT_NODE];
    statement_bind_u64(put, 1, index);
    statement_bind_blob(put, 2, view_of(hash, SHA256_SIZE));
    return statement_run(put);
}

/* ---- runs ---- */

static void bind_point(struct statement *statement, const uint8_t stream_id[STREAM_ID_SIZE],
                       uint64_t seq)
{
    statement_bind_blob(statement, 1, view_of(stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 2, seq);
}

enum status audit_log_store_put_run(struct audit_log_store *tables,
                                    const uint8_t stream_id[STREAM_ID_SIZE],
                                    const struct audit_log_run *run)
{
    struct statement *put = &tables->statements[AUDIT_LOG_PUT_RUN];
    bind_point(put, stream_id, run->first_seq);
    statement_bind_u64(put, 3, run->first_index);
    statement_bind_u64(put, 4, run->count);
    return statement_run(put);
}

static enum status find_run(struct statement *find, const uint8_t stream_id[STREAM_ID_SIZE],
                            uint64_t seq, struct audit_log_run *ret_run)
{
    bool has_row = false;
    bind_point(find, stream_id, seq);
    TRY(statement_step(find, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    *ret_run = (struct audit_log_run){
        .first_seq = statement_u64(find, 0),
        .first_index = statement_u64(find, 1),
        .count = statement_u64(find, 2),
    };
    statement_reset(find);
    return STATUS_OK;
}

enum status audit_log_store_run_before(struct audit_log_store *tables,
                                       const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                       struct audit_log_run *ret_run)
{
    return find_run(&tables->statements[AUDIT_LOG_RUN_BEFORE], stream_id, seq, ret_run);
}

enum status audit_log_store_run_after(struct audit_log_store *tables,
                                      const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                      struct audit_log_run *ret_run)
{
    return find_run(&tables->statements[AUDIT_LOG_RUN_AFTER], stream_id, seq, ret_run);
}

/* ---- the tree's row ---- */

static enum status take_tree(struct statement *get, struct audit_log_signed *ret_signed,
                             struct audit_log_recovery *ret_recovery)
{
    ret_signed->size = statement_u64(get, 0);
    TRY(statement_blob_exact(get, 1, ret_signed->root, SHA256_SIZE));
    struct view checkpoint = statement_blob(get, 2);
    if (checkpoint.size > sizeof(ret_signed->checkpoint))
        return STATUS_STORE_CORRUPT;
    if (checkpoint.size > 0)
        memcpy(ret_signed->checkpoint, checkpoint.bytes, checkpoint.size);
    ret_signed->checkpoint_size = checkpoint.size;
    *ret_recovery = (struct audit_log_recovery){
        .was_ever = !statement_is_null(get, 3),
        .index = statement_u64(get, 3),
        .is_unsettled = statement_i64(get, 4) != 0,
    };
    return STATUS_OK;
}

enum status audit_log_store_get_tree(struct audit_log_store *tables,
                                     struct audit_log_signed *ret_signed,
                                     struct audit_log_recovery *ret_recovery)
{
    struct statement *get = &tables->statements[AUDIT_LOG_GET_TREE];
    bool has_row = false;
    TRY(statement_step(get, &has_row));
    if (!has_row)
        return STATUS_STORE_CORRUPT;
    enum status status = take_tree(get, ret_signed, ret_recovery);
    statement_reset(get);
    return status;
}

static enum status run_on_tree(struct statement *statement)
{
    int64_t changes = 0;
    TRY(statement_run_changes(statement, &changes));
    return changes == 1 ? STATUS_OK : STATUS_STORE_CORRUPT;
}

enum status audit_log_store_put_tree(struct audit_log_store *tables, uint64_t size_before,
                                     const struct audit_log_signed *newest)
{
    struct statement *put = &tables->statements[AUDIT_LOG_PUT_TREE];
    statement_bind_u64(put, 1, size_before);
    statement_bind_u64(put, 2, newest->size);
    statement_bind_blob(put, 3, view_of(newest->root, SHA256_SIZE));
    statement_bind_blob(put, 4, view_of(newest->checkpoint, newest->checkpoint_size));
    return run_on_tree(put);
}

enum status audit_log_store_put_recovery(struct audit_log_store *tables, uint64_t index)
{
    struct statement *put = &tables->statements[AUDIT_LOG_PUT_RECOVERY];
    statement_bind_u64(put, 1, index);
    return run_on_tree(put);
}

enum status audit_log_store_settle_recovery(struct audit_log_store *tables)
{
    return run_on_tree(&tables->statements[AUDIT_LOG_SETTLE_RECOVERY]);
}

/* ---- reading in order ---- */

/* One row of a reading: its index must be the expected one. */
static enum status visit_row(struct statement *read, uint64_t expected, bool has_leaf,
                             audit_log_visit visit, void *self)
{
    uint8_t leaf[HEADER_SIZE];
    uint8_t hash[SHA256_SIZE];
    if (statement_u64(read, 0) != expected)
        return STATUS_STORE_CORRUPT;
    TRY(statement_blob_exact(read, 1, hash, SHA256_SIZE));
    if (has_leaf)
        TRY(statement_blob_exact(read, 2, leaf, HEADER_SIZE));
    return visit(self, has_leaf ? leaf : NULL, hash);
}

static enum status each(struct statement *read, uint64_t first, uint64_t end, bool has_leaf,
                        audit_log_visit visit, void *self)
{
    bool has_row = false;
    statement_bind_u64(read, 1, first);
    statement_bind_u64(read, 2, end);
    TRY(statement_step(read, &has_row));
    while (has_row) {
        enum status status = visit_row(read, first++, has_leaf, visit, self);
        if (status != STATUS_OK) {
            statement_reset(read);
            return status;
        }
        TRY(statement_step(read, &has_row));
    }
    return first == end ? STATUS_OK : STATUS_STORE_CORRUPT;
}

enum status audit_log_store_each_leaf(struct audit_log_store *tables, uint64_t first, uint64_t end,
                                      audit_log_visit visit, void *self)
{
    return each(&tables->statements[AUDIT_LOG_READ_LEAVES], first, end, true, visit, self);
}

enum status audit_log_store_each_node(struct audit_log_store *tables, uint64_t first, uint64_t end,
                                      audit_log_visit visit, void *self)
{
    return each(&tables->statements[AUDIT_LOG_READ_NODES], first, end, false, visit, self);
}

/* ---- pages ---- */

enum status audit_log_page_open(struct audit_log_page *page, size_t rows_max, size_t bytes_max,
                                struct arena *arena)
{
    *page = (struct audit_log_page){
        .rows = arena_take(arena, rows_max * sizeof(*page->rows)),
        .rows_max = rows_max,
        .bytes_max = bytes_max,
    };
    return page->rows == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status take_row(struct statement *read, struct arena *arena,
                            struct audit_log_page *page)
{
    struct view payload = statement_blob(read, 3);
    size_t bytes = page->bytes + AUDIT_LOG_ROW_BYTES + payload.size;
    if (page->count > 0 && bytes > page->bytes_max) {
        page->is_full = true;
        return STATUS_OK;
    }
    struct audit_log_row *row = &page->rows[page->count];
    row->index = statement_u64(read, 0);
    TRY(statement_blob_exact(read, 1, row->leaf_hash, SHA256_SIZE));
    TRY(statement_blob_exact(read, 2, row->leaf, HEADER_SIZE));
    row->payload = view_of(arena_copy(arena, payload), payload.size);
    if (row->payload.bytes == NULL)
        return STATUS_NO_MEMORY;
    page->bytes = bytes;
    page->count++;
    page->is_full = page->count == page->rows_max;
    return STATUS_OK;
}

enum status audit_log_store_read(struct audit_log_store *tables, uint64_t first, uint64_t end,
                                 struct arena *arena, struct audit_log_page *page)
{
    struct statement *read = &tables->statements[AUDIT_LOG_READ_ROWS];
    bool has_row = false;
    if (page->is_full)
        return STATUS_OK;
    statement_bind_u64(read, 1, first);
    statement_bind_u64(read, 2, end);
    TRY(statement_step(read, &has_row));
    while (has_row) {
        enum status status = take_row(read, arena, page);
        if (status != STATUS_OK || page->is_full) {
            statement_reset(read);
            return status;
        }
        TRY(statement_step(read, &has_row));
    }
    return STATUS_OK;
}
