/* The lines of a result file: the format alone, no file. */
#include "common/base/cleanup.h"
#include "services/netra/json.h"
#include "services/netra/result_file.h"

#include <stdio.h>
#include <string.h>

static enum status refuse(struct diag *diag, const char *what)
{
    diag_set(diag, "%s", what);
    return STATUS_MALFORMED;
}

static bool take_text(const json_t *object, const char *key, char *to, size_t room)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL || strlen(text) >= room)
        return false;
    memcpy(to, text, strlen(text) + 1);
    return true;
}

/* What a line's texts are made of: it is written without escapes. */
static bool is_made_of(const char *text, const char *letters)
{
    return text[0] != '\0' && text[strspn(text, letters)] == '\0';
}

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static enum status take_outcome(const json_t *object, struct result_line *line, struct diag *diag)
{
    const json_int_t seq = json_integer_value(json_object_get(object, "seq"));

    if (!take_text(object, "status", line->status, sizeof line->status) ||
        !is_made_of(line->status, UPPER DIGITS "_"))
        return refuse(diag, "\"status\" is not a status's name");
    if (strcmp(line->status, "OK") != 0) {
        line->kind = RESULT_REJECTED;
        (void)take_text(object, "detail", line->detail, sizeof line->detail);
        return STATUS_OK;
    }
    if (seq <= 0 ||
        !take_text(object, "case_number", line->case_number, sizeof line->case_number) ||
        !take_text(object, "commitment", line->commitment, sizeof line->commitment) ||
        !is_made_of(line->case_number, UPPER DIGITS "-") ||
        !is_made_of(line->commitment, DIGITS "abcdef"))
        return refuse(diag, "a receipt needs \"case_number\", \"commitment\" and \"seq\"");
    line->kind = RESULT_RECEIPT;
    line->seq = (uint64_t)seq;
    return STATUS_OK;
}

enum status result_line_parse(struct view line, struct result_line *ret_line, struct diag *diag)
{
    CLEANUP(json_release)
    json_t *object = json_loadb((const char *)line.bytes, line.size, 0, NULL);
    const json_int_t row = json_integer_value(json_object_get(object, "row"));
    const char *id = json_string_value(json_object_get(object, "submission_id"));

    *ret_line = (struct result_line){.kind = RESULT_NONE};
    if (row <= 0)
        return refuse(diag, "\"row\" is not a row's number");
    if (id == NULL || !uuid_from_text(id, ret_line->id))
        return refuse(diag, "\"submission_id\" is not a UUID");
    ret_line->row = (uint64_t)row;
    ret_line->kind = RESULT_ID;
    if (json_object_get(object, "status") == NULL)
        return STATUS_OK;
    return take_outcome(object, ret_line, diag);
}

/* Whether it is UTF-8: a text that was cut to its room may end within a letter. */
static bool is_utf8(const char *text)
{
    CLEANUP(json_release) json_t *string = json_string(text);

    return string != NULL;
}

/* As a JSON string's inside; what doesn't fit is left out. */
static void escape(const char *text, char *to, size_t room)
{
    const bool is_whole = is_utf8(text);
    size_t used = 0;

    for (const char *at = text; *at != '\0' && used + 7 < room; at++) {
        if (*at == '"' || *at == '\\')
            used += (size_t)snprintf(to + used, room - used, "\\%c", *at);
        else if (*at == '\n')
            used += (size_t)snprintf(to + used, room - used, "\\n");
        else if ((unsigned char)*at < 0x20u)
            used += (size_t)snprintf(to + used, room - used, "\\u%04x", (unsigned)*at);
        else
            to[used++] = (char)(is_whole || (unsigned char)*at < 0x80u ? *at : '?');
    }
    to[used] = '\0';
}

size_t result_line_write(const struct result_line *line, char text[RESULT_LINE_BYTES])
{
    char id[UUID_TEXT_SIZE];
    char detail[2 * RESULT_DETAIL_BYTES];
    int size = 0;

    uuid_to_text(line->id, id);
    escape(line->detail, detail, sizeof detail);
    size = snprintf(text, RESULT_LINE_BYTES, "{\"row\":%llu,\"submission_id\":\"%s\"",
                    (unsigned long long)line->row, id);
    if (line->kind == RESULT_RECEIPT)
        size += snprintf(text + size, RESULT_LINE_BYTES - (size_t)size,
                         ",\"case_number\":\"%s\",\"commitment\":\"%s\",\"seq\":%llu,"
                         "\"status\":\"OK\"",
                         line->case_number, line->commitment, (unsigned long long)line->seq);
    if (line->kind == RESULT_REJECTED)
        size += snprintf(text + size, RESULT_LINE_BYTES - (size_t)size,
                         ",\"status\":\"%s\",\"detail\":\"%s\"", line->status, detail);
    size += snprintf(text + size, RESULT_LINE_BYTES - (size_t)size, "}\n");
    return (size_t)size;
}
