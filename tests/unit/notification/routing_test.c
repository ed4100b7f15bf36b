/* Who is told of a decision by the tables that are delivered: every actor, the days on which the
 * law changed, and the wall. */
#include "tests/support/test.h"

#include "services/notification/notification_tables.h"

#include <stdio.h>
#include <string.h>

static struct notification_tables tables;

struct route_case {
    const char *name;
    const char *region;
    const char *conflicts; /* separated by blanks */
    enum decision_outcome outcome;
    enum decision_disposition disposition;
    enum decision_actor actor;
    uint32_t received;
    /* The steps: who is told in which role; -office=WHY for one that was passed over; and
     * <office for whose place it takes. */
    const char *want;
};

#define VIOLATION DECISION_OUTCOME_VIOLATION
#define NONE DECISION_OUTCOME_NOT_A_VIOLATION
#define AUTO DECISION_DISPOSITION_AUTO
#define OVERRIDDEN DECISION_DISPOSITION_OVERRIDDEN

static struct route_case route_cases[] = {
    {"an ASN of a kabupaten: PPK, BKPSDM, Bawaslu, and the BKN since it took over", "36.04", "",
     VIOLATION, AUTO, DECISION_ACTOR_ASN, 20241015,
     "ppk-36.04:PPK bkpsdm-36.04:BKPSDM bawaslu-36.04:BAWASLU bkn:PENGAWAS-ASN"},
    {"the first day of the BKN", "36.04", "", VIOLATION, DECISION_DISPOSITION_CONFIRMED,
     DECISION_ACTOR_ASN, 20240904,
     "ppk-36.04:PPK bkpsdm-36.04:BKPSDM bawaslu-36.04:BAWASLU bkn:PENGAWAS-ASN"},
    {"the last day of the transition: MenPANRB and BKN", "36.04", "", VIOLATION, AUTO,
     DECISION_ACTOR_ASN, 20240903,
     "ppk-36.04:PPK bkpsdm-36.04:BKPSDM bawaslu-36.04:BAWASLU menpanrb:PENGAWAS-ASN "
     "bkn:PENGAWAS-ASN"},
    {"the first day of the transition: no KASN any more", "36.04", "", VIOLATION, AUTO,
     DECISION_ACTOR_ASN, 20240824,
     "ppk-36.04:PPK bkpsdm-36.04:BKPSDM bawaslu-36.04:BAWASLU menpanrb:PENGAWAS-ASN "
     "bkn:PENGAWAS-ASN"},
    {"the last day of the KASN", "36.04", "", VIOLATION, OVERRIDDEN, DECISION_ACTOR_ASN, 20240823,
     "ppk-36.04:PPK bkpsdm-36.04:BKPSDM bawaslu-36.04:BAWASLU kasn:PENGAWAS-ASN"},
    {"an ASN of the province: its BKD stands where a kabupaten has its BKPSDM", "36", "",
     VIOLATION, AUTO, DECISION_ACTOR_ASN, 20241015,
     "ppk-36:PPK bkd-36:BKPSDM bawaslu-36:BAWASLU bkn:PENGAWAS-ASN"},
    {"a kecamatan is served by its kabupaten", "36.03.01", "", VIOLATION, AUTO, DECISION_ACTOR_ASN,
     20241015, "ppk-36.03:PPK bkpsdm-36.03:BKPSDM bawaslu-36.03:BAWASLU bkn:PENGAWAS-ASN"},
    {"not known who it is: who can find out, and no more", "36.71", "", VIOLATION, AUTO,
     DECISION_ACTOR_UNKNOWN, 20241015, "bkpsdm-36.71:BKPSDM bawaslu-36.71:BAWASLU"},
    {"an actor that isn't said counts as unknown", "36.71", "", VIOLATION, AUTO,
     DECISION_ACTOR_UNSPECIFIED, 20241015, "bkpsdm-36.71:BKPSDM bawaslu-36.71:BAWASLU"},
    {"a vertical agency: its own PPK, not the region's", "36.02", "", VIOLATION, AUTO,
     DECISION_ACTOR_ASN_VERTICAL, 20240110,
     "ppk-pusat:PPK bawaslu-36.02:BAWASLU kasn:PENGAWAS-ASN"},
    {"an acting head of region: Bawaslu and Kemendagri, nobody under him", "36.72", "PPK",
     VIOLATION, AUTO, DECISION_ACTOR_PJ_KEPALA_DAERAH, 20241015,
     "bawaslu-36.72:BAWASLU kemendagri:KEMENDAGRI bkn:PENGAWAS-ASN"},
    {"a kades: Bawaslu, the Bupati, the DPMD", "36.04", "", VIOLATION, AUTO, DECISION_ACTOR_KADES,
     20241015, "bawaslu-36.04:BAWASLU-NON-ASN ppk-36.04:KEPALA-DAERAH dpmd-36.04:DPMD"},
    {"a kota has no DPMD: the province's", "36.73", "", VIOLATION, AUTO, DECISION_ACTOR_KADES,
     20241015, "bawaslu-36.73:BAWASLU-NON-ASN ppk-36.73:KEPALA-DAERAH dpmd-36:DPMD"},
    {"TNI and Polri: Bawaslu passes it on", "36.01", "", VIOLATION, AUTO, DECISION_ACTOR_TNI_POLRI,
     20241015, "bawaslu-36.01:BAWASLU-PENERUS"},
    {"honorer: BKPSDM, Inspektorat, Bawaslu", "36.01", "", VIOLATION, AUTO, DECISION_ACTOR_HONORER,
     20241015,
     "bkpsdm-36.01:BKPSDM-NON-ASN inspektorat-36.01:INSPEKTORAT-NON-ASN "
     "bawaslu-36.01:BAWASLU-NON-ASN"},
    {"elected: Bawaslu and Kemendagri", "36.01", "", VIOLATION, AUTO, DECISION_ACTOR_ELECTED,
     20241015, "bawaslu-36.01:BAWASLU-NON-ASN kemendagri:KEMENDAGRI-NON-ASN"},
    {"an organiser: Bawaslu and DKPP", "36.01", "", VIOLATION, AUTO, DECISION_ACTOR_ORGANISER,
     20241015, "bawaslu-36.01:BAWASLU-NON-ASN dkpp:DKPP"},

    {"what is no violation concerns nobody", "36.04", "", DECISION_OUTCOME_NOT_A_VIOLATION, AUTO,
     DECISION_ACTOR_ASN, 20241015, ""},
    {"a violation in doubt concerns reviewers alone", "36.04", "", VIOLATION,
     DECISION_DISPOSITION_REVIEW, DECISION_ACTOR_ASN, 20241015, "reviewer-36:REVIEWER"},
    {"perhaps no violation concerns reviewers alone", "36.04", "",
     DECISION_OUTCOME_NOT_A_VIOLATION, DECISION_DISPOSITION_REVIEW, DECISION_ACTOR_KADES, 20241015,
     "reviewer-36:REVIEWER"},
    {"undecided concerns reviewers alone, even if called sure", "36.04", "",
     DECISION_OUTCOME_UNDECIDED, AUTO, DECISION_ACTOR_ASN, 20241015, "reviewer-36:REVIEWER"},
    {"what a person found incomplete goes back to the office of the region", "36.04", "",
     DECISION_OUTCOME_NEEDS_INFORMATION, DECISION_DISPOSITION_CONFIRMED, DECISION_ACTOR_UNKNOWN,
     20241015, "bkpsdm-36.04:NODE-OFFICE"},

    {"the wall: an accused of the BKPSDM is told of at the BKD", "36.04", "BKPSDM", VIOLATION,
     AUTO, DECISION_ACTOR_ASN, 20241015,
     "ppk-36.04:PPK -bkpsdm-36.04=BKPSDM bkd-36:BKPSDM<bkpsdm-36.04 bawaslu-36.04:BAWASLU "
     "bkn:PENGAWAS-ASN"},
    {"the wall: an accused of the BKD is told of outside the province", "36", "BKPSDM", VIOLATION,
     AUTO, DECISION_ACTOR_ASN, 20241015,
     "ppk-36:PPK -bkd-36=BKPSDM kemendagri:BKPSDM<bkd-36 bawaslu-36:BAWASLU bkn:PENGAWAS-ASN"},
    {"the wall: a PPK who is the accused: the Gubernur", "36.04", "PPK", VIOLATION, AUTO,
     DECISION_ACTOR_ASN, 20241015,
     "-ppk-36.04=PPK ppk-36:PPK<ppk-36.04 bkpsdm-36.04:BKPSDM bawaslu-36.04:BAWASLU "
     "bkn:PENGAWAS-ASN"},
    {"the wall: the Gubernur himself: Kemendagri", "36", "PPK", VIOLATION, AUTO,
     DECISION_ACTOR_ASN, 20241015,
     "-ppk-36=PPK kemendagri:PPK<ppk-36 bkd-36:BKPSDM bawaslu-36:BAWASLU bkn:PENGAWAS-ASN"},
    {"the wall: an accused of Bawaslu's secretariat: the Bawaslu above", "36.74", "BAWASLU",
     VIOLATION, AUTO, DECISION_ACTOR_ASN_VERTICAL, 20241015,
     "ppk-pusat:PPK -bawaslu-36.74=BAWASLU bawaslu-36:BAWASLU<bawaslu-36.74 bkn:PENGAWAS-ASN"},
    {"the wall: an accused of the province's Bawaslu: the one of the country", "36", "BAWASLU",
     VIOLATION, AUTO, DECISION_ACTOR_TNI_POLRI, 20241015,
     "-bawaslu-36=BAWASLU bawaslu-ri:BAWASLU-PENERUS<bawaslu-36"},
    {"the wall: an accused of the Inspektorat: Bawaslu, told once", "36.01", "INSPEKTORAT",
     VIOLATION, AUTO, DECISION_ACTOR_HONORER, 20241015,
     "bkpsdm-36.01:BKPSDM-NON-ASN -inspektorat-36.01=INSPEKTORAT "
     "bawaslu-36.01:INSPEKTORAT-NON-ASN<inspektorat-36.01"},
    {"the wall: two walls in a row are both passed over", "36.01", "BAWASLU INSPEKTORAT",
     VIOLATION, AUTO, DECISION_ACTOR_HONORER, 20241015,
     "bkpsdm-36.01:BKPSDM-NON-ASN -inspektorat-36.01=INSPEKTORAT -bawaslu-36.01=BAWASLU "
     "bawaslu-36:INSPEKTORAT-NON-ASN<inspektorat-36.01"},
    {"the wall stands for incomplete reports too", "36.04", "BKPSDM",
     DECISION_OUTCOME_NEEDS_INFORMATION, OVERRIDDEN, DECISION_ACTOR_ASN, 20241015,
     "-bkpsdm-36.04=BKPSDM bkd-36:NODE-OFFICE<bkpsdm-36.04"},
    {"a conflict that concerns nobody who is told walls nobody", "36.71", "KESBANGPOL UMPEG",
     VIOLATION, AUTO, DECISION_ACTOR_UNKNOWN, 20241015,
     "bkpsdm-36.71:BKPSDM bawaslu-36.71:BAWASLU"},
    {"a region that the table doesn't know is left to the reviewers", "32.01", "", VIOLATION, AUTO,
     DECISION_ACTOR_ASN, 20241015, "reviewer-36:REVIEWER !"},
};

/* What is no violation, by its code. */
struct code_case {
    const char *name;
    const char *region;
    const char *conflicts;
    enum decision_disposition disposition;
    enum decision_actor actor;
    const char *primary;
    const char *want;
};

static struct code_case code_cases[] = {
    {"an appeal for neutrality concerns nobody, whoever made it", "36.04", "", AUTO,
     DECISION_ACTOR_KADES, "NON-IMBAUAN", ""},
    {"a lawful act concerns nobody", "36.04", "", DECISION_DISPOSITION_CONFIRMED,
     DECISION_ACTOR_ASN, "NON-SAH", ""},
    {"a complaint about a service concerns nobody", "36.04", "", AUTO, DECISION_ACTOR_HONORER,
     "NON-LAYANAN", ""},
    {"a denial concerns nobody", "36.04", "", AUTO, DECISION_ACTOR_ELECTED, "NON-BANTAHAN", ""},
    {"statistics concern nobody", "36.04", "", AUTO, DECISION_ACTOR_ASN, "NON-STATISTIK", ""},
    {"another breach of discipline concerns nobody here", "36.04", "", AUTO, DECISION_ACTOR_ASN,
     "NON-DISIPLIN-LAIN", ""},
    {"a question concerns nobody", "36.04", "", OVERRIDDEN, DECISION_ACTOR_UNKNOWN,
     "NON-PERTANYAAN", ""},
    {"a code that only begins like one that is told concerns nobody", "36.04", "", AUTO,
     DECISION_ACTOR_KADES, "NON-ASN", ""},
    {"a kades: Bawaslu, the Bupati, the DPMD", "36.04", "", AUTO, DECISION_ACTOR_KADES,
     "NON-ASN-KADES", "bawaslu-36.04:BAWASLU-NON-ASN ppk-36.04:KEPALA-DAERAH dpmd-36.04:DPMD"},
    {"a kades by a reviewer, whatever the actor was taken for", "36.04", "", OVERRIDDEN,
     DECISION_ACTOR_ASN, "NON-ASN-KADES",
     "bawaslu-36.04:BAWASLU-NON-ASN ppk-36.04:KEPALA-DAERAH dpmd-36.04:DPMD"},
    {"a kades in doubt concerns reviewers alone", "36.04", "", DECISION_DISPOSITION_REVIEW,
     DECISION_ACTOR_KADES, "NON-ASN-KADES", "reviewer-36:REVIEWER"},
    {"TNI and Polri: Bawaslu passes it on", "36.01", "", AUTO, DECISION_ACTOR_TNI_POLRI,
     "NON-ASN-TNIPOLRI", "bawaslu-36.01:BAWASLU-PENERUS"},
    {"honorer: BKPSDM, Inspektorat, Bawaslu", "36.01", "", AUTO, DECISION_ACTOR_HONORER,
     "NON-ASN-HONORER",
     "bkpsdm-36.01:BKPSDM-NON-ASN inspektorat-36.01:INSPEKTORAT-NON-ASN "
     "bawaslu-36.01:BAWASLU-NON-ASN"},
    {"elected: Bawaslu and Kemendagri", "36.01", "", AUTO, DECISION_ACTOR_ELECTED,
     "NON-ASN-PEJABAT", "bawaslu-36.01:BAWASLU-NON-ASN kemendagri:KEMENDAGRI-NON-ASN"},
    {"an organiser: Bawaslu and DKPP", "36.01", "", DECISION_DISPOSITION_CONFIRMED,
     DECISION_ACTOR_ORGANISER, "NON-ASN-PENYELENGGARA", "bawaslu-36.01:BAWASLU-NON-ASN dkpp:DKPP"},
    {"the wall: a kades related to the Bupati is told of at the Gubernur", "36.04", "PPK", AUTO,
     DECISION_ACTOR_KADES, "NON-ASN-KADES",
     "bawaslu-36.04:BAWASLU-NON-ASN -ppk-36.04=PPK ppk-36:KEPALA-DAERAH<ppk-36.04 "
     "dpmd-36.04:DPMD"},
};

static void set_conflicts(const char *text, struct decision *decision)
{
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        (void)snprintf(decision->conflicts[decision->conflict_count++],
                       sizeof decision->conflicts[0], "%.*s", (int)size, text);
        text += size;
        text += *text == ' ' ? 1 : 0;
    }
}

static void add_step(const struct route_step *step, char *text, size_t size)
{
    char part[160];
    if (step->blocked_why != NULL)
        (void)snprintf(part, sizeof part, "-%s=%s", step->office->office, step->blocked_why);
    else
        (void)snprintf(part, sizeof part, "%s:%s%s%s", step->office->office, step->role,
                       step->instead_of == NULL ? "" : "<",
                       step->instead_of == NULL ? "" : step->instead_of->office);
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s%s", used == 0 ? "" : " ", part);
}

static void check_route(const struct decision *decision, const char *want)
{
    struct route route;
    char text[1024] = "";
    routing_evaluate(&tables.routing, decision, &route);
    for (unsigned i = 0; i < route.count; i++)
        add_step(&route.steps[i], text, sizeof text);
    if (route.is_left_to_reviewers)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), " !");
    assert_string_equal(text, want);
}

static void test_route(void **state)
{
    const struct route_case *row = *state;
    struct decision decision = {
        .revision = 1,
        .outcome = row->outcome,
        .disposition = row->disposition,
        .actor = row->actor,
        .received = row->received,
    };
    (void)snprintf(decision.region, sizeof decision.region, "%s", row->region);
    set_conflicts(row->conflicts, &decision);
    check_route(&decision, row->want);
}

static void test_code(void **state)
{
    const struct code_case *row = *state;
    struct decision decision = {
        .revision = 1,
        .outcome = NONE,
        .disposition = row->disposition,
        .actor = row->actor,
        .received = 20241015,
    };
    (void)snprintf(decision.region, sizeof decision.region, "%s", row->region);
    (void)snprintf(decision.primary, sizeof decision.primary, "%s", row->primary);
    set_conflicts(row->conflicts, &decision);
    check_route(&decision, row->want);
}

static void test_notice_kinds__follow_the_decision(void **state)
{
    (void)state;
    struct decision decision = {.revision = 1, .received = 20241015, .region = "36.04"};
    struct route route;
    decision.outcome = VIOLATION;
    decision.disposition = AUTO;
    decision.actor = DECISION_ACTOR_ASN;
    routing_evaluate(&tables.routing, &decision, &route);
    assert_int_equal(route.steps[0].notice, NOTICE_DECISION);
    assert_string_equal(route.steps[0].rule, "ASN-REGION");
    assert_string_equal(route.steps[0].source, "S84");
    decision.disposition = DECISION_DISPOSITION_REVIEW;
    routing_evaluate(&tables.routing, &decision, &route);
    assert_int_equal(route.steps[0].notice, NOTICE_REVIEW);
    decision.outcome = DECISION_OUTCOME_NEEDS_INFORMATION;
    decision.disposition = AUTO;
    routing_evaluate(&tables.routing, &decision, &route);
    assert_int_equal(route.steps[0].notice, NOTICE_INFORMATION);
}

static void test_rows_by_act__take_the_day_of_receipt_where_the_act_has_none(void **state)
{
    (void)state;
    static const char *const regions[] = {"36"};
    struct routing routing = tables.routing;
    struct routing_row row = {
        .row = "ACT",
        .key = "ACT",
        .regions = regions,
        .region_count = 1,
        .actors = ~0u,
        .outcomes = ~0u,
        .dispositions = ~0u,
        .is_by_act = true,
        .until = 20240101,
        .tells = {{"BAWASLU", "BAWASLU", NOTICE_DECISION}},
        .tell_count = 1,
        .source = "",
    };
    struct decision decision = {
        .revision = 1,
        .outcome = VIOLATION,
        .disposition = AUTO,
        .actor = DECISION_ACTOR_ASN,
        .incident_date = 20240101,
        .received = 20240201,
        .region = "36.04",
    };
    struct route route;
    routing.rows = &row;
    routing.row_count = 1;
    routing_evaluate(&routing, &decision, &route);
    assert_string_equal(route.steps[0].office->office, "bawaslu-36.04");
    decision.incident_date = 0;
    routing_evaluate(&routing, &decision, &route);
    assert_true(route.is_left_to_reviewers);
}

/* Whoever is told of somebody who is no ASN reads nothing of the discipline of ASN. */
static void test_notices_of_who_is_no_asn__speak_of_no_discipline(void **state)
{
    static const char *const codes[] = {"NON-ASN-KADES", "NON-ASN-TNIPOLRI", "NON-ASN-HONORER",
                                        "NON-ASN-PEJABAT", "NON-ASN-PENYELENGGARA"};
    static const char *const words[] = {"SKB", "PPK", "sanksi", "disiplin"};
    struct decision decision = {.revision = 1,
                                .outcome = NONE,
                                .disposition = AUTO,
                                .received = 20241015,
                                .region = "36.04"};
    struct route route;
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        (void)snprintf(decision.primary, sizeof decision.primary, "%s", codes[i]);
        routing_evaluate(&tables.routing, &decision, &route);
        assert_true(route.count > 0);
        for (unsigned step = 0; step < route.count; step++) {
            const char *role = route.steps[step].role;
            const char *body =
                notice_template_find(&tables.templates, NOTICE_DECISION, role)->body;
            const char *to_do = notice_action_find(&tables.templates, NOTICE_DECISION, role)->text;
            assert_non_null(strstr(body, "bukan ASN"));
            for (size_t word = 0; word < sizeof words / sizeof words[0]; word++)
                assert_true(strstr(body, words[word]) == NULL &&
                            strstr(to_do, words[word]) == NULL);
        }
    }
}

static void test_wall__stands_before_an_office_of_the_region(void **state)
{
    struct decision decision = {.region = "36.04", .conflicts = {"BKPSDM"}, .conflict_count = 1};
    const struct routing *routing = &tables.routing;
    (void)state;
    assert_string_equal(
        routing_wall(routing, routing_find_office(routing, "bkpsdm-36.04", 0), &decision),
        "BKPSDM");
    assert_null(routing_wall(routing, routing_find_office(routing, "ppk-36.04", 0), &decision));
    assert_null(routing_wall(routing, routing_find_office(routing, "bkpsdm-36.03", 0), &decision));
    assert_null(routing_wall(routing, routing_find_office(routing, "bkn", 0), &decision));
}

static void test_looking_up__yields_what_there_is(void **state)
{
    (void)state;
    const struct routing *routing = &tables.routing;
    assert_string_equal(routing_region_name(routing, "36.04"), "Kabupaten Serang");
    assert_string_equal(routing_region_name(routing, "32.01"), "32.01");
    assert_non_null(routing_find_kind(routing, "BKPSDM"));
    assert_null(routing_find_kind(routing, "bkpsdm"));
    assert_string_equal(routing_find_office(routing, "kasn", 20200101)->kind, "KASN");
    /* An office that is closed can still be written to. */
    assert_non_null(routing_find_office(routing, "kasn", 20250101));
    assert_null(routing_find_office(routing, "kpk", 20250101));
    assert_true(routing_region_covers("36", "36.04"));
    assert_true(routing_region_covers("36.04", "36.04"));
    assert_true(routing_region_covers("", "36.04"));
    assert_false(routing_region_covers("36.0", "36.04"));
    assert_false(routing_region_covers("36.04", "36"));
    assert_true(routing_day_within(20240101, 20240101, 20240101));
    assert_false(routing_day_within(20240102, 0, 20240101));
    assert_true(routing_day_within(20240102, 20240101, 0));
}

static int load(void **state)
{
    struct diag diag = {.text = ""};
    (void)state;
    return notification_tables_load("deploy/rules/routing.yaml", "deploy/rules/templates.yaml",
                                    &tables, &diag) == STATUS_OK
               ? 0
               : -1;
}

static int unload(void **state)
{
    (void)state;
    notification_tables_close(&tables);
    return 0;
}

int main(void)
{
    TEST_TABLE(routes, route_cases, test_route)
    TEST_TABLE(codes, code_cases, test_code)
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_notice_kinds__follow_the_decision),
        cmocka_unit_test(test_rows_by_act__take_the_day_of_receipt_where_the_act_has_none),
        cmocka_unit_test(test_notices_of_who_is_no_asn__speak_of_no_discipline),
        cmocka_unit_test(test_wall__stands_before_an_office_of_the_region),
        cmocka_unit_test(test_looking_up__yields_what_there_is),
    };

    int failed = cmocka_run_group_tests_name("notification/routes", routes, load, unload);
    failed += cmocka_run_group_tests_name("notification/codes", codes, load, unload);
    return failed + cmocka_run_group_tests_name("notification/routing", others, load, unload);
}
