/*
 * Big-endian integers, hex, and a look at text. Integers byte by byte: neither alignment nor the
 * machine's order matters, and compilers make one instruction of it.
 */
#include "common/base/bytes.h"

#include <string.h>

void bytes_put_u16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

void bytes_put_u32(uint8_t *to, uint32_t value)
{
    bytes_put_u16(to, (uint16_t)(value >> 16));
    bytes_put_u16(to + 2, (uint16_t)value);
}

void bytes_put_u64(uint8_t *to, uint64_t value)
{
    bytes_put_u32(to, (uint32_t)(value >> 32));
    bytes_put_u32(to + 4, (uint32_t)value);
}

uint16_t bytes_get_u16(const uint8_t *from)
{
    return (uint16_t)(((unsigned)from[0] << 8) | (unsigned)from[1]);
}

uint32_t bytes_get_u32(const uint8_t *from)
{
    return ((uint32_t)bytes_get_u16(from) << 16) | (uint32_t)bytes_get_u16(from + 2);
}

uint64_t bytes_get_u64(const uint8_t *from)
{
    return ((uint64_t)bytes_get_u32(from) << 32) | (uint64_t)bytes_get_u32(from + 4);
}

void bytes_to_hex(struct view bytes, char *to)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t index = 0; index < bytes.size; index++) {
        *to++ = digits[bytes.bytes[index] >> 4];
        *to++ = digits[bytes.bytes[index] & 0x0f];
    }
    *to = '\0';
}

/* The digit's value, or 16 when it is none (the text's NUL included). */
static unsigned digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return (unsigned)(digit - '0');
    if (digit >= 'a' && digit <= 'f')
        return (unsigned)(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F')
        return (unsigned)(digit - 'A') + 10;
    return 16;
}

bool bytes_from_hex(const char *text, uint8_t *to, size_t size)
{
    for (size_t index = 0; index < size; index++) {
        unsigned high = digit_value(text[2 * index]);
        /* Stop at the first bad digit: it may be the NUL, and nothing after it may be read. */
        if (high > 15)
            return false;
        unsigned low = digit_value(text[2 * index + 1]);
        if (low > 15)
            return false;
        to[index] = (uint8_t)(high << 4 | low);
    }
    return text[2 * size] == '\0';
}

size_t bytes_plain_size(const uint8_t *bytes, size_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t plain = 0;
    for (; size - plain >= sizeof(uint64_t); plain += sizeof(uint64_t)) {
        uint64_t eight;
        memcpy(&eight, bytes + plain, sizeof(eight));
        /* The high bit of a byte: it is above 0x7F, below 0x20, or 0x7F. A byte before it in the
         * number that is none of these neither borrows nor carries. */
        if (((eight | (eight - 0x20 * ones) | (eight + ones)) & (0x80 * ones)) != 0)
            break;
    }
    return plain;
}
