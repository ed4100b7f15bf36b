/*
 * What looks like a bug to the checker, and is none.
 */
#include "tests/unit/simulation/check_bugs.h"

#include <sodium.h>
#include <stdio.h>

/* The published file has the content that it had when this was noted. */
static void publish(struct sim_witness *witness, unsigned at, bool is_after_cut)
{
    char root[64];
    char note[256];
    sodium_bin2base64(root, sizeof root, witness->published[at].root, SHA256_SIZE,
                      sodium_base64_VARIANT_ORIGINAL);
    int size = snprintf(note, sizeof note, "an origin\n%llu\n%s\n",
                        (unsigned long long)witness->published[at].size, root);
    sim_witness_published(witness, view_of(note, (size_t)size), is_after_cut);
}

static void power_was_cut(struct patient *patient)
{
    unsigned newest = patient->witness.published_count - 1;
    publish(&patient->witness, 0, true);
    publish(&patient->witness, newest, false);
}

static void refused_by_key(struct patient *patient)
{
    struct sim_submission *row = &patient->ledger.submissions[0];
    row->is_receipted = false;
    row->is_refused = true;
    row->refused = STATUS_REVOKED;
}

/* A DeadLetterRetried of the facts of classification's oldest decision. */
#define RETRIED                                                                                \
    "(SELECT CAST(x'00' || zeroblob(32) || x'0a0e' || 'classification' || x'1210' ||"          \
    " facts_stream || x'18' || char(facts_seq) AS BLOB) FROM classification.decision ORDER BY" \
    " id LIMIT 1)"

struct bug_case well_cases[WELL_CASES] = {
    {.name = "a dead letter was tried again, and audit-log has yet to hear of it",
     .loosened = "classification decision",
     .sql = "CREATE TABLE twin AS SELECT * FROM classification.decision ORDER BY id LIMIT 1;"
            "UPDATE twin SET id = id + 1000, revision = (SELECT max(d.revision) + 1 FROM"
            " classification.decision AS d WHERE d.case_handle = twin.case_handle);"
            "INSERT INTO classification.segment SELECT max(last) + 1, max(last) + 1, 0,"
            " zeroblob(32), CAST(zeroblob(38) || x'0005' || zeroblob(224) || x'00000045' ||"
            " " RETRIED " AS BLOB) FROM classification.segment;"
            "INSERT INTO classification.decision SELECT * FROM twin",
     .want_rule = "facts_revision_is_decided"},
    {.name = "cases were receipted by a store that was put back before anybody had got them, and"
             " their places were given again",
     .change = intake_was_put_back,
     .sql = "DELETE FROM intake.facts_revision WHERE id & 65535 = 1;"
            "UPDATE log SET leaf = " WITH("112", "32", "zeroblob(32)") " WHERE " OF_TYPE("32"),
     .is_of_log = true,
     .want_rule = "receipted_case_exists_once"},
    {.name = "a notice is of a stream before the one that an emptied store adopted",
     .sql = "INSERT INTO notification.stream VALUES (0, " ADOPTED ", 0, 0, zeroblob(32));"
            "INSERT INTO log SELECT 90000, " WITH(
                "14", "16",
                ADOPTED) ", CAST(x'00' ||"
                         " zeroblob(32) || x'1210' || " EARLIER " AS BLOB) FROM log WHERE place ="
                         " (SELECT min(place) FROM log WHERE " OF_TYPE(
                             "1") ");"
                                  "INSERT INTO log SELECT 90001, " WITH(
                                      "14", "16", EARLIER) ", payload FROM log"
                                                           " WHERE place = " NEWEST("64"),
     .is_of_log = true,
     .want_rule = "decision_has_its_notices"},
    {.name = "a power cut brought a smaller checkpoint back",
     .change = power_was_cut,
     .want_rule = "checkpoint_only_extends"},
    {.name = "a node's key is revoked while it waits for the receipt of a case",
     .change = refused_by_key,
     .want_rule = "submission_is_answered"},
};
