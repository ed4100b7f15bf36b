/* A reading of the text by libyaml: for places, and for what libcyaml lets pass. */
#include "common/base/cleanup.h"
#include "common/service/config_parts.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

/* One open mapping or sequence. */
struct level {
    bool is_sequence;
    bool is_value_next; /* in a mapping: its key has been read */
    unsigned index;     /* in a sequence: of the next entry */
    size_t path_size;   /* of its own path */
};

struct reading {
    struct level levels[CONFIG_NESTING_MAX];
    unsigned depth;
    unsigned documents;
    char path[CONFIG_PATH_BYTES]; /* of what is being read */
    const char *wanted;
    struct config_place *place;
    struct diag *diag;
};

static enum status refuse(const struct reading *reading, const yaml_event_t *event,
                          const char *rule)
{
    diag_set(reading->diag, "line %zu: %s", event->start_mark.line + 1, rule);
    return STATUS_CONFIG_INVALID;
}

static void place_found(const struct reading *reading, const yaml_event_t *event)
{
    if (strcmp(reading->path, reading->wanted) != 0)
        return;
    unsigned line = (unsigned)event->start_mark.line + 1;
    if (!reading->place->is_found)
        reading->place->line = line;
    reading->place->line_last = line;
    reading->place->is_found = true;
}

/* A key was read: the path is its value's from now on. */
static enum status read_key(struct reading *reading, struct level *level,
                            const yaml_event_t *event)
{
    if (event->type != YAML_SCALAR_EVENT)
        return refuse(reading, event, "a key must be plain text");
    size_t size = level->path_size;
    (void)snprintf(reading->path + size, sizeof(reading->path) - size, "%s%s",
                   size == 0 ? "" : ".", (const char *)event->data.scalar.value);
    level->is_value_next = true;
    place_found(reading, event);
    return STATUS_OK;
}

/* A value ended: what comes next on this level? */
static void end_value(struct reading *reading)
{
    if (reading->depth == 0)
        return;
    struct level *level = &reading->levels[reading->depth - 1];
    level->is_value_next = false;
    level->index++;
}

static enum status read_scalar(struct reading *reading, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    if (reading->depth == 0)
        return refuse(reading, event, "expected keys and values, such as \"service: intake\"");
    if (strcmp(reading->path, reading->wanted) == 0)
        (void)snprintf(reading->place->text, sizeof(reading->place->text), "%s", text);
    end_value(reading);
    return STATUS_OK;
}

static enum status open_level(struct reading *reading, const yaml_event_t *event)
{
    bool is_sequence = event->type == YAML_SEQUENCE_START_EVENT;
    if (reading->depth == 0 && is_sequence)
        return refuse(reading, event, "expected keys and values, such as \"service: intake\"");
    if (reading->depth == CONFIG_NESTING_MAX)
        return refuse(reading, event, "nested too deep");
    reading->levels[reading->depth++] = (struct level){
        .is_sequence = is_sequence,
        .path_size = strlen(reading->path),
    };
    return STATUS_OK;
}

/* The path of an entry is its sequence's with the entry's number. */
static void enter_entry(struct reading *reading, const struct level *level,
                        const yaml_event_t *event)
{
    size_t size = level->path_size;
    (void)snprintf(reading->path + size, sizeof(reading->path) - size, "[%u]", level->index);
    place_found(reading, event);
}

static bool is_node(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT || event->type == YAML_MAPPING_START_EVENT ||
           event->type == YAML_SEQUENCE_START_EVENT;
}

static enum status read_node(struct reading *reading, const yaml_event_t *event)
{
    /* libcyaml takes a text up to its NUL: half a value would be silently ignored. */
    if (event->type == YAML_SCALAR_EVENT &&
        strlen((const char *)event->data.scalar.value) != event->data.scalar.length)
        return refuse(reading, event, "a text must not contain NUL");
    if (reading->depth > 0) {
        struct level *level = &reading->levels[reading->depth - 1];
        if (level->is_sequence)
            enter_entry(reading, level, event);
        else if (!level->is_value_next)
            return read_key(reading, level, event);
    }
    return event->type == YAML_SCALAR_EVENT ? read_scalar(reading, event)
                                            : open_level(reading, event);
}

static enum status read_event(struct reading *reading, const yaml_event_t *event)
{
    if (is_node(event))
        return read_node(reading, event);
    if (event->type == YAML_ALIAS_EVENT)
        return refuse(reading, event, "aliases are not taken here; write the value out");
    if (event->type == YAML_DOCUMENT_START_EVENT && reading->documents++ > 0)
        return refuse(reading, event, "a second document; expected one");
    if (event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT) {
        reading->depth--;
        reading->path[reading->levels[reading->depth].path_size] = '\0';
        end_value(reading);
    }
    return STATUS_OK;
}

static enum status read_all(struct reading *reading, yaml_parser_t *parser)
{
    for (bool is_over = false; !is_over;) {
        CLEANUP(yaml_event_delete) yaml_event_t event = {.type = YAML_NO_EVENT};
        if (yaml_parser_parse(parser, &event) == 0) {
            /* A reader error (bytes that are not UTF-8) has an offset and no line. */
            if (parser->error == YAML_READER_ERROR)
                diag_set(reading->diag, "byte %zu: %s", parser->problem_offset, parser->problem);
            else
                diag_set(reading->diag, "line %zu: not YAML: %s", parser->problem_mark.line + 1,
                         parser->problem == NULL ? "no memory" : parser->problem);
            return STATUS_CONFIG_INVALID;
        }
        TRY(read_event(reading, &event));
        is_over = event.type == YAML_STREAM_END_EVENT;
    }
    return STATUS_OK;
}

enum status config_yaml_find(struct view text, const char *path, struct config_place *ret_place,
                             struct diag *diag)
{
    *ret_place = (struct config_place){.is_found = false};
    CLEANUP(yaml_parser_delete) yaml_parser_t parser = {.error = YAML_NO_ERROR};
    if (yaml_parser_initialize(&parser) == 0) {
        diag_set(diag, "no memory to read it");
        return STATUS_CONFIG_INVALID;
    }
    /* Without this a byte-order mark makes it UTF-16. */
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, text.bytes, text.size);
    struct reading reading = {.wanted = path, .place = ret_place, .diag = diag};
    TRY(read_all(&reading, &parser));
    if (reading.documents == 0) {
        diag_set(diag, "empty");
        return STATUS_CONFIG_INVALID;
    }
    return STATUS_OK;
}
