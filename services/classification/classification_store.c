/*
 * The tables: migrations, statements, and rows to structs and back.
 */
#include "services/classification/classification_store.h"

#include <string.h>

/* The list's key is not the event's seq: a recovered service's new stream counts from 1 again,
 * and a decision on a case whose key is gone has no event. Nothing is ever deleted, so that ids
 * only rise. */
const char *const classification_migration_steps[CLASSIFICATION_MIGRATION_COUNT] = {
    "CREATE TABLE decision ("
    "  id INTEGER PRIMARY KEY,"
    "  case_handle BLOB NOT NULL CHECK (length(case_handle) = 16),"
    "  revision INTEGER NOT NULL CHECK (revision > 0),"
    "  outcome INTEGER NOT NULL,"
    "  disposition INTEGER NOT NULL,"
    "  region TEXT NOT NULL CHECK (length(region) <= 13),"
    "  facts_stream BLOB NOT NULL CHECK (length(facts_stream) = 16),"
    "  facts_seq INTEGER NOT NULL,"
    "  facts_revision INTEGER NOT NULL,"
    "  stream_id BLOB NOT NULL CHECK (length(stream_id) = 16),"
    "  seq INTEGER NOT NULL,"
    "  made BLOB NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX decision_of_case ON decision (case_handle, revision);"
    "CREATE INDEX decision_in_review ON decision (id) WHERE disposition = 2;"
    "CREATE TABLE older_facts ("
    "  facts_stream BLOB NOT NULL CHECK (length(facts_stream) = 16),"
    "  facts_seq INTEGER NOT NULL,"
    "  case_handle BLOB NOT NULL CHECK (length(case_handle) = 16),"
    "  facts_revision INTEGER NOT NULL,"
    "  PRIMARY KEY (facts_stream, facts_seq)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE tables_in_force ("
    "  one INTEGER PRIMARY KEY CHECK (one = 1),"
    "  digest BLOB NOT NULL CHECK (length(digest) = 32)"
    ") STRICT;",
};

#define COLUMNS                                                                          \
    "id, case_handle, revision, outcome, disposition, region, facts_stream, facts_seq, " \
    "facts_revision, stream_id, seq, made"

static const char *const texts[CLASSIFICATION_STATEMENT_COUNT] = {
    [CLASSIFICATION_FIND_HISTORY] =
        ("SELECT COALESCE(MAX(revision), 0), COALESCE(MAX(facts_revision), 0),"
         " COALESCE(MAX(disposition IN (3, 4)), 0)"
         " FROM decision WHERE case_handle = ?1"),
    [CLASSIFICATION_PUT_DECISION] =
        ("INSERT INTO decision (case_handle, revision, outcome, disposition, region,"
         " facts_stream, facts_seq, facts_revision, stream_id, seq, made)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
    [CLASSIFICATION_LIST_DECISIONS] =
        ("SELECT " COLUMNS " FROM decision WHERE id > ?1 ORDER BY id"),
    [CLASSIFICATION_LIST_REVIEWS] =
        ("SELECT " COLUMNS " FROM decision INDEXED BY decision_in_review"
         " WHERE disposition = 2 AND id > ?1 AND NOT EXISTS"
         " (SELECT 1 FROM decision AS newer WHERE newer.case_handle = decision.case_handle"
         " AND newer.revision > decision.revision) ORDER BY id"),
    [CLASSIFICATION_LIST_CASE] = ("SELECT " COLUMNS " FROM decision WHERE case_handle = ?1"
                                  " ORDER BY revision DESC LIMIT ?2"),
    [CLASSIFICATION_PUT_OLDER_FACTS] = ("INSERT OR REPLACE INTO older_facts (facts_stream, "
                                        "facts_seq, case_handle, facts_revision)"
                                        " VALUES (?1, ?2, ?3, ?4)"),
    [CLASSIFICATION_FIND_TABLES] = "SELECT digest FROM tables_in_force",
    [CLASSIFICATION_PUT_TABLES] =
        "INSERT OR REPLACE INTO tables_in_force (one, digest) VALUES (1, ?1)",
};

enum status classification_store_open(struct classification_store *tables, struct store *store)
{
    return statements_open(tables->statements, store, texts, CLASSIFICATION_STATEMENT_COUNT);
}

void classification_store_close(struct classification_store *tables)
{
    statements_close(tables->statements, CLASSIFICATION_STATEMENT_COUNT);
}

/* ---- writing ---- */

enum status classification_store_put(struct classification_store *tables,
                                     const struct decision *decision)
{
    struct statement *statement = &tables->statements[CLASSIFICATION_PUT_DECISION];
    statement_bind_blob(statement, 1, view_of(decision->case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, decision->revision);
    statement_bind_u64(statement, 3, (uint64_t)decision->outcome);
    statement_bind_u64(statement, 4, (uint64_t)decision->disposition);
    statement_bind_text(statement, 5, decision->region);
    statement_bind_blob(statement, 6, view_of(decision->facts_stream, STREAM_ID_SIZE));
    statement_bind_u64(statement, 7, decision->facts_seq);
    statement_bind_u64(statement, 8, decision->facts_revision);
    statement_bind_blob(statement, 9, view_of(decision->stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 10, decision->seq);
    statement_bind_blob(statement, 11, decision->made);
    return statement_run(statement);
}

enum status classification_store_put_older(struct classification_store *tables,
                                           const uint8_t case_handle[CASE_HANDLE_SIZE],
                                           const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                           uint32_t facts_revision)
{
    struct statement *statement = &tables->statements[CLASSIFICATION_PUT_OLDER_FACTS];
    statement_bind_blob(statement, 1, view_of(stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 2, seq);
    statement_bind_blob(statement, 3, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 4, facts_revision);
    return statement_run(statement);
}

/* ---- reading ---- */

enum status classification_store_history(struct classification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         struct decision_history *ret_history)
{
    struct statement *statement = &tables->statements[CLASSIFICATION_FIND_HISTORY];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    uint64_t revision = has_row ? statement_u64(statement, 0) : 0;
    uint64_t facts_revision = has_row ? statement_u64(statement, 1) : 0;
    bool has_person = has_row && statement_u64(statement, 2) != 0;
    statement_reset(statement);
    if (!has_row || revision >= UINT32_MAX || facts_revision > UINT32_MAX)
        return STATUS_STORE_CORRUPT;
    *ret_history = (struct decision_history){
        .revision = (uint32_t)revision,
        .facts_revision = (uint32_t)facts_revision,
        .has_person = has_person,
    };
    return STATUS_OK;
}

static enum status take_region(struct statement *statement, int column, struct decision *row)
{
    struct view region = statement_text(statement, column);
    if (region.size >= sizeof(row->region))
        return STATUS_STORE_CORRUPT;
    if (region.size > 0)
        memcpy(row->region, region.bytes, region.size);
    return STATUS_OK;
}

/* All but the encoded decision, which only a row that is shown needs. */
static enum status take_row(struct statement *statement, struct decision *ret_row)
{
    *ret_row = (struct decision){
        .id = statement_u64(statement, 0),
        .revision = (uint32_t)statement_u64(statement, 2),
        .outcome = (enum outcome)statement_u64(statement, 3),
        .disposition = (enum disposition)statement_u64(statement, 4),
        .facts_seq = statement_u64(statement, 7),
        .facts_revision = (uint32_t)statement_u64(statement, 8),
        .seq = statement_u64(statement, 10),
    };
    TRY(statement_blob_exact(statement, 1, ret_row->case_handle, CASE_HANDLE_SIZE));
    TRY(take_region(statement, 5, ret_row));
    TRY(statement_blob_exact(statement, 6, ret_row->facts_stream, STREAM_ID_SIZE));
    return statement_blob_exact(statement, 9, ret_row->stream_id, STREAM_ID_SIZE);
}

static enum status take_made(struct statement *statement, struct arena *arena,
                             struct decision *row)
{
    struct view made = statement_blob(statement, 11);
    row->made = view_of(arena_copy(arena, made), made.size);
    return row->made.bytes == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static bool is_shown(const struct decision_filter *filter, const struct decision *row)
{
    return filter == NULL || filter->is_shown(filter->asker, row->region);
}

/* Takes the rows that are shown until there are rows_max of them; the statement is bound. */
static enum status take_rows(struct statement *statement, const struct decision_filter *filter,
                             uint32_t rows_max, struct arena *arena, struct decision *rows,
                             size_t *ret_count)
{
    size_t count = 0;
    bool has_row = false;
    enum status status = statement_step(statement, &has_row);
    while (status == STATUS_OK && has_row && count < rows_max) {
        struct decision *row = &rows[count];
        status = take_row(statement, row);
        if (status == STATUS_OK && is_shown(filter, row)) {
            status = take_made(statement, arena, row);
            count++;
        }
        if (status == STATUS_OK)
            status = statement_step(statement, &has_row);
    }
    statement_reset(statement);
    *ret_count = count;
    return status;
}

enum status classification_store_list(struct classification_store *tables, enum decision_list list,
                                      uint64_t after, uint32_t rows_max,
                                      const struct decision_filter *filter, struct arena *arena,
                                      const struct decision **ret_rows, size_t *ret_count)
{
    struct decision *rows = arena_take(arena, rows_max * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    struct statement *statement =
        &tables->statements[list == DECISION_LIST_REVIEWS ? CLASSIFICATION_LIST_REVIEWS
                                                          : CLASSIFICATION_LIST_DECISIONS];
    statement_bind_u64(statement, 1, after);
    *ret_rows = rows;
    return take_rows(statement, filter, rows_max, arena, rows, ret_count);
}

static void reverse(struct decision *rows, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct decision row = rows[i];
        rows[i] = rows[count - 1 - i];
        rows[count - 1 - i] = row;
    }
}

enum status classification_store_case(struct classification_store *tables,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE],
                                      struct arena *arena, const struct decision **ret_rows,
                                      size_t *ret_count)
{
    struct decision *rows = arena_take(arena, CLASSIFICATION_CASE_ROWS_MAX * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    struct statement *statement = &tables->statements[CLASSIFICATION_LIST_CASE];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, CLASSIFICATION_CASE_ROWS_MAX);
    TRY(take_rows(statement, NULL, CLASSIFICATION_CASE_ROWS_MAX, arena, rows, ret_count));
    reverse(rows, *ret_count);
    *ret_rows = rows;
    return *ret_count == 0 ? STATUS_NOT_FOUND : STATUS_OK;
}

/* ---- tables ---- */

enum status classification_store_tables(struct classification_store *tables,
                                        uint8_t digest[SHA256_SIZE])
{
    struct statement *statement = &tables->statements[CLASSIFICATION_FIND_TABLES];
    memset(digest, 0, SHA256_SIZE);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_OK;
    enum status status = statement_blob_exact(statement, 0, digest, SHA256_SIZE);
    statement_reset(statement);
    return status;
}

enum status classification_store_put_tables(struct classification_store *tables,
                                            const uint8_t digest[SHA256_SIZE])
{
    struct statement *statement = &tables->statements[CLASSIFICATION_PUT_TABLES];
    statement_bind_blob(statement, 1, view_of(digest, SHA256_SIZE));
    return statement_run(statement);
}
