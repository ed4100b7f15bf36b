/*
 * A point in a stream: the last event that counts and the chain's digest there (protocol.md 1, 2).
 */
#ifndef NETRA_DELIVERY_POSITION_H
#define NETRA_DELIVERY_POSITION_H

#include "common/base/sha256.h"
#include "common/wire/header.h"

#include <stdint.h>

struct position {
    uint8_t stream_id[STREAM_ID_SIZE]; /* zero: no stream known */
    uint64_t seq;                      /* 0: before the first event */
    uint8_t digest[SHA256_SIZE];       /* zero where no stream is known */
};

#endif
