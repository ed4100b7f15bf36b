/* The three fields that audit-log fills, and the leaf's hash. */
#include "services/audit-log/audit_log.h"

#include "common/base/invariant.h"
#include "common/base/merkle.h"

#include <string.h>

#define MINUTE_S 60

static bool is_of_case(const struct event_header *header)
{
    return !view_is_zero(view_of(header->case_handle, CASE_HANDLE_SIZE));
}

static bool are_own_fields_zero(const struct event_header *header)
{
    return header->number_in_case == 0 && header->append_time == 0 &&
           view_is_zero(view_of(header->previous_leaf_hash, SHA256_SIZE));
}

enum status audit_log_make_leaf(const uint8_t header[HEADER_SIZE],
                                const struct audit_log_case *before, int64_t utc_s,
                                struct audit_log_leaf *ret_leaf, struct diag *diag)
{
    struct event_header filled;

    TRY(header_decode(view_of(header, HEADER_SIZE), &filled));
    if (!are_own_fields_zero(&filled)) {
        diag_set(diag, "number in the case, append time or previous leaf hash: must be zero");
        return STATUS_MALFORMED;
    }
    if (utc_s < 0) {
        diag_set(diag, "append time: the clock stands before 1970");
        return STATUS_SYSTEM_FAILED;
    }
    filled.append_time = (uint64_t)(utc_s - utc_s % MINUTE_S);
    if (is_of_case(&filled)) {
        INVARIANT((before->number == 0) == view_is_zero(view_of(before->leaf_hash, SHA256_SIZE)));
        if (__builtin_add_overflow(before->number, 1, &filled.number_in_case)) {
            diag_set(diag, "number in the case: no number is left");
            return STATUS_OUT_OF_RANGE;
        }
        memcpy(filled.previous_leaf_hash, before->leaf_hash, SHA256_SIZE);
    }

    *ret_leaf = (struct audit_log_leaf){.number_in_case = filled.number_in_case};
    header_encode(&filled, ret_leaf->bytes);
    merkle_leaf_hash_first(view_of(ret_leaf->bytes, HEADER_SIZE), ret_leaf->hash);
    return STATUS_OK;
}

enum status audit_log_check_leaf(struct view bytes, const struct audit_log_case *before,
                                 struct audit_log_leaf *ret_leaf, struct diag *diag)
{
    static const struct audit_log_case of_no_case;
    struct event_header header;
    uint64_t want_number = 0;

    TRY(header_decode(bytes, &header));
    if (!is_of_case(&header))
        before = &of_no_case;
    else if (__builtin_add_overflow(before->number, 1, &want_number))
        want_number = 0; /* no event may follow: and no leaf of a case has number 0 */

    if (header.number_in_case != want_number || (is_of_case(&header) && want_number == 0)) {
        diag_set(diag, "number in the case: must be %llu", (unsigned long long)want_number);
        return STATUS_VERIFICATION_FAILED;
    }
    if (memcmp(header.previous_leaf_hash, before->leaf_hash, SHA256_SIZE) != 0) {
        diag_set(diag, "previous leaf hash: is not that of the case's event before this one");
        return STATUS_VERIFICATION_FAILED;
    }
    if (header.append_time % MINUTE_S != 0) {
        diag_set(diag, "append time: must be a whole minute");
        return STATUS_VERIFICATION_FAILED;
    }
    *ret_leaf = (struct audit_log_leaf){.number_in_case = header.number_in_case};
    memcpy(ret_leaf->bytes, bytes.bytes, HEADER_SIZE);
    merkle_leaf_hash(bytes, ret_leaf->hash);
    return STATUS_OK;
}

enum status audit_log_header_of_leaf(struct view bytes, uint8_t header[HEADER_SIZE])
{
    struct event_header decoded;

    TRY(header_decode(bytes, &decoded));
    decoded.number_in_case = 0;
    decoded.append_time = 0;
    memset(decoded.previous_leaf_hash, 0, SHA256_SIZE);
    header_encode(&decoded, header);
    return STATUS_OK;
}
