/* Offsets are joined with the text byte by byte; whatever could steer a terminal is replaced. */
#include "services/netra/case_text_print.h"

#include "services/netra/output.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK_BEGIN "\033[1;33m"
#define MARK_END "\033[0m"

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

static void put_marked(FILE *stream, json_t *reasons, const char *field, const char *text)
{
    const bool is_coloured = isatty(fileno(stream)) == 1 && getenv("NO_COLOR") == NULL;
    bool was_marked = false;

    for (size_t i = 0; text[i] != '\0'; i++) {
        const bool now = is_coloured && is_marked(reasons, field, i);
        const char byte[2] = {text[i], '\0'};

        if (now != was_marked)
            (void)fputs(now ? MARK_BEGIN : MARK_END, stream);
        was_marked = now;
        if (text[i] == '\n')
            (void)fputc('\n', stream);
        else
            (void)output_text(stream, byte);
    }
    if (was_marked)
        (void)fputs(MARK_END, stream);
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
    put_group(stream, object, "incident");
    put_group(stream, object, "subject");
    (void)fputc('\n', stream);
}
