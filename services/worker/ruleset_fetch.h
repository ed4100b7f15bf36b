/*
 * A ruleset on its way to a worker, part by part, until its bytes are all there. Pure.
 *
 * Why: a lease names the ruleset it is pinned to by its digest, and the worker may not hold it: it
 * was just started, or the operator changed the tables.
 * Owns: the bytes.
 * Limits: WORKER_RULESET_BYTES_MAX. Bytes that don't give the digest asked for are thrown away.
 */
#ifndef NETRA_WORKER_RULESET_FETCH_H
#define NETRA_WORKER_RULESET_FETCH_H

#include "common/base/sha256.h"
#include "common/base/view.h"

#include <stdint.h>

#define WORKER_RULESET_BYTES_MAX 2097177u /* as large as tables are loaded at all */

struct ruleset_fetch {
    uint8_t digest[SHA256_SIZE]; /* what is fetched */
    uint64_t request_id; /* of the part that was asked for last; answers to others are old */
    uint32_t size;       /* of the whole; 0: not known yet */
    uint32_t received;   /* bytes here, from the start: where the next part begins */
    uint8_t bytes[WORKER_RULESET_BYTES_MAX];
};

/* Begins to fetch that ruleset; parts that are here of the same one stay. A whole one doesn't:
 * whoever begins again couldn't load it. */
void ruleset_fetch_begin(struct ruleset_fetch *fetch, const uint8_t digest[SHA256_SIZE]);

enum fetch_progress {
    FETCH_MORE,     /* ask for the part at `received` */
    FETCH_COMPLETE, /* all bytes are here and give the digest */
    FETCH_BROKEN    /* they can't be that ruleset: begun anew */
};

/* Takes the part that was asked for; `size` is the whole's as the answer says. */
enum fetch_progress ruleset_fetch_take(struct ruleset_fetch *fetch, uint32_t size,
                                       struct view part);

#endif
