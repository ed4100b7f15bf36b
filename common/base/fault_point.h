/*
 * Named places at which a test can make a process die, fail or wait.
 *
 * Why: a crash between two instructions is reached by name, not by luck.
 * Only in builds with NETRA_FAULT_POINTS; elsewhere a point is nothing at all.
 *
 * Armed by the environment variable NETRA_FAULTS, read at first use: comma-separated
 * `name=action[@N][#KEY]`:
 *   action  kill (SIGKILL to itself), abort (SIGABRT), full (the point yields STATUS_STORE_FULL),
 *           io (STATUS_STORE_IO), sync (STATUS_STORE_SYNC_FAILED)
 *   @N      at the N-th time it is reached (1 when absent), counted per process; full, io and sync
 *           then go on failing only that once; `@N+` goes on for ever from the N-th
 *   #KEY    only where the point's key is this decimal number (an entry's seq); then @N counts
 *           these passes only
 * An unknown name or action ends the process with exit status 2 and one clear message: a test that
 * arms nothing must not pass.
 */
#ifndef NETRA_BASE_FAULT_POINT_H
#define NETRA_BASE_FAULT_POINT_H

#include "common/base/status.h"

#include <stdint.h>

/* Every fault point there is: X(name, where it stands). tests/tidy checks that each is used in
 * the code and in a test. */
#define FAULT_POINT_LIST(X)                                                                       \
    X(turn_began, "after begin, before the first entry")                                          \
    X(turn_entry_counted, "a suspect entry's death was counted durably, it is not applied yet")   \
    X(turn_entry_applying, "inside an entry's savepoint, before its handler; keyed by seq")       \
    X(turn_entry_applied, "an entry's handler returned, its savepoint is released; keyed by seq") \
    X(turn_before_commit, "everything is written, the commit has not begun")                      \
    X(turn_after_commit, "committed, nothing is confirmed yet")                                   \
    X(turn_after_confirm, "acks and answers were handed to the transport")                        \
    X(alone_before_commit, "own work between turns is written, its commit has not begun")         \
    X(alone_after_commit, "own work between turns is committed, nothing follows from it yet")     \
    X(link_batch_built, "a batch was built, it was not handed to the transport yet")              \
    X(link_batch_sent, "a batch was handed to the transport")                                     \
    X(store_commit, "inside commit: may fail with full, io or sync")                              \
    X(store_checkpoint, "before a WAL checkpoint")                                                \
    X(start_opened, "the store is open and migrated, nothing was answered yet")                   \
    X(stop_draining, "drained, the clean stop is not recorded yet")                               \
    X(audit_before_publish, "the checkpoint is committed, its file is not written yet")           \
    X(audit_publish_written, "the checkpoint's temporary file is synced, not renamed yet")        \
    X(worker_deciding, "a worker holds a lease and decides; keyed by seq")                        \
    X(worker_decided, "a worker decided and has not answered yet; keyed by seq")                  \
    X(lease_counted, "a suspect case's death was counted durably, it is not leased yet")          \
    X(notice_marked, "a hand-over was counted durably, it has not begun; keyed by notice")        \
    X(notice_handed_over, "the channel has the notice, that isn't on disk yet; by notice")        \
    X(import_id_written, "the client wrote the submission's id, it was not sent yet")             \
    X(import_receipt_told, "the client has the receipt and has not written it yet")

#ifdef NETRA_FAULT_POINTS

enum fault_point {
#define X(name, where) FAULT_##name,
    FAULT_POINT_LIST(X)
#undef X
        FAULT_COUNT
};

/* Passes the point: dies if it is armed to kill or abort, else yields the armed status or
 * STATUS_OK. */
enum status fault_point_pass(enum fault_point point, uint64_t key);

/* Who is told of each pass of a point before NETRA_FAULTS is looked at, and may have it fail: a
 * simulation, whose processes die without ending the one that all of them share. */
struct fault_listener {
    enum status (*passed)(void *self, enum fault_point point, uint64_t key);
    void *self;
};

/* Sets it; NULL: nobody. It must live until then. */
void fault_point_listen(const struct fault_listener *listener);

/* "turn_began" … Static text. */
const char *fault_point_name(enum fault_point point);

#define FAULT_POINT(name) ((void)fault_point_pass(FAULT_##name, 0))
#define FAULT_POINT_KEYED(name, key) ((void)fault_point_pass(FAULT_##name, (key)))
#define FAULT_POINT_STATUS(name) fault_point_pass(FAULT_##name, 0)

#else

#define FAULT_POINT(name) ((void)0)
#define FAULT_POINT_KEYED(name, key) ((void)(key))
#define FAULT_POINT_STATUS(name) STATUS_OK

#endif

#endif
