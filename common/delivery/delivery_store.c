/*
 * Cursors, inbox positions, process starts, deaths and answered acts. (Dead letters:
 * dead_letter.c.)
 */
#include "common/delivery/delivery_store.h"

#include <string.h>

/* is_clean: the process said goodbye. A death's row goes when its entry is applied or
 * dead-lettered. */
const char delivery_store_migration[] = "CREATE TABLE cursor ("
                                        "  destination TEXT PRIMARY KEY,"
                                        "  position INTEGER NOT NULL,"
                                        "  bytes_through INTEGER NOT NULL,"
                                        "  store_id BLOB NOT NULL"
                                        ") STRICT, WITHOUT ROWID;"
                                        "CREATE TABLE inbox ("
                                        "  producer TEXT PRIMARY KEY,"
                                        "  stream_id BLOB NOT NULL,"
                                        "  seq INTEGER NOT NULL,"
                                        "  digest BLOB NOT NULL"
                                        ") STRICT, WITHOUT ROWID;"
                                        "CREATE TABLE closed_input ("
                                        "  stream_id BLOB PRIMARY KEY"
                                        ") STRICT, WITHOUT ROWID;"
                                        "CREATE TABLE process_start ("
                                        "  id INTEGER PRIMARY KEY,"
                                        "  start BLOB NOT NULL UNIQUE,"
                                        "  is_clean INTEGER NOT NULL"
                                        ") STRICT;"
                                        "CREATE TABLE death ("
                                        "  stream_id BLOB NOT NULL,"
                                        "  seq INTEGER NOT NULL,"
                                        "  deaths INTEGER NOT NULL,"
                                        "  PRIMARY KEY (stream_id, seq)"
                                        ") STRICT, WITHOUT ROWID;"
                                        "CREATE TABLE dead_letter ("
                                        "  id INTEGER PRIMARY KEY,"
                                        "  producer TEXT NOT NULL,"
                                        "  stream_id BLOB NOT NULL,"
                                        "  seq INTEGER NOT NULL,"
                                        "  header BLOB NOT NULL,"
                                        "  payload BLOB NOT NULL,"
                                        "  status TEXT NOT NULL,"
                                        "  at INTEGER NOT NULL,"
                                        "  is_retrying INTEGER NOT NULL,"
                                        "  UNIQUE (stream_id, seq)"
                                        ") STRICT;"
                                        "CREATE TABLE answered_act ("
                                        "  signature BLOB PRIMARY KEY,"
                                        "  answer BLOB NOT NULL"
                                        ") STRICT, WITHOUT ROWID;";

static const char *const texts[DELIVERY_STATEMENT_COUNT] = {
    [DELIVERY_CURSOR_GET] = "SELECT position, bytes_through, store_id FROM cursor"
                            " WHERE destination = ?",
    [DELIVERY_CURSOR_PUT] = "REPLACE INTO cursor (destination, position, bytes_through, store_id)"
                            " VALUES (?, ?, ?, ?)",
    [DELIVERY_INBOX_GET] = "SELECT stream_id, seq, digest FROM inbox WHERE producer = ?",
    [DELIVERY_INBOX_PUT] = "REPLACE INTO inbox (producer, stream_id, seq, digest)"
                           " VALUES (?, ?, ?, ?)",
    [DELIVERY_CLOSED_PUT] = "INSERT OR IGNORE INTO closed_input (stream_id) VALUES (?)",
    [DELIVERY_CLOSED_HAS] = "SELECT 1 FROM closed_input WHERE stream_id = ?",
    [DELIVERY_START_PUT] = "INSERT INTO process_start (start, is_clean) VALUES (?, 0)",
    [DELIVERY_START_HAS] = "SELECT 1 FROM process_start WHERE start = ?",
    [DELIVERY_START_LAST] = "SELECT is_clean FROM process_start ORDER BY id DESC LIMIT 1",
    [DELIVERY_START_CLEAN] = "UPDATE process_start SET is_clean = 1 WHERE start = ?",
    [DELIVERY_DEATH_GET] = "SELECT deaths FROM death WHERE stream_id = ? AND seq = ?",
    [DELIVERY_DEATH_PUT] = "REPLACE INTO death (stream_id, seq, deaths) VALUES (?, ?, ?)",
    [DELIVERY_DEATH_DELETE] = "DELETE FROM death WHERE stream_id = ? AND seq = ?",
    [DELIVERY_DEATH_ANY] = "SELECT 1 FROM death LIMIT 1",
    [DELIVERY_LETTER_PUT] = "REPLACE INTO dead_letter"
                            " (producer, stream_id, seq, header, payload, status, at, is_retrying)"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
    [DELIVERY_LETTER_GET] = "SELECT producer, header, payload, status, at, is_retrying"
                            " FROM dead_letter WHERE id = ?",
    [DELIVERY_LETTER_LIST] = "SELECT id FROM dead_letter WHERE id > ? ORDER BY id LIMIT ?",
    [DELIVERY_LETTER_FIND] = "SELECT id FROM dead_letter WHERE stream_id = ? AND seq = ?",
    [DELIVERY_LETTER_STATE] = "UPDATE dead_letter SET is_retrying = ?, status = ? WHERE id = ?",
    [DELIVERY_LETTER_RETRYING] = "SELECT id FROM dead_letter WHERE is_retrying = 1"
                                 " ORDER BY id LIMIT 1",
    [DELIVERY_LETTER_DELETE] = "DELETE FROM dead_letter WHERE id = ?",
    [DELIVERY_LETTER_COUNT] = "SELECT count(*) FROM dead_letter",
    [DELIVERY_ACT_GET] = "SELECT answer FROM answered_act WHERE signature = ?",
    [DELIVERY_ACT_PUT] = "INSERT INTO answered_act (signature, answer) VALUES (?, ?)",
};

enum status delivery_store_open(struct delivery_store *delivery, struct store *store)
{
    return statements_open(delivery->statements, store, texts, DELIVERY_STATEMENT_COUNT);
}

void delivery_store_close(struct delivery_store *delivery)
{
    statements_close(delivery->statements, DELIVERY_STATEMENT_COUNT);
}

static struct view stream_view(const uint8_t stream_id[STREAM_ID_SIZE])
{
    return view_of(stream_id, STREAM_ID_SIZE);
}

enum status delivery_cursor_get(struct delivery_store *delivery, const char *destination,
                                struct cursor *ret_cursor)
{
    struct statement *statement = &delivery->statements[DELIVERY_CURSOR_GET];
    *ret_cursor = (struct cursor){0};
    statement_bind_text(statement, 1, destination);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_OK;
    ret_cursor->position = statement_u64(statement, 0);
    ret_cursor->bytes_through = statement_u64(statement, 1);
    enum status status = statement_blob_exact(statement, 2, ret_cursor->store_id, STREAM_ID_SIZE);
    statement_reset(statement);
    return status;
}

enum status delivery_cursor_put(struct delivery_store *delivery, const char *destination,
                                const struct cursor *cursor)
{
    struct statement *statement = &delivery->statements[DELIVERY_CURSOR_PUT];
    statement_bind_text(statement, 1, destination);
    statement_bind_u64(statement, 2, cursor->position);
    statement_bind_u64(statement, 3, cursor->bytes_through);
    statement_bind_blob(statement, 4, stream_view(cursor->store_id));
    return statement_run(statement);
}

enum status delivery_inbox_get(struct delivery_store *delivery, const char *producer,
                               struct position *ret_position)
{
    struct statement *statement = &delivery->statements[DELIVERY_INBOX_GET];
    *ret_position = (struct position){0};
    statement_bind_text(statement, 1, producer);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_OK;
    ret_position->seq = statement_u64(statement, 1);
    enum status status =
        statement_blob_exact(statement, 0, ret_position->stream_id, STREAM_ID_SIZE);
    if (status == STATUS_OK)
        status = statement_blob_exact(statement, 2, ret_position->digest, SHA256_SIZE);
    statement_reset(statement);
    return status;
}

enum status delivery_inbox_put(struct delivery_store *delivery, const char *producer,
                               const struct position *position)
{
    struct statement *statement = &delivery->statements[DELIVERY_INBOX_PUT];
    statement_bind_text(statement, 1, producer);
    statement_bind_blob(statement, 2, stream_view(position->stream_id));
    statement_bind_u64(statement, 3, position->seq);
    statement_bind_blob(statement, 4, view_of(position->digest, SHA256_SIZE));
    return statement_run(statement);
}

/* Whether a statement with one blob parameter yields a row. */
static enum status has_blob(struct statement *statement, struct view blob, bool *ret_has)
{
    statement_bind_blob(statement, 1, blob);
    TRY(statement_step(statement, ret_has));
    statement_reset(statement);
    return STATUS_OK;
}

static enum status run_blob(struct statement *statement, struct view blob)
{
    statement_bind_blob(statement, 1, blob);
    return statement_run(statement);
}

enum status delivery_closed_put(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE])
{
    return run_blob(&delivery->statements[DELIVERY_CLOSED_PUT], stream_view(stream_id));
}

enum status delivery_closed_has(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE], bool *ret_has)
{
    return has_blob(&delivery->statements[DELIVERY_CLOSED_HAS], stream_view(stream_id), ret_has);
}

enum status delivery_start_put(struct delivery_store *delivery,
                               const uint8_t start[PROCESS_START_SIZE])
{
    return run_blob(&delivery->statements[DELIVERY_START_PUT], view_of(start, PROCESS_START_SIZE));
}

enum status delivery_start_has(struct delivery_store *delivery,
                               const uint8_t start[PROCESS_START_SIZE], bool *ret_has)
{
    return has_blob(&delivery->statements[DELIVERY_START_HAS], view_of(start, PROCESS_START_SIZE),
                    ret_has);
}

enum status delivery_last_was_clean(struct delivery_store *delivery, bool *ret_was_clean)
{
    struct statement *statement = &delivery->statements[DELIVERY_START_LAST];
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    *ret_was_clean = !has_row || statement_i64(statement, 0) != 0;
    statement_reset(statement);
    return STATUS_OK;
}

enum status delivery_start_clean(struct delivery_store *delivery,
                                 const uint8_t start[PROCESS_START_SIZE])
{
    return run_blob(&delivery->statements[DELIVERY_START_CLEAN],
                    view_of(start, PROCESS_START_SIZE));
}

static struct statement *bind_entry(struct delivery_store *delivery, enum delivery_statement which,
                                    const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq)
{
    struct statement *statement = &delivery->statements[which];
    statement_bind_blob(statement, 1, stream_view(stream_id));
    statement_bind_u64(statement, 2, seq);
    return statement;
}

enum status delivery_deaths_get(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                unsigned *ret_deaths)
{
    struct statement *statement = bind_entry(delivery, DELIVERY_DEATH_GET, stream_id, seq);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    *ret_deaths = has_row ? (unsigned)statement_u64(statement, 0) : 0;
    statement_reset(statement);
    return STATUS_OK;
}

enum status delivery_deaths_put(struct delivery_store *delivery,
                                const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                unsigned deaths)
{
    struct statement *statement = bind_entry(delivery, DELIVERY_DEATH_PUT, stream_id, seq);
    statement_bind_u64(statement, 3, deaths);
    return statement_run(statement);
}

enum status delivery_deaths_delete(struct delivery_store *delivery,
                                   const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq)
{
    return statement_run(bind_entry(delivery, DELIVERY_DEATH_DELETE, stream_id, seq));
}

enum status delivery_deaths_any(struct delivery_store *delivery, bool *ret_any)
{
    struct statement *statement = &delivery->statements[DELIVERY_DEATH_ANY];
    TRY(statement_step(statement, ret_any));
    statement_reset(statement);
    return STATUS_OK;
}

enum status delivery_act_get(struct delivery_store *delivery,
                             const uint8_t signature[SIGNATURE_SIZE], struct arena *arena,
                             struct view *ret_answer)
{
    struct statement *statement = &delivery->statements[DELIVERY_ACT_GET];
    statement_bind_blob(statement, 1, view_of(signature, SIGNATURE_SIZE));
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    struct view answer = statement_blob(statement, 0);
    const uint8_t *copy = arena_copy(arena, answer);
    *ret_answer = view_of(copy, answer.size);
    statement_reset(statement);
    return copy == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status delivery_act_put(struct delivery_store *delivery,
                             const uint8_t signature[SIGNATURE_SIZE], struct view answer)
{
    struct statement *statement = &delivery->statements[DELIVERY_ACT_PUT];
    statement_bind_blob(statement, 1, view_of(signature, SIGNATURE_SIZE));
    statement_bind_blob(statement, 2, answer);
    return statement_run(statement);
}
