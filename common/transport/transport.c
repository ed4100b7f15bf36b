/*
 * The names of refusals, for logs and metrics; everything else about a transport is behind its
 * struct of functions.
 */
#include "common/transport/transport.h"

const char *refusal_name(enum refusal refusal)
{
    switch (refusal) {
    case REFUSAL_NONE:
        return "none";
    case REFUSAL_UNKNOWN_KEY:
        return "unknown_key";
    case REFUSAL_MULTIPART:
        return "multipart";
    case REFUSAL_OVERSIZE:
        return "oversize";
    case REFUSAL_HANDSHAKE:
        return "handshake";
    case REFUSAL_COUNT:
        break;
    }
    return "unnamed";
}
