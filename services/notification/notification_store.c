/*
 * The tables: statements, and rows to structs and back.
 */
#include "services/notification/notification_store.h"

#include "common/base/mutant.h"

#include <string.h>

/* The channel's that wait for nothing but their time. */
#define WAITING                                                              \
    " FROM notice WHERE state = 'queued' AND is_marked = 0 AND channel = ?1" \
    " AND NOT EXISTS (SELECT 1 FROM notice other WHERE other.is_marked = 1"  \
    "  AND other.case_handle = notice.case_handle AND other.recipient = notice.recipient)"

#define ROW_COLUMNS                                                                         \
    "id, case_handle, revision, kind, state, channel, recipient, role, rule, why,"          \
    " case_number, region, received, stream_id, seq, at, since, next_at, attempts, deaths," \
    " is_marked"

static const char *const texts[NOTIFICATION_STATEMENT_COUNT] = {
    [NOTIFICATION_PUT_NOTICE] =
        ("INSERT INTO notice (case_handle, revision, kind, state, channel, recipient, role, rule,"
         " why, case_number, region, received, at, since, next_at, stream_id, seq)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
         " ON CONFLICT (case_handle, revision, recipient, kind) DO NOTHING"),
    [NOTIFICATION_SUPERSEDE] = ("UPDATE notice SET state = 'superseded'"
                                " WHERE case_handle = ?1 AND revision < ?2 AND state = 'queued'"),
    [NOTIFICATION_LIST_NOTICES] =
        "SELECT " ROW_COLUMNS " FROM notice WHERE id > ?1 ORDER BY id LIMIT ?2",
    /* `own` splits the list at its blanks; `there` hops from one region of the table to the next
     * by the index, so that it costs no look at every row. */
    [NOTIFICATION_LIST_REGIONS] =
        ("WITH RECURSIVE own (region, rest) AS ("
         " SELECT '', ?3 || ' '"
         " UNION ALL SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') "
         "+ 1)"
         "  FROM own WHERE rest <> ''),"
         " there (region) AS ("
         " SELECT min(region) FROM notice"
         " UNION ALL SELECT (SELECT min(later.region) FROM notice later"
         "   WHERE later.region > there.region) FROM there WHERE there.region IS NOT NULL)"
         " SELECT " ROW_COLUMNS " FROM notice WHERE id > ?1 AND region IN ("
         "  SELECT there.region FROM there JOIN own ON own.region <> '' AND (there.region = "
         "own.region"
         "   OR (?4 = 0 AND substr(there.region, 1, length(own.region) + 1) = own.region || '.')))"
         " ORDER BY id LIMIT ?2"),
    [NOTIFICATION_LIST_CASE] =
        "SELECT " ROW_COLUMNS " FROM notice WHERE case_handle = ?1 ORDER BY id LIMIT ?2",
    [NOTIFICATION_LIST_TOLD] =
        ("SELECT " ROW_COLUMNS " FROM notice WHERE case_handle = ?1 AND revision < ?2 AND id > ?4"
         " AND kind = 1"
         " AND (is_told = 1 OR is_marked = 1) AND NOT EXISTS (SELECT 1 FROM notice later"
         "  WHERE later.case_handle = notice.case_handle AND later.recipient = notice.recipient"
         "  AND later.revision > notice.revision AND later.revision < ?2"
         "  AND ((later.kind = 1 AND later.is_marked = 1)"
         "   OR (later.kind IN (1, 4) AND later.is_told = 1)))"
         " ORDER BY id LIMIT ?3"),
    [NOTIFICATION_LIST_DUE] =
        ("SELECT " ROW_COLUMNS WAITING " AND next_at <= ?2 ORDER BY next_at, id LIMIT ?3"),
    [NOTIFICATION_LIST_MARKED] =
        ("SELECT " ROW_COLUMNS " FROM notice WHERE is_marked = 1 ORDER BY channel, id LIMIT ?1"),
    [NOTIFICATION_GET_NOTICE] = "SELECT " ROW_COLUMNS " FROM notice WHERE id = ?1",
    [NOTIFICATION_NEXT_DUE] = "SELECT next_at" WAITING " ORDER BY next_at LIMIT 1",
    [NOTIFICATION_MARK] =
        ("UPDATE notice SET is_marked = 1, attempts = attempts + 1, deaths = deaths + ?2"
         " WHERE id = ?1"),
    [NOTIFICATION_UNMARK] = "UPDATE notice SET is_marked = 0, deaths = 0 WHERE id = ?1",
    [NOTIFICATION_SUPPOSE_TOLD] = "UPDATE notice SET is_told = 1 WHERE id = ?1 AND kind = 1",
    [NOTIFICATION_HASTEN] =
        ("UPDATE notice SET next_at = 0, since = min(since, ?2) WHERE state = 'queued'"
         " AND is_marked = 0 AND channel = ?1 AND next_at > ?2"
         " AND next_at - ?2 > min(?4, ?3 << min(max(attempts, 1) - 1, 22)) / 1000"),
    [NOTIFICATION_SETTLE] =
        ("UPDATE notice SET state = ?2, why = ?3, is_marked = 0, deaths = 0, next_at = 0,"
         " is_told = is_told OR ?2 = 'handed_over' WHERE id = ?1"),
    [NOTIFICATION_RETRY] =
        ("UPDATE notice SET next_at = ?2, why = ?3, is_marked = 0, deaths = 0 WHERE id = ?1"),
    [NOTIFICATION_RESEND] =
        ("UPDATE notice SET state = 'queued', why = '', since = ?2, next_at = 0, deaths = 0"
         " WHERE id = ?1 AND state IN ('handed_over', 'failed')"),
    /* No notice is ever deleted, so the newest one's id is how many there are. To count a million
     * takes 130 ms, and whoever asks for metrics would have every case wait for that. */
    [NOTIFICATION_COUNT_STATES] =
        ("SELECT state, count(*) FROM notice WHERE state IN ('blocked', 'superseded', 'failed')"
         " GROUP BY state"
         " UNION ALL SELECT 'queued', (SELECT count(*) FROM notice WHERE state = 'queued'"
         "  AND is_marked = 0) + (SELECT count(*) FROM notice WHERE is_marked = 1"
         "  AND state = 'queued')"
         " UNION ALL SELECT 'handed_over', (SELECT coalesce(max(id), 0) FROM notice)"),
    [NOTIFICATION_PUT_FACTS] =
        ("INSERT INTO decision_facts (case_handle, revision, outcome, disposition, actor,"
         " incident_date, received, case_number, region, conflicts, code)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
         " ON CONFLICT (case_handle) DO UPDATE SET revision = excluded.revision,"
         " outcome = excluded.outcome, disposition = excluded.disposition,"
         " actor = excluded.actor, incident_date = excluded.incident_date,"
         " received = excluded.received, case_number = excluded.case_number,"
         " region = excluded.region, conflicts = excluded.conflicts,"
         " code = excluded.code"
         " WHERE excluded.revision > decision_facts.revision"),
    [NOTIFICATION_GET_FACTS] =
        ("SELECT revision, outcome, disposition, actor, incident_date, received, case_number,"
         " region, conflicts, code FROM decision_facts WHERE case_handle = ?1"),
    [NOTIFICATION_PUT_TABLES] = ("INSERT INTO tables_loaded (id, digest) VALUES (1, ?1)"
                                 " ON CONFLICT (id) DO UPDATE SET digest = excluded.digest"),
    [NOTIFICATION_GET_TABLES] = "SELECT digest FROM tables_loaded WHERE id = 1",
};

const char *notice_state_name(enum notice_state state)
{
    static const char *const names[NOTICE_STATE_COUNT] = {
        [NOTICE_QUEUED] = "queued",         [NOTICE_BLOCKED] = "blocked",
        [NOTICE_SUPERSEDED] = "superseded", [NOTICE_HANDED_OVER] = "handed_over",
        [NOTICE_FAILED] = "failed",
    };
    return state < NOTICE_STATE_COUNT ? names[state] : "";
}

enum status notification_store_open(struct notification_store *tables, struct store *store)
{
    return statements_open(tables->statements, store, texts, NOTIFICATION_STATEMENT_COUNT);
}

void notification_store_close(struct notification_store *tables)
{
    statements_close(tables->statements, NOTIFICATION_STATEMENT_COUNT);
}

/* ---- writing ---- */

enum status notification_store_put(struct notification_store *tables, const struct notice_row *row,
                                   uint64_t *ret_id)
{
    struct statement *statement = &tables->statements[NOTIFICATION_PUT_NOTICE];
    statement_bind_blob(statement, 1, view_of(row->case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, MUTANT(notice_once_per_recipient) ? 1 : row->revision);
    statement_bind_u64(statement, 3, (uint64_t)row->kind);
    statement_bind_text(statement, 4, notice_state_name(row->state));
    statement_bind_u64(statement, 5, (uint64_t)row->channel);
    statement_bind_text(statement, 6, row->recipient);
    statement_bind_text(statement, 7, row->role);
    statement_bind_text(statement, 8, row->rule);
    statement_bind_text(statement, 9, row->why);
    statement_bind_text(statement, 10, row->case_number);
    statement_bind_text(statement, 11, row->region);
    statement_bind_u64(statement, 12, row->received);
    statement_bind_i64(statement, 13, row->at);
    statement_bind_i64(statement, 14, row->since);
    statement_bind_i64(statement, 15, row->next_at);
    statement_bind_blob(statement, 16, view_of(row->stream_id, STREAM_ID_SIZE));
    statement_bind_u64(statement, 17, row->seq);
    return statement_run_insert(statement, ret_id);
}

enum status notification_store_supersede(struct notification_store *tables,
                                         const uint8_t case_handle[CASE_HANDLE_SIZE],
                                         uint32_t revision)
{
    struct statement *statement = &tables->statements[NOTIFICATION_SUPERSEDE];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, revision);
    return statement_run(statement);
}

enum status notification_store_mark(struct notification_store *tables, uint64_t id, bool is_alone)
{
    struct statement *statement = &tables->statements[NOTIFICATION_MARK];
    statement_bind_u64(statement, 1, id);
    statement_bind_u64(statement, 2, is_alone ? 1 : 0);
    return statement_run(statement);
}

enum status notification_store_unmark(struct notification_store *tables, uint64_t id)
{
    struct statement *statement = &tables->statements[NOTIFICATION_UNMARK];
    statement_bind_u64(statement, 1, id);
    return statement_run(statement);
}

enum status notification_store_hasten(struct notification_store *tables,
                                      enum notice_channel channel, int64_t now, uint32_t base_ms)
{
    struct statement *statement = &tables->statements[NOTIFICATION_HASTEN];
    statement_bind_u64(statement, 1, (uint64_t)channel);
    statement_bind_i64(statement, 2, now);
    statement_bind_u64(statement, 3, base_ms);
    statement_bind_u64(statement, 4, NOTICE_RETRY_MAX_MS);
    return statement_run(statement);
}

enum status notification_store_suppose_told(struct notification_store *tables, uint64_t id)
{
    struct statement *statement = &tables->statements[NOTIFICATION_SUPPOSE_TOLD];
    statement_bind_u64(statement, 1, id);
    return statement_run(statement);
}

enum status notification_store_settle(struct notification_store *tables, uint64_t id,
                                      enum notice_state state, const char *why)
{
    struct statement *statement = &tables->statements[NOTIFICATION_SETTLE];
    statement_bind_u64(statement, 1, id);
    statement_bind_text(statement, 2, notice_state_name(state));
    statement_bind_text(statement, 3, why);
    return statement_run(statement);
}

enum status notification_store_retry(struct notification_store *tables, uint64_t id,
                                     int64_t next_at, const char *why)
{
    struct statement *statement = &tables->statements[NOTIFICATION_RETRY];
    statement_bind_u64(statement, 1, id);
    statement_bind_i64(statement, 2, next_at);
    statement_bind_text(statement, 3, why);
    return statement_run(statement);
}

enum status notification_store_resend(struct notification_store *tables, uint64_t id, int64_t now)
{
    struct statement *statement = &tables->statements[NOTIFICATION_RESEND];
    int64_t changes = 0;
    statement_bind_u64(statement, 1, id);
    statement_bind_i64(statement, 2, now);
    TRY(statement_run_changes(statement, &changes));
    return changes == 1 ? STATUS_OK : STATUS_NOT_FOUND;
}

/* ---- reading ---- */

static void take_text(struct statement *statement, int column, char *text, size_t size)
{
    notice_put_text(text, size, statement_text(statement, column));
}

static enum status take_state(struct statement *statement, int column,
                              enum notice_state *ret_state)
{
    char text[16];
    take_text(statement, column, text, sizeof text);
    for (unsigned state = 0; state < NOTICE_STATE_COUNT; state++) {
        *ret_state = (enum notice_state)state;
        if (strcmp(notice_state_name(*ret_state), text) == 0)
            return STATUS_OK;
    }
    return STATUS_STORE_CORRUPT;
}

static enum status take_row(struct statement *statement, struct notice_row *row)
{
    *row = (struct notice_row){
        .id = statement_u64(statement, 0),
        .revision = (uint32_t)statement_u64(statement, 2),
        .kind = (enum notice_kind)statement_u64(statement, 3),
        .channel = (enum notice_channel)statement_u64(statement, 5),
        .received = (uint32_t)statement_u64(statement, 12),
        .seq = statement_u64(statement, 14),
        .at = statement_i64(statement, 15),
        .since = statement_i64(statement, 16),
        .next_at = statement_i64(statement, 17),
        .attempts = (uint32_t)statement_u64(statement, 18),
        .deaths = (uint32_t)statement_u64(statement, 19),
        .is_marked = statement_u64(statement, 20) != 0,
    };
    TRY(statement_blob_exact(statement, 1, row->case_handle, CASE_HANDLE_SIZE));
    TRY(statement_blob_exact(statement, 13, row->stream_id, STREAM_ID_SIZE));
    TRY(take_state(statement, 4, &row->state));
    take_text(statement, 6, row->recipient, sizeof row->recipient);
    take_text(statement, 7, row->role, sizeof row->role);
    take_text(statement, 8, row->rule, sizeof row->rule);
    take_text(statement, 9, row->why, sizeof row->why);
    take_text(statement, 10, row->case_number, sizeof row->case_number);
    take_text(statement, 11, row->region, sizeof row->region);
    return STATUS_OK;
}

static enum status take_rows(struct statement *statement, struct notice_row *rows,
                             uint32_t rows_max, uint32_t *ret_count)
{
    bool has_row = false;
    *ret_count = 0;
    TRY(statement_step(statement, &has_row));
    while (has_row && *ret_count < rows_max) {
        enum status status = take_row(statement, &rows[*ret_count]);
        if (status != STATUS_OK) {
            statement_reset(statement);
            return status;
        }
        (*ret_count)++;
        TRY(statement_step(statement, &has_row));
    }
    if (has_row)
        statement_reset(statement);
    return STATUS_OK;
}

enum status notification_store_list(struct notification_store *tables,
                                    const struct notice_scope *scope, uint64_t after,
                                    struct notice_row *rows, uint32_t rows_max,
                                    uint32_t *ret_count)
{
    bool is_all = scope->regions[0] == '\0';
    struct statement *statement =
        &tables->statements[is_all ? NOTIFICATION_LIST_NOTICES : NOTIFICATION_LIST_REGIONS];
    statement_bind_u64(statement, 1, after);
    statement_bind_u64(statement, 2, rows_max);
    if (!is_all) {
        statement_bind_text(statement, 3, scope->regions);
        statement_bind_u64(statement, 4, scope->is_exact ? 1 : 0);
    }
    return take_rows(statement, rows, rows_max, ret_count);
}

enum status notification_store_of_case(struct notification_store *tables,
                                       const uint8_t case_handle[CASE_HANDLE_SIZE],
                                       struct notice_row *rows, uint32_t rows_max,
                                       uint32_t *ret_count)
{
    struct statement *statement = &tables->statements[NOTIFICATION_LIST_CASE];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, rows_max);
    return take_rows(statement, rows, rows_max, ret_count);
}

enum status notification_store_told(struct notification_store *tables,
                                    const uint8_t case_handle[CASE_HANDLE_SIZE], uint32_t revision,
                                    uint64_t after, struct notice_row *rows, uint32_t rows_max,
                                    uint32_t *ret_count)
{
    struct statement *statement = &tables->statements[NOTIFICATION_LIST_TOLD];
    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    statement_bind_u64(statement, 2, revision);
    statement_bind_u64(statement, 3, rows_max);
    statement_bind_u64(statement, 4, after);
    return take_rows(statement, rows, rows_max, ret_count);
}

enum status notification_store_due(struct notification_store *tables, enum notice_channel channel,
                                   int64_t now, struct notice_row *rows, uint32_t rows_max,
                                   uint32_t *ret_count)
{
    struct statement *statement = &tables->statements[NOTIFICATION_LIST_DUE];
    statement_bind_u64(statement, 1, (uint64_t)channel);
    statement_bind_i64(statement, 2, now);
    statement_bind_u64(statement, 3, rows_max);
    return take_rows(statement, rows, rows_max, ret_count);
}

enum status notification_store_marked(struct notification_store *tables, struct notice_row *rows,
                                      uint32_t rows_max, uint32_t *ret_count)
{
    struct statement *statement = &tables->statements[NOTIFICATION_LIST_MARKED];
    statement_bind_u64(statement, 1, rows_max);
    return take_rows(statement, rows, rows_max, ret_count);
}

enum status notification_store_get(struct notification_store *tables, uint64_t id,
                                   struct notice_row *ret_row)
{
    struct statement *statement = &tables->statements[NOTIFICATION_GET_NOTICE];
    uint32_t count = 0;
    statement_bind_u64(statement, 1, id);
    TRY(take_rows(statement, ret_row, 1, &count));
    return count == 1 ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status notification_store_next_due(struct notification_store *tables,
                                        enum notice_channel channel, int64_t *ret_at)
{
    struct statement *statement = &tables->statements[NOTIFICATION_NEXT_DUE];
    bool has_row = false;
    *ret_at = INT64_MAX;
    statement_bind_u64(statement, 1, (uint64_t)channel);
    TRY(statement_step(statement, &has_row));
    if (!has_row)
        return STATUS_OK;
    *ret_at = statement_i64(statement, 0);
    statement_reset(statement);
    return STATUS_OK;
}
