/*
 * A decision as it stands in the store and in the list at the door.
 */
#ifndef NETRA_CLASSIFICATION_DECISION_H
#define NETRA_CLASSIFICATION_DECISION_H

#include "common/wire/header.h"
#include "services/classification/classification.h"

#include <stdint.h>

struct decision {
    uint64_t id; /* the list's key */
    uint8_t case_handle[CASE_HANDLE_SIZE];
    uint32_t revision; /* of the case's decision, from 1 (protocol.md 20) */
    struct verdict verdict;
    uint8_t facts_stream[STREAM_ID_SIZE]; /* the entry of intake it decides */
    uint64_t facts_seq;
    uint64_t seq; /* of its event in classification's stream; 0: none, the case's key was gone */
};

#endif
