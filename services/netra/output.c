/*
 * Everything people read is printed from the JSON that scripts get. Bytes that could steer a
 * terminal become question marks: texts come from elsewhere.
 */
#include "services/netra/output.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

/* Text from elsewhere may hold bytes that move a terminal's cursor. */
static unsigned put_text(FILE *stream, const char *text)
{
    unsigned width = 0;

    for (const char *at = text; *at != '\0'; at++) {
        const unsigned char byte = (unsigned char)*at;

        (void)fputc(byte < 0x20u || byte == 0x7fu ? '?' : byte, stream);
        if ((byte & 0xc0u) != 0x80u) /* not a continuation byte of UTF-8 */
            width++;
    }
    return width;
}

static unsigned put_value(FILE *stream, json_t *value);

static unsigned put_elements(FILE *stream, json_t *array)
{
    unsigned width = 0;

    if (json_array_size(array) == 0)
        return put_text(stream, "-");
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            width += put_text(stream, ",");
        width += put_value(stream, json_array_get(array, i));
    }
    return width;
}

static unsigned put_members(FILE *stream, json_t *object)
{
    unsigned width = 0;
    const char *key = NULL;
    json_t *value = NULL;

    json_object_foreach(object, key, value)
    {
        if (width > 0)
            width += put_text(stream, " ");
        width += put_text(stream, key);
        width += put_text(stream, "=");
        width += put_value(stream, value);
    }
    return width;
}

static unsigned put_value(FILE *stream, json_t *value)
{
    char number[32];

    if (json_is_string(value))
        return put_text(stream, json_string_length(value) == 0 ? "-" : json_string_value(value));
    if (json_is_integer(value)) {
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        return put_text(stream, number);
    }
    if (json_is_boolean(value))
        return put_text(stream, json_is_true(value) ? "yes" : "no");
    if (json_is_array(value))
        return put_elements(stream, value);
    if (json_is_object(value))
        return put_members(stream, value);
    return put_text(stream, "-");
}

static void pad(FILE *stream, unsigned width, unsigned least)
{
    for (; width < least; width++)
        (void)fputc(' ', stream);
}

/* Arrays of objects take a line per element, everything else one line. */
static void put_pair(FILE *stream, const char *key, json_t *value)
{
    if (json_is_array(value) && json_is_object(json_array_get(value, 0))) {
        for (size_t i = 0; i < json_array_size(value); i++)
            put_pair(stream, key, json_array_get(value, i));
        return;
    }
    pad(stream, put_text(stream, key), 16);
    (void)fputs("  ", stream);
    (void)put_value(stream, value);
    (void)fputc('\n', stream);
}

void output_object(struct output *output, json_t *object)
{
    const char *key = NULL;
    json_t *value = NULL;

    if (output->is_json) {
        (void)json_dumpf(object, output->stream, JSON_INDENT(2));
        (void)fputc('\n', output->stream);
    } else {
        json_object_foreach(object, key, value) put_pair(output->stream, key, value);
    }
    json_decref(object);
}

static void put_title(FILE *stream, const char *key)
{
    for (const char *at = key; *at != '\0'; at++)
        (void)fputc(*at == '_' ? ' ' : toupper((unsigned char)*at), stream);
}

void output_list_begin(struct output *output, const struct column *columns, unsigned count)
{
    output->columns = columns;
    output->column_count = count;
    output->rows = 0;
    if (output->is_json) {
        (void)fputc('[', output->stream);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        put_title(output->stream, columns[i].key);
        if (i + 1 < count)
            pad(output->stream, (unsigned)strlen(columns[i].key), columns[i].width + 2u);
    }
    (void)fputc('\n', output->stream);
}

void output_list_row(struct output *output, json_t *row)
{
    if (output->is_json) {
        (void)fputs(output->rows > 0 ? ",\n " : "\n ", output->stream);
        (void)json_dumpf(row, output->stream, 0);
    } else {
        for (unsigned i = 0; i < output->column_count; i++) {
            const struct column *column = &output->columns[i];
            const unsigned width = put_value(output->stream, json_object_get(row, column->key));

            if (i + 1 < output->column_count) {
                pad(output->stream, width, column->width);
                (void)fputs("  ", output->stream);
            }
        }
        (void)fputc('\n', output->stream);
    }
    output->rows++;
    json_decref(row);
}

void output_list_end(struct output *output)
{
    if (output->is_json)
        (void)fputs(output->rows > 0 ? "\n]\n" : "]\n", output->stream);
}

void output_json_line(struct output *output, json_t *object)
{
    if (output->is_json) {
        (void)json_dumpf(object, output->stream, JSON_COMPACT);
        (void)fputc('\n', output->stream);
    }
    json_decref(object);
}

void output_sentence(struct output *output, const char *format, ...)
{
    va_list arguments;

    if (output->is_json)
        return;
    va_start(arguments, format);
    (void)vfprintf(output->stream, format, arguments);
    va_end(arguments);
    (void)fputc('\n', output->stream);
}

enum status output_end(struct output *output)
{
    return fflush(output->stream) == 0 && ferror(output->stream) == 0 ? STATUS_OK : STATUS_FAILED;
}
