/*
 * What is right and wrong with facts, and how it is said.
 */
#include "tests/support/test.h"

#include "common/case/facts.h"

#include <stdio.h>
#include <string.h>

#define TODAY 20241120u

static char long_text[FACTS_DESCRIPTION_BYTES_MAX + 2];

/* `size` letters. */
static const char *letters(size_t size)
{
    memset(long_text, 'a', sizeof(long_text) - 1);
    return long_text + sizeof(long_text) - 1 - size;
}

static struct facts right_facts(void)
{
    struct facts facts;
    facts_clear(&facts);
    facts.region = "36.04";
    facts.incident.description = "Memasang baliho.";
    return facts;
}

struct check_case {
    const char *name;
    size_t field;     /* offset of a text in struct facts */
    const char *text; /* put there; NULL: `day` instead */
    uint32_t day;
    const char *path; /* of the one problem; NULL: none */
};

#define AT(member) offsetof(struct facts, member)

static struct check_case check_cases[] = {
    {"a province is a region", AT(region), "36", 0, NULL},
    {"a kecamatan is a region", AT(region), "36.04.01", 0, NULL},
    {"a desa is a region", AT(region), "36.04.01.2001", 0, NULL},
    {"a region is required", AT(region), "", 0, "region"},
    {"a region with half a group", AT(region), "36.0", 0, "region"},
    {"a region with a dot too many", AT(region), "36.04.", 0, "region"},
    {"a region without dots", AT(region), "3604", 0, "region"},
    {"a region with a letter", AT(region), "36.O4", 0, "region"},
    {"a region that is too long", AT(region), "36.04.01.20011", 0, "region"},
    {"the incident's region may be another", AT(incident.region), "31.71", 0, NULL},
    {"the incident's region has the same form", AT(incident.region), "Serang", 0,
     "incident.region"},
    {"a description is required", AT(incident.description), "", 0, "incident.description"},
    {"a description of blanks is none", AT(incident.description), " \t\r\n", 0,
     "incident.description"},
    {"a description may have lines and tabs", AT(incident.description), "a\r\n\tb", 0, NULL},
    {"a description has no other control character", AT(incident.description), "a\x1b[2Jb", 0,
     "incident.description"},
    {"a description has no C1 control character", AT(incident.description),
     "a\xC2\x9B"
     "b",
     0, "incident.description"},
    {"a letter that begins like a C1 control is none", AT(incident.description),
     "a\xC2\xA0"
     "b",
     0, NULL},
    {"a line has no end of line", AT(incident.place), "Serang\nKota", 0, "incident.place"},
    {"a name has no DEL", AT(subject.name), "a\x7f", 0, "subject.name"},
    {"a position has no tab", AT(subject.position), "a\tb", 0, "subject.position"},
    {"a unit has no NUL's neighbour", AT(subject.unit), "\x01", 0, "subject.unit"},
    {"a letter has no bell", AT(subject.cltn.letter), "\a", 0, "subject.cltn.letter"},
    {"an election is a code", AT(incident.election), "PILKADA_2024", 0, NULL},
    {"an election in small letters", AT(incident.election), "pilkada_2024", 0,
     "incident.election"},
    {"an office is a code", AT(incident.office), "BUPATI", 0, NULL},
    {"an office with a blank", AT(incident.office), "WALI KOTA", 0, "incident.office"},
    {"an office of 40 letters", AT(incident.office), "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDD", 0,
     NULL},
    {"an office of 41 letters", AT(incident.office), "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDE",
     0, "incident.office"},
    {"a NIP that can exist", AT(subject.nip), "19860926 201505 1 001", 0, NULL},
    {"a NIP of blanks is not said", AT(subject.nip), " ", 0, NULL},
    {"a NIP that can't exist", AT(subject.nip), "198613262015051001", 0, "subject.nip"},
    {"a NIP with too many blanks", AT(subject.nip),
     "1 9 8 6 0 9 2 6 2 0 1 5 0 5 1 0 0 1            ", 0, "subject.nip"},
    {"today is a day of receipt", AT(received), NULL, 20241120, NULL},
    {"tomorrow is not", AT(received), NULL, 20241121, "received"},
    {"no day of the calendar", AT(received), NULL, 20241131, "received"},
    {"the earliest day", AT(incident.date), NULL, 20000101, NULL},
    {"the day before the earliest", AT(incident.date), NULL, 19991231, "incident.date"},
    {"an incident to come", AT(incident.date), NULL, 20241121, "incident.date"},
    {"known before it is so", AT(incident.date_known), NULL, 20241121, "incident.date_known"},
    {"a leave may begin after today", AT(subject.cltn.from), NULL, 20250101, NULL},
    {"a leave may end after today", AT(subject.cltn.to), NULL, 20250101, NULL},
    {"a leave's first day is one", AT(subject.cltn.from), NULL, 20240230, "subject.cltn.from"},
    {"a leave's last day is one", AT(subject.cltn.to), NULL, 20240230, "subject.cltn.to"},
};

static void test_check(void **state)
{
    const struct check_case *row = *state;
    struct facts facts = right_facts();
    if (row->text != NULL)
        memcpy((char *)&facts + row->field, &row->text, sizeof(row->text));
    else
        memcpy((char *)&facts + row->field, &row->day, sizeof(row->day));
    struct facts_problems problems = {.count = 0};
    facts_check(&facts, TODAY, &problems);
    assert_int_equal(problems.count, row->path == NULL ? 0 : 1);
    if (row->path != NULL)
        assert_string_equal(problems.problems[0].path, row->path);
}

struct size_case {
    const char *name;
    size_t field;
    size_t size;
    const char *path;
};

static struct size_case size_cases[] = {
    {"a line of 500 bytes", AT(subject.name), FACTS_LINE_BYTES_MAX, NULL},
    {"a line of 501 bytes", AT(subject.name), FACTS_LINE_BYTES_MAX + 1, "subject.name"},
    {"a place of 501 bytes", AT(incident.place), FACTS_LINE_BYTES_MAX + 1, "incident.place"},
    {"a position of 501 bytes", AT(subject.position), FACTS_LINE_BYTES_MAX + 1,
     "subject.position"},
    {"a unit of 501 bytes", AT(subject.unit), FACTS_LINE_BYTES_MAX + 1, "subject.unit"},
    {"a letter of 501 bytes", AT(subject.cltn.letter), FACTS_LINE_BYTES_MAX + 1,
     "subject.cltn.letter"},
    {"a description of 65536 bytes", AT(incident.description), FACTS_DESCRIPTION_BYTES_MAX, NULL},
    {"a description of 65537 bytes", AT(incident.description), FACTS_DESCRIPTION_BYTES_MAX + 1,
     "incident.description"},
};

static void test_size(void **state)
{
    const struct size_case *row = *state;
    struct facts facts = right_facts();
    const char *text = letters(row->size);
    memcpy((char *)&facts + row->field, &text, sizeof(text));
    struct facts_problems problems = {.count = 0};
    facts_check(&facts, TODAY, &problems);
    assert_int_equal(problems.count, row->path == NULL ? 0 : 1);
    if (row->path != NULL)
        assert_string_equal(problems.problems[0].path, row->path);
}

struct order_case {
    const char *name;
    uint32_t date;
    uint32_t known;
    uint32_t received;
    uint32_t from;
    uint32_t to;
    const char *want; /* the problems */
};

static struct order_case order_cases[] = {
    {"all in order", 20241001, 20241002, 20241003, 20240901, 20241130, ""},
    {"all on one day", 20241001, 20241001, 20241001, 20241001, 20241001, ""},
    {"known before it happened", 20241003, 20241002, 20241004, 0, 0,
     "incident.date: 2024-10-03 is after incident.date_known 2024-10-02"},
    {"received before it was known", 20241001, 20241003, 20241002, 0, 0,
     "incident.date_known: 2024-10-03 is after received 2024-10-02"},
    {"received before it happened", 20241003, 0, 20241002, 0, 0,
     "incident.date: 2024-10-03 is after received 2024-10-02"},
    {"a leave that ends before it begins", 0, 0, 0, 20241002, 20241001,
     "subject.cltn.from: 2024-10-02 is after subject.cltn.to 2024-10-01"},
    {"a day that is wrong by itself isn't compared", 20241003, 20240230, 0, 0, 0,
     "incident.date_known: 20240230 is no day of the calendar"},
    {"a day in the future quotes today", 20250101, 0, 0, 0, 0,
     "incident.date: 2025-01-01 is in the future; today is 2024-11-20"},
};

static void test_order(void **state)
{
    const struct order_case *row = *state;
    struct facts facts = right_facts();
    facts.incident.date = row->date;
    facts.incident.date_known = row->known;
    facts.received = row->received;
    facts.subject.cltn.from = row->from;
    facts.subject.cltn.to = row->to;
    struct facts_problems problems = {.count = 0};
    facts_check(&facts, TODAY, &problems);
    char text[400];
    assert_int_equal(facts_problems_text(&problems, text, sizeof(text)), strlen(row->want));
    assert_string_equal(text, row->want);
}

struct conduct_case {
    const char *name;
    const char *code;
    bool want;
};

static struct conduct_case conduct_cases[] = {
    {"a code of the ruleset", "DISIPLIN-13A", true},
    {"small letters", "disiplin-13a", false},
    {"an underscore", "DISIPLIN_13A", false},
    {"nothing", "", false},
};

static void test_conduct(void **state)
{
    const struct conduct_case *row = *state;
    struct facts facts = right_facts();
    facts.reported_conduct[0] = "ETIK-01";
    facts.reported_conduct[1] = row->code;
    facts.reported_conduct_count = 2;
    struct facts_problems problems = {.count = 0};
    facts_check(&facts, TODAY, &problems);
    assert_int_equal(problems.count, row->want ? 0 : 1);
    if (!row->want)
        assert_string_equal(problems.problems[0].path, "reported_conduct[1]");
}

static void test_facts_check__nothing_said__names_all_that_is_required(void **state)
{
    (void)state;
    struct facts facts;
    facts_clear(&facts);
    struct facts_problems problems = {.count = 0};
    facts_check(&facts, TODAY, &problems);
    char text[400];
    facts_problems_text(&problems, text, sizeof(text));
    assert_string_equal(text, "region: required\nincident.description: required");
}

static void test_facts_check__names_and_texts_are_wrong__are_not_quoted(void **state)
{
    (void)state;
    struct facts facts = right_facts();
    facts.region = "Wahyu";
    facts.incident.description = "Wahyu\x01";
    facts.incident.place = "Wahyu\n";
    facts.incident.election = "Wahyu";
    facts.subject.name = "Wahyu\n";
    facts.subject.nip = "Wahyu";
    facts.reported_conduct[0] = "Wahyu";
    facts.reported_conduct_count = 1;
    struct facts_problems problems = {.count = 0};
    facts_check(&facts, TODAY, &problems);
    assert_int_equal(problems.count, 7);
    char text[2000];
    facts_problems_text(&problems, text, sizeof(text));
    assert_null(strstr(text, "Wahyu"));
}

static void test_facts_problem_add__more_than_there_is_room_for__are_counted(void **state)
{
    (void)state;
    struct facts_problems problems = {.count = 0};
    for (unsigned index = 0; index < FACTS_PROBLEMS_MAX + 3; index++)
        facts_problem_add(&problems, "path", "problem %u", index);
    assert_int_equal(problems.count, FACTS_PROBLEMS_MAX + 3);
    assert_string_equal(problems.problems[FACTS_PROBLEMS_MAX - 1].rule, "problem 31");
    char text[4000];
    facts_problems_text(&problems, text, sizeof(text));
    assert_non_null(strstr(text, "path: problem 31"));
    assert_null(strstr(text, "path: problem 32"));
    assert_non_null(strstr(text, "\nmore: 3 further problems"));
}

static void test_facts_problem_add__long_texts__are_cut(void **state)
{
    (void)state;
    struct facts_problems problems = {.count = 0};
    facts_problem_add(&problems, letters(FACTS_PATH_BYTES), "%s", letters(FACTS_RULE_BYTES));
    assert_int_equal(strlen(problems.problems[0].path), FACTS_PATH_BYTES - 1);
    assert_int_equal(strlen(problems.problems[0].rule), FACTS_RULE_BYTES - 1);
}

static void test_facts_problems_text__little_room__counts_what_is_left_out(void **state)
{
    (void)state;
    struct facts_problems problems = {.count = 0};
    facts_problem_add(&problems, "a", "first");
    facts_problem_add(&problems, "b", "second");
    facts_problem_add(&problems, "c", "a third one that is longer than what counts the rest");
    char text[100];
    assert_int_equal(facts_problems_text(&problems, text, 75), 74);
    assert_string_equal(text,
                        "a: first\nb: second\nc: a third one that is longer than what counts "
                        "the rest");
    assert_int_equal(facts_problems_text(&problems, text, 74), 43);
    assert_string_equal(text, "a: first\nb: second\nmore: 1 further problems");
    assert_int_equal(facts_problems_text(&problems, text, 54), 33);
    assert_string_equal(text, "a: first\nmore: 2 further problems");
    assert_int_equal(facts_problems_text(&problems, text, 26), 24);
    assert_string_equal(text, "more: 3 further problems");
    assert_int_equal(facts_problems_text(&problems, text, 8), 0);
    assert_string_equal(text, "");
    assert_int_equal(facts_problems_text(&problems, text, 0), 0);
}

int main(void)
{
    TEST_TABLE(checks, check_cases, test_check)
    TEST_TABLE(sizes, size_cases, test_size)
    TEST_TABLE(orders, order_cases, test_order)
    TEST_TABLE(conducts, conduct_cases, test_conduct)
    const struct CMUnitTest single[] = {
        cmocka_unit_test(test_facts_check__nothing_said__names_all_that_is_required),
        cmocka_unit_test(test_facts_check__names_and_texts_are_wrong__are_not_quoted),
        cmocka_unit_test(test_facts_problem_add__more_than_there_is_room_for__are_counted),
        cmocka_unit_test(test_facts_problem_add__long_texts__are_cut),
        cmocka_unit_test(test_facts_problems_text__little_room__counts_what_is_left_out),
    };
    int failed = cmocka_run_group_tests(checks, NULL, NULL);
    failed += cmocka_run_group_tests(sizes, NULL, NULL);
    failed += cmocka_run_group_tests(orders, NULL, NULL);
    failed += cmocka_run_group_tests(conducts, NULL, NULL);
    return failed + cmocka_run_group_tests(single, NULL, NULL);
}
