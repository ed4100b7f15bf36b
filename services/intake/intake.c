/*
 * The checks of a submission, and the keyed hash by which a repeated one is recognised.
 */
#include "services/intake/intake.h"

#include "common/base/bytes.h"

#include <sodium.h>
#include <string.h>

static bool is_dash_place(size_t index)
{
    return index == 8 || index == 13 || index == 18 || index == 23;
}

/* The digit in lower case, or NUL when it is no hex digit. */
static char hex_digit_of(char typed)
{
    if ((typed >= '0' && typed <= '9') || (typed >= 'a' && typed <= 'f'))
        return typed;
    if (typed >= 'A' && typed <= 'F')
        return (char)(typed - 'A' + 'a');
    return '\0';
}

/* Whether the text is a UUID's; `id` gets it in lower case, the form RFC 9562 asks to write. */
static bool id_normalise(const char *text, char id[SUBMISSION_ID_TEXT_SIZE])
{
    if (strlen(text) != SUBMISSION_ID_TEXT_SIZE - 1)
        return false;
    for (size_t index = 0; index < SUBMISSION_ID_TEXT_SIZE - 1; index++) {
        char typed = text[index];
        id[index] = is_dash_place(index) ? typed : hex_digit_of(typed);
        if (id[index] == '\0' || (is_dash_place(index) && typed != '-'))
            return false;
    }
    id[SUBMISSION_ID_TEXT_SIZE - 1] = '\0';
    return true;
}

#define SENT_AT_MAX 7258118399u /* the end of 2199: beyond are no seconds but milliseconds */

void submission_check(const struct submission *submission, uint32_t today,
                      char id[SUBMISSION_ID_TEXT_SIZE], struct facts_problems *problems)
{
    if (!id_normalise(submission->id, id)) {
        id[0] = '\0';
        facts_problem_add(problems, "submission_id",
                          "a UUID is required: 36 characters, hex digits and dashes");
    }
    facts_check(&submission->facts, today, problems);
    if (submission->sent_at > SENT_AT_MAX)
        facts_problem_add(problems, "sent_at", "Unix seconds are expected");
    size_t size = submission->sealed_reporter.size;
    if (size != 0 && (size < REPORTER_BYTES_MIN || size > REPORTER_BYTES_MAX))
        facts_problem_add(problems, "sealed_reporter", "%zu bytes; %u to %u are expected", size,
                          REPORTER_BYTES_MIN, REPORTER_BYTES_MAX);
}

bool problems_have(const struct facts_problems *problems, const char *path)
{
    for (unsigned index = 0; index < problems->count && index < FACTS_PROBLEMS_MAX; index++)
        if (strcmp(problems->problems[index].path, path) == 0)
            return true;
    return false;
}

enum status problems_verdict(const struct facts_problems *problems, struct diag *diag)
{
    if (problems->count == 0)
        return STATUS_OK;
    if (diag != NULL)
        (void)facts_problems_text(problems, diag->text, sizeof(diag->text));
    return STATUS_FACTS_INVALID;
}

void submission_hash(struct view packed_facts, const uint8_t index_key[32],
                     uint8_t hash[SUBMISSION_HASH_SIZE])
{
    static const char domain[] = "netra-facts/v1\n";
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, index_key, 32, SUBMISSION_HASH_SIZE);
    (void)crypto_generichash_update(&state, (const uint8_t *)domain, sizeof(domain) - 1);
    (void)crypto_generichash_update(&state, packed_facts.bytes, packed_facts.size);
    (void)crypto_generichash_final(&state, hash, SUBMISSION_HASH_SIZE);
    sodium_memzero(&state, sizeof(state));
}

enum status correction_admit(const struct case_row *row, uint32_t expected_revision,
                             const uint8_t newest_hash[SUBMISSION_HASH_SIZE],
                             const uint8_t hash[SUBMISSION_HASH_SIZE], struct diag *diag)
{
    if (expected_revision != 0 && expected_revision != row->facts_revision) {
        diag_set(diag, "expected_revision: the newest of case %s is %u", row->case_number,
                 row->facts_revision);
        return STATUS_REVISION_MOVED;
    }
    if (row->facts_revision >= REVISIONS_MAX) {
        diag_set(diag, "case %s has %u revisions, which is the most there can be",
                 row->case_number, REVISIONS_MAX);
        return STATUS_OUT_OF_RANGE;
    }
    if (sodium_memcmp(newest_hash, hash, SUBMISSION_HASH_SIZE) != 0)
        return STATUS_OK;
    diag_set(diag, "facts: nothing changed; they are revision %u of case %s", row->facts_revision,
             row->case_number);
    return STATUS_OUT_OF_RANGE;
}

bool clock_is_off(uint64_t sent_at, uint64_t accepted_at)
{
    uint64_t apart = sent_at > accepted_at ? sent_at - accepted_at : accepted_at - sent_at;
    return sent_at != 0 && apart > CLOCK_OFF_SECONDS;
}

enum status case_number_read(const char *text, char number[CASE_NUMBER_TEXT_SIZE],
                             struct diag *diag)
{
    enum status status = case_number_parse(text, number);
    if (status == STATUS_MALFORMED)
        diag_set(diag, "case_number: ten letters and digits are expected, such as K7QF-9M2X-4T");
    if (status == STATUS_OUT_OF_RANGE)
        diag_set(diag, "case_number: it is mistyped: the check symbol, its last, doesn't fit");
    return status;
}

void case_handle_make(uint64_t seq, const uint8_t random[CASE_HANDLE_RANDOM_BYTES],
                      uint8_t case_handle[CASE_HANDLE_SIZE])
{
    bytes_put_u64(case_handle, seq);
    memcpy(case_handle + 8, random, CASE_HANDLE_RANDOM_BYTES);
}

bool intake_hands_keys_to(const char *service)
{
    return strcmp(service, "classification") == 0 || strcmp(service, "notification") == 0;
}
