/*
 * The checks of a submission in the order in which a node is told of them, and the keyed hash by
 * which a repeated one is recognised.
 */
#include "services/intake/intake.h"

#include "common/base/bytes.h"
#include "common/base/invariant.h"
#include "common/wire/limits.h"

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

/* Digits in groups joined by single dots, such as 36.04. */
static bool region_is_code(const char *region)
{
    bool is_after_digit = false;
    for (const char *typed = region; *typed != '\0'; typed++) {
        bool is_digit = *typed >= '0' && *typed <= '9';
        if (!is_digit && (*typed != '.' || !is_after_digit))
            return false;
        is_after_digit = is_digit;
    }
    return is_after_digit && strlen(region) <= REGION_TEXT_MAX;
}

enum status submission_check(const struct submission *submission, char id[SUBMISSION_ID_TEXT_SIZE],
                             struct diag *diag)
{
    if (submission->id[0] == '\0') {
        diag_set(diag, "submission_id: a UUID is required");
        return STATUS_FIELD_MISSING;
    }
    if (!id_normalise(submission->id, id)) {
        diag_set(diag, "submission_id: expected a UUID as 36 characters, hex digits and dashes");
        return STATUS_OUT_OF_RANGE;
    }
    if (submission->region[0] == '\0') {
        diag_set(diag, "region: the handling region's code is required");
        return STATUS_FIELD_MISSING;
    }
    if (!region_is_code(submission->region)) {
        diag_set(diag, "region: expected a Kemendagri code such as 36.04");
        return STATUS_OUT_OF_RANGE;
    }
    if (submission->content.size == 0) {
        diag_set(diag, "content: it is empty");
        return STATUS_BODY_EMPTY;
    }
    if (submission->content.size > LIMIT_SUBMISSION_BYTES) {
        diag_set(diag, "content: %zu bytes; at most %u are taken", submission->content.size,
                 LIMIT_SUBMISSION_BYTES);
        return STATUS_BODY_TOO_LARGE;
    }
    return STATUS_OK;
}

void submission_hash(const struct submission *submission, const uint8_t index_key[32],
                     uint8_t hash[SUBMISSION_HASH_SIZE])
{
    static const char domain[] = "netra-submission/v1\n";
    struct view region = view_of_text(submission->region);
    INVARIANT(region.size <= REGION_TEXT_MAX);
    uint8_t region_size[4];
    bytes_put_u32(region_size, (uint32_t)region.size);
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, index_key, 32, SUBMISSION_HASH_SIZE);
    (void)crypto_generichash_update(&state, (const uint8_t *)domain, sizeof(domain) - 1);
    (void)crypto_generichash_update(&state, region_size, sizeof(region_size));
    (void)crypto_generichash_update(&state, region.bytes, region.size);
    (void)crypto_generichash_update(&state, submission->content.bytes, submission->content.size);
    (void)crypto_generichash_final(&state, hash, SUBMISSION_HASH_SIZE);
    sodium_memzero(&state, sizeof(state));
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
