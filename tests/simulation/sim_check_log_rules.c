/*
 * Rules of streams and of the log: protocol.md 1-5, 7, 15, 17; the leaf; RFC 6962.
 */
#include "tests/simulation/sim_check_parts.h"

#define LEAF "'leaf ' || idx || ': "
#define STREAM "service || ': stream ' || hex(stream_id) || ': "

const struct sim_rule sim_log_rules[] = {
    {"store_is_sound", SIM_RULE_ALWAYS,
     ("SELECT service || ': integrity_check says ' || text FROM sound WHERE text <> 'ok'")},
    {"stop_was_clean", SIM_RULE_AT_END,
     ("SELECT service || ': its last stop is not recorded as clean' FROM stop JOIN"
      " history USING (service) WHERE NOT is_clean AND NOT is_not_clean")},

    /* ---- each event is there once, in order, for good ---- */
    {"stream_stands_once_in_order", SIM_RULE_AT_END,
     ("SELECT " STREAM "of ' || end_seq || ' events ' || (end_seq - found) || ' are"
      " missing' FROM (SELECT s.*, (SELECT count(DISTINCT seq) FROM leaf AS l WHERE"
      " l.stream_id = s.stream_id AND l.seq BETWEEN 1 AND s.end_seq) AS found FROM stream"
      " AS s) AS s WHERE found <> end_seq AND NOT (found = 0 AND stream_id IN (SELECT"
      " stream_id FROM unsaid))")},
    {"stream_stands_once_in_order", SIM_RULE_ALWAYS,
     ("SELECT 'stream ' || hex(stream_id) || ': seq ' || seq || ' stands ' || count(*) ||"
      " ' times' FROM leaf GROUP BY stream_id, seq HAVING count(*) > 1")},
    {"stream_stands_once_in_order", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "seq ' || seq || ' stands after ' || before || ' of its stream' FROM"
      " (SELECT idx, seq, lag(seq, 1, 0) OVER (PARTITION BY stream_id ORDER BY idx) AS"
      " before FROM leaf) WHERE seq <> before + 1")},
    {"stream_stands_once_in_order", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "seq ' || l.seq || ' is beyond the end of its stream, ' || s.end_seq"
      " FROM leaf AS l JOIN stream AS s ON s.stream_id = l.stream_id WHERE l.seq >"
      " s.end_seq AND NOT s.is_closed")},
    {"stream_stands_once_in_order", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "it is of stream ' || hex(stream_id) || ', which is no service''s'"
      " FROM leaf WHERE stream_id NOT IN (SELECT stream_id FROM stream UNION SELECT"
      " coalesce(pb_blob(substr(payload, 34), 2), x'') FROM leaf WHERE type = 1)")},
    /* A cause that a recovery gave up may never have come. */
    {"cause_stands_before_effect", SIM_RULE_ALWAYS,
     ("SELECT 'leaf ' || e.idx || ': its cause is not in the log' FROM leaf AS e WHERE"
      " e.cause_seq <> 0 AND NOT EXISTS (SELECT 1 FROM leaf AS c WHERE c.stream_id ="
      " e.cause_stream AND c.seq = e.cause_seq) AND NOT " SIM_IS_LOST("e.cause_stream",
                                                                      "e.cause_seq"))},
    {"cause_stands_before_effect", SIM_RULE_ALWAYS,
     ("SELECT 'leaf ' || e.idx || ': its cause stands after it, at ' || c.idx FROM leaf"
      " AS e JOIN leaf AS c ON c.stream_id = e.cause_stream AND c.seq = e.cause_seq WHERE"
      " c.idx >= e.idx AND e.cause_seq <> 0")},
    {"chain_fits", SIM_RULE_ALWAYS,
     ("SELECT service || ': seq ' || seq || ': its stored digest is not what its headers"
      " chain to' FROM event WHERE computed IS NOT NULL AND computed <> digest")},
    {"chain_fits", SIM_RULE_ALWAYS,
     ("SELECT e.service || ': seq ' || e.seq || ': another header stands in the log' FROM"
      " event AS e JOIN digest_at AS d USING (stream_id, seq) WHERE d.digest <> e.digest"
      " AND NOT " SIM_IS_LOST("e.stream_id", "e.seq"))},
    {"chain_fits", SIM_RULE_ALWAYS,
     ("SELECT consumer || ': its position in ' || producer || '''s stream is not on that"
      " chain' FROM inbox AS i JOIN digest_at AS d USING (stream_id, seq) WHERE d.digest"
      " <> i.digest")},
    {"chain_fits", SIM_RULE_ALWAYS,
     ("SELECT " STREAM "it was closed with another digest' FROM stream AS s JOIN"
      " digest_at AS d USING (stream_id) WHERE s.is_closed AND d.seq = s.end_seq AND"
      " d.digest <> s.closed_digest")},

    {"segments_fit", SIM_RULE_ALWAYS,
     ("SELECT g.service || ': the segment of ' || g.first || ' to ' || g.last || ' is '"
      " || g.size || ' bytes, its events end at ' || coalesce(e.ends_at, 'no place') FROM"
      " segment AS g LEFT JOIN event AS e ON e.service = g.service AND e.position ="
      " g.last WHERE e.ends_at IS NOT g.size")},
    {"segments_fit", SIM_RULE_ALWAYS,
     ("SELECT service || ': the segment from ' || first || ' on begins with another"
      " digest or number of bytes than the events before it come to' FROM (SELECT"
      " g.service, g.first, g.digest_before, g.bytes_before, b.digest, e.seq,"
      " lag(g.bytes_before) OVER in_order + (SELECT sum(232 + length(i.payload)) FROM"
      " event AS i WHERE i.service = g.service AND i.position BETWEEN (SELECT"
      " max(p.first) FROM segment AS p WHERE p.service = g.service AND p.first < g.first)"
      " AND g.first - 1) AS bytes FROM segment AS g JOIN event AS e ON e.service ="
      " g.service AND e.position = g.first LEFT JOIN event AS b ON b.service = g.service"
      " AND b.position = g.first - 1 WINDOW in_order AS (PARTITION BY g.service ORDER BY"
      " g.first)) WHERE (digest <> digest_before AND seq > 1) OR bytes <> bytes_before")},

    /* ---- positions ---- */
    {"everything_arrived", SIM_RULE_AT_END,
     ("SELECT c.consumer || ': applied ' || c.producer || ' through ' || coalesce(i.seq,"
      " 'nothing') || ', its stream ends at ' || s.end_seq FROM consumes AS c JOIN stream"
      " AS s ON s.service = c.producer AND NOT s.is_closed LEFT JOIN inbox AS i ON"
      " i.consumer = c.consumer AND i.producer = c.producer WHERE i.seq IS NULL OR i.seq"
      " <> s.end_seq OR i.stream_id <> s.stream_id")},
    {"everything_arrived", SIM_RULE_AT_END,
     ("SELECT c.producer || ': ' || c.consumer || ' has acknowledged through position '"
      " || coalesce(k.position, 0) || ', the log ends at ' || t.position FROM consumes AS"
      " c JOIN tip AS t ON t.service = c.producer LEFT JOIN cursor AS k ON k.producer ="
      " c.producer AND k.destination = c.consumer WHERE coalesce(k.position, 0) <>"
      " t.position")},
    {"cursor_is_not_beyond", SIM_RULE_ALWAYS,
     ("SELECT producer || ': its cursor for ' || destination || ' is at ' || k.position"
      " || ', beyond its end, ' || t.position FROM cursor AS k JOIN tip AS t ON t.service"
      " = k.producer WHERE k.position > t.position")},
    {"cursor_is_not_beyond", SIM_RULE_ALWAYS,
     ("SELECT producer || ': holds ' || position || ' for acknowledged by ' ||"
      " destination || ', which has applied through ' || applied FROM (SELECT k.*,"
      " coalesce((SELECT s.base + min(i.seq, s.end_seq) FROM inbox AS i JOIN stream AS s"
      " ON s.stream_id = i.stream_id AND s.service = i.producer WHERE i.consumer ="
      " k.destination AND i.producer = k.producer), 0) AS applied FROM cursor AS k) WHERE"
      " position > applied")},
    {"cursor_is_not_beyond", SIM_RULE_ALWAYS,
     ("SELECT consumer || ': applied seq ' || i.seq || ' of ' || producer || '''s stream,"
      " which ends at ' || s.end_seq FROM inbox AS i JOIN stream AS s ON s.stream_id ="
      " i.stream_id AND s.service = i.producer WHERE i.seq > s.end_seq AND NOT"
      " s.is_closed")},

    /* ---- retention ---- */
    {"row_is_kept_until_acked", SIM_RULE_ALWAYS,
     ("SELECT service || ': holds ' || count(*) || ' events from ' || min(position) || '"
      " to ' || max(position) FROM event GROUP BY service HAVING count(*) <>"
      " max(position) - min(position) + 1")},
    {"row_is_kept_until_acked", SIM_RULE_ALWAYS,
     ("SELECT c.producer || ': holds events from ' || f.first || ' on, ' || c.consumer ||"
      " ' has acknowledged through ' || coalesce(k.position, 0) FROM consumes AS c JOIN"
      " (SELECT service, min(position) AS first FROM event GROUP BY service) AS f ON"
      " f.service = c.producer LEFT JOIN cursor AS k ON k.producer = c.producer AND"
      " k.destination = c.consumer WHERE f.first > max(1, coalesce(k.position, 0))")},
    {"row_is_kept_until_acked", SIM_RULE_ALWAYS,
     ("SELECT service || ': holds ' || count(*) || ' events of ' || max(position) || ',"
      " must keep the newest ' || retained FROM event, wanted GROUP BY service HAVING"
      " count(*) < min(retained, max(position))")},

    /* ---- leaves and the tree ---- */
    {"leaf_is_well_formed", SIM_RULE_ALWAYS, ("SELECT text FROM malformed")},
    {"leaf_is_well_formed", SIM_RULE_ALWAYS,
     ("SELECT 'leaf ' || idx || ' stands where ' || expected || ' was expected' FROM"
      " (SELECT idx, row_number() OVER (ORDER BY idx) - 1 AS expected FROM leaf) WHERE"
      " idx <> expected")},
    {"leaf_is_well_formed", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "its append time ' || append_time || ' is no whole minute' FROM leaf"
      " WHERE append_time = 0 OR append_time % 60 <> 0")},
    {"leaf_is_well_formed", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "its stored hash is not its own' FROM leaf WHERE hash <> stored_hash")},
    {"case_is_numbered", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "its number ' || number || ' or previous leaf is not its case''s'"
      " FROM (SELECT idx, number, previous, previous_idx, row_number() OVER of_case AS"
      " wanted, lag(hash, 1, zeroblob(32)) OVER of_case AS hash_before, lag(idx) OVER"
      " of_case AS idx_before FROM leaf WHERE case_handle <> zeroblob(16) WINDOW of_case"
      " AS (PARTITION BY case_handle ORDER BY idx)) WHERE number <> wanted OR previous <>"
      " hash_before OR previous_idx IS NOT idx_before")},
    {"case_is_numbered", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "it is of no case and has a number or a previous leaf' FROM leaf"
      " WHERE case_handle = zeroblob(16) AND (number <> 0 OR previous <> zeroblob(32))")},
    {"tree_is_published", SIM_RULE_ALWAYS,
     ("SELECT 'the tree''s row is of ' || t.size || ' leaves, there are ' || r.size || ';"
      " or another root' FROM audit_log.tree AS t, root AS r WHERE r.size = (SELECT"
      " count(*) FROM leaf) AND (t.size <> r.size OR t.root <> r.root)")},
    {"tree_is_published", SIM_RULE_ALWAYS,
     ("SELECT 'tile ' || idx || ' is not its leaves''' FROM (SELECT * FROM (SELECT idx,"
      " hash FROM audit_log.node EXCEPT SELECT idx, hash FROM tile) UNION SELECT * FROM"
      " (SELECT idx, hash FROM tile EXCEPT SELECT idx, hash FROM audit_log.node))")},
    {"tree_is_published", SIM_RULE_AT_END,
     ("SELECT 'the published checkpoint is of ' || coalesce(max(p.size), 'no') || '"
      " leaves, there are ' || (SELECT count(*) FROM leaf) FROM (SELECT size FROM"
      " published ORDER BY n DESC LIMIT 1) AS p HAVING max(p.size) IS NOT (SELECT"
      " count(*) FROM leaf)")},
    {"checkpoint_only_extends", SIM_RULE_ALWAYS,
     ("SELECT 'a checkpoint of ' || p.size || ' leaves was published, which is not of"
      " this tree' FROM published AS p LEFT JOIN root AS r USING (size) WHERE NOT"
      " p.is_given_up AND NOT p.is_again AND p.root IS NOT r.root")},
    {"checkpoint_only_extends", SIM_RULE_ALWAYS,
     ("SELECT 'a checkpoint of ' || size || ' leaves was published after one of ' ||"
      " before FROM (SELECT size, lag(size) OVER (PARTITION BY is_given_up ORDER BY n) AS"
      " before FROM published WHERE NOT is_given_up AND NOT is_again) WHERE size < before")},
    {"payload_is_kept", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "its payload is missing or of the wrong kind' FROM leaf WHERE"
      " coalesce(substr(payload, 1, 1), x'') <> CASE case_handle WHEN zeroblob(16) THEN"
      " x'00' ELSE x'01' END")},
    {"payload_is_kept", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "its payload is not what it commits to' FROM leaf WHERE"
      " substr(payload, 1, 1) = x'00' AND sha256('netra-commit/v1' || char(10),"
      " substr(payload, 2)) <> commitment")},
    {"payload_is_kept", SIM_RULE_ALWAYS,
     ("SELECT 'leaf ' || l.idx || ': its payload is not its producer''s' FROM leaf AS l"
      " JOIN event AS e USING (stream_id, seq) WHERE e.payload <> l.payload AND NOT"
      " l.is_lost")},
    {"index_tables_fit", SIM_RULE_ALWAYS,
     ("SELECT " LEAF "the runs don''t name it, or name it twice' FROM (SELECT l.idx,"
      " (SELECT count(*) FROM audit_log.run AS r WHERE r.stream_id = l.stream_id AND"
      " l.seq BETWEEN r.first_seq AND r.first_seq + r.count - 1 AND r.first_idx + l.seq -"
      " r.first_seq = l.idx) AS named FROM leaf AS l) WHERE named <> 1")},
    {"index_tables_fit", SIM_RULE_ALWAYS,
     ("SELECT 'the runs name ' || coalesce(sum(count), 0) || ' events, there are ' ||"
      " (SELECT count(*) FROM leaf) FROM audit_log.run HAVING coalesce(sum(count), 0) <>"
      " (SELECT count(*) FROM leaf)")},
    {"index_tables_fit", SIM_RULE_ALWAYS,
     ("SELECT 'case_state of ' || hex(case_handle) || ' is not what its newest leaf is'"
      " FROM (SELECT * FROM (SELECT case_handle, number, leaf_hash, idx FROM"
      " audit_log.case_state EXCEPT SELECT case_handle, number, hash, max(idx) FROM leaf"
      " WHERE case_handle <> zeroblob(16) GROUP BY case_handle) UNION SELECT * FROM"
      " (SELECT case_handle, number, hash, max(idx) FROM leaf WHERE case_handle <>"
      " zeroblob(16) GROUP BY case_handle EXCEPT SELECT case_handle, number, leaf_hash,"
      " idx FROM audit_log.case_state))")},
};

const unsigned sim_log_rule_count = sizeof sim_log_rules / sizeof sim_log_rules[0];
