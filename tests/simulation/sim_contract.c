/*
 * Frames of a newer contract: a Hello that offers versions which this build doesn't know, alone or
 * beside the one it does.
 */
#include "common/base/invariant.h"
#include "netra/v1/link.pb-c.h"
#include "tests/simulation/sim_world_state.h"

#include <stdlib.h>

#define NEWER 2u

uint8_t *sim_contract_newer(struct view frame, bool is_alone, size_t *ret_size)
{
    Netra__V1__Frame *message = netra__v1__frame__unpack(NULL, frame.size, frame.bytes);
    INVARIANT(message != NULL);
    uint8_t *bytes = NULL;
    if (message->body_case == NETRA__V1__FRAME__BODY_HELLO) {
        message->hello->contract_max = NEWER;
        if (is_alone)
            message->hello->contract_min = NEWER;
        *ret_size = netra__v1__frame__get_packed_size(message);
        bytes = malloc(*ret_size);
        INVARIANT(bytes != NULL);
        (void)netra__v1__frame__pack(message, bytes);
    }
    netra__v1__frame__free_unpacked(message, NULL);
    return bytes;
}
