/*
 * Intake's migrations and statements, what is written, and what is looked up while deciding.
 */
#include "services/intake/intake_store.h"

#include <string.h>

/* A case's id is not its seq: a recovered service's new stream counts from 1 again. The sealed
 * copy is a row's last column, so that reading the others never walks its pages. */
static const char step_1[] =
    "CREATE TABLE case_record ("
    "  id INTEGER PRIMARY KEY,"
    "  case_handle BLOB NOT NULL UNIQUE CHECK (length(case_handle) = 16),"
    "  case_number TEXT NOT NULL UNIQUE,"
    "  node TEXT NOT NULL,"
    "  submission_id TEXT NOT NULL,"
    "  region TEXT NOT NULL,"
    "  accepted_at INTEGER NOT NULL,"
    "  facts_revision INTEGER NOT NULL," /* the newest, as the next two */
    "  incident_date INTEGER NOT NULL,"
    "  received INTEGER NOT NULL,"
    "  is_clock_off INTEGER NOT NULL CHECK (is_clock_off IN (0, 1))," /* of any revision */
    "  reporter BLOB CHECK (reporter IS NULL OR length(reporter) > 0)"
    ") STRICT;"
    "CREATE TABLE facts_revision ("
    "  id INTEGER PRIMARY KEY," /* case id << 16 | revision */
    "  node TEXT NOT NULL,"
    "  submission_id TEXT NOT NULL,"
    "  hash BLOB NOT NULL CHECK (length(hash) = 32),"
    "  stream_id BLOB NOT NULL CHECK (length(stream_id) = 16),"
    "  seq INTEGER NOT NULL,"
    "  accepted_at INTEGER NOT NULL,"
    "  incident_date INTEGER NOT NULL,"
    "  received INTEGER NOT NULL,"
    "  receipt BLOB NOT NULL,"
    "  header BLOB NOT NULL CHECK (length(header) = 232),"
    "  sealed BLOB NOT NULL,"
    "  UNIQUE (node, submission_id)"
    ") STRICT;"
    "CREATE TABLE case_link ("
    "  id INTEGER PRIMARY KEY,"
    "  case_id INTEGER NOT NULL,"
    "  other_id INTEGER NOT NULL CHECK (other_id <> case_id),"
    "  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),"
    "  at INTEGER NOT NULL,"
    "  UNIQUE (case_id, other_id, kind)"
    ") STRICT;"
    "CREATE INDEX case_link_other ON case_link (other_id);"
    "CREATE TABLE case_key ("
    "  case_handle BLOB PRIMARY KEY CHECK (length(case_handle) = 16),"
    "  wrapped BLOB NOT NULL CHECK (length(wrapped) = 76)"
    ") STRICT, WITHOUT ROWID;";

const char *const intake_migration_steps[INTAKE_MIGRATION_COUNT] = {step_1};

#define CASE_COLUMNS                                                          \
    "id, case_number, submission_id, case_handle, region, accepted_at, node," \
    " facts_revision, incident_date, received, reporter IS NOT NULL, is_clock_off"

static const char *const texts[INTAKE_STATEMENT_COUNT] = {
    [INTAKE_FIND_SUBMISSION] =
        "SELECT f.hash, f.id & 65535, c.case_number, f.receipt FROM facts_revision AS f"
        " JOIN case_record AS c ON c.id = f.id >> 16"
        " WHERE f.node = ?1 AND f.submission_id = ?2",
    [INTAKE_FIND_NUMBER] = "SELECT 1 FROM case_record WHERE case_number = ?1",
    [INTAKE_PUT_CASE] =
        "INSERT INTO case_record (case_handle, case_number, node, submission_id, region,"
        " accepted_at, facts_revision, incident_date, received, is_clock_off, reporter)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    /* Without a case id (NULL) it is the row that was put just before. */
    [INTAKE_PUT_REVISION] =
        "INSERT INTO facts_revision (id, node, submission_id, hash, stream_id, seq, accepted_at,"
        " incident_date, received, receipt, header, sealed)"
        " VALUES ((COALESCE(?1, last_insert_rowid()) << 16) | ?2,"
        " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    [INTAKE_MOVE_CASE] = "UPDATE case_record SET facts_revision = ?2, incident_date = ?3,"
                         " received = ?4, is_clock_off = is_clock_off | ?5 WHERE id = ?1",
    [INTAKE_FIND_REVISION] =
        "SELECT hash, header, sealed FROM facts_revision WHERE id = (?1 << 16) | ?2",
    [INTAKE_FIND_REPORTER] =
        "SELECT reporter FROM case_record WHERE id = ?1 AND reporter IS NOT NULL",
    [INTAKE_PUT_LINK] =
        "INSERT INTO case_link (case_id, other_id, kind, at) VALUES (?1, ?2, ?3, ?4)",
    [INTAKE_FIND_LINK] =
        "SELECT 1 FROM case_link WHERE case_id = ?1 AND other_id = ?2 AND kind = ?3",
    [INTAKE_PUT_KEY] = "INSERT INTO case_key (case_handle, wrapped) VALUES (?1, ?2)",
    [INTAKE_FIND_KEY] = "SELECT wrapped FROM case_key WHERE case_handle = ?1",
    [INTAKE_FIND_NEWEST_KEY] = "SELECT wrapped, case_handle FROM case_key"
                               " ORDER BY case_handle DESC LIMIT 1",
    [INTAKE_FIND_CASE_BY_NUMBER] =
        "SELECT " CASE_COLUMNS " FROM case_record WHERE case_number = ?1",
    [INTAKE_FIND_CASE_BY_HANDLE] =
        "SELECT " CASE_COLUMNS " FROM case_record WHERE case_handle = ?1",
    /* A code's beginnings of these lengths are the region itself and those it lies in. */
    [INTAKE_LIST_CASES] =
        "SELECT " CASE_COLUMNS " FROM case_record WHERE id > ?1 AND (?3 = '' OR EXISTS"
        " (SELECT 1 FROM (VALUES (13), (8), (5), (2)) WHERE column1 >= ?4"
        " AND instr(' ' || ?3 || ' ', ' ' || substr(region, 1, column1) || ' ') > 0))"
        " ORDER BY id LIMIT ?2",
    [INTAKE_LIST_REVISIONS] =
        "SELECT * FROM (SELECT id & 65535 AS revision, submission_id, accepted_at, incident_date,"
        " received, stream_id, seq FROM facts_revision"
        " WHERE id BETWEEN ?1 << 16 AND (?1 << 16) | 65535 ORDER BY id DESC LIMIT ?2)"
        " ORDER BY revision",
    [INTAKE_LIST_LINKS] =
        "SELECT * FROM (SELECT l.id AS id, c.case_number, c.case_handle, l.kind,"
        " l.other_id = ?1, l.at FROM case_link AS l JOIN case_record AS c"
        " ON c.id = CASE WHEN l.case_id = ?1 THEN l.other_id ELSE l.case_id END"
        " WHERE l.case_id = ?1 OR l.other_id = ?1 ORDER BY l.id DESC LIMIT ?2) ORDER BY id",
};

enum status intake_store_open(struct intake_store *tables, struct store *store)
{
    return statements_open(tables->statements, store, texts, INTAKE_STATEMENT_COUNT);
}

void intake_store_close(struct intake_store *tables)
{
    statements_close(tables->statements, INTAKE_STATEMENT_COUNT);
}

/* ---- submissions ---- */

/* Copies a blob column to the arena. */
static enum status take_blob(struct statement *statement, int column, struct arena *arena,
                             struct view *ret_blob)
{
    struct view blob = statement_blob(statement, column);
    *ret_blob = view_of(arena_copy(arena, blob), blob.size);
    return ret_blob->bytes == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status take_submission(struct statement *statement, struct arena *arena,
                                   struct known_submission *ret_known)
{
    TRY(statement_blob_exact(statement, 0, ret_known->hash, SUBMISSION_HASH_SIZE));
    ret_known->revision = (uint32_t)statement_u64(statement, 1);
    struct view number = statement_text(statement, 2);
    char *text = arena_take(arena, CASE_NUMBER_TEXT_SIZE);
    if (text == NULL)
        return STATUS_NO_MEMORY;
    if (number.size >= CASE_NUMBER_TEXT_SIZE)
        return STATUS_STORE_CORRUPT;
    memcpy(text, number.bytes, number.size);
    ret_known->case_number = text;
    return take_blob(statement, 3, arena, &ret_known->receipt);
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

static enum status put_revision_row(struct intake_store *tables,
                                    const struct revision_record *record)
{
    struct statement *statement = &tables->statements[INTAKE_PUT_REVISION];
    statement_bind_u64(statement, 2, record->revision);
    statement_bind_text(statement, 3, record->node);
    statement_bind_text(statement, 4, record->submission_id);
    statement_bind_blob(statement, 5, view_of(record->hash, SUBMISSION_HASH_SIZE));
    statement_bind_blob(statement, 6, view_of(record->stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 7, record->seq);
    statement_bind_u64(statement, 8, record->accepted_at);
    statement_bind_u64(statement, 9, record->incident_date);
    statement_bind_u64(statement, 10, record->received);
    statement_bind_blob(statement, 11, record->receipt);
    statement_bind_blob(statement, 12, view_of(record->header, HEADER_SIZE));
    statement_bind_blob(statement, 13, record->sealed);
    return statement_run(statement);
}

enum status intake_store_put_case(struct intake_store *tables, const struct case_record *record)
{
    struct statement *statement = &tables->statements[INTAKE_PUT_CASE];
    const struct revision_record *first = &record->first;
    statement_bind_blob(statement, 1, view_of(record->case_handle, CASE_HANDLE_SIZE));
    statement_bind_text(statement, 2, record->case_number);
    statement_bind_text(statement, 3, first->node);
    statement_bind_text(statement, 4, first->submission_id);
    statement_bind_text(statement, 5, record->region);
    statement_bind_u64(statement, 6, first->accepted_at);
    statement_bind_u64(statement, 7, first->revision);
    statement_bind_u64(statement, 8, first->incident_date);
    statement_bind_u64(statement, 9, first->received);
    statement_bind_u64(statement, 10, first->is_clock_off ? 1 : 0);
    if (record->reporter.size == 0)
        statement_bind_null(statement, 11);
    else
        statement_bind_blob(statement, 11, record->reporter);
    TRY(statement_run(statement));
    statement_bind_null(&tables->statements[INTAKE_PUT_REVISION], 1);
    return put_revision_row(tables, first);
}

enum status intake_store_put_revision(struct intake_store *tables, uint64_t case_id,
                                      const struct revision_record *record)
{
    statement_bind_u64(&tables->statements[INTAKE_PUT_REVISION], 1, case_id);
    TRY(put_revision_row(tables, record));
    struct statement *statement = &tables->statements[INTAKE_MOVE_CASE];
    statement_bind_u64(statement, 1, case_id);
    statement_bind_u64(statement, 2, record->revision);
    statement_bind_u64(statement, 3, record->incident_date);
    statement_bind_u64(statement, 4, record->received);
    statement_bind_u64(statement, 5, record->is_clock_off ? 1 : 0);
    return statement_run(statement);
}

static enum status take_revision(struct statement *statement, struct arena *arena,
                                 struct kept_revision *ret_kept)
{
    TRY(statement_blob_exact(statement, 0, ret_kept->hash, SUBMISSION_HASH_SIZE));
    TRY(statement_blob_exact(statement, 1, ret_kept->header, HEADER_SIZE));
    return take_blob(statement, 2, arena, &ret_kept->sealed);
}

enum status intake_store_find_revision(struct intake_store *tables, uint64_t case_id,
                                       uint32_t revision, struct arena *arena,
                                       struct kept_revision *ret_kept)
{
    if (revision == 0 || revision > REVISIONS_MAX)
        return STATUS_NOT_FOUND;
    struct statement *statement = &tables->statements[INTAKE_FIND_REVISION];
    statement_bind_u64(statement, 1, case_id);
    statement_bind_u64(statement, 2, revision);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    enum status status = take_revision(statement, arena, ret_kept);
    statement_reset(statement);
    return status;
}

enum status intake_store_find_reporter(struct intake_store *tables, uint64_t case_id,
                                       struct arena *arena, struct view *ret_reporter)
{
    struct statement *statement = &tables->statements[INTAKE_FIND_REPORTER];
    statement_bind_u64(statement, 1, case_id);
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_NOT_FOUND;
    enum status status = take_blob(statement, 0, arena, ret_reporter);
    statement_reset(statement);
    return status;
}

/* ---- links ---- */

enum status intake_store_put_link(struct intake_store *tables, uint64_t case_id, uint64_t other_id,
                                  uint32_t kind, uint64_t at)
{
    struct statement *statement = &tables->statements[INTAKE_PUT_LINK];
    statement_bind_u64(statement, 1, case_id);
    statement_bind_u64(statement, 2, other_id);
    statement_bind_u64(statement, 3, kind);
    statement_bind_u64(statement, 4, at);
    return statement_run(statement);
}

enum status intake_store_has_link(struct intake_store *tables, uint64_t case_id, uint64_t other_id,
                                  uint32_t kind, bool *ret_has)
{
    struct statement *statement = &tables->statements[INTAKE_FIND_LINK];
    statement_bind_u64(statement, 1, case_id);
    statement_bind_u64(statement, 2, other_id);
    statement_bind_u64(statement, 3, kind);
    TRY(statement_step(statement, ret_has));
    if (*ret_has)
        statement_reset(statement);
    return STATUS_OK;
}

/* ---- keys ---- */

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
