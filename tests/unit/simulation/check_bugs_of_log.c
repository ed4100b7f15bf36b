/*
 * The bugs of streams, positions, the log and the stores themselves.
 */
#include "tests/unit/simulation/check_bugs.h"

#include <string.h>

static void keeps_more(struct patient *patient)
{
    patient->input.retained_events_min = 1000000;
}

static void published_is_old(struct patient *patient)
{
    struct sim_witness *witness = &patient->witness;
    witness->published[witness->published_count++] = witness->published[0];
}

static void published_was_other(struct patient *patient)
{
    patient->witness.published[0].root[0] ^= 1;
}

static void store_is_missing(struct patient *patient)
{
    patient->input.stores[SIM_INTAKE] = "file:/nowhere/intake.db";
}

/* OWN. */
static const uint8_t own_stream[STREAM_ID_SIZE] = {[STREAM_ID_SIZE - 1] = 3};

static void add_act(struct patient *patient)
{
    struct sim_act *act = &patient->ledger.acts[patient->ledger.act_count++];
    *act = (struct sim_act){.service = SIM_NOTIFICATION, .type = 2, .is_done = true, .seq = 2};
    memcpy(act->stream_id, own_stream, STREAM_ID_SIZE);
    act->signature[SIGNATURE_SIZE - 1] = 7;
}

#define SIGNATURE "zeroblob(63) || x'07'"

struct bug_case log_bug_cases[LOG_BUG_CASES] = {
    /* promise 3: streams */
    {.name = "an event stands in the log twice",
     .sql =
         "INSERT INTO log SELECT place + 0.5, leaf, payload FROM log WHERE place = " NEWEST("66"),
     .is_of_log = true,
     .want_rule = "stream_stands_once_in_order"},
    {.name = "an event is missing from the log",
     .sql = "DELETE FROM log WHERE place = " NEWEST("66"),
     .is_of_log = true,
     .want_rule = "stream_stands_once_in_order"},
    {.name = "two events of a stream changed places",
     .sql = "UPDATE log SET place = CASE WHEN place = " NEWEST(
         "66") " THEN (SELECT min(place) FROM"
               " log WHERE " OF_TYPE("66") ") ELSE place END",
     .is_of_log = true,
     .want_rule = "stream_stands_once_in_order"},
    {.name = "the log holds an event of nobody's stream",
     .sql =
         "INSERT INTO log SELECT 100000, " WITH("14", "16", "randomblob(16)") ", payload FROM log"
                                                                              " WHERE place = 0",
     .is_of_log = true,
     .want_rule = "stream_stands_once_in_order"},
    {.name = "an effect stands before its cause",
     .sql = "UPDATE log SET place = -1 WHERE place = " NEWEST("48"),
     .is_of_log = true,
     .want_rule = "cause_stands_before_effect"},
    {.name = "an effect's cause never came",
     .sql = "UPDATE log SET leaf = " WITH("160", "8", "x'00000000000003e7'") " WHERE place ="
                                                                             " " NEWEST("48"),
     .is_of_log = true,
     .want_rule = "cause_stands_before_effect"},
    {.name = "an event was changed after it was sent",
     .sql = "UPDATE log SET leaf = " WITH("40", "2", "x'0009'") " WHERE place = " NEWEST("66"),
     .is_of_log = true,
     .want_rule = "chain_fits"},
    {.name = "a position has another digest",
     .sql = "UPDATE classification.inbox SET digest = zeroblob(32)",
     .want_rule = "chain_fits"},
    {.name = "an event's digest is not the chain's",
     .sql = "UPDATE intake.segment SET events = CAST(substr(events, 1, 240) || x'ffff' ||"
            " substr(events, 243) AS BLOB) WHERE last = (SELECT max(last) FROM intake.segment)",
     .want_rule = "chain_fits"},
    {.name = "a segment begins with another digest than the one before it ends with",
     .sql = "UPDATE intake.segment SET digest_before = zeroblob(32) WHERE last = (SELECT max(last)"
            " FROM intake.segment)",
     .want_rule = "segments_fit"},
    {.name = "a segment has bytes behind its last event",
     .sql = "UPDATE intake.segment SET events = CAST(events || x'00' AS BLOB)",
     .want_rule = "segments_fit"},

    /* positions and retention */
    {.name = "an event never arrived",
     .sql = "UPDATE \"audit_log\".inbox SET seq = seq - 1 WHERE producer = 'notification'",
     .want_rule = "everything_arrived"},
    {.name = "an ack never arrived",
     .sql = "UPDATE notification.cursor SET position = position - 1",
     .want_rule = "everything_arrived"},
    {.name = "a cursor stands beyond the log's end",
     .sql = "UPDATE notification.cursor SET position = position + 1",
     .want_rule = "cursor_is_not_beyond"},
    {.name = "an ack was sent before its commit",
     .sql = "UPDATE notification.inbox SET seq = seq - 1 WHERE producer = 'classification'",
     .want_rule = "cursor_is_not_beyond"},
    {.name = "an entry was applied that its producer doesn't have",
     .sql = "UPDATE \"audit_log\".inbox SET seq = seq + 1 WHERE producer = 'intake'",
     .want_rule = "cursor_is_not_beyond"},
    {.name = "events were deleted that a destination lacks",
     .sql = "DELETE FROM intake.segment WHERE last < (SELECT max(last) FROM intake.segment);"
            "UPDATE intake.cursor SET position = 1 WHERE destination = 'notification'",
     .want_rule = "row_is_kept_until_acked"},
    {.name = "an event in the middle was deleted",
     .sql = "DELETE FROM intake.segment WHERE last = (SELECT min(last) FROM intake.segment WHERE"
            " first > 1)",
     .want_rule = "row_is_kept_until_acked"},
    {.name = "fewer events are kept than must be",
     .sql = "DELETE FROM intake.segment WHERE last < (SELECT max(last) FROM intake.segment)",
     .change = keeps_more,
     .want_rule = "row_is_kept_until_acked"},

    /* leaves and the tree */
    {.name = "a leaf has another prefix",
     .sql = "UPDATE audit_log.leaf SET leaf = CAST('netra-leaf/v2' || substr(leaf, 14) AS BLOB)"
            " WHERE idx = 3",
     .want_rule = "leaf_is_well_formed"},
    {.name = "a stored leaf hash is wrong",
     .sql = "UPDATE audit_log.leaf SET leaf_hash = zeroblob(32) WHERE idx = 3",
     .want_rule = "leaf_is_well_formed"},
    {.name = "a leaf is missing",
     .sql = "DELETE FROM audit_log.leaf WHERE idx = 3",
     .want_rule = "leaf_is_well_formed"},
    {.name = "an append time tells the second",
     .sql = "UPDATE log SET leaf = " WITH("66", "8", "x'0000000067000001'") " WHERE place = 3",
     .is_of_log = true,
     .want_rule = "leaf_is_well_formed"},
    {.name = "a leaf has a wrong number within its case",
     .sql = "UPDATE audit_log.leaf SET leaf = " WITH(
         "58", "8", "x'0000000000000009'") " WHERE idx ="
                                           " (SELECT max(idx) FROM audit_log.leaf WHERE "
                                           "substr(leaf, 43, 16) <> zeroblob(16))",
     .want_rule = "case_is_numbered"},
    {.name = "a leaf of no case has a number",
     .sql = "UPDATE log SET leaf = " WITH("58", "8", "x'0000000000000009'") " WHERE place = 0",
     .is_of_log = true,
     .want_rule = "case_is_numbered"},
    {.name = "the stored root is another",
     .sql = "UPDATE audit_log.tree SET root = zeroblob(32)",
     .want_rule = "tree_is_published"},
    {.name = "a tile that the leaves don't make",
     .sql = "INSERT INTO audit_log.node (idx, hash) VALUES (7, zeroblob(32))",
     .want_rule = "tree_is_published"},
    {.name = "the newest checkpoint was never published",
     .change = published_is_old,
     .want_rule = "tree_is_published"},
    {.name = "a published checkpoint is of another tree",
     .change = published_was_other,
     .want_rule = "checkpoint_only_extends"},
    {.name = "a smaller checkpoint was published after a larger one",
     .change = published_is_old,
     .want_rule = "checkpoint_only_extends"},
    {.name = "a payload is lost",
     .sql = "UPDATE audit_log.leaf SET payload = NULL WHERE idx = 3",
     .want_rule = "payload_is_kept"},
    {.name = "a payload is not what was committed to",
     .sql = "UPDATE audit_log.leaf SET payload = CAST(payload || x'00' AS BLOB) WHERE idx = 3",
     .want_rule = "payload_is_kept"},
    {.name = "a sealed payload is another than was sent",
     .sql = "UPDATE audit_log.leaf SET payload = CAST(x'01' || randomblob(60) AS BLOB) WHERE idx"
            " = (SELECT max(idx) FROM audit_log.leaf WHERE substr(leaf, 43, 16) <> zeroblob(16))",
     .want_rule = "payload_is_kept"},
    {.name = "the log's index is wrong",
     .sql = "UPDATE audit_log.run SET count = count + 1 WHERE first_idx = 0",
     .want_rule = "index_tables_fit"},
    {.name = "a case's newest leaf is an older one",
     .sql = "UPDATE audit_log.case_state SET number = number - 1",
     .want_rule = "index_tables_fit"},

    {.name = "an emptied store carries out what was asked of the lost one, whose stream it adopts"
             " afterwards",
     .change = add_act,
     .sql = "INSERT INTO notification.stream VALUES (-1, " OWN
            ", 0, 2, zeroblob(32)), (0, " ADOPTED ", 2, 0, zeroblob(32));"
            "INSERT INTO notification.segment SELECT max(last) + 1, max(last) + 1, 0,"
            " zeroblob(32), CAST(zeroblob(14) || " OWN " || zeroblob(8) || x'0002' ||"
            " zeroblob(128) || " SIGNATURE " || zeroblob(32) || x'0000000107' AS BLOB) FROM"
            " notification.segment;"
            "INSERT INTO log SELECT 90000, CAST(substr(leaf, 1, 14) || " ADOPTED
            " || substr(leaf, 31, 138) || " SIGNATURE " AS BLOB), payload FROM log WHERE"
            " place = " NEWEST("66"),
     .is_of_log = true,
     .want_rule = "act_counts_once"},

    /* stores */
    {.name = "a stop that was not clean",
     .sql = "UPDATE intake.process_start SET is_clean = 0",
     .want_rule = "stop_was_clean"},
    {.name = "a row that its own table refuses",
     .sql = "PRAGMA intake.writable_schema = ON; UPDATE intake.sqlite_schema SET sql ="
            " replace(sql, 'node TEXT NOT NULL', 'node TEXT NOT NULL CHECK (length(node) = 0)')",
     .want_rule = "store_is_sound"},
    {.name = "a store that can't be read",
     .change = store_is_missing,
     .want_rule = "store_is_sound"},
};
