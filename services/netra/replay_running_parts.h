/*
 * What the parts of the comparison share.
 */
#ifndef NETRA_NETRA_REPLAY_RUNNING_PARTS_H
#define NETRA_NETRA_REPLAY_RUNNING_PARTS_H

#include "services/netra/replay_rebuild.h"

#include <protobuf-c/protobuf-c.h>

struct comparing {
    struct replay *replay;
    unsigned round;
};

/* Keeps what differs at the case, unless the round knows a difference of it. */
enum status replay_differs(const struct comparing *comparing, const uint8_t *case_handle,
                           const char *case_number, struct replay_difference *difference) MUST_USE;

/* Something runs that was not rebuilt: a difference, but where the log lacks events of that
 * service, or where the case's key was destroyed. */
enum status replay_unexpected(const struct comparing *comparing, enum door door,
                              const uint8_t *case_handle, const char *case_number,
                              const char *what) MUST_USE;

/* Compares a page of CaseRows, and of each case the revisions and links; *ret_last is the key of
 * its last row, 0 when it has none. */
enum status replay_compare_cases(const struct comparing *comparing,
                                 const ProtobufCMessage *message, uint64_t *ret_last) MUST_USE;

#endif
