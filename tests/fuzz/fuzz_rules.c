/* Join, load, decide twice. */
#include "tests/fuzz/fuzz_rules.h"

#include "common/base/bytes.h"
#include "services/classification/classification_tables.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char magic[] = "netra-ruleset/v2\n";

/* Reports on both sides of the usual boundaries. */
static const struct facts reports[] = {
    {.region = "36.04",
     .received = 20241015,
     .incident = {.date = 20241012,
                  .place = "Serang",
                  .region = "",
                  .description = "Menyukai foto calon bupati; cabup hadir bersama istri, pilkada.",
                  .election = "",
                  .office = ""},
     .subject = {.name = "",
                 .nip = "",
                 .position = "lurah desa",
                 .unit = "desa",
                 .employment = EMPLOYMENT_PNS,
                 .cltn = {.letter = ""}}},
    {.region = "36",
     .received = 20231231,
     .incident = {.place = "",
                  .region = "",
                  .description = "tdk jelas. Pengurus partai, ktp utk bacaleg?",
                  .election = "PEMILU_2024",
                  .office = "PRESIDEN"},
     .subject = {.name = "",
                 .nip = "",
                 .position = "",
                 .unit = "",
                 .employment = EMPLOYMENT_KADES,
                 .is_spouse_of_candidate = ANSWER_YES,
                 .cltn = {.status = ANSWER_YES, .letter = ""}}},
};

static struct arena *scratch_arena(void)
{
    static struct arena scratch;
    if (scratch.base == NULL)
        FUZZ_CHECK(arena_open(&scratch, RULESET_SCRATCH_BYTES) == STATUS_OK);
    arena_reset(&scratch);
    return &scratch;
}

static void use(const struct ruleset *ruleset)
{
    struct code_basis rows[BASIS_ROWS_MAX];
    struct verdict first, second;
    struct diag diag = {0};
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        FUZZ_CHECK(ruleset_decide(ruleset, &reports[i], scratch_arena(), &first) == STATUS_OK);
        FUZZ_CHECK(verdict_check(&first, &diag) == STATUS_OK);
        FUZZ_CHECK(ruleset_decide(ruleset, &reports[i], scratch_arena(), &second) == STATUS_OK);
        FUZZ_CHECK(memcmp(&first, &second, sizeof first) == 0);
    }
    for (unsigned i = 0; ruleset_code_at(ruleset, i) != NULL; i++) {
        enum outcome outcome = OUTCOME_UNDECIDED;
        FUZZ_CHECK(ruleset_outcome(ruleset, ruleset_code_at(ruleset, i), &outcome));
        FUZZ_CHECK(ruleset_basis(ruleset, ruleset_code_at(ruleset, i), 20241012, rows) <=
                   BASIS_ROWS_MAX);
    }
    FUZZ_CHECK(ruleset_version(ruleset)[0] != '\0');
    FUZZ_CHECK(ruleset_authority(ruleset, 20241012) != NULL);
}

static uint8_t *put_part(uint8_t *to, struct view part)
{
    bytes_put_u32(to, (uint32_t)part.size);
    if (part.size > 0)
        memcpy(to + 4, part.bytes, part.size);
    return to + 4 + part.size;
}

void rules_try(struct view rules, struct view calendar)
{
    size_t size = sizeof magic - 1 + 8 + rules.size + calendar.size;
    uint8_t *bytes = arena_take(fuzz_arena(), size);
    struct ruleset *ruleset = NULL;
    struct diag diag = {0};
    FUZZ_CHECK(bytes != NULL);
    memcpy(bytes, magic, sizeof magic - 1);
    (void)put_part(put_part(bytes + sizeof magic - 1, rules), calendar);
    enum status status = tables_load_bytes(view_of(bytes, size), &ruleset, &diag);
    if (status == STATUS_OK) {
        use(ruleset);
        ruleset_free(ruleset);
        return;
    }
    FUZZ_CHECK(status == STATUS_CONFIG_INVALID || status == STATUS_MALFORMED);
    fuzz_check_table_refused(status, &diag);
}
