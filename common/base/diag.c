/*
 * Formatting of a failure's details, cut at the end and never inside a UTF-8 sequence: the text
 * may go on the wire.
 */
#include "common/base/diag.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* How many bytes a UTF-8 sequence that begins with this byte has. */
static size_t sequence_size(unsigned char lead)
{
    if (lead >= 0xf0)
        return 4;
    if (lead >= 0xe0)
        return 3;
    return lead >= 0xc0 ? 2 : 1;
}

/* Removes a UTF-8 sequence that the cut left incomplete at the end of the text. */
static void drop_incomplete_end(char *text)
{
    size_t length = strlen(text);
    size_t lead = length;
    while (lead > 0 && length - lead < 3 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead == 0)
        return;
    lead--;
    if (length - lead < sequence_size((unsigned char)text[lead]))
        text[lead] = '\0';
}

/* Ends a text that vsnprintf wrote and says to be `length` long. */
static void finish(struct diag *formatted, int length)
{
    if (length < 0)
        formatted->text[0] = '\0';
    else if ((size_t)length >= sizeof formatted->text)
        drop_incomplete_end(formatted->text);
}

void diag_set(struct diag *diag, const char *format, ...)
{
    if (diag == NULL)
        return;
    /* A buffer of its own, since an argument may be the diag's own text. */
    struct diag formatted;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(formatted.text, sizeof formatted.text, format, arguments);
    va_end(arguments);
    finish(&formatted, length);
    *diag = formatted;
}

void diag_prefix(struct diag *diag, const char *format, ...)
{
    if (diag == NULL)
        return;
    struct diag prefix;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(prefix.text, sizeof prefix.text, format, arguments);
    va_end(arguments);
    finish(&prefix, length);
    if (diag->text[0] == '\0')
        *diag = prefix;
    else
        diag_set(diag, "%s: %s", prefix.text, diag->text);
}

void diag_clear(struct diag *diag)
{
    if (diag != NULL)
        *diag = (struct diag){.text = ""};
}
