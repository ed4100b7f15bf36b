/*
 * The comparing half of a replay: what was rebuilt against what the running home answers.
 *
 * Why rounds: a home that works goes on while it is asked. What differs is only believed when it
 * differs again after the log was read on, in REPLAY_ROUNDS rounds: by then the log has whatever
 * the services answered before.
 */
#ifndef NETRA_NETRA_REPLAY_RUNNING_H
#define NETRA_NETRA_REPLAY_RUNNING_H

#include "services/netra/replay_rebuild.h"

#define REPLAY_ROUNDS 3u
_Static_assert(REPLAY_ROUNDS <= WALK_HEADS_MAX, "a head for each round");

/* Compares cases, decisions, notices and the register, and keeps the differences in the store;
 * reads the log on between rounds. *ret_round is the last one: replay_store_each_difference has
 * what it found. The statuses of command_ask, replay_read and the store. */
enum status replay_compare_running(struct replay *replay, unsigned *ret_round) MUST_USE;

#endif
