/* Parts put together. */
#include "services/worker/ruleset_fetch.h"

#include <string.h>

static void forget(struct ruleset_fetch *fetch)
{
    fetch->size = 0;
    fetch->received = 0;
}

void ruleset_fetch_begin(struct ruleset_fetch *fetch, const uint8_t digest[SHA256_SIZE])
{
    bool is_part = fetch->received < fetch->size;
    if (is_part && memcmp(fetch->digest, digest, SHA256_SIZE) == 0)
        return;
    forget(fetch);
    memcpy(fetch->digest, digest, SHA256_SIZE);
}

static enum fetch_progress check_whole(struct ruleset_fetch *fetch)
{
    uint8_t digest[SHA256_SIZE];
    sha256_of(view_of(fetch->bytes, fetch->size), digest);
    if (memcmp(digest, fetch->digest, SHA256_SIZE) == 0)
        return FETCH_COMPLETE;
    forget(fetch);
    return FETCH_BROKEN;
}

enum fetch_progress ruleset_fetch_take(struct ruleset_fetch *fetch, uint32_t size,
                                       struct view part)
{
    if (size == 0 || size > WORKER_RULESET_BYTES_MAX || part.size == 0 ||
        (fetch->size != 0 && fetch->size != size) || part.size > size - fetch->received) {
        forget(fetch);
        return FETCH_BROKEN;
    }
    memcpy(fetch->bytes + fetch->received, part.bytes, part.size);
    fetch->size = size;
    fetch->received += (uint32_t)part.size;
    return fetch->received == size ? check_whole(fetch) : FETCH_MORE;
}
