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
    "  wrapped_key BLOB CHECK (length(wrapped_key) = 76),"            /* NULL: erased */
    "  reporter BLOB CHECK (length(reporter) > 0)"                    /* NULL: anonymous */
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
    "  receipt BLOB NOT NULL," /* a leaf of the tree, at the index */
    "  receipt_tree INTEGER NOT NULL,"
    "  receipt_index INTEGER NOT NULL,"
    "  header BLOB NOT NULL CHECK (length(header) = 232),"
    "  sealed BLOB NOT NULL,"
    "  UNIQUE (node, submission_id)"
    ") STRICT;"
    /* What the receipts of one commit share; the tree is made again from its leaves' hashes. */
    "CREATE TABLE receipt_tree ("
    "  id INTEGER PRIMARY KEY,"
    "  leaf_hashes BLOB NOT NULL CHECK (length(leaf_hashes) > 0 AND length(leaf_hashes) % 32 = 0),"
    "  signature BLOB NOT NULL CHECK (length(signature) = 64)"
    ") STRICT;"
    "CREATE TABLE case_link ("
    "  id INTEGER PRIMARY KEY,"
    "  case_id INTEGER NOT NULL,"
    "  other_id INTEGER NOT NULL CHECK (other_id <> case_id),"
    "  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),"
    "  at INTEGER NOT NULL,"
    "  UNIQUE (case_id, other_id, kind)"
    ") STRICT;"
    "CREATE INDEX case_link_other ON case_link (other_id);";

const char *const intake_migration_steps[INTAKE_MIGRATION_COUNT] = {step_1};

#define CASE_COLUMNS                                                          \
    "id, case_number, submission_id, case_handle, region, accepted_at, node," \
    " facts_revision, incident_date, received, reporter IS NOT NULL, is_clock_off"

static const char *const texts[INTAKE_STATEMENT_COUNT] = {
    [INTAKE_FIND_SUBMISSION] =
        "SELECT f.hash, f.id & 65535, c.case_number, f.receipt, f.receipt_tree, f.receipt_index,"
        " t.leaf_hashes, t.signature FROM facts_revision AS f"
        " JOIN case_record AS c ON c.id = f.id >> 16"
        " LEFT JOIN receipt_tree AS t ON t.id = f.receipt_tree"
        " WHERE f.node = ?1 AND f.submission_id = ?2",
    [INTAKE_PUT_CASE] =
        "INSERT INTO case_record (case_handle, case_number, node, submission_id, region,"
        " accepted_at, facts_revision, incident_date, received, is_clock_off, wrapped_key,"
        " reporter) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT (case_number) DO NOTHING",
    [INTAKE_PUT_REVISION] =
        "INSERT INTO facts_revision (id, node, submission_id, hash, stream_id, seq, accepted_at,"
        " incident_date, received, receipt, receipt_tree, receipt_index, header, sealed)"
        " VALUES ((?1 << 16) | ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    [INTAKE_MOVE_CASE] = "UPDATE case_record SET facts_revision = ?2, incident_date = ?3,"
                         " received = ?4, is_clock_off = is_clock_off | ?5 WHERE id = ?1",
    [INTAKE_FIND_REVISION] =
        "SELECT hash, header, sealed FROM facts_revision WHERE id = (?1 << 16) | ?2",
    [INTAKE_FIND_REPORTER] =
        "SELECT reporter FROM case_record WHERE id = ?1 AND reporter IS NOT NULL",
    [INTAKE_NEXT_TREE] = "SELECT COALESCE(MAX(id), 0) + 1 FROM receipt_tree",
    [INTAKE_PUT_TREE] =
        "INSERT INTO receipt_tree (id, leaf_hashes, signature) VALUES (?1, ?2, ?3)",
    [INTAKE_PUT_LINK] =
        "INSERT INTO case_link (case_id, other_id, kind, at) VALUES (?1, ?2, ?3, ?4)",
    [INTAKE_FIND_LINK] =
        "SELECT 1 FROM case_link WHERE case_id = ?1 AND other_id = ?2 AND kind = ?3",
    [INTAKE_FIND_KEY] = "SELECT wrapped_key FROM case_record"
                        " WHERE case_handle = ?1 AND wrapped_key IS NOT NULL",
    [INTAKE_FIND_NEWEST_KEY] = "SELECT wrapped_key, case_handle FROM case_record"
                               " WHERE wrapped_key IS NOT NULL ORDER BY id DESC LIMIT 1",
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
    TRY(take_blob(statement, 3, arena, &ret_known->receipt));
    ret_known->receipt_tree = statement_u64(statement, 4);
    ret_known->receipt_index = (uint32_t)statement_u64(statement, 5);
    ret_known->leaf_hashes = (struct view){0};
    if (statement_is_null(statement, 6))
        return STATUS_OK;
    TRY(statement_blob_exact(statement, 7, ret_known->signature, SIGNATURE_SIZE));
    return take_blob(statement, 6, arena, &ret_known->leaf_hashes);
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

enum status intake_store_put_case(struct intake_store *tables, const struct case_record *record,
                                  uint64_t *ret_id)
{
    struct statement *statement = &tables->statements[INTAKE_PUT_CASE];
    const struct revision_record *first = record->first;
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
    statement_bind_blob(statement, 11, view_of(record->wrapped_key, WRAPPED_KEY_SIZE));
    if (record->reporter.size == 0)
        statement_bind_null(statement, 12);
    else
        statement_bind_blob(statement, 12, record->reporter);
    return statement_run_insert(statement, ret_id);
}

static enum status move_case(struct intake_store *tables, uint64_t case_id,
                             const struct revision_record *record)
{
    struct statement *statement = &tables->statements[INTAKE_MOVE_CASE];
    statement_bind_u64(statement, 1, case_id);
    statement_bind_u64(statement, 2, record->revision);
    statement_bind_u64(statement, 3, record->incident_date);
    statement_bind_u64(statement, 4, record->received);
    statement_bind_u64(statement, 5, record->is_clock_off ? 1 : 0);
    return statement_run(statement);
}

enum status intake_store_put_revision(struct intake_store *tables, uint64_t case_id,
                                      const struct revision_record *record)
{
    struct statement *statement = &tables->statements[INTAKE_PUT_REVISION];
    statement_bind_u64(statement, 1, case_id);
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
    statement_bind_u64(statement, 12, record->receipt_tree);
    statement_bind_u64(statement, 13, record->receipt_index);
    statement_bind_blob(statement, 14, view_of(record->header, HEADER_SIZE));
    statement_bind_blob(statement, 15, record->sealed);
    TRY(statement_run(statement));
    return record->revision == 1 ? STATUS_OK : move_case(tables, case_id, record);
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

/* ---- what receipts share ---- */

enum status intake_store_next_tree(struct intake_store *tables, uint64_t *ret_id)
{
    struct statement *statement = &tables->statements[INTAKE_NEXT_TREE];
    bool has_row = false;
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_STORE_CORRUPT;
    *ret_id = statement_u64(statement, 0);
    statement_reset(statement);
    return STATUS_OK;
}

enum status intake_store_put_tree(struct intake_store *tables, uint64_t id,
                                  struct view leaf_hashes, const uint8_t signature[SIGNATURE_SIZE])
{
    struct statement *statement = &tables->statements[INTAKE_PUT_TREE];
    statement_bind_u64(statement, 1, id);
    statement_bind_blob(statement, 2, leaf_hashes);
    statement_bind_blob(statement, 3, view_of(signature, SIGNATURE_SIZE));
    return statement_run(statement);
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
