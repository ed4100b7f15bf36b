/* Where the events of streams stand. */
#include "services/audit-log/audit_log_streams.h"

#include "common/base/mutant.h"
#include "services/audit-log/audit_log.h"

#include <inttypes.h>
#include <string.h>

static uint64_t end_of(const struct audit_log_run *run)
{
    return run->first_seq + run->count;
}

/* ---- finding ---- */

struct comparison {
    const uint8_t *header_bytes;
    bool is_same;
};

static enum status compare_leaf(void *self, const uint8_t *leaf, const uint8_t hash[SHA256_SIZE])
{
    struct comparison *comparison = self;
    uint8_t header_bytes[HEADER_SIZE];
    (void)hash;
    TRY(audit_log_header_of_leaf(view_of(leaf, HEADER_SIZE), header_bytes));
    comparison->is_same = memcmp(header_bytes, comparison->header_bytes, HEADER_SIZE) == 0;
    return STATUS_OK;
}

enum status audit_log_streams_find(struct audit_log_store *tables,
                                   const struct audit_log_recovery *recovery,
                                   const uint8_t header_bytes[HEADER_SIZE], uint64_t *ret_index,
                                   struct diag *diag)
{
    struct comparison comparison = {.header_bytes = header_bytes};
    struct event_header header;
    struct audit_log_run run;
    *ret_index = AUDIT_LOG_NOWHERE;
    if (!recovery->was_ever || MUTANT(leaf_appended_twice))
        return STATUS_OK;
    TRY(header_decode(view_of(header_bytes, HEADER_SIZE), &header));
    enum status status = audit_log_store_run_before(tables, header.stream_id, header.seq, &run);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    TRY(status);
    if (header.seq >= end_of(&run))
        return STATUS_OK;
    uint64_t index = run.first_index + (header.seq - run.first_seq);
    TRY(audit_log_store_each_leaf(tables, index, index + 1, compare_leaf, &comparison));
    if (!comparison.is_same) {
        diag_set(diag, "another event stands at leaf %" PRIu64 " as seq %" PRIu64 " of its stream",
                 index, header.seq);
        return STATUS_STORE_CORRUPT;
    }
    *ret_index = index;
    return STATUS_OK;
}

/* ---- adding ---- */

/* Whether the stream may leave something out after this run: a recovery came since. */
static bool may_skip(const struct audit_log_streams *streams, const struct audit_log_run *before)
{
    if (!streams->recovery.was_ever)
        return false;
    return before->count == 0 || before->first_index + before->count - 1 < streams->recovery.index;
}

static enum status refuse(struct audit_log_streams *streams, uint64_t expected)
{
    diag_set(streams->diag,
             "leaf %" PRIu64 " is seq %" PRIu64 " of its stream, whose next one was %" PRIu64,
             streams->run.first_index, streams->run.first_seq, expected);
    return STATUS_STORE_CORRUPT;
}

/* The run must not reach into the one after it: both would have the same event. */
static enum status check_after(struct audit_log_streams *streams)
{
    struct audit_log_run after;
    enum status status = audit_log_store_run_after(streams->tables, streams->stream_id,
                                                   streams->run.first_seq, &after);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    TRY(status);
    return after.first_seq < end_of(&streams->run) ? refuse(streams, end_of(&after)) : STATUS_OK;
}

/* Keeps the run that has ended, joined to the one before it where they touch. */
static enum status keep_run(struct audit_log_streams *streams)
{
    struct audit_log_run before = {.first_seq = 1};
    struct audit_log_run run = streams->run;
    if (run.count == 0)
        return STATUS_OK;
    enum status status =
        audit_log_store_run_before(streams->tables, streams->stream_id, run.first_seq, &before);
    if (status != STATUS_NOT_FOUND)
        TRY(status);
    uint64_t next = end_of(&before);
    if (run.first_seq < next || (run.first_seq > next && !may_skip(streams, &before)))
        return refuse(streams, next);
    TRY(check_after(streams));
    bool do_touch = before.count > 0 && run.first_seq == next &&
                    run.first_index == before.first_index + before.count;
    if (do_touch)
        run =
            (struct audit_log_run){before.first_seq, before.first_index, before.count + run.count};
    return audit_log_store_put_run(streams->tables, streams->stream_id, &run);
}

enum status audit_log_streams_add(struct audit_log_streams *streams, uint64_t index,
                                  const uint8_t *leaf)
{
    struct event_header header;
    struct audit_log_run *run = &streams->run;
    TRY(header_decode(view_of(leaf, HEADER_SIZE), &header));
    if (run->count > 0 && header.seq == end_of(run) &&
        memcmp(header.stream_id, streams->stream_id, STREAM_ID_SIZE) == 0) {
        run->count++;
        return STATUS_OK;
    }
    TRY(keep_run(streams));
    memcpy(streams->stream_id, header.stream_id, STREAM_ID_SIZE);
    *run = (struct audit_log_run){header.seq, index, 1};
    return STATUS_OK;
}

enum status audit_log_streams_end(struct audit_log_streams *streams)
{
    return keep_run(streams);
}
