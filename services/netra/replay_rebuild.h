/*
 * The rebuilding half of a replay: the log's leaves, verified as they come, opened with their
 * cases' keys and applied to the rebuilt store, in order.
 *
 * Owns: the walk over the log, the store, the keys and a scratch arena; replay_close releases
 * them.
 * Limits: memory does not grow with the log, but for audit_walk's tables.
 */
#ifndef NETRA_NETRA_REPLAY_REBUILD_H
#define NETRA_NETRA_REPLAY_REBUILD_H

#include "services/netra/audit_walk.h"
#include "services/netra/replay_keys.h"
#include "services/netra/replay_store.h"
#include "services/netra/replay_until.h"

struct replay {
    struct command *command;
    struct audit_walk walk;
    struct replay_store store;
    struct replay_keys keys;
    struct arena scratch; /* a payload opened, a row unpacked */
    struct replay_until until;
    uint64_t applied;           /* leaves that are a part of what was rebuilt */
    uint64_t pending;           /* of them, since the last commit */
    uint64_t unplaced;          /* events that speak of a notice which none before them queued */
    bool is_over;               /* a leaf beyond `until` was seen */
    bool is_behind[DOOR_COUNT]; /* the log lacked events of that service, however long we waited */
};

/* Waits until the log has all that the services had appended when this began, at most the
 * command's time; sets is_behind. The statuses of command_ask. */
enum status replay_wait_for_log(struct replay *replay) MUST_USE;

/* Asks for the head, and makes the store at `path`. The statuses of audit_walk_open and
 * replay_store_open. */
enum status replay_open(struct replay *replay, struct command *command, const char *path) MUST_USE;

/* Reads on to the newest head and applies what `until` covers. STATUS_VERIFICATION_FAILED: a
 * payload that doesn't open, or isn't what its type says; `diag` names the leaf. */
enum status replay_read(struct replay *replay) MUST_USE;

void replay_close(struct replay *replay);

#endif
