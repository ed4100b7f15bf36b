/*
 * Disk space set aside beside a store, to be given up when the disk is full.
 *
 * Why: on a full disk even deleting and checkpointing need room (reference/messaging.md 3.3), so a
 * service that met STORE_FULL frees its reserve, takes nothing more in, and drains with what that
 * gave; the reserve is taken again when there is room (protocol.md 18).
 * Owns: the file `<store>.reserve`, mode 0600.
 */
#ifndef NETRA_STORE_RESERVE_H
#define NETRA_STORE_RESERVE_H

#include "common/base/status.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

struct reserve {
    char path[PATH_MAX];
    uint64_t size; /* bytes; 0: no reserve is wanted */
    bool is_held;
};

/* Notes where the reserve of the store at `store_path` lies, and whether it is held from an
 * earlier start: a disk that is full already must not be made fuller. STATUS_STORE_UNUSABLE when
 * its path is too long, or what lies there is no file of ours. */
enum status reserve_open(struct reserve *reserve, const char *store_path, uint64_t size) MUST_USE;

/* Takes the space. OK when it is held already, or none is wanted. STATUS_STORE_FULL when there is
 * no room for it, and nothing of it is taken then; STATUS_STORE_UNUSABLE when the file can't be
 * made. */
enum status reserve_take(struct reserve *reserve) MUST_USE;

/* Gives the space up; the file stays, empty. */
void reserve_release(struct reserve *reserve);

#endif
