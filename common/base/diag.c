/*
 * Formatting of a failure's details, cut at the end. What was cut within a UTF-8 sequence, here or
 * by the caller's format, and what would move a terminal's cursor is replaced: the text goes to
 * logs, to terminals and on the wire.
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

/* The size of the sequence at `text`; 0: none that may be shown. */
static size_t shown_size(const char *text)
{
    const unsigned char lead = (unsigned char)text[0];
    const size_t size = sequence_size(lead);
    if (size == 1)
        return (lead >= 0x20 && lead < 0x7f) || lead == '\n' ? 1 : 0;
    for (size_t i = 1; i < size; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

static void replace_unshown(char *text)
{
    while (*text != '\0') {
        size_t size = shown_size(text);
        if (size == 0)
            *text = '?';
        text += size == 0 ? 1 : size;
    }
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
    replace_unshown(formatted->text);
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
