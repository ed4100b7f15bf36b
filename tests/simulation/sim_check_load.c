/*
 * The checker's tables, and how they are filled from the stores. (From the ledger and the witness:
 * sim_check_told.c.)
 *
 * The stores are attached under their services' names, audit-log as audit_log; what every service
 * has is gathered in tables with a column `service`, and what is bytes there has its fields here.
 */
#include "tests/simulation/sim_check_parts.h"

#include "common/base/invariant.h"

#include <stdio.h>
#include <string.h>

#define SQL_BYTES_MAX 2048
#define TABLES_MAX 40u

static const char tables[] =
    "CREATE TABLE consumes (consumer TEXT, producer TEXT);"
    "INSERT INTO consumes VALUES ('classification', 'intake'), ('notification', 'intake'),"
    " ('notification', 'classification'), ('audit-log', 'intake'),"
    " ('audit-log', 'classification'), ('audit-log', 'notification');"
    "CREATE TABLE sound (service TEXT, text TEXT);"
    "CREATE TABLE stop (service TEXT, is_clean INTEGER);"
    "CREATE TABLE event (service TEXT, position INTEGER, stream_id BLOB, seq INTEGER,"
    "  header BLOB, payload BLOB, digest BLOB, ends_at INTEGER, computed BLOB,"
    "  PRIMARY KEY (service, position)) WITHOUT ROWID;"
    "CREATE TABLE segment (service TEXT, first INTEGER, last INTEGER, bytes_before INTEGER,"
    "  digest_before BLOB, size INTEGER, PRIMARY KEY (service, first)) WITHOUT ROWID;"
    "CREATE TABLE stream (service TEXT, generation INTEGER, stream_id BLOB, base INTEGER,"
    "  end_seq INTEGER, is_closed INTEGER, closed_digest BLOB);"
    "CREATE TABLE tip (service TEXT PRIMARY KEY, position INTEGER) WITHOUT ROWID;"
    "CREATE TABLE inbox (consumer TEXT, producer TEXT, stream_id BLOB, seq INTEGER, digest BLOB);"
    "CREATE TABLE cursor (producer TEXT, destination TEXT, position INTEGER);"
    "CREATE TABLE letter (service TEXT, producer TEXT, stream_id BLOB, seq INTEGER, status TEXT,"
    "  is_retrying INTEGER);"
    "CREATE TABLE answered (service TEXT, signature BLOB);"
    "CREATE TABLE key (service TEXT, name TEXT, role INTEGER, curve_public BLOB,"
    "  sign_public BLOB, key_id BLOB, regions TEXT, is_revoked INTEGER);"
    "CREATE TABLE malformed (text TEXT);"
    "CREATE TABLE leaf (idx INTEGER PRIMARY KEY, stream_id BLOB, seq INTEGER, type INTEGER,"
    "  case_handle BLOB, number INTEGER, append_time INTEGER, previous BLOB, commitment BLOB,"
    "  cause_stream BLOB, cause_seq INTEGER, signature BLOB, hash BLOB, stored_hash BLOB,"
    "  previous_idx INTEGER, payload BLOB, digest BLOB, is_lost INTEGER);"
    "CREATE TABLE digest_at (stream_id BLOB, seq INTEGER, digest BLOB,"
    "  PRIMARY KEY (stream_id, seq)) WITHOUT ROWID;"
    "CREATE TABLE revision (case_handle BLOB, case_number TEXT, revision INTEGER,"
    "  submission_id TEXT, stream_id BLOB, seq INTEGER, receipt BLOB);"
    "CREATE TABLE tile (idx INTEGER PRIMARY KEY, hash BLOB);"
    "CREATE TABLE root (size INTEGER PRIMARY KEY, root BLOB);"
    "CREATE TABLE sent (n INTEGER PRIMARY KEY, submission_id TEXT, receipt BLOB,"
    "  is_refused INTEGER, stream_id BLOB, seq INTEGER, node TEXT, refusal TEXT,"
    "  is_undone INTEGER);"
    "CREATE TABLE act (n INTEGER PRIMARY KEY, service TEXT, type INTEGER, signature BLOB,"
    "  is_done INTEGER, stream_id BLOB, seq INTEGER);"
    "CREATE TABLE published (n INTEGER PRIMARY KEY, size INTEGER, root BLOB, is_given_up INTEGER,"
    "  is_again INTEGER);"
    "CREATE TABLE history (service TEXT PRIMARY KEY, restored INTEGER, forks_seen INTEGER,"
    "  recovered INTEGER, is_not_clean INTEGER) WITHOUT ROWID;"
    "CREATE TABLE poison (service TEXT, n INTEGER, deaths INTEGER);"
    "CREATE TABLE alone (service TEXT, stream_id BLOB, seq INTEGER, deaths INTEGER);"
    "CREATE TABLE wanted (retained INTEGER, moment INTEGER);";

/* ---- a store ---- */

/* $ stands for the service's name in quotes, @ for its schema. */
static void expand(const char *template, const char *service, const char *schema, char *sql)
{
    char quoted[32];
    size_t used = 0;
    (void)snprintf(quoted, sizeof quoted, "'%s'", service);
    for (const char *at = template; *at != '\0'; at++) {
        const char *word = *at == '$' ? quoted : schema;
        size_t size = *at == '$' || *at == '@' ? strlen(word) : 1;
        INVARIANT(used + size < SQL_BYTES_MAX);
        memcpy(sql + used, *at == '$' || *at == '@' ? word : at, size);
        used += size;
    }
    sql[used] = '\0';
}

/*
 * The events of a store: the one place that knows how the log is stored (common/delivery,
 * segment.h: header[232] digest[32] size[4] payload, one after the other). `computed` is what an
 * event's digest must be by what stands before it, `ends_at` its end within the segment.
 */
#define SIZE_AT(at) "be(substr(s.events, " at " + 264, 4))"

static const char load_segments[] =
    "INSERT INTO segment SELECT $, first, last, bytes_before, digest_before, length(events)"
    "  FROM @.segment";

static const char load_events[] =
    "WITH RECURSIVE walk (last, position, at) AS (SELECT last, first, 1 FROM @.segment"
    "  UNION ALL SELECT w.last, w.position + 1, w.at + 268 + " SIZE_AT(
        "w.at") "  FROM walk AS w JOIN @.segment AS s USING (last) WHERE w.position < w.last)"
                " INSERT INTO event SELECT $, w.position, substr(s.events, w.at + 14, 16),"
                "  be(substr(s.events, w.at + 30, 8)), substr(s.events, w.at, 232),"
                "  substr(s.events, w.at + 268, " SIZE_AT(
                    "w.at") "), substr(s.events, w.at + 232, 32),"
                            "  w.at + 267 + " SIZE_AT(
                                "w.at") ", NULL FROM walk AS w JOIN @.segment AS s USING (last)";

static const char chain_events[] =
    "UPDATE event SET computed = sha256(CASE WHEN seq = 1"
    "   THEN sha256('netra-stream/v1' || char(10), stream_id)"
    "   ELSE coalesce((SELECT b.digest FROM event AS b WHERE b.service = $ AND b.position ="
    "     event.position - 1), (SELECT digest_before FROM segment AS s WHERE s.service = $ AND"
    "     s.first = event.position)) END, header) WHERE service = $";

static const char *const of_every_store[] = {
    load_segments,
    load_events,
    chain_events,
    "INSERT INTO tip SELECT $, coalesce(max(position), 0) FROM event WHERE service = $",
    "INSERT INTO stream SELECT $, generation, stream_id, base,"
    "  coalesce(closed_seq, (SELECT position FROM tip WHERE service = $) - base),"
    "  closed_seq IS NOT NULL, closed_digest FROM @.stream",
    "INSERT INTO inbox SELECT $, producer, stream_id, seq, digest FROM @.inbox",
    "INSERT INTO cursor SELECT $, destination, position FROM @.cursor",
    "INSERT INTO letter SELECT $, producer, stream_id, seq, status, is_retrying"
    "  FROM @.dead_letter",
    "INSERT INTO answered SELECT $, signature FROM @.answered_act",
    "INSERT INTO key SELECT $, name, role, curve_public, sign_public, key_id, regions,"
    "  is_revoked FROM @.register_key",
    "INSERT INTO stop SELECT $, is_clean FROM @.process_start ORDER BY id DESC LIMIT 1",
    "INSERT INTO sound SELECT $, integrity_check FROM pragma_integrity_check(10, '@')",
};

static bool runs(struct sim_check *check, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    int code = sim_check_try_prepare(check, sql, &statement);
    while (code == SQLITE_OK || code == SQLITE_ROW)
        code = sqlite3_step(statement);
    sim_check_finish(check, statement);
    return code == SQLITE_DONE;
}

static bool load_store(struct sim_check *check, const char *service, const char *schema)
{
    char sql[SQL_BYTES_MAX];
    for (size_t i = 0; i < sizeof of_every_store / sizeof of_every_store[0]; i++) {
        expand(of_every_store[i], service, schema, sql);
        if (runs(check, sql))
            continue;
        sim_check_find(check, "store_is_sound", "%s: %s", service,
                       sqlite3_errmsg(check->database));
        return false;
    }
    return true;
}

static const char *schema_of(enum sim_service service)
{
    return service == SIM_AUDIT_LOG ? "audit_log" : sim_check_service(service);
}

static bool attach(struct sim_check *check, const char *path, const char *schema)
{
    sqlite3_stmt *statement = NULL;
    if (check->is_again)
        return true;
    bool is_attached =
        sqlite3_prepare_v2(check->database, "ATTACH ?1 AS ?2", -1, &statement, NULL) == SQLITE_OK;
    if (is_attached) {
        sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, schema, -1, SQLITE_STATIC);
        is_attached = sqlite3_step(statement) == SQLITE_DONE;
    }
    if (!is_attached)
        sim_check_find(check, "store_is_sound", "%s: %s", schema, sqlite3_errmsg(check->database));
    sqlite3_finalize(statement);
    return is_attached;
}

/* ---- the log, and what only one store has ---- */

#define WELL_FORMED \
    "length(leaf) = 232 AND substr(leaf, 1, 14) = CAST('netra-leaf/v1' || char(10) AS BLOB)"

/* A leaf as its stream carried it has audit-log's three fields zero. */
#define AS_CHAINED                                                                    \
    "CAST(substr(leaf, 1, 58) || zeroblob(16) || substr(leaf, 75, 6) || zeroblob(32)" \
    " || substr(leaf, 113) AS BLOB)"

static const char *const of_single_stores[] = {
    "INSERT INTO malformed SELECT 'leaf ' || idx || ': ' || length(leaf) || ' bytes, or another"
    " prefix' FROM audit_log.leaf WHERE NOT (" WELL_FORMED ")",
    "INSERT INTO leaf SELECT l.idx, substr(leaf, 15, 16), be(substr(leaf, 31, 8)),"
    "  be(substr(leaf, 39, 2)), substr(leaf, 43, 16), be(substr(leaf, 59, 8)),"
    "  be(substr(leaf, 67, 8)), substr(leaf, 81, 32), substr(leaf, 113, 32),"
    "  substr(leaf, 145, 16), be(substr(leaf, 161, 8)), substr(leaf, 169, 64),"
    "  sha256(x'00', leaf), leaf_hash, previous_idx, l.payload, NULL, 0"
    " FROM audit_log.leaf AS l"
    " WHERE " WELL_FORMED " ORDER BY l.idx",
    "INSERT INTO revision SELECT c.case_handle, c.case_number, f.id & 65535, f.submission_id,"
    "  f.stream_id, f.seq, f.receipt FROM intake.facts_revision AS f"
    " JOIN intake.case_record AS c ON c.id = f.id >> 16",
};

/* What follows from the tables; failing there is our own bug. The chain in the log's order:
 * chain() goes on from its last call. `stream`: what was adopted was begun by the store that was
 * lost, and what that one had before is lost with it. `said`: the clear payload of an event of no
 * case, behind its kind and its salt. `unsaid`: what an emptied store said first, before an
 * operator had it adopt the stream that its peers hold, never leaves it: its opening, its tables,
 * bootstrapped keys, and what it was told of a peer's own recovery. `retried`: at any moment the
 * act may have its effect, and stand in its service's own log alone. `facts_at`: the event of a
 * submission, by the store or by its receipt: a recovery may have given it up. `poisoned`: the
 * entry that a planned poison is of, the facts or their decision. */
static const char *const what_follows[] = {
    "CREATE INDEX leaf_at ON leaf (stream_id, seq)",
    "CREATE INDEX leaf_of_type ON leaf (type)",
    "CREATE INDEX leaf_of_case ON leaf (case_handle, idx)",
    "CREATE INDEX revision_of_case ON revision (case_handle, revision)",
    "CREATE INDEX revision_at ON revision (stream_id, seq)",
    "UPDATE leaf SET digest = d.digest FROM (SELECT l.idx, chain(substr(leaf, 15, 16),"
    "  be(substr(leaf, 31, 8)), " AS_CHAINED ") AS digest FROM audit_log.leaf AS l"
    "  WHERE " WELL_FORMED " ORDER BY l.idx) AS d WHERE d.idx = leaf.idx",
    "INSERT INTO stream WITH RECURSIVE opened AS MATERIALIZED (SELECT stream_id, substr(payload,"
    "  34) AS message FROM leaf WHERE type = 1), before (service, stream_id) AS (SELECT s.service,"
    "  s.stream_id FROM stream AS s WHERE s.is_closed AND s.end_seq = 0 UNION SELECT b.service,"
    "  pb_blob(o.message, p.n) FROM before AS b JOIN opened AS o USING (stream_id) JOIN"
    "  (SELECT 2 AS n UNION SELECT 5) AS p WHERE length(pb_blob(o.message, p.n)) > 0)"
    " SELECT service, NULL, stream_id, 0, 0, 1, NULL FROM before WHERE stream_id NOT IN"
    "  (SELECT stream_id FROM stream)",
    "UPDATE leaf SET is_lost = " SIM_IS_LOST("leaf.stream_id", "leaf.seq"),
    "INSERT OR IGNORE INTO digest_at SELECT stream_id, 0,"
    "  sha256('netra-stream/v1' || char(10), stream_id) FROM stream",
    "INSERT OR IGNORE INTO digest_at SELECT stream_id, seq, digest FROM leaf"
    "  WHERE digest IS NOT NULL",
    "INSERT OR IGNORE INTO digest_at SELECT stream_id, seq, digest FROM event"
    "  WHERE computed = digest",
    "CREATE TEMP VIEW kept AS SELECT * FROM leaf WHERE NOT is_lost",
    "CREATE TEMP VIEW unsaid AS SELECT s.stream_id FROM stream AS s JOIN stream AS n ON"
    "  n.service = s.service AND n.generation = s.generation + 1 WHERE s.is_closed AND"
    "  n.is_closed AND n.end_seq = 0 AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.stream_id ="
    "  s.stream_id AND be(substr(e.header, 39, 2)) NOT IN (1, 3, 7, 16))",
    "CREATE TEMP VIEW said AS SELECT *, substr(payload, 34) AS message FROM kept"
    "  WHERE case_handle = zeroblob(16)",
    "CREATE TEMP VIEW set_aside AS SELECT s.service, pb_blob(message, 1) AS stream_id,"
    "  pb_number(message, 2) AS seq, CAST(pb_blob(message, 3) AS TEXT) AS status, l.idx"
    "  FROM said AS l JOIN stream AS s ON s.stream_id = l.stream_id WHERE l.type = 4",
    "CREATE TEMP VIEW retried AS SELECT CAST(pb_blob(message, 1) AS TEXT) AS service,"
    "  pb_blob(message, 2) AS stream_id, pb_number(message, 3) AS seq FROM (SELECT message"
    "  FROM said WHERE type = 5 UNION ALL SELECT substr(payload, 34) FROM event"
    "  WHERE be(substr(header, 39, 2)) = 5)",
    "CREATE TEMP VIEW facts_at AS SELECT n, r.stream_id, r.seq FROM sent"
    "  JOIN revision AS r USING (submission_id) UNION SELECT n, stream_id, seq FROM sent"
    "  WHERE receipt IS NOT NULL",
    "CREATE TEMP VIEW poisoned AS SELECT p.service, p.n, p.deaths, f.stream_id, f.seq"
    "  FROM poison AS p JOIN facts_at AS f USING (n) WHERE p.service = 'classification'"
    " UNION ALL SELECT p.service, p.n, p.deaths, d.stream_id, d.seq FROM poison AS p"
    "  JOIN facts_at AS f USING (n) JOIN classification.decision AS d ON d.facts_stream ="
    "  f.stream_id AND d.facts_seq = f.seq WHERE p.service = 'notification'",
};

static bool load_log(struct sim_check *check)
{
    for (size_t i = 0; i < sizeof of_single_stores / sizeof of_single_stores[0]; i++) {
        if (runs(check, of_single_stores[i]))
            continue;
        sim_check_find(check, "store_is_sound", "%s", sqlite3_errmsg(check->database));
        return false;
    }
    for (size_t i = 0; i < sizeof what_follows / sizeof what_follows[0]; i++)
        sim_check_do(check, what_follows[i]);
    return true;
}

/* Empties what another check has filled. */
static void empty_tables(struct sim_check *check)
{
    char deletions[TABLES_MAX][64];
    unsigned count = 0;
    sqlite3_stmt *statement =
        sim_check_prepare(check, "SELECT 'DELETE FROM main.' || name FROM main.sqlite_schema WHERE"
                                 " type = 'table' AND name <> 'consumes'");
    while (sqlite3_step(statement) == SQLITE_ROW) {
        INVARIANT(count < TABLES_MAX);
        (void)snprintf(deletions[count++], sizeof deletions[0], "%s",
                       (const char *)sqlite3_column_text(statement, 0));
    }
    sim_check_finish(check, statement);
    for (unsigned i = 0; i < count; i++)
        sim_check_do(check, deletions[i]);
    sim_check_do(check, "SELECT chain(x'', 0, x'')");
}

static void make_tables(struct sim_check *check)
{
    INVARIANT(sqlite3_exec(check->database, tables, NULL, NULL, NULL) == SQLITE_OK);
}

bool sim_check_load(struct sim_check *check, const struct sim_check_input *input)
{
    if (check->is_again)
        empty_tables(check);
    else
        make_tables(check);
    for (unsigned i = 0; i < SIM_SERVICE_COUNT; i++) {
        const char *schema = schema_of((enum sim_service)i);
        if (!attach(check, input->stores[i], schema) ||
            !load_store(check, sim_check_service(i), schema))
            return false;
    }
    return load_log(check);
}
