/*
 * Lines are put together while a quote is open; then the record is cut into its fields in place,
 * which only ever makes it shorter.
 */
#include "services/netra/csv_reader.h"

#include <errno.h>
#include <string.h>

void csv_reader_start(struct csv_reader *reader, int descriptor)
{
    line_reader_start(&reader->lines, descriptor);
    reader->records = 0;
    reader->line = 0;
    reader->delimiter = '\0';
}

static enum status broken(const struct csv_record *record, const char *rule, struct diag *diag)
{
    diag_set(diag, "row %llu (line %llu): %s", (unsigned long long)record->number,
             (unsigned long long)record->line, rule);
    return STATUS_FACTS_INVALID;
}

/* Whether a quote is open behind the text: each one opens or closes, a doubled one does both. */
static bool is_open(const uint8_t *bytes, size_t size, bool was_open)
{
    for (size_t i = 0; i < size; i++)
        was_open = was_open != (bytes[i] == '"');
    return was_open;
}

/* Appends the next line to the `*size` bytes of the record. */
static enum status append_line(struct csv_reader *reader, struct csv_record *record, size_t *size,
                               struct line *line, struct diag *diag)
{
    const size_t room = CSV_RECORD_BYTES_MAX - *size;

    if (line_reader_next(&reader->lines, reader->bytes + *size, room, line) != STATUS_OK) {
        diag_set(diag, "%s", strerror(errno));
        return STATUS_SYSTEM_FAILED;
    }
    if (line->is_too_long || (line->is_there && line->size == room))
        return broken(record, "longer than a submission may be; is a quote not closed?", diag);
    reader->line += line->is_there ? 1u : 0u;
    record->line_count++;
    return STATUS_OK;
}

/* Reads lines until a record is whole. The last end of line is not part of it. */
static enum status read_record(struct csv_reader *reader, struct csv_record *record,
                               size_t *ret_size, struct diag *diag)
{
    struct line line;
    size_t size = 0;
    bool is_quoted = false;

    do {
        record->line = reader->line + 1;
        record->line_count = 0;
        TRY(append_line(reader, record, &size, &line, diag));
        record->is_there = line.is_there;
        if (!line.is_there)
            return STATUS_OK;
    } while (line_is_blank(view_of(reader->bytes, line.size)));
    size = line.size;
    is_quoted = is_open(reader->bytes, size, false);
    while (is_quoted) {
        if (!line.has_newline)
            return broken(record, "a quote is not closed before the file ends", diag);
        reader->bytes[size++] = '\n';
        TRY(append_line(reader, record, &size, &line, diag));
        if (!line.is_there)
            return broken(record, "a quote is not closed before the file ends", diag);
        is_quoted = is_open(reader->bytes + size, line.size, is_quoted);
        size += line.size;
    }
    size -= size > 0 && reader->bytes[size - 1] == '\r' ? 1u : 0u;
    reader->bytes[size] = '\0';
    *ret_size = size;
    return STATUS_OK;
}

/* The bytes of the field, unquoted, moved to its start; *at moves behind it. */
static enum status cut_field(struct csv_reader *reader, struct csv_record *record, size_t size,
                             size_t *at, struct diag *diag)
{
    uint8_t *bytes = reader->bytes;
    const bool is_quoted = bytes[*at] == '"';
    const size_t begin = *at;
    size_t to = begin;
    size_t from = begin + (is_quoted ? 1u : 0u);

    for (; from < size; from++) {
        if (bytes[from] == '"') {
            if (!is_quoted)
                return broken(record, "a quote within a field that is not quoted", diag);
            if (bytes[from + 1] != '"')
                break;
            from++; /* a doubled quote stands for one */
        } else if (!is_quoted && bytes[from] == (uint8_t)reader->delimiter) {
            break;
        }
        bytes[to++] = bytes[from];
    }
    from += is_quoted ? 1u : 0u; /* the closing one, which is there: the record is whole */
    if (from < size && bytes[from] != (uint8_t)reader->delimiter)
        return broken(record, "text behind a closing quote; is a quote not closed?", diag);
    record->fields[record->field_count] = (char *)bytes + begin;
    record->sizes[record->field_count++] = to - begin;
    *at = from;
    return STATUS_OK;
}

static char find_delimiter(const uint8_t *bytes)
{
    const size_t first = strcspn((const char *)bytes, ",;\t");

    return bytes[first] == '\0' ? ',' : (char)bytes[first];
}

static enum status cut_fields(struct csv_reader *reader, struct csv_record *record, size_t size,
                              struct diag *diag)
{
    size_t at = 0;

    for (;;) {
        if (record->field_count == CSV_FIELDS_MAX)
            return broken(record, "more fields than a submission may have", diag);
        TRY(cut_field(reader, record, size, &at, diag));
        if (at >= size)
            break;
        at++; /* the delimiter; behind the last one is an empty field */
    }
    /* Only now: each NUL stands where a quote or a delimiter was looked at before. */
    for (unsigned i = 0; i < record->field_count; i++)
        record->fields[i][record->sizes[i]] = '\0';
    return STATUS_OK;
}

enum status csv_reader_next(struct csv_reader *reader, struct csv_record *ret_record,
                            struct diag *diag)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    size_t size = 0;

    *ret_record = (struct csv_record){.number = reader->records};
    TRY(read_record(reader, ret_record, &size, diag));
    if (!ret_record->is_there)
        return STATUS_OK;
    if (reader->records++ == 0) {
        if (size >= sizeof mark && memcmp(reader->bytes, mark, sizeof mark) == 0) {
            size -= sizeof mark;
            memmove(reader->bytes, reader->bytes + sizeof mark, size + 1);
        }
        reader->delimiter = find_delimiter(reader->bytes);
    }
    return cut_fields(reader, ret_record, size, diag);
}
