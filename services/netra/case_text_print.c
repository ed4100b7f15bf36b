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

/* What stands before and behind a word that led there. */
struct marks {
    const char *begin;
    const char *end;
};

static struct marks choose_marks(FILE *stream, bool has_brackets)
{
    const char *no_colour = getenv("NO_COLOR");

    if (isatty(fileno(stream)) == 1 && (no_colour == NULL || no_colour[0] == '\0'))
        return (struct marks){COLOUR_BEGIN, COLOUR_END};
    return has_brackets ? (struct marks){"[", "]"} : (struct marks){"", ""};
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

static void put_piece(FILE *stream, const char *text, size_t size, const struct marks *marks)
{
    if (marks != NULL)
        (void)fputs(marks->begin, stream);
    (void)output_piece(stream, text, size);
    if (marks != NULL)
        (void)fputs(marks->end, stream);
}

static void put_marked(FILE *stream, json_t *reasons, const char *field, const char *text,
                       const struct marks *marks)
{
    size_t end = 0;

    for (size_t begin = 0; text[begin] != '\0'; begin = end) {
        end = text[begin] == '\n' ? begin + 1 : piece_end(reasons, field, text, begin);
        if (text[begin] == '\n')
            (void)fputc('\n', stream);
        else
            put_piece(stream, text + begin, end - begin,
                      is_marked(reasons, field, begin) ? marks : NULL);
    }
}

static void put_value(FILE *stream, json_t *object, const char *field, json_t *value,
                      const struct marks *marks)
{
    if (json_is_object(value) || json_is_null(value))
        return;
    (void)output_text(stream, field);
    (void)fputs(": ", stream);
    if (json_is_string(value))
        put_marked(stream, json_object_get(object, "reasons"), field, json_string_value(value),
                   marks);
    (void)fputc('\n', stream);
}

static void put_group(FILE *stream, json_t *object, const char *group, const struct marks *marks)
{
    json_t *values = json_object_get(json_object_get(object, "text"), group);
    const char *key = NULL;
    json_t *value = NULL;
    char field[64];

    json_object_foreach(values, key, value)
    {
        (void)snprintf(field, sizeof field, "%s.%s", group, key);
        put_value(stream, object, field, value, marks);
    }
}

void case_text_print(FILE *stream, json_t *object, bool has_brackets)
{
    const struct marks marks = choose_marks(stream, has_brackets);

    if (json_object_get(object, "text") == NULL)
        return;
    (void)fputc('\n', stream);
    if (marks.begin[0] == '[')
        (void)fprintf(stream, "%s\n", _("The words that led there stand in [ ]."));
    put_group(stream, object, "incident", &marks);
    put_group(stream, object, "subject", &marks);
    (void)fputc('\n', stream);
}
