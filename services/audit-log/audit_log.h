/*
 * The rules of the log: what becomes of an event's header when it is appended.
 *
 * Why: audit-log adds to a header only what its producer can't know: the event's number within
 * its case, the leaf hash of the case's event before it, and when it was appended. With these a
 * person who holds two leaves of a case sees what is missing between them.
 * Units: times are Unix seconds. Owns: nothing; pure.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_H

#include "common/base/diag.h"
#include "common/base/sha256.h"
#include "common/base/status.h"
#include "common/wire/header.h"

#include <stdint.h>

/* What the log holds of a case: its newest event. All zero: nothing yet. */
struct audit_log_case {
    uint64_t number;                /* that event's number within the case, from 1 */
    uint8_t leaf_hash[SHA256_SIZE]; /* of that event's leaf */
    uint64_t index;                 /* of that event's leaf */
};

struct audit_log_leaf {
    uint8_t bytes[HEADER_SIZE];
    uint8_t hash[SHA256_SIZE]; /* RFC 6962 leaf hash */
    uint64_t number_in_case;   /* 0: the event is of no case */
};

/*
 * Makes the leaf of an event from its header as chained and from what the log holds of its case
 * (not looked at when the event is of no case: NULL is fine then). `utc_s` is rounded down to the
 * minute. STATUS_MALFORMED: not a header, or audit-log's fields are not zero. STATUS_OUT_OF_RANGE:
 * the case is full. STATUS_SYSTEM_FAILED: the clock stands before 1970.
 */
enum status audit_log_make_leaf(const uint8_t header[HEADER_SIZE],
                                const struct audit_log_case *before, int64_t utc_s,
                                struct audit_log_leaf *ret_leaf, struct diag *diag) MUST_USE;

/*
 * Checks a leaf read back against what came before it in its case, and yields its leaf hash and
 * number. STATUS_MALFORMED: not a leaf. STATUS_VERIFICATION_FAILED: another number or previous
 * leaf hash than the case's, or a time that is no whole minute; `diag` names the field.
 */
enum status audit_log_check_leaf(struct view bytes, const struct audit_log_case *before,
                                 struct audit_log_leaf *ret_leaf, struct diag *diag) MUST_USE;

/* The header as its stream chains it: the leaf with audit-log's three fields zero again.
 * STATUS_MALFORMED: not a leaf. */
enum status audit_log_header_of_leaf(struct view bytes, uint8_t header[HEADER_SIZE]) MUST_USE;

#endif
