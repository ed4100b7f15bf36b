/*
 * Events and leaves as people read them.
 */
#ifndef NETRA_NETRA_EVENT_TEXT_H
#define NETRA_NETRA_EVENT_TEXT_H

#include "common/wire/header.h"
#include "services/netra/json.h"

/* "case_accepted", …; "unknown" for a type of a newer service. Valid until the
 * next call. */
const char *event_type_text(uint32_t type);

/* "operator", …; "service" for 0. Valid until the next call. */
const char *actor_text(uint32_t role);

/* A leaf: its index, event type, stream, seq, case, actor and time. */
json_t *leaf_to_json(uint64_t index, const struct event_header *header);

#endif
