/*
 * The engine on any text: every report that passes facts_check is decided by the delivered ruleset
 * within its scratch memory, twice with the same bytes, and its spans lie within the texts.
 */
#include "common/case/day.h"
#include "common/wire/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/tables.h"

#include <stdlib.h>
#include <string.h>

static struct arena *scratch_arena(void)
{
    static struct arena scratch;
    if (scratch.base == NULL)
        FUZZ_CHECK(arena_open(&scratch, RULESET_SCRATCH_BYTES) == STATUS_OK);
    arena_reset(&scratch);
    return &scratch;
}

static const char *text_of(const struct facts *facts, enum text_field field)
{
    switch (field) {
    case TEXT_FIELD_DESCRIPTION:
        return facts->incident.description;
    case TEXT_FIELD_PLACE:
        return facts->incident.place;
    case TEXT_FIELD_POSITION:
        return facts->subject.position;
    case TEXT_FIELD_UNIT:
        return facts->subject.unit;
    }
    return "";
}

static void check_spans(const struct facts *facts, const struct verdict *verdict)
{
    for (unsigned i = 0; i < verdict->reason_count; i++) {
        const struct reason *reason = &verdict->reasons[i];
        FUZZ_CHECK(reason->date == 0 || day_is_valid(reason->date));
        for (unsigned k = 0; k < reason->span_count; k++) {
            const struct span *span = &reason->spans[k];
            FUZZ_CHECK(span->begin < span->end);
            FUZZ_CHECK(span->end <= strlen(text_of(facts, span->field)));
        }
    }
}

static void decide(const struct facts *facts)
{
    static struct facts_problems problems;
    struct verdict first, second;
    struct diag diag = {0};
    memset(&problems, 0, sizeof problems);
    facts_check(facts, 21991231, &problems);
    if (problems.count > 0)
        return;
    FUZZ_CHECK(ruleset_decide(tables_ruleset(), facts, scratch_arena(), &first) == STATUS_OK);
    FUZZ_CHECK(verdict_check(&first, &diag) == STATUS_OK);
    check_spans(facts, &first);
    FUZZ_CHECK(ruleset_decide(tables_ruleset(), facts, scratch_arena(), &second) == STATUS_OK);
    FUZZ_CHECK(memcmp(&first, &second, sizeof first) == 0);
}

/* A day of the calendar, or none. */
static uint32_t take_day(struct view *rest)
{
    uint16_t number = 0;
    fuzz_take_into(rest, (uint8_t *)&number, sizeof number);
    return number == 0 ? 0 : day_of_number(10957 + number % 73049); /* from 2000-01-01 */
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const elections[] = {"", "PILKADA_2024", "PEMILU_2024"};
    static const char *const offices[] = {"", "BUPATI", "PRESIDEN", "GUBERNUR"};
    static const char *const regions[] = {"36", "36.04", "36.71", "36.04.01.2001"};
    struct view rest = view_of(bytes, size);
    struct facts facts;
    char *texts[4];
    facts_clear(&facts);
    facts.incident.date = take_day(&rest);
    facts.received = take_day(&rest);
    facts.subject.cltn.from = take_day(&rest);
    facts.subject.employment = (enum employment)(fuzz_take_byte(&rest) % EMPLOYMENT_COUNT);
    facts.subject.is_spouse_of_candidate = (enum answer)(fuzz_take_byte(&rest) % 4);
    facts.subject.cltn.status = (enum answer)(fuzz_take_byte(&rest) % 4);
    facts.incident.election = elections[fuzz_take_byte(&rest) % 3];
    facts.incident.office = offices[fuzz_take_byte(&rest) % 4];
    facts.region = regions[fuzz_take_byte(&rest) % 4];
    if (facts.received == 0)
        facts.received = FUZZ_TODAY;
    bool is_text = true;
    for (unsigned i = 0; i < 4; i++) {
        struct view text = fuzz_take_text(&rest);
        is_text = is_text && utf8_is_valid(text);
        texts[i] = fuzz_text(text);
    }
    facts.subject.position = texts[0];
    facts.subject.unit = texts[1];
    facts.incident.place = texts[2];
    facts.incident.description = texts[3];
    if (is_text)
        decide(&facts);
    for (unsigned i = 0; i < 4; i++)
        free(texts[i]);
    return 0;
}
