/*
 * Everything people read is printed from the JSON that scripts get. Bytes that could steer a
 * terminal become question marks: texts come from elsewhere.
 */
#include "services/netra/output.h"

#include "common/base/invariant.h"
#include "services/netra/translate.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

/* Reals are shares of 1 in thousandths: no digit more. */
#define REAL_DIGITS JSON_REAL_PRECISION(3)

/* Characters that move a terminal's cursor, or turn the direction of what stands behind them, in
 * UTF-8: those of `size` bytes from `first` to the one that ends with `last`. Numbers, because the
 * characters themselves would mislead whoever reads this. */
static const struct {
    uint8_t size;
    uint8_t first[3];
    uint8_t last;
} steering[] = {
    {1, {0x01}, 0x1f},             /* the controls of ASCII, ESC among them */
    {1, {0x7f}, 0x7f},             /* DEL */
    {2, {0xc2, 0x80}, 0x9f},       /* C1: U+009B is an ESC [ of its own */
    {2, {0xd8, 0x9c}, 0x9c},       /* the Arabic letter mark */
    {3, {0xe2, 0x80, 0x8b}, 0x8f}, /* without width; the marks of direction */
    {3, {0xe2, 0x80, 0xa8}, 0xae}, /* ends of lines; embeddings and overrides */
    {3, {0xe2, 0x81, 0xa0}, 0xaf}, /* isolates, and others that are not seen */
    {3, {0xef, 0xbb, 0xbf}, 0xbf}, /* the byte order mark */
};

/* The bytes of the steering character that begins there; 0: none does. */
static size_t steering_size(const char *at, size_t left)
{
    for (size_t i = 0; i < sizeof steering / sizeof steering[0]; i++) {
        const size_t lead = (size_t)steering[i].size - 1;

        if (lead >= left || memcmp(at, steering[i].first, lead) != 0)
            continue;
        const uint8_t end = (uint8_t)at[lead];

        if (end >= steering[i].first[lead] && end <= steering[i].last)
            return lead + 1;
    }
    return 0;
}

unsigned output_piece(FILE *stream, const char *text, size_t size)
{
    unsigned width = 0;

    for (size_t at = 0; at < size;) {
        const size_t hidden = steering_size(text + at, size - at);

        (void)fputc(hidden > 0 ? '?' : text[at], stream);
        if (((unsigned char)text[at] & 0xc0u) != 0x80u) /* no continuation byte of UTF-8 */
            width++;
        at += hidden > 0 ? hidden : 1u;
    }
    return width;
}

unsigned output_text(FILE *stream, const char *text)
{
    return output_piece(stream, text, strlen(text));
}

static unsigned put_value(FILE *stream, json_t *value);

static unsigned put_elements(FILE *stream, json_t *array)
{
    unsigned width = 0;

    if (json_array_size(array) == 0)
        return output_text(stream, "-");
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            width += output_text(stream, ",");
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
            width += output_text(stream, " ");
        width += output_text(stream, key);
        width += output_text(stream, "=");
        width += put_value(stream, value);
    }
    return width;
}

static unsigned put_value(FILE *stream, json_t *value)
{
    char number[32];

    if (json_is_string(value))
        return output_text(stream,
                           json_string_length(value) == 0 ? "-" : json_string_value(value));
    if (json_is_integer(value)) {
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        return output_text(stream, number);
    }
    if (json_is_real(value)) {
        (void)snprintf(number, sizeof number, "%.3g", json_real_value(value));
        return output_text(stream, number);
    }
    if (json_is_boolean(value))
        return output_text(stream, json_is_true(value) ? _("yes") : _("no"));
    if (json_is_array(value))
        return put_elements(stream, value);
    if (json_is_object(value))
        return put_members(stream, value);
    return output_text(stream, "-");
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
    pad(stream, output_text(stream, key), 16);
    (void)fputs("  ", stream);
    (void)put_value(stream, value);
    (void)fputc('\n', stream);
}

void output_object(struct output *output, json_t *object)
{
    const char *key = NULL;
    json_t *value = NULL;

    if (output->is_json) {
        (void)json_dumpf(object, output->stream, JSON_INDENT(2) | REAL_DIGITS);
        (void)fputc('\n', output->stream);
    } else {
        json_object_foreach(object, key, value) put_pair(output->stream, key, value);
    }
    json_decref(object);
}

/* The titles there are, for the translators; a column without one here keeps its key. */
static const char *const titles[] = {
    N_("CASE NUMBER"), N_("REGION"),      N_("INCIDENT DATE"),
    N_("OUTCOME"),     N_("PRIMARY"),     N_("STAGE"),
    N_("DISPOSITION"), N_("RECEIVED AT"), N_("NAME"),
    N_("ROLE"),        N_("REGIONS"),     N_("REVOKED"),
    N_("SERVICE"),     N_("STATE"),       N_("RECIPIENT"),
    N_("CHANNEL"),     N_("REASON"),      N_("EVENT"),
    N_("REVISION"),    N_("CHECK"),       N_("ADVICE"),
    N_("CONFIDENCE"),  N_("ACTOR"),       N_("REVIEW REASON"),
    N_("DECIDED AT"),  N_("KIND"),        N_("TOLD"),
    N_("BLOCKED WHY"), N_("INSTEAD OF"),  N_("RULE"),
    N_("SOURCE"),      N_("WHY"),         N_("VERSION"),
    N_("STATUS"),      N_("DETAIL"),      N_("CODE"),
    N_("LABEL"),       N_("ARTICLES"),    N_("SANCTION"),
    N_("APPENDED AT"), N_("BACKLOG"),     N_("CASE HANDLE"),
    N_("AT"),          N_("TYPE"),
};

#define TITLE_BYTES 64u

/* "case_number" as "CASE NUMBER", or what the reader's language has for that. Its width. */
static unsigned put_title(FILE *stream, const char *key)
{
    char title[TITLE_BYTES];
    size_t size = 0;

    for (; key[size] != '\0' && size + 1 < sizeof title; size++)
        title[size] = (char)(key[size] == '_' ? ' ' : toupper((unsigned char)key[size]));
    title[size] = '\0';
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        if (strcmp(titles[i], title) == 0)
            return output_text(stream, _(titles[i]));
    }
    return output_text(stream, title);
}

void output_list_begin(struct output *output, const struct column *columns, unsigned count)
{
    INVARIANT(count <= OUTPUT_COLUMNS_MAX);
    output->columns = columns;
    output->column_count = count;
    output->rows = 0;
    if (output->is_json) {
        (void)fputc('[', output->stream);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        const unsigned width = put_title(output->stream, columns[i].key);

        output->widths[i] = width > columns[i].width ? width : columns[i].width;
        if (i + 1 < count) {
            pad(output->stream, width, output->widths[i]);
            (void)fputs("  ", output->stream);
        }
    }
    (void)fputc('\n', output->stream);
}

void output_list_row(struct output *output, json_t *row)
{
    if (output->is_json) {
        (void)fputs(output->rows > 0 ? ",\n " : "\n ", output->stream);
        (void)json_dumpf(row, output->stream, REAL_DIGITS);
    } else {
        for (unsigned i = 0; i < output->column_count; i++) {
            const struct column *column = &output->columns[i];
            const unsigned width = put_value(output->stream, json_object_get(row, column->key));

            if (i + 1 < output->column_count) {
                pad(output->stream, width, output->widths[i]);
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
        (void)json_dumpf(object, output->stream, JSON_COMPACT | REAL_DIGITS);
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
