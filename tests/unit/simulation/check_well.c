/*
 * What looks like a bug to the checker, and is none.
 */
#include "tests/unit/simulation/check_bugs.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

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
    {.name = "a power cut brought a smaller checkpoint back",
     .change = power_was_cut,
     .want_rule = "checkpoint_only_extends"},
};
