/* Decisions on small tables: stage, pair, actor, authority, lateness, what is missing. */
#include "tests/support/test.h"

#include "tests/unit/classification/tables_fixture.h"

#include <stdio.h>
#include <string.h>

#define LIKES "Ia menyukai unggahan calon"

struct decide_case {
    const char *name;
    uint32_t date;
    const char *description;
    const char *election;
    const char *office;
    const char *region; /* of the act; NULL: 36.02 */
    const char *position;
    enum employment employment; /* 0: PNS */
    uint32_t received;          /* 0: 2024-10-01 */
    uint32_t known;
    enum answer spouse;
    enum answer cltn;
    uint32_t leave_from;
    uint32_t leave_to;
    /* "outcome primary [codes] stage election office actor authority {flags} (missing)" */
    const char *want;
};

static struct decide_case decide_cases[] = {
    {.name = "before the determination it is the bakal calon's row",
     .date = 20240921,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "on the day of determination it is the calon's row",
     .date = 20240922,
     .description = LIKES,
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "a presidential candidate is bakal calon on 12 November 2023",
     .date = 20231112,
     .description = "Ia menyukai unggahan capres",
     .want = "1 ETIK-04 [ETIK-04] 2 PEMILU_2024 PRESIDEN 2 BKN {A-LIKE} ()"},
    {.name = "a presidential candidate is calon on 13 November 2023",
     .date = 20231113,
     .description = "Ia menyukai unggahan capres",
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PEMILU_2024 PRESIDEN 2 BKN {A-LIKE,IN-STAGE} ()"},
    {.name = "on 5 November 2023 the office decides, and it is missing",
     .date = 20231105,
     .description = LIKES,
     .want = "3 PERLU-INFO [DISIPLIN-06,ETIK-04] 1 PEMILU_2024 - 2 NONE {A-LIKE} (OFFICE)"},
    {.name = "a stated office decides where offices differ",
     .date = 20231105,
     .description = LIKES,
     .office = "DPR",
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PEMILU_2024 DPR 2 BKN {A-LIKE,IN-STAGE} ()"},
    {.name = "all offices bakal calon on 2 November 2023: none is needed",
     .date = 20231102,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PEMILU_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "the repeated vote goes on in its region alone",
     .date = 20250301,
     .description = LIKES,
     .region = "36.04",
     .received = 20250302,
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "a desa lies in the region of the repeated vote",
     .date = 20250419,
     .description = LIKES,
     .region = "36.04.01.2001",
     .received = 20250420,
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "elsewhere there is no election then",
     .date = 20250301,
     .description = LIKES,
     .received = 20250302,
     .want = "3 PERLU-INFO [DISIPLIN-06,ETIK-04] 1 - - 2 NONE {A-LIKE} (ELECTION)"},
    {.name = "without a date both of the pair are candidates",
     .description = LIKES " pilkada",
     .want = "3 PERLU-INFO [DISIPLIN-06,ETIK-04] 1 PILKADA_2024 - 2 NONE {A-LIKE} (DATE)"},
    {.name = "words say the election between the windows",
     .date = 20240301,
     .description = LIKES " pilkada",
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "the stated election goes before the window",
     .date = 20240214,
     .description = LIKES,
     .election = "PILKADA_2024",
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "a stated election that the calendar doesn't know is missing",
     .date = 20240214,
     .description = LIKES,
     .election = "PILKADA_2029",
     .want = "3 PERLU-INFO [DISIPLIN-06,ETIK-04] 1 - - 2 NONE {A-LIKE} (ELECTION)"},
    {.name = "a stated office that the election doesn't have is missing",
     .date = 20240930,
     .description = LIKES,
     .office = "PRESIDEN",
     .want = "3 PERLU-INFO [DISIPLIN-06,ETIK-04] 1 PILKADA_2024 - 2 NONE {A-LIKE} (OFFICE)"},
    {.name = "a code of the other stage without a pair is dropped",
     .date = 20241001,
     .description = "mengumpulkan KTP",
     .want = "3 PERLU-INFO [] 3 PILKADA_2024 - 2 NONE {} (ACT)"},
    {.name = "a code of any stage stays, outside of any election",
     .date = 20250601,
     .received = 20250602,
     .description = "pengurus partai",
     .want = "1 DISIPLIN-05 [DISIPLIN-05] 1 - - 2 BKN {} ()"},
    {.name = "two acts are two codes, the stronger first",
     .date = 20241001,
     .description = LIKES ". Ia pengurus partai.",
     .want = "1 DISIPLIN-06 [DISIPLIN-06,DISIPLIN-05] 3 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "what is negated gives no points",
     .date = 20241001,
     .description = "pengurus bukan partai",
     .want = "3 PERLU-INFO [] 3 PILKADA_2024 - 2 NONE {} (ACT)"},
    {.name = "concepts too far apart don't belong together",
     .date = 20241001,
     .description = "Ia menyukai a b c d e f g h calon",
     .want = "3 PERLU-INFO [] 3 PILKADA_2024 - 2 NONE {} (ACT)"},
    {.name = "nothing at all: act, actor and date are missing",
     .employment = EMPLOYMENT_LAIN,
     .description = "kabar angin",
     .want = "3 PERLU-INFO [] 1 - - 1 NONE {} (ACT,ACTOR,DATE,ELECTION)"},
    {.name = "a violation by an unknown person misses him",
     .date = 20241001,
     .employment = EMPLOYMENT_LAIN,
     .description = LIKES,
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PILKADA_2024 - 1 BKN {A-LIKE} (ACTOR)"},
    {.name = "a kades' violation is the kades' code, without stage and authority",
     .date = 20241001,
     .employment = EMPLOYMENT_KADES,
     .description = LIKES,
     .want = "2 NON-ASN-KADES [] 1 PILKADA_2024 - 5 NONE {} ()"},
    {.name = "the first actor's row that holds decides, by the position too",
     .date = 20240101,
     .position = "Kepala Desa",
     .description = "mengumpulkan KTP",
     .want = "2 NON-ASN-KADES [] 1 PEMILU_2024 - 5 NONE {IN-STAGE} ()"},
    {.name = "a spouse on leave that day does nothing wrong",
     .date = 20241001,
     .description = LIKES,
     .spouse = ANSWER_YES,
     .cltn = ANSWER_YES,
     .leave_from = 20240901,
     .leave_to = 20241001,
     .want = "2 NON-SAH [] 1 PILKADA_2024 - 2 NONE {SPOUSE} ()"},
    {.name = "a spouse whose leave has ended is as any other",
     .date = 20241002,
     .description = LIKES,
     .received = 20241003,
     .spouse = ANSWER_YES,
     .cltn = ANSWER_YES,
     .leave_from = 20240901,
     .leave_to = 20241001,
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PILKADA_2024 - 2 BKN {A-LIKE,SPOUSE} ()"},
    {.name = "received on 23 August 2024: KASN",
     .date = 20240801,
     .received = 20240823,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 KASN {A-LIKE} ()"},
    {.name = "received on 24 August 2024: in between",
     .date = 20240801,
     .received = 20240824,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 TRANSITION {A-LIKE} ()"},
    {.name = "received on 3 September 2024: still in between",
     .date = 20240801,
     .received = 20240903,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 TRANSITION {A-LIKE} ()"},
    {.name = "received on 4 September 2024: BKN",
     .date = 20240801,
     .received = 20240904,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "seven calendar days are in time",
     .date = 20240920,
     .known = 20240924,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 BKN {A-LIKE} ()"},
    {.name = "eight calendar days are late",
     .date = 20240920,
     .known = 20240923,
     .description = LIKES,
     .want = "1 ETIK-04 [ETIK-04] 2 PILKADA_2024 - 2 BKN {A-LIKE,LATE} ()"},
    {.name = "seven working days over weekend and Natal are in time",
     .date = 20231220,
     .known = 20231221,
     .received = 20240102,
     .description = LIKES,
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PEMILU_2024 - 2 KASN {A-LIKE,IN-STAGE} ()"},
    {.name = "eight working days are late",
     .date = 20231220,
     .known = 20231221,
     .received = 20240104,
     .description = LIKES,
     .want = "1 DISIPLIN-06 [DISIPLIN-06] 3 PEMILU_2024 - 2 KASN {A-LIKE,IN-STAGE,LATE} ()"},
};

static struct ruleset *ruleset;
static struct arena arena;

static void add_list(char *text, size_t size, char open, const struct code *list, uint32_t count,
                     char close)
{
    size_t used = strlen(text);
    used += (size_t)snprintf(text + used, size - used, " %c", open);
    for (uint32_t i = 0; i < count; i++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : ",", list[i].text);
    (void)snprintf(text + used, size - used, "%c", close);
}

static const char *or_dash(const struct code *code)
{
    return code->text[0] == '\0' ? "-" : code->text;
}

static void describe(const struct verdict *verdict, char *text, size_t size)
{
    (void)snprintf(text, size, "%d %s", (int)verdict->outcome, verdict->primary.text);
    add_list(text, size, '[', verdict->codes, verdict->code_count, ']');
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, " %d %s %s %d %s", (int)verdict->stage,
                   or_dash(&verdict->election), or_dash(&verdict->office), (int)verdict->actor,
                   verdict->authority.text);
    add_list(text, size, '{', verdict->flags, verdict->flag_count, '}');
    add_list(text, size, '(', verdict->missing, verdict->missing_count, ')');
}

static void facts_of(const struct decide_case *row, struct facts *facts)
{
    facts_clear(facts);
    facts->region = "36";
    facts->received = row->received == 0 ? 20241001 : row->received;
    facts->incident.date = row->date;
    facts->incident.date_known = row->known;
    facts->incident.region = row->region == NULL ? "36.02" : row->region;
    facts->incident.description = row->description;
    facts->incident.election = row->election == NULL ? "" : row->election;
    facts->incident.office = row->office == NULL ? "" : row->office;
    facts->subject.unit = "Dinas";
    facts->subject.position = row->position == NULL ? "Guru" : row->position;
    facts->subject.employment = row->employment == 0 ? EMPLOYMENT_PNS : row->employment;
    facts->subject.is_spouse_of_candidate = row->spouse;
    facts->subject.cltn.status = row->cltn;
    facts->subject.cltn.from = row->leave_from;
    facts->subject.cltn.to = row->leave_to;
}

static void decide(const struct facts *facts, struct verdict *verdict)
{
    struct diag diag = {.text = ""};
    arena_reset(&arena);
    assert_int_equal(ruleset_decide(ruleset, facts, &arena, verdict), STATUS_OK);
    if (verdict_check(verdict, &diag) != STATUS_OK)
        fail_msg("%s", diag.text);
}

static void test_decide(void **state)
{
    const struct decide_case *row = *state;
    struct facts facts;
    struct verdict verdict, again;
    char text[600];
    facts_of(row, &facts);
    decide(&facts, &verdict);
    describe(&verdict, text, sizeof text);
    assert_string_equal(text, row->want);
    /* Bytes of the room are not to show through. */
    memset(&again, 0xA5, sizeof again);
    decide(&facts, &again);
    assert_memory_equal(&verdict, &again, sizeof verdict);
}

int main(void)
{
    TEST_TABLE(rows, decide_cases, test_decide);
    if (arena_open(&arena, RULESET_SCRATCH_BYTES) != STATUS_OK)
        return 1;
    ruleset = tables_small();
    int failed = cmocka_run_group_tests(rows, NULL, NULL);
    ruleset_free(ruleset);
    arena_close(&arena);
    return failed;
}
