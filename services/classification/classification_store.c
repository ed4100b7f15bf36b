/*
 * The decision table: migrations, statements, and rows to structs and back.
 */
#include "services/classification/classification_store.h"

/* The list's key is not the event's seq: a recovered service's new stream counts from 1 again,
 * and a decision on a case whose key is gone has no event. */
const char *const classification_migration_steps[CLASSIFICATION_MIGRATION_COUNT] = {
    "CREATE TABLE decision ("
    "  case_handle BLOB NOT NULL CHECK (length(case_handle) = 16),"
    "  revision INTEGER NOT NULL CHECK (revision > 0),"
    "  id INTEGER NOT NULL,"
    "  outcome INTEGER NOT NULL,"
    "  disposition INTEGER NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  facts_stream BLOB NOT NULL CHECK (length(facts_stream) = 16),"
    "  facts_seq INTEGER NOT NULL,"
    "  seq INTEGER NOT NULL,"
    "  PRIMARY KEY (case_handle, revision)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX decision_by_id ON decision (id);",
};

static const char *const texts[CLASSIFICATION_STATEMENT_COUNT] = {
    [CLASSIFICATION_FIND_REVISION] =
        "SELECT COALESCE(MAX(revision), 0) FROM decision WHERE case_handle = ?1",
    [CLASSIFICATION_PUT_DECISION] =
        ("INSERT INTO decision (case_handle, revision, id, outcome, disposition, reason,"
         " facts_stream, facts_seq, seq)"
         " VALUES (?1, ?2, (SELECT COALESCE(MAX(id), 0) + 1 FROM decision),"
         " ?3, ?4, ?5, ?6, ?7, ?8)"),
    [CLASSIFICATION_LIST_DECISIONS] =
        ("SELECT case_handle, id, revision, outcome, disposition, seq FROM decision"
         " WHERE id > ?1 ORDER BY id LIMIT ?2"),
};

enum status classification_store_open(struct classification_store *tables, struct store *store)
{
    return statements_open(tables->statements, store, texts, CLASSIFICATION_STATEMENT_COUNT);
}

void classification_store_close(struct classification_store *tables)
{
    statements_close(tables->statements, CLASSIFICATION_STATEMENT_COUNT);
}

enum status classification_store_find_revision(struct classification_store *tables,
                                               const uint8_t case_handle[CASE_HANDLE_SIZE],
                                               uint32_t *ret_revision)
{
    struct statement *statement = &tables->statements[CLASSIFICATION_FIND_REVISION];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    uint64_t revision = has_row ? statement_u64(statement, 0) : 0;
    statement_reset(statement);
    if (!has_row || revision >= UINT32_MAX)
        return STATUS_STORE_CORRUPT;
    *ret_revision = (uint32_t)revision;
    return STATUS_OK;
}

enum status classification_store_put(struct classification_store *tables,
                                     const struct decision *decision)
{
    struct statement *statement = &tables->statements[CLASSIFICATION_PUT_DECISION];
    statement_bind_blob(statement, 1, view_of(decision->case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, decision->revision);
    statement_bind_u64(statement, 3, (uint64_t)decision->verdict.outcome);
    statement_bind_u64(statement, 4, (uint64_t)decision->verdict.disposition);
    statement_bind_text(statement, 5, decision->verdict.reason);
    statement_bind_blob(statement, 6, view_of(decision->facts_stream, STREAM_ID_SIZE));
    statement_bind_u64(statement, 7, decision->facts_seq);
    statement_bind_u64(statement, 8, decision->seq);
    return statement_run(statement);
}

static enum status take_row(struct statement *statement, struct decision *ret_row)
{
    TRY(statement_blob_exact(statement, 0, ret_row->case_handle, CASE_HANDLE_SIZE));
    ret_row->id = statement_u64(statement, 1);
    ret_row->revision = (uint32_t)statement_u64(statement, 2);
    ret_row->verdict.outcome = (enum outcome)statement_u64(statement, 3);
    ret_row->verdict.disposition = (enum disposition)statement_u64(statement, 4);
    ret_row->seq = statement_u64(statement, 5);
    return STATUS_OK;
}

enum status classification_store_list(struct classification_store *tables, uint64_t after,
                                      uint32_t rows_max, struct arena *arena,
                                      const struct decision **ret_rows, size_t *ret_count)
{
    struct decision *rows = arena_take(arena, rows_max * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    struct statement *statement = &tables->statements[CLASSIFICATION_LIST_DECISIONS];
    statement_bind_u64(statement, 1, after);
    statement_bind_u64(statement, 2, rows_max);
    size_t count = 0;
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    while (has_row && count < rows_max) {
        enum status status = take_row(statement, &rows[count++]);
        if (status == STATUS_OK)
            status = statement_step(statement, &has_row);
        if (status != STATUS_OK) {
            statement_reset(statement);
            return status;
        }
    }
    if (has_row)
        statement_reset(statement);
    *ret_rows = rows;
    *ret_count = count;
    return STATUS_OK;
}
