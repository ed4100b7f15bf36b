/*
 * Where the events of streams stand among the leaves: each once, without a gap.
 *
 * Why: a stream's consumer sees to that already; here it is proved from the stored leaves, before
 * they are signed. Only a recovery of audit-log itself lets a stream go on further on (what lies
 * between was given up, protocol.md 11), or again from before.
 * Owns: nothing; borrows the tables and the diag.
 * Errors: STATUS_STORE_CORRUPT with `diag` where the rule is broken; and the store's.
 */
#ifndef NETRA_AUDIT_LOG_AUDIT_LOG_STREAMS_H
#define NETRA_AUDIT_LOG_AUDIT_LOG_STREAMS_H

#include "common/base/diag.h"
#include "common/base/status.h"
#include "common/wire/header.h"
#include "services/audit-log/audit_log_store.h"

#include <stdint.h>

#define AUDIT_LOG_NOWHERE UINT64_MAX

/* The leaves of one transaction on their way into runs. */
struct audit_log_streams {
    struct audit_log_store *tables;
    struct audit_log_recovery recovery;
    struct diag *diag;
    uint8_t stream_id[STREAM_ID_SIZE]; /* of the run that is growing */
    struct audit_log_run run;          /* count 0: none */
};

/* The index at which this very event stands, AUDIT_LOG_NOWHERE when it doesn't stand yet. Looked
 * for only after a recovery: else none comes twice. STATUS_STORE_CORRUPT: another event stands in
 * its place. */
enum status audit_log_streams_find(struct audit_log_store *tables,
                                   const struct audit_log_recovery *recovery,
                                   const uint8_t header_bytes[HEADER_SIZE], uint64_t *ret_index,
                                   struct diag *diag) MUST_USE;

/* Adds the leaf, HEADER_SIZE bytes, that stands at the next index. */
enum status audit_log_streams_add(struct audit_log_streams *streams, uint64_t index,
                                  const uint8_t *leaf) MUST_USE;

/* After the last one. */
enum status audit_log_streams_end(struct audit_log_streams *streams) MUST_USE;

#endif
