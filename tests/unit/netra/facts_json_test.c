/* Submissions as people write them: what is read, and every kind of mistake. */
#include "tests/support/test.h"

#include "services/netra/facts_json.h"

#include <string.h>

#define TODAY 20241115u
#define ARENA_BYTES 65536u

/* ---- text to object ---- */

struct parse_case {
    const char *name;
    const char *text;
    size_t size; /* 0: the text's */
    enum status want;
    const char *want_said;
};

static struct parse_case parse_cases[] = {
    {"an object is parsed", "{\"region\": \"36\"}", 0, STATUS_OK, ""},
    {"a byte order mark is passed over", "\xef\xbb\xbf{}", 0, STATUS_OK, ""},
    {"nothing is no submission", "", 0, STATUS_BODY_EMPTY, ""},
    {"blanks are no submission", " \n\t", 0, STATUS_BODY_EMPTY, ""},
    {"a mistake is placed", "{\n  \"a\": }", 0, STATUS_FACTS_INVALID,
     "line 2, column 8: this is no JSON"},
    {"what is not closed is told", "{\"a\": \"b", 0, STATUS_FACTS_INVALID, "line 1"},
    {"a mistake quotes nothing", "{\"a\": Sukirman}", 0, STATUS_FACTS_INVALID, "this is no JSON"},
    {"a key that is there twice is refused", "{\"a\": 1,\n \"a\": 2}", 0, STATUS_FACTS_INVALID,
     "line 2, column 4: a field is there twice"},
    {"bytes that are no UTF-8 are refused", "{\"a\": \"\xff\"}", 0, STATUS_NOT_UTF8, "not UTF-8"},
    {"an escaped NUL is refused", "{\"a\": \"\\u0000\"}", 0, STATUS_FACTS_INVALID, "NUL"},
    {"a NUL byte is refused", "{\"a\": \"x\0\"}", 11, STATUS_FACTS_INVALID, "line 1"},
    {"a second object is refused", "{} {}", 0, STATUS_FACTS_INVALID, "behind the end"},
    {"a list is no submission", "[]", 0, STATUS_FACTS_INVALID, "a submission is a JSON object"},
};

static void test_parse(void **state)
{
    const struct parse_case *row = *state;
    struct view text = view_of_text(row->text);
    struct diag diag = {.text = ""};
    json_t *object = NULL;

    if (row->size != 0)
        text.size = row->size;
    assert_int_equal(row->want, facts_json_parse(text, &object, &diag));
    assert_int_equal(row->want == STATUS_OK, object != NULL);
    assert_non_null(strstr(diag.text, row->want_said));
    assert_null(strstr(diag.text, "Sukirman"));
    json_release(&object);
}

/* ---- mistakes ---- */

#define MISTAKES_MAX 5u

struct mistake_case {
    const char *name;
    const char *text;
    const char *want[MISTAKES_MAX]; /* the beginning of every line */
};

#define GOOD "\"region\": \"36.04\", \"incident\": {\"description\": \"hadir\"}"
#define GOOD_INCIDENT "\"region\": \"36.04\", \"incident\": {\"description\": \"hadir\", "

static struct mistake_case mistake_cases[] = {
    {"what is required is enough", "{" GOOD "}", {NULL}},
    {"null is not said", "{" GOOD ", \"subject\": null, \"received\": null}", {NULL}},
    {"a dash is not said where no free text belongs",
     "{" GOOD ", \"received\": \"-\", \"subject\": {\"nip\": \"-\", \"employment\": \"-\"}}",
     {NULL}},
    {"both required fields are named at once",
     "{}",
     {"region: required", "incident.description: required"}},
    {"an unknown field is named with the one that was meant",
     "{" GOOD ", \"recieved\": \"2024-10-15\"}",
     {"recieved: unknown field; did you mean received?"}},
    {"a field at the wrong place is sent to the right one",
     "{" GOOD ", \"date\": \"2024-10-15\"}",
     {"date: unknown field; did you mean incident.date?"}},
    {"an unknown field of an inner object has its path",
     "{" GOOD ", \"subject\": {\"nama\": \"Sukirman\"}}",
     {"subject.nama: unknown field; did you mean subject.name?"}},
    {"a number is no region",
     "{\"region\": 36.04, \"incident\": {\"description\": \"x\"}}",
     {"region: expected a text"}},
    {"a text is no object",
     "{\"region\": \"36\", \"incident\": \"Sukirman\"}",
     {"incident: expected an object"}},
    {"a list is no date", "{" GOOD_INCIDENT "\"date\": []}}", {"incident.date: expected a text"}},
    {"a day that can't be is quoted",
     "{" GOOD_INCIDENT "\"date\": \"2024-02-30\"}}",
     {"incident.date: \"2024-02-30\" is no day of the calendar"}},
    {"a day of another form is quoted",
     "{" GOOD_INCIDENT "\"date\": \"12/10/2024\"}}",
     {"incident.date: \"12/10/2024\" is no day"}},
    {"what looks like no day is not quoted",
     "{" GOOD_INCIDENT "\"date\": \"Sukirman\"}}",
     {"incident.date: expected a day such as"}},
    {"a day to come is refused",
     "{" GOOD ", \"received\": \"2024-11-16\"}",
     {"received: 2024-11-16 is in the future"}},
    {"a NIP that can't exist is refused without its digits",
     "{" GOOD ", \"subject\": {\"nip\": \"198013012005011001\"}}",
     {"subject.nip: digits 1 to 8"}},
    {"a word that is no employment gets the list",
     "{" GOOD ", \"subject\": {\"employment\": \"Sukirman\"}}",
     {"subject.employment: one of PNS,CPNS,PPPK,PPPK_PARUH_WAKTU,HONORER,KADES,PERANGKAT_DESA,"
      "BPD,TNI,POLRI,KEPALA_DAERAH,PJ_KEPALA_DAERAH,DPRD,BUMN_BUMD,PENYELENGGARA,LAIN"}},
    {"a word that is no answer is refused",
     "{" GOOD ", \"subject\": {\"is_spouse_of_candidate\": \"barangkali\"}}",
     {"subject.is_spouse_of_candidate: expected \"yes\""}},
    {"a leave that ends before it begins is refused",
     "{" GOOD ", \"subject\": {\"cltn\": {\"from\": \"2024-10-02\", \"to\": \"2024-10-01\"}}}",
     {"subject.cltn.from: 2024-10-02 is after"}},
    {"an id that is no UUID is refused",
     "{" GOOD ", \"submission_id\": \"1\"}",
     {"submission_id: expected a UUID"}},
    {"conduct is a list",
     "{" GOOD ", \"reported_conduct\": \"ETIK-1\"}",
     {"reported_conduct: expected a list"}},
    {"each bad conduct is named once, by its place",
     "{" GOOD ", \"reported_conduct\": [\"DISIPLIN-04\", 7, \"etik\"]}",
     {"reported_conduct[1]: expected a code", "reported_conduct[2]: a code of"}},
    {"too many conducts are refused",
     "{" GOOD
     ", \"reported_conduct\": [\"A\",\"A\",\"A\",\"A\",\"A\",\"A\",\"A\",\"A\",\"A\",\"A\",\"A\","
     "\"A\",\"A\",\"A\",\"A\",\"A\",\"A\"]}",
     {"reported_conduct: at most 16 codes"}},
    {"evidence is a list", "{" GOOD ", \"evidence\": {}}", {"evidence: expected a list"}},
    {"evidence has a path and nothing else",
     "{" GOOD ", \"evidence\": [{\"file\": \"a\"}, 1]}",
     {"evidence[0].file: unknown field; did you mean path?", "evidence[0].path: expected",
      "evidence[1]: expected an object"}},
    {"a reporter has a name and a contact",
     "{" GOOD ", \"reporter\": {\"phone\": \"0812\"}}",
     {"reporter.phone: unknown field"}},
    {"a field that is of the wrong form is named once",
     "{\"region\": 7, \"incident\": {\"description\": 8}}",
     {"region: expected a text", "incident.description: expected a text"}},
    {"all mistakes are told at once",
     "{\"region\": \"banten\", \"incident\": {\"date\": \"2024-13-01\", \"descripton\": \"x\"}, "
     "\"subject\": {\"nip\": \"1\"}}",
     {"incident.date: \"2024-13-01\"",
      "incident.descripton: unknown field; did you mean incident.description?",
      "region: a Kemendagri code", "incident.description: required", "subject.nip: expected 18"}},
    {"a key's bytes can't move a terminal's cursor",
     "{" GOOD ", \"a\\u001b[2J\": 1}",
     {"a?[2J: unknown field"}},
    {"nor can one of evidence",
     "{" GOOD ", \"evidence\": [{\"path\": \"a\", \"a\\u001b[2J\": 1}]}",
     {"evidence[0].a?[2J: unknown field"}},
};

static enum status read_text(const char *text, struct arena *arena, json_t **ret_object,
                             struct report *report, struct facts_problems *problems)
{
    struct diag diag = {.text = ""};

    assert_int_equal(STATUS_OK, facts_json_parse(view_of_text(text), ret_object, &diag));
    problems->count = 0;
    return facts_json_read(*ret_object, TODAY, arena, report, problems);
}

static void test_mistakes(void **state)
{
    const struct mistake_case *row = *state;
    struct arena arena = {.base = NULL};
    struct facts_problems problems;
    struct report report;
    json_t *object = NULL;
    char text[4096];
    const char *line = text;
    unsigned count = 0;

    assert_int_equal(STATUS_OK, arena_open(&arena, ARENA_BYTES));
    assert_int_equal(STATUS_OK, read_text(row->text, &arena, &object, &report, &problems));
    (void)facts_problems_text(&problems, text, sizeof text);
    while (count < MISTAKES_MAX && row->want[count] != NULL) {
        if (strncmp(line, row->want[count], strlen(row->want[count])) != 0)
            fail_msg("expected \"%s\", got:\n%s", row->want[count], text);
        line += strcspn(line, "\n");
        line += *line == '\n' ? 1 : 0;
        count++;
    }
    if (problems.count != count)
        fail_msg("expected %u problems, got:\n%s", count, text);
    assert_null(strstr(text, "Sukirman"));
    json_release(&object);
    arena_close(&arena);
}

/* ---- what is read ---- */

static void test_facts_json_read__everything_said__everything_read(void **state)
{
    struct arena arena = {.base = NULL};
    struct facts_problems problems;
    struct report report;
    json_t *object = NULL;

    (void)state;
    assert_int_equal(STATUS_OK, arena_open(&arena, ARENA_BYTES));
    assert_int_equal(
        STATUS_OK,
        read_text("{\"submission_id\": \"0192f0c4-0000-7000-8000-000000000001\","
                  "\"region\": \"36.04\", \"received\": \"2024-10-15\","
                  "\"incident\": {\"date\": \"2024-10-12\", \"date_known\": \"2024-10-14\","
                  "\"place\": \"-\", \"region\": \"36.04.01\", \"description\": \"hadir\","
                  "\"election\": \"PILKADA_2024\", \"office\": \"BUPATI\"},"
                  "\"subject\": {\"name\": \"-\", \"nip\": \"19800101 200501 1 001\","
                  "\"position\": \"Lurah\", \"unit\": \"Kecamatan\", \"employment\": \"pns\","
                  "\"is_spouse_of_candidate\": \"tidak\", \"cltn\": {\"status\": \"yes\","
                  "\"from\": \"2024-09-01\", \"to\": \"2024-12-01\", \"letter\": \"800/1\"}},"
                  "\"reported_conduct\": [\"DISIPLIN-04\"],"
                  "\"reporter\": {\"name\": \"A\", \"contact\": \"B\"},"
                  "\"evidence\": [{\"path\": \"foto.jpg\"}]}",
                  &arena, &object, &report, &problems));
    const struct facts *facts = &report.facts;

    assert_int_equal(0, problems.count);
    assert_string_equal("0192f0c4-0000-7000-8000-000000000001", report.submission_id);
    assert_string_equal("36.04", facts->region);
    assert_int_equal(20241015, facts->received);
    assert_int_equal(20241012, facts->incident.date);
    assert_int_equal(20241014, facts->incident.date_known);
    assert_string_equal("-", facts->incident.place);
    assert_string_equal("36.04.01", facts->incident.region);
    assert_string_equal("hadir", facts->incident.description);
    assert_string_equal("PILKADA_2024", facts->incident.election);
    assert_string_equal("BUPATI", facts->incident.office);
    assert_string_equal("-", facts->subject.name);
    assert_string_equal("198001012005011001", facts->subject.nip);
    assert_string_equal("Lurah", facts->subject.position);
    assert_string_equal("Kecamatan", facts->subject.unit);
    assert_int_equal(EMPLOYMENT_PNS, facts->subject.employment);
    assert_int_equal(ANSWER_NO, facts->subject.is_spouse_of_candidate);
    assert_int_equal(ANSWER_YES, facts->subject.cltn.status);
    assert_int_equal(20240901, facts->subject.cltn.from);
    assert_int_equal(20241201, facts->subject.cltn.to);
    assert_string_equal("800/1", facts->subject.cltn.letter);
    assert_int_equal(1, facts->reported_conduct_count);
    assert_string_equal("DISIPLIN-04", facts->reported_conduct[0]);
    assert_string_equal("A", report.reporter_name);
    assert_string_equal("B", report.reporter_contact);
    assert_int_equal(1, report.evidence_count);
    assert_string_equal("foto.jpg", report.evidence_paths[0]);
    assert_int_equal(0, facts->evidence_count);
    json_release(&object);
    arena_close(&arena);
}

static void test_facts_json_read__no_room__told(void **state)
{
    struct arena arena = {.base = NULL}; /* nothing fits */
    struct facts_problems problems;
    struct report report;
    json_t *object = NULL;

    (void)state;
    assert_int_equal(STATUS_NO_MEMORY,
                     read_text("{" GOOD ", \"subject\": {\"nip\": \"198001012005011001\"}}",
                               &arena, &object, &report, &problems));
    json_release(&object);
}

static void test_facts_json_submission__labelled__inner_taken(void **state)
{
    struct diag diag = {.text = ""};
    json_t *object = NULL;
    json_t *inner = NULL;

    (void)state;
    assert_int_equal(STATUS_OK,
                     facts_json_parse(view_of_text("{\"id\": \"D1\", \"submission\": {\"region\": "
                                                   "\"36\"}, \"why\": \"x\"}"),
                                      &object, &diag));
    inner = facts_json_submission(object);
    assert_string_equal("36", json_string_value(json_object_get(inner, "region")));
    assert_ptr_equal(inner, facts_json_submission(inner));
    json_release(&object);
}

static void test_facts_json_is_field__paths__known_or_not(void **state)
{
    (void)state;
    assert_true(facts_json_is_field("incident.date"));
    assert_true(facts_json_is_field("reported_conduct"));
    assert_false(facts_json_is_field("incident"));
    assert_false(facts_json_is_field("incident.day"));
    assert_string_equal("subject.nip", facts_json_nearest("nip"));
    assert_string_equal("region", facts_json_nearest("Region"));
}

int main(void)
{
    TEST_TABLE(parse_tests, parse_cases, test_parse);
    TEST_TABLE(mistake_tests, mistake_cases, test_mistakes);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_json_read__everything_said__everything_read),
        cmocka_unit_test(test_facts_json_read__no_room__told),
        cmocka_unit_test(test_facts_json_submission__labelled__inner_taken),
        cmocka_unit_test(test_facts_json_is_field__paths__known_or_not),
    };

    return cmocka_run_group_tests_name("facts_json_parse", parse_tests, NULL, NULL) +
           cmocka_run_group_tests_name("facts_json mistakes", mistake_tests, NULL, NULL) +
           cmocka_run_group_tests_name("facts_json", tests, NULL, NULL);
}
