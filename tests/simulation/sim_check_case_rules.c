/*
 * Rules of cases: each receipted submission is one revision of one case's facts, each revision of
 * the facts is decided, each decision is told to whom it is told once.
 *
 * Numbers: event types of event.proto; outcomes (2 not a violation, 4 undecided) and dispositions
 * (1 auto, 2 review, 3 confirmed, 4 overridden) of classification_to_notification.proto; notice
 * kinds (2 review) of any_to_audit_log.proto.
 */
#include "tests/simulation/sim_check_parts.h"

#define CASE "'case handle ' || hex(case_handle) || ': "
#define CASE_OF_LEAF "'case handle ' || hex(l.case_handle) || "
#define CASE_OF_DECISION "'case handle ' || hex(d.case_handle) || "
#define CASE_OF_REVISION "'case handle ' || hex(r.case_handle) || "
#define NOTICE                                                              \
    "'case handle ' || hex(n.case_handle) || ' revision ' || n.revision ||" \
    " ': the notice to ' || n.recipient || "

/* What a dead letter that was tried again adds: its undecided revision stays. */
#define TIMES_TRIED_AGAIN                                                                \
    "(SELECT count(DISTINCT r.seq) FROM retried AS r WHERE r.service = 'classification'" \
    " AND r.stream_id = facts_stream AND r.seq = facts_seq)"

const struct sim_rule sim_case_rules[] = {
    /* ---- facts ---- */
    {"facts_revision_has_one_event", SIM_RULE_ALWAYS,
     ("SELECT " CASE "facts revisions ' || group_concat(revision) || ', expected from 1'"
      " FROM revision GROUP BY case_handle HAVING min(revision) <> 1 OR max(revision) <>"
      " count(*)")},
    {"facts_revision_has_one_event", SIM_RULE_ALWAYS,
     ("SELECT " CASE_OF_LEAF "': leaf ' || l.idx || ' is no facts revision of its case'"
      " FROM kept AS l LEFT JOIN revision AS r ON r.stream_id = l.stream_id AND r.seq ="
      " l.seq WHERE l.type IN (32, 33) AND (r.case_handle IS NOT l.case_handle OR"
      " (r.revision = 1) <> (l.type = 32))")},
    {"facts_revision_has_one_event", SIM_RULE_AT_END,
     ("SELECT " CASE_OF_REVISION "': facts revision ' || r.revision || ' has no event in"
      " the log' FROM revision AS r LEFT JOIN kept AS l ON l.stream_id = r.stream_id AND"
      " l.seq = r.seq AND l.type IN (32, 33) WHERE l.idx IS NULL")},
    {"facts_revision_has_one_event", SIM_RULE_ALWAYS,
     ("SELECT 'case ' || max(case_number) || ': ' || count(*) || ' facts revisions of one"
      " event' FROM revision GROUP BY stream_id, seq HAVING count(*) > 1")},

    /* ---- decisions ---- */
    {"facts_revision_is_decided", SIM_RULE_ALWAYS,
     ("SELECT " CASE "decision revisions ' || group_concat(revision) || ', expected from"
      " 1' FROM classification.decision GROUP BY case_handle HAVING min(revision) <> 1 OR"
      " max(revision) <> count(*)")},
    {"facts_revision_is_decided", SIM_RULE_AT_END,
     ("SELECT 'case ' || case_number || ': facts revision ' || revision || ' is decided"
      " nowhere' FROM revision AS r WHERE NOT EXISTS (SELECT 1 FROM"
      " classification.decision WHERE facts_stream = r.stream_id AND facts_seq = r.seq"
      " AND disposition < 3) AND NOT EXISTS (SELECT 1 FROM classification.older_facts"
      " WHERE facts_stream = r.stream_id AND facts_seq = r.seq)")},
    {"facts_revision_is_decided", SIM_RULE_ALWAYS,
     ("SELECT " CASE "its facts of seq ' || facts_seq || ' are decided ' || count(*) || '"
      " times' FROM (SELECT case_handle, facts_stream, facts_seq FROM"
      " classification.decision WHERE disposition < 3 UNION ALL SELECT case_handle,"
      " facts_stream, facts_seq FROM classification.older_facts) GROUP BY facts_stream,"
      " facts_seq HAVING count(*) > 1 + " TIMES_TRIED_AGAIN)},
    {"facts_revision_is_decided", SIM_RULE_ALWAYS,
     ("SELECT " CASE_OF_DECISION "': decision revision ' || d.revision || ' is of facts"
      " that it doesn''t have' FROM classification.decision AS d LEFT JOIN revision AS r"
      " ON r.stream_id = d.facts_stream AND r.seq = d.facts_seq WHERE r.case_handle IS"
      " NOT d.case_handle AND NOT " SIM_IS_LOST("d.facts_stream", "d.facts_seq"))},
    {"facts_revision_is_decided", SIM_RULE_ALWAYS,
     ("SELECT " CASE "decision revision ' || revision || ' is of facts revision ' ||"
      " facts_revision || ', after ' || before FROM (SELECT *, max(facts_revision) OVER"
      " (PARTITION BY case_handle ORDER BY revision ROWS UNBOUNDED PRECEDING) AS before"
      " FROM classification.decision) WHERE facts_revision <> 0 AND facts_revision <"
      " before")},
    {"decision_has_one_event", SIM_RULE_ALWAYS,
     ("SELECT " CASE_OF_LEAF "': leaf ' || l.idx || ' is no decision of its case and"
      " facts' FROM kept AS l LEFT JOIN classification.decision AS d ON d.stream_id ="
      " l.stream_id AND d.seq = l.seq WHERE l.type = 48 AND (d.case_handle IS NOT"
      " l.case_handle OR d.facts_stream IS NOT l.cause_stream OR d.facts_seq IS NOT"
      " l.cause_seq)")},
    {"decision_has_one_event", SIM_RULE_AT_END,
     ("SELECT " CASE_OF_DECISION "': decision revision ' || d.revision || ' has no event"
      " in the log' FROM classification.decision AS d LEFT JOIN kept AS l ON l.stream_id"
      " = d.stream_id AND l.seq = d.seq AND l.type = 48 WHERE l.idx IS NULL AND d.seq <>"
      " 0")},
    {"decision_has_one_event", SIM_RULE_ALWAYS,
     ("SELECT " CASE "decision revision ' || revision || ' stands in the log before ' ||"
      " (revision - 1) FROM (SELECT d.case_handle, d.revision, l.idx, lag(l.idx) OVER"
      " (PARTITION BY d.case_handle ORDER BY d.revision) AS before FROM"
      " classification.decision AS d JOIN kept AS l ON l.stream_id = d.stream_id AND"
      " l.seq = d.seq) WHERE idx < before")},
    {"person_decided_what_has_an_act", SIM_RULE_AT_END,
     ("SELECT " CASE "' || sum(acts) || ' acts of type ' || type || ', ' ||"
      " sum(decisions) || ' such decisions' FROM (SELECT case_handle, type, 1 AS acts, 0"
      " AS decisions FROM kept WHERE type IN (49, 50) UNION ALL SELECT case_handle,"
      " disposition + 46, 0, 1 FROM classification.decision WHERE disposition > 2) GROUP"
      " BY case_handle, type HAVING sum(acts) <> sum(decisions)")},
    {"person_decided_what_has_an_act", SIM_RULE_ALWAYS,
     ("SELECT " CASE "leaf ' || idx || ' is a person''s act, and unsigned' FROM kept"
      " WHERE type IN (49, 50, 34, 5, 6) AND signature = zeroblob(64)")},
    {"person_is_not_overtaken", SIM_RULE_ALWAYS,
     ("SELECT " CASE "decision revision ' || revision || ' is the machine''s and stands"
      " above a person''s' FROM (SELECT *, max(disposition > 2) OVER (PARTITION BY"
      " case_handle ORDER BY revision ROWS UNBOUNDED PRECEDING) AS has_person FROM"
      " classification.decision) WHERE has_person AND disposition = 1")},

    /* ---- notices ---- */
    {"decision_has_its_notices", SIM_RULE_AT_END,
     ("SELECT " CASE_OF_DECISION "' revision ' || d.revision || ': nobody is told' FROM"
      " classification.decision AS d WHERE (d.outcome <> 2 OR d.disposition = 2) AND"
      " d.seq <> 0 AND NOT EXISTS (SELECT 1 FROM notification.notice AS n WHERE"
      " n.case_handle = d.case_handle AND n.revision = d.revision) AND NOT EXISTS (SELECT"
      " 1 FROM letter AS k WHERE k.service = 'notification' AND k.stream_id = d.stream_id"
      " AND k.seq = d.seq) AND NOT " SIM_IS_LOST("d.facts_stream", "d.facts_seq"))},
    {"decision_has_its_notices", SIM_RULE_ALWAYS,
     ("SELECT " NOTICE "' is of kind ' || n.kind || ', and a reviewer must decide first'"
      " FROM notification.notice AS n JOIN classification.decision AS d USING"
      " (case_handle, revision) LEFT JOIN leaf AS l ON l.stream_id = n.stream_id AND l.seq"
      " = n.seq WHERE n.kind <> 2 AND (d.outcome = 4 OR d.disposition = 2) AND NOT"
      " coalesce(l.is_lost OR " SIM_IS_LOST("l.cause_stream", "l.cause_seq") ", 0)")},
    {"decision_has_its_notices", SIM_RULE_ALWAYS,
     ("SELECT " NOTICE "' tells of no decision' FROM notification.notice AS n LEFT JOIN"
      " classification.decision AS d USING (case_handle, revision) LEFT JOIN leaf AS l ON"
      " l.stream_id = n.stream_id AND l.seq = n.seq WHERE d.id IS NULL AND NOT"
      " coalesce(l.is_lost OR " SIM_IS_LOST("l.cause_stream", "l.cause_seq") ", 0)")},
    {"decision_has_its_notices", SIM_RULE_ALWAYS,
     ("SELECT " NOTICE "' names no event' FROM notification.notice AS n WHERE n.seq = 0"
      " AND n.state NOT IN ('superseded', 'blocked')")},
    {"decision_has_its_notices", SIM_RULE_AT_END,
     ("SELECT " NOTICE "' has no event in the log, or another''s' FROM"
      " notification.notice AS n LEFT JOIN kept AS l ON l.stream_id = n.stream_id AND"
      " l.seq = n.seq AND l.type = CASE n.state WHEN 'blocked' THEN 65 ELSE 64 END AND"
      " l.case_handle = n.case_handle WHERE n.seq <> 0 AND l.idx IS NULL")},
    {"decision_has_its_notices", SIM_RULE_ALWAYS,
     ("SELECT " NOTICE "' is of another decision than its event''s cause' FROM"
      " notification.notice AS n JOIN kept AS l ON l.stream_id = n.stream_id AND l.seq ="
      " n.seq JOIN classification.decision AS d ON d.stream_id = l.cause_stream AND d.seq"
      " = l.cause_seq WHERE d.case_handle <> n.case_handle OR d.revision <> n.revision")},
    {"decision_has_its_notices", SIM_RULE_ALWAYS,
     ("SELECT " CASE_OF_LEAF "': leaf ' || l.idx || ' is no notice''s' FROM kept AS l"
      " LEFT JOIN notification.notice AS n ON n.stream_id = l.stream_id AND n.seq = l.seq"
      " WHERE l.type IN (64, 65) AND n.id IS NULL")},
    {"notice_is_unique", SIM_RULE_ALWAYS,
     ("SELECT " CASE "revision ' || revision || ': ' || recipient || ' is told ' ||"
      " count(*) || ' times in kind ' || kind FROM notification.notice GROUP BY"
      " recipient, case_handle, revision, kind HAVING count(*) > 1")},
    {"notice_is_settled_once", SIM_RULE_ALWAYS,
     ("SELECT " NOTICE "' is ' || n.state FROM notification.notice AS n WHERE n.state NOT"
      " IN ('queued', 'handed_over', 'failed', 'blocked', 'superseded')")},
    {"notice_is_settled_once", SIM_RULE_AT_END,
     ("SELECT " NOTICE "' is ' || n.state || ', its events are ' ||"
      " coalesce(group_concat(s.type), 'none') FROM notification.notice AS n LEFT JOIN"
      " (SELECT type, pb_blob(message, 1) AS stream, pb_number(message, 2) AS at FROM"
      " said WHERE type IN (66, 67)) AS s ON s.stream = n.stream_id AND s.at = n.seq"
      " WHERE n.seq <> 0 GROUP BY n.id HAVING coalesce(group_concat(s.type), '') <> CASE"
      " n.state WHEN 'handed_over' THEN '66' WHEN 'failed' THEN '67' ELSE '' END")},
    {"notice_is_settled_once", SIM_RULE_ALWAYS,
     ("SELECT 'leaf ' || idx || ' settles a notice that notification doesn''t have' FROM"
      " said WHERE type IN (66, 67) AND NOT EXISTS (SELECT 1 FROM notification.notice AS"
      " n WHERE n.stream_id = pb_blob(message, 1) AND n.seq = pb_number(message, 2)) AND"
      " NOT " SIM_IS_LOST("pb_blob(message, 1)", "pb_number(message, 2)"))},
    {"notice_is_settled_once", SIM_RULE_AT_END,
     ("SELECT " NOTICE "' still waits' FROM notification.notice AS n WHERE n.state ="
      " 'queued'")},

    /* ---- links ---- */
    {"link_has_one_act", SIM_RULE_AT_END,
     ("SELECT " CASE "' || sum(links) || ' links, ' || sum(acts) || ' acts of linking'"
      " FROM (SELECT c.case_handle, 1 AS links, 0 AS acts FROM intake.case_link AS l JOIN"
      " intake.case_record AS c ON c.id = l.case_id UNION ALL SELECT case_handle, 0, 1"
      " FROM kept WHERE type = 34) GROUP BY case_handle HAVING sum(links) <> sum(acts)")},
};

const unsigned sim_case_rule_count = sizeof sim_case_rules / sizeof sim_case_rules[0];
