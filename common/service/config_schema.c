/* Walks over a libcyaml schema: with the loaded object, or alone. */
#include "common/base/invariant.h"
#include "common/service/config_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define KEY_BYTES 64u /* keys of ours are shorter; a longer unknown one is compared by its start */

struct walk {
    config_visit visit;
    void *context;
    char path[CONFIG_PATH_BYTES];
    bool is_in_sequence;
};

static enum status walk_fields(struct walk *walk, const cyaml_schema_value_t *mapping,
                               uint8_t *object);

/* The value's own address: behind the pointer where the schema has one. */
static uint8_t *value_address(const cyaml_schema_value_t *value, uint8_t *address)
{
    if (address == NULL || (value->flags & CYAML_FLAG_POINTER) == 0)
        return address;
    uint8_t *target = NULL;
    memcpy(&target, address, sizeof(target));
    return target;
}

static enum status walk_entries(struct walk *walk, const cyaml_schema_field_t *field,
                                uint8_t *object)
{
    const cyaml_schema_value_t *entry = field->value.sequence.entry;
    size_t size = strlen(walk->path);
    unsigned count = 1; /* without an object the schema of an entry is walked once */
    uint8_t *entries = NULL;
    if (object != NULL) {
        INVARIANT(field->count_size == sizeof(count));
        memcpy(&count, object + field->count_offset, sizeof(count));
        entries = value_address(&field->value, object + field->data_offset);
    }
    bool was_in_sequence = walk->is_in_sequence;
    walk->is_in_sequence = true;
    size_t stride = (entry->flags & CYAML_FLAG_POINTER) != 0 ? sizeof(void *) : entry->data_size;
    for (unsigned i = 0; i < count && entry->type == CYAML_MAPPING; i++) {
        if (object == NULL)
            (void)snprintf(walk->path + size, sizeof(walk->path) - size, "[]");
        else
            (void)snprintf(walk->path + size, sizeof(walk->path) - size, "[%u]", i);
        uint8_t *at = entries == NULL ? NULL : value_address(entry, entries + i * stride);
        TRY(walk_fields(walk, entry, at));
    }
    walk->is_in_sequence = was_in_sequence;
    return STATUS_OK;
}

static enum status walk_fields(struct walk *walk, const cyaml_schema_value_t *mapping,
                               uint8_t *object)
{
    size_t size = strlen(walk->path);
    for (const cyaml_schema_field_t *field = mapping->mapping.fields; field->key != NULL;
         field++) {
        uint8_t *address = object == NULL ? NULL : object + field->data_offset;
        (void)snprintf(walk->path + size, sizeof(walk->path) - size, "%s%s", size == 0 ? "" : ".",
                       field->key);
        TRY(walk->visit(walk->context,
                        &(struct config_item){.field = field,
                                              .address = address,
                                              .path = walk->path,
                                              .is_in_sequence = walk->is_in_sequence}));
        uint8_t *inner = value_address(&field->value, address);
        /* An absent optional mapping behind a pointer has nothing to walk. */
        if (field->value.type == CYAML_MAPPING && (object == NULL || inner != NULL))
            TRY(walk_fields(walk, &field->value, inner));
        if (field->value.type == CYAML_SEQUENCE)
            TRY(walk_entries(walk, field, object));
    }
    walk->path[size] = '\0';
    return STATUS_OK;
}

enum status config_schema_walk(const cyaml_schema_value_t *schema, void *object,
                               config_visit visit, void *context)
{
    struct walk walk = {.visit = visit, .context = context};
    return walk_fields(&walk, schema, object);
}

void config_schema_expectation(const cyaml_schema_value_t *value, char *text, size_t size)
{
    const char *what = "another kind of value";
    if (value->type == CYAML_UINT || value->type == CYAML_INT)
        what = "a whole number";
    else if (value->type == CYAML_FLOAT)
        what = "a number";
    else if (value->type == CYAML_BOOL)
        what = "true or false";
    else if (value->type == CYAML_MAPPING)
        what = "keys and values below it";
    (void)snprintf(text, size, "%s", what);
    if (value->type == CYAML_STRING)
        (void)snprintf(text, size, "a text of %u to %u bytes", (unsigned)value->string.min,
                       (unsigned)value->string.max);
    if (value->type == CYAML_SEQUENCE)
        (void)snprintf(text, size, "a list of %u to %u entries", (unsigned)value->sequence.min,
                       (unsigned)value->sequence.max);
    if (value->type != CYAML_ENUM)
        return;
    size_t used = (size_t)snprintf(text, size, "one of");
    for (uint32_t i = 0; i < value->enumeration.count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s %s", i == 0 ? "" : ",",
                                 value->enumeration.strings[i].str);
}

/* ---- the nearest key ---- */

/* Levenshtein's distance, case forgiven: the fewest insertions, deletions and replacements. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[KEY_BYTES + 1];
    size_t b_size = strnlen(b, KEY_BYTES);
    for (size_t j = 0; j <= b_size; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i] != '\0' && i < KEY_BYTES; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < b_size; j++) {
            bool is_same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j]);
            unsigned replaced = diagonal + (is_same ? 0u : 1u);
            unsigned inserted = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = replaced < inserted ? replaced : inserted;
        }
    }
    return row[b_size];
}

/* How far two keys are apart: "workers" is as near to "workers_max" as a key one letter away. */
static unsigned likeness(const char *unknown, const char *known)
{
    size_t size = strnlen(unknown, KEY_BYTES);
    bool is_start = size >= 3 && strncmp(unknown, known, size) == 0;
    return is_start ? (known[size] == '\0' ? 0 : 1) : distance(unknown, known);
}

/* The path with entries' numbers dropped: "peers[1].name" becomes "peers[].name". */
static void path_of_schema(const char *path, char schema_path[CONFIG_PATH_BYTES])
{
    size_t used = 0;
    bool is_number = false;
    for (const char *at = path; *at != '\0' && used < CONFIG_PATH_BYTES - 1; at++) {
        is_number = is_number && *at != ']';
        if (!is_number)
            schema_path[used++] = *at;
        is_number = is_number || *at == '[';
    }
    schema_path[used] = '\0';
}

struct search {
    const char *key;
    char parent[CONFIG_PATH_BYTES]; /* as path_of_schema */
    unsigned best;
    bool is_best_of_level;
    char *nearest;
    size_t size;
};

static enum status search_near(void *context, const struct config_item *item)
{
    struct search *search = context;
    char sibling[2 * CONFIG_PATH_BYTES];
    (void)snprintf(sibling, sizeof(sibling), "%s%s%s", search->parent,
                   search->parent[0] == '\0' ? "" : ".", item->field->key);
    bool is_of_level = strcmp(item->path, sibling) == 0;
    unsigned found = likeness(search->key, item->field->key);
    bool is_better = found < search->best ||
                     (found == search->best && is_of_level && !search->is_best_of_level);
    if (!is_better)
        return STATUS_OK;
    search->best = found;
    search->is_best_of_level = is_of_level;
    (void)snprintf(search->nearest, search->size, "%s",
                   is_of_level ? item->field->key : item->path);
    return STATUS_OK;
}

void config_schema_nearest(const cyaml_schema_value_t *schema, const char *parent, const char *key,
                           char *nearest, size_t size)
{
    struct search search = {.key = key, .best = ~0u, .nearest = nearest, .size = size};
    path_of_schema(parent, search.parent);
    nearest[0] = '\0';
    enum status status = config_schema_walk(schema, NULL, search_near, &search);
    (void)status; /* search_near always goes on */
}

struct lookup {
    char path[CONFIG_PATH_BYTES];
    const cyaml_schema_value_t *found;
};

static enum status search_exact(void *context, const struct config_item *item)
{
    struct lookup *lookup = context;
    if (strcmp(item->path, lookup->path) == 0)
        lookup->found = &item->field->value;
    return STATUS_OK;
}

const cyaml_schema_value_t *config_schema_find(const cyaml_schema_value_t *schema,
                                               const char *path)
{
    struct lookup lookup = {.found = NULL};
    path_of_schema(path, lookup.path);
    enum status status = config_schema_walk(schema, NULL, search_exact, &lookup);
    (void)status; /* search_exact always goes on */
    return lookup.found;
}
