/*
 * What leaves a service is on its disk (protocol.md 7, 10, 12, 15): queries on a copy of what is
 * durable there.
 *
 * ?1 is what leaves: of link.proto's Frame 1 hello, 2 batch, 3 ack; a Receipt; a checkpoint. ?2 is
 * to whom, ?3 a notice's number.
 */
#include "tests/simulation/sim_check_parts.h"

#include "common/base/invariant.h"

#include <stdio.h>
#include <string.h>

/* The end of a stream in the sender's event log. */
#define END_OF(stream)                                                              \
    "(SELECT coalesce(s.closed_seq, (SELECT max(last) FROM segment) - s.base) FROM" \
    " stream AS s WHERE s.stream_id = " stream ")"

static const struct {
    enum sim_leaving_kind kind;
    const char *text;
} queries[SIM_LOOK_QUERIES] = {
    /* An ack's position, and what a Hello holds of the receiver's log. */
    {SIM_LEAVES_FRAME,
     ("SELECT 'acknowledges ' || ?2 || '''s seq ' || seq || ', its inbox is at ' || coalesce("
      "(SELECT seq FROM inbox WHERE producer = ?2), 'nothing') FROM (SELECT pb_blob(position, 1)"
      " AS stream, pb_number(position, 2) AS seq FROM (SELECT pb_blob(coalesce(pb_blob(?1, 3),"
      " pb_blob(pb_blob(?1, 1), 4)), 1) AS position)) AS said WHERE seq > 0 AND NOT EXISTS"
      " (SELECT 1 FROM inbox AS i WHERE i.producer = ?2 AND i.stream_id = said.stream AND i.seq"
      " >= said.seq) AND said.stream NOT IN (SELECT stream_id FROM closed_input)")},
    /* A Hello's end. */
    {SIM_LEAVES_FRAME,
     ("SELECT 'says to ' || ?2 || ' that its log ends at seq ' || seq || ', it ends at ' ||"
      " coalesce(" END_OF("stream") ", 'nothing') FROM (SELECT pb_blob(position, 1) AS stream,"
                                    " pb_number(position, 2) AS seq FROM (SELECT"
                                    " pb_blob(pb_blob(?1, 1), 3) AS position))"
                                    " WHERE seq > coalesce(" END_OF("stream") ", 0)")},
    /* A batch's last entry: an event's seq, or a gap marker's. */
    {SIM_LEAVES_FRAME,
     ("SELECT 'sends ' || ?2 || ' events through seq ' || seq || ', its log ends at ' ||"
      " coalesce(" END_OF("stream") ", 'nothing') FROM (SELECT pb_blob(pb_blob(batch, 1), 1) AS"
                                    " stream, max(be(coalesce(substr(pb_blob(entry, 1), 31, 8),"
                                    " x'')), pb_number(entry, 4)) AS seq FROM (SELECT batch,"
                                    " pb_blob(batch, 2) AS entry FROM (SELECT pb_blob(?1, 2) AS"
                                    " batch))) WHERE seq > coalesce(" END_OF("stream") ", 0)")},
    {SIM_LEAVES_ANSWER,
     ("SELECT 'gives a receipt that its store doesn''t have' WHERE substr(pb_blob(?1, 1), 1, 17)"
      " = CAST('netra-receipt/v1' || char(10) AS BLOB) AND NOT EXISTS (SELECT 1 FROM"
      " facts_revision AS f JOIN receipt_tree AS t ON t.id = f.receipt_tree WHERE f.receipt ="
      " pb_blob(?1, 1) AND t.signature = pb_blob(?1, 2))")},
    {SIM_LEAVES_CHECKPOINT, ("SELECT 'publishes a checkpoint that its store doesn''t have' WHERE"
                             " ?1 NOT IN (SELECT checkpoint FROM tree)")},
    {SIM_LEAVES_NOTICE, ("SELECT 'hands over notice ' || ?3 || ', which isn''t marked' WHERE NOT"
                         " EXISTS (SELECT 1 FROM notice WHERE id = ?3 AND is_marked)")},
};

void sim_look_open(struct sim_look *look, const char *store)
{
    *look = (struct sim_look){.database = NULL};
    INVARIANT(sqlite3_open_v2(store, &look->database, SQLITE_OPEN_READWRITE, SIM_DISKS_BESIDE) ==
              SQLITE_OK);
    sim_check_add_functions(look->database);
}

static void bind(sqlite3_stmt *statement, const struct sim_leaving *leaving)
{
    int count = sqlite3_bind_parameter_count(statement);
    sqlite3_bind_blob64(statement, 1, leaving->body.bytes, leaving->body.size, SQLITE_STATIC);
    if (count > 1)
        sqlite3_bind_text(statement, 2, leaving->to, -1, SQLITE_STATIC);
    if (count > 2)
        sqlite3_bind_int64(statement, 3, (int64_t)leaving->number);
}

/* Whether the query yields nothing; else `text` is its first row, or why it can't be asked. */
static bool holds(struct sim_look *look, unsigned query, const struct sim_leaving *leaving,
                  char *text, size_t size)
{
    sqlite3_stmt **statement = &look->statements[query];
    int code = SQLITE_OK;
    if (*statement == NULL)
        code = sqlite3_prepare_v2(look->database, queries[query].text, -1, statement, NULL);
    if (code == SQLITE_OK) {
        bind(*statement, leaving);
        code = sqlite3_step(*statement);
    }
    if (code != SQLITE_DONE)
        (void)snprintf(text, size, "%s",
                       code == SQLITE_ROW ? (const char *)sqlite3_column_text(*statement, 0)
                                          : sqlite3_errmsg(look->database));
    sqlite3_reset(*statement);
    return code == SQLITE_DONE;
}

static bool all_hold(struct sim_look *look, const struct sim_leaving *leaving, char *text,
                     size_t size)
{
    for (unsigned i = 0; i < SIM_LOOK_QUERIES; i++)
        if (queries[i].kind == leaving->kind && !holds(look, i, leaving, text, size))
            return false;
    return true;
}

/* DoorAnswer (door.proto): its own body, and those of the further answers in its frame. */
#define ANSWER_BODY (5u << 3 | 2u)
#define ANSWER_MORE (6u << 3 | 2u)

static bool body_holds(struct sim_look *look, struct view answer, char *text, size_t size)
{
    struct sim_wire_field field;
    while (sim_wire_next(&answer, &field)) {
        struct sim_leaving body = {.kind = SIM_LEAVES_ANSWER, .body = field.bytes};
        if (field.tag == ANSWER_BODY && !all_hold(look, &body, text, size))
            return false;
    }
    return true;
}

static bool answers_hold(struct sim_look *look, struct view answer, char *text, size_t size)
{
    struct view rest = answer;
    struct sim_wire_field field;
    bool is_there = body_holds(look, answer, text, size);
    while (is_there && sim_wire_next(&rest, &field))
        if (field.tag == ANSWER_MORE)
            is_there = body_holds(look, field.bytes, text, size);
    return is_there;
}

bool sim_check_leaving(struct sim_look *look, const struct sim_leaving *leaving, char *text,
                       size_t size)
{
    text[0] = '\0';
    return leaving->kind == SIM_LEAVES_ANSWER ? answers_hold(look, leaving->body, text, size)
                                              : all_hold(look, leaving, text, size);
}
