/* Varints, tags and runs of bytes. */
#include "common/wire/fields.h"

#include "common/base/invariant.h"

#include <string.h>

#define TAG_BYTES 1u
#define NUMBER_MAX 15u
#define VARINT_BYTES_MAX 10u

/* ---- reading ---- */

/* False: the bytes end within it, or it has more than 64 bits. */
static bool take_varint(struct view *rest, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < VARINT_BYTES_MAX && i < rest->size; i++) {
        uint8_t byte = rest->bytes[i];
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if ((byte & 0x80) != 0)
            continue;
        *rest = view_of(rest->bytes + i + 1, rest->size - i - 1);
        *ret_value = value;
        return i + 1 < VARINT_BYTES_MAX || byte <= 1;
    }
    return false;
}

static bool take_bytes(struct view *rest, uint64_t size, struct view *ret_bytes)
{
    if (size > rest->size)
        return false;
    *ret_bytes = view_of(rest->bytes, (size_t)size);
    *rest = view_of(rest->bytes + size, rest->size - (size_t)size);
    return true;
}

/* What follows the tag. */
static bool take_content(struct view *rest, struct wire_field *field)
{
    uint64_t size = 0;
    switch (field->type) {
    case WIRE_VARINT:
        return take_varint(rest, &field->value);
    case WIRE_BYTES:
        return take_varint(rest, &size) && take_bytes(rest, size, &field->bytes);
    case WIRE_FIXED_64:
        return take_bytes(rest, 8, &field->bytes);
    case WIRE_FIXED_32:
        return take_bytes(rest, 4, &field->bytes);
    }
    return false; /* a group */
}

bool wire_field_read(struct view *message, struct wire_field *ret_field)
{
    struct view rest = *message;
    uint64_t tag = 0;
    if (!take_varint(&rest, &tag) || tag >> 3 == 0 || tag > UINT32_MAX)
        return false;
    *ret_field =
        (struct wire_field){.number = (uint32_t)(tag >> 3), .type = (enum wire_type)(tag & 7)};
    if (!take_content(&rest, ret_field))
        return false;
    *message = rest;
    return true;
}

bool wire_field_take(struct view *message, struct wire_field *ret_field)
{
    if (message->size == 0)
        return false;
    bool is_read = wire_field_read(message, ret_field);
    INVARIANT(is_read);
    return true;
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

static uint8_t *put_tag(uint8_t *to, uint32_t number, enum wire_type type)
{
    INVARIANT(number >= 1 && number <= NUMBER_MAX);
    *to = (uint8_t)(number << 3 | (uint32_t)type);
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
