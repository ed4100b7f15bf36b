/*
 * One buffer, one read(2) at a time; a line that is cut by the buffer's end is put together in the
 * caller's room.
 */
#include "services/netra/line_reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void line_reader_start(struct line_reader *reader, int descriptor)
{
    reader->descriptor = descriptor;
    reader->begin = 0;
    reader->end = 0;
    reader->offset = 0;
}

/* Fills the empty buffer; at the file's end it stays empty. */
static enum status refill(struct line_reader *reader)
{
    ssize_t size = -1;

    do
        size = read(reader->descriptor, reader->buffer, sizeof reader->buffer);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return STATUS_SYSTEM_FAILED;
    reader->begin = 0;
    reader->end = (size_t)size;
    return STATUS_OK;
}

static void keep(struct line *line, uint8_t *to, size_t room, const uint8_t *from, size_t size)
{
    if (line->is_too_long || size > room - line->size) {
        line->is_too_long = true;
        line->size = 0;
        return;
    }
    memcpy(to + line->size, from, size);
    line->size += size;
}

enum status line_reader_next(struct line_reader *reader, uint8_t *to, size_t room,
                             struct line *ret_line)
{
    *ret_line = (struct line){.offset = reader->offset};
    while (!ret_line->has_newline) {
        if (reader->begin == reader->end) {
            TRY(refill(reader));
            if (reader->begin == reader->end)
                break;
        }
        const uint8_t *from = reader->buffer + reader->begin;
        const size_t waiting = reader->end - reader->begin;
        const uint8_t *newline = memchr(from, '\n', waiting);
        const size_t size = newline != NULL ? (size_t)(newline - from) : waiting;
        const size_t taken = size + (newline != NULL ? 1u : 0u);

        ret_line->is_there = true;
        ret_line->has_newline = newline != NULL;
        keep(ret_line, to, room, from, size);
        reader->begin += taken;
        reader->offset += taken;
    }
    return STATUS_OK;
}

bool line_is_blank(struct view line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.bytes[i] != ' ' && line.bytes[i] != '\t' && line.bytes[i] != '\r')
            return false;
    }
    return true;
}
