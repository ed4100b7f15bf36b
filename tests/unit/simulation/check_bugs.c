/*
 * The bugs of cases, notices, dead letters and recoveries: by SQL on a copy of a good run's
 * stores, or by what was told outside.
 */
#include "tests/unit/simulation/check_bugs.h"

#include <string.h>

/* ---- what was told outside ---- */

static void other_id(struct patient *patient)
{
    patient->ledger.submissions[0].id[15] ^= 1;
}

static void no_answer(struct patient *patient)
{
    patient->ledger.submissions[0].is_receipted = false;
}

static void refused(struct patient *patient)
{
    patient->ledger.submissions[0].is_receipted = false;
    patient->ledger.submissions[0].is_refused = true;
}

static void refused_by_key(struct patient *patient)
{
    refused(patient);
    patient->ledger.submissions[0].refused = STATUS_REVOKED;
}

static void other_receipt(struct patient *patient)
{
    struct sim_submission *row = &patient->ledger.submissions[0];
    row->receipt[32] ^= 1; /* within its leaf */
}

void intake_was_put_back(struct patient *patient)
{
    for (unsigned i = 0; i < patient->ledger.submission_count; i++)
        patient->ledger.submissions[i].is_undone = true;
}

static void act_done(struct patient *patient)
{
    struct sim_act *act = &patient->ledger.acts[patient->ledger.act_count++];
    *act = (struct sim_act){.service = SIM_INTAKE, .type = 5, .is_done = true, .seq = 1};
    memset(act->signature, 7, sizeof act->signature);
}

/* In a stream that is in the log. */
static void act_skipped(struct patient *patient)
{
    act_done(patient);
    struct sim_act *act = &patient->ledger.acts[patient->ledger.act_count - 1];
    memcpy(act->stream_id, patient->ledger.submissions[0].stream_id, STREAM_ID_SIZE);
    patient->witness.restored[SIM_INTAKE] = 1;
}

static void fork_without_reason(struct patient *patient)
{
    patient->witness.forks_seen[SIM_CLASSIFICATION] = 1;
}

static void killer_went_on(struct patient *patient)
{
    patient->witness.poison[SIM_CLASSIFICATION][0] = (struct sim_poison){9, true};
}

/* ---- the rows ---- */

/* A DeadLettered of intake's newest acceptance, in the clear. */
#define SET_ASIDE                                                                                \
    "(SELECT CAST(x'00' || zeroblob(32) || x'0a10' || f.stream_id || x'10' || char(f.seq)"       \
    " AS BLOB) FROM intake.facts_revision AS f WHERE f.id & 65535 = 1 ORDER BY f.id DESC LIMIT " \
    "1)"

struct bug_case bug_cases[BUG_CASES] = {
    /* promise 1 */
    {.name = "a receipted case is lost",
     .sql = "DELETE FROM intake.facts_revision WHERE id = (SELECT max(id) FROM"
            " intake.facts_revision WHERE id & 65535 = 1)",
     .want_rule = "receipted_case_exists_once"},
    {.name = "a receipted case that the log has is lost by a store that was put back",
     .change = intake_was_put_back,
     .sql = "DELETE FROM intake.facts_revision WHERE id = (SELECT max(id) FROM"
            " intake.facts_revision WHERE id & 65535 = 1)",
     .want_rule = "receipted_case_exists_once"},
    {.name = "a receipted correction is lost",
     .sql = "DELETE FROM intake.facts_revision WHERE id & 65535 = 2",
     .want_rule = "receipted_case_exists_once"},
    {.name = "a client was given another receipt than the stored one",
     .change = other_receipt,
     .want_rule = "receipted_case_exists_once"},
    {.name = "a case has another number than its receipt says",
     .sql = "UPDATE intake.case_record SET case_number = 'K7QF-9M2X-4T' WHERE id ="
            " (SELECT max(id) FROM intake.case_record)",
     .want_rule = "receipted_case_exists_once"},
    {.name = "the log commits to other facts than the receipt",
     .sql = "UPDATE log SET leaf = " WITH("112", "32", "zeroblob(32)") " WHERE " OF_TYPE("32"),
     .is_of_log = true,
     .want_rule = "receipted_case_exists_once"},
    {.name = "a submission got no answer",
     .change = no_answer,
     .want_rule = "submission_is_answered"},
    {.name = "a refused submission is a case",
     .change = refused,
     .want_rule = "submission_is_answered"},
    {.name = "a node whose key was revoked before makes a case",
     .sql = "UPDATE log SET leaf = " WITH(
         "38", "2",
         "x'0011'") ", payload = CAST(x'00' ||"
                    " zeroblob(32) || x'0a20' || pb_blob(substr(payload, 34), 3) AS BLOB) WHERE"
                    " " OF_TYPE("16"),
     .change = refused_by_key,
     .is_of_log = true,
     .want_rule = "submission_is_answered"},
    {.name = "a case that nobody sent", .change = other_id, .want_rule = "nothing_was_made_up"},
    {.name = "one submission became two revisions",
     .loosened = "intake facts_revision",
     .sql = "INSERT INTO intake.facts_revision SELECT * FROM intake.facts_revision LIMIT 1",
     .want_rule = "nothing_was_made_up"},

    /* promise 2: cases and decisions */
    {.name = "a facts revision is skipped",
     .sql = "UPDATE intake.facts_revision SET id = id + 1 WHERE id & 65535 = 2",
     .want_rule = "facts_revision_has_one_event"},
    {.name = "an acceptance stands in the log twice",
     .sql = "INSERT INTO log SELECT place + 1000, " WITH(
         "30", "8", "x'00000000000000ff'") ", payload FROM log WHERE place = " NEWEST("32"),
     .is_of_log = true,
     .want_rule = "facts_revision_has_one_event"},
    {.name = "a decision is lost",
     .sql = "DELETE FROM classification.decision WHERE id = (SELECT max(id) FROM"
            " classification.decision WHERE disposition < 3)",
     .want_rule = "facts_revision_is_decided"},
    {.name = "the late twin of a result was committed too",
     .loosened = "classification decision",
     .sql = "CREATE TABLE twin AS SELECT * FROM classification.decision ORDER BY id LIMIT 1;"
            "UPDATE twin SET id = id + 1000, revision = (SELECT max(d.revision) + 1 FROM"
            " classification.decision AS d WHERE d.case_handle = twin.case_handle);"
            "INSERT INTO classification.decision SELECT * FROM twin",
     .want_rule = "facts_revision_is_decided"},
    {.name = "old facts were decided after newer ones",
     .loosened = "classification decision",
     .sql = "UPDATE classification.decision SET facts_revision = 3 - facts_revision WHERE"
            " case_handle IN (SELECT case_handle FROM classification.decision WHERE revision = 2)",
     .want_rule = "facts_revision_is_decided"},
    {.name = "decisions are numbered from 2",
     .sql = "UPDATE classification.decision SET revision = revision + 1 WHERE id = (SELECT max(id)"
            " FROM classification.decision)",
     .want_rule = "facts_revision_is_decided"},
    {.name = "a decision has no event",
     .sql = "UPDATE classification.decision SET seq = seq + 1000 WHERE id = (SELECT max(id) FROM"
            " classification.decision)",
     .want_rule = "decision_has_one_event"},
    {.name = "a decision's event names other facts",
     .sql = "UPDATE classification.decision SET facts_seq = facts_seq + 1000 WHERE id ="
            " (SELECT max(id) FROM classification.decision)",
     .want_rule = "decision_has_one_event"},
    {.name = "a person's decision without an act",
     .sql = "UPDATE classification.decision SET disposition = 4 WHERE id = (SELECT max(id) FROM"
            " classification.decision WHERE disposition < 3)",
     .want_rule = "person_decided_what_has_an_act"},
    {.name = "the machine decides above a person",
     .sql = "UPDATE classification.decision SET disposition = CASE revision WHEN 1 THEN 3 ELSE 1"
            " END WHERE case_handle IN (SELECT case_handle FROM classification.decision WHERE"
            " revision = 2)",
     .want_rule = "person_is_not_overtaken"},
    {.name = "an act counts, and is not in the log",
     .change = act_done,
     .want_rule = "act_counts_once"},
    {.name = "an act counts, and is not in the log, which has its stream",
     .change = act_skipped,
     .want_rule = "act_counts_once"},
    {.name = "an event has a signature that nobody made",
     .sql = "UPDATE log SET leaf = " WITH("168", "64", "randomblob(64)") " WHERE place ="
                                                                         " " NEWEST("48"),
     .is_of_log = true,
     .want_rule = "act_counts_once"},
    {.name = "an act stands in the log twice",
     .sql = "UPDATE log SET leaf = " WITH(
         "168", "64", "CAST(zeroblob(63) || x'07' AS BLOB)") " WHERE " OF_TYPE("66"),
     .is_of_log = true,
     .want_rule = "act_counts_once"},
    {.name = "a person's act is not signed",
     .sql = "UPDATE log SET leaf = " WITH("38", "2", "x'0031'") " WHERE place = " NEWEST("48"),
     .is_of_log = true,
     .want_rule = "person_decided_what_has_an_act"},
    {.name = "a link without an act",
     .sql =
         "INSERT INTO intake.case_link (case_id, other_id, kind, at) SELECT min(id), max(id), 1,"
         " 1 FROM intake.case_record",
     .want_rule = "link_has_one_act"},
    {.name = "a service's register lacks a key",
     .sql = "DELETE FROM notification.register_key WHERE id = (SELECT max(id) FROM"
            " notification.register_key)",
     .want_rule = "register_is_the_same"},

    /* promise 2: notices */
    {.name = "a notice is lost",
     .sql = "DELETE FROM notification.notice WHERE id = (SELECT max(id) FROM notification.notice)",
     .want_rule = "decision_has_its_notices"},
    {.name = "nobody is told of a decision",
     .sql = "DELETE FROM notification.notice WHERE case_handle = (SELECT max(case_handle) FROM"
            " classification.decision WHERE outcome <> 2)",
     .want_rule = "decision_has_its_notices"},
    {.name = "others are told of what a reviewer must decide",
     .sql = "UPDATE notification.notice SET kind = 1; UPDATE classification.decision SET"
            " disposition = 2",
     .want_rule = "decision_has_its_notices"},
    {.name = "a notice tells of a decision that was never made",
     .sql = "UPDATE notification.notice SET revision = 9 WHERE id = (SELECT max(id) FROM"
            " notification.notice)",
     .want_rule = "decision_has_its_notices"},
    {.name = "an office is told twice",
     .loosened = "notification notice",
     .sql = "INSERT INTO notification.notice SELECT * FROM notification.notice LIMIT 1",
     .want_rule = "notice_is_unique"},
    {.name = "a notice names no event",
     .sql = "UPDATE notification.notice SET seq = 0 WHERE id = 1",
     .want_rule = "decision_has_its_notices"},
    {.name = "a notice's event is not in the log",
     .sql = "UPDATE notification.notice SET seq = seq + 1000 WHERE id = 1",
     .want_rule = "decision_has_its_notices"},
    {.name = "a notice is in a state that there isn't",
     .sql = "UPDATE notification.notice SET state = 'lost' WHERE id = 1",
     .want_rule = "notice_is_settled_once"},
    {.name = "a hand-over without its event",
     .sql = "UPDATE notification.notice SET state = 'failed' WHERE state = 'handed_over'",
     .want_rule = "notice_is_settled_once"},
    {.name = "a hand-over is forgotten",
     .sql = "UPDATE notification.notice SET state = 'queued' WHERE state = 'handed_over'",
     .want_rule = "notice_is_settled_once"},
    {.name = "a notice is settled twice",
     .sql = "INSERT INTO log SELECT place + 1000, " WITH(
         "30", "8", "x'00000000000000ff'") ", payload FROM log WHERE place = " NEWEST("66"),
     .is_of_log = true,
     .want_rule = "notice_is_settled_once"},

    /* dead letters and recoveries */
    {.name = "an innocent entry is set aside",
     .sql = "UPDATE log SET leaf = " WITH("38", "2", "x'0004'") ", payload = " SET_ASIDE
                                                                " WHERE place = " NEWEST("66"),
     .is_of_log = true,
     .want_rule = "dead_letters_are_expected"},
    {.name = "an entry is set aside twice",
     .sql = "UPDATE log SET leaf = " WITH("38", "2", "x'0004'") ", payload = " SET_ASIDE
                                                                " WHERE " OF_TYPE("66"),
     .is_of_log = true,
     .want_rule = "dead_letters_are_expected"},
    {.name = "a case was set aside and nobody reviews it",
     .sql = "UPDATE log SET leaf = " WITH(
         "38", "20", "x'0004' || x'0001' || zeroblob(16)") ", payload = " SET_ASIDE
                                                           " WHERE place = " NEWEST("48"),
     .is_of_log = true,
     .want_rule = "dead_letters_are_expected"},
    {.name = "a dead letter without its event",
     .sql = "INSERT INTO notification.dead_letter (producer, stream_id, seq, header, payload,"
            " status, at, is_retrying) VALUES ('intake', x'00', 1, x'00', x'00', 'DIED_ALONE', 1,"
            " 0)",
     .want_rule = "dead_letters_are_expected"},
    {.name = "a dead letter is not tried again though an operator asked",
     .sql = "INSERT INTO notification.dead_letter (producer, stream_id, seq, header, payload,"
            " status, at, is_retrying) VALUES ('intake', x'00', 1, x'00', x'00', 'DIED_ALONE', 1,"
            " 1)",
     .want_rule = "dead_letters_are_expected"},
    {.name = "an entry that killed nine times was never set aside",
     .change = killer_went_on,
     .want_rule = "dead_letters_are_expected"},
    {.name = "a stream was closed and nobody recovered it",
     .sql = "UPDATE intake.stream SET closed_seq = 5, closed_digest = zeroblob(32)",
     .want_rule = "recovery_has_its_reason"},
    {.name = "a fork is seen where no store is old",
     .change = fork_without_reason,
     .want_rule = "recovery_has_its_reason"},
};
