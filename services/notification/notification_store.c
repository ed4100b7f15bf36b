/*
 * The notice table: migrations, statements, and rows to structs and back.
 */
#include "services/notification/notification_store.h"

#include <string.h>

static const char step_1[] = "CREATE TABLE notice ("
                             "  id INTEGER PRIMARY KEY,"
                             "  case_handle BLOB NOT NULL CHECK (length(case_handle) = 16),"
                             "  revision INTEGER NOT NULL,"
                             "  recipient TEXT NOT NULL,"
                             "  kind INTEGER NOT NULL,"
                             "  state TEXT NOT NULL,"
                             "  at INTEGER NOT NULL,"
                             "  UNIQUE (case_handle, revision, recipient, kind)"
                             ") STRICT;";

const char *const notification_migration_steps[NOTIFICATION_MIGRATION_COUNT] = {step_1};

static const char *const texts[NOTIFICATION_STATEMENT_COUNT] = {
    [NOTIFICATION_PUT_NOTICE] =
        "INSERT INTO notice (case_handle, revision, recipient, kind, state, at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (case_handle, revision, recipient, kind) DO NOTHING",
    [NOTIFICATION_FIND_HIGHER] =
        "SELECT 1 FROM notice WHERE case_handle = ?1 AND revision > ?2 LIMIT 1",
    [NOTIFICATION_LIST_NOTICES] = ("SELECT id, case_handle, revision, kind, recipient, state"
                                   " FROM notice WHERE id > ?1 ORDER BY id LIMIT ?2"),
};

static const char *state_name(enum notice_state state)
{
    switch (state) {
    case NOTICE_QUEUED:
        return "queued";
    case NOTICE_SUPERSEDED:
        return "superseded";
    }
    return "";
}

enum status notification_store_open(struct notification_store *tables, struct store *store)
{
    return statements_open(tables->statements, store, texts, NOTIFICATION_STATEMENT_COUNT);
}

void notification_store_close(struct notification_store *tables)
{
    statements_close(tables->statements, NOTIFICATION_STATEMENT_COUNT);
}

enum status notification_store_put(struct notification_store *tables, const struct notice *notice,
                                   bool *ret_is_new)
{
    struct statement *statement = &tables->statements[NOTIFICATION_PUT_NOTICE];
    statement_bind_blob(statement, 1, view_of(notice->case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, notice->revision);
    statement_bind_text(statement, 3, notice->recipient.name);
    statement_bind_u64(statement, 4, (uint64_t)notice->recipient.kind);
    statement_bind_text(statement, 5, state_name(notice->state));
    statement_bind_i64(statement, 6, notice->at);
    int64_t changes = 0;
    TRY(statement_run_changes(statement, &changes));
    *ret_is_new = changes == 1;
    return STATUS_OK;
}

enum status notification_store_has_higher(struct notification_store *tables,
                                          const uint8_t case_handle[CASE_HANDLE_SIZE],
                                          uint32_t revision, bool *ret_has)
{
    struct statement *statement = &tables->statements[NOTIFICATION_FIND_HIGHER];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, revision);
    TRY(statement_step(statement, ret_has));
    if (*ret_has)
        statement_reset(statement);
    return STATUS_OK;
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

static enum status take_row(struct statement *statement, struct arena *arena,
                            struct notice_row *ret_row)
{
    ret_row->id = statement_u64(statement, 0);
    TRY(statement_blob_exact(statement, 1, ret_row->case_handle, CASE_HANDLE_SIZE));
    ret_row->revision = (uint32_t)statement_u64(statement, 2);
    ret_row->kind = (uint32_t)statement_u64(statement, 3);
    TRY(take_text(statement, 4, arena, &ret_row->recipient));
    return take_text(statement, 5, arena, &ret_row->state);
}

enum status notification_store_list(struct notification_store *tables, uint64_t after,
                                    uint32_t rows_max, struct arena *arena,
                                    const struct notice_row **ret_rows, size_t *ret_count)
{
    struct notice_row *rows = arena_take(arena, rows_max * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    struct statement *statement = &tables->statements[NOTIFICATION_LIST_NOTICES];
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
