/* Places in the tables: what every loading step reads, keeps and refuses by. */
#include "common/base/bytes.h"
#include "common/case/day.h"
#include "services/classification/classification_tables_parts.h"
#include "services/classification/decide_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct table_place place_of(struct table_load *load, const struct table_source *source,
                            const char *format, ...)
{
    struct table_place place = {.load = load, .source = source};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(place.path, sizeof place.path, format, arguments);
    va_end(arguments);
    return place;
}

enum status refuse_at(const struct table_place *place, const char *key, const char *format, ...)
{
    char path[2 * TABLE_PATH_BYTES];
    char rule[300];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(rule, sizeof rule, format, arguments);
    va_end(arguments);
    (void)snprintf(path, sizeof path, "%s%s%.60s", place->path,
                   key == NULL || place->path[0] == '\0' ? "" : ".", key == NULL ? "" : key);
    return table_refuse(place->source, place->load->diag, path, "%s", rule);
}

enum status take_room(struct table_load *load, size_t size, void *ret_room)
{
    void *room = arena_take(&load->ruleset->arena, size);
    memcpy(ret_room, &room, sizeof room);
    if (room != NULL)
        return STATUS_OK;
    diag_set(load->diag, "%s: too large for a ruleset's memory; take rows or phrases out",
             load->rules_source.name);
    return STATUS_CONFIG_INVALID;
}

enum status keep_text(struct table_load *load, const char *text, const char **ret_text)
{
    char *copy = NULL;
    size_t size = text == NULL ? 0 : strlen(text);
    TRY(take_room(load, size + 1, &copy));
    memcpy(copy, text == NULL ? "" : text, size + 1);
    *ret_text = copy;
    return STATUS_OK;
}

enum status keep_code(const struct table_place *place, const char *key, const char *text,
                      const char **ret_text)
{
    struct code code;
    if (!code_set(&code, text))
        return refuse_at(place, key, "\"%.60s\" is no code; use A-Z, 0-9, '-' and '_', at most %u",
                         text, CODE_BYTES);
    return keep_text(place->load, text, ret_text);
}

enum status read_number(const struct table_place *place, const char *key, const char *text,
                        uint32_t least, uint32_t most, uint32_t *ret_number)
{
    uint64_t number = 0;
    if (text == NULL || !table_number(text, most, &number) || number < least)
        return refuse_at(place, key, "expected a whole number from %u to %u", least, most);
    *ret_number = (uint32_t)number;
    return STATUS_OK;
}

static enum status read_day(const struct table_place *place, const char *key, const char *text,
                            uint32_t *ret_day)
{
    *ret_day = 0;
    if (text != NULL && !day_from_text(text, ret_day))
        return refuse_at(place, key, "\"%.20s\" is no day; write it as 2024-09-22", text);
    return STATUS_OK;
}

enum status read_days(const struct table_place *place, const char *from, const char *until,
                      struct day_range *ret_days)
{
    TRY(read_day(place, "from", from, &ret_days->from));
    TRY(read_day(place, "until", until, &ret_days->until));
    if (ret_days->from != 0 && ret_days->until != 0 && ret_days->until < ret_days->from)
        return refuse_at(place, "until", "ends before it begins; swap the days");
    return STATUS_OK;
}

static bool has_source(const struct source_entry *entries, unsigned count, const char *source)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(entries[i].source, source) == 0)
            return true;
    }
    return false;
}

enum status check_source(const struct table_place *place, const char *source)
{
    const struct table_load *load = place->load;
    bool is_of_calendar = place->source == &load->calendar_source;
    if (has_source(load->rules->sources, load->rules->sources_count, source))
        return STATUS_OK;
    if (is_of_calendar &&
        has_source(load->calendar->sources, load->calendar->sources_count, source))
        return STATUS_OK;
    return refuse_at(place, "source", "\"%.40s\" is not among the sources; add it to \"sources\"",
                     source);
}

enum status check_unique(const struct table_place *place, const char *key, const void *entries,
                         size_t size, unsigned index)
{
    const char *name = NULL;
    memcpy(&name, (const uint8_t *)entries + index * size, sizeof name);
    for (unsigned i = 0; i < index; i++) {
        const char *other = NULL;
        memcpy(&other, (const uint8_t *)entries + i * size, sizeof other);
        if (strcmp(name, other) == 0)
            return refuse_at(place, key, "\"%.60s\" is there twice; rename or remove one", name);
    }
    return STATUS_OK;
}

uint32_t find_code(const struct ruleset *ruleset, const char *code)
{
    for (uint32_t i = 0; i < ruleset->code_count; i++) {
        if (strcmp(ruleset->codes[i].code, code) == 0)
            return i;
    }
    return NO_CODE;
}

bool find_actor(const char *word, enum actor *ret_actor)
{
    for (enum actor actor = ACTOR_UNKNOWN; actor <= ACTOR_ORGANISER; actor++) {
        if (strcmp(actor_word(actor), word) != 0)
            continue;
        *ret_actor = actor;
        return true;
    }
    return false;
}
