/* One transaction per REPLAY_COMMIT_LEAVES leaves: what a kill leaves behind is thrown away. */
#include "services/netra/replay_rebuild.h"

#include "netra/v1/event.pb-c.h"
#include "services/netra/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REPLAY_COMMIT_LEAVES 8192u
#define SCRATCH_BYTES (8u << 20)
#define WAIT_STEP_MS 50
#define PROGRESS_WIDTH 43 /* two numbers of 20 digits */

/* ---- waiting for the log ---- */

struct ends {
    uint64_t seqs[DOOR_COUNT]; /* of each service's own stream */
    bool is_known[DOOR_COUNT];
};

static void take_ends(const struct statuses *statuses, struct ends *ends)
{
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        ends->is_known[door] = statuses->services[door] != NULL;
        if (ends->is_known[door])
            ends->seqs[door] = statuses->services[door]->seq;
    }
}

/* audit-log's own events are leaves in the transaction that makes them. */
static bool is_behind(const struct statuses *statuses, enum door door, const struct ends *ends)
{
    const Netra__V1__ServiceStatus *status = statuses->services[door];

    if (door == DOOR_AUDIT_LOG)
        return false;
    if (status == NULL || !ends->is_known[door])
        return true;
    const Netra__V1__StreamState *state =
        stream_of_peer(status->produces, status->n_produces, "audit-log");

    return state == NULL || state->seq < ends->seqs[door];
}

static enum status look(struct replay *replay, struct ends *ends, bool is_first,
                        bool *ret_is_waiting)
{
    struct command *command = replay->command;
    const size_t mark = arena_mark(&command->arena);
    struct statuses statuses;

    *ret_is_waiting = false;
    TRY(page_ask_statuses(command, &statuses));
    if (is_first)
        take_ends(&statuses, ends);
    for (unsigned door = 0; door < DOOR_COUNT; door++) {
        replay->is_behind[door] = is_behind(&statuses, (enum door)door, ends);
        *ret_is_waiting = *ret_is_waiting || replay->is_behind[door];
    }
    arena_rewind(&command->arena, mark);
    return STATUS_OK;
}

enum status replay_wait_for_log(struct replay *replay)
{
    struct door_client *doors = &replay->command->doors;
    const int64_t until_ms = door_client_now_ms(doors) + replay->command->timeout_ms;
    struct ends ends = {.seqs = {0}};
    bool is_waiting = false;

    TRY(look(replay, &ends, true, &is_waiting));
    while (is_waiting && door_client_now_ms(doors) < until_ms) {
        TRY(door_client_wait(doors, WAIT_STEP_MS));
        TRY(look(replay, &ends, false, &is_waiting));
    }
    return STATUS_OK;
}

/* ---- one leaf ---- */

static enum status refuse(const struct replay *replay, const struct audit_walked *leaf,
                          enum status status)
{
    struct diag *diag = &replay->command->diag;

    diag_prefix(diag, "leaf %" PRIu64 ": its payload: %s", leaf->index, status_text(status));
    return STATUS_VERIFICATION_FAILED;
}

static bool is_of_store(enum status status)
{
    return status == STATUS_NO_MEMORY || status_class_of(status) != STATUS_CLASS_REJECT;
}

static enum status apply_leaf(struct replay *replay, const struct audit_walked *leaf)
{
    const bool is_of_case = !view_is_zero(view_of(leaf->header.case_handle, CASE_HANDLE_SIZE));
    struct event_header chained = leaf->header;
    const uint8_t *key = NULL;
    uint8_t header_bytes[HEADER_SIZE];
    struct view payload;

    if (!replay_takes(leaf->header.type))
        return STATUS_OK;
    if (is_of_case)
        key = replay_keys_find(&replay->keys, leaf->header.case_handle);
    if (is_of_case && (key == NULL || leaf->payload.size == 0))
        return replay_apply_erased(&replay->store, &leaf->header);
    chained.number_in_case = 0;
    chained.append_time = 0;
    memset(chained.previous_leaf_hash, 0, SHA256_SIZE);
    header_encode(&chained, header_bytes);
    arena_reset(&replay->scratch);
    enum status status = seal_open(&replay->scratch, key, header_bytes, leaf->payload, &payload);

    if (status != STATUS_OK)
        return refuse(replay, leaf, status);
    status = replay_apply(&replay->store, &leaf->header, payload, &replay->scratch,
                          &replay->command->diag);
    if (status == STATUS_NOT_FOUND) {
        replay->unplaced++;
        return STATUS_OK;
    }
    return status == STATUS_OK || is_of_store(status) ? status : refuse(replay, leaf, status);
}

/* ---- pages ---- */

static void show_progress(const struct replay *replay, bool is_end)
{
    if (isatty(STDERR_FILENO) == 0)
        return;
    if (is_end)
        (void)fprintf(stderr, "\r%*s\r", PROGRESS_WIDTH, "");
    else
        (void)fprintf(stderr, "\r%" PRIu64 " / %" PRIu64, replay->walk.check.tree.size,
                      replay->walk.size);
}

static enum status commit_when_due(struct replay *replay)
{
    if (replay->pending < REPLAY_COMMIT_LEAVES)
        return STATUS_OK;
    replay->pending = 0;
    return replay_store_commit(&replay->store);
}

static enum status visit(void *self, const struct audit_walked *leaves, size_t count)
{
    struct replay *replay = self;
    size_t covered = 0;

    while (covered < count && !replay->is_over) {
        replay->is_over = !replay_until_covers(&replay->until, leaves[covered].index,
                                               leaves[covered].header.append_time);
        covered += replay->is_over ? 0u : 1u;
    }
    TRY(replay_keys_fetch(&replay->keys, leaves, covered));
    for (size_t i = 0; i < covered; i++)
        TRY(apply_leaf(replay, &leaves[i]));
    replay->applied += covered;
    replay->pending += covered;
    show_progress(replay, false);
    return commit_when_due(replay);
}

enum status replay_read(struct replay *replay)
{
    const enum status status = audit_walk_read(&replay->walk, visit, replay);

    show_progress(replay, true);
    TRY(status);
    replay->pending = 0;
    return replay_store_commit(&replay->store);
}

/* ---- opening ---- */

enum status replay_open(struct replay *replay, struct command *command, const char *path)
{
    TRY(arena_open(&replay->scratch, SCRATCH_BYTES));
    TRY(replay_keys_open(&replay->keys, command));
    TRY(audit_walk_open(&replay->walk, command));
    return replay_store_open(&replay->store, path, &command->diag);
}

void replay_close(struct replay *replay)
{
    replay_store_close(&replay->store);
    audit_walk_close(&replay->walk);
    replay_keys_close(&replay->keys);
    arena_close(&replay->scratch);
}
