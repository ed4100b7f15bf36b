/* UTF-8 by the table of well-formed sequences in RFC 3629 section 4. */
#include "common/wire/utf8.h"

#include "common/base/bytes.h"

/* Bytes of the well-formed sequence at the start of `text`, which isn't empty; 0: none there. */
static size_t sequence_size(struct view text)
{
    uint8_t lead = text.bytes[0];
    size_t size = 0;
    uint8_t second_min = 0x80;
    uint8_t second_max = 0xBF;

    if (lead < 0x80)
        return lead == 0 ? 0 : 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        size = 2;
    else if (lead >= 0xE0 && lead <= 0xEF)
        size = 3;
    else if (lead >= 0xF0 && lead <= 0xF4)
        size = 4;
    if (size == 0 || size > text.size)
        return 0;

    /* The second byte is where overlong forms, surrogates and numbers above U+10FFFF show. */
    if (lead == 0xE0)
        second_min = 0xA0;
    else if (lead == 0xED)
        second_max = 0x9F;
    else if (lead == 0xF0)
        second_min = 0x90;
    else if (lead == 0xF4)
        second_max = 0x8F;
    if (text.bytes[1] < second_min || text.bytes[1] > second_max)
        return 0;
    for (size_t i = 2; i < size; i++)
        if (text.bytes[i] < 0x80 || text.bytes[i] > 0xBF)
            return 0;
    return size;
}

bool utf8_is_valid(struct view text)
{
    while (text.size > 0) {
        size_t plain = bytes_plain_size(text.bytes, text.size);
        if (plain == text.size)
            return true;
        text = view_of(text.bytes + plain, text.size - plain);
        size_t size = sequence_size(text);

        if (size == 0)
            return false;
        text = view_of(text.bytes + size, text.size - size);
    }
    return true;
}
