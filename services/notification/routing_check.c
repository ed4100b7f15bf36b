/*
 * The checks of single sections; what holds across days is in routing_cover.c.
 */
#include "services/notification/routing_check.h"

#include "common/case/day.h"
#include "services/notification/routing_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool routing_refuse(struct routing_problem *problem, const char *section, unsigned index,
                    const char *key, const char *format, ...)
{
    va_list arguments;
    (void)snprintf(problem->path, sizeof problem->path, "%s[%u]%s%s", section, index,
                   key[0] == '\0' ? "" : ".", key);
    va_start(arguments, format);
    (void)vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- regions and kinds ---- */

bool routing_has_region(const struct routing *routing, const char *region)
{
    for (unsigned i = 0; i < routing->region_count; i++)
        if (strcmp(routing->regions[i].region, region) == 0)
            return true;
    return false;
}

static bool check_regions(const struct routing *routing, struct routing_problem *problem)
{
    for (unsigned i = 0; i < routing->region_count; i++) {
        const char *region = routing->regions[i].region;
        char parent[DECISION_REGION_BYTES + 1];
        (void)snprintf(parent, sizeof parent, "%s", region);
        char *dot = strrchr(parent, '.');
        if (dot != NULL)
            *dot = '\0';
        if (dot != NULL && !routing_has_region(routing, parent))
            return routing_refuse(problem, "regions", i, "region",
                                  "%s lies in %s, which is not in the list; add it", region,
                                  parent);
        for (unsigned j = 0; j < i; j++)
            if (strcmp(routing->regions[j].region, region) == 0)
                return routing_refuse(problem, "regions", i, "region",
                                      "%s stands in the list already", region);
    }
    return true;
}

static bool check_instead(const struct routing *routing, unsigned index,
                          struct routing_problem *problem)
{
    const struct routing_kind *kind = &routing->kinds[index];
    unsigned hops = 0;
    while (kind->instead != NULL && hops <= routing->kind_count) {
        const struct routing_kind *next = routing_find_kind(routing, kind->instead);
        if (next == NULL)
            return routing_refuse(problem, "kinds", index, "instead",
                                  "there is no kind %s; add it to kinds", kind->instead);
        kind = next;
        hops++;
    }
    if (hops > routing->kind_count)
        return routing_refuse(problem, "kinds", index, "instead",
                              "following `instead` from %s never ends; leave it out at the last",
                              routing->kinds[index].kind);
    return true;
}

static bool check_kinds(const struct routing *routing, struct routing_problem *problem)
{
    for (unsigned i = 0; i < routing->kind_count; i++) {
        for (unsigned j = 0; j < i; j++)
            if (strcmp(routing->kinds[j].kind, routing->kinds[i].kind) == 0)
                return routing_refuse(problem, "kinds", i, "kind", "%s stands in the list already",
                                      routing->kinds[i].kind);
        if (!check_instead(routing, i, problem))
            return false;
    }
    return true;
}

/* ---- dated rows ---- */

/* A dated row of a group, wherever it stands. */
struct dated {
    unsigned index;
    uint32_t from;
    uint32_t until;
    const char *name;
};

static bool check_range(const char *section, const struct dated *row,
                        struct routing_problem *problem)
{
    if (row->from == 0 || row->until == 0 || row->from <= row->until)
        return true;
    return routing_refuse(problem, section, row->index, "until", "%s ends before it begins",
                          row->name);
}

static bool overlaps(const struct dated *a, const struct dated *b)
{
    bool is_a_before = a->until != 0 && b->from != 0 && a->until < b->from;
    bool is_b_before = b->until != 0 && a->from != 0 && b->until < a->from;
    return !is_a_before && !is_b_before;
}

/* Rows of one group must not overlap, and after each but the last the next begins the day after
 * it ends. */
static bool check_group(const char *section, const struct dated *rows, unsigned count,
                        struct routing_problem *problem)
{
    for (unsigned i = 0; i < count; i++) {
        bool has_later = false;
        bool has_next = rows[i].until == 0;
        for (unsigned j = 0; j < count; j++) {
            if (i != j && overlaps(&rows[i], &rows[j]))
                return routing_refuse(problem, section, rows[i > j ? i : j].index, "",
                                      "%s and %s overlap in time; give them days that don't",
                                      rows[i].name, rows[j].name);
            bool is_later = rows[i].until != 0 && rows[j].from > rows[i].until;
            has_later |= is_later;
            has_next |= is_later && rows[j].from == day_add(rows[i].until, 1);
        }
        if (!has_later || has_next)
            continue;
        char day[DAY_TEXT_SIZE];
        day_to_text(day_add(rows[i].until, 1), day);
        return routing_refuse(problem, section, rows[i].index, "until",
                              "nothing follows %s from %s on; close the gap before the next row",
                              rows[i].name, day);
    }
    return true;
}

static bool is_same_place(const struct routing_office *a, const struct routing_office *b)
{
    return strcmp(a->kind, b->kind) == 0 && strcmp(a->region, b->region) == 0;
}

static bool check_office(const struct routing *routing, unsigned index,
                         struct routing_problem *problem)
{
    const struct routing_office *office = &routing->offices[index];
    struct dated group[ROUTING_GROUP_MAX];
    unsigned count = 0;
    if (routing_find_kind(routing, office->kind) == NULL)
        return routing_refuse(problem, "offices", index, "kind",
                              "there is no kind %s; add it to kinds", office->kind);
    if (office->region[0] != '\0' && !routing_has_region(routing, office->region))
        return routing_refuse(problem, "offices", index, "region",
                              "there is no region %s; add it to regions", office->region);
    for (unsigned i = 0; i < routing->office_count; i++) {
        const struct routing_office *other = &routing->offices[i];
        if (!is_same_place(office, other)) {
            if (strcmp(office->office, other->office) == 0)
                return routing_refuse(problem, "offices", index > i ? index : i, "office",
                                      "%s stands for two kinds or regions; give each an id",
                                      office->office);
            continue;
        }
        if (count == ROUTING_GROUP_MAX)
            return routing_refuse(problem, "offices", index, "", "more than %u rows of one office",
                                  ROUTING_GROUP_MAX);
        group[count] = (struct dated){i, other->from, other->until, other->office};
        if (!check_range("offices", &group[count++], problem))
            return false;
    }
    return check_group("offices", group, count, problem);
}

static bool has_same_regions(const struct routing_row *a, const struct routing_row *b)
{
    if (a->region_count != b->region_count)
        return false;
    for (unsigned i = 0; i < a->region_count; i++)
        if (strcmp(a->regions[i], b->regions[i]) != 0)
            return false;
    return true;
}

static bool has_same_codes(const struct routing_row *a, const struct routing_row *b)
{
    if (a->code_count != b->code_count)
        return false;
    for (unsigned i = 0; i < a->code_count; i++)
        if (strcmp(a->codes[i], b->codes[i]) != 0)
            return false;
    return true;
}

static bool check_row_names(const struct routing *routing, struct routing_problem *problem)
{
    for (unsigned i = 0; i < routing->row_count; i++)
        for (unsigned j = 0; j < i; j++)
            if (strcmp(routing->rows[i].row, routing->rows[j].row) == 0)
                return routing_refuse(problem, "routes", i, "row", "%s stands in the list already",
                                      routing->rows[i].row);
    return true;
}

static bool check_row(const struct routing *routing, unsigned index,
                      struct routing_problem *problem)
{
    const struct routing_row *row = &routing->rows[index];
    struct dated group[ROUTING_GROUP_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < row->region_count; i++)
        if (!routing_has_region(routing, row->regions[i]))
            return routing_refuse(problem, "routes", index, "regions",
                                  "there is no region %s; add it to regions", row->regions[i]);
    for (unsigned i = 0; i < routing->row_count; i++) {
        const struct routing_row *other = &routing->rows[i];
        if (strcmp(row->key, other->key) != 0)
            continue;
        bool is_same = has_same_regions(row, other) && row->actors == other->actors &&
                       row->outcomes == other->outcomes && row->is_by_act == other->is_by_act &&
                       row->dispositions == other->dispositions && has_same_codes(row, other);
        if (!is_same)
            return routing_refuse(problem, "routes", index > i ? index : i, "row",
                                  "rows of one key differ in days and tells alone; %s and %s "
                                  "differ in more",
                                  row->row, other->row);
        if (count == ROUTING_GROUP_MAX)
            return routing_refuse(problem, "routes", index, "row", "more than %u rows of one key",
                                  ROUTING_GROUP_MAX);
        group[count] = (struct dated){i, other->from, other->until, other->row};
        if (!check_range("routes", &group[count++], problem))
            return false;
    }
    return check_group("routes", group, count, problem);
}

static bool check_tells(const struct routing *routing, unsigned index,
                        struct routing_problem *problem)
{
    const struct routing_row *row = &routing->rows[index];
    bool is_of_review = (row->dispositions & (1u << DECISION_DISPOSITION_REVIEW)) != 0 ||
                        (row->outcomes & (1u << DECISION_OUTCOME_UNDECIDED)) != 0;
    for (unsigned i = 0; i < row->tell_count; i++) {
        if (routing_find_kind(routing, row->tells[i].kind) == NULL)
            return routing_refuse(problem, "routes", index, "tells",
                                  "there is no kind %s; add it to kinds", row->tells[i].kind);
        if (is_of_review && strcmp(row->tells[i].kind, ROUTING_REVIEWER) != 0)
            return routing_refuse(problem, "routes", index, "tells",
                                  "%s would be told of what a person must still look at; tell "
                                  "%s alone, or leave undecided and review out",
                                  row->tells[i].kind, ROUTING_REVIEWER);
    }
    return true;
}

bool routing_check(const struct routing *routing, struct routing_problem *ret_problem)
{
    *ret_problem = (struct routing_problem){.path = ""};
    if (!check_regions(routing, ret_problem) || !check_kinds(routing, ret_problem))
        return false;
    for (unsigned i = 0; i < routing->office_count; i++)
        if (!check_office(routing, i, ret_problem))
            return false;
    if (!check_row_names(routing, ret_problem))
        return false;
    for (unsigned i = 0; i < routing->row_count; i++)
        if (!check_row(routing, i, ret_problem) || !check_tells(routing, i, ret_problem))
            return false;
    return routing_check_cover(routing, ret_problem);
}
