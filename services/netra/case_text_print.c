/* Offsets are joined with the text byte by byte; whatever could steer a terminal is replaced. */
#include "services/netra/case_text_print.h"

#include "services/netra/output.h"
#include "services/netra/translate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLOUR_BEGIN "\033[1;33m"
#define COLOUR_END "\033[0m"

static bool is_coloured(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR");

    return isatty(fileno(stream)) == 1 && (no_colour == NULL || no_colour[0] == '\0');
}

/* Whether the byte of that field lies in any span of any reason. */
static bool is_marked(json_t *reasons, const char *field, size_t at)
{
    size_t i = 0;
    json_t *reason = NULL;

    json_array_foreach(reasons, i, reason)
    {
        size_t j = 0;
        json_t *span = NULL;

        json_array_foreach(json_object_get(reason, "spans"), j, span)
        {
            const char *of = json_string_value(json_object_get(span, "field"));

            if (of != NULL && strcmp(of, field) == 0 &&
                (json_int_t)at >= json_integer_value(json_object_get(span, "begin")) &&
                (json_int_t)at < json_integer_value(json_object_get(span, "end")))
                return true;
        }
    }
    return false;
}

/* Where the piece ends that begins there: a line's end, or a change of the marking. */
static size_t piece_end(json_t *reasons, const char *field, const char *text, size_t begin)
{
    const bool is_in = is_marked(reasons, field, begin);
    size_t end = begin + 1;

    while (text[end] != '\0' && text[end] != '\n' && is_marked(reasons, field, end) == is_in)
        end++;
    return end;
}

static void put_piece(FILE *stream, const char *text, size_t size, bool is_in)
{
    const bool has_colour = is_coloured(stream);

    if (is_in)
        (void)fputs(has_colour ? COLOUR_BEGIN : "[", stream);
    (void)output_piece(stream, text, size);
    if (is_in)
        (void)fputs(has_colour ? COLOUR_END : "]", stream);
}

static void put_marked(FILE *stream, json_t *reasons, const char *field, const char *text)
{
    size_t end = 0;

    for (size_t begin = 0; text[begin] != '\0'; begin = end) {
        end = text[begin] == '\n' ? begin + 1 : piece_end(reasons, field, text, begin);
        if (text[begin] == '\n')
            (void)fputc('\n', stream);
        else
            put_piece(stream, text + begin, end - begin, is_marked(reasons, field, begin));
    }
}

static void put_value(FILE *stream, json_t *object, const char *field, json_t *value)
{
    if (json_is_object(value) || json_is_null(value))
        return;
    (void)output_text(stream, field);
    (void)fputs(": ", stream);
    if (json_is_string(value))
        put_marked(stream, json_object_get(object, "reasons"), field, json_string_value(value));
    (void)fputc('\n', stream);
}

static void put_group(FILE *stream, json_t *object, const char *group)
{
    json_t *values = json_object_get(json_object_get(object, "text"), group);
    const char *key = NULL;
    json_t *value = NULL;
    char field[64];

    json_object_foreach(values, key, value)
    {
        (void)snprintf(field, sizeof field, "%s.%s", group, key);
        put_value(stream, object, field, value);
    }
}

void case_text_print(FILE *stream, json_t *object)
{
    if (json_object_get(object, "text") == NULL)
        return;
    (void)fputc('\n', stream);
    if (!is_coloured(stream))
        (void)fprintf(stream, "%s\n", _("The words that led there stand in [ ]."));
    put_group(stream, object, "incident");
    put_group(stream, object, "subject");
    (void)fputc('\n', stream);
}
