/* The calendar: holidays and elections, as the engine asks them. */
#include "common/case/day.h"
#include "services/classification/classification_tables_parts.h"

#include <ctype.h>
#include <string.h>

#define REPORT_LIMIT_DAYS_MAX 365u
/* "STAGE-" and the name are a rule's name in reasons. */
#define ELECTION_BYTES_MAX (CODE_BYTES - 6u)

/* Groups of digits between dots: "36", "36.04", "36.04.01.2001". */
static bool is_region(const char *text)
{
    size_t size = strlen(text);
    if (size < 2 || size > FACTS_REGION_BYTES_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        bool is_dot_place = i == 2 || i == 5 || i == 8;
        if (is_dot_place ? text[i] != '.' : !isdigit((unsigned char)text[i]))
            return false;
    }
    return size == 2 || size == 5 || size == 8 || size == 13;
}

static enum status keep_regions(const struct table_place *place, char **regions, unsigned count,
                                const char **ret_regions)
{
    for (unsigned i = 0; i < count; i++) {
        if (!is_region(regions[i]))
            return refuse_at(place, "regions",
                             "\"%.40s\" is no region code; write it as 36 or 36.04", regions[i]);
        TRY(keep_text(place->load, regions[i], &ret_regions[i]));
    }
    return STATUS_OK;
}

static enum status check_sources(struct table_load *load)
{
    const struct calendar_document *document = load->calendar;
    for (unsigned i = 0; i < document->sources_count; i++) {
        struct table_place place = place_of(load, &load->calendar_source, "sources[%u]", i);
        TRY(check_unique(&place, "source", document->sources, sizeof(struct source_entry), i));
    }
    return STATUS_OK;
}

static enum status load_holidays(struct table_load *load)
{
    const struct calendar_document *document = load->calendar;
    uint32_t *days = NULL;
    TRY(take_room(load, document->holidays_count * sizeof *days, &days));
    for (unsigned i = 0; i < document->holidays_count; i++) {
        const struct holiday_entry *entry = &document->holidays[i];
        struct table_place place = place_of(load, &load->calendar_source, "holidays[%u]", i);
        if (!day_from_text(entry->day, &days[i]))
            return refuse_at(&place, "day", "\"%.20s\" is no day; write it as 2024-12-25",
                             entry->day);
        if (entry->source != NULL) /* a public holiday needs no page */
            TRY(check_source(&place, entry->source));
        TRY(check_unique(&place, "day", document->holidays, sizeof *entry, i));
    }
    load->ruleset->calendar.holidays = days;
    load->ruleset->calendar.holiday_count = document->holidays_count;
    return STATUS_OK;
}

static enum status load_offices(const struct table_place *place,
                                const struct election_entry *entry, struct election *election)
{
    for (unsigned i = 0; i < entry->offices_count; i++) {
        TRY(keep_code(place, "offices", entry->offices[i], &election->offices[i]));
        for (unsigned k = 0; k < i; k++) {
            if (strcmp(entry->offices[k], entry->offices[i]) == 0)
                return refuse_at(place, "offices", "\"%s\" is there twice; remove one",
                                 entry->offices[i]);
        }
    }
    election->office_count = entry->offices_count;
    return STATUS_OK;
}

static enum status load_windows(struct table_load *load, unsigned index,
                                const struct election_entry *entry, struct election *election)
{
    struct window_row *rows = NULL;
    TRY(take_room(load, entry->windows_count * sizeof *rows, &rows));
    for (unsigned i = 0; i < entry->windows_count; i++) {
        const struct window_entry *window = &entry->windows[i];
        struct table_place place =
            place_of(load, &load->calendar_source, "elections[%u].windows[%u]", index, i);
        TRY(check_source(&place, window->source));
        TRY(read_days(&place, window->from, window->until, &rows[i].days));
        TRY(keep_regions(&place, window->regions, window->regions_count, rows[i].regions));
        rows[i].region_count = window->regions_count;
    }
    election->windows = rows;
    election->window_count = entry->windows_count;
    return STATUS_OK;
}

static enum status read_offices(const struct table_place *place, const struct stage_entry *entry,
                                const struct election *election, uint32_t *ret_offices)
{
    for (unsigned i = 0; i < entry->offices_count; i++) {
        uint32_t office = 0;
        while (office < election->office_count &&
               strcmp(election->offices[office], entry->offices[i]) != 0)
            office++;
        if (office == election->office_count)
            return refuse_at(place, "offices", "\"%.40s\" is no office of %s", entry->offices[i],
                             election->name);
        *ret_offices |= 1u << office;
    }
    return STATUS_OK;
}

static enum status load_stages(struct table_load *load, unsigned index,
                               const struct election_entry *entry, struct election *election)
{
    struct stage_row *rows = NULL;
    TRY(take_room(load, entry->stages_count * sizeof *rows, &rows));
    for (unsigned i = 0; i < entry->stages_count; i++) {
        const struct stage_entry *stage = &entry->stages[i];
        struct table_place place =
            place_of(load, &load->calendar_source, "elections[%u].stages[%u]", index, i);
        rows[i].stage = stage->stage;
        TRY(check_source(&place, stage->source));
        TRY(read_days(&place, stage->from, stage->until, &rows[i].days));
        TRY(keep_regions(&place, stage->regions, stage->regions_count, rows[i].regions));
        rows[i].region_count = stage->regions_count;
        TRY(read_offices(&place, stage, election, &rows[i].offices));
    }
    election->stages = rows;
    election->stage_count = entry->stages_count;
    return check_stages(load, index, election);
}

static enum status check_phases(struct table_load *load, unsigned index,
                                const struct election_entry *entry)
{
    for (unsigned i = 0; i < entry->phases_count; i++) {
        struct table_place place =
            place_of(load, &load->calendar_source, "elections[%u].phases[%u]", index, i);
        const char *regions[REGIONS_MAX];
        struct day_range days;
        TRY(check_source(&place, entry->phases[i].source));
        TRY(keep_regions(&place, entry->phases[i].regions, entry->phases[i].regions_count,
                         regions));
        TRY(read_days(&place, entry->phases[i].from, entry->phases[i].until, &days));
    }
    return STATUS_OK;
}

static enum status load_election(struct table_load *load, unsigned index,
                                 struct election *election)
{
    const struct election_entry *entry = &load->calendar->elections[index];
    struct table_place place = place_of(load, &load->calendar_source, "elections[%u]", index);
    struct table_place limit =
        place_of(load, &load->calendar_source, "elections[%u].report_limit", index);
    TRY(check_unique(&place, "election", load->calendar->elections, sizeof *entry, index));
    TRY(keep_code(&place, "election", entry->election, &election->name));
    if (strlen(entry->election) > ELECTION_BYTES_MAX)
        return refuse_at(&place, "election", "longer than %u bytes; shorten it",
                         ELECTION_BYTES_MAX);
    TRY(read_number(&limit, "days", entry->report_limit.days, 1, REPORT_LIMIT_DAYS_MAX,
                    &election->report_limit_days));
    election->is_report_limit_in_working_days = entry->report_limit.unit == DAY_UNIT_WORKING;
    TRY(load_offices(&place, entry, election));
    TRY(load_windows(load, index, entry, election));
    TRY(load_stages(load, index, entry, election));
    return check_phases(load, index, entry);
}

enum status load_calendar(struct table_load *load)
{
    const struct calendar_document *document = load->calendar;
    struct calendar *calendar = &load->ruleset->calendar;
    struct election *elections = NULL;
    TRY(check_sources(load));
    TRY(load_holidays(load));
    TRY(take_room(load, document->elections_count * sizeof *elections, &elections));
    for (unsigned i = 0; i < document->elections_count; i++)
        TRY(load_election(load, i, &elections[i]));
    calendar->elections = elections;
    calendar->election_count = document->elections_count;
    return STATUS_OK;
}
