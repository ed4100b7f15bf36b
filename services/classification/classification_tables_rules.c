/* The rows that resolve actor, office and election, and the rules. */
#include "services/classification/classification_tables_parts.h"

#include <string.h>

#define POINTS_MAX 1000u

/* What the engine finds missing by itself (decide_verdict.c); a ruleset's own count with them. */
static const char *const engine_missing[] = {"ACT", "ACTOR", "DATE", "ELECTION", "OFFICE"};

/* ---- resolvers ---- */

static bool is_office(const struct calendar *calendar, const char *office)
{
    for (uint32_t i = 0; i < calendar->election_count; i++) {
        for (uint32_t k = 0; k < calendar->elections[i].office_count; k++) {
            if (strcmp(calendar->elections[i].offices[k], office) == 0)
                return true;
        }
    }
    return false;
}

static bool is_election(const struct calendar *calendar, const char *name)
{
    for (uint32_t i = 0; i < calendar->election_count; i++) {
        if (strcmp(calendar->elections[i].name, name) == 0)
            return true;
    }
    return false;
}

/* An actor that is no ASN needs the code that takes his violations. */
static enum status check_actor(const struct table_place *place, const struct resolver *row)
{
    const struct ruleset *ruleset = place->load->ruleset;
    if (row->actor <= ACTOR_PJ_KEPALA_DAERAH)
        return STATUS_OK;
    for (uint32_t i = 0; i < ruleset->code_count; i++) {
        if (ruleset->codes[i].actor == row->actor)
            return STATUS_OK;
    }
    return refuse_at(place, "actor", "no code takes the violations of %s; add one with actor: %s",
                     row->target, row->target);
}

static enum status check_target(const struct table_place *place, enum premise_time time,
                                struct resolver *row)
{
    const struct calendar *calendar = &place->load->ruleset->calendar;
    if (time == PREMISE_FOR_ACTOR && !find_actor(row->target, &row->actor))
        return refuse_at(place, "actor", "\"%.40s\" is no actor", row->target);
    if (time == PREMISE_FOR_ACTOR)
        return check_actor(place, row);
    if (time == PREMISE_FOR_OFFICE && !is_office(calendar, row->target))
        return refuse_at(place, "office", "\"%.40s\" is no office of the calendar", row->target);
    if (time == PREMISE_FOR_ELECTION && !is_election(calendar, row->target))
        return refuse_at(place, "election", "\"%.40s\" is no election of the calendar",
                         row->target);
    return STATUS_OK;
}

/* Several rows may share a rule's name: they say the same in other words. */
static enum status load_resolvers(struct table_load *load, const char *list,
                                  const struct resolver_entry *entries, unsigned count,
                                  enum premise_time time, struct resolvers *ret_resolvers)
{
    struct resolver *rows = NULL;
    TRY(take_room(load, count * sizeof *rows, &rows));
    for (unsigned i = 0; i < count; i++) {
        struct table_place place = place_of(load, &load->rules_source, "%s[%u]", list, i);
        TRY(keep_code(&place, "rule", entries[i].rule, &rows[i].name));
        TRY(keep_text(load, entries[i].target, &rows[i].target));
        TRY(check_target(&place, time, &rows[i]));
        TRY(load_premise(&place, &entries[i].premise, time, &rows[i].premise));
    }
    *ret_resolvers = (struct resolvers){.rows = rows, .count = count};
    return STATUS_OK;
}

/* ---- rules ---- */

static enum status load_gift(const struct table_place *place, const struct rule_entry *entry,
                             struct rule *rule)
{
    const char *given[] = {entry->code, entry->flag, entry->missing, entry->conflict};
    static const char *const keys[] = {"code", "flag", "missing", "conflict"};
    unsigned count = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (given[i] == NULL)
            continue;
        count++;
        rule->gift = (enum gift)i;
        TRY(keep_code(place, keys[i], given[i], &rule->target));
    }
    if (count != 1)
        return refuse_at(place, NULL, "gives %u things; give one of code, flag, missing, conflict",
                         count);
    if (rule->gift != GIFT_CODE && entry->points != NULL)
        return refuse_at(place, "points", "only a rule that gives a code gives points");
    if (rule->gift != GIFT_CODE)
        return STATUS_OK;
    rule->code = find_code(place->load->ruleset, rule->target);
    if (rule->code == NO_CODE)
        return refuse_at(place, "code", "\"%.40s\" is not among the codes", rule->target);
    return read_number(place, "points", entry->points, 1, POINTS_MAX, &rule->points);
}

/* How many different things the rules up to `last` give of a kind. */
static uint32_t count_targets(const struct rule *rules, uint32_t last, enum gift gift)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i <= last; i++) {
        bool is_new = rules[i].gift == gift;
        for (uint32_t k = 0; k < i && is_new; k++)
            is_new = rules[k].gift != gift || strcmp(rules[k].target, rules[i].target) != 0;
        for (size_t k = 0; k < sizeof engine_missing / sizeof engine_missing[0] && is_new; k++)
            is_new = gift != GIFT_MISSING || strcmp(engine_missing[k], rules[i].target) != 0;
        count += is_new;
    }
    return count;
}

static enum status check_limits(const struct table_place *place, const struct rule *rules,
                                uint32_t index)
{
    static const uint32_t limits[] = {
        [GIFT_FLAG] = VERDICT_FLAGS_MAX,
        [GIFT_MISSING] = VERDICT_MISSING_MAX - sizeof engine_missing / sizeof engine_missing[0],
        [GIFT_CONFLICT] = VERDICT_CONFLICTS_MAX,
    };
    static const char *const keys[] = {
        [GIFT_FLAG] = "flag", [GIFT_MISSING] = "missing", [GIFT_CONFLICT] = "conflict"};
    enum gift gift = rules[index].gift;
    if (gift == GIFT_CODE || count_targets(rules, index, gift) <= limits[gift])
        return STATUS_OK;
    return refuse_at(place, keys[gift],
                     "\"%s\" is one more than the %u that a verdict holds; use one of the others",
                     rules[index].target, limits[gift]);
}

/* Its own rows' names and the engine's are not to be taken for a rule's. */
static enum status check_name(struct table_load *load, const struct table_place *place,
                              unsigned index)
{
    const struct rule_entry *entries = load->rules->rules;
    return check_unique(place, "rule", entries, sizeof *entries, index);
}

static enum status load_rule(struct table_load *load, struct rule *rules, unsigned index)
{
    const struct rule_entry *entry = &load->rules->rules[index];
    struct rule *rule = &rules[index];
    struct table_place place = place_of(load, &load->rules_source, "rules[%u]", index);
    TRY(check_name(load, &place, index));
    TRY(keep_code(&place, "rule", entry->rule, &rule->name));
    TRY(load_gift(&place, entry, rule));
    TRY(check_limits(&place, rules, index));
    return load_premise(&place, &entry->premise,
                        rule->gift == GIFT_CODE ? PREMISE_FOR_CODE : PREMISE_FOR_REST,
                        &rule->premise);
}

enum status load_rules(struct table_load *load)
{
    const struct rules_document *document = load->rules;
    struct ruleset *ruleset = load->ruleset;
    struct rule *rules = NULL;
    TRY(load_resolvers(load, "actors", document->actors, document->actors_count, PREMISE_FOR_ACTOR,
                       &ruleset->actors));
    TRY(load_resolvers(load, "elections", document->elections, document->elections_count,
                       PREMISE_FOR_ELECTION, &ruleset->elections));
    TRY(load_resolvers(load, "offices", document->offices, document->offices_count,
                       PREMISE_FOR_OFFICE, &ruleset->offices));
    TRY(take_room(load, document->rules_count * sizeof *rules, &rules));
    for (unsigned i = 0; i < document->rules_count; i++)
        TRY(load_rule(load, rules, i));
    ruleset->rules = rules;
    ruleset->rule_count = document->rules_count;
    return STATUS_OK;
}
