/*
 * What one event of the log means for the rebuilt tables: the whole of a replay's rules.
 *
 * Why so little: a replay decides nothing again and sends nothing. What a service concluded is in
 * its events; here they are only put where they belong.
 * Owns: nothing.
 */
#ifndef NETRA_NETRA_REPLAY_H
#define NETRA_NETRA_REPLAY_H

#include "common/base/arena.h"
#include "common/base/diag.h"
#include "common/wire/header.h"
#include "services/netra/replay_store.h"

/* Whether replay_apply does anything with events of that type: others need no opening. */
bool replay_takes(uint16_t type);

/*
 * Applies an event, its payload opened. An unknown type has no effect. STATUS_NOT_FOUND: it speaks
 * of a notice that no event before it queued. STATUS_OUT_OF_RANGE: a field has a size or length
 * that no service writes. wire_unpack's statuses and the store's.
 */
enum status replay_apply(struct replay_store *store, const struct event_header *header,
                         struct view payload, struct arena *arena, struct diag *diag) MUST_USE;

/* Applies that a case's event can't be opened any more: its key was destroyed. */
enum status replay_apply_erased(struct replay_store *store,
                                const struct event_header *header) MUST_USE;

#endif
