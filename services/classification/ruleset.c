/* What a service asks of a ruleset. */
#include "common/base/invariant.h"
#include "services/classification/ruleset_parts.h"

#include <string.h>

const uint8_t *ruleset_digest(const struct ruleset *ruleset)
{
    return ruleset->digest;
}

struct view ruleset_bytes(const struct ruleset *ruleset)
{
    return ruleset->bytes;
}

const char *ruleset_version(const struct ruleset *ruleset)
{
    return ruleset->version;
}

void ruleset_free(struct ruleset *ruleset)
{
    if (ruleset == NULL)
        return;
    vocabulary_close(&ruleset->vocabulary);
    struct arena arena = ruleset->arena; /* the ruleset lies in what is unmapped */
    arena_close(&arena);
}

static const struct code_row *find_code(const struct ruleset *ruleset, const char *code)
{
    for (uint32_t i = 0; i < ruleset->code_count; i++) {
        if (strcmp(ruleset->codes[i].code, code) == 0)
            return &ruleset->codes[i];
    }
    return NULL;
}

/* Of the rows with a date, the one that begins last. */
static const struct basis_row *newest_of(const struct code_row *code)
{
    const struct basis_row *newest = NULL;
    for (uint32_t i = 0; i < code->basis_count; i++) {
        const struct basis_row *row = &code->basis[i];
        bool is_dated = row->days.from != 0 || row->days.until != 0;
        if (is_dated && (newest == NULL || row->days.from > newest->days.from))
            newest = row;
    }
    return newest;
}

unsigned ruleset_basis(const struct ruleset *ruleset, const char *code, uint32_t day,
                       struct code_basis rows[BASIS_ROWS_MAX])
{
    const struct code_row *row = find_code(ruleset, code);
    unsigned count = 0;
    if (row == NULL)
        return 0;
    const struct basis_row *newest = newest_of(row);
    for (uint32_t i = 0; i < row->basis_count && count < BASIS_ROWS_MAX; i++) {
        const struct basis_row *basis = &row->basis[i];
        bool is_undated = basis->days.from == 0 && basis->days.until == 0;
        if (day == 0 ? !is_undated && basis != newest : !day_range_has(basis->days, day))
            continue;
        rows[count++] = (struct code_basis){
            .code = row->code,
            .label = row->label,
            .skb = row->skb,
            .article = basis->article,
            .source = basis->source,
            .sanction = row->sanction,
        };
    }
    return count;
}

bool ruleset_outcome(const struct ruleset *ruleset, const char *code, enum outcome *ret_outcome)
{
    const struct code_row *row = find_code(ruleset, code);
    if (row == NULL)
        return false;
    *ret_outcome = row->outcome;
    return true;
}

bool ruleset_stage(const struct ruleset *ruleset, const char *code, enum stage *ret_stage)
{
    const struct code_row *row = find_code(ruleset, code);
    if (row == NULL)
        return false;
    switch (row->stage) {
    case CODE_STAGE_ANY:
        *ret_stage = STAGE_NONE;
        return true;
    case CODE_STAGE_BAKAL_CALON:
        *ret_stage = STAGE_BAKAL_CALON;
        return true;
    case CODE_STAGE_CALON:
        *ret_stage = STAGE_CALON;
        return true;
    }
    return false;
}

const char *ruleset_authority(const struct ruleset *ruleset, uint32_t day)
{
    for (uint32_t i = 0; i < ruleset->authority_count; i++) {
        if (day_range_has(ruleset->authorities[i].days, day))
            return ruleset->authorities[i].authority;
    }
    INVARIANT(false && "the loader leaves no day without an authority");
}

const char *ruleset_code_at(const struct ruleset *ruleset, unsigned index)
{
    return index < ruleset->code_count ? ruleset->codes[index].code : NULL;
}
