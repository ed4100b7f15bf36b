/*
 * How far a replay goes: to a number of leaves, to an instant, or to the log's end. Pure.
 *
 * Units: instants are Unix seconds, compared with a leaf's append time, which is a whole minute.
 */
#ifndef NETRA_NETRA_REPLAY_UNTIL_H
#define NETRA_NETRA_REPLAY_UNTIL_H

#include "common/base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct replay_until {
    bool is_given;
    uint64_t leaves; /* UINT64_MAX: not bound */
    uint64_t utc_s;  /* UINT64_MAX: not bound */
};

/* Reads "1200" (leaves), or "2024-10-15", "2024-10-15T12:00Z", "2024-10-15T12:00:30Z" (the leaves
 * appended by then; a day means its beginning, UTC). NULL: the log's end. STATUS_USAGE. */
enum status replay_until_parse(const char *text, struct replay_until *ret_until) MUST_USE;

/* Whether the leaf is still a part. What follows one that isn't, is none either. */
bool replay_until_covers(const struct replay_until *until, uint64_t index, uint64_t append_time);

#endif
