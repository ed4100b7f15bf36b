/*
 * Intake's migrations and statements, and rows to structs and back.
 */
#include "services/intake/intake_store.h"

#include <string.h>

/* A case's id is not its seq: a recovered service's new stream counts from 1 again. */
static const char step_1[] = "CREATE TABLE case_record ("
                             "  id INTEGER PRIMARY KEY,"
                             "  stream_id BLOB NOT NULL CHECK (length(stream_id) = 16),"
                             "  seq INTEGER NOT NULL,"
                             "  case_handle BLOB NOT NULL CHECK (length(case_handle) = 16),"
                             "  case_number TEXT NOT NULL UNIQUE,"
                             "  node TEXT NOT NULL,"
                             "  submission_id TEXT NOT NULL,"
                             "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
                             "  region TEXT NOT NULL,"
                             "  accepted_at INTEGER NOT NULL,"
                             "  receipt BLOB NOT NULL,"
                             "  UNIQUE (node, submission_id)"
                             ") STRICT;"
                             "CREATE TABLE case_key ("
                             "  case_handle BLOB PRIMARY KEY CHECK (length(case_handle) = 16),"
                             "  wrapped BLOB NOT NULL CHECK (length(wrapped) = 76)"
                             ") STRICT, WITHOUT ROWID;";

const char *const intake_migration_steps[INTAKE_MIGRATION_COUNT] = {step_1};

static const char *const texts[INTAKE_STATEMENT_COUNT] = {
    [INTAKE_FIND_SUBMISSION] = "SELECT hash, case_number, receipt FROM case_record"
                               " WHERE node = ?1 AND submission_id = ?2",
    [INTAKE_FIND_NUMBER] = "SELECT 1 FROM case_record WHERE case_number = ?1",
    [INTAKE_PUT_CASE] = "INSERT INTO case_record (stream_id, seq, case_handle, case_number, node,"
                        " submission_id, hash, region, accepted_at, receipt)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [INTAKE_LIST_CASES] = "SELECT id, case_number, submission_id, case_handle, region,"
                          " accepted_at, node FROM case_record WHERE id > ?1 ORDER BY id LIMIT ?2",
    [INTAKE_PUT_KEY] = "INSERT INTO case_key (case_handle, wrapped) VALUES (?1, ?2)",
    [INTAKE_FIND_KEY] = "SELECT wrapped FROM case_key WHERE case_handle = ?1",
    [INTAKE_FIND_NEWEST_KEY] = "SELECT wrapped, case_handle FROM case_key"
                               " ORDER BY case_handle DESC LIMIT 1",
};

enum status intake_store_open(struct intake_store *tables, struct store *store)
{
    return statements_open(tables->statements, store, texts, INTAKE_STATEMENT_COUNT);
}

void intake_store_close(struct intake_store *tables)
{
    statements_close(tables->statements, INTAKE_STATEMENT_COUNT);
}

/* Copies a text column, with a NUL after it: the arena's bytes are zero. */
static enum status take_text(struct statement *statement, int column, struct arena *arena,
                             const char **ret_text)
{
    struct view text = statement_text(statement, column);
    size_t size = 0;
    if (__builtin_add_overflow(text.size, 1, &size))
        return STATUS_NO_MEMORY;
    uint8_t *copy = arena_take(arena, size);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    if (text.size > 0)
        memcpy(copy, text.bytes, text.size);
    *ret_text = (const char *)copy;
    return STATUS_OK;
}

static enum status take_submission(struct statement *statement, struct arena *arena,
                                   struct known_submission *ret_known)
{
    TRY(statement_blob_exact(statement, 0, ret_known->hash, SUBMISSION_HASH_SIZE));
    TRY(take_text(statement, 1, arena, &ret_known->case_number));
    struct view receipt = statement_blob(statement, 2);
    ret_known->receipt = view_of(arena_copy(arena, receipt), receipt.size);
    return ret_known->receipt.bytes == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status intake_store_find_submission(struct intake_store *tables, const char *node,
                                         const char *submission_id, struct arena *arena,
                                         struct known_submission *ret_known)
{
    struct statement *statement = &tables->statements[INTAKE_FIND_SUBMISSION];
    statement_bind_text(statement, 1, node);
    statement_bind_text(statement, 2, submission_id);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    enum status status = take_submission(statement, arena, ret_known);
    statement_reset(statement);
    return status;
}

enum status intake_store_has_number(struct intake_store *tables, const char *case_number,
                                    bool *ret_has)
{
    struct statement *statement = &tables->statements[INTAKE_FIND_NUMBER];
    statement_bind_text(statement, 1, case_number);
    TRY(statement_step(statement, ret_has));
    if (*ret_has)
        statement_reset(statement);
    return STATUS_OK;
}

enum status intake_store_put_case(struct intake_store *tables, const struct case_record *record)
{
    struct statement *statement = &tables->statements[INTAKE_PUT_CASE];
    statement_bind_blob(statement, 1, view_of(record->stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 2, record->seq);
    statement_bind_blob(statement, 3, view_of(record->case_handle, CASE_HANDLE_SIZE));
    statement_bind_text(statement, 4, record->case_number);
    statement_bind_text(statement, 5, record->node);
    statement_bind_text(statement, 6, record->submission_id);
    statement_bind_blob(statement, 7, view_of(record->hash, SUBMISSION_HASH_SIZE));
    statement_bind_text(statement, 8, record->region);
    statement_bind_u64(statement, 9, record->accepted_at);
    statement_bind_blob(statement, 10, record->receipt);
    return statement_run(statement);
}

enum status intake_store_put_key(struct intake_store *tables,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE],
                                 const uint8_t wrapped[WRAPPED_KEY_SIZE])
{
    struct statement *statement = &tables->statements[INTAKE_PUT_KEY];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_blob(statement, 2, view_of(wrapped, WRAPPED_KEY_SIZE));
    return statement_run(statement);
}

enum status intake_store_find_key(struct intake_store *tables,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  uint8_t wrapped[WRAPPED_KEY_SIZE])
{
    struct statement *statement = &tables->statements[INTAKE_FIND_KEY];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    enum status status = statement_blob_exact(statement, 0, wrapped, WRAPPED_KEY_SIZE);
    statement_reset(statement);
    return status;
}

enum status intake_store_find_newest_key(struct intake_store *tables,
                                         uint8_t case_handle[CASE_HANDLE_SIZE],
                                         uint8_t wrapped[WRAPPED_KEY_SIZE])
{
    struct statement *statement = &tables->statements[INTAKE_FIND_NEWEST_KEY];
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    enum status status = statement_blob_exact(statement, 0, wrapped, WRAPPED_KEY_SIZE);
    if (status == STATUS_OK)
        status = statement_blob_exact(statement, 1, case_handle, CASE_HANDLE_SIZE);
    statement_reset(statement);
    return status;
}

static enum status take_row(struct statement *statement, struct arena *arena,
                            struct case_row *ret_row)
{
    ret_row->id = statement_u64(statement, 0);
    TRY(take_text(statement, 1, arena, &ret_row->case_number));
    TRY(take_text(statement, 2, arena, &ret_row->submission_id));
    TRY(statement_blob_exact(statement, 3, ret_row->case_handle, CASE_HANDLE_SIZE));
    TRY(take_text(statement, 4, arena, &ret_row->region));
    ret_row->accepted_at = statement_u64(statement, 5);
    return take_text(statement, 6, arena, &ret_row->node);
}

enum status intake_store_list(struct intake_store *tables, uint64_t after, uint32_t rows_max,
                              struct arena *arena, const struct case_row **ret_rows,
                              size_t *ret_count)
{
    struct case_row *rows = arena_take(arena, rows_max * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    struct statement *statement = &tables->statements[INTAKE_LIST_CASES];
    statement_bind_u64(statement, 1, after);
    statement_bind_u64(statement, 2, rows_max);
    size_t count = 0;
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    while (has_row) {
        enum status status = take_row(statement, arena, &rows[count++]);
        if (status != STATUS_OK) {
            statement_reset(statement);
            return status;
        }
        TRY(statement_step(statement, &has_row));
    }
    *ret_rows = rows;
    *ret_count = count;
    return STATUS_OK;
}
