/* SQL of the rebuilt tables; what they mean stands in the header. */
#include "services/netra/replay_store.h"

#include "common/base/invariant.h"

#include <stdio.h>
#include <string.h>

/* A register's key differs as a case with this handle would: none has it. */
#define NO_CASE "zeroblob(16)"

static const char step_1[] =
    "CREATE TABLE register_key (curve_public BLOB PRIMARY KEY, name TEXT NOT NULL,"
    " role INTEGER NOT NULL, is_revoked INTEGER NOT NULL, compared INTEGER NOT NULL) STRICT;"
    "CREATE TABLE cases (case_handle BLOB PRIMARY KEY, case_number TEXT NOT NULL,"
    " region TEXT NOT NULL, node TEXT NOT NULL, is_erased INTEGER NOT NULL,"
    " compared INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE facts (case_handle BLOB, revision INTEGER, submission_id TEXT NOT NULL,"
    " accepted_at INTEGER NOT NULL, incident_date INTEGER NOT NULL, received INTEGER NOT NULL,"
    " stream_id BLOB NOT NULL, seq INTEGER NOT NULL,"
    " PRIMARY KEY (case_handle, revision)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE link (case_handle BLOB, other BLOB, kind INTEGER,"
    " PRIMARY KEY (case_handle, other, kind)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX link_other ON link (other);"
    "CREATE TABLE decision (case_handle BLOB, revision INTEGER, seq INTEGER NOT NULL,"
    " made BLOB NOT NULL, compared INTEGER NOT NULL,"
    " PRIMARY KEY (case_handle, revision)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE notice (case_handle BLOB, revision INTEGER, kind INTEGER, recipient TEXT,"
    " role TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL, stream_id BLOB NOT NULL,"
    " seq INTEGER NOT NULL, settled INTEGER NOT NULL, compared INTEGER NOT NULL,"
    " PRIMARY KEY (case_handle, revision, kind, recipient)) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX notice_event ON notice (stream_id, seq);"
    "CREATE TABLE resent (id INTEGER PRIMARY KEY, moment INTEGER NOT NULL) STRICT;"
    "CREATE TABLE difference (round INTEGER, case_handle BLOB, case_number TEXT NOT NULL,"
    " what TEXT NOT NULL, rebuilt TEXT NOT NULL, running TEXT NOT NULL,"
    " PRIMARY KEY (round, case_handle)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE replay (id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL,"
    " size INTEGER NOT NULL, leaves INTEGER NOT NULL) STRICT;";

static const char *const steps[] = {step_1};

#define OF_CASE "case_handle = ?1"
#define MISS \
    "INSERT OR IGNORE INTO difference (round, case_handle, case_number, what, rebuilt, running) "

static const char *const texts[REPLAY_STATEMENT_COUNT] = {
    [REPLAY_PUT_KEY] = "INSERT INTO register_key VALUES (?1, ?2, ?3, 0, 0)"
                       " ON CONFLICT (curve_public) DO UPDATE SET name = excluded.name,"
                       " role = excluded.role",
    [REPLAY_REVOKE_KEY] = "UPDATE register_key SET is_revoked = 1 WHERE curve_public = ?1",
    [REPLAY_TAKE_KEY] = "UPDATE register_key SET compared = ?2 WHERE curve_public = ?1"
                        " RETURNING role, is_revoked",
    [REPLAY_PUT_CASE] = "INSERT INTO cases VALUES (?1, ?2, ?3, ?4, 0, 0)"
                        " ON CONFLICT (case_handle) DO UPDATE SET region = excluded.region",
    [REPLAY_PUT_ERASED] = "INSERT INTO cases VALUES (?1, '', '', '', 1, 0)"
                          " ON CONFLICT (case_handle) DO UPDATE SET is_erased = 1",
    [REPLAY_PUT_FACTS] = "INSERT OR REPLACE INTO facts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [REPLAY_TAKE_CASE] = "UPDATE cases SET compared = max(compared, ?2) WHERE " OF_CASE
                         " RETURNING case_number, region, node, is_erased",
    [REPLAY_GET_FACTS] = "SELECT revision, submission_id, accepted_at, incident_date, received,"
                         " stream_id, seq FROM facts WHERE " OF_CASE " AND revision = ?2",
    [REPLAY_COUNT_FACTS] = "SELECT count(*) FROM facts WHERE " OF_CASE,
    [REPLAY_PUT_LINK] = "INSERT OR IGNORE INTO link VALUES (?1, ?2, ?3)",
    [REPLAY_GET_LINK] = "SELECT 1 FROM link WHERE " OF_CASE " AND other = ?2 AND kind = ?3",
    [REPLAY_COUNT_LINKS] = "SELECT count(*) FROM link WHERE " OF_CASE " OR other = ?1",
    [REPLAY_PUT_DECISION] = "INSERT OR REPLACE INTO decision VALUES (?1, ?2, ?3, ?4, 0)",
    [REPLAY_TAKE_DECISION] = "UPDATE decision SET compared = ?3 WHERE " OF_CASE
                             " AND revision = ?2 RETURNING seq, made",
    [REPLAY_PUT_NOTICE] = "INSERT OR REPLACE INTO notice"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0)",
    [REPLAY_SETTLE_NOTICE] = "UPDATE notice SET state = ?3, settled = ?4"
                             " WHERE stream_id = ?1 AND seq = ?2",
    [REPLAY_RESEND_NOTICE] = "INSERT OR REPLACE INTO resent VALUES (?1, ?2)",
    [REPLAY_TAKE_NOTICE] = "UPDATE notice SET compared = ?5 WHERE " OF_CASE
                           " AND revision = ?2 AND kind = ?3 AND recipient = ?4"
                           " RETURNING role, channel, state, EXISTS (SELECT 1 FROM decision"
                           " WHERE " OF_CASE " AND decision.revision > ?2),"
                           " EXISTS (SELECT 1 FROM resent WHERE id = ?6 AND moment > settled)",
    [REPLAY_COUNT_HIGHER] = "SELECT count(*) FROM decision WHERE " OF_CASE " AND revision > ?2",
    [REPLAY_PUT_DIFFERENCE] = "INSERT OR IGNORE INTO difference VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    /* An erased case keeps its place in the register; what can't be opened has no number here. */
    [REPLAY_MISS_CASES] =
        MISS "SELECT ?1, case_handle, CASE WHEN case_number <> '' THEN case_number"
             " ELSE 'handle ' || lower(hex(case_handle)) END, 'case', 'there', 'missing'"
             " FROM cases WHERE compared <> ?1",
    [REPLAY_MISS_DECISIONS] =
        MISS "SELECT ?1, case_handle, case_number, 'decision ' || revision, 'there', 'missing'"
             " FROM decision JOIN cases USING (case_handle)"
             " WHERE decision.compared <> ?1 AND is_erased = 0 ORDER BY case_handle, revision",
    [REPLAY_MISS_NOTICES] =
        MISS "SELECT ?1, case_handle, case_number,"
             " 'notice to ' || recipient || ' of decision ' || revision, state, 'missing'"
             " FROM notice JOIN cases USING (case_handle)"
             " WHERE notice.compared <> ?1 AND is_erased = 0 ORDER BY case_handle, revision",
    [REPLAY_MISS_KEYS] =
        MISS "SELECT ?1, " NO_CASE ", '', 'key ' || name || ' in the register', 'there', 'missing'"
             " FROM register_key WHERE compared <> ?1 LIMIT 1",
    [REPLAY_EACH_DIFFERENCE] =
        "SELECT case_number, what, rebuilt, running FROM difference WHERE round = ?1"
        " AND (SELECT count(*) FROM difference AS before"
        "      WHERE before.case_handle = difference.case_handle AND before.round < ?1) = ?1 - 1"
        " ORDER BY case_number",
    [REPLAY_COUNT] = "SELECT (SELECT count(*) FROM register_key),"
                     " (SELECT count(*) FROM cases WHERE is_erased = 0),"
                     " (SELECT count(*) FROM cases WHERE is_erased = 1),"
                     " (SELECT count(*) FROM facts), (SELECT count(*) FROM link),"
                     " (SELECT count(*) FROM decision), (SELECT count(*) FROM notice)",
    [REPLAY_PUT_DONE] = "INSERT INTO replay VALUES (1, ?1, ?2, ?3)",
};

enum status replay_store_open(struct replay_store *store, const char *path, struct diag *diag)
{
    const struct store_spec spec = {
        .application_id = REPLAY_APPLICATION_ID,
        .own = {.steps = steps, .count = sizeof steps / sizeof steps[0]},
    };

    TRY(store_open(&store->store, path, &spec, diag));
    if (!store->store.is_new) {
        diag_set(diag, "%s: a replay begins with an empty home", path);
        return STATUS_NAME_TAKEN;
    }
    TRY(statements_open(store->statements, &store->store, texts, REPLAY_STATEMENT_COUNT));
    return store_begin(&store->store);
}

void replay_store_close(struct replay_store *store)
{
    store_rollback(&store->store);
    statements_close(store->statements, REPLAY_STATEMENT_COUNT);
    store_close(&store->store);
}

enum status replay_store_commit(struct replay_store *store)
{
    TRY(store_commit(&store->store));
    if (store_checkpoint_is_due(&store->store))
        TRY(store_checkpoint(&store->store, true));
    return store_begin(&store->store);
}

static struct statement *of_case(struct replay_store *store, enum replay_statement which,
                                 const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    struct statement *statement = &store->statements[which];

    statement_bind_blob(statement, 1, view_of(case_handle, CASE_HANDLE_SIZE));
    return statement;
}

/* ---- applying ---- */

enum status replay_store_put_key(struct replay_store *store, const uint8_t curve_public[32],
                                 const char *name, uint32_t role)
{
    struct statement *put = &store->statements[REPLAY_PUT_KEY];

    statement_bind_blob(put, 1, view_of(curve_public, 32));
    statement_bind_text(put, 2, name);
    statement_bind_u64(put, 3, role);
    return statement_run(put);
}

enum status replay_store_revoke_key(struct replay_store *store, const uint8_t curve_public[32])
{
    struct statement *revoke = &store->statements[REPLAY_REVOKE_KEY];

    statement_bind_blob(revoke, 1, view_of(curve_public, 32));
    return statement_run(revoke);
}

enum status replay_store_put_case(struct replay_store *store,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  const char *case_number, const char *region, const char *node)
{
    struct statement *put = of_case(store, REPLAY_PUT_CASE, case_handle);

    statement_bind_text(put, 2, case_number);
    statement_bind_text(put, 3, region);
    statement_bind_text(put, 4, node);
    return statement_run(put);
}

enum status replay_store_put_erased(struct replay_store *store,
                                    const uint8_t case_handle[CASE_HANDLE_SIZE])
{
    return statement_run(of_case(store, REPLAY_PUT_ERASED, case_handle));
}

enum status replay_store_put_facts(struct replay_store *store,
                                   const uint8_t case_handle[CASE_HANDLE_SIZE],
                                   const struct replay_facts *facts)
{
    struct statement *put = of_case(store, REPLAY_PUT_FACTS, case_handle);

    statement_bind_u64(put, 2, facts->revision);
    statement_bind_text(put, 3, facts->submission_id);
    statement_bind_u64(put, 4, facts->accepted_at);
    statement_bind_u64(put, 5, facts->incident_date);
    statement_bind_u64(put, 6, facts->received);
    statement_bind_blob(put, 7, view_of(facts->stream_id, STREAM_ID_SIZE));
    statement_bind_u64(put, 8, facts->seq);
    return statement_run(put);
}

enum status replay_store_put_link(struct replay_store *store,
                                  const uint8_t case_handle[CASE_HANDLE_SIZE],
                                  const uint8_t other[CASE_HANDLE_SIZE], uint32_t kind)
{
    struct statement *put = of_case(store, REPLAY_PUT_LINK, case_handle);

    statement_bind_blob(put, 2, view_of(other, CASE_HANDLE_SIZE));
    statement_bind_u64(put, 3, kind);
    return statement_run(put);
}

enum status replay_store_put_decision(struct replay_store *store,
                                      const uint8_t case_handle[CASE_HANDLE_SIZE],
                                      uint32_t revision, uint64_t seq, struct view made)
{
    struct statement *put = of_case(store, REPLAY_PUT_DECISION, case_handle);

    statement_bind_u64(put, 2, revision);
    statement_bind_u64(put, 3, seq);
    statement_bind_blob(put, 4, made);
    return statement_run(put);
}

static struct statement *of_notice(struct replay_store *store, enum replay_statement which,
                                   const struct replay_notice_key *key)
{
    struct statement *statement = of_case(store, which, key->case_handle);

    statement_bind_u64(statement, 2, key->revision);
    statement_bind_u64(statement, 3, key->kind);
    statement_bind_text(statement, 4, key->recipient);
    return statement;
}

enum status replay_store_put_notice(struct replay_store *store,
                                    const struct replay_notice_key *key,
                                    const struct replay_notice *notice,
                                    const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq)
{
    struct statement *put = of_notice(store, REPLAY_PUT_NOTICE, key);

    statement_bind_text(put, 5, notice->role);
    statement_bind_text(put, 6, notice->channel);
    statement_bind_text(put, 7, notice->state);
    statement_bind_blob(put, 8, view_of(stream_id, STREAM_ID_SIZE));
    statement_bind_u64(put, 9, seq);
    return statement_run(put);
}

enum status replay_store_settle_notice(struct replay_store *store,
                                       const uint8_t stream_id[STREAM_ID_SIZE], uint64_t seq,
                                       const char *state)
{
    struct statement *settle = &store->statements[REPLAY_SETTLE_NOTICE];
    int64_t changes = 0;

    statement_bind_blob(settle, 1, view_of(stream_id, STREAM_ID_SIZE));
    statement_bind_u64(settle, 2, seq);
    statement_bind_text(settle, 3, state);
    statement_bind_u64(settle, 4, ++store->moment);
    TRY(statement_run_changes(settle, &changes));
    return changes == 1 ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status replay_store_resend_notice(struct replay_store *store, uint64_t id)
{
    struct statement *resend = &store->statements[REPLAY_RESEND_NOTICE];

    statement_bind_u64(resend, 1, id);
    statement_bind_u64(resend, 2, ++store->moment);
    return statement_run(resend);
}
