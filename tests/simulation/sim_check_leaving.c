/*
 * What leaves a service is on its disk (protocol.md 7, 10, 15): queries on a copy of what is
 * durable there.
 *
 * ?1 is the frame: of link.proto's Frame 1 hello, 2 batch, 3 ack; or a DoorAnswer. ?2 is to whom.
 */
#include "tests/simulation/sim_check_parts.h"

#include "common/base/invariant.h"

#include <stdio.h>
#include <string.h>

/* The end of a stream in the sender's event log. */
#define END_OF(stream)                                                              \
    "(SELECT coalesce(s.closed_seq, (SELECT max(last) FROM segment) - s.base) FROM" \
    " stream AS s WHERE s.stream_id = " stream ")"

static const char *const of_pipelines[] = {
    /* An ack's position, and what a Hello holds of the receiver's log. */
    "SELECT 'acknowledges ' || ?2 || '''s seq ' || seq || ', its inbox is at ' || coalesce((SELECT"
    " seq FROM inbox WHERE producer = ?2), 'nothing') FROM (SELECT pb_blob(position, 1) AS stream,"
    " pb_number(position, 2) AS seq FROM (SELECT pb_blob(coalesce(pb_blob(?1, 3),"
    " pb_blob(pb_blob(?1, 1), 4)), 1) AS position)) AS said WHERE seq > 0 AND NOT EXISTS (SELECT 1"
    " FROM inbox AS i WHERE i.producer = ?2 AND i.stream_id = said.stream AND i.seq >= said.seq)"
    " AND said.stream NOT IN (SELECT stream_id FROM closed_input)",
    /* A Hello's end. */
    "SELECT 'says to ' || ?2 || ' that its log ends at seq ' || seq || ', it ends at ' ||"
    " coalesce(" END_OF("stream") ", 'nothing') FROM (SELECT pb_blob(position, 1) AS stream,"
                                  " pb_number(position, 2) AS seq FROM (SELECT "
                                  "pb_blob(pb_blob(?1, 1), 3) AS position))"
                                  " WHERE seq > coalesce(" END_OF("stream") ", 0)",
    /* A batch's last entry: an event's seq, or a gap marker's. */
    "SELECT 'sends ' || ?2 || ' events through seq ' || seq || ', its log ends at ' ||"
    " coalesce(" END_OF("stream") ", 'nothing') FROM (SELECT pb_blob(pb_blob(batch, 1), 1) AS"
                                  " stream, max(be(coalesce(substr(pb_blob(entry, 1), 31, 8), "
                                  "x'')), pb_number(entry, 4)) AS seq"
                                  " FROM (SELECT batch, pb_blob(batch, 2) AS entry FROM (SELECT "
                                  "pb_blob(?1, 2) AS batch)))"
                                  " WHERE seq > coalesce(" END_OF("stream") ", 0)",
    NULL,
};

static const char *const of_receipts[] = {
    "SELECT 'gives a receipt that its store doesn''t have' FROM (SELECT pb_blob(?1, 5) AS receipt)"
    " WHERE substr(pb_blob(receipt, 1), 1, 17) = CAST('netra-receipt/v1' || char(10) AS BLOB)"
    " AND receipt NOT IN (SELECT receipt FROM facts_revision)",
    NULL,
};

/* Whether the query yields nothing; else `text` is its first row, or why it can't be asked. */
static bool holds(sqlite3 *database, const char *query, const struct sim_leaving *leaving,
                  char *text, size_t size)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(database, query, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_blob64(statement, 1, leaving->body.bytes, leaving->body.size, SQLITE_STATIC);
        if (sqlite3_bind_parameter_count(statement) > 1)
            sqlite3_bind_text(statement, 2, leaving->to, -1, SQLITE_STATIC);
        code = sqlite3_step(statement);
    }
    if (code != SQLITE_DONE)
        (void)snprintf(text, size, "%s",
                       code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0)
                                          : sqlite3_errmsg(database));
    sqlite3_finalize(statement);
    return code == SQLITE_DONE;
}

bool sim_check_leaving(const struct sim_leaving *leaving, char *text, size_t size)
{
    sqlite3 *database = NULL;
    bool is_answer = leaving->to[0] == '\0';
    bool is_there = true;
    text[0] = '\0';
    INVARIANT(sqlite3_open_v2(leaving->store, &database, SQLITE_OPEN_READWRITE, NULL) ==
              SQLITE_OK);
    sim_check_add_functions(database);
    for (const char *const *query = is_answer ? of_receipts : of_pipelines;
         *query != NULL && is_there; query++)
        is_there = holds(database, *query, leaving, text, size);
    INVARIANT(sqlite3_close(database) == SQLITE_OK);
    return is_there;
}
