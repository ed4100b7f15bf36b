/* Varints, tags and runs of bytes. */
#include "common/wire/fields.h"

#include "common/base/invariant.h"

#include <string.h>

#define TAG_BYTES 1u
#define NUMBER_MAX 15u

/* Wire types by their numbers on the wire. */
enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* ---- reading ---- */

static uint64_t take_varint(struct view *rest)
{
    uint64_t number = 0;
    unsigned shift = 0;
    size_t used = 0;
    uint8_t byte;
    do {
        INVARIANT(used < rest->size && shift < 64);
        byte = rest->bytes[used++];
        number |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
    } while ((byte & 0x80) != 0);
    *rest = view_of(rest->bytes + used, rest->size - used);
    return number;
}

static struct view take_bytes(struct view *rest, uint64_t size)
{
    INVARIANT(size <= rest->size);
    struct view bytes = view_of(rest->bytes, (size_t)size);
    *rest = view_of(rest->bytes + size, rest->size - (size_t)size);
    return bytes;
}

bool wire_field_take(struct view *message, struct wire_field *ret_field)
{
    if (message->size == 0)
        return false;
    uint64_t tag = take_varint(message);
    *ret_field = (struct wire_field){.number = (uint32_t)(tag >> 3)};
    switch (tag & 7) {
    case WIRE_VARINT:
        ret_field->value = take_varint(message);
        return true;
    case WIRE_BYTES:
        ret_field->bytes = take_bytes(message, take_varint(message));
        return true;
    case WIRE_64:
        ret_field->bytes = take_bytes(message, 8);
        return true;
    default: /* the scan lets no other wire type through */
        INVARIANT((tag & 7) == WIRE_32);
        ret_field->bytes = take_bytes(message, 4);
        return true;
    }
}

/* ---- writing ---- */

static size_t varint_size(uint64_t value)
{
    size_t size = 1;
    for (; value > 0x7F; value >>= 7)
        size++;
    return size;
}

static uint8_t *put_varint(uint8_t *to, uint64_t value)
{
    for (; value > 0x7F; value >>= 7)
        *to++ = (uint8_t)(value | 0x80);
    *to++ = (uint8_t)value;
    return to;
}

static uint8_t *put_tag(uint8_t *to, uint32_t number, enum wire wire)
{
    INVARIANT(number >= 1 && number <= NUMBER_MAX);
    *to = (uint8_t)(number << 3 | (uint32_t)wire);
    return to + TAG_BYTES;
}

size_t wire_number_size(uint64_t value)
{
    return value == 0 ? 0 : TAG_BYTES + varint_size(value);
}

size_t wire_head_size(size_t size)
{
    return TAG_BYTES + varint_size(size);
}

size_t wire_bytes_size(size_t size)
{
    return size == 0 ? 0 : wire_head_size(size) + size;
}

uint8_t *wire_put_number(uint8_t *to, uint32_t number, uint64_t value)
{
    return value == 0 ? to : put_varint(put_tag(to, number, WIRE_VARINT), value);
}

uint8_t *wire_put_head(uint8_t *to, uint32_t number, size_t size)
{
    return put_varint(put_tag(to, number, WIRE_BYTES), size);
}

uint8_t *wire_put_bytes(uint8_t *to, uint32_t number, struct view bytes)
{
    if (bytes.size == 0)
        return to;
    to = wire_put_head(to, number, bytes.size);
    memcpy(to, bytes.bytes, bytes.size);
    return to + bytes.size;
}
