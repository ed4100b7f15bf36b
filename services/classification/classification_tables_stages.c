/* That an election's rows say one thing for every region, office and day, and leave no day out. */
#include "common/case/day.h"
#include "services/classification/classification_tables_parts.h"

#include <string.h>

#define FIRST_DAY 19000101u
#define LAST_DAY 21991231u

static uint32_t from_of(const struct stage_row *row)
{
    return row->days.from == 0 ? FIRST_DAY : row->days.from;
}

static uint32_t until_of(const struct stage_row *row)
{
    return row->days.until == 0 ? LAST_DAY : row->days.until;
}

/* Whether the first region lies in the second, or is it. */
static bool lies_in(const char *region, const char *outer)
{
    size_t size = strlen(outer);
    return strncmp(outer, region, size) == 0 && (region[size] == '\0' || region[size] == '.');
}

static const char *shared_region(const struct stage_row *a, const struct stage_row *b)
{
    for (uint32_t i = 0; i < a->region_count; i++) {
        for (uint32_t k = 0; k < b->region_count; k++) {
            if (lies_in(a->regions[i], b->regions[k]))
                return a->regions[i];
            if (lies_in(b->regions[k], a->regions[i]))
                return b->regions[k];
        }
    }
    return NULL;
}

static enum status check_contradiction(const struct table_place *place,
                                       const struct election *election, uint32_t index)
{
    const struct stage_row *row = &election->stages[index];
    for (uint32_t i = 0; i < index; i++) {
        const struct stage_row *other = &election->stages[i];
        uint32_t from = from_of(row) > from_of(other) ? from_of(row) : from_of(other);
        uint32_t until = until_of(row) < until_of(other) ? until_of(row) : until_of(other);
        uint32_t offices = row->offices & other->offices;
        const char *region = shared_region(row, other);
        if (row->stage == other->stage || offices == 0 || region == NULL || from > until)
            continue;
        char day[DAY_TEXT_SIZE];
        day_to_text(from, day);
        return refuse_at(place, NULL,
                         "gives %s in %s on %s another stage than stages[%u]; move the days",
                         election->offices[__builtin_ctz(offices)], region, day, i);
    }
    return STATUS_OK;
}

static bool is_row_for(const struct stage_row *row, uint32_t office, const char *region)
{
    bool is_there = false;
    for (uint32_t i = 0; i < row->region_count; i++)
        is_there |= lies_in(region, row->regions[i]);
    return is_there && (row->offices >> office & 1) != 0;
}

/* The day behind this row that no row of the office and region covers, while a later one does;
 * 0: there is none. */
static uint32_t gap_behind(const struct election *election, uint32_t office, const char *region,
                           uint32_t until)
{
    bool has_later = false;
    if (until >= LAST_DAY)
        return 0;
    uint32_t next = day_add(until, 1);
    for (uint32_t i = 0; i < election->stage_count; i++) {
        const struct stage_row *row = &election->stages[i];
        if (!is_row_for(row, office, region))
            continue;
        if (from_of(row) <= next && until_of(row) >= next)
            return 0;
        has_later |= from_of(row) > next;
    }
    return has_later ? next : 0;
}

/* For every region that the row names and every office of it. */
static enum status check_gap(const struct table_place *place, const struct election *election,
                             uint32_t index)
{
    const struct stage_row *row = &election->stages[index];
    for (uint32_t i = 0; i < row->region_count * election->office_count; i++) {
        uint32_t office = i % election->office_count;
        const char *region = row->regions[i / election->office_count];
        char text[DAY_TEXT_SIZE];
        if (!is_row_for(row, office, region))
            continue;
        uint32_t day = gap_behind(election, office, region, until_of(row));
        if (day == 0)
            continue;
        day_to_text(day, text);
        return refuse_at(place, "until",
                         "no row covers %s in %s on %s, behind this one; close the gap",
                         election->offices[office], region, text);
    }
    return STATUS_OK;
}

/* A region below another's rows may have rows of its own far from them: its days are checked as it
 * sees them, those of the outer region included. */
static enum status check_inner_gap(const struct table_place *place,
                                   const struct election *election, uint32_t index)
{
    const struct stage_row *row = &election->stages[index];
    for (uint32_t i = 0; i < election->stage_count; i++) {
        const struct stage_row *outer = &election->stages[i];
        for (uint32_t k = 0; k < row->region_count * election->office_count; k++) {
            uint32_t office = k % election->office_count;
            const char *region = row->regions[k / election->office_count];
            if (!is_row_for(row, office, region) || !is_row_for(outer, office, region))
                continue;
            uint32_t day = gap_behind(election, office, region, until_of(outer));
            char text[DAY_TEXT_SIZE];
            if (day == 0)
                continue;
            day_to_text(day, text);
            return refuse_at(place, NULL, "no row covers %s in %s on %s; close the gap",
                             election->offices[office], region, text);
        }
    }
    return STATUS_OK;
}

enum status check_stages(struct table_load *load, unsigned election, const struct election *made)
{
    uint32_t offices = 0;
    for (uint32_t i = 0; i < made->stage_count; i++) {
        struct table_place place =
            place_of(load, &load->calendar_source, "elections[%u].stages[%u]", election, i);
        offices |= made->stages[i].offices;
        TRY(check_contradiction(&place, made, i));
        TRY(check_gap(&place, made, i));
        TRY(check_inner_gap(&place, made, i));
    }
    struct table_place place = place_of(load, &load->calendar_source, "elections[%u]", election);
    for (uint32_t i = 0; i < made->office_count; i++) {
        if ((offices >> i & 1) == 0)
            return refuse_at(&place, "stages", "no row for the office %s; add one",
                             made->offices[i]);
    }
    return STATUS_OK;
}
