/*
 * A window of submissions under way: which rows are known, prepared, sent, or waiting for a second
 * try. No file and no socket.
 *
 * The life of a row: FREE → PREPARED (its id is in the result file, and synced) → SENT → FREE;
 * from SENT back to PREPARED when its answer can't come any more or its time is over, or to
 * WAITING when it was told to try again later. Whatever happens it keeps its id.
 *
 * Units: milliseconds of the boot clock.
 * Limits: IMPORT_SLOTS rows at once, IMPORT_WINDOW of them sent.
 */
#ifndef NETRA_NETRA_IMPORT_H
#define NETRA_NETRA_IMPORT_H

#include "common/wire/limits.h"
#include "services/netra/uuid7.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT_WINDOW 64u
#define IMPORT_GROUP 64u /* rows whose ids are synced together */
/* A request is no longer than what it was written as, but for a sealed reporter and digests. */
#define IMPORT_SLOT_BYTES (LIMIT_SUBMISSION_BYTES + 8192u)
#define IMPORT_SLOTS (IMPORT_WINDOW + IMPORT_GROUP)

enum slot_state { SLOT_FREE, SLOT_PREPARED, SLOT_SENT, SLOT_WAITING };

struct import_slot {
    enum slot_state state;
    uint64_t row;
    uint64_t request_id;
    int64_t due_ms; /* SENT: until when the answer may come; WAITING: when to send again */
    uint8_t id[UUID_SIZE];
    size_t size; /* of the request, without its time of sending */
    uint8_t bytes[IMPORT_SLOT_BYTES];
};

struct import_window {
    struct import_slot *slots; /* IMPORT_SLOTS of them */
    unsigned sent;
    unsigned used; /* not FREE */
};

/* A free slot to prepare a row in, or NULL. */
struct import_slot *import_window_free(struct import_window *window);

/* Moves a slot on; every change of state goes through here. */
void import_window_move(struct import_window *window, struct import_slot *slot,
                        enum slot_state state);

/* The prepared row to send next, lowest first, or NULL: none, or the window is full. */
struct import_slot *import_window_next(struct import_window *window);

/* The row whose answer that is, or NULL: it has had one already. A row keeps its request's number
 * however often it is sent, so that a late answer counts. */
struct import_slot *import_window_find(struct import_window *window, uint64_t request_id);

/* The connection is gone: whatever was sent is prepared again. */
void import_window_lost(struct import_window *window);

/* Makes due rows ready to send; returns the time when the next becomes due (INT64_MAX: none). */
int64_t import_window_tick(struct import_window *window, int64_t now_ms);

#endif
