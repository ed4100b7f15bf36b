/*
 * Events as the bytes of a segment.
 */
#include "common/delivery/segment.h"

#include "common/base/bytes.h"

#include <string.h>

#define DIGEST_OFFSET HEADER_SIZE
#define SIZE_OFFSET (HEADER_SIZE + SHA256_SIZE)

size_t segment_put(uint8_t *to, const struct segment_event *event)
{
    memcpy(to, event->header_bytes, HEADER_SIZE);
    memcpy(to + DIGEST_OFFSET, event->digest, SHA256_SIZE);
    bytes_put_u32(to + SIZE_OFFSET, (uint32_t)event->payload.size);
    if (event->payload.size > 0)
        memcpy(to + SEGMENT_EVENT_BYTES, event->payload.bytes, event->payload.size);
    return SEGMENT_EVENT_BYTES + event->payload.size;
}

enum status segment_take(struct view *rest, struct segment_event *ret_event)
{
    if (rest->size < SEGMENT_EVENT_BYTES)
        return STATUS_STORE_CORRUPT;
    size_t size = bytes_get_u32(rest->bytes + SIZE_OFFSET);
    if (size > rest->size - SEGMENT_EVENT_BYTES)
        return STATUS_STORE_CORRUPT;
    *ret_event = (struct segment_event){
        .header_bytes = rest->bytes,
        .digest = rest->bytes + DIGEST_OFFSET,
        .payload = view_of(rest->bytes + SEGMENT_EVENT_BYTES, size),
    };
    *rest =
        view_of(rest->bytes + SEGMENT_EVENT_BYTES + size, rest->size - SEGMENT_EVENT_BYTES - size);
    return STATUS_OK;
}
