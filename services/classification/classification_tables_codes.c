/* Sources, thresholds, authorities and codes. */
#include "common/case/day.h"
#include "services/classification/classification_tables_parts.h"

#include <string.h>

static const char *const sanctions[] = {"moral", "sedang", "berat", "ptdh", "lain", "none"};

static enum status load_thresholds(struct table_load *load)
{
    const struct threshold_entry *entry = &load->rules->thresholds;
    struct thresholds *thresholds = &load->ruleset->thresholds;
    struct table_place place = place_of(load, &load->rules_source, "thresholds");
    TRY(read_number(&place, "decide", entry->decide, 1, 1000, &thresholds->decide));
    TRY(read_number(&place, "further", entry->further, 1, 100, &thresholds->further));
    return read_number(&place, "auto", entry->auto_permille, 1, 1000, &thresholds->auto_permille);
}

static enum status check_sources(struct table_load *load)
{
    for (unsigned i = 0; i < load->rules->sources_count; i++) {
        struct table_place place = place_of(load, &load->rules_source, "sources[%u]", i);
        TRY(check_unique(&place, "source", load->rules->sources, sizeof(struct source_entry), i));
    }
    return STATUS_OK;
}

/* ---- authorities ---- */

/* Whether the row begins on the day behind the one before it; the first is open. */
static enum status check_follows(const struct table_place *place, uint32_t before_until,
                                 bool is_first, struct day_range days)
{
    char expected[DAY_TEXT_SIZE];
    if (is_first && days.from != 0)
        return refuse_at(place, "from",
                         "leaves the days before it without; the first row has no "
                         "\"from\"");
    if (is_first)
        return STATUS_OK;
    if (before_until == 0)
        return refuse_at(place, NULL, "comes behind a row without \"until\"; close that one");
    uint32_t next = day_add(before_until, 1);
    day_to_text(next, expected);
    if (days.from != next)
        return refuse_at(place, "from", "leaves a %s to the row before; begin it on %s",
                         days.from > next ? "gap" : "overlap", expected);
    return STATUS_OK;
}

static enum status load_authorities(struct table_load *load)
{
    const struct rules_document *rules = load->rules;
    struct authority_row *rows = NULL;
    uint32_t until = 0;
    TRY(take_room(load, rules->authorities_count * sizeof *rows, &rows));
    for (unsigned i = 0; i < rules->authorities_count; i++) {
        const struct authority_entry *entry = &rules->authorities[i];
        struct table_place place = place_of(load, &load->rules_source, "authorities[%u]", i);
        TRY(keep_code(&place, "authority", entry->authority, &rows[i].authority));
        TRY(read_days(&place, entry->from, entry->until, &rows[i].days));
        TRY(check_source(&place, entry->source));
        TRY(check_follows(&place, until, i == 0, rows[i].days));
        until = rows[i].days.until;
        if (i + 1 == rules->authorities_count && until != 0)
            return refuse_at(&place, "until",
                             "leaves the days after it without; the last row has "
                             "no \"until\"");
    }
    load->ruleset->authorities = rows;
    load->ruleset->authority_count = rules->authorities_count;
    return STATUS_OK;
}

/* ---- codes ---- */

static uint32_t rows_on(const struct basis_row *rows, uint32_t count, uint32_t day)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        found += day_range_has(rows[i].days, day);
    return found;
}

/* One row at least for every day, and not too many: asked where rows begin and end. */
static enum status check_basis(const struct table_place *place, const struct basis_row *rows,
                               uint32_t count)
{
    char text[DAY_TEXT_SIZE];
    uint32_t least = 19000101;
    uint32_t most = 21991231;
    for (uint32_t i = 0; i < 2 * count + 2; i++) {
        const struct basis_row *row = &rows[i / 2 < count ? i / 2 : 0];
        uint32_t day = i % 2 == 0 ? row->days.from : row->days.until;
        if (i >= 2 * count)
            day = i % 2 == 0 ? least : most;
        else if (i % 2 == 1 && day != 0 && day < most)
            day = day_add(day, 1);
        if (day == 0)
            continue;
        day_to_text(day, text);
        uint32_t found = rows_on(rows, count, day);
        if (found == 0)
            return refuse_at(place, "basis", "has no row for %s; close the gap", text);
        if (found > BASIS_ROWS_MAX)
            return refuse_at(place, "basis", "has more than %u rows for %s; their days overlap",
                             BASIS_ROWS_MAX, text);
    }
    return STATUS_OK;
}

static enum status load_basis(const struct table_place *place, unsigned index,
                              const struct code_entry *entry, struct code_row *row)
{
    struct table_load *load = place->load;
    struct basis_row *rows = NULL;
    TRY(take_room(load, entry->basis_count * sizeof *rows, &rows));
    for (unsigned i = 0; i < entry->basis_count; i++) {
        const struct basis_entry *basis = &entry->basis[i];
        struct table_place at =
            place_of(load, &load->rules_source, "codes[%u].basis[%u]", index, i);
        TRY(check_source(&at, basis->source));
        TRY(read_days(&at, basis->from, basis->until, &rows[i].days));
        TRY(keep_text(load, basis->article, &rows[i].article));
        TRY(keep_text(load, basis->source, &rows[i].source));
    }
    row->basis = rows;
    row->basis_count = entry->basis_count;
    return check_basis(place, rows, row->basis_count);
}

static enum status check_sanction(const struct table_place *place, const char *sanction)
{
    for (size_t i = 0; i < sizeof sanctions / sizeof sanctions[0]; i++) {
        if (strcmp(sanctions[i], sanction) == 0)
            return STATUS_OK;
    }
    return refuse_at(place, "sanction",
                     "\"%.20s\" is no class; use moral, sedang, berat, ptdh, lain or none",
                     sanction);
}

static bool is_bound_by_codes(enum actor actor)
{
    return actor <= ACTOR_PJ_KEPALA_DAERAH; /* unknown, ASN, ASN of a vertical agency, acting */
}

static enum status load_code_actor(const struct table_place *place, const struct code_entry *entry,
                                   struct code_row *row)
{
    const struct ruleset *ruleset = place->load->ruleset;
    if (entry->actor == NULL)
        return STATUS_OK;
    if (!find_actor(entry->actor, &row->actor) || is_bound_by_codes(row->actor))
        return refuse_at(place, "actor",
                         "\"%.40s\" is no actor that is no ASN; use KADES, TNI_POLRI, HONORER, "
                         "ELECTED or ORGANISER",
                         entry->actor);
    if (entry->outcome != OUTCOME_NOT_A_VIOLATION)
        return refuse_at(place, "actor",
                         "only a code with outcome not_a_violation takes an "
                         "actor's violations");
    for (const struct code_row *other = ruleset->codes; other < row; other++) {
        if (other->actor == row->actor)
            return refuse_at(place, "actor", "%s has a code already: %s; remove one", entry->actor,
                             other->code);
    }
    return STATUS_OK;
}

static enum status load_code(struct table_load *load, unsigned index, struct code_row *row)
{
    const struct code_entry *entry = &load->rules->codes[index];
    struct table_place place = place_of(load, &load->rules_source, "codes[%u]", index);
    TRY(check_unique(&place, "code", load->rules->codes, sizeof *entry, index));
    TRY(keep_code(&place, "code", entry->code, &row->code));
    TRY(keep_text(load, entry->label, &row->label));
    TRY(keep_text(load, entry->skb, &row->skb));
    TRY(check_sanction(&place, entry->sanction));
    TRY(keep_text(load, entry->sanction, &row->sanction));
    row->outcome = entry->outcome;
    row->stage = entry->stage;
    row->pair = NO_CODE;
    if (entry->outcome != OUTCOME_VIOLATION && entry->stage != CODE_STAGE_ANY)
        return refuse_at(&place, "stage", "only a violation has a stage; use any");
    TRY(load_code_actor(&place, entry, row));
    return load_basis(&place, index, entry, row);
}

/* A pair is two violations of opposite stages that name each other. */
static enum status check_pair(struct table_load *load, unsigned index, struct code_row *rows)
{
    const struct code_entry *entry = &load->rules->codes[index];
    struct table_place place = place_of(load, &load->rules_source, "codes[%u]", index);
    if (entry->pair == NULL)
        return STATUS_OK;
    uint32_t pair = find_code(load->ruleset, entry->pair);
    if (pair == NO_CODE)
        return refuse_at(&place, "pair", "\"%.40s\" is not among the codes", entry->pair);
    const char *back = load->rules->codes[pair].pair;
    if (back == NULL || strcmp(back, entry->code) != 0)
        return refuse_at(&place, "pair", "%s doesn't point back; give it pair: %s", entry->pair,
                         entry->code);
    if (rows[index].stage == CODE_STAGE_ANY || rows[pair].stage == CODE_STAGE_ANY ||
        rows[index].stage == rows[pair].stage)
        return refuse_at(&place, "pair",
                         "a pair has one code of stage bakal_calon and one of "
                         "calon");
    rows[index].pair = pair;
    return STATUS_OK;
}

enum status load_codes(struct table_load *load)
{
    struct ruleset *ruleset = load->ruleset;
    struct code_row *rows = NULL;
    bool has_question = false;
    TRY(keep_text(load, load->rules->version, &ruleset->version));
    TRY(load_thresholds(load));
    TRY(check_sources(load));
    TRY(load_authorities(load));
    TRY(take_room(load, load->rules->codes_count * sizeof *rows, &rows));
    ruleset->codes = rows;
    for (unsigned i = 0; i < load->rules->codes_count; i++) {
        TRY(load_code(load, i, &rows[i]));
        has_question |= rows[i].outcome == OUTCOME_NEEDS_INFORMATION;
        ruleset->code_count = i + 1;
    }
    for (unsigned i = 0; i < load->rules->codes_count; i++)
        TRY(check_pair(load, i, rows));
    struct table_place place = place_of(load, &load->rules_source, "codes");
    if (!has_question)
        return refuse_at(&place, NULL, "no code has outcome needs_information; add PERLU-INFO");
    return STATUS_OK;
}
