/*
 * The cases' newest leaves, in memory: read once, and written once in a transaction, though a case
 * gets several leaves in one.
 *
 * Why the largest handle: handles begin with a number that rises, so a case that is new is known
 * to be without a search.
 * Owns: nothing; borrows the tables.
 * Limits: AUDIT_LOG_CASES_KEPT cases; one gives way to another with the same place.
 * Errors: the store's statuses, everywhere.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_CASES_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_CASES_H

#include "common/base/status.h"
#include "common/wire/header.h"
#include "services/audit-log/audit_log.h"
#include "services/audit-log/audit_log_store.h"

#include <stdbool.h>
#include <stdint.h>

#define AUDIT_LOG_CASES_KEPT 4096u     /* what is between a report and its notices */
#define AUDIT_LOG_CASES_UNWRITTEN 256u /* as many as a transaction takes entries */

struct audit_log_known_case {
    uint8_t case_handle[CASE_HANDLE_SIZE];
    struct audit_log_case newest;
    bool is_known;     /* false: the place is free */
    bool is_unwritten; /* the table has an older state */
};

struct audit_log_cases {
    struct audit_log_store *tables;
    struct audit_log_known_case places[AUDIT_LOG_CASES_KEPT];
    uint16_t unwritten[AUDIT_LOG_CASES_UNWRITTEN]; /* places */
    unsigned unwritten_count;
    uint8_t largest[CASE_HANDLE_SIZE]; /* of the handles that were put or are in the table */
    bool is_largest_known;
};

/* The case's newest event; all zero when there is none. */
enum status audit_log_cases_get(struct audit_log_cases *cases,
                                const uint8_t case_handle[CASE_HANDLE_SIZE],
                                struct audit_log_case *ret_case) MUST_USE;
enum status audit_log_cases_put(struct audit_log_cases *cases,
                                const uint8_t case_handle[CASE_HANDLE_SIZE],
                                const struct audit_log_case *newest) MUST_USE;

/* Writes what the table doesn't have yet: before a savepoint and before the commit. */
enum status audit_log_cases_write(struct audit_log_cases *cases) MUST_USE;

/* The table was taken back: it alone says what is so. */
void audit_log_cases_forget(struct audit_log_cases *cases);

#endif
