/*
 * The order of the questions: did it come before, is it right, does the case allow it. What came
 * before is answered first, because by now the case may have moved on, and the rules too.
 */
#include "services/intake/intake_submit.h"

#include "common/base/mutant.h"
#include "common/case/day.h"
#include "services/intake/intake.h"
#include "services/intake/intake_accept.h"
#include "services/intake/intake_store.h"
#include "services/intake/intake_wire.h"

#include <sodium.h>
#include <string.h>

static uint32_t today_of(const struct turn *turn)
{
    return day_of_instant(turn->now_utc_s, DAY_ZONE_JAKARTA_SECONDS);
}

/* Adds the problem that the region isn't the node's, unless it is no region at all. */
static bool add_foreign_region(const struct principal *who, const struct facts *facts,
                               struct facts_problems *problems)
{
    if (problems_have(problems, "region") || principal_has_region(who, facts->region))
        return false;
    facts_problem_add(problems, "region", "%s is not one of this node's", facts->region);
    return true;
}

static enum status verdict(const struct facts_problems *problems, bool is_foreign,
                           struct diag *diag)
{
    enum status status = problems_verdict(problems, diag);
    if (status != STATUS_OK && is_foreign && problems->count == 1)
        return STATUS_REGION_NOT_OF_NODE;
    return status;
}

/* ---- what came before ---- */

static enum status hash_facts(const struct intake *intake, struct turn *turn,
                              const struct facts *facts, uint8_t hash[SUBMISSION_HASH_SIZE])
{
    struct view packed;
    TRY(intake_wire_facts(facts, turn->arena, &packed));
    submission_hash(packed, intake->secrets.index.secret, hash);
    return STATUS_OK;
}

/* What this turn has accepted itself gets its receipt with the turn's others. */
static enum status repeat_receipt(struct intake *intake, struct turn *turn,
                                  const struct known_submission *known,
                                  struct door_request *request)
{
    if (known->leaf_hashes.size > 0)
        return turn_receipts_repeat(known, turn, request);
    if (known->receipt_tree != intake->receipts.tree ||
        known->receipt_index >= intake->receipts.count)
        return STATUS_STORE_CORRUPT;
    return turn_receipts_owe(&intake->receipts, turn, request, known->receipt,
                             known->receipt_index);
}

/* `case_number`: the case that is corrected; NULL: a new one was submitted. */
static enum status check_known(const struct known_submission *known, const char *case_number,
                               const uint8_t hash[SUBMISSION_HASH_SIZE], struct diag *diag)
{
    bool is_same = case_number == NULL
                       ? known->revision == 1
                       : known->revision > 1 && strcmp(known->case_number, case_number) == 0;
    bool is_other = !is_same || sodium_memcmp(known->hash, hash, SUBMISSION_HASH_SIZE) != 0;
    if (is_other && !MUTANT(other_content_accepted)) {
        diag_set(diag, "submission_id: it is revision %u of case %s, whose content differs",
                 known->revision, known->case_number);
        return STATUS_ID_REUSED_WITH_OTHER_BODY;
    }
    return STATUS_OK;
}

/* STATUS_NOT_FOUND: it is new, or `id` is "". Anything else is the answer. */
static enum status look_for_known(struct intake *intake, struct turn *turn, const char *id,
                                  const char *case_number,
                                  const uint8_t hash[SUBMISSION_HASH_SIZE],
                                  struct door_request *request, struct diag *diag)
{
    struct known_submission known;
    if (id[0] == '\0')
        return STATUS_NOT_FOUND;
    TRY(intake_store_find_submission(&intake->tables, request->who->name, id, turn->arena,
                                     &known));
    TRY(check_known(&known, case_number, hash, diag));
    return repeat_receipt(intake, turn, &known, request);
}

/* ---- a new case ---- */

enum status intake_on_submit_case(void *app, struct turn *turn, struct door_request *request,
                                  struct diag *diag)
{
    struct intake *intake = app;
    struct submission submission;
    struct facts_problems problems = {.count = 0};
    char id[SUBMISSION_ID_TEXT_SIZE];
    uint32_t today = today_of(turn);
    TRY(intake_wire_read_submission(request->message, &submission, diag));
    submission_check(&submission, today, id, &problems);
    bool is_foreign = add_foreign_region(request->who, &submission.facts, &problems);
    struct incoming incoming = {
        .facts = {.submission_id = id,
                  .node = request->who->name,
                  .region = submission.facts.region,
                  .accepted_at = (uint64_t)turn->now_utc_s,
                  .facts = &submission.facts,
                  .sent_at = submission.sent_at},
        .reporter = submission.sealed_reporter,
    };
    TRY(hash_facts(intake, turn, &submission.facts, incoming.hash));
    enum status status = look_for_known(intake, turn, id, NULL, incoming.hash, request, diag);
    if (status != STATUS_NOT_FOUND)
        return status;
    TRY(verdict(&problems, is_foreign, diag));
    if (submission.facts.received == 0)
        submission.facts.received = today;
    return intake_accept(intake, turn, &incoming, request);
}

/* ---- a correction ---- */

/* Checks the facts as facts of that case. A day of receipt that isn't said stays the case's: the
 * deadlines count from it. True: the region isn't the node's. */
static bool check_correction(const struct turn *turn, const struct principal *who,
                             struct correction *correction, const struct case_row *row,
                             char id[SUBMISSION_ID_TEXT_SIZE], struct facts_problems *problems)
{
    struct facts *facts = &correction->submission.facts;
    if (facts->received == 0)
        facts->received = row->received;
    submission_check(&correction->submission, today_of(turn), id, problems);
    bool is_foreign = add_foreign_region(who, facts, problems);
    if (!is_foreign && !problems_have(problems, "region") &&
        strcmp(facts->region, row->region) != 0)
        facts_problem_add(problems, "region", "%s is not the case's region", facts->region);
    return is_foreign;
}

static enum status find_corrected(struct intake *intake, struct turn *turn, const char *number,
                                  struct case_view *ret_case, struct diag *diag)
{
    enum status status =
        intake_store_case_by_number(&intake->tables, number, turn->arena, ret_case);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "case_number: there is no case %s", number);
    return status;
}

enum status intake_on_correct_case(void *app, struct turn *turn, struct door_request *request,
                                   struct diag *diag)
{
    struct intake *intake = app;
    struct correction correction;
    struct case_view corrected;
    struct kept_revision newest;
    struct facts_problems problems = {.count = 0};
    char number[CASE_NUMBER_TEXT_SIZE];
    char id[SUBMISSION_ID_TEXT_SIZE];
    struct facts *facts = &correction.submission.facts;
    struct incoming incoming = {.reporter = {0}};
    TRY(intake_wire_read_correction(request->message, &correction, diag));
    TRY(case_number_read(correction.case_number, number, diag));
    TRY(find_corrected(intake, turn, number, &corrected, diag));
    TRY(hash_facts(intake, turn, facts, incoming.hash));
    bool is_foreign =
        check_correction(turn, request->who, &correction, &corrected.row, id, &problems);
    enum status status = look_for_known(intake, turn, id, number, incoming.hash, request, diag);
    if (status != STATUS_NOT_FOUND)
        return status;
    /* Whether a case of another region exists is nobody's to find out here. */
    if (!principal_has_region(request->who, corrected.row.region)) {
        diag_set(diag, "case_number: there is no case %s", number);
        return STATUS_NOT_FOUND;
    }
    TRY(verdict(&problems, is_foreign, diag));
    TRY(intake_store_find_revision(&intake->tables, corrected.row.id, corrected.row.facts_revision,
                                   turn->arena, &newest));
    TRY(correction_admit(&corrected.row, correction.expected_revision, newest.hash, incoming.hash,
                         diag));
    incoming.facts = (struct accepted_facts){
        .submission_id = id,
        .node = request->who->name,
        .region = corrected.row.region,
        .accepted_at = (uint64_t)turn->now_utc_s,
        .facts = facts,
        .sent_at = correction.submission.sent_at,
    };
    status = intake_accept_correction(intake, turn, &corrected.row, &incoming, request);
    if (status == STATUS_NOT_FOUND)
        diag_set(diag, "case %s was erased", number);
    return status;
}
