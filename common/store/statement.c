/*
 * Prepared statements. A binding that SQLite refuses is our bug (wrong index, statement not
 * reset), never input: sizes are bounded long before they come here.
 */
#include "common/base/invariant.h"
#include "common/store/store.h"
#include "common/store/store_internal.h"

#include <string.h>

enum status statement_open(struct statement *statement, struct store *store, const char *sql)
{
    *statement = (struct statement){.handle = NULL};
    sqlite3_stmt *handle = NULL;
    const char *rest = sql;
    int code =
        sqlite3_prepare_v3(store->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &rest);
    /* Our texts are tested: one that doesn't compile meets a schema that isn't ours. */
    if (code == SQLITE_ERROR)
        return STATUS_STORE_CORRUPT;
    TRY(store_status_of(store, code));
    INVARIANT(handle != NULL && rest[strspn(rest, " \t\n;")] == '\0');
    *statement = (struct statement){.handle = handle, .store = store};
    return STATUS_OK;
}

void statement_close(struct statement *statement)
{
    (void)sqlite3_finalize(statement->handle);
    *statement = (struct statement){.handle = NULL};
}

enum status statements_open(struct statement *statements, struct store *store,
                            const char *const *texts, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        enum status status = statement_open(&statements[index], store, texts[index]);
        if (status != STATUS_OK) {
            statements_close(statements, index);
            return status;
        }
    }
    return STATUS_OK;
}

void statements_close(struct statement *statements, size_t count)
{
    for (size_t index = 0; index < count; index++)
        statement_close(&statements[index]);
}

void statement_bind_blob(struct statement *statement, int index, struct view bytes)
{
    /* A NULL pointer would bind NULL, and an empty view is a value. */
    const void *start = bytes.size == 0 ? (const void *)"" : bytes.bytes;
    int code = sqlite3_bind_blob64(statement->handle, index, start, bytes.size, SQLITE_STATIC);
    INVARIANT(code == SQLITE_OK);
}

void statement_bind_text(struct statement *statement, int index, const char *text)
{
    INVARIANT(text != NULL);
    int code = sqlite3_bind_text64(statement->handle, index, text, strlen(text), SQLITE_STATIC,
                                   SQLITE_UTF8);
    INVARIANT(code == SQLITE_OK);
}

void statement_bind_u64(struct statement *statement, int index, uint64_t value)
{
    statement_bind_i64(statement, index, (int64_t)value);
}

void statement_bind_i64(struct statement *statement, int index, int64_t value)
{
    int code = sqlite3_bind_int64(statement->handle, index, value);
    INVARIANT(code == SQLITE_OK);
}

void statement_bind_null(struct statement *statement, int index)
{
    int code = sqlite3_bind_null(statement->handle, index);
    INVARIANT(code == SQLITE_OK);
}

enum status statement_step(struct statement *statement, bool *ret_has_row)
{
    *ret_has_row = false;
    const struct store *store = statement->store;
    /* SQLite rolled the turn's transaction back by itself: a write now would be committed
     * alone. */
    if (store->is_in_transaction && sqlite3_get_autocommit(store->database) != 0) {
        statement_reset(statement);
        return STATUS_STORE_IO;
    }
    int code = sqlite3_step(statement->handle);
    if (code == SQLITE_ROW) {
        *ret_has_row = true;
        return STATUS_OK;
    }
    /* Before the reset, which may change the system's error number. */
    enum status status = store_status_of(store, code);
    statement_reset(statement);
    return status;
}

enum status statement_run(struct statement *statement)
{
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    INVARIANT(!has_row);
    return STATUS_OK;
}

enum status statement_run_changes(struct statement *statement, int64_t *ret_changes)
{
    *ret_changes = 0;
    TRY(statement_run(statement));
    *ret_changes = sqlite3_changes64(statement->store->database);
    return STATUS_OK;
}

enum status statement_run_insert(struct statement *statement, uint64_t *ret_id)
{
    int64_t changes = 0;
    TRY(statement_run_changes(statement, &changes));
    sqlite3_int64 id = sqlite3_last_insert_rowid(statement->store->database);
    *ret_id = changes == 0 ? 0 : (uint64_t)id;
    return STATUS_OK;
}

void statement_reset(struct statement *statement)
{
    /* Its result repeats the last step's, which was looked at. */
    (void)sqlite3_reset(statement->handle);
    (void)sqlite3_clear_bindings(statement->handle);
}

struct view statement_blob(struct statement *statement, int index)
{
    /* In this order: the size is that of the form that was asked for last. */
    const void *bytes = sqlite3_column_blob(statement->handle, index);
    int size = sqlite3_column_bytes(statement->handle, index);
    return view_of(bytes, bytes == NULL ? 0 : (size_t)size);
}

struct view statement_text(struct statement *statement, int index)
{
    const void *bytes = sqlite3_column_text(statement->handle, index);
    int size = sqlite3_column_bytes(statement->handle, index);
    return view_of(bytes, bytes == NULL ? 0 : (size_t)size);
}

uint64_t statement_u64(struct statement *statement, int index)
{
    return (uint64_t)statement_i64(statement, index);
}

int64_t statement_i64(struct statement *statement, int index)
{
    return sqlite3_column_int64(statement->handle, index);
}

bool statement_is_null(struct statement *statement, int index)
{
    return sqlite3_column_type(statement->handle, index) == SQLITE_NULL;
}

enum status statement_blob_exact(struct statement *statement, int index, uint8_t *to, size_t size)
{
    if (sqlite3_column_type(statement->handle, index) != SQLITE_BLOB)
        return STATUS_STORE_CORRUPT;
    struct view bytes = statement_blob(statement, index);
    if (bytes.size != size)
        return STATUS_STORE_CORRUPT;
    if (size > 0)
        memcpy(to, bytes.bytes, size);
    return STATUS_OK;
}
