/*
 * Rules of what was promised to somebody outside: receipts, acts, published checkpoints; and of
 * what only an operator or a plan's fault explains: dead letters and recoveries.
 */
#include "tests/simulation/sim_check_parts.h"

/* A receipt's leaf, and the body in it, behind "netra-receipt/v1\n". The body's fields: 2 case
 * number, 3 submission id, 5 commitment, 6 stream id, 7 seq, 8 case handle, 9 facts revision. What
 * may have gone with a store that was put back counts where the log or intake has it all the same.
 */
#define RECEIPTS                                                                               \
    "(SELECT * FROM (SELECT n, submission_id, is_undone, pb_blob(receipt, 1) AS receipt,"      \
    " substr(pb_blob(receipt, 1), 18) AS body FROM sent WHERE receipt IS NOT NULL) AS g WHERE" \
    " NOT g.is_undone OR g.receipt IN (SELECT receipt FROM revision) OR pb_blob(g.body, 5) IN" \
    " (SELECT commitment FROM leaf))"

#define SUBMISSION "'submission ' || t.n || ', ' || t.submission_id || ': "

/* At its third death alone an entry is set aside. */
#define DEATHS_MAX "3"

const struct sim_rule sim_promise_rules[] = {
    /* ---- receipts ---- */
    {"receipted_case_exists_once", SIM_RULE_ALWAYS,
     ("SELECT " SUBMISSION "it was receipted and has ' || count(r.seq) || ' cases' FROM " RECEIPTS
      " AS t LEFT JOIN revision AS r USING (submission_id) WHERE NOT " SIM_IS_LOST(
          "pb_blob(t.body, 6)", "pb_number(t.body, 7)") " GROUP BY t.n HAVING"
                                                        " count(r.seq) <> 1")},
    {"receipted_case_exists_once", SIM_RULE_ALWAYS,
     ("SELECT " SUBMISSION "its receipt is not the one that is stored' FROM " RECEIPTS
      " AS t JOIN revision AS r USING (submission_id) WHERE r.receipt <> t.receipt AND"
      " NOT " SIM_IS_LOST("pb_blob(t.body, 6)", "pb_number(t.body, 7)"))},
    {"receipted_case_exists_once", SIM_RULE_ALWAYS,
     ("SELECT " SUBMISSION "its receipt says other things than its case' FROM " RECEIPTS
      " AS t JOIN revision AS r ON r.receipt = t.receipt WHERE CAST(pb_blob(t.body, 2) AS"
      " TEXT) <> r.case_number OR CAST(pb_blob(t.body, 3) AS TEXT) <> r.submission_id OR"
      " pb_blob(t.body, 6) <> r.stream_id OR pb_number(t.body, 7) <> r.seq OR"
      " pb_blob(t.body, 8) <> r.case_handle OR pb_number(t.body, 9) <> r.revision")},
    {"receipted_case_exists_once", SIM_RULE_ALWAYS,
     ("SELECT " SUBMISSION "another commitment stands in the log' FROM " RECEIPTS " AS t"
      " JOIN kept AS l ON l.stream_id = pb_blob(t.body, 6) AND l.seq = pb_number(t.body,"
      " 7) WHERE l.commitment <> pb_blob(t.body, 5)")},
    {"submission_is_answered", SIM_RULE_AT_END,
     ("SELECT " SUBMISSION "it was sent and got no answer' FROM sent AS t WHERE receipt"
      " IS NULL AND NOT is_refused")},
    /* A correction is refused by what its case is then: asked again late, it may be one. A node is
     * refused by its key: what it asked before the revocation, and never heard of, may be one. */
    {"submission_is_answered", SIM_RULE_AT_END,
     ("SELECT " SUBMISSION "it was refused, and is a case' FROM sent AS t JOIN revision AS r"
      " USING (submission_id) WHERE t.is_refused AND t.receipt IS NULL AND r.revision = 1 AND"
      " (t.refusal <> 'REVOKED' OR EXISTS (SELECT 1 FROM kept AS l JOIN said AS v ON v.idx <"
      " l.idx JOIN key AS k ON k.curve_public = pb_blob(v.message, 1) WHERE l.stream_id ="
      " r.stream_id AND l.seq = r.seq AND v.type = 17 AND k.service = 'intake' AND k.name ="
      " t.node))")},
    {"nothing_was_made_up", SIM_RULE_ALWAYS,
     ("SELECT 'case ' || case_number || ': submission ' || submission_id || ' was never"
      " sent' FROM revision WHERE submission_id NOT IN (SELECT submission_id FROM sent)")},
    {"nothing_was_made_up", SIM_RULE_ALWAYS,
     ("SELECT 'submission ' || submission_id || ' is ' || count(*) || ' revisions' FROM"
      " revision GROUP BY submission_id HAVING count(*) > 1")},

    /* ---- acts ---- */
    {"act_counts_once", SIM_RULE_ALWAYS,
     ("SELECT 'act ' || hex(substr(signature, 1, 8)) || ' stands ' || count(*) || ' times"
      " in the log' FROM kept WHERE signature <> zeroblob(64) GROUP BY signature HAVING"
      " count(*) > 1")},
    {"act_counts_once", SIM_RULE_AT_END,
     ("SELECT 'act ' || a.n || ' at ' || a.service || ': it was done, and is not in the"
      " log' FROM act AS a LEFT JOIN leaf AS l ON l.stream_id = a.stream_id AND l.seq ="
      " a.seq AND l.signature = a.signature AND l.type = a.type WHERE a.is_done AND l.idx"
      " IS NULL AND a.stream_id NOT IN (SELECT stream_id FROM unsaid) AND"
      " NOT " SIM_IS_LOST("a.stream_id", "a.seq"))},
    {"act_counts_once", SIM_RULE_ALWAYS,
     ("SELECT 'leaf ' || idx || ' has a signature that nobody made' FROM kept WHERE"
      " signature <> zeroblob(64) AND signature NOT IN (SELECT signature FROM act)")},

    /* ---- the register ---- */
    {"register_is_the_same", SIM_RULE_AT_END,
     ("SELECT k.service || ': its register has ' || count(*) || ' keys, intake''s has '"
      " || (SELECT count(*) FROM key WHERE service = 'intake') || '; or others' FROM key"
      " AS k LEFT JOIN key AS i ON i.service = 'intake' AND i.curve_public ="
      " k.curve_public AND i.role = k.role AND i.name = k.name AND i.regions = k.regions"
      " AND i.is_revoked = k.is_revoked GROUP BY k.service HAVING count(i.service) <>"
      " count(*) OR count(*) <> (SELECT count(*) FROM key WHERE service = 'intake')")},

    /* ---- dead letters ---- */
    {"dead_letters_are_expected", SIM_RULE_AT_END,
     ("SELECT d.service || ': seq ' || d.seq || ' of stream ' || hex(d.stream_id) || '"
      " was set aside (' || d.status || '), and ' || coalesce(a.deaths, 0) || ' died of it"
      " alone' FROM set_aside AS d LEFT JOIN alone AS a USING (service, stream_id, seq)"
      " WHERE coalesce(a.deaths, 0) < " DEATHS_MAX
      " AND NOT " SIM_IS_LOST("d.stream_id", "d.seq"))},
    {"dead_letters_are_expected", SIM_RULE_ALWAYS,
     ("SELECT service || ': seq ' || seq || ' was set aside ' || count(*) || ' times'"
      " FROM set_aside GROUP BY service, stream_id, seq HAVING count(*) > 1")},
    {"dead_letters_are_expected", SIM_RULE_AT_END,
     ("SELECT d.service || ': seq ' || d.seq || ' was set aside, and is no dead letter'"
      " FROM set_aside AS d LEFT JOIN letter AS k USING (service, stream_id, seq) WHERE"
      " k.seq IS NULL AND NOT EXISTS (SELECT 1 FROM retried AS r WHERE r.service ="
      " d.service AND r.stream_id = d.stream_id AND r.seq = d.seq)")},
    {"dead_letters_are_expected", SIM_RULE_AT_END,
     ("SELECT k.service || ': dead letter of seq ' || k.seq || ' (' || k.status || ') has"
      " no event' FROM letter AS k LEFT JOIN set_aside AS d USING (service, stream_id,"
      " seq) WHERE d.seq IS NULL")},
    {"dead_letters_are_expected", SIM_RULE_AT_END,
     ("SELECT service || ': dead letter of seq ' || seq || ' is still to be tried again'"
      " FROM letter WHERE is_retrying")},
    {"dead_letters_are_expected", SIM_RULE_AT_END,
     ("SELECT p.service || ': submission ' || p.n || ' killed ' || p.deaths || ' times"
      " and was never set aside' FROM poisoned AS p LEFT JOIN set_aside AS d USING"
      " (service, stream_id, seq) WHERE p.deaths > 2 * (" DEATHS_MAX " + 1) AND d.seq IS"
      " NULL AND NOT EXISTS (SELECT 1 FROM poisoned AS q JOIN set_aside AS e USING"
      " (service, stream_id, seq) WHERE q.service = p.service AND q.n = p.n)")},
    {"dead_letters_are_expected", SIM_RULE_AT_END,
     ("SELECT d.service || ': seq ' || d.seq || ' was set aside, and its case is not in"
      " review' FROM set_aside AS d WHERE d.service = 'classification' AND d.seq IN"
      " (SELECT seq FROM revision AS r WHERE r.stream_id = d.stream_id) AND NOT EXISTS"
      " (SELECT 1 FROM classification.decision AS c WHERE c.facts_stream = d.stream_id"
      " AND c.facts_seq = d.seq AND c.outcome = 4)")},

    /* ---- recoveries ---- */
    {"recovery_has_its_reason", SIM_RULE_AT_END,
     ("SELECT h.service || ': ' || count(s.seq) || ' of its streams were closed, an"
      " operator recovered it ' || h.recovered || ' times' FROM history AS h LEFT JOIN"
      " (SELECT service, end_seq AS seq FROM stream WHERE is_closed) AS s USING (service)"
      " GROUP BY h.service HAVING count(s.seq) > h.recovered")},
    {"recovery_has_its_reason", SIM_RULE_AT_END,
     ("SELECT service || ': it said STREAM_FORKED, and its store was never an old one'"
      " FROM history WHERE forks_seen > 0 AND (SELECT sum(restored + recovered) FROM"
      " history) = 0")},
};

const unsigned sim_promise_rule_count = sizeof sim_promise_rules / sizeof sim_promise_rules[0];
