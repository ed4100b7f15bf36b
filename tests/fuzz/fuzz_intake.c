/*
 * Everything that intake reads of messages: submissions, corrections, questions, receipts, acts.
 * What it accepts as a case must be one that classification can read.
 */
#include "common/wire/unpack.h"
#include "services/classification/classification_wire.h"
#include "services/intake/intake_wire.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* The message of a request at the door; NULL: the door refuses it. */
static const ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *descriptor,
                                      struct view bytes, struct arena *arena)
{
    ProtobufCMessage *message = NULL;
    struct diag diag = {0};
    enum status status = wire_unpack(descriptor, bytes, arena, &message, &diag);
    if (status == STATUS_OK)
        return message;
    fuzz_check_refused(status, &diag);
    return NULL;
}

/* Checks a status that may be a refusal; true: it is none. */
static bool is_read(enum status status, const struct diag *diag)
{
    if (status == STATUS_OK)
        return true;
    fuzz_check_refused(status, diag);
    return false;
}

/* Whatever is wrong, no problem says what was written. */
static void check_problems(const struct facts_problems *problems)
{
    struct diag diag = {0};
    for (unsigned i = 0; i < problems->count && i < FACTS_PROBLEMS_MAX; i++) {
        FUZZ_CHECK(!fuzz_has_canary(problems->problems[i].rule));
        FUZZ_CHECK(fuzz_is_printable(problems->problems[i].rule));
        FUZZ_CHECK(fuzz_is_printable(problems->problems[i].path));
    }
    if (problems->count > 0)
        fuzz_check_refused(problems_verdict(problems, &diag), &diag);
}

/* The case as intake sends it on. */
static void accept(const struct submission *submission, const char *id, struct arena *arena)
{
    struct facts facts = submission->facts;
    struct accepted_facts accepted = {
        .case_number = "ABCD-EFGH-JK",
        .submission_id = id,
        .node = "node",
        .region = facts.region,
        .accepted_at = 1731628800,
        .facts_revision = 1,
        .facts = &facts,
        .sent_at = submission->sent_at,
    };
    struct case_read read;
    struct view bytes, first, second;
    struct diag diag = {0};
    if (facts.received == 0)
        facts.received = FUZZ_TODAY;
    FUZZ_CHECK(intake_wire_accepted(&accepted, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(classification_wire_read_case(bytes, arena, &read, &diag) == STATUS_OK);
    FUZZ_CHECK(intake_wire_facts(&facts, arena, &first) == STATUS_OK);
    FUZZ_CHECK(intake_wire_facts(&read.facts, arena, &second) == STATUS_OK);
    FUZZ_CHECK(view_equals(first, second));
    FUZZ_CHECK(intake_wire_case_text(bytes, arena, &first, &diag) == STATUS_OK);
}

static void check_submission(const struct submission *submission, struct arena *arena)
{
    static struct facts_problems problems;
    char id[SUBMISSION_ID_TEXT_SIZE];
    memset(&problems, 0, sizeof problems);
    submission_check(submission, FUZZ_TODAY, id, &problems);
    check_problems(&problems);
    if (problems.count == 0)
        accept(submission, id, arena);
}

static void submit(struct view rest, struct arena *arena)
{
    struct submission submission = {.id = NULL};
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__submit_case__descriptor, rest, arena);
    if (message != NULL &&
        is_read(intake_wire_read_submission(message, &submission, &diag), &diag))
        check_submission(&submission, arena);
}

static void correct(struct view rest, struct arena *arena)
{
    struct correction correction = {.case_number = NULL};
    char number[CASE_NUMBER_TEXT_SIZE];
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__correct_case__descriptor, rest, arena);
    if (message == NULL ||
        !is_read(intake_wire_read_correction(message, &correction, &diag), &diag))
        return;
    check_submission(&correction.submission, arena);
    if (is_read(case_number_read(correction.case_number, number, &diag), &diag))
        FUZZ_CHECK(strlen(number) == CASE_NUMBER_TEXT_SIZE - 1);
}

static void handles(struct view rest, struct arena *arena)
{
    const uint8_t(*read)[CASE_HANDLE_SIZE] = NULL;
    size_t count = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message =
        unpack(&netra__v1__case_keys_request__descriptor, rest, arena);
    if (message != NULL &&
        is_read(intake_wire_read_handles(message, arena, &read, &count, &diag), &diag))
        FUZZ_CHECK(count <= LIMIT_LIST_ROWS);
}

static void list(struct view rest, struct arena *arena)
{
    uint64_t after = 0;
    uint32_t rows_max = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__list_request__descriptor, rest, arena);
    if (message != NULL &&
        is_read(intake_wire_read_list(message, &after, &rows_max, &diag), &diag))
        FUZZ_CHECK(after <= INT64_MAX && rows_max >= 1 && rows_max <= LIMIT_LIST_ROWS);
}

static void one_case(struct view rest, struct arena *arena)
{
    struct case_asked asked;
    char number[CASE_NUMBER_TEXT_SIZE];
    struct diag diag = {0};
    const ProtobufCMessage *message = unpack(&netra__v1__case_request__descriptor, rest, arena);
    if (message == NULL || !is_read(intake_wire_read_case(message, &asked, &diag), &diag))
        return;
    if (asked.case_number != NULL)
        (void)is_read(case_number_read(asked.case_number, number, &diag), &diag);
}

static void text_request(struct view rest, struct arena *arena)
{
    uint8_t handle[CASE_HANDLE_SIZE];
    uint32_t revision = 0;
    struct diag diag = {0};
    const ProtobufCMessage *message =
        unpack(&netra__v1__case_text_request__descriptor, rest, arena);
    if (message != NULL)
        (void)is_read(intake_wire_read_text_request(message, handle, &revision, &diag), &diag);
}

static void receipt(struct view rest, struct arena *arena)
{
    static const uint8_t key[32] = {1};
    struct signed_receipt first, second;
    struct view bytes, body;
    struct diag diag = {0};
    if (!is_read(intake_wire_read_receipt(rest, arena, &first, &diag), &diag))
        return;
    FUZZ_CHECK(intake_wire_receipt(&first, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(intake_wire_read_receipt(bytes, arena, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(view_equals(first.leaf, second.leaf) && view_equals(first.path, second.path));
    FUZZ_CHECK(first.leaf_index == second.leaf_index && first.tree_size == second.tree_size);
    FUZZ_CHECK(memcmp(first.signature, second.signature, SIGNATURE_SIZE) == 0);
    FUZZ_CHECK(receipt_tree_verify(&first, key, &body) == STATUS_SIGNATURE_INVALID);
}

static void receipt_body(struct view rest, struct arena *arena)
{
    struct receipt_facts first, second;
    struct view bytes, again;
    struct diag diag = {0};
    if (!is_read(intake_wire_read_receipt_body(rest, arena, &first, &diag), &diag))
        return;
    FUZZ_CHECK(intake_wire_receipt_body(&first, arena, &bytes) == STATUS_OK);
    FUZZ_CHECK(intake_wire_read_receipt_body(bytes, arena, &second, &diag) == STATUS_OK);
    FUZZ_CHECK(intake_wire_receipt_body(&second, arena, &again) == STATUS_OK);
    FUZZ_CHECK(view_equals(bytes, again));
    FUZZ_CHECK(strcmp(first.origin, second.origin) == 0 && first.seq == second.seq);
}

static void link_act(struct view rest, struct arena *arena)
{
    struct case_link link = {.kind = 0};
    struct diag diag = {0};
    if (is_read(intake_wire_read_link(rest, arena, &link, &diag), &diag))
        FUZZ_CHECK(link.kind >= 1 && link.kind <= 3);
}

static void open_reporter(struct view rest, struct arena *arena)
{
    uint8_t key_id[KEY_ID_SIZE];
    struct diag diag = {0};
    (void)is_read(intake_wire_read_open_reporter(rest, arena, key_id, &diag), &diag);
}

static void case_text(struct view rest, struct arena *arena)
{
    struct view bytes;
    struct diag diag = {0};
    (void)is_read(intake_wire_case_text(rest, arena, &bytes, &diag), &diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const fuzz_decoder decoders[] = {submit,   correct,       handles,  list,
                                            one_case, text_request,  receipt,  receipt_body,
                                            link_act, open_reporter, case_text};
    fuzz_decode(decoders, sizeof decoders / sizeof decoders[0], bytes, size);
    return 0;
}
