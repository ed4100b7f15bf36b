/*
 * A worker's loop: classification's door on one side, worker.h on the other.
 */
#ifndef NETRA_WORKER_WORKER_LOOP_H
#define NETRA_WORKER_WORKER_LOOP_H

#include "common/base/arena.h"
#include "common/base/clock.h"
#include "common/transport/transport.h"
#include "services/worker/worker.h"
#include "services/worker/worker_rulesets.h"

#include <stdbool.h>
#include <stdint.h>

struct worker_loop {
    struct transport transport; /* with classification as its only peer, number 0 */
    struct arena arena;         /* of one frame: wiped after each, it held facts */
    struct arena scratch;       /* of deciding one case */
    struct clock clock;
    struct worker worker;
    struct worker_rulesets rulesets;
    uint32_t cases_max;
    int signals; /* descriptor */
    int exit_status;
    bool is_refusal_told; /* that classification's door doesn't let us in is logged once */
};

/* Makes what a loop of all zero needs beside its transport, clock and bounds: arenas, rulesets,
 * and the state machine of a process that drew `start`. STATUS_SYSTEM_FAILED: worker_loop_close
 * frees what is there. */
enum status worker_loop_open(struct worker_loop *loop,
                             const uint8_t start[WORKER_START_SIZE]) MUST_USE;

/* Ends its arenas and frees its rulesets. */
void worker_loop_close(struct worker_loop *loop);

/* One round of the loop: takes what has come, does what is due. *ret_wait_ms: how long it may wait
 * then; -1: until something comes. False: it has left, and exit_status says why. */
bool worker_loop_round(struct worker_loop *loop, int64_t *ret_wait_ms);

/* Tells it to stop: it gives its lease back and leaves. */
void worker_loop_stop(struct worker_loop *loop);

/* Works until it is told to stop, or may not go on; yields the exit status: 0, 4 (the key may
 * not work or was revoked), or that of another refusal. */
int worker_loop_run(struct worker_loop *loop);

#endif
